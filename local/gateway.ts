import { proxyTo } from "./proxy.ts";
import type { UserTokens } from "./user_tokens.ts";

export interface GatewayOptions {
  /** 0 means any free port. */
  port: number;
  tokens: UserTokens;
}

export interface Gateway {
  readonly url: string;
  /** Who answers `/rest/v1` and `/auth/v1` from now on; until then it is 503. */
  setApi(api: (request: Request) => Promise<Response>): void;
  /** Where `/functions/v1/` leads from now on; null answers 503. */
  setFunctions(origin: string | null): void;
  /** Gives a further functions process a way in: `/workers/<id>/functions/v1/`. */
  addWorker(id: string, origin: string): void;
  stop(): Promise<void>;
}

const SHUTDOWN_MS = 2_000;

/**
 * The one address of the local project, on 127.0.0.1: `/rest/v1` and `/auth/v1` go to the API,
 * `/functions/v1/<name>` to the functions process. Throws a sentence for people when the port is
 * taken.
 */
export function startGateway(options: GatewayOptions): Gateway {
  let api = (_request: Request) => Promise.resolve(text("Convene is starting.", 503));
  let functions: string | null = null;
  const workers = new Map<string, string>();

  const route = (request: Request): Response | Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    if (/^\/(rest|auth)\/v1(\/|$)/.test(pathname)) return api(request);
    const worker = /^\/workers\/([^/]+)(\/functions\/v1\/.*)$/.exec(pathname);
    if (worker) {
      return proxyTo(
        workers.get(worker[1] ?? "") ?? null,
        worker[2] ?? "",
        request,
        options.tokens,
      );
    }
    if (pathname.startsWith("/functions/v1/")) {
      return proxyTo(functions, pathname, request, options.tokens);
    }
    if (pathname === "/app") return text(afterConsent(searchParams));
    return text("Nothing is served here. See /rest/v1, /auth/v1 and /functions/v1/<name>.", 404);
  };

  const closing = new AbortController();
  const server = listen(options.port, route, closing.signal);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    setApi: (answer) => void (api = answer),
    setFunctions: (origin) => void (functions = origin),
    addWorker: (id, origin) => void workers.set(id, origin),
    stop: () => shutDown(server, closing),
  };
}

function listen(
  port: number,
  handler: Deno.ServeHandler,
  signal: AbortSignal,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: "127.0.0.1", port, signal, onListen: () => {} }, handler);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Error(
      `Port ${port} is taken: stop the program that uses it, or choose another one for the API ` +
        `(--api-port 0 takes any free one)`,
      { cause: error },
    );
  }
}

/** Lets answers finish, but not for long: a client may keep its connection open for ever. */
async function shutDown(server: Deno.HttpServer, closing: AbortController): Promise<void> {
  const timer = setTimeout(() => closing.abort(), SHUTDOWN_MS);
  await server.shutdown();
  clearTimeout(timer);
}

/** Where the Google consent flow ends while the project has no web page to return to. */
function afterConsent(parameters: URLSearchParams): string {
  const [code, error] = [parameters.get("convene_code"), parameters.get("convene_error")];
  if (error !== null) return `Google was not connected: ${error}`;
  if (code === null) return "The Google consent flow ends here.";
  return `Google has agreed. The user who began finishes with POST /functions/v1/google-auth/complete

  {"code": "${code}"}`;
}

function text(message: string, status = 200): Response {
  return new Response(message + "\n", { status });
}
