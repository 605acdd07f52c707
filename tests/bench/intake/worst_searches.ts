import { LIMITS } from "@shared/schemas/limits.ts";
import { MONDAY } from "../../support/meetings.ts";
import { mostCandidates, type Named, type WorstInput } from "./worst_inputs.ts";

/**
 * Searches that once cost seconds, or answered with hundreds of megabytes, within all limits: by what is tried where no
 * time is free, and by what is said of series.
 */
export function worstSearches(): WorstInput[] {
  return [...ofSeries(), ...withoutTime(), ...withConcessions()];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST = Date.parse(`${MONDAY}T00:00:00Z`);
const YEAR = 366;
const EVERY_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/** In the zone of none of them the clock differs from that of another. */
const ZONES = ["Paris", "Berlin", "Rome", "Madrid", "Vienna", "Zurich", "Brussels", "Amsterdam"]
  .map((city) => `Europe/${city}`);

const list = <T>(length: number, item: (index: number) => T) =>
  Array.from({ length }, (_, index) => item(index));
const people = (fields: (index: number) => Record<string, unknown>, length = 200) =>
  list(length, (index) => ({ email: `p${index}@north.example`, busy: [], ...fields(index) }));
const dayOf = (day: number) => new Date(FIRST + day * DAY_MS).toISOString().slice(0, 10);
const busy = (from_day: number, to_day: number) => ({
  start: new Date(FIRST + from_day * DAY_MS).toISOString(),
  end: new Date(FIRST + to_day * DAY_MS).toISOString(),
});
const ALWAYS = [busy(-1, 900)];
const hours = (day: number, from: number, to: number) => busy(day + from / 24, day + to / 24);

const around = (days: number, fields: Record<string, unknown> = {}) => ({
  earliest_date: MONDAY,
  latest_date: dayOf(days - 1),
  duration_minutes: 5,
  interval_minutes: 5,
  working_hours_start: 0,
  working_hours_end: 24,
  allowed_days: EVERY_DAY,
  recurrence_horizon: LIMITS.occurrences,
  ...fields,
});

function dry(
  name: string,
  participants: readonly Named[],
  constraints: Record<string, unknown>,
  fields: Record<string, unknown> = {},
  status = 200,
): WorstInput {
  const body = {
    dry_run: true,
    allow_concessions: true,
    participants,
    constraints: { ...constraints, max_candidates: mostCandidates(participants) },
    ...fields,
  };
  return { name, path: "schedule", text: JSON.stringify(body), as: "key", statuses: [status] };
}

/** A line as long as one may be, with the texts in turn. */
function longLine(begin: string, texts: readonly string[]): string {
  let line = begin + texts[0];
  for (let i = 1;; i++) {
    const longer = `${line},${texts[i % texts.length]}`;
    if (longer.length > LIMITS.recurrence_line_characters) return line;
    line = longer;
  }
}

const named = (index: number) => ({
  email: `${"e".repeat(60)}${index}@${"d".repeat(60)}.${"d".repeat(60)}.${"d".repeat(50)}.example`,
  name: `é${index}`.padEnd(LIMITS.name_characters, "€"),
});
/** Starts of short days: of one hour, which counts as 5 / 1.5 (docs/limits.md). */
const SHORT_DAY_STARTS = 5 / 1.5 * 12;
const DAYS_OF_SHORT = most(200 * SHORT_DAY_STARTS);
const DAYS_OF_A_SHORT_SERIES = most((100 + 5 * LIMITS.occurrences) * SHORT_DAY_STARTS);
/** Everyone counts seven times for a series of which a share must come, and members of groups four times. */
const DAYS_OF_A_SHARE = most((7 * 200 + 5 * LIMITS.occurrences) * 288);
const DAYS_OF_GROUPS = most(4 * 200 * 288);

function most(steps: number): number {
  return Math.min(YEAR, Math.floor(LIMITS.search_steps / steps));
}

function ofSeries(): WorstInput[] {
  const daily = { recurrence: [`RRULE:FREQ=DAILY;COUNT=${LIMITS.occurrences}`] };
  const weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
  const nth = list(106, (i) => i < 53 ? i + 1 : 52 - i)
    .flatMap((n) => weekdays.map((weekday) => `${n}${weekday}`));
  const dates = list(LIMITS.recurrence_lines - 1, (line) =>
    longLine(
      "EXDATE;VALUE=DATE:",
      list(200, (i) => dayOf(400 + line * 110 + i).replaceAll("-", "")),
    ));
  return [
    dry(
      "a series that 200 people with long names can begin and not go on with",
      people((i) => ({ ...named(i), busy: [busy(1, 600)] })),
      around(1),
      daily,
    ),
    dry(
      "the same with 200 busy intervals each",
      people((i) => ({
        busy: list(200, (k) => hours(1 + k / 2, i / 60, 11.9 + i / 60)),
      })),
      around(1),
      daily,
    ),
    dry(
      "a yearly series of a weekday hundreds of times",
      people(() => ({ busy: ALWAYS }), 1),
      around(YEAR, { interval_minutes: 240, working_hours_end: 1, duration_minutes: 60 }),
      { recurrence: [longLine("RRULE:FREQ=YEARLY;BYDAY=", weekdays)] },
      422,
    ),
    dry(
      "a yearly series of the nth weekdays",
      people(() => ({ busy: ALWAYS }), 1),
      around(YEAR, { interval_minutes: 240, working_hours_end: 1, duration_minutes: 60 }),
      { recurrence: [longLine("RRULE:FREQ=YEARLY;BYDAY=", ["1MO", "MO", ...nth])] },
      422,
    ),
    dry(
      "a daily series without 2,000 dates, always busy",
      people(() => ({ busy: list(YEAR, (day) => hours(day, 0, 4)) }), 1),
      around(YEAR, { interval_minutes: 240, working_hours_end: 4, duration_minutes: 60 }),
      { recurrence: ["RRULE:FREQ=DAILY", ...dates] },
    ),
    dry(
      "40 % of 200 people at a daily series, where 60 % are wanted",
      people((i) => ({
        type: i === 0 ? "required" : "optional",
        busy: i === 0 ? [] : list(200, (k) => hours(k / 2, 6 * (i % 2), 6 * (i % 2) + 6)),
      })),
      around(DAYS_OF_A_SHARE, { minimum_attendee_percentage: 60 }),
      daily,
    ),
  ];
}

function withoutTime(): WorstInput[] {
  const groups = people(() => ({}), 100).map((_, group) => ({
    count: 1,
    any_of: list(2, (member) => ({
      email: `m${member}-${group}@north.example`,
      // The first member of each never comes, and no one of the last two groups.
      busy: member === 0 || group >= 98 ? ALWAYS : [],
    })),
  }));
  return [
    dry("100 groups, of which two are never free", groups, around(DAYS_OF_GROUPS), {}, 422),
    dry(
      "the same for a year in steps of four hours",
      groups,
      around(YEAR, { interval_minutes: 240 }),
      {},
      422,
    ),
    dry(
      "one person of two is never free, with 198 rooms of 200 bookings each",
      people((i) => ({
        type: i < 2 ? "required" : "resource",
        busy: i === 0 ? ALWAYS : list(200, (k) => hours(-22 + k / 24, 0, 0.25)),
      })),
      around(21),
      {},
      422,
    ),
    dry(
      "200 people with 366 days off each",
      people((i) => ({
        open_hours: i === 0 ? [{ days: ["monday"], start: "09:00", end: "10:00" }] : undefined,
        exdates: list(LIMITS.exdates, (day) => dayOf(day * (i + 1) % YEAR)),
      })),
      around(7),
      { recurrence: ["RRULE:FREQ=DAILY"] },
      422,
    ),
    dry(
      "199 optional people with long names who never come",
      people((i) => ({
        ...named(i),
        ...(i === 0 ? {} : { type: "optional", busy: ALWAYS }),
      })),
      around(20),
    ),
  ];
}

/** One person is busy in all the hours that people have; all are free in the hours around them. */
function withConcessions(): WorstInput[] {
  const narrow = around(DAYS_OF_SHORT, { working_hours_start: 9, working_hours_end: 10 });
  const except = (i: number, from: number, to: number) =>
    i === 0 ? list(YEAR, (day) => hours(day, from, to)) : [];
  return [
    dry(
      "200 people who are free beyond their hours",
      people((i) => ({ busy: except(i, 9, 10) })),
      narrow,
    ),
    dry(
      "the same with a day off each",
      people((i) => ({ exdates: [dayOf(i + 2)], busy: except(i, 9, 10) })),
      narrow,
    ),
    dry(
      "the same in zones that have one clock",
      people((i) => ({ timezone: ZONES[i % ZONES.length], busy: except(i, 6, 9) })),
      { ...narrow, timezone: "Europe/Paris" },
    ),
    dry(
      "100 of them for a daily series",
      people((i) => ({
        exdates: [dayOf(700 + i)],
        busy: i === 0 ? list(900, (day) => hours(day, 9, 10)) : [],
      }), 100),
      around(DAYS_OF_A_SHORT_SERIES, { working_hours_start: 9, working_hours_end: 10 }),
      { recurrence: ["RRULE:FREQ=DAILY"] },
    ),
  ];
}
