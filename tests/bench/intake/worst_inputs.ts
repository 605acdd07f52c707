import { LIMITS } from "@shared/schemas/limits.ts";
import { MONDAY } from "../../support/meetings.ts";

/** A request that costs as much as one of its kind can. */
export interface WorstInput {
  name: string;
  path: string;
  method?: "POST" | "PATCH" | "GET";
  text: string;
  /** Without a Content-Length. */
  in_chunks?: boolean;
  as: "user" | "key";
  statuses: readonly number[];
}

const MEGABYTE = 1_000_000;
const people = <T>(fields: (index: number) => T) =>
  Array.from({ length: LIMITS.participants }, (_, index) => ({
    email: `person-${index}@north.example`,
    ...fields(index),
  }));
const list = <T>(length: number, item: (index: number) => T) =>
  Array.from({ length }, (_, i) => item(i));
const refused = (name: string, text: string, path = "schedule"): WorstInput => ({
  name,
  path,
  text,
  as: "user",
  statuses: [413, 422],
});

/** With that of the request. */
const ZONES_OF_ALL = LIMITS.timezones - 1;
const EVERY_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Of days around the clock in steps of five minutes. */
const STARTS_A_DAY = 288;
const YEAR = 366;

/** A participant, or a group of them. */
export type Named = { email: string; name?: string } | { any_of: readonly Named[] };

/** As many candidates as may be offered to so many people: each takes 100 characters beside name and address. */
export function mostCandidates(participants: readonly Named[]): number {
  const length = (one: Named): number =>
    "any_of" in one
      ? one.any_of.reduce((sum, member) => sum + length(member), 0)
      : one.email.length + (one.name?.length ?? 0) + 100;
  const characters = participants.reduce((sum, one) => sum + length(one), 0);
  return Math.min(LIMITS.candidates, Math.floor(LIMITS.answer_characters / characters));
}

/** The most days, or people, that the size of a search allows, if each costs so many steps. */
const most = (steps: number) => Math.floor(LIMITS.search_steps / steps);
const DAYS_OF_ALL = most(LIMITS.participants * STARTS_A_DAY);
/** An occurrence costs as much as five people (docs/limits.md). */
const DAYS_OF_A_SERIES = most((LIMITS.participants + 5 * LIMITS.occurrences) * STARTS_A_DAY);
/** Members of groups count four times, and once more for every 20 occurrences. */
const DAYS_OF_GROUPS = most(4 * LIMITS.participants * STARTS_A_DAY);
const DAYS_OF_GROUPS_IN_A_SERIES = most(
  (LIMITS.participants * (4 + LIMITS.occurrences / 20) + 5 * LIMITS.occurrences) * STARTS_A_DAY,
);
/** People with preferences count four times. */
const DAYS_OF_PREFERENCES = most(4 * LIMITS.participants * STARTS_A_DAY);
/** Open hours of a person and a day cost 24 steps each. */
const OPEN_DAYS_STEPS = 24 * LIMITS.open_hours;
const DAYS_OF_OPEN_HOURS = most(LIMITS.participants * (STARTS_A_DAY + OPEN_DAYS_STEPS));
const DAYS_OF_ONE_SERIES = most((1 + 5 * LIMITS.occurrences) * STARTS_A_DAY);
const PEOPLE_OF_A_YEAR = most(YEAR * STARTS_A_DAY);

/** So many days around the clock in steps of five minutes. */
const around = (days: number) => ({
  earliest_date: MONDAY,
  latest_date: new Date(Date.parse(MONDAY) + (days - 1) * 86_400_000).toISOString().slice(0, 10),
  duration_minutes: 5,
  interval_minutes: 5,
  working_hours_start: 0,
  working_hours_end: 24,
  allowed_days: EVERY_DAY,
});

/** So many intervals for each of 200 people, spread over the days, of 45 minutes. */
export function busyPeople(intervals: number, padding = "", days = 365) {
  return people((person) => ({
    busy: list(intervals, (index) => {
      const start = Date.parse(`${MONDAY}T00:00:00Z`) +
        (index * Math.floor(days * 1440 / intervals) + person * 7) * 60_000;
      return {
        start: new Date(start).toISOString().replace(".000Z", `.000${padding}Z`),
        end: new Date(start + 45 * 60_000).toISOString().replace(".000Z", `.000${padding}Z`),
        tentative: false,
        timezone: "America/Argentina/ComodRivadavia",
      };
    }),
  }));
}

