import { formatTimeOfDay } from "@shared/texts/parts.ts";
import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { weekdayIndex, WEEKDAYS } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { Person } from "../availability/person.ts";
import { clockCosts, minutesOutsideHours, noCosts, sameClock } from "../scoring/convenience.ts";
import { type Attendee, labels } from "./attendee.ts";
import type { Reason } from "./reason.ts";

/** A little of lunch, of the edge of a day or of the end of a week is not worth a word. */
const WORTH_SAYING = 60;

/** People with the same clock, for whom it is early or late. */
interface Outside {
  attendees: Attendee[];
  person: Person;
  part: "early" | "late";
  minutes: number;
}

/** What the local clock costs whom: hours, lunch, the edges of the day and the end of the week, the dearest first. */
export function clockReasons(
  coming: readonly Attendee[],
  start: number,
  duration: number,
): Reason[] {
  const found = concernedAt(coming, start, duration);
  const reasons: Reason[] = outsideHours(found.outside, start);
  if (found.lunch.length > 0) {
    reasons.push({ code: "lunch", args: { names: labels(found.lunch) } });
  }
  const [at_end_of_week] = found.end_of_week;
  if (at_end_of_week !== undefined) {
    const weekday = weekdayOf(at_end_of_week.person, start);
    reasons.push({ code: "end_of_week", args: { weekday, names: labels(found.end_of_week) } });
  }
  for (const [part, concerned] of [["last", found.last], ["first", found.first]] as const) {
    if (concerned.length === 0) continue;
    reasons.push({ code: "edge_of_day", args: { part, names: labels(concerned) } });
  }
  return reasons.length === 0 && !found.is_outside
    ? [{ code: "comfortable_for_everyone", args: { count: coming.length } }]
    : reasons;
}

/** For costs that are read at once. */
const COSTS = noCosts();

/**
 * Whom each cost concerns. Most people have the same clock as the one before them, and for all of those it is computed once;
 * costs of each person at each candidate would be most of what a large search keeps in memory.
 */
function concernedAt(coming: readonly Attendee[], start: number, duration: number) {
  const lunch: Attendee[] = [];
  const end_of_week: Attendee[] = [];
  const last: Attendee[] = [];
  const first: Attendee[] = [];
  const outside: Outside[] = [];
  let is_outside = false;
  let like: Person | undefined;
  let here: Outside | undefined;
  for (const attendee of coming) {
    const { person } = attendee;
    if (like === undefined || !sameClock(person, like)) {
      like = person;
      clockCosts(person, start, duration, COSTS);
      const { early, late, beyond } = minutesOutsideHours(person, start, duration);
      if (early + late + beyond > 0) is_outside = true;
      const part = early >= late ? "early" : "late";
      // Who is only beyond the hours of a concession is named there.
      here = early + late === 0
        ? undefined
        : { attendees: [], person, part, minutes: Math.max(early, late) };
      if (here !== undefined) outside.push(here);
    }
    here?.attendees.push(attendee);
    if (COSTS.lunch >= WORTH_SAYING) lunch.push(attendee);
    if (COSTS.end_of_week >= WORTH_SAYING) end_of_week.push(attendee);
    if (COSTS.last_half_hour >= WORTH_SAYING) last.push(attendee);
    if (COSTS.first_half_hour >= WORTH_SAYING) first.push(attendee);
  }
  return { lunch, end_of_week, last, first, outside, is_outside };
}

/** One reason for each zone in which it is early or late for a person, the worst first. */
function outsideHours(outside: readonly Outside[], start: number): Reason[] {
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

function weekdayOf(person: Person, start: number) {
  const day = Math.floor((start + offsetAt(person.offsets, start)) / MINUTES_PER_DAY);
  return WEEKDAYS[weekdayIndex(day)]!;
}
