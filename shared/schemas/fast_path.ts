import * as z from "zod/mini";
import { withJsonSchema } from "./json_schema.ts";
import { ofKind } from "./kinds.ts";
import { reportIssues } from "./nested_issues.ts";

/**
 * The schema, with a check before it that is plain code: where `isValid` says that the schema would return the value as it
 * is, it is not asked. A schema allocates several objects for each value, and 200 people hand in thousands. `isValid` may
 * be false for a value that the schema accepts, never true for one that it refuses or changes.
 */
export function withFastPath<T>(
  schema: z.ZodMiniType<T>,
  isValid: (value: unknown) => boolean,
): z.ZodMiniType<T> {
  return ofKind(
    { same_as: schema },
    withJsonSchema(
      z.pipe(
        z.unknown(),
        z.transform((value, context): T => {
          if (isValid(value)) return value as T;
          const parsed = schema.safeParse(value);
          if (parsed.success) return parsed.data;
          reportIssues(context, parsed.error, value);
          return z.NEVER;
        }),
      ),
      schema,
    ),
  );
}

/** For `isValid`: whether a value is an object that has no other fields than these; what they hold is not looked at. */
export function hasOnly(
  value: unknown,
  fields: ReadonlySet<string>,
): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const field in value) if (!fields.has(field)) return false;
  return true;
}

/** For `isValid`: whether a value is a list of at most so many items, each of which passes. */
export function isListOf(
  value: unknown,
  most: number,
  isItem: (item: unknown) => boolean,
): boolean {
  return Array.isArray(value) && value.length <= most && value.every(isItem);
}