const ZONES = Intl.supportedValuesOf("timeZone").filter((zone) =>
  /^[A-Z]\w+\/[A-Z]\w+$/.test(zone)
);

/** Refused, the dearest first that were seen: before anything is parsed, or by a schema after it. */
export function refusedInputs(): WorstInput[] {
  const dates = (count: number) =>
    `{"constraints":{"holiday_dates":[${'"2035-01-10",'.repeat(count)}"x"]}}`;
  return [
    refused("1.5 million holiday_dates (20 MB)", dates(1_500_000)),
    refused("600,000 holiday_dates (8 MB)", dates(600_000)),
    refused("eleven million brackets", "[".repeat(11 * MEGABYTE)),
    refused("8 million brackets", "[".repeat(8 * MEGABYTE)),
    refused("4 million empty lists", `[${"[],".repeat(2.7 * MEGABYTE)}[]]`),
    refused(
      "300,000 categories (8 MB)",
      `{"participants":[{"email":"a@b.example","preferences":{"event_categories":{${
        list(300_000, (index) => `"category-${index}":{}`).join()
      }}}}]}`,
    ),
    refused("a body of 30 MB", `{"title":"${"x".repeat(30 * MEGABYTE)}"}`),
    { ...refused("30 MB in chunks", `{"title":"${"x".repeat(30 * MEGABYTE)}"}`), in_chunks: true },
    refused("an e-mail of 8 MB", `{"participants":["${"a.".repeat(4 * MEGABYTE)}@b.example"]}`),
    refused("a zone of 8 MB", `{"constraints":{"timezone":"${"A/".repeat(4 * MEGABYTE)}"}}`),
    refused("8 MB of escapes", `{"title":"${"\\u0041".repeat(1.3 * MEGABYTE)}"}`),
    refused(
      "80 e-mails of 100,000 characters",
      JSON.stringify({ participants: list(80, () => `${"a.".repeat(49_990)}a@b.example`) }),
    ),
    refused(
      "73,000 wrong exdates",
      JSON.stringify({ participants: people(() => ({ exdates: list(366, () => "x") })) }),
    ),
    refused(
      "290,000 wrong values in 58 lists",
      JSON.stringify({
        participants: people((index) => index < 58 ? { calendar_ids: list(5000, () => 1) } : {}),
      }),
    ),
    refused(
      "10,000 open hours, the last one wrong",
      JSON.stringify({
        participants: people((person) => ({
          open_hours: list(50, (index) => ({
            days: ["monday"],
            start: "09:00",
            end: person === 199 && index === 49 ? "x" : "17:00",
            timezone: ZONES[(person * 50 + index) % ZONES.length],
          })),
        })),
      }),
    ),
    refused(
      "40,000 busy intervals in the year 9999 at last",
      JSON.stringify({
        participants: busyPeople(200).map((person, index) =>
          index === 199 ? { ...person, busy: [{ start: "9999-01-01T00:00:00Z", end: "" }] } : person
        ),
      }),
    ),
    refused(
      "30,000 unknown fields in 150 objects",
      JSON.stringify({
        participants: list(150, (person) => ({
          email: `p${person}@north.example`,
          ...Object.fromEntries(list(198, (index) => [`unknown_${index}`, index])),
        })),
      }),
    ),
    refused(
      "128,000 values for task-events/update (256 kB)",
      JSON.stringify({
        event_id: "x",
        attendees: list(4000, () => ({ email: 1, displayName: 2 })),
      }),
      "task-events/update",
    ),
  ];
}

/** No one has time: all are busy around the clock, in pieces. */
const fullyBusy = () =>
  people((person) => ({
    type: person % 2 === 0 ? "required" : "optional",
    busy: list(LIMITS.busy_intervals / LIMITS.participants, (index) => {
      const start = Date.parse(`${MONDAY}T00:00:00Z`) + index * 7 * 3_600_000;
      return {
        start: new Date(start - person * 1000).toISOString(),
        end: new Date(start + 7 * 3_600_000).toISOString(),
      };
    }),
  }));

