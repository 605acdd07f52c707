import { createMcpHandler } from "@modelcontextprotocol/server";
import type { McpHandlerRequestOptions } from "@modelcontextprotocol/server";
import { log } from "@shared/http/log.ts";
import { mcpServer } from "./mcp_server.ts";
import type { ToolContext } from "./tool.ts";
import { TOOLS } from "./tools.ts";

export { requireAllowedOrigin } from "./allowed_origins.ts";

/** Serves one request; a server for each, because it holds the request's caller. */
export function serveMessage(
  request: Request,
  context: ToolContext,
  options: McpHandlerRequestOptions = {},
): Promise<Response> {
  const { fetch } = createMcpHandler(() => mcpServer(TOOLS, context), {
    onerror: (error) => log("info", "mcp_request_refused", { error: error.message }),
  });
  return fetch(request, options);
}
