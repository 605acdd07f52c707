import { type Answer, type Call, isUnmodified } from "../calendar/call.ts";
import { readFieldMask } from "../contract/field_mask.ts";
import { methods } from "../contract/methods.ts";
import { checkQuery } from "../contract/query.ts";
import { GoogleError } from "../contract/google_error.ts";
import type { HttpReply, HttpRequest } from "./http_reply.ts";
import { authenticate, authorise } from "../oauth/authenticate.ts";
import { findRoute, isLeftOut } from "./routes.ts";
import type { World } from "../world/world.ts";

/** Answers one Calendar API request. The order is Google's: who asks, may they, is the request
 * well formed, then the calendar. */
export function calendarApi(world: World, request: HttpRequest): HttpReply {
  const method = overriddenMethod(request);
  const route = findRoute(method, request.url.pathname);
  if (route === null) {
    if (!isLeftOut(method, request.url.pathname)) throw new GoogleError("notFound");
    throw new GoogleError("notImplemented", {
      message: `The emulator does not serve ${method} ${request.url.pathname}`,
    });
  }
  const contract = methods[route.method];
  const { account, token } = authenticate(world, request.headers["authorization"]);
  if (!world.switches.api_enabled) {
    throw new GoogleError("accessNotConfigured", {
      front_end: {
        status: "PERMISSION_DENIED",
        details: [{
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "SERVICE_DISABLED",
          domain: "googleapis.com",
        }],
      },
    });
  }
  const scopes = authorise(token, route.method, contract);
  world.quotas.spend(account.email, world.clock.now());
  const { calendarId } = route.params;
  if (contract.httpMethod !== "GET" && calendarId !== undefined) {
    const id = calendarId === "primary" ? account.email : world.directory.home(calendarId);
    world.quotas.spendWrite(id, world.clock.now());
  }
  const query = checkQuery(contract, request.url.searchParams, world.strict);
  const fields = query.text("fields");
  // Read before the handler runs: a bad mask must not leave an effect behind.
  const project = fields === undefined || contract.response === undefined
    ? null
    : readFieldMask(fields, contract.response);
  const call: Call = {
    world,
    method: route.method,
    account,
    client_id: token.client_id,
    scopes,
    params: route.params,
    query,
    body: parseBody(request),
    if_match: request.headers["if-match"] ?? null,
    if_none_match: request.headers["if-none-match"] ?? null,
  };
  const answer = route.handler(call);
  const etag = answer.etag ?? etagIn(answer.body);
  if (contract.httpMethod === "GET" && etag !== null && isUnmodified(call, etag)) {
    return write({ status: 304, body: null, etag }, false);
  }
  const body = project === null || answer.body === null ? answer.body : project(answer.body);
  return write({ ...answer, body }, query.flag("prettyPrint") ?? true);
}

/** The etag of a list stands only in its body. */
function etagIn(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("etag" in body)) return null;
  return typeof body.etag === "string" ? body.etag : null;
}

function overriddenMethod(request: HttpRequest): string {
  const override = request.headers["x-http-method-override"];
  return request.method === "POST" && override !== undefined
    ? override.toUpperCase()
    : request.method;
}

function parseBody(request: HttpRequest): unknown {
  if (request.body.trim() === "") return undefined;
  try {
    return JSON.parse(request.body);
  } catch {
    throw new GoogleError("parseError");
  }
}

function write(answer: Answer, pretty: boolean): HttpReply {
  return {
    status: answer.status,
    headers: {
      "cache-control": "no-cache, no-store, max-age=0, must-revalidate",
      ...(answer.body === null ? {} : { "content-type": "application/json; charset=UTF-8" }),
      ...(answer.etag === undefined ? {} : { etag: answer.etag }),
    },
    body: answer.body === null ? null : JSON.stringify(answer.body, null, pretty ? 1 : 0) + "\n",
  };
}
