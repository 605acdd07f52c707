import * as z from "zod/mini";
import { firstIssue } from "@shared/failures/issues.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import type { LimitName } from "@shared/schemas/limits.ts";
import { HttpFault } from "./fault.ts";
import { textProblem } from "./json_text.ts";
import type { TextProblem } from "./json_text.ts";

export interface BodyLimits {
  max_bytes?: number;
  /** What an empty body means, where one is allowed: clients and proxies send it in several ways. */
  empty?: unknown;
}

/** The request's JSON body, checked. Throws `invalid_request` with the path of the field, or `too_large`. */
export async function readJson<T>(
  request: Request,
  schema: z.ZodMiniType<T>,
  limits: BodyLimits = {},
): Promise<T> {
  return validate(await readBody(request, limits), schema);
}

/**
 * The request's JSON body, unchecked: for routes whose body has one of several shapes. Its size, depth and counts are
 * checked before it is parsed.
 */
export async function readBody(request: Request, limits: BodyLimits = {}): Promise<unknown> {
  const text = await readText(request, limits.max_bytes ?? LIMITS.body_bytes);
  if (text.trim() === "" && limits.empty !== undefined) return limits.empty;
  const problem = textProblem(text);
  if (problem !== null) throw faultOfText(problem);
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpFault("invalid_request", "The body is not valid JSON.", { path: "body" });
  }
}

function faultOfText(problem: TextProblem): HttpFault {
  const { path } = problem;
  if (problem.kind === "unstorable") {
    return new HttpFault(
      "invalid_request",
      `${path}: Text cannot hold NUL or half a surrogate pair`,
      { path },
    );
  }
  const { limit } = problem;
  return new HttpFault("too_large", `${path}: ${EXCEEDED[limit]} at most ${LIMITS[limit]}.`, {
    path,
    limit,
    most: LIMITS[limit],
  });
}

const EXCEEDED: Readonly<Partial<Record<LimitName, string>>> = {
  nesting_depth: "Lists and objects may be nested this deep:",
  list_items: "The items of a list are",
  object_keys: "The fields of an object are",
  key_characters: "The characters of the name of a field are",
  values: "The values of a body are",
  string_characters: "The characters of a text are",
};

/** Whether `body` is an object with this field, which decides about its schema. */
export function hasField(body: unknown, name: string): boolean {
  return typeof body === "object" && body !== null && Object.hasOwn(body, name);
}

/** The query string, checked as one flat object of strings. Throws `invalid_request`. */
export function readQuery<T>(request: Request, schema: z.ZodMiniType<T>): T {
  return validate(queryOf(request), schema);
}

/** The query string as one flat object of strings that can be stored, unchecked. Throws `invalid_request`. */
export function queryOf(request: Request): Record<string, string> {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const unstorable = Object.entries(query).find((entry) => entry.join("").includes("\0"));
  if (unstorable !== undefined) {
    const path = unstorable[0].replaceAll("\0", "");
    throw new HttpFault("invalid_request", `${path}: Text cannot hold NUL`, { path });
  }
  return query;
}

/** `value` as the schema's type, or `invalid_request` naming the first field that is wrong. */
export function validate<T>(value: unknown, schema: z.ZodMiniType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = firstIssue(parsed.error);
  throw new HttpFault("invalid_request", `${path}: ${message}`, { path });
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () =>
    new HttpFault("too_large", `The body is larger than ${Math.floor(maxBytes / 1024)} kB.`, {
      max_bytes: maxBytes,
    });
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Counted as it arrives: a header may say anything.
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  // Decoded at once: a text of pieces would be copied when it is read.
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return new TextDecoder().decode(bytes);
}
