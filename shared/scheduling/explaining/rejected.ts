import { formatInstant } from "@shared/time/instants.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { FACTORS, type ScoreBreakdown } from "../input/weights.ts";
import type { ScoredStart } from "../scoring/best_starts.ts";
import type { Attendee } from "./attendee.ts";
import { formatTime } from "./phrases.ts";
import { preferenceCosts } from "./preference_costs.ts";
import type { Reason } from "./reason.ts";

/** The reasons that explain a loss of each factor. Being late explains itself. */
const LOSSES: Readonly<Record<keyof ScoreBreakdown, readonly Reason["code"][]>> = {
  availability: ["some_absent", "some_occurrences_clash", "calendar_unknown", "tentative"],
  preference: [
    "outside_comfortable_hours",
    "lunch",
    "end_of_week",
    "edge_of_day",
    "other_day_preferred",
    "other_part_of_day_preferred",
    "longer_gap_preferred",
    "usually_declines",
  ],
  conflict_proximity: ["back_to_back", "clear_before", "clear_after"],
  fragmentation: ["leaves_short_time", "splits_free_time"],
  optimization: [],
};

/** A choice, the invited people at it and the facts about it. */
export interface Explained extends ScoredStart {
  attendees: readonly Attendee[];
  reasons: readonly Reason[];
}

/**
 * What another start lost most by against the best one, with the fact behind it that does not hold of the best one too:
 * of several that cost preference, the one that costs most.
 */
export function rejected(
  search: SearchRequest,
  code: "first_possible" | "runner_up",
  best: Explained,
  other: Explained,
): Reason {
  const loss = (factor: keyof ScoreBreakdown) => best.points[factor] - other.points[factor];
  const most = FACTORS.reduce((a, b) => loss(b) > loss(a) ? b : a);
  // Of two that are equally good, the earlier one is chosen.
  const factor = loss(most) > 0 ? most : "optimization";
  const known = new Set(best.reasons.map((reason) => JSON.stringify(reason)));
  const facts = other.reasons.filter((one) =>
    LOSSES[factor].includes(one.code) && !known.has(JSON.stringify(one))
  );
  const [reason] = factor === "preference" && facts.length > 1
    ? dearestFirst(search, facts, best, other)
    : facts;
  return {
    code,
    args: {
      start_time: formatInstant(other.start, offsetAt(search.offsets, other.start)),
      time: formatTime(search, other.start),
      factor,
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

/** By what the facts cost more at the other start than at the best one; of equal ones, in their order. */
function dearestFirst(
  { duration }: SearchRequest,
  facts: readonly Reason[],
  best: Explained,
  other: Explained,
): Reason[] {
  const here = preferenceCosts(best.attendees, best.start, duration);
  const there = preferenceCosts(other.attendees, other.start, duration);
  const costOf = ({ code }: Reason) => (there[code] ?? 0) - (here[code] ?? 0);
  return facts.toSorted((a, b) => costOf(b) - costOf(a));
}
