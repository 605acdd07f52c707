import fc from "../unit/fast_check.ts";
import { MONDAY } from "./meetings.ts";

// deno-lint-ignore no-explicit-any -- any JSON value
export type Json = any;

const BUSY = { start: `${MONDAY}T10:00:00Z`, end: `${MONDAY}T11:00:00+01:00`, tentative: true };
const DAYS = { preferred_days: ["monday"], preferred_hours_start: 9, preferred_hours_end: 12.5 };
const PERSON = {
  email: "ana@north.example",
  name: "Ana",
  type: "optional",
  timezone: "Europe/Paris",
  calendar_ids: ["primary"],
  open_hours: [{ days: ["monday"], start: "09:00", end: "17:00", timezone: "UTC" }],
  buffer: { before: 5, after: 5 },
  busy: [BUSY, { start: `${MONDAY}T10:00:00Z`, end: `${MONDAY}T11:00:00Z`, timezone: "UTC" }],
  exdates: ["2035-01-09"],
  lunch: { start: "12:00", end: "13:00" },
  preferences: {
    ...DAYS,
    avoid_back_to_back: true,
    morning_person_score: 0.5,
    event_categories: { review: DAYS, "one to one": {} },
  },
};
const SUMMARY = {
  email: "ben@north.example",
  is_required: false,
  user_id: "ben",
  calendar_summary: {
    user_id: "ben",
    timezone: "UTC",
    busy_slots: [BUSY],
    preference_patterns: { ...DAYS, avg_meeting_duration_minutes: 30, buffer_minutes: 5 },
    weekly_meeting_count: 7,
    peak_meeting_hours: [10],
    data_compressed: false,
  },
};
const GROUP = {
  any_of: ["cleo@north.example", { email: "dan@north.example", type: "required" }],
  count: 1,
  name: "Reviewers",
  type: "required",
  chosen: ["cleo@north.example"],
};
const ROOMS = {
  any_of: [{ email: "room-1@north.example", type: "resource" }, {
    email: "room-2@north.example",
    type: "resource",
  }],
};

/** A meeting with every field that a caller may name. */
const MEETING: Record<string, Json> = {
  participants: ["omar@north.example", PERSON, SUMMARY, GROUP, ROOMS],
  constraints: {
    duration_minutes: 30,
    earliest_date: MONDAY,
    latest_date: "2035-02-12T18:00:00+01:00",
    working_hours_start: 8.5,
    working_hours_end: 18,
    allowed_days: ["monday", "tuesday"],
    buffer_minutes: 5,
    timezone: "Europe/Paris",
    max_candidates: 3,
    holiday_dates: ["2035-01-10"],
    event_category: "review",
    interval_minutes: 30,
    minimum_notice_minutes: 10,
    tentative_as_busy: true,
    minimum_attendee_percentage: 50,
    on_unknown: "ignore",
    priority: "soonest",
    lunch: null,
    recurrence_horizon: 4,
  },
  recurrence: ["RRULE:FREQ=WEEKLY;COUNT=10", "EXDATE;TZID=Europe/Paris:20350115T090000"],
  weights: { availability: 40, preference: 20, conflict_proximity: 20 },
  auto_reschedule: { on: "quorum_lost", quorum: 60, max_moves: 3, approve: true },
  on_conflict: "warn",
  title: "Review",
  description: "Numbers & plans",
  location: "Paris",
  description_details: "summary",
  locale: "en-GB",
  conference: "meet",
  reminders: [{ method: "email", minutes: 1440 }],
};

/** Columns of type text: what is no text never reaches them. */
const TEXTS = new Set([
  "on_conflict",
  "title",
  "description",
  "location",
  "description_details",
  "locale",
  "conference",
]);

