import { deferral, FailureError } from "@shared/failures/failure.ts";

/** A reply of a guest between our look and our request makes a plan outdated; plan again, this often. */
export const MAX_PLANS = 4;

/** The event had another version each time that a plan was sent. */
export function keepsChanging(retry_after_seconds: number): FailureError {
  const message = "The event changes all the time on Google Calendar. Try again shortly.";
  return new FailureError(deferral("version_conflict", retry_after_seconds, message));
}
