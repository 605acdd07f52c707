import { verifyAuth } from "@supabase/server/core";
import type { AuthModeWithKey } from "@supabase/server";
import { DatabaseFault } from "@shared/failures/database_fault.ts";
import { HttpFault } from "./fault.ts";
import { log } from "./log.ts";
import { errorResponse } from "./respond.ts";

/** The caller: a signed-in user, a named secret key, or anonymous (only where a route allows it). */
export type Caller =
  | { kind: "user"; user_id: string }
  | { kind: "key"; name: string }
  | { kind: "anonymous" };

export type Handler = (request: Request, caller: Caller) => Response | Promise<Response>;

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization, apikey, content-type, x-client-info",
  "access-control-allow-methods": "GET, POST, PATCH, DELETE, OPTIONS",
  "access-control-expose-headers": "retry-after",
};

/**
 * The outer wall of a function: responds to CORS, finds out who calls, and turns whatever is thrown
 * into `{error, message, status, details?}`. What is not a fault is logged and becomes a
 * bare 500, so no SQL, stack or key reaches a caller.
 */
export function serve(
  auth: AuthModeWithKey[],
  handler: Handler,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
    return withCors(await respond(auth, handler, request));
  };
}

/** In place, as a copy would turn the body into a stream; the headers of a redirect cannot be changed. */
function withCors(response: Response): Response {
  try {
    for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
    return response;
  } catch {
    const { body, status, statusText, headers } = response;
    return new Response(body, {
      status,
      statusText,
      headers: { ...Object.fromEntries(headers), ...CORS },
    });
  }
}

async function respond(
  auth: AuthModeWithKey[],
  handler: Handler,
  request: Request,
): Promise<Response> {
  try {
    return await handler(request, await identify(request, auth));
  } catch (thrown) {
    if (thrown instanceof HttpFault) return errorResponse(thrown);
    const path = new URL(request.url).pathname;
    if (thrown instanceof DatabaseFault && thrown.is_temporary) {
      log("warning", "database_busy", { path, sqlstate: thrown.sqlstate });
      return errorResponse(new HttpFault("busy", undefined, undefined, 2));
    }
    log("error", "unexpected", { path, error: String(thrown), stack: stackOf(thrown) });
    return errorResponse(new HttpFault("internal"));
  }
}

async function identify(request: Request, auth: AuthModeWithKey[]): Promise<Caller> {
  const { data, error } = await verifyAuth(withBearer(request), { auth });
  if (error !== null) {
    if (error.status >= 500) throw error;
    throw new HttpFault("unauthenticated");
  }
  if (data.authMode === "user") {
    const userId = data.userClaims?.id;
    if (userId === undefined) throw new HttpFault("unauthenticated", "The token has no user.");
    return { kind: "user", user_id: userId };
  }
  return data.authMode === "secret"
    ? { kind: "key", name: data.keyName ?? "default" }
    : { kind: "anonymous" };
}

/** Schemes are case-insensitive (RFC 9110, 11.1); the check of tokens knows one spelling. */
function withBearer(request: Request): Request {
  const given = request.headers.get("authorization");
  const token = given === null ? undefined : /^bearer +(.+)$/i.exec(given)?.[1];
  if (token === undefined) return request;
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${token}`);
  return new Request(request.url, { headers });
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined;
}
