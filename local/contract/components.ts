import * as z from "zod/mini";

/** What the document says of a schema beside its type; one with an `id` is a component, and is referred to. */
export const NOTES = z.registry<{ id?: string; description?: string }>();

/** A component of the document: `#/components/schemas/<id>`. */
export function component<T extends z.ZodMiniType>(
  id: string,
  schema: T,
  description?: string,
): T {
  NOTES.add(schema, { id, ...(description === undefined ? {} : { description }) });
  return schema;
}

/** A schema with a sentence about it; the given one stays as it is. */
export function described<T extends z.ZodMiniType>(schema: T, description: string): T {
  const copy = z.clone<z.core.$ZodType>(schema);
  NOTES.add(copy, { description });
  return copy as unknown as T;
}
