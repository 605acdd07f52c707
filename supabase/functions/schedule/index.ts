import { openGoogle } from "@shared/connections/open_google.ts";
import { connect } from "@shared/database/connect.ts";
import { inBackground } from "@shared/http/background.ts";
import { log } from "@shared/http/log.ts";
import { serve } from "@shared/http/serve.ts";
import type { Handler } from "@shared/http/serve.ts";
import { encodeProfile } from "@shared/scheduling/input/profile_text.ts";
import { learnProfile } from "@shared/scheduling/learn_profile.ts";
import { scheduleHandler } from "./handler.ts";

let built: Handler | undefined;

/** Built at the first request that is let in, so that a missing variable is logged by its name. */
function handler(): Handler {
  return built ??= build(Deno.env.toObject());
}

function build(env: Record<string, string | undefined>): Handler {
  const database = connect();
  const now = () => new Date();
  return scheduleHandler({
    database,
    now,
    inBackground,
    log,
    learnProfile: (events, at) => encodeProfile(learnProfile(events, at)),
    ...openGoogle(env, database, now),
  });
}

export default {
  fetch: serve(["user", "secret:*"], (request, caller) => handler()(request, caller)),
};