const TEXT = fc.oneof(
  fc.constantFrom(
    ...["", "x", " ", "monday", "MONDAY", "mondays", "Sunday", "required", "resource", "warn"],
    ...["none", "full", "reschedule", "zoom", "de", "DE-at", "fr", "en-Latn-GB", "email", "sms"],
    ...["soonest", "ignore", "refuse", "ignore_optional", "focus", "required_declined"],
    ...["09:00", "9:00", "23:59", "24:00", "24:01", "00:00", "12:30", "17:30"],
    ...["2035-01-08", "2035-02-29", "2036-02-29", "1969-12-31", "1970-01-01", "2200-12-31"],
    ...["2201-01-01", "0000-01-01", "2035-1-8", "2035-13-01", "2035-04-31", "20350108"],
    ...["2035-01-08T09:00:00Z", "2035-01-08t09:00:00z", "2035-01-08T09:00Z", "2035-01-08T09Z"],
    ...["2035-01-08T09:00:00", "2035-01-08T24:00:00Z", "2035-01-08T24:00:01Z"],
    ...["2035-01-08T09:00:60Z", "2035-01-08T09:60:00Z", "2035-01-08T09:00:00.125+15:59"],
    ...["2035-01-08T09:00:00+16:00", "2035-01-08T09:00:00+24:00", "2035-02-30T09:00:00Z"],
    ...["1970-01-01T00:30:00+01:00", "2200-12-31T23:30:00-01:00", "2035-01-08 09:00:00Z"],
    ...["2034-12-01T10:00:30Z", "2036-01-20", "2035-12-31T10:00:00Z", "2036-02-13"],
    ...["Europe/Paris", "europe/paris", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"],
    ...["Etc/GMT+13", "EST", "PST", "Japan", "Paris", "Mars/Base", "Mars/Olympus5", "+01:00"],
    ...["a@b.example", "A@B.example", "a@b", "a b@c.example", "Ana <a@b.example>", "a@b..c"],
    ...["cleo@north.example", "ANA@north.example", "room-1@north.example", "primary", "."],
    ...["&<>", "🙂", "\u00a0"],
  ),
  fc.constantFrom(64, 65, 100, 101, 200, 201, 254, 300, 301, 1000, 1001).map((n) => "y".repeat(n)),
  fc.constantFrom(1638, 1639).map((n) => "&".repeat(n)),
);

const NUMBER = fc.constantFrom(
  ...[0, -0.5, -1, 0.5, 1, 2, 4.5, 5, 7, 10, 12, 15, 17, 20, 24, 24.5, 25, 30, 48, 60, 61, 80],
  ...[99.9999999, 100, 100.1, 101, 240, 241, 480, 481, 720, 721, 1440, 1441, 10080, 40320, 40321],
  ...[525600, 525601, 1e21, -1e300],
);

const VALUE: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: TEXT },
  { weight: 4, arbitrary: NUMBER },
  { weight: 2, arbitrary: fc.constantFrom(null, true, false) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Json>(
      ...[[], {}, [null], [1], ["monday", "friday"], [[]], { a: 1 }],
      ...[PERSON, GROUP, ROOMS, BUSY, { start: "12:00", end: "13:00" }, ["a@b.example"]],
    ),
  },
);

const RULE_PART = fc.oneof(
  fc.constantFrom(
    ...["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=HOURLY", "freq=DAILY"],
    ...["COUNT=5", "COUNT=0", "COUNT=99999", "COUNT=", "INTERVAL=2", "INTERVAL=02", "WKST=SU"],
    ...["UNTIL=20351231", "UNTIL=20351231T235959Z", "UNTIL=20351231T235959", "UNTIL=20350230"],
    ...["UNTIL=22011231", "UNTIL=20351231T235960Z", "BYDAY=MO,WE", "BYDAY=2MO", "BYDAY=-1FR"],
    ...["BYDAY=+05SU", "BYDAY=6MO", "BYDAY=0MO", "BYDAY=54MO", "BYDAY=", "BYDAY=MO,", "BYDAY=XX"],
    ...["BYMONTHDAY=1,-1", "BYMONTHDAY=32", "BYMONTHDAY=+3", "BYMONTHDAY=--3", "BYMONTH=1,12"],
    ...["BYMONTH=13", "BYSETPOS=1", "BYSETPOS=-366", "BYYEARDAY=100", "BYWEEKNO=20", "BYHOUR=9"],
    ...["BYMINUTE=0", "BYSECOND=60", "BYHOUR=24", "", "X=1", "=1", "RSCALE", "COUNT=5=6"],
  ),
);

