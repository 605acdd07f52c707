import * as z from "zod/mini";
import { firstIssue } from "@shared/failures/issues.ts";
import { HttpFault } from "./fault.ts";

export interface BodyLimits {
  max_bytes?: number;
  /** What an empty body means, where one is allowed: clients and proxies send it in several ways. */
  empty?: unknown;
}

/** A body above this is refused before it is parsed; 200 participants with long names stay far below. */
const MAX_BODY_BYTES = 256 * 1024;

/** The request's JSON body, checked. Throws `invalid_request` with the path of the field, or `too_large`. */
export async function readJson<T>(
  request: Request,
  schema: z.ZodMiniType<T>,
  limits: BodyLimits = {},
): Promise<T> {
  return validate(await readBody(request, limits), schema);
}

/** The request's JSON body, unchecked: for routes whose body has one of several shapes. */
export async function readBody(request: Request, limits: BodyLimits = {}): Promise<unknown> {
  const text = await readText(request, limits.max_bytes ?? MAX_BODY_BYTES);
  if (text.trim() === "" && limits.empty !== undefined) return limits.empty;
  try {
    // Hardly any body has such escapes, and searching for one is much faster than checking each.
    if (text.includes("\\u") && UNSTORABLE.test(text)) throw new SyntaxError();
    return JSON.parse(text);
  } catch {
    throw new HttpFault(
      "invalid_request",
      "The body is not valid JSON, or contains characters that cannot be stored (NUL, half a surrogate pair).",
      { path: "body" },
    );
  }
}

/** Escapes that JSON allows and Postgres cannot store as text: NUL, and surrogates without their other half. */
const UNSTORABLE =
  /(?<!\\)(?:\\\\)*\\u(?:0000|d[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2}\\u)d[c-f][0-9a-f]{2})/i;

/** Whether `body` is an object with this field, which decides about its schema. */
export function hasField(body: unknown, name: string): boolean {
  return typeof body === "object" && body !== null && Object.hasOwn(body, name);
}

/** The query string, checked as one flat object of strings. Throws `invalid_request`. */
export function readQuery<T>(request: Request, schema: z.ZodMiniType<T>): T {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const unstorable = Object.entries(query).find(([, value]) => value.includes("\0"));
  if (unstorable !== undefined) {
    const [path] = unstorable;
    throw new HttpFault("invalid_request", `${path}: Text cannot hold NUL`, { path });
  }
  return validate(query, schema);
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
  const announced = request.headers.get("content-length");
  if (Number(announced ?? 0) > maxBytes) throw tooLarge();
  // The server enforces Content-Length, so nothing has to be counted.
  if (announced !== null) return await request.text();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
}
