import { HttpFault } from "@shared/http/fault.ts";
import { routePath } from "@shared/http/route_path.ts";

/** Whether a request is for the contract, the only one that is answered without credentials. */
export function isContract(request: Request): boolean {
  return routePath(request, "status") === "/openapi.json";
}

/** Caches ask again after five minutes, so that a deployment is seen soon. */
const CACHE_CONTROL = "public, max-age=300";

/** `GET /openapi.json`: the contract of all functions, OpenAPI 3.1. Its text is loaded when it is first asked for. */
export async function contractResponse(request: Request): Promise<Response> {
  if (request.method !== "GET") throw new HttpFault("method_not_allowed", "status answers GET.");
  const { OPENAPI, OPENAPI_ETAG } = await import("./openapi_document.ts");
  const headers = { "cache-control": CACHE_CONTROL, etag: OPENAPI_ETAG };
  if (isKnown(request.headers.get("if-none-match"), OPENAPI_ETAG)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(OPENAPI, {
    headers: { ...headers, "content-type": "application/json; charset=utf-8" },
  });
}

/** Whether the caller has this text (RFC 9110, 13.1.2). Proxies that compress make the tag a weak one. */
function isKnown(if_none_match: string | null, etag: string): boolean {
  return if_none_match?.split(",").some((one) => {
    const known = one.trim().replace(/^W\//, "");
    return known === etag || known === "*";
  }) ?? false;
}
