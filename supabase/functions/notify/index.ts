import { connect } from "@shared/database/connect.ts";
import { inBackground } from "@shared/http/background.ts";
import { serve } from "@shared/http/serve.ts";
import type { Handler } from "@shared/http/serve.ts";
import { notificationsConfiguration } from "@shared/notifications/configuration.ts";
import { resolveByDns } from "@shared/notifications/target_address.ts";
import { notifyHandler } from "./handler.ts";

let built: Handler | undefined;

/** Built at the first request that is let in, so that a wrong variable is logged by its name. */
function handler(): Handler {
  return built ??= notifyHandler({
    database: connect(),
    configuration: notificationsConfiguration(Deno.env.toObject()),
    fetch: globalThis.fetch,
    resolve: resolveByDns,
    now: () => new Date(),
    inBackground,
  });
}

export default {
  fetch: serve(["secret:*"], (request, caller) => handler()(request, caller)),
};
