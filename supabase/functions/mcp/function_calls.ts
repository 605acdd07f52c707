import type { Operations } from "@shared/contract/types.ts";
import { isFailureCode, responseCode } from "@shared/failures/codes.ts";
import { HttpFault } from "@shared/http/fault.ts";

export interface Sent {
  query?: Record<string, string | number | boolean | undefined>;
  body?: Record<string, unknown>;
}

/** Calls of the project's functions as the caller, so that every rule of theirs holds here as well. */
export interface FunctionCalls {
  /**
   * The body of a response with status 200, one of those that the contract has: the caller says which. Throws what the
   * function responds otherwise as `HttpFault`, also 202: another worker is at the meeting.
   */
  send<Operation extends keyof Operations, Data extends Operations[Operation]["data"]>(
    operation: Operation,
    sent?: Sent,
  ): Promise<Data>;
}

/** Below the 150 s after which Supabase ends a request without response (docs, "Edge Functions limits"). */
const MAX_WAIT_MS = 120_000;

export function functionCalls(
  { functions_url, fetch, credentials }: {
    functions_url: string;
    fetch: typeof globalThis.fetch;
    /** The headers of the request that is served. */
    credentials: Headers;
  },
): FunctionCalls {
  const headers = { "content-type": "application/json", ...credentialsOf(credentials) };
  return {
    async send<Operation extends keyof Operations, Data extends Operations[Operation]["data"]>(
      operation: Operation,
      { query, body }: Sent = {},
    ) {
      const [method = "", path = ""] = operation.split(" ");
      const url = new URL(`${functions_url}/${path}`);
      for (const [name, value] of Object.entries(query ?? {})) {
        if (value !== undefined) url.searchParams.set(name, String(value));
      }
      const response = await reach(() =>
        fetch(url, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(MAX_WAIT_MS),
        })
      );
      return await bodyOf(response) as Data;
    },
  };
}

/** Supabase's gateway reads `apikey`, and a trace ties the calls together in the logs. */
function credentialsOf(given: Headers): Record<string, string> {
  return Object.fromEntries(
    ["authorization", "apikey", "traceparent", "tracestate"].flatMap((name) => {
      const value = given.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** Supabase throws a RateLimitError for too many calls between functions (docs, "Recursive / Nested Function Calls"). */
async function reach(call: () => Promise<Response>): Promise<Response> {
  try {
    return await call();
  } catch (thrown) {
    if (thrown instanceof Error && ["RateLimitError", "TimeoutError"].includes(thrown.name)) {
      throw new HttpFault("busy", undefined, undefined, retryAfter(thrown));
    }
    throw thrown;
  }
}

const RETRY_SECONDS = 2;

function retryAfter(thrown: Error): number {
  const ms = "retryAfterMs" in thrown ? Number(thrown.retryAfterMs) : NaN;
  return Number.isFinite(ms) ? ms / 1000 : RETRY_SECONDS;
}

async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  const body = await readObject(response);
  const seconds = Number(response.headers.get("retry-after") ?? NaN);
  if (response.status === 202) {
    const wait = Number.isNaN(seconds) ? RETRY_SECONDS : seconds;
    throw new HttpFault("in_progress", String(body.message), undefined, wait);
  }
  if (response.ok) return body;
  const { error, message, details } = body;
  if (typeof error !== "string" || !isFailureCode(error)) {
    throw new Error(`A function answered ${response.status} without an error code of Convene`);
  }
  throw new HttpFault(
    responseCode(error),
    String(message),
    isObject(details) ? details : undefined,
    Number.isNaN(seconds) ? undefined : seconds,
  );
}

async function readObject(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
  } catch {
    // Said below: whatever answered is no function of ours.
  }
  throw new Error(`A function answered ${response.status} with a body that is no JSON object`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
