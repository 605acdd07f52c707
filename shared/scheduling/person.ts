import { type BusyTime, NO_BUSY_TIME, readBusyTime } from "./busy_time.ts";
import { MINUTES_PER_DAY } from "./instants.ts";
import type { Interval } from "./intervals.ts";
import { type HoursRule, openTime } from "./open_time.ts";
import { type Question, requireTimeZone } from "./question.ts";
import { SchedulingInputError } from "./scheduling_input_error.ts";
import type { OpenHours, Participant } from "./types.ts";
import { weekdayMask } from "./weekday.ts";
import { type OffsetSegment, offsetSegments } from "./zones.ts";

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
}

/** Reads the participants. Throws SchedulingInputError with the field's path. */
export function readPeople(participants: readonly Participant[], question: Question): Person[] {
  if (!participants.some(({ type }) => type !== "resource")) {
    throw new SchedulingInputError("participants", "Name at least one person to meet");
  }
  const hours = new SharedHours(question);
  return participants.map((participant, i) => readPerson(participant, i, question, hours));
}

/** The same people with everybody's hours opened `wider` minutes earlier and later. */
export function withWiderHours(people: readonly Person[], question: Question, wider: number) {
  const hours = new SharedHours(question, wider);
  return people.map((person): Person => ({ ...person, open: hours.open(person.rules) }));
}

/** The rules that hold for somebody without hours of their own. */
export function workingHours(question: Question, timezone: string): HoursRule[] {
  return [{ timezone, weekdays: question.allowed_days, ...question.working_hours }];
}

/** Lays out each set of hours, and each zone's offsets, once however many people share them. */
class SharedHours {
  readonly #question: Question;
  readonly #wider: number;
  readonly #offsets = new Map<string, OffsetSegment[]>();
  readonly #defaults = new Map<string, HoursRule[]>();
  readonly #open_by_rules = new Map<readonly HoursRule[], Interval[]>();
  readonly #open_by_text = new Map<string, Interval[]>();
  readonly #always: readonly Interval[];

  constructor(question: Question, wider = 0) {
    this.#question = question;
    this.#wider = wider;
    this.#always = [[question.from, question.to]];
  }

  defaults(timezone: string): readonly HoursRule[] {
    return kept(this.#defaults, timezone, () => workingHours(this.#question, timezone));
  }

  offsets(timezone: string): readonly OffsetSegment[] {
    const { from, to } = this.#question;
    return kept(this.#offsets, timezone, () => offsetSegments(timezone, from, to));
  }

  open(rules: readonly HoursRule[] | undefined): readonly Interval[] {
    if (rules === undefined) return this.#always;
    const { from, to, holidays } = this.#question;
    const layOut = () => openTime(rules, from, to, holidays, this.#wider);
    // Most people share the default rules themselves; only hours of their own are compared by text.
    return kept(
      this.#open_by_rules,
      rules,
      () => kept(this.#open_by_text, JSON.stringify(rules), layOut),
    );
  }
}

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function readPerson(
  participant: Participant,
  i: number,
  question: Question,
  hours: SharedHours,
): Person {
  const path = `participants[${i}]`;
  const timezone = participant.timezone ?? question.timezone;
  if (timezone !== question.timezone) requireTimeZone(timezone, `${path}.timezone`);
  const rules = readRules(participant, timezone, question, hours, path);
  const unknown = participant.busy === "unknown";
  const time = participant.busy === "unknown"
    ? { busy: NO_BUSY_TIME, tentative: NO_BUSY_TIME }
    : readBusyTime(participant.busy, question.tentative_as_busy, `${path}.busy`);
  return {
    participant,
    label: participant.name ?? participant.email,
    timezone,
    offsets: hours.offsets(timezone),
    needed: participant.type !== "optional",
    unknown,
    ...time,
    buffer: readBuffer(participant, question, path),
    rules,
    open: hours.open(rules),
  };
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