const DATE = fc.constantFrom(
  ...["20350110", "20350110T090000", "20350110T090000Z", "20350229", "20350110T246000", ""],
  ...["22010101", "2035-01-10", " 20350110", "20350110T09"],
);

const LINE = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(RULE_PART, { minLength: 0, maxLength: 4 }).map((parts) =>
      `RRULE:${["FREQ=MONTHLY", ...parts].join(";")}`
    ),
  },
  {
    weight: 4,
    arbitrary: fc.array(RULE_PART, { minLength: 1, maxLength: 4 }).map((parts) =>
      `RRULE:${parts.join(";")}`
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constantFrom("EXDATE", "RDATE", "EXRULE", "exdate"),
      fc.constantFrom(
        ...["", ";", ";VALUE=DATE", ";VALUE=DATE-TIME", ";VALUE=PERIOD", ";TZID=Europe/Paris"],
        ...[";TZID=Paris", ";TZID=Japan;VALUE=DATE", ";X=1", ";VALUE", ";;", ";TZID=UTC=1"],
      ),
      fc.array(DATE, { minLength: 1, maxLength: 3 }),
      fc.constantFrom("", " ", "\n", "\u00a0", "\nX"),
    ).map(([name, parameters, dates, end]) => `${name}${parameters}:${dates.join()}${end}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["FREQ=WEEKLY", "FREQ=HOURLY", "RRULE", "RRULE:", "RRULE;X=1:FREQ=DAILY", "DTSTART:1"],
      ...["", "RRULE:FREQ=WEEKLY", `EXDATE:${Array(120).fill("20350110").join()}`, "EXDATE:a\nb"],
    ),
  },
);

/** A change of one place: the index chooses it among all places of the meeting. */
interface Change {
  at: number;
  kind: "replace" | "remove" | "add" | "repeat";
  value: Json;
  times: number;
}

const CHANGE: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom("replace", "replace", "replace", "remove", "add", "repeat"),
  value: VALUE,
  times: fc.constantFrom(2, 4, 6, 8, 10, 11, 21, 51, 101),
});

/** Columns of a row of meetings: most are wrong in one place, some in none, some in two. */
export const GENERATED_MEETING: fc.Arbitrary<Record<string, Json>> = fc.tuple(
  fc.array(CHANGE, { minLength: 0, maxLength: 2 }),
  fc.option(fc.array(LINE, { minLength: 0, maxLength: 3 }), { nil: undefined, freq: 2 }),
  fc.subarray(Object.keys(MEETING), { minLength: 1 }),
).map(([changes, recurrence, columns]) => {
  const meeting = structuredClone(
    Object.fromEntries(Object.entries(MEETING).filter(([name]) => columns.includes(name))),
  );
  for (const change of changes) apply(meeting, change);
  if (recurrence !== undefined) meeting.recurrence = recurrence;
  return Object.fromEntries(Object.entries(meeting).filter(([name, value]) => fits(name, value)));
});

function apply(meeting: Record<string, Json>, { at, kind, value, times }: Change): void {
  const places = placesOf(meeting);
  const place = places[at % places.length];
  if (place === undefined) return;
  const { parent, key } = place;
  const present = parent[key];
  if (kind === "replace") parent[key] = structuredClone(value);
  else if (kind === "remove" && parent !== meeting) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  } else if (kind === "add" && typeof present === "object" && present !== null) {
    if (Array.isArray(present)) present.push(structuredClone(value));
    else present.colour = value;
  } else if (kind === "repeat" && Array.isArray(present) && present.length > 0) {
    while (present.length < times) present.push(structuredClone(present[0]));
  }
}

function placesOf(parent: Json): { parent: Json; key: string }[] {
  return Object.keys(parent).flatMap((key) => [
    { parent, key },
    ...(typeof parent[key] === "object" && parent[key] !== null ? placesOf(parent[key]) : []),
  ]);
}

/** Whether a column can hold the value; JSON null becomes NULL. */
function fits(name: string, value: Json): boolean {
  if (value === null) return false;
  if (TEXTS.has(name)) return typeof value === "string";
  return name !== "recurrence" ||
    Array.isArray(value) && value.every((line) => typeof line === "string");
}
