import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type {
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { FACTORS, readWeights, type ScoreBreakdown } from "@shared/scheduling/input/weights.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { bruteForceStarts, isBusy, isOpen, wallAt } from "./brute_force.ts";
import {
  convenientHours,
  daySpan,
  gapsOf,
  lunchOf,
  minutesIn,
  roomOf,
  usualHours,
  wishedTimes,
} from "./day_facts.ts";

const clamp = (share: number) => Math.min(1, Math.max(0, share));
const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** The formulas of docs/schedule.md, word by word, for people without a history. */
function factorsAt(
  asked: SchedulingRequest,
  start: number,
  starts: readonly number[],
): ScoreBreakdown {
  const { constraints, participants } = asked;
  const invited = participants.filter(({ type }) => type !== "resource");
  const coming = invited.filter((one) =>
    one.busy !== "unknown" && isOpen(constraints, one, start) && !isBusy(constraints, one, start)
  );
  const keeps_focus = constraints.priority === "focus" &&
    Object.keys(asked.weights ?? {}).length === 0;
  const conveniences = coming.map((one) => convenienceOf(one, asked, start));
  const none = coming.length === 0;
  return {
    availability: mean(
      invited.map((one) => !coming.includes(one) ? 0 : isTentative(one, asked, start) ? 0.5 : 1),
    ),
    preference: none ? 0 : (mean(conveniences) + Math.min(...conveniences)) / 2,
    conflict_proximity: none ? 0 : mean(coming.map((one) => {
      const { before, after } = gapsOf(one, asked, start);
      return Math.min(before, after, 60) / 60;
    })),
    fragmentation: none
      ? 0
      : mean(coming.map((one) =>
        keeps_focus ? focusKept(one, asked, start) : useKept(one, asked, start)
      )),
    // A clock that is put back may show an earlier time at a later start.
    optimization: 2 **
      -Math.max(0, workingDays(asked, start, starts) - workingDays(asked, starts[0]!, starts)),
  };
}

function isTentative({ busy }: Participant, { constraints }: SchedulingRequest, start: number) {
  const end = start + constraints.duration_minutes;
  return busy !== "unknown" &&
    busy.some((one) =>
      one.tentative === true && !constraints.tentative_as_busy &&
      Date.parse(one.start) < Date.parse(one.end) &&
      Math.floor(Date.parse(one.start) / 60_000) < end &&
      Math.ceil(Date.parse(one.end) / 60_000) > start
    );
}

function convenienceOf(one: Participant, asked: SchedulingRequest, start: number): number {
  const { constraints: { duration_minutes: duration, timezone } } = asked;
  const { minute_of_day: from, weekday } = wallAt(one.timezone ?? timezone, start);
  const to = from + duration;
  const hours = convenientHours(one, asked, start);
  const day = daySpan(one, asked, start);
  const wished = wishedTimes(one, asked);
  const score = one.preferences?.morning_person_score ?? 0.5;
  const lateness = clamp((from - 540) / 480);
  const is_definite = wished.start !== undefined && wished.end !== undefined &&
    wished.end - wished.start <= 4;
  const minutes = (span: [number, number]) => is_definite ? 0 : minutesIn(one, asked, start, span);
  const lunch = lunchOf(one, asked);
  const week_ends = Math.min(day.end, usualHours(one, asked, start).end);
  const { before, after } = gapsOf(one, asked, start);
  const clock = Math.min(1, Math.max(0, hours.start - from, to - hours.end) / 180) +
    0.08 * minutes([day.start, day.start + 30]) / 30 +
    0.25 * minutes([day.end - 30, day.end]) / 30 +
    (lunch === null ? 0 : 0.5 * clamp(2 * minutes(lunch) / (lunch[1] - lunch[0]))) +
    (is_definite || weekday !== lastWeekday(one, asked)
      ? 0
      : 0.2 * clamp((to - week_ends + 120) / 120)) +
    (wished.days?.includes(WEEKDAYS.find((name) => name === weekday)!) === false ? 0.3 : 0) +
    0.25 * (score > 0.5 ? (2 * score - 1) * lateness : (1 - 2 * score) * (1 - lateness));
  const gap = one.preferences?.avoid_back_to_back === true
    ? 0.3 * clamp((15 - Math.min(before, after)) / 15)
    : 0;
  return Math.max(0, 1 - (Math.min(1, clock) + gap));
}

/** Friday, or Thursday where the week begins on Sunday and has no Friday. */
function lastWeekday(one: Participant, { constraints }: SchedulingRequest): string | undefined {
  const own_zone = one.timezone ?? constraints.timezone;
  const days = new Set(
    (one.open_hours ?? [{ days: WEEKDAYS, timezone: own_zone }]).flatMap((
      { days, timezone = own_zone },
    ) => days.filter((day) => timezone !== own_zone || constraints.allowed_days.includes(day))),
  );
  if (days.has("friday")) return "friday";
  return days.has("thursday") && days.has("sunday") ? "thursday" : undefined;
}

/** Of what use a piece of free time between two meetings is, in minutes. */
const use = (minutes: number) => minutes >= 60 ? minutes : Math.max(0, 2 * minutes - 60);

function useKept(one: Participant, asked: SchedulingRequest, start: number): number {
  const gaps = gapsOf(one, asked, start);
  const before = roomOf(one, asked, start, -1);
  const after = roomOf(one, asked, start, 1);
  const duration = asked.constraints.duration_minutes;
  // At the edge of a day all of it stays of use.
  const of = (room: number, gap: number) => gap === room ? use(room) : room;
  const whole = before + duration + after;
  const was = gaps.before === before && gaps.after === after ? use(whole) : whole;
  return 1 - clamp((was - duration - of(before, gaps.before) - of(after, gaps.after)) / 60);
}

function focusKept(one: Participant, asked: SchedulingRequest, start: number): number {
  const before = roomOf(one, asked, start, -1);
  const after = roomOf(one, asked, start, 1);
  const square = (minutes: number) => Math.min(480, minutes) ** 2;
  const whole = square(before + asked.constraints.duration_minutes + after);
  return 1 - clamp((whole - square(before) - square(after)) / 480 ** 2);
}

/** Working days from the day of the first start, counted one by one. */
function workingDays(
  { constraints }: SchedulingRequest,
  start: number,
  starts: readonly number[],
): number {
  const { timezone, duration_minutes, working_hours_start, working_hours_end } = constraints;
  const minutes = starts.map((one) => wallAt(timezone, one).minute_of_day);
  const begins = Math.min(working_hours_start * 60, ...minutes);
  const ends = Math.max(working_hours_end * 60, ...minutes.map((one) => one + duration_minutes));
  const isWorking = (date: string) =>
    constraints.allowed_days.includes(
      WEEKDAYS[(new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7]!,
    ) &&
    !constraints.holiday_dates.includes(date);
  const { date, minute_of_day } = wallAt(timezone, start);
  let days = isWorking(date) ? (minute_of_day - begins) / (ends - begins) : 0;
  let day = wallAt(timezone, starts[0]!).date;
  while (day < date) {
    if (isWorking(day)) days++;
    day = new Date(Date.parse(`${day}T00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  }
  return days;
}

/** Rounded costs of people may shift a factor that is rounded itself. */
const TOLERANCE = 0.25;

Deno.test("findSlots() scores as the formulas of its page do, minute by minute", () => {
  let compared = 0;
  fc.assert(
    fc.property(arbitraryRequest, (drawn) => {
      const participants = drawn.participants.map(
        ({ profile: _, past_inconvenience: __, ...one }): Participant => one,
      );
      const asked = {
        ...drawn,
        participants,
        constraints: { ...drawn.constraints, max_candidates: 1000 },
      };
      const starts = bruteForceStarts(asked);
      const weights = readWeights(asked.weights, asked.constraints.priority);
      for (const { start_time, score_breakdown } of few(findSlots(asked).candidates)) {
        const shares = factorsAt(asked, Date.parse(start_time) / 60_000, starts);
        for (const factor of FACTORS) {
          const expected = weights[factor] / 10 * shares[factor];
          assert.ok(
            Math.abs(score_breakdown[factor] - expected) <= TOLERANCE,
            `${factor} at ${start_time}: ${score_breakdown[factor]}, expected ${expected}`,
          );
          compared++;
        }
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(compared > 1_000, `Only ${compared} factors were compared`);
});

/** Some from the beginning, the middle and the end. */
function few(candidates: Candidate[]): Candidate[] {
  return candidates.filter((_, i) => i < 3 || i % Math.ceil(candidates.length / 6) === 0);
}
