import type { CorsHeaders } from "@shared/http/serve.ts";

/**
 * What clients in a browser send and read besides what supabase-js does: headers of the transport (MCP 2026-07-28 and
 * 2025-11-25, "Streamable HTTP"), and the challenge of a 401 (RFC 9728, 5.1).
 */
export const MCP_HEADERS: CorsHeaders = {
  allow: ["mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id", "last-event-id"],
  expose: ["www-authenticate", "mcp-session-id"],
};
