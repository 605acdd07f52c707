import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { WorldHold } from "../control/control_routes.ts";
import { controlSurface } from "../control/control_surface.ts";
import { faultReply, googleSurface, reasonOf } from "./google_surface.ts";
import type { HttpReply, HttpRequest } from "./http_reply.ts";
import type { RecordedRequest } from "../world/request_log.ts";
import type { World } from "../world/world.ts";

/** The longest body that is read; Google's own limit for events is far below. */
const longest_body_bytes = 10 * 1024 * 1024;

export interface RunningServer {
  url: string;
  close(): Promise<void>;
}

/** Serves a world on 127.0.0.1. Waits of injected delays end at once when the server closes. */
export async function serveWorld(hold: WorldHold, port: number): Promise<RunningServer> {
  const closing = new AbortController();
  const server = createServer((message, response) => {
    answer(server, hold, message, response, closing.signal).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const text = error instanceof Error ? error.stack ?? error.message : String(error);
      send(hold.world, response, {
        status: 500,
        headers: { "content-type": "text/plain; charset=UTF-8" },
        body: `The emulator itself failed; this is a bug in it.\n${text}\n`,
      });
    });
  });
  // Node closes a connection that was idle for five seconds, also while a request is on its way there: a write that is
  // sent once, as ours are, is lost then. Google keeps connections for longer than clients do.
  server.keepAliveTimeout = 0;
  const url = await listen(server, port);
  return {
    url,
    async close() {
      closing.abort();
      await hold.world.channels.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(
            `Port ${port} is taken: stop the program that uses it, or choose another one for the ` +
              "Google emulator: --google-port of `deno task start`, --port of the emulator alone; 0 is any free one",
          )
          : error,
      );
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address !== "object" || address === null) {
        reject(new Error("The Google emulator has no port after listening"));
      } else resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

async function answer(
  server: Server,
  hold: WorldHold,
  message: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const request = await readRequest(message);
  const path = request.url.pathname;
  if (path === "/emulator" || path.startsWith("/emulator/")) {
    send(hold.world, response, controlSurface(hold, request));
    hold.world.settle();
    if (hold.world.faults.hasDrops()) server.closeIdleConnections();
    return;
  }
  const { world } = hold;
  const started = performance.now();
  const recorded = record(world, request);
  const finish = (status: number | null, reason: string | null) => {
    recorded.status = status;
    recorded.reason = reason;
    recorded.duration_ms = Math.round(performance.now() - started);
  };
  const fault = world.faults.take(request.method, decodedPath(path));
  if (fault !== null) recorded.fault_id = fault.fault_id;
  await wait(fault?.delay_ms ?? 0, closing);
  if (fault?.hold) await orClosing(world.faults.cleared(fault.fault_id), closing);
  if (closing.aborted || fault?.drop === "before") {
    recorded.dropped = "before";
    finish(null, null);
    message.socket.destroy();
    return;
  }
  let reply = fault?.status !== undefined && fault.drop === undefined && !fault.takes_effect
    ? faultReply(fault, fault.status, path)
    : await googleSurface(world, request);
  world.settle();
  const answer_in_ms = (fault?.answer_after_ms ?? 0) - (performance.now() - started);
  await wait(Math.max(fault?.answer_delay_ms ?? 0, answer_in_ms), closing);
  if (closing.aborted || fault?.drop === "after") {
    recorded.dropped = "after";
    finish(null, null);
    message.socket.destroy();
    return;
  }
  if (fault?.status !== undefined && fault.takes_effect) {
    reply = faultReply(fault, fault.status, path);
  }
  finish(reply.status, reasonOf(reply));
  send(world, response, acceptsGzip(request) ? gzipped(reply) : reply);
}

async function readRequest(message: IncomingMessage): Promise<HttpRequest> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of message) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    if (size > longest_body_bytes) throw new Error("The request body is longer than 10 MiB");
    chunks.push(chunk);
  }
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return {
    method: message.method ?? "GET",
    url: new URL(message.url ?? "/", `http://${message.headers.host ?? "127.0.0.1"}`),
    headers,
    body: new TextDecoder().decode(bytes),
  };
}

function record(world: World, request: HttpRequest): RecordedRequest {
  const query: Record<string, string[]> = {};
  for (const [name, value] of request.url.searchParams) (query[name] ??= []).push(value);
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  return world.requests.open({
    at: new Date(world.clock.now()).toISOString(),
    method: request.method,
    path: decodedPath(request.url.pathname),
    query,
    body: readableBody(request),
    if_match: request.headers["if-match"] ?? null,
    if_none_match: request.headers["if-none-match"] ?? null,
    user: world.oauth.access_tokens.get(bearer ?? "")?.email ?? null,
    status: null,
    reason: null,
    fault_id: null,
    dropped: null,
    duration_ms: null,
  });
}

function readableBody(request: HttpRequest): unknown {
  if (request.body === "") return null;
  if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(request.body));
  }
  try {
    return JSON.parse(request.body);
  } catch {
    return request.body;
  }
}

/** `/calendars/a%40b.example/events` reads better as `/calendars/a@b.example/events`. */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Deno's fetch repeats a request, POST too, when a connection that it had used
 * before breaks. So that a dropped reply reaches the caller, no connection is kept while a drop
 * is due. */
function send(
  world: World,
  response: ServerResponse,
  reply: Omit<HttpReply, "body"> & { body: string | Uint8Array | null },
): void {
  const close = world.faults.hasDrops() ? { connection: "close" } : {};
  response.writeHead(reply.status, { ...reply.headers, ...close });
  response.end(reply.body ?? undefined);
}

/** Google compresses only for a client that accepts gzip and has the word in its User-Agent. */
function acceptsGzip({ headers }: HttpRequest): boolean {
  return /\bgzip\b/i.test(headers["accept-encoding"] ?? "") &&
    (headers["user-agent"] ?? "").includes("gzip");
}

function gzipped(reply: HttpReply) {
  if (reply.body === null) return reply;
  const headers = { ...reply.headers, "content-encoding": "gzip", vary: "Accept-Encoding" };
  return { ...reply, headers, body: gzipSync(reply.body) };
}

function orClosing(event: Promise<void>, closing: AbortSignal): Promise<void> {
  if (closing.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    closing.addEventListener("abort", done, { once: true });
    void event.then(done);
    function done() {
      closing.removeEventListener("abort", done);
      resolve();
    }
  });
}

async function wait(ms: number, closing: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await orClosing(promise, closing);
  clearTimeout(timer);
}
