import type { GoogleFailure } from "@shared/google/outcome.ts";

/** Why something about an event was not done, in a word; part of the public contract. */
export type RefusalCode =
  | "task_not_found"
  | "event_not_found"
  | "instance_not_found"
  | "cancelled"
  | "not_organizer"
  | "organizer_unknown"
  | "recurring_with_guests"
  | "confirmation_required"
  | "invalid_request"
  | "in_progress"
  | "needs_reauth"
  | "google_rejected"
  | "google_unavailable"
  | "rate_limited"
  | "version_conflict";

export interface RefusalFacts {
  details?: Record<string, unknown>;
  /** Seconds after which trying again makes sense. */
  retry_after_seconds?: number;
  /** The request may have taken effect: look before writing again. */
  outcome_unknown?: boolean;
}

/** A refusal with a code and a sentence that says what would change it. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(readonly code: RefusalCode, message: string, readonly facts: RefusalFacts = {}) {
    super(message);
  }

  /** It may work by itself later. */
  get is_temporary(): boolean {
    return this.code === "google_unavailable" || this.code === "rate_limited" ||
      this.code === "version_conflict" || this.code === "in_progress";
  }
}

/** What Google's answer means to whoever asked. */
export function refusalOf(failure: GoogleFailure): Refusal {
  const { fault } = failure;
  switch (failure.kind) {
    case "unknown":
      return new Refusal(
        "google_unavailable",
        `Google's answer was lost (${fault.reason}). Whether it took effect is checked before the next attempt.`,
        { outcome_unknown: true, retry_after_seconds: 5 },
      );
    case "retry":
      return failure.scope === "request"
        ? new Refusal(
          "google_unavailable",
          `Google could not answer (${fault.reason}). Try again shortly.`,
          { retry_after_seconds: failure.not_before_seconds ?? 5 },
        )
        : new Refusal("rate_limited", `Google asks to slow down (${fault.reason}).`, {
          retry_after_seconds: failure.not_before_seconds ?? 60,
        });
    case "reconnect":
      return new Refusal("needs_reauth", fault.message, { details: { reason: fault.reason } });
    case "reject":
      return new Refusal(
        "google_rejected",
        `Google refused (${fault.status} ${fault.reason}): ${fault.message}`,
        { details: { reason: fault.reason } },
      );
  }
}

/** Somebody else holds the lease of the row. */
export function inProgress(retry_after_seconds: number | null): Refusal {
  return new Refusal("in_progress", "Somebody works on this event just now. Try again shortly.", {
    retry_after_seconds: Math.min(retry_after_seconds ?? 2, 2),
  });
}
