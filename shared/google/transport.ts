import type * as z from "zod/mini";
import { excerpt } from "@shared/failures/excerpt.ts";
import { lostResponse } from "@shared/failures/google_reply.ts";
import type { GoogleFailure, RequestKind } from "@shared/failures/google_reply.ts";
import type { GoogleOutcome } from "./outcome.ts";

/** Longest wait for one answer, body included. A lease on a meeting must outlive it. */
export const REQUEST_TIMEOUT_MS = 20_000;

export interface TransportOptions {
  fetch?: typeof globalThis.fetch;
  timeout_ms?: number;
}

export interface RemoteRequest<T> {
  kind: RequestKind;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** The body goes out at most once, see `bodyOf`. */
  send_once?: boolean;
  /** The shape of a good answer; an empty body arrives as null. */
  schema: z.ZodMiniType<T>;
  /** The meaning of an answer that is not 2xx. */
  classify(kind: RequestKind, status: number, body: unknown, headers: Headers): GoogleFailure;
}

interface Reply {
  status: number;
  ok: boolean;
  headers: Headers;
  body: unknown;
}

/** Sends one request and turns whatever happens, silence included, into an outcome. */
export async function send<T>(
  request: RemoteRequest<T>,
  options: TransportOptions = {},
): Promise<GoogleOutcome<T>> {
  const reply = await exchange(request, options);
  if ("verdict" in reply) return reply;
  return reply.ok
    ? accept(request, reply.status, reply.body)
    : request.classify(request.kind, reply.status, reply.body, reply.headers);
}

async function exchange<T>(
  request: RemoteRequest<T>,
  { fetch = globalThis.fetch, timeout_ms = REQUEST_TIMEOUT_MS }: TransportOptions,
): Promise<Reply | GoogleFailure> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeout_ms);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...bodyOf(request),
      // These endpoints never redirect, and following one would carry the credentials elsewhere.
      redirect: "manual",
      signal: deadline.signal,
    });
    const { status, ok, headers } = response;
    return { status, ok, headers, body: parse(await response.text()) };
  } catch (error) {
    return silence(request.kind, deadline.signal.aborted, timeout_ms, error);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Deno's `fetch` silently sends a request again when a reused connection breaks before the answer,
 * POST included (denoland/deno#32566): a write would happen twice without a sign of it. A body that is
 * a stream cannot be sent again.
 */
function bodyOf({ body, send_once }: Pick<RemoteRequest<unknown>, "body" | "send_once">) {
  if (body === undefined) return {};
  return send_once === true ? { body: new Blob([body]).stream(), duplex: "half" } : { body };
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    // A front end's HTML page; `classify` and the schema both cope with a string.
    return text;
  }
}

function accept<T>(request: RemoteRequest<T>, status: number, body: unknown): GoogleOutcome<T> {
  const parsed = request.schema.safeParse(body);
  if (parsed.success) return { verdict: "done", status, value: parsed.data };
  const path = parsed.error.issues[0]?.path.join(".") ?? "";
  return lostResponse(request.kind, {
    status,
    reason: "unreadable_reply",
    message: `Google's answer could not be read${path === "" ? "" : ` at "${path}"`}.`,
    // A good answer of the token endpoint is nothing but credentials; its text is not kept.
    body: "",
  });
}

function silence(
  kind: RequestKind,
  timed_out: boolean,
  timeout_ms: number,
  error: unknown,
): GoogleFailure {
  return lostResponse(kind, {
    status: null,
    reason: timed_out ? "timeout" : "connection_lost",
    message: timed_out
      ? `Google did not respond within ${timeout_ms} ms.`
      : "The connection to Google was lost before the response arrived.",
    body: excerpt(error instanceof Error ? error.message : String(error)),
  });
}
