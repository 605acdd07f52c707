import fc from "../fast_check.ts";
import type { Preferences, PreferredTimes } from "@shared/scheduling/input/preferences.ts";
import type { Profile } from "@shared/scheduling/input/profile.ts";
import type {
  BusyInterval,
  OpenHours,
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import type { GivenWeights, ScoreBreakdown } from "@shared/scheduling/input/weights.ts";
import { formatInstant } from "@shared/time/instants.ts";
import { type Weekday, WEEKDAYS } from "@shared/time/weekday.ts";

/** Days around which some zone changes its clock, and one on which none does. */
const DAYS = [
  "2026-03-07", // America/New_York, America/Havana
  "2026-03-28", // Europe/Paris
  "2026-10-24",
  "2026-10-31",
  "2026-04-04", // Australia/Lord_Howe, by half an hour; Pacific/Chatham
  "2026-10-03",
  "2026-06-09",
];

const ZONES = [
  "UTC",
  "Europe/Paris",
  "America/New_York",
  "America/Havana", // skips and repeats midnight
  "Australia/Lord_Howe",
  "Pacific/Chatham", // 45 minutes past the hour
  "Asia/Kathmandu",
];

const zone = fc.constantFrom(...ZONES);
const weekdays: fc.Arbitrary<Weekday[]> = fc.subarray([...WEEKDAYS], { minLength: 4 });
const timeOfDay = (minute: number) =>
  minute === 1440 ? "24:00" : formatInstant(minute, 0).slice(11, 16);

const open_hours: fc.Arbitrary<OpenHours> = fc.record({
  days: weekdays,
  from: fc.integer({ min: 0, max: 80 }),
  length: fc.integer({ min: 1, max: 90 }),
  timezone: fc.option(zone, { nil: undefined, freq: 4 }),
}).map(({ days, from, length, timezone }) => ({
  days,
  start: timeOfDay(from * 15),
  end: timeOfDay(Math.min(1440, from * 15 + length * 15)),
  ...(timezone === undefined ? {} : { timezone }),
}));

/** Intervals near `noon`, on a coarse grid so that they touch and overlap, written with various offsets. */
function busy(noon: number): fc.Arbitrary<BusyInterval[]> {
  const interval = fc.record({
    start: fc.integer({ min: -3 * 288, max: 3 * 288 }),
    length: fc.constantFrom(0, 1, 3, 6, 6, 12, 18, 60),
    seconds: fc.constantFrom(0, 0, 0, 20),
    offset: fc.constantFrom(0, 0, 60, -300, 345),
    tentative: fc.option(fc.boolean(), { nil: undefined }),
  }).map(({ start, length, seconds, offset, tentative }) => {
    const from = noon + start * 5;
    return {
      start: withSeconds(formatInstant(from, offset), seconds),
      end: withSeconds(formatInstant(from + length * 5, offset), seconds),
      ...(tentative === undefined ? {} : { tentative }),
    };
  });
  return fc.array(interval, { maxLength: 14 });
}

function withSeconds(text: string, seconds: number): string {
  return text.replace(/:00(?=Z|[+-]\d\d:\d\d$)/, `:${String(seconds).padStart(2, "0")}`);
}

const preferred_times: fc.Arbitrary<PreferredTimes> = fc.record({
  preferred_days: weekdays,
  preferred_hours_start: fc.constantFrom(0, 7.5, 10),
  preferred_hours_end: fc.constantFrom(11, 16, 24),
}, { requiredKeys: [] });

const preferences: fc.Arbitrary<Preferences> = fc.tuple(
  preferred_times,
  fc.record({
    avoid_back_to_back: fc.boolean(),
    morning_person_score: fc.constantFrom(0, 0.2, 0.5, 0.9, 1),
    event_categories: fc.record({ Review: preferred_times, lunch: preferred_times }),
  }, { requiredKeys: [] }),
).map(([times, preferences]) => ({ ...times, ...preferences }));

/** Any profile that its text can hold. */
export const arbitraryProfile: fc.Arbitrary<Profile> = fc.record({
  accepted: fc.uint8Array({ minLength: 336, maxLength: 336, max: 15 }),
  declined: fc.uint8Array({ minLength: 336, maxLength: 336, max: 15 }),
  meetings: fc.integer({ min: 0, max: 65_535 }),
  declined_percentage: fc.integer({ min: 0, max: 100 }),
  typical_minutes: fc.integer({ min: 0, max: 1440 }),
  typical_gap_minutes: fc.integer({ min: 0, max: 120 }),
}, { noNullPrototype: true });

const weights: fc.Arbitrary<ScoreBreakdown> = fc.array(fc.integer({ min: 0, max: 1000 }), {
  minLength: 4,
  maxLength: 4,
}).map((cuts) => {
  const [a = 0, b = 0, c = 0, d = 0] = cuts.toSorted((x, y) => x - y);
  return {
    availability: a / 10,
    preference: (b - a) / 10,
    conflict_proximity: (c - b) / 10,
    fragmentation: (d - c) / 10,
    optimization: (1000 - d) / 10,
  };
});

/** All weights, or only some of them. */
const given_weights: fc.Arbitrary<GivenWeights> = fc.tuple(
  weights,
  fc.constantFrom<(keyof ScoreBreakdown)[]>([], [], ["preference"], [
    "fragmentation",
    "availability",
  ]),
).map(([all, left_out]) =>
  Object.fromEntries(
    Object.entries(all).filter(([factor]) => !left_out.some((one) => one === factor)),
  )
);

const lunch = fc.constantFrom(undefined, undefined, null, { start: "11:30", end: "12:15" });

function participant(noon: number, i: number): fc.Arbitrary<Participant> {
  return fc.record({
    type: fc.constantFrom("required", "required", "optional", "resource"),
    timezone: fc.option(zone, { nil: undefined }),
    open_hours: fc.option(fc.array(open_hours, { minLength: 1, maxLength: 2 }), {
      nil: undefined,
      freq: 2,
    }),
    buffer: fc.option(
      fc.record({
        before: fc.constantFrom(0, 5, 20, 60),
        after: fc.constantFrom(0, 5, 20, 60),
      }),
      { nil: undefined, freq: 2 },
    ),
    busy: fc.oneof({ weight: 12, arbitrary: busy(noon) }, {
      weight: 1,
      arbitrary: fc.constant("unknown" as const),
    }),
    exdates: fc.option(
      fc.constantFrom(-1, 0, 1).map((day) => [formatInstant(noon + day * 1440, 0).slice(0, 10)]),
      { nil: undefined, freq: 2 },
    ),
    preferences: fc.option(preferences, { nil: undefined, freq: 3 }),
    profile: fc.option(arbitraryProfile, { nil: undefined, freq: 2 }),
    past_inconvenience: fc.constantFrom(undefined, 0, 40, 1000),
    lunch,
  }).map(({ type, timezone, open_hours, buffer, busy, ...rest }): Participant => ({
    email: `p${i}@convene.example`,
    type: i === 0 ? "required" : type,
    busy,
    ...(timezone === undefined ? {} : { timezone }),
    ...(open_hours === undefined ? {} : { open_hours }),
    ...(buffer === undefined ? {} : { buffer }),
    ...(rest.exdates === undefined ? {} : { exdates: rest.exdates }),
    ...(rest.lunch === undefined ? {} : { lunch: rest.lunch }),
    ...(rest.preferences === undefined ? {} : { preferences: rest.preferences }),
    ...(rest.profile === undefined ? {} : { profile: rest.profile }),
    ...(rest.past_inconvenience === undefined
      ? {}
      : { past_inconvenience: rest.past_inconvenience }),
  }));
}

/** Requests over one to three days around a clock change. The first participant is always required. */
export const arbitraryRequest: fc.Arbitrary<SchedulingRequest> = fc.record({
  day: fc.constantFrom(...DAYS),
  length: fc.integer({ min: 0, max: 2 }),
  people: fc.integer({ min: 1, max: 4 }),
}).chain(({ day, length, people }) => {
  const noon = Date.parse(`${day}T12:00:00Z`) / 60_000;
  const date = (days: number) => formatInstant(noon + days * 1440, 0).slice(0, 10);
  const edges = fc.constantFrom(
    { earliest_date: day, latest_date: date(length) },
    {
      earliest_date: `${day}T03:10:00+02:00`,
      latest_date: formatInstant(noon + length * 1440 + 317, -240),
    },
  );
  return fc.record({
    constraints: fc.record({
      edges,
      duration_minutes: fc.constantFrom(15, 30, 45, 60, 100),
      working_hours_start: fc.constantFrom(0, 6, 8.5, 9),
      working_hours_end: fc.constantFrom(12, 17, 22.25, 24),
      allowed_days: weekdays,
      buffer_minutes: fc.constantFrom(0, 0, 10, 15),
      timezone: zone,
      holiday_dates: fc.constantFrom<string[]>([], [], [date(1)]),
      interval_minutes: fc.constantFrom(5, 15, 15, 30, 60, 50),
      minimum_notice_minutes: fc.constantFrom(0, 0, 45),
      tentative_as_busy: fc.boolean(),
      minimum_attendee_percentage: fc.constantFrom(0, 0, 50, 100),
      on_unknown: fc.constantFrom(
        "refuse" as const,
        "ignore_optional" as const,
        "ignore" as const,
      ),
      max_candidates: fc.constantFrom(3, 1000),
      event_category: fc.constantFrom("meeting", "review"),
      priority: fc.constantFrom("balanced", "balanced", "soonest", "comfort", "focus"),
      lunch,
    }).map(({ edges, lunch, ...rest }) => ({
      ...edges,
      ...rest,
      ...(lunch === undefined ? {} : { lunch }),
    })),
    participants: fc.tuple(...Array.from({ length: people }, (_, i) => participant(noon, i))),
    weights: fc.option(given_weights, { nil: undefined }),
    now: fc.constantFrom(noon - 2 * 1440, noon - 2 * 1440, noon + 0.5)
      .map((minute) => new Date(minute * 60_000)),
  }).map(({ weights, ...rest }) => weights === undefined ? rest : { ...rest, weights });
});
