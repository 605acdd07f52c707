import type { ConveneError, Result } from "./errors.ts";
import { isServerErrorCode } from "./errors.ts";

/** The part of supabase-js that is used; every client of version 2 has it. */
export interface SupabaseFunctions {
  functions: {
    invoke(name: string, options: InvokeOptions): Promise<Invoked>;
  };
}

/** The options of `functions.invoke` that are used. */
export interface InvokeOptions {
  method: Method;
  body?: Record<string, unknown>;
  signal?: AbortSignal;
}

/** What `functions.invoke` returns. */
export interface Invoked {
  // deno-lint-ignore no-explicit-any -- as supabase-js declares it
  data: any;
  // deno-lint-ignore no-explicit-any -- as supabase-js declares it
  error: any;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Options of every call. */
export interface CallOptions {
  /** Ends the wait for the response; what the function does already is not undone. */
  signal?: AbortSignal;
}

/** The text of a query, or of a body, by field; undefined fields are left out. */
export type Query = Record<string, string | number | boolean | undefined>;

/** Calls a function and returns its body, or its error by code. */
export async function call<Data>(
  supabase: SupabaseFunctions,
  method: Method,
  path: string,
  { query, body, signal }: { query?: Query; body?: object } & CallOptions = {},
): Promise<Result<Data>> {
  const { data, error } = await supabase.functions.invoke(path + queryText(query), {
    method,
    ...(body === undefined ? {} : { body: { ...body } }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (error === null) {
    return isPending(data) ? { ok: false, error: pending(data) } : { ok: true, data };
  }
  return { ok: false, error: await readError(error) };
}

/**
 * The error of `functions.invoke`, as a union by code. supabase-js says of every response that is not 2xx only
 * "Edge Function returned a non-2xx status code"; the response with the reason is in `context`.
 */
export async function readError(error: unknown): Promise<ConveneError> {
  const response = contextOf(error);
  if (response === null) {
    return {
      code: "unreachable",
      message: `No response arrived (${
        messageOf(error)
      }). Whether the request took effect is unknown.`,
      status: null,
      details: {},
      retry_after_seconds: null,
    };
  }
  const { status } = response;
  const retry_after_seconds = secondsOf(response.headers.get("retry-after"));
  const text = await response.text();
  const body = parse(text);
  const { error: code, message, details } = body ?? {};
  if (typeof code === "string" && isServerErrorCode(code) && typeof message === "string") {
    return {
      code,
      message,
      status,
      details: isObject(details) ? details : {},
      retry_after_seconds,
    } as ConveneError;
  }
  return {
    code: "unexpected_response",
    message: typeof message === "string"
      ? message
      : `The response with HTTP status ${status} is not one of Convene's functions.`,
    status,
    details: { ...(typeof code === "string" ? { code } : {}), body: body ?? text },
    retry_after_seconds,
  };
}

interface Pending {
  meeting_id?: string;
  message: string;
  retry_after_seconds: number;
}

/** The response 202 of `schedule`, `write-back` and `task-events`, which has no result yet. `functions.invoke` gives its body alone. */
function isPending(data: unknown): data is Pending {
  return isObject(data) && data.success === false && data.status === "pending";
}

function pending({ meeting_id, message, retry_after_seconds }: Pending): ConveneError {
  return {
    code: "pending",
    message,
    status: 202,
    details: meeting_id === undefined ? {} : { meeting_id },
    retry_after_seconds,
  };
}

/** Whether it is a Response, also of another realm or of a polyfill. */
function contextOf(error: unknown): Response | null {
  if (!isObject(error) || !isObject(error.context)) return null;
  const { context } = error;
  return typeof context.status === "number" && typeof context.text === "function"
    ? context as unknown as Response
    : null;
}

/** The cause of a FunctionsFetchError is in `context`; its own message names none. */
function messageOf(error: unknown): string {
  if (!isObject(error)) return String(error);
  const cause = isObject(error.context) ? error.context.message : undefined;
  return typeof cause === "string" ? cause : String(error.message ?? error);
}

function queryText(query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]]
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

/** Convene sends seconds (RFC 9110, 10.2.3); a proxy may send a date. */
function secondsOf(retry_after: string | null): number | null {
  return retry_after !== null && /^\d+$/.test(retry_after) ? Number(retry_after) : null;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
