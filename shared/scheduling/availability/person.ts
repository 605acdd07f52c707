import { MINUTES_PER_DAY, parseDate } from "@shared/time/instants.ts";
import type { Interval } from "@shared/time/intervals.ts";
import { weekdayMask } from "@shared/time/weekday.ts";
import type { OffsetSegment } from "@shared/time/zones.ts";
import { burdenPercents } from "../input/fairness.ts";
import { type GapWish, gapWish, historyCosts, usualDay } from "../input/personal_costs.ts";
import { readWishes, type Wishes } from "../input/preferences.ts";
import { SchedulingInputError } from "../input/scheduling_input_error.ts";
import type { OpenHours, Participant } from "../input/scheduling_request.ts";
import type { Question } from "../input/search_request.ts";
import { requireTimeZone } from "../input/time_zone.ts";
import { type BusyTime, BusyTimeRoom, NO_BUSY_TIME, readBusyTime } from "./busy_intervals.ts";
import type { HoursRule } from "./open_hours.ts";
import { SharedHours } from "./shared_open_hours.ts";

const NEVER_AWAY: readonly number[] = [];

/** A participant made ready for arithmetic; minutes since 1970 throughout. */
export interface Person {
  participant: Participant;
  /** The name, or the e-mail address of somebody without one. */
  label: string;
  timezone: string;
  offsets: readonly OffsetSegment[];
  /** The meeting cannot be held without this person or resource. */
  needed: boolean;
  unknown: boolean;
  busy: BusyTime;
  /** Tentative time that does not count as busy. */
  tentative: BusyTime;
  buffer: { before: number; after: number };
  /** Undefined for a resource without hours, which is always open. */
  rules: readonly HoursRule[] | undefined;
  /** The same array for everybody with the same hours, so that a group can be told by identity. */
  open: readonly Interval[];
  /** The hours before a concession widened them; undefined when none did. */
  open_by_right: readonly Interval[] | undefined;
  /** Local days, counted since 1970, on which they are away; ascending. */
  away: readonly number[];
  wishes: Wishes;
  /** Minutes of the local day between which an hour is comfortable. */
  usual_day: { start: number; end: number };
  gap: GapWish | undefined;
  /** What each half-hour of the week costs by their history. */
  history: Uint16Array | undefined;
  /** How much discomfort counts, in percent: 100, or more for those who carried more before. */
  burden_percent: number;
}

/** Reads the participants. Throws SchedulingInputError with the field's path. */
export function readPeople(participants: readonly Participant[], question: Question): Person[] {
  if (!participants.some(({ type }) => type !== "resource")) {
    throw new SchedulingInputError("participants", "Name at least one person to meet");
  }
  const hours = new SharedHours(question);
  const burdens = burdenPercents(participants);
  const room = new BusyTimeRoom(countIntervals(participants));
  return participants.map((participant, i) =>
    readPerson(participant, i, question, hours, room, burdens[i]!)
  );
}

/**
 * The same people laid out for a question that differs in its window, with the hours of all who are needed opened
 * `wider` minutes earlier and later.
 */
export function layOutAgain(
  people: readonly Person[],
  question: Question,
  wider = 0,
): Person[] {
  const by_right = new SharedHours(question);
  const widened = new SharedHours(question, wider);
  return people.map((person): Person => {
    const widens = wider > 0 && person.needed;
    return {
      ...person,
      offsets: by_right.offsets(person.timezone),
      open: (widens ? widened : by_right).open(person),
      open_by_right: widens ? by_right.open(person) : undefined,
    };
  });
}

function countIntervals(participants: readonly Participant[]): number {
  return participants.reduce((sum, { busy }) => busy === "unknown" ? sum : sum + busy.length, 0);
}

