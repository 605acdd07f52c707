import { connect } from "@shared/database/connect.ts";
import { serve } from "@shared/http/serve.ts";
import type { Handler } from "@shared/http/serve.ts";
import { statusHandler } from "./handler.ts";

let built: Handler | undefined;

/** Built at the first request that is let in, so that a missing variable is logged by its name. */
function handler(): Handler {
  return built ??= statusHandler({ database: connect() });
}

export default {
  fetch: serve(["user", "secret:*"], (request, caller) => handler()(request, caller)),
};
