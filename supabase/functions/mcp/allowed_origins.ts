import { localhostAllowedOrigins, validateOriginHeader } from "@modelcontextprotocol/server";
import { HttpFault } from "@shared/http/fault.ts";

/** The hosts whose pages may call: those of the app, and this machine's, where clients such as the MCP Inspector run. */
function allowedHosts(app_urls: string | undefined): string[] {
  const app_hosts = (app_urls ?? "").split(",").map((url) => url.trim())
    .filter((url) => URL.canParse(url)).map((url) => new URL(url).hostname);
  return [...new Set([...app_hosts, ...localhostAllowedOrigins()])];
}

/**
 * Refuses pages of other hosts, as the transport demands (MCP 2025-11-25, "Streamable HTTP", Security Warning).
 * Programs send no Origin.
 */
export function requireAllowedOrigin(request: Request, app_urls: string | undefined): void {
  const origin = request.headers.get("origin");
  if (validateOriginHeader(origin, allowedHosts(app_urls)).ok) return;
  throw new HttpFault(
    "forbidden",
    `Pages of ${origin} may not call mcp. Add an address of theirs to CONVENE_APP_URLS.`,
    { reason: "origin" },
  );
}
