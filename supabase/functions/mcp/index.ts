import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { builtOnce, refuseAnonymousUser } from "@shared/http/edge_function.ts";
import type { Environment } from "@shared/http/edge_function.ts";
import { serve } from "@shared/http/serve.ts";
import { isMetadata, metadataResponse, withChallenge } from "./authorization.ts";
import { mcpHandler } from "./handler.ts";
import { MCP_HEADERS } from "./mcp_headers.ts";

const served = builtOnce(build);

function build(env: Environment) {
  const project_url = env.SUPABASE_URL ?? "";
  return {
    project_url,
    handle: mcpHandler({
      functions_url: `${project_url}/functions/v1`,
      fetch: globalThis.fetch,
      app_urls: env.CONVENE_APP_URLS,
    }),
  };
}

const forUsers = serve(["user"], async (request, caller) => {
  await refuseAnonymousUser(request, caller, anonymousUsersAllowed);
  return await served().handle(request, caller);
}, MCP_HEADERS);
// A client reads it before it has a token.
const forAnyone = serve(["none"], () => metadataResponse(served().project_url), MCP_HEADERS);

export default {
  async fetch(request: Request): Promise<Response> {
    if (isMetadata(request)) return await forAnyone(request);
    return withChallenge(await forUsers(request), () => served().project_url);
  },
};
