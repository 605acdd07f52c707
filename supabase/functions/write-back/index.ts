import { openGoogle } from "@shared/connections/open_google.ts";
import { connect } from "@shared/database/connect.ts";
import { inBackground } from "@shared/http/background.ts";
import { log } from "@shared/http/log.ts";
import { serve } from "@shared/http/serve.ts";
import type { Handler } from "@shared/http/serve.ts";
import { writeBackHandler } from "./handler.ts";

let built: Handler | undefined;

/** Built at the first request that is let in, so that a missing variable is logged by its name. */
function handler(): Handler {
  return built ??= build(Deno.env.toObject());
}

function build(env: Record<string, string | undefined>): Handler {
  const database = connect();
  const now = () => new Date();
  const report = (thrown: unknown, meeting_id: string) =>
    log("error", "write_back_failed", { meeting_id, error: String(thrown) });
  const google = openGoogle(env, database, now);
  return writeBackHandler({ database, now, inBackground, report, ...google });
}

export default {
  fetch: serve(["user", "secret:*"], (request, caller) => handler()(request, caller)),
};
