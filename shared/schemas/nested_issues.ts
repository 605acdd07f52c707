import type * as z from "zod/mini";

/** Reports the problems of a value that a transform has checked with another schema. */
export function reportIssues(
  context: z.core.ParsePayload,
  error: z.core.$ZodError,
  value: unknown,
): void {
  for (const issue of error.issues) {
    // An unknown field alone would not keep what follows from reading the value that is missing.
    context.issues.push(
      issue.code === "unrecognized_keys"
        ? {
          code: "custom",
          path: [...issue.path, issue.keys[0] ?? ""],
          message: issue.message,
          input: value,
        }
        : { ...issue, input: value } as z.core.$ZodRawIssue,
    );
  }
}
