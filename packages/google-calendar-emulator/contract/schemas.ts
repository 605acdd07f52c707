import type { Schema } from "./discovery.ts";
import { facts } from "./facts.ts";

export type SchemaName = keyof typeof facts.schemas;

const schemas: Readonly<Record<SchemaName, Schema>> = facts.schemas;

/** The schema that a reference names; any other schema is itself. */
export function resolveSchema(schema: Schema): Schema {
  // References stay inside the document, which a test checks.
  return schema.$ref === undefined ? schema : schemas[schema.$ref as SchemaName];
}

/** What a value of a schema is after checking. `null` stays: a patch deletes with it. */
type Checked<S> = S extends { readonly $ref: infer Name extends SchemaName } ? Shape<Name>
  : S extends { readonly type: "boolean" } ? boolean
  : S extends { readonly type: "integer" | "number" } ? number
  : S extends { readonly type: "string" } ? string
  : S extends { readonly items: infer Item } ? Checked<Item>[]
  : S extends { readonly additionalProperties: infer Value }
    ? { [key: string]: Checked<Value> | null }
  : S extends { readonly properties: infer Members }
    ? { [K in keyof Members]?: Checked<Members[K]> | null }
  : unknown;

type Members<Name extends SchemaName> = (typeof facts.schemas)[Name]["properties"];

/** A JSON object that passed `checkBody` for the named schema. */
export type Shape<Name extends SchemaName> = {
  -readonly [K in keyof Members<Name>]?: Checked<Members<Name>[K]> | null;
};
