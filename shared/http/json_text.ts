import { LIMITS } from "@shared/schemas/limits.ts";
import type { LimitName } from "@shared/schemas/limits.ts";

/** A limit that a text exceeds, or `unstorable`: JSON allows it and Postgres cannot store it. `path` as in participants[3].email. */
export type TextProblem =
  | { kind: "limit"; limit: LimitName; path: string }
  | { kind: "unstorable"; path: string };

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const LETTER_U = 117;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Large enough that no sum with other digits is a code unit. */
const NOT_A_DIGIT = 1_000_000;

/** A list or an object that is open at the current place. `key`: bounds of the last key of an object. */
interface Container {
  is_list: boolean;
  commas: number;
  awaits_key: boolean;
  key_from: number;
  key_to: number;
}

/**
 * The first problem of a JSON text that would make it expensive to parse or impossible to store; null if there is none,
 * also for a text that is no JSON. One pass without allocations for values: `[[[[...` costs no more than its characters.
 */
export function textProblem(text: string): TextProblem | null {
  const open: Container[] = Array.from({ length: LIMITS.nesting_depth + 1 }, newContainer);
  let depth = 0;
  let values = 0;
  const limit = (name: LimitName): TextProblem => ({
    kind: "limit",
    limit: name,
    path: pathOf(text, open, depth),
  });
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      const end = endOfString(text, at + 1);
      const container = open[depth]!;
      const is_key = container.awaits_key;
      if (is_key) {
        container.awaits_key = false;
        container.key_from = at;
        container.key_to = Math.abs(end) + 1;
      }
      if (end < 0) {
        return { kind: "unstorable", path: pathOf(text, open, is_key ? depth - 1 : depth) };
      }
      if (is_key && end - at - 1 > LIMITS.key_characters) {
        container.key_to = container.key_from;
        return limit("key_characters");
      }
      if (end - at - 1 > LIMITS.string_characters) return limit("string_characters");
      at = end;
    } else if (unit === COMMA) {
      const container = open[depth]!;
      container.commas++;
      container.awaits_key = !container.is_list;
      if (++values > LIMITS.values) return limit("values");
      if (container.commas >= (container.is_list ? LIMITS.list_items : LIMITS.object_keys)) {
        const name = container.is_list ? "list_items" : "object_keys";
        depth--;
        return limit(name);
      }
    } else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      if (++values > LIMITS.values) return limit("values");
      if (depth === LIMITS.nesting_depth) return limit("nesting_depth");
      const container = open[++depth]!;
      container.is_list = unit === OPEN_LIST;
      container.awaits_key = !container.is_list;
      container.commas = container.key_from = container.key_to = 0;
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) {
      // A bracket too many: the parser says that it is no JSON.
      if (depth === 0) return null;
      depth--;
    }
  }
  return null;
}

function newContainer(): Container {
  // The outermost place is no container: one value, no key.
  return { is_list: true, commas: 0, awaits_key: false, key_from: 0, key_to: 0 };
}

/** The index of the quote that ends a string; negative where the string cannot be stored. An unfinished one ends the text. */
function endOfString(text: string, from: number): number {
  let unstorable = false;
  let at = from;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) break;
    if (unit !== BACKSLASH) continue;
    at++;
    if (text.charCodeAt(at) !== LETTER_U) continue;
    const escaped = codeUnit(text, at + 1);
    at += 4;
    if (escaped === 0) unstorable = true;
    if (escaped < 0xd800 || escaped > 0xdfff) continue;
    const has_other_half = escaped < 0xdc00 && text.charCodeAt(at + 1) === BACKSLASH &&
      text.charCodeAt(at + 2) === LETTER_U && isLowSurrogate(codeUnit(text, at + 3));
    if (has_other_half) at += 6;
    else unstorable = true;
  }
  return unstorable ? -at : at;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The number of four hexadecimal digits; more than any code unit for anything else. */
function codeUnit(text: string, from: number): number {
  return digitAt(text, from) * 4096 + digitAt(text, from + 1) * 256 +
    digitAt(text, from + 2) * 16 + digitAt(text, from + 3);
}

function digitAt(text: string, at: number): number {
  const unit = text.charCodeAt(at) | 0x20;
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  return unit >= 0x61 && unit <= 0x66 ? unit - 0x57 : NOT_A_DIGIT;
}

function pathOf(text: string, open: readonly Container[], depth: number): string {
  let path = "";
  for (const container of open.slice(1, depth + 1)) {
    if (container.is_list) path += `[${container.commas}]`;
    else {
      const key = keyAt(text, container);
      if (key === null) break;
      path += path === "" ? key : `.${key}`;
    }
  }
  return path === "" ? "body" : path;
}

/** A key as its text means it; null where there is none, or none that could be shown. */
function keyAt(text: string, { key_from, key_to }: Container): string | null {
  if (key_to === key_from) return null;
  try {
    const key: unknown = JSON.parse(text.slice(key_from, key_to));
    return typeof key === "string" && key.isWellFormed() && !key.includes("\0") ? key : null;
  } catch {
    return null;
  }
}
