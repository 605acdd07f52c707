import { formatTimeOfDay } from "@shared/texts/parts.ts";
import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { weekdayIndex, WEEKDAYS } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { Person } from "../availability/person.ts";
import {
  type ClockCosts,
  clockCosts,
  minutesOutsideHours,
  sameClock,
} from "../scoring/convenience.ts";
import { type Attendee, labels } from "./attendee.ts";
import type { Reason } from "./reason.ts";

/** A little of lunch, of the edge of a day or of the end of a week is not worth a word. */
const WORTH_SAYING = 60;

/** People beside each other with the same clock. */
interface Clock {
  attendees: Attendee[];
  costs: ClockCosts;
  outside: { early: number; late: number; beyond: number };
}

/** What the local clock costs whom: hours, lunch, the edges of the day and the end of the week, the dearest first. */
export function clockReasons(
  coming: readonly Attendee[],
  start: number,
  duration: number,
): Reason[] {
  const clocks = clocksOf(coming, start, duration);
  const reasons = [
    ...outsideHours(clocks, start),
    ...unpleasant(clocks, "lunch", (names) => ({ code: "lunch", args: { names } })),
    ...unpleasant(clocks, "end_of_week", (names, { person }) => ({
      code: "end_of_week",
      args: { weekday: weekdayOf(person, start), names },
    })),
    ...unpleasant(clocks, "last_half_hour", (names) => ({
      code: "edge_of_day",
      args: { part: "last", names },
    })),
    ...unpleasant(clocks, "first_half_hour", (names) => ({
      code: "edge_of_day",
      args: { part: "first", names },
    })),
  ];
  const is_outside = clocks.some(({ outside: { early, late, beyond } }) =>
    early + late + beyond > 0
  );
  return reasons.length === 0 && !is_outside
    ? [{ code: "comfortable_for_everyone", args: { count: coming.length } }]
    : reasons;
}

/** Most people have the same clock as the one before them, and for all of those it is computed once. */
function clocksOf(coming: readonly Attendee[], start: number, duration: number): Clock[] {
  const clocks: Clock[] = [];
  let like: Person | undefined;
  let alike: Attendee[] = [];
  for (const attendee of coming) {
    const { person } = attendee;
    if (like !== undefined && sameClock(person, like)) {
      alike.push(attendee);
      continue;
    }
    like = person;
    alike = [attendee];
    clocks.push({
      attendees: alike,
      costs: clockCosts(person, start, duration),
      outside: minutesOutsideHours(person, start, duration),
    });
  }
  return clocks;
}

/** One reason for each zone in which it is early or late for a person, the worst first. */
function outsideHours(clocks: readonly Clock[], start: number): Reason[] {
  const outside = clocks.flatMap(({ attendees, outside: { early, late } }) => {
    const part = early >= late ? "early" as const : "late" as const;
    const { person } = attendees[0]!;
    // Who is only beyond the hours of a concession is named there.
    return early + late === 0 ? [] : [{ attendees, person, part, minutes: Math.max(early, late) }];
  });
  const groups = Map.groupBy(outside, ({ person, part }) => `${person.timezone} ${part}`);
  return [...groups.values()]
    .map((group) => ({ group, worst: Math.max(...group.map(({ minutes }) => minutes)) }))
    .toSorted((a, b) => b.worst - a.worst)
    .map(({ group }) => {
      const { person, part } = group[0]!;
      const wall = start + offsetAt(person.offsets, start);
      return {
        code: "outside_comfortable_hours",
        args: {
          local_time: formatTimeOfDay(wall - Math.floor(wall / MINUTES_PER_DAY) * MINUTES_PER_DAY),
          timezone: person.timezone,
          part,
          names: labels(group.flatMap(({ attendees }) => attendees)),
        },
      };
    });
}

function unpleasant(
  clocks: readonly Clock[],
  cost: keyof ClockCosts,
  say: (names: string[], first: Attendee) => Reason,
): Reason[] {
  const concerned: Attendee[] = [];
  for (const { attendees, costs } of clocks) {
    if (costs[cost] >= WORTH_SAYING) concerned.push(...attendees);
  }
  const [first] = concerned;
  return first === undefined ? [] : [say(labels(concerned), first)];
}

function weekdayOf(person: Person, start: number) {
  const day = Math.floor((start + offsetAt(person.offsets, start)) / MINUTES_PER_DAY);
  return WEEKDAYS[weekdayIndex(day)]!;
}
