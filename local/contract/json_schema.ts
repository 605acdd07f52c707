import * as z from "zod/mini";
import { jsonSchemaSourceOf } from "@shared/schemas/json_schema.ts";
import { NOTES } from "./components.ts";

export type JsonSchema = Record<string, unknown>;

/** What a schema describes: a value that callers send, or one that they receive. */
export type Direction = "input" | "output";

/** The schemas of a document, of which those with an id are components and the others are written where they are used. */
export class JsonSchemas {
  readonly components = new Map<string, JsonSchema>();

  /** The JSON Schema (draft 2020-12) of a schema; its components are added. Throws for one that has none. */
  of(schema: z.core.$ZodType, direction: Direction): JsonSchema {
    const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, {
      io: direction,
      metadata: NOTES,
      override: ({ zodSchema, jsonSchema }) => this.#override(zodSchema, jsonSchema, direction),
    });
    for (const [id, one] of Object.entries($defs)) this.#add(id, withReferences(one) as JsonSchema);
    return withReferences(own) as JsonSchema;
  }

  #override(schema: z.core.$ZodType, json: JsonSchema, direction: Direction): void {
    const source = jsonSchemaSourceOf(schema);
    if (source === undefined) {
      requireDerived(schema);
      return;
    }
    const given = "_zod" in source ? this.of(source as z.core.$ZodType, direction) : source;
    const { description = undefined } = NOTES.get(schema) ?? {};
    for (const keyword of Object.keys(json)) delete json[keyword];
    Object.assign(json, given, description === undefined ? {} : { description });
  }

  #add(id: string, schema: JsonSchema): void {
    const known = this.components.get(id);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`Two schemas have the name ${id}`);
    }
    this.components.set(id, schema);
  }
}

const CHECKED_AS_A_WHOLE = ["object", "array", "union", "record", "pipe"];

/** zod leaves out a check that is code: a value that only code checks would be described as any text or number. */
function requireDerived({ _zod: { def } }: z.core.$ZodType): void {
  if (CHECKED_AS_A_WHOLE.includes(def.type)) return;
  if (def.checks?.some(({ _zod: { def: { check } } }) => check === "custom") === true) {
    throw new Error(`A ${def.type} is checked by code and has no JSON Schema (withJsonSchema)`);
  }
}

function withReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReferences);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === "$ref" && typeof one === "string"
        ? one.replace("#/$defs/", "#/components/schemas/")
        : withReferences(one),
    ]),
  );
}
