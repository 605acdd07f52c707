import type { SchemaName, Schemas } from "./schemas.ts";

/** What a value of a schema expression is after checking. `null` stays: a patch deletes with it. */
type Checked<T> = T extends "boolean" ? boolean
  : T extends "integer" | "number" ? number
  : T extends `@${infer Name extends SchemaName}` ? Shape<Name>
  : T extends string ? string
  : T extends readonly [infer Item] ? Checked<Item>[]
  : T extends { readonly "*": infer Value } ? { [key: string]: Checked<Value> | null }
  : { [K in keyof T]?: Checked<T[K]> | null };

/** A JSON object that passed `check_body` for the named schema. */
export type Shape<Name extends SchemaName> = {
  [K in keyof Schemas[Name]]?: Checked<Schemas[Name][K]> | null;
};
