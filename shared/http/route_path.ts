import { HttpFault } from "./fault.ts";

/** The path of a request below its function ("/" for the function itself), with or without the prefixes that gateways leave on. */
export function routePath(request: Request, name: string): string {
  const path = new URL(request.url).pathname.replace(/^\/functions\/v1(?=\/)/, "");
  const below = path === `/${name}` || path.startsWith(`/${name}/`)
    ? path.slice(name.length + 1)
    : path;
  return below.replace(/\/$/, "") || "/";
}

/** Refuses every path but the function's own: a call that means something else must not do this. */
export function requireOwnPath(request: Request, name: string): void {
  if (routePath(request, name) !== "/") {
    throw new HttpFault("not_found", `${name} has no such path.`);
  }
}
