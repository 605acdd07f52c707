import { formatInstant } from "@shared/time/instants.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { FACTORS, type ScoreBreakdown } from "../input/weights.ts";
import type { ScoredStart } from "../scoring/best_starts.ts";
import { formatTime } from "./phrases.ts";
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

/** A choice and the facts about it. */
export interface Explained extends ScoredStart {
  reasons: readonly Reason[];
}

/**
 * What another start lost most by against the best one, with the fact behind it that does not hold of the best one too.
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
  const reason = other.reasons.find((one) =>
    LOSSES[factor].includes(one.code) && !known.has(JSON.stringify(one))
  );
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
