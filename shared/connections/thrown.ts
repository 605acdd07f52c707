import { DatabaseFault } from "@shared/failures/database_fault.ts";
import { CODES } from "@shared/failures/codes.ts";
import { deferral } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";

/** Something of ours failed; what it was is for the log, never for a caller. */
export function failureOfThrown(thrown: unknown): Failure {
  const code = "internal_error";
  // A busy database is no reason against the request.
  if (thrown instanceof DatabaseFault && thrown.is_temporary) return deferral(code, null);
  return { verdict: "retry", code, message: CODES[code].message, not_before_seconds: null };
}