/** Days off, and preferences that no one else has. */
const particular = (person: number, exdates: number = LIMITS.exdates) => ({
  exdates: list(exdates, () => "2035-01-10"),
  preferences: {
    preferred_days: ["monday"],
    preferred_hours_start: 9 + person / 100,
    preferred_hours_end: 12,
    event_categories: Object.fromEntries(
      list(LIMITS.event_categories, (index) => [`c${index}`, { preferred_days: ["monday"] }]),
    ),
  },
});

/** Accepted: searches that need neither database nor Google, as dry runs of a key, just below the limit of steps. */
export function acceptedInputs(): WorstInput[] {
  const dry = (
    name: string,
    participants: readonly Named[],
    days: number,
    { constraints = around(days), ...fields }: Record<string, unknown> = {},
  ): WorstInput => ({
    name,
    path: "schedule",
    text: JSON.stringify({
      dry_run: true,
      participants,
      constraints: { ...constraints as object, max_candidates: mostCandidates(participants) },
      ...fields,
    }),
    as: "key",
    statuses: [200],
  });
  const failing = (input: WorstInput): WorstInput => ({ ...input, statuses: [422] });
  // Where everybody is busy now and then, there may be no time for all.
  const either = (input: WorstInput): WorstInput => ({ ...input, statuses: [200, 422] });
  const free = people(() => ({ busy: [] }));
  const zoned = people((index) => ({ busy: [], timezone: ZONES[index % ZONES_OF_ALL] }));
  const withOpenHours = people((person) => ({
    busy: [],
    open_hours: list(LIMITS.open_hours, (index) => ({
      days: EVERY_DAY,
      start: "00:00",
      end: "24:00",
      timezone: ZONES[(person * 50 + index) % ZONES_OF_ALL],
    })),
  }));
  const weekly = ["RRULE:FREQ=WEEKLY;COUNT=60"];
  const horizon = { recurrence_horizon: LIMITS.occurrences };
  const padded = "0".repeat(16);
  return [
    dry("8 MB, 40,000 busy intervals", busyPeople(200, padded), DAYS_OF_ALL),
    either(
      dry("40,000 busy intervals within the window", busyPeople(200, "", DAYS_OF_ALL), DAYS_OF_ALL),
    ),
    either(
      dry("the same with concessions", busyPeople(200, "", DAYS_OF_ALL), DAYS_OF_ALL, {
        allow_concessions: true,
      }),
    ),
    failing(dry("200 people without a free minute", fullyBusy(), DAYS_OF_ALL)),
    failing(
      dry("the same with concessions", fullyBusy(), DAYS_OF_ALL, { allow_concessions: true }),
    ),
    failing(dry("the same for a series", fullyBusy(), DAYS_OF_A_SERIES, {
      allow_concessions: true,
      recurrence: weekly,
      constraints: { ...around(DAYS_OF_A_SERIES), ...horizon },
    })),
    dry("200 free people", free, DAYS_OF_ALL),
    dry(`200 people in ${ZONES_OF_ALL} zones`, zoned, DAYS_OF_ALL),
    dry(
      `${PEOPLE_OF_A_YEAR} people in as many zones for a year`,
      zoned.slice(0, PEOPLE_OF_A_YEAR),
      YEAR,
    ),
    dry("one person for a year", free.slice(0, 1), YEAR),
    dry(
      `200 people with 50 open hours each in ${ZONES_OF_ALL} zones`,
      withOpenHours,
      DAYS_OF_OPEN_HOURS,
    ),
    dry(
      `people with 50 open hours each in ${ZONES_OF_ALL} zones for a year`,
      withOpenHours.slice(0, most(YEAR * (STARTS_A_DAY + OPEN_DAYS_STEPS))),
      YEAR,
    ),
    dry(
      "200 people with preferences for 50 categories, 366 exdates",
      people((person) => ({ busy: [], ...particular(person) })),
      DAYS_OF_PREFERENCES,
      { constraints: { ...around(DAYS_OF_PREFERENCES), event_category: "c49" } },
    ),
    dry(
      "the same, 199 of them optional with 200 busy intervals each",
      busyPeople(200, "", DAYS_OF_PREFERENCES).map((person, index) => ({
        email: person.email,
        // With more, the body would have more values than LIMITS.values.
        ...particular(index, 250),
        ...(index === 0
          ? { busy: [] }
          : { type: "optional", busy: person.busy.map(({ start, end }) => ({ start, end })) }),
      })),
      DAYS_OF_PREFERENCES,
      { constraints: { ...around(DAYS_OF_PREFERENCES), event_category: "c49" } },
    ),
    dry(
      "199 optional people with 200 busy intervals each",
      busyPeople(200, "", DAYS_OF_ALL).map((person, index) =>
        index === 0 ? { ...person, busy: [] } : { ...person, type: "optional" }
      ),
      DAYS_OF_ALL,
    ),
    dry("a series of 60 weeks for 200 people", free, DAYS_OF_A_SERIES, {
      recurrence: weekly,
      constraints: { ...around(DAYS_OF_A_SERIES), ...horizon },
    }),
    either(
      dry(
        "a series of 60 weeks for 200 busy people with concessions",
        busyPeople(200, "", DAYS_OF_A_SERIES),
        DAYS_OF_A_SERIES,
        {
          recurrence: weekly,
          allow_concessions: true,
          constraints: { ...around(DAYS_OF_A_SERIES), ...horizon },
        },
      ),
    ),
    ...groupInputs(dry, weekly, horizon),
    dry("a daily series of 60 for one person", free.slice(0, 1), DAYS_OF_ONE_SERIES, {
      recurrence: ["RRULE:FREQ=DAILY;COUNT=60"],
      constraints: { ...around(DAYS_OF_ONE_SERIES), ...horizon },
    }),
  ];
}

