import { json } from "@shared/http/respond.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { routePath } from "@shared/http/route_path.ts";

/**
 * RFC 9728 puts the metadata of a resource at the root of its host, which belongs to Supabase here. A client that reads
 * `resource_metadata` of the challenge (MCP, "Authorization") is sent below the function instead.
 */
const METADATA_PATH = "/.well-known/oauth-protected-resource";

export function isMetadata(request: Request): boolean {
  return routePath(request, "mcp") === METADATA_PATH && ["GET", "OPTIONS"].includes(request.method);
}

/** Which tokens the function takes: those of the project's users. */
export function metadataResponse(project_url: string): Response {
  return json({
    resource: resourceUrl(project_url),
    resource_name: "Convene",
    authorization_servers: [`${project_url}/auth/v1`],
    bearer_methods_supported: ["header"],
  });
}

/** A 401 with the challenge from which a client learns where to get a token (RFC 6750, 3; RFC 9728, 5.1). */
export function withChallenge(response: Response, projectUrl: () => string): Response {
  if (response.status === new HttpFault("unauthenticated").status) {
    const metadata = `${resourceUrl(projectUrl())}${METADATA_PATH}`;
    response.headers.set("www-authenticate", `Bearer resource_metadata="${metadata}"`);
  }
  return response;
}

function resourceUrl(project_url: string): string {
  return `${project_url}/functions/v1/mcp`;
}
