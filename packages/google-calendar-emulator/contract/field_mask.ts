import type { Schema } from "./discovery.ts";
import { GoogleError } from "./google_error.ts";
import { resolveSchema, type SchemaName } from "./schemas.ts";

/** A parsed `fields` mask: member -> what to keep of it, or true for all of it. */
type Mask = Map<string, Mask | true>;

/** Reads a `fields` mask (`a,b/c,d(e,f)`, `*`) into a function that keeps only what it names; 400
 * "Invalid field selection x" for what the answer's schema does not have. */
export function readFieldMask(fields: string, schema: SchemaName): (answer: unknown) => unknown {
  const parser = new MaskParser(fields);
  const mask = parser.selection();
  parser.end();
  checkMask(mask, { $ref: schema });
  return (answer) => keep(answer, mask);
}

class MaskParser {
  #at = 0;
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  selection(): Mask {
    const mask: Mask = new Map();
    for (;;) {
      this.#path(mask);
      if (this.#text[this.#at] !== ",") return mask;
      this.#at++;
    }
  }
  end(): void {
    if (this.#at !== this.#text.length) throw invalidSelection(this.#text.slice(this.#at));
  }
  #path(mask: Mask): void {
    const name = /^[\w*.$-]+/.exec(this.#text.slice(this.#at))?.[0];
    if (name === undefined) throw invalidSelection(this.#text.slice(this.#at));
    this.#at += name.length;
    const next = this.#text[this.#at];
    if (next === "/") {
      this.#at++;
      this.#path(descend(mask, name));
    } else if (next === "(") {
      this.#at++;
      merge(descend(mask, name), this.selection());
      if (this.#text[this.#at] !== ")") throw invalidSelection(this.#text.slice(this.#at));
      this.#at++;
    } else mask.set(name, true);
  }
}

function descend(mask: Mask, name: string): Mask {
  const existing = mask.get(name);
  if (existing instanceof Map) return existing;
  const inner: Mask = new Map();
  if (existing !== true) mask.set(name, inner);
  return inner;
}

function merge(into: Mask, from: Mask): void {
  for (const [name, value] of from) into.set(name, value);
}

function checkMask(mask: Mask, given: Schema): void {
  let schema = resolveSchema(given);
  while (schema.items !== undefined) schema = resolveSchema(schema.items);
  const { properties = {}, additionalProperties } = schema;
  for (const [name, inner] of mask) {
    const named = Object.entries(properties).find(([key]) => key === name || name === "*")?.[1];
    const member = named ?? additionalProperties;
    if (member === undefined) throw invalidSelection(name);
    if (inner !== true && name !== "*") checkMask(inner, member);
  }
}

function keep(value: unknown, mask: Mask): unknown {
  if (Array.isArray(value)) return value.map((item) => keep(item, mask));
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const inner = mask.get(key) ?? mask.get("*");
    if (inner === true) kept[key] = member;
    else if (inner !== undefined) kept[key] = keep(member, inner);
  }
  return kept;
}

function invalidSelection(name: string): GoogleError {
  return new GoogleError("invalidParameter", {
    message: `Invalid field selection ${name}`,
    location: "fields",
  });
}