/** Of groups any member may come, so that each of them is looked at wherever those before are busy. */
function groupInputs(
  dry: (
    name: string,
    participants: readonly Named[],
    days: number,
    fields?: Record<string, unknown>,
  ) => WorstInput,
  weekly: string[],
  horizon: Record<string, number>,
): WorstInput[] {
  const either = (input: WorstInput): WorstInput => ({ ...input, statuses: [200, 422] });
  const groups = (size: number, days: number, count: number, busy: boolean) => {
    const members = busy ? busyPeople(200, "", days) : people(() => ({ busy: [] }));
    return list(LIMITS.participants / size, (index) => ({
      any_of: members.slice(index * size, (index + 1) * size),
      count,
    }));
  };
  const series = (days: number) => ({
    recurrence: weekly,
    allow_concessions: true,
    constraints: { ...around(days), ...horizon },
  });
  const most_members = LIMITS.participants;
  return [
    either(
      dry(
        "half of a group of 200 busy people",
        groups(most_members, DAYS_OF_GROUPS, 100, true),
        DAYS_OF_GROUPS,
        {
          allow_concessions: true,
        },
      ),
    ),
    either(
      dry("100 groups of 2 busy people", groups(2, DAYS_OF_GROUPS, 1, true), DAYS_OF_GROUPS, {
        allow_concessions: true,
      }),
    ),
    dry(
      "half of a group of 200 free people",
      groups(most_members, DAYS_OF_GROUPS, 100, false),
      DAYS_OF_GROUPS,
    ),
    either(
      dry(
        "a series of 60 weeks for half of a group of 200 busy people",
        groups(most_members, DAYS_OF_GROUPS_IN_A_SERIES, 100, true),
        DAYS_OF_GROUPS_IN_A_SERIES,
        series(DAYS_OF_GROUPS_IN_A_SERIES),
      ),
    ),
    either(
      dry(
        "a series of 60 weeks for 100 groups of 2 busy people",
        groups(2, DAYS_OF_GROUPS_IN_A_SERIES, 1, true),
        DAYS_OF_GROUPS_IN_A_SERIES,
        series(DAYS_OF_GROUPS_IN_A_SERIES),
      ),
    ),
    dry(
      "a series of 60 weeks for half of a group of 200 free people",
      groups(most_members, DAYS_OF_GROUPS_IN_A_SERIES, 100, false),
      DAYS_OF_GROUPS_IN_A_SERIES,
      series(DAYS_OF_GROUPS_IN_A_SERIES),
    ),
  ];
}
