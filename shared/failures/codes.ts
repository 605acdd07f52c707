import type { CodeEntry } from "./entry.ts";
import { OTHER_CODES, REASONS } from "./reasons.ts";
import { RESPONSE_CODES } from "./response_codes.ts";

/** A code that an error response can have. */
export type ResponseCode = keyof typeof RESPONSE_CODES;

/** Every error code, once. */
export type Code = ResponseCode | keyof typeof REASONS | keyof typeof OTHER_CODES;

/** Codes with an error response: their own, or the one whose reason they are. */
export type FailureCode = ResponseCode | keyof typeof REASONS;

/** Entry of every code: messages and advice are defined only here. */
export const CODES: Readonly<Record<Code, CodeEntry>> = {
  ...RESPONSE_CODES,
  ...REASONS,
  ...OTHER_CODES,
};

/** Whether stored or received text is one of the codes. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(CODES, text);
}

/** Whether stored text is the code of something that failed. */
export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(RESPONSE_CODES, text) || Object.hasOwn(REASONS, text);
}

/** The code of the error response for a failure: its own code, or the wider one that it is a reason of. */
export function responseCode(code: FailureCode): ResponseCode {
  return isReason(code) ? REASONS[code].response : code;
}

/** The HTTP status of an error response. */
export function statusOf(code: ResponseCode): number {
  return RESPONSE_CODES[code].status;
}

/** What a person can do; `is_final`: there is no automatic retry. Null: unknown code, or nothing to do. */
export function adviceFor(code: string, is_final: boolean): string | null {
  if (!isCode(code)) return null;
  const { what_to_do, what_to_do_at_last } = CODES[code];
  return (is_final ? what_to_do_at_last : undefined) ?? what_to_do ?? null;
}

function isReason(code: FailureCode): code is keyof typeof REASONS {
  return Object.hasOwn(REASONS, code);
}
