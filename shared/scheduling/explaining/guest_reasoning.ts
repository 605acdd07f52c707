import { explain } from "./explanation.ts";
import type { Reason } from "./reason.ts";

/** Facts about everybody alike. All others name a person, or another time and why it was not chosen. */
const GENERAL: ReadonlySet<Reason["code"]> = new Set([
  "everyone_free",
  "every_occurrence_free",
  "clear_of_meetings",
  "comfortable_for_everyone",
  "keeps_free_time_whole",
  "keeps_free_time_usable",
  "earliest_start",
]);

/**
 * The reasons that an invitation may show to all guests; null where there is none. What a guest's own calendar shows is
 * for the organizer only.
 */
export function guestReasoning(reasons: readonly Reason[]): string | null {
  const general = reasons.filter(({ code }) => GENERAL.has(code));
  return general.length === 0 ? null : explain(general);
}
