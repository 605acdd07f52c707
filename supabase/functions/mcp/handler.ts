import { actorOf } from "@shared/http/caller.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { readBody } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { requireOwnPath } from "@shared/http/route_path.ts";
import type { Handler } from "@shared/http/serve.ts";
import { functionCalls } from "./function_calls.ts";

export interface HandlerDependencies {
  /** Of this project, without a trailing slash. */
  functions_url: string;
  fetch: typeof globalThis.fetch;
  /** CONVENE_APP_URLS: addresses of the app, separated by commas. */
  app_urls: string | undefined;
}

/** Codes of JSON-RPC 2.0 for a message that reaches no method. */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;

/**
 * POST takes one JSON-RPC message of the Model Context Protocol over streamable HTTP. Each request is complete in itself:
 * there is no session, so GET and DELETE are 405. Tools call the project's other functions with the caller's token.
 */
export function mcpHandler(
  { functions_url, fetch, app_urls }: HandlerDependencies,
): Handler {
  return async (request, caller) => {
    requireOwnPath(request, "mcp");
    const actor = actorOf(caller);
    if (actor.kind !== "user") throw new HttpFault("unauthenticated");
    // The protocol's library is larger than the rest: what is refused without it does not load it.
    const { requireAllowedOrigin, serveMessage } = await import("./serve_message.ts");
    requireAllowedOrigin(request, app_urls);
    const calls = functionCalls({ functions_url, fetch, credentials: request.headers });
    const context = { calls, user_id: actor.user_id };
    if (request.method !== "POST") return await serveMessage(request, context);
    try {
      return await serveMessage(request, context, { parsedBody: await readBody(request) });
    } catch (thrown) {
      if (!(thrown instanceof HttpFault)) throw thrown;
      return unreadable(thrown);
    }
  };
}

/** A body that is too large, too deep or no JSON: the request has no id that could be known. */
function unreadable(fault: HttpFault): Response {
  const is_json = fault.details?.path !== "body";
  const error = {
    code: is_json ? INVALID_REQUEST : PARSE_ERROR,
    message: fault.message,
    data: fault.body(),
  };
  const status = fault.code === "too_large" ? fault.status : 400;
  return json({ jsonrpc: "2.0", error, id: null }, status);
}
