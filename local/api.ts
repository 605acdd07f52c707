import { App } from "@supabase/lite";
import type { LocalDatabase } from "./database/local_database.ts";
import type { PlatformKeys } from "./keys.ts";

/** Supabase's REST and auth servers, played by lite inside this process. */
export interface Api {
  readonly app: App;
  /** Answers a request below `/rest/v1` or `/auth/v1`. */
  fetch(request: Request): Promise<Response>;
}

export function openApi(database: LocalDatabase, keys: PlatformKeys): Api {
  const app = new App({
    connection: database.connection,
    auth: {
      enabled: true,
      jwt_secret: keys.jwt_secret,
      publishable_key: keys.publishable_key,
      secret_key: keys.secret_key,
    },
    options: {
      server: { disableStudio: true, disableFallback: true, apiKeys: { resolver: roleOf(keys) } },
    },
  });
  return {
    app,
    async fetch(request) {
      const is_auth = /^\/auth\/v1(\/|$)/.test(new URL(request.url).pathname);
      if (is_auth && request.method === "OPTIONS") return preflightResponse(request);
      // Read the body before taking the database's turn: a slow client must not hold it.
      const body = await request.arrayBuffer().catch(() => null);
      if (body === null) return new Response("The request ended too early\n", { status: 400 });
      const complete = new Request(request.url, {
        method: request.method,
        headers: request.headers,
        body: body.byteLength > 0 ? body : null,
      });
      const response = await database.exclusive(() => app.fetch(complete));
      return is_auth ? readableEverywhere(response) : response;
    },
  };
}

/**
 * lite allows a page of another origin no header of `/auth/v1`; Supabase's gateway allows those that
 * the browser asks for.
 */
function preflightResponse(request: Request): Response {
  const requested = request.headers.get("access-control-request-headers");
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
      "access-control-max-age": "3600",
      ...(requested === null ? {} : { "access-control-allow-headers": requested }),
    },
  });
}

function readableEverywhere(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("access-control-allow-origin", "*");
  return new Response(response.body, { status: response.status, headers });
}

type KeyResolver = (
  key: string,
) => Promise<{ type: "publishable" | "secret"; claims: Record<string, unknown> } | null>;

/** lite supports one secret key; a Supabase project can have several, all service_role. */
function roleOf(keys: PlatformKeys): KeyResolver {
  return (key) => {
    if (key === keys.publishable_key) {
      return Promise.resolve({ type: "publishable", claims: { role: "anon" } });
    }
    if (key === keys.secret_key || key === keys.automations_key) {
      return Promise.resolve({ type: "secret", claims: { role: "service_role" } });
    }
    return Promise.resolve(null);
  };
}
