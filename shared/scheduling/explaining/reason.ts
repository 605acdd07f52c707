import type { Weekday } from "@shared/time/weekday.ts";
import type { AvailabilityStatus } from "../availability/attendance.ts";
import type { ScoreBreakdown } from "../input/weights.ts";

/**
 * A fact about a candidate that can be checked against the calendars. Names are the participant's name, or the
 * e-mail address of a person without one. `clear_before` is time before that person's next meeting, `clear_after` time
 * after their last one. Comfortable hours are the preferred ones, else the usual day; `meets_wishes` and the like are
 * about what people asked for, `usually_*` about their answers to meetings at this time of the week. `notice`,
 * `first_possible` and `runner_up` are about the best candidate only: what the notice rules out, and what the first
 * possible time and the next choice lost most by.
 */
export type Reason =
  | { code: "everyone_free"; args: { count: number } }
  | {
    code: "some_absent";
    args: { coming: number; invited: number; absent: Absence[] };
  }
  | { code: "tentative"; args: { names: string[] } }
  | { code: "calendar_unknown"; args: { names: string[] } }
  | { code: "clear_of_meetings"; args: { minutes: number } }
  | { code: "clear_before"; args: { minutes: number; name: string } }
  | { code: "clear_after"; args: { minutes: number; name: string } }
  | { code: "back_to_back"; args: { side: "before" | "after"; name: string } }
  | { code: "comfortable_for_everyone"; args: { count: number } }
  | {
    code: "outside_comfortable_hours";
    args: { local_time: string; timezone: string; part: "early" | "late"; names: string[] };
  }
  | { code: "lunch"; args: { names: string[] } }
  | { code: "edge_of_day"; args: { part: "first" | "last"; names: string[] } }
  | { code: "end_of_week"; args: { weekday: Weekday; names: string[] } }
  | { code: "meets_wishes"; args: { names: string[] } }
  | { code: "other_day_preferred"; args: { weekday: Weekday; names: string[] } }
  | {
    code: "other_part_of_day_preferred";
    args: { preferred: "morning" | "afternoon"; names: string[] };
  }
  | { code: "longer_gap_preferred"; args: { name: string; minutes: number; preferred: number } }
  | { code: "usually_accepts"; args: { names: string[] } }
  | { code: "usually_declines"; args: { name: string; percentage: number } }
  | { code: "spares_burdened"; args: { name: string; burden: number } }
  | { code: "chosen_from_group"; args: ChosenFromGroup }
  | { code: "group_unfilled"; args: { group: string; count: number; chosen: number } }
  | { code: "every_occurrence_free"; args: { count: number } }
  | {
    code: "some_occurrences_clash";
    /** `names` are the first few of those who cannot come; `others` how many more there are, left out for none. */
    args: { count: number; clashing: number; names: string[]; others?: number };
  }
  | { code: "keeps_free_time_whole"; args: { count: number } }
  | { code: "keeps_free_time_usable"; args: { count: number } }
  | {
    code: "splits_free_time";
    args: { name: string; minutes_before: number; minutes_after: number };
  }
  | {
    code: "leaves_short_time";
    args: { name: string; minutes_before: number; minutes_after: number };
  }
  | { code: "earliest_start"; args: Record<string, never> }
  | { code: "notice"; args: { minutes: number } }
  | { code: "first_possible" | "runner_up"; args: Rejected };

/**
 * Why members of a group were chosen: they were before; no other was free; they have had the fewest turns; or they come
 * first in the given order.
 */
export type ChoiceReason = "chosen_before" | "only_free" | "fewest_turns" | "first_free";

// Types, not interfaces: the arguments of a reason must fit Record<string, unknown>.
export type ChosenFromGroup = {
  group: string;
  names: string[];
  why: ChoiceReason;
  free: number;
  members: number;
};
export type Absence = { name: string; status: AvailabilityStatus };

/** `time` is `start_time` for people. Where no single fact says it, there is no `reason`. */
export type Rejected = {
  start_time: string;
  time: string;
  factor: keyof ScoreBreakdown;
  reason?: Reason;
};
