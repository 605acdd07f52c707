import * as z from "zod/mini";

/** A JSON Schema (draft 2020-12), or a schema that accepts the same. */
export type JsonSchemaSource = { readonly [keyword: string]: unknown } | z.ZodMiniType;

/** Schemas that are made of another by further checks inherit its entry. */
const SOURCES = z.registry<{ source: unknown }>();

/**
 * The schema, with the JSON Schema of its input beside it: the contract (docs/openapi.json) is made of it. For schemas
 * whose checks are code, of which zod derives nothing. What a JSON Schema cannot say, such as that a day exists, is
 * left to the check.
 */
export function withJsonSchema<T extends z.ZodMiniType>(schema: T, source: JsonSchemaSource): T {
  SOURCES.add(schema, { source });
  return schema;
}

/** What `withJsonSchema` has for it; undefined: zod derives all of it. */
export function jsonSchemaSourceOf(schema: z.core.$ZodType): JsonSchemaSource | undefined {
  return SOURCES.get(schema)?.source as JsonSchemaSource | undefined;
}
