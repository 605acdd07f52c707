import { offsetAt } from "@shared/time/zones.ts";
import { attends } from "../availability/attendance.ts";
import { averageOver } from "../input/profile.ts";
import { clockCosts } from "../scoring/convenience.ts";
import type { Attendee } from "./attendee.ts";
import type { Reason } from "./reason.ts";

/** What each reason costs the preference factor, in the unit of MOST_CONVENIENT; reasons left out cost nothing. */
export type PreferenceCosts = Partial<Record<Reason["code"], number>>;

/**
 * What the reasons cost those who come, weighed as the factor weighs convenience: half by the average, half by whom it
 * costs most.
 */
export function preferenceCosts(
  attendees: readonly Attendee[],
  start: number,
  duration: number,
): PreferenceCosts {
  const coming = attendees.filter(({ status }) => attends(status));
  const sums = new Map<Reason["code"], { sum: number; most: number }>();
  for (const attendee of coming) {
    for (const [code, cost] of costsOf(attendee, start, duration)) {
      const weighed = cost * attendee.person.fairness_percent / 100;
      const { sum, most } = sums.get(code) ?? { sum: 0, most: 0 };
      sums.set(code, { sum: sum + weighed, most: Math.max(most, weighed) });
    }
  }
  return Object.fromEntries(
    [...sums].map(([code, { sum, most }]) => [code, (sum / coming.length + most) / 2]),
  );
}

function costsOf(
  { person, clear_before, clear_after }: Attendee,
  start: number,
  duration: number,
): [Reason["code"], number][] {
  const { gap, history } = person;
  const clock = clockCosts(person, start, duration);
  const clear = Math.min(clear_before, clear_after);
  return [
    ["outside_comfortable_hours", clock.outside_hours],
    ["lunch", clock.lunch],
    ["end_of_week", clock.end_of_week],
    ["edge_of_day", clock.first_half_hour + clock.last_half_hour],
    ["other_day_preferred", clock.other_day],
    ["other_part_of_day_preferred", clock.other_part_of_day],
    [
      "longer_gap_preferred",
      gap === undefined ? 0 : gap.costs * Math.max(0, gap.minutes - clear) / gap.minutes,
    ],
    [
      "usually_declines",
      history === undefined
        ? 0
        : averageOver(history, start + offsetAt(person.offsets, start), duration),
    ],
  ];
}
