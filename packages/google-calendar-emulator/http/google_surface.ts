import { batch_path, batchReply } from "./batch.ts";
import { calendarApi } from "./calendar_api.ts";
import { errorForFault, GoogleError } from "../contract/google_error.ts";
import type { FaultState } from "../world/faults.ts";
import { type HttpReply, type HttpRequest, jsonReply } from "./http_reply.ts";
import { revokeEndpoint, tokeninfoEndpoint, userinfoEndpoint } from "../oauth/account_endpoints.ts";
import { authorizeEndpoint } from "../oauth/authorize.ts";
import { tokenEndpoint } from "../oauth/token.ts";
import { calendar_path } from "./routes.ts";
import type { World } from "../world/world.ts";

const oauth_endpoints: Readonly<
  Record<string, (world: World, request: HttpRequest) => HttpReply | Promise<HttpReply>>
> = {
  "GET /o/oauth2/v2/auth": authorizeEndpoint,
  "POST /o/oauth2/v2/auth": authorizeEndpoint,
  "POST /token": tokenEndpoint,
  "POST /revoke": revokeEndpoint,
  "GET /v1/userinfo": userinfoEndpoint,
  "POST /v1/userinfo": userinfoEndpoint,
  "GET /tokeninfo": tokeninfoEndpoint,
  "POST /tokeninfo": tokeninfoEndpoint,
  "GET /oauth2/v3/certs": async (world) => jsonReply(200, await world.signing_key.jwks()),
};

/** Everything that stands for Google: the Calendar API and the OAuth endpoints. */
export async function googleSurface(world: World, request: HttpRequest): Promise<HttpReply> {
  try {
    if (request.url.pathname.startsWith(calendar_path)) return calendarApi(world, request);
    if (request.method === "POST" && request.url.pathname === batch_path) {
      return batchReply(request, (call) => callInBatch(world, call));
    }
    const endpoint = oauth_endpoints[`${request.method} ${request.url.pathname}`];
    if (endpoint === undefined) throw new GoogleError("notFound");
    return await endpoint(world, request);
  } catch (error) {
    if (error instanceof GoogleError) return errorReply(error);
    throw error;
  }
}

/** One call of a batch: faults are for whole requests, everything else is as for a request of its own. */
function callInBatch(world: World, call: HttpRequest): HttpReply {
  try {
    if (!call.url.pathname.startsWith(calendar_path)) throw new GoogleError("notFound");
    const reply = calendarApi(world, call);
    world.settle();
    return reply;
  } catch (error) {
    if (error instanceof GoogleError) return errorReply(error);
    throw error;
  }
}

/** The answer of an injected status: flat from the token endpoint, in Google's envelope
 * elsewhere. */
export function faultReply(fault: FaultState, status: number, path: string): HttpReply {
  const headers = fault.retry_after_seconds === undefined
    ? {}
    : { "retry-after": String(fault.retry_after_seconds) };
  if (!path.startsWith(calendar_path)) {
    return jsonReply(status, {
      error: fault.reason ?? (status >= 500 ? "internal_failure" : "invalid_request"),
      error_description: fault.message ?? "Bad Request",
    }, headers);
  }
  const reply = errorReply(errorForFault(status, fault.reason, fault.message));
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function errorReply(error: GoogleError): HttpReply {
  return {
    status: error.status,
    headers: { "content-type": "application/json; charset=UTF-8", ...error.headers },
    body: error.body(),
  };
}

/** Google's reason in an error answer, or the flat OAuth error code; for the request log. */
export function reasonOf(reply: HttpReply): string | null {
  if (reply.status < 400 || reply.body === null) return null;
  try {
    const { error } = JSON.parse(reply.body) as {
      error?: string | { errors?: { reason?: string }[] };
    };
    return typeof error === "string" ? error : error?.errors?.[0]?.reason ?? null;
  } catch {
    return null;
  }
}
