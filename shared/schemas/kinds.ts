import type * as z from "zod/mini";

/**
 * What the database has to know of a schema beyond its structure: `type` and further fields as private.shape_problem reads
 * them. A schema with a check that is a function has a kind; `deno task db:shapes` writes the shapes of rows from both.
 */
export interface Kind {
  type?: string;
  /** Name of a check of the whole value, made once its parts are valid (private.whole_problem). */
  whole?: string;
  least?: number;
  most?: number;
  /** The message for an item of a list that has no schema of its own. */
  expected_item?: string;
  /** The schema that accepts the same, where code stands before it (fast_path.ts): it has the structure. */
  same_as?: z.core.$ZodType;
  /** Schemas that the structure does not show. */
  schemas?: Readonly<Record<string, z.core.$ZodType>>;
}

const KINDS = new WeakMap<z.core.$ZodType, Kind>();

/** The same schema, with its kind. */
export function ofKind<Schema extends z.core.$ZodType>(kind: Kind, schema: Schema): Schema {
  KINDS.set(schema, kind);
  return schema;
}

export function kindOf(schema: z.core.$ZodType): Kind | undefined {
  return KINDS.get(schema);
}
