import { deferral, FailureError } from "@shared/failures/failure.ts";

/** A reply of a guest between the read and the change makes a plan outdated; it is planned again this many times. */
export const MAX_PLANS = 4;

/** The event had another version each time that a plan was sent. */
export function keepsChanging(retry_after_seconds: number): FailureError {
  const message =
    "The event was changed on Google Calendar during each attempt. Try again shortly.";
  return new FailureError(deferral("version_conflict", retry_after_seconds, message));
}
