import { verifyAuth } from "@supabase/server/core";
import type { AuthModeWithKey } from "@supabase/server";
import { DatabaseFault } from "@shared/failures/database_fault.ts";
import { HttpFault } from "./fault.ts";
import { withRequestId } from "@shared/std/current_request.ts";
import { log } from "./log.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "./request_id.ts";
import { errorResponse } from "./respond.ts";

/** The caller: a signed-in user, a named secret key, or anonymous (only where a route allows it). */
export type Caller =
  | { kind: "user"; user_id: string; is_anonymous: boolean }
  | { kind: "key"; name: string }
  | { kind: "anonymous" };

export type Handler = (request: Request, caller: Caller) => Response | Promise<Response>;

/** Headers of browsers' requests and responses besides those of every function. */
export interface CorsHeaders {
  allow: readonly string[];
  expose: readonly string[];
}

// supabase-js sends all of these, some only while it retries, is traced, or names a region.
const ALLOWED_HEADERS = "authorization, apikey, content-type, x-client-info, x-retry-count, " +
  `traceparent, tracestate, baggage, x-region, ${REQUEST_ID_HEADER}`;

function corsHeaders({ allow, expose }: CorsHeaders): Record<string, string> {
  return {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": [ALLOWED_HEADERS, ...allow].join(", "),
    "access-control-allow-methods": "GET, POST, PATCH, DELETE, OPTIONS",
    "access-control-expose-headers": ["retry-after", REQUEST_ID_HEADER, ...expose].join(", "),
  };
}

/**
 * The outer wall of a function: responds to CORS, finds out who calls, and turns whatever is thrown
 * into `{error, message, status, details?}`. What is not a fault is logged and becomes a
 * bare 500, so no SQL, stack or key reaches a caller. Each request is one line of the log, with the id that its response has.
 */
export function serve(
  auth: AuthModeWithKey[],
  handler: Handler,
  more_headers: CorsHeaders = { allow: [], expose: [] },
): (request: Request) => Promise<Response> {
  const cors = corsHeaders(more_headers);
  return async (request) => {
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: cors });
    const request_id = requestIdOf(request);
    const response = await withRequestId(request_id, () => respondAndLog(auth, handler, request));
    return withHeaders(response, { ...cors, [REQUEST_ID_HEADER]: request_id });
  };
}

/** In place, as a copy would turn the body into a stream; the headers of a redirect cannot be changed. */
function withHeaders(response: Response, added: Record<string, string>): Response {
  try {
    for (const [name, value] of Object.entries(added)) response.headers.set(name, value);
    return response;
  } catch {
    const { body, status, statusText, headers } = response;
    return new Response(body, {
      status,
      statusText,
      headers: { ...Object.fromEntries(headers), ...added },
    });
  }
}

interface Outcome {
  response: Response;
  /** Of an error response. */
  code?: string;
}

async function respondAndLog(
  auth: AuthModeWithKey[],
  handler: Handler,
  request: Request,
): Promise<Response> {
  const started = performance.now();
  let caller: Caller | undefined;
  const { response, code } = await respond(request, async () => {
    caller = await identify(request, auth);
    return await handler(withoutRegion(request), caller);
  });
  log("info", "request", {
    method: request.method,
    // A path that no function has may hold anything.
    path: code === "not_found" ? undefined : new URL(request.url).pathname,
    status: response.status,
    code,
    caller: caller?.kind,
    key: caller?.kind === "key" ? caller.name : undefined,
    user_id: caller?.kind === "user" ? caller.user_id : undefined,
    duration_ms: Math.round(performance.now() - started),
  });
  return response;
}

async function respond(request: Request, handle: () => Promise<Response>): Promise<Outcome> {
  try {
    return { response: await handle() };
  } catch (thrown) {
    if (thrown instanceof HttpFault) return faulty(thrown);
    const path = new URL(request.url).pathname;
    if (thrown instanceof DatabaseFault && thrown.is_temporary) {
      log("warning", "database_busy", { path, sqlstate: thrown.sqlstate });
      return faulty(new HttpFault("busy", undefined, undefined, 2));
    }
    log("error", "unexpected", { path, error: String(thrown), stack: stackOf(thrown) });
    return faulty(new HttpFault("internal"));
  }
}

function faulty(fault: HttpFault): Outcome {
  return { response: errorResponse(fault), code: fault.code };
}

/** What a function that takes no keys says in place of the usual sentence. */
const SIGN_IN = "Sign in (Authorization: Bearer <access token>). Keys are not accepted here.";

async function identify(request: Request, auth: AuthModeWithKey[]): Promise<Caller> {
  const { data, error } = await verifyAuth(withBearer(request), { auth });
  if (error !== null) {
    if (error.status >= 500) throw error;
    throw new HttpFault("unauthenticated", auth.includes("secret:*") ? undefined : SIGN_IN);
  }
  if (data.authMode === "user") {
    const userId = data.userClaims?.id;
    if (userId === undefined) throw new HttpFault("unauthenticated", "The token has no user.");
    return { kind: "user", user_id: userId, is_anonymous: data.jwtClaims?.is_anonymous === true };
  }
  return data.authMode === "secret"
    ? { kind: "key", name: data.keyName ?? "default" }
    : { kind: "anonymous" };
}

/** supabase-js adds the region of an invocation to the query, and the platform acts on it: no route needs to know. */
function withoutRegion(request: Request): Request {
  if (!request.url.includes("forceFunctionRegion")) return request;
  const url = new URL(request.url);
  url.searchParams.delete("forceFunctionRegion");
  return new Request(url, request);
}

/**
 * Schemes are case-insensitive (RFC 9110, 11.1); the check of tokens knows one spelling. A secret key is a credential
 * wherever it is sent: Supabase's examples for pg_net and cron have it in this header.
 */
function withBearer(request: Request): Request {
  const given = request.headers.get("authorization");
  const token = given === null ? undefined : /^bearer +(.+)$/i.exec(given)?.[1];
  if (token === undefined) return request;
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${token}`);
  if (token.startsWith("sb_secret_")) {
    headers.delete("authorization");
    headers.set("apikey", token);
  }
  return new Request(request.url, { headers });
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined;
}
