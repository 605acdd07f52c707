import { channelTokens } from "@shared/connections/channel_token.ts";
import { openGoogle } from "@shared/connections/open_google.ts";
import { connect } from "@shared/database/connect.ts";
import { inBackground } from "@shared/http/background.ts";
import { builtOnce } from "@shared/http/edge_function.ts";
import type { Environment } from "@shared/http/edge_function.ts";
import { serve } from "@shared/http/serve.ts";
import { isBatch, pushHandler, syncHandler } from "./handler.ts";
import type { HandlerDependencies } from "./handler.ts";

const dependencies = builtOnce(build);

function build(env: Environment): HandlerDependencies {
  const database = connect();
  return {
    ...openGoogle(env, database, () => new Date()),
    database,
    tokens: channelTokens(env.CONVENE_TOKEN_KEYS),
    webhook_url: env.GOOGLE_WEBHOOK_URL || null,
    inBackground,
  };
}

const forKeys = serve(
  ["secret:*"],
  (request, caller) => syncHandler(dependencies())(request, caller),
);
// Google's messages carry no credentials but the channel's token.
const forGoogle = serve(
  ["none"],
  (request, caller) => pushHandler(dependencies())(request, caller),
);

export default {
  fetch: (request: Request) => (isBatch(request) ? forKeys : forGoogle)(request),
};
