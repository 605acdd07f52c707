import type * as z from "zod/mini";
import type { ResponseCode } from "@shared/failures/codes.ts";
import { ERROR } from "./responses/errors.ts";

/** Who may call: a signed-in user, a secret key; none: no credentials are read. */
export type CallerKind = "user" | "key";

/** A response that is no error. */
export interface Success {
  description: string;
  /** The bodies that it can have, by content type; none: it has no body. */
  content?: Readonly<Record<string, readonly z.ZodMiniType[]>>;
  /** Headers that it always has, with what they mean. */
  headers?: Readonly<Record<string, string>>;
}

/** Error responses with one body. */
export interface Errors {
  body: z.ZodMiniType;
  codes: readonly ResponseCode[];
}

/** One method of one path of the functions. */
export interface Operation {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/functions/v1`; the first part is the name of the function. */
  path: string;
  /** Unique; code generators name the call after it. */
  id: string;
  summary: string;
  callers: readonly CallerKind[];
  query?: z.ZodMiniObject;
  /** The bodies that callers may send. */
  body?: readonly z.ZodMiniType[];
  is_body_optional?: boolean;
  successes: Readonly<Record<number, Success>>;
  errors: readonly Errors[];
}

/** A JSON response with one of these bodies. */
export function json(description: string, ...bodies: readonly z.ZodMiniType[]): Success {
  return { description, content: { "application/json": bodies } };
}

/** Codes whose response has the fields of every error and no others. */
export function plainErrors(...codes: readonly ResponseCode[]): Errors {
  return { body: ERROR, codes };
}

/** What the outer wall of every function and the reading of a request can respond. */
export function commonErrors(
  { callers, query, body }: Pick<Operation, "callers" | "query" | "body">,
): Errors {
  return plainErrors(
    ...(callers.length === 0 ? [] : ["unauthenticated", "forbidden"] as const),
    ...(query === undefined && body === undefined ? [] : ["invalid_request"] as const),
    ...(body === undefined ? [] : ["too_large"] as const),
    "internal",
    "busy",
  );
}