function readPerson(
  participant: Participant,
  i: number,
  question: Question,
  hours: SharedHours,
  room: BusyTimeRoom,
  burden_percent: number,
): Person {
  const path = `participants[${i}]`;
  const timezone = participant.timezone ?? question.timezone;
  if (timezone !== question.timezone) requireTimeZone(timezone, `${path}.timezone`);
  const rules = readRules(participant, timezone, question, hours, path);
  const away = readAway(participant.exdates, path);
  const { preferences } = participant;
  const wishes = readWishes(preferences, question.event_category, `${path}.preferences`);
  const unknown = participant.busy === "unknown";
  const time = participant.busy === "unknown"
    ? { busy: NO_BUSY_TIME, tentative: NO_BUSY_TIME }
    : readBusyTime(participant.busy, question.tentative_as_busy, `${path}.busy`, room);
  return {
    participant,
    label: participant.name ?? participant.email,
    timezone,
    offsets: hours.offsets(timezone),
    needed: participant.type !== "optional",
    unknown,
    busy: time.busy,
    tentative: time.tentative,
    buffer: readBuffer(participant, question, path),
    rules,
    open: hours.open({ rules, away, timezone }),
    open_by_right: undefined,
    away,
    wishes,
    usual_day: usualDay(wishes, (participant.open_hours?.length ?? 0) > 0),
    gap: gapWish(wishes, participant.profile),
    history: historyCosts(participant.profile),
    burden_percent,
  };
}

function readAway(exdates: readonly string[] | undefined, path: string): readonly number[] {
  if (exdates === undefined || exdates.length === 0) return NEVER_AWAY;
  return exdates.map((text, i) => {
    const day = parseDate(text);
    if (!Number.isNaN(day)) return day;
    throw new SchedulingInputError(
      `${path}.exdates[${i}]`,
      `Write a date such as 2030-12-25, not ${JSON.stringify(text)}`,
    );
  }).sort((a, b) => a - b);
}

function readBuffer(participant: Participant, question: Question, path: string) {
  const { buffer } = participant;
  if (buffer === undefined) return { before: question.buffer, after: question.buffer };
  for (const side of ["before", "after"] as const) {
    const minutes = buffer[side];
    if (!Number.isInteger(minutes) || minutes < 0 || minutes > MINUTES_PER_DAY) {
      throw new SchedulingInputError(
        `${path}.buffer.${side}`,
        `Give whole minutes from 0 to ${MINUTES_PER_DAY}, not ${minutes}`,
      );
    }
  }
  return { before: buffer.before, after: buffer.after };
}

function readRules(
  participant: Participant,
  timezone: string,
  question: Question,
  hours: SharedHours,
  path: string,
): readonly HoursRule[] | undefined {
  const own = participant.open_hours ?? [];
  if (own.length === 0) {
    return participant.type === "resource" ? undefined : hours.defaults(timezone);
  }
  return own.map((open, i) => readRule(open, timezone, question, `${path}.open_hours[${i}]`));
}

function readRule(
  open: OpenHours,
  timezone: string,
  question: Question,
  path: string,
): HoursRule {
  const zone = open.timezone ?? timezone;
  if (zone !== timezone) requireTimeZone(zone, `${path}.timezone`);
  const start = readTimeOfDay(open.start, `${path}.start`);
  const end = readTimeOfDay(open.end, `${path}.end`);
  if (end <= start) {
    throw new SchedulingInputError(
      `${path}.end`,
      "Name a time later than start; write hours past midnight as two entries, one until 24:00 and one from 00:00",
    );
  }
  const weekdays = weekdayMask(open.days).map((day, i) => day && question.allowed_days[i] === true);
  return { timezone: zone, weekdays, start, end };
}

function readTimeOfDay(text: string, path: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match !== null) return Number(match[1]) * 60 + Number(match[2]);
  if (text === "24:00") return MINUTES_PER_DAY;
  throw new SchedulingInputError(
    path,
    `Write a time of day such as 09:00, not ${JSON.stringify(text)}`,
  );
}
