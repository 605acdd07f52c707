import type { SendUpdates } from "@shared/google/event.ts";
import type { Ownership } from "./ownership.ts";

/** What is known of one task and its event when its time has changed. */
export interface RescheduleFacts {
  has_event: boolean;
  ownership: Ownership;
  /** Google has been asked who organizes it, and this is what is known after that. */
  was_read: boolean;
  is_recurring: boolean;
  /** People other than ourselves; rooms do not count. */
  has_other_guests: boolean;
}

export type RescheduleDecision =
  | { action: "create" }
  | { action: "read_organizer" }
  | { action: "skip"; code: "not_organizer" | "organizer_unknown" | "recurring_with_guests" }
  | { action: "update"; sendUpdates: SendUpdates };

/** What smart rescheduling does with one task; the first rule that fits decides. */
export function rescheduleDecision(facts: RescheduleFacts): RescheduleDecision {
  if (!facts.has_event) return { action: "create" };
  if (facts.ownership === "theirs") return { action: "skip", code: "not_organizer" };
  if (facts.ownership === "unknown") {
    return facts.was_read
      ? { action: "skip", code: "organizer_unknown" }
      : { action: "read_organizer" };
  }
  if (facts.is_recurring && facts.has_other_guests) {
    return { action: "skip", code: "recurring_with_guests" };
  }
  return { action: "update", sendUpdates: facts.has_other_guests ? "all" : "none" };
}
