import type { Texts } from "@shared/texts/texts.ts";
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
 * What people prefer, how they answer meetings and what earlier ones cost them, and what the calendars of members show
 * who were not chosen and are no guests: only for the organizer, also in a team.
 */
const PERSONAL: ReadonlySet<Reason["code"]> = new Set([
  "outside_comfortable_hours",
  "meets_wishes",
  "other_day_preferred",
  "other_part_of_day_preferred",
  "longer_gap_preferred",
  "usually_accepts",
  "usually_declines",
  "spares_burdened",
  "chosen_from_group",
  "group_unfilled",
]);

/**
 * The reasons that an event may show, for each value of `description_details` that shows any; null where there is none.
 * `summary` names no person: what a guest's own calendar shows is for the organizer only. `full` is for people who share
 * their calendars anyway.
 */
export interface EventReasoning {
  summary: string | null;
  full: string | null;
}

/** The reasons of a slot as its event may show them. */
export function eventReasoning(texts: Texts, reasons: readonly Reason[]): EventReasoning {
  return {
    summary: explainOrNull(texts, reasons.filter(({ code }) => GENERAL.has(code))),
    full: explainOrNull(
      texts,
      reasons.filter(({ code }) => !PERSONAL.has(code)).map(withoutPersonal),
    ),
  };
}

function explainOrNull(texts: Texts, reasons: readonly Reason[]): string | null {
  return reasons.length === 0 ? null : explain(texts, reasons);
}

/** Why another time was not chosen may be a personal fact; what it lost by is none. */
function withoutPersonal(reason: Reason): Reason {
  if (reason.code !== "first_possible" && reason.code !== "runner_up") return reason;
  const { reason: why, ...rejected } = reason.args;
  return why !== undefined && PERSONAL.has(why.code) ? { ...reason, args: rejected } : reason;
}
