import { MINUTES_PER_DAY, parseDate } from "@shared/time/instants.ts";
import type { Interval } from "@shared/time/intervals.ts";
import { weekdayMask } from "@shared/time/weekday.ts";
import type { OffsetSegment } from "@shared/time/zones.ts";
import { fairnessPercents } from "../input/fairness.ts";
import {
  asksForHours,
  historyCosts,
  type PreferredGap,
  preferredGap,
} from "../input/personal_costs.ts";
import { type ParsedPreferences, readPreferences } from "../input/preferences.ts";
import { SchedulingInputError } from "../input/scheduling_input_error.ts";
import type { OpenHours, Participant, ParticipantGroup } from "../input/scheduling_request.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { type DaySpan, readLunch, readTimeOfDay } from "../input/time_of_day.ts";
import { requireTimeZone } from "../input/time_zone.ts";
import {
  type BusyIntervals,
  IntervalStorage,
  NO_BUSY_INTERVALS,
  readBusyIntervals,
} from "./busy_intervals.ts";
import type { DayHours } from "./day_hours.ts";
import type { OpenHoursRule } from "./open_hours.ts";
import { SharedHours } from "./shared_open_hours.ts";

const NEVER_AWAY: readonly number[] = [];

/** A participant made ready for arithmetic; minutes since 1970 throughout. */
export interface Person {
  participant: Participant;
  /** The name, or the e-mail address of a person without one. */
  label: string;
  timezone: string;
  offsets: readonly OffsetSegment[];
  /** The meeting cannot be held without this person or resource; of no member of a group that is so. */
  needed: boolean;
  /** The same object for all members of a group. */
  group: ParticipantGroup | undefined;
  unknown: boolean;
  busy: BusyIntervals;
  /** Tentative time that does not count as busy. */
  tentative: BusyIntervals;
  buffer: { before: number; after: number };
  /** Undefined for a resource without hours, which is always open. */
  rules: readonly OpenHoursRule[] | undefined;
  /** The same array for all people with the same hours, so that a group can be recognised by identity. */
  open: readonly Interval[];
  /** The hours before a concession widened them; undefined when none did. */
  open_by_right: readonly Interval[] | undefined;
  /** Local days, counted since 1970, on which they are away; ascending. */
  away: readonly number[];
  preferences: ParsedPreferences;
  /** Their working week, the same object for everybody with the same; undefined without rules. */
  days: DayHours | undefined;
  /** When they eat, in minutes of the local day; undefined for never. */
  lunch: DaySpan | undefined;
  /** Whether they ask for hours so definite that lunch and the edges of their day do not count. */
  asks_for_hours: boolean;
  gap: PreferredGap | undefined;
  /** What each half-hour of the week costs by their history. */
  history: Uint16Array | undefined;
  /** How much inconvenience counts, in percent: 100, or more for those with more fairness points. */
  fairness_percent: number;
}

/** Reads the participants. Throws SchedulingInputError with the field's path. */
export function readPeople(participants: readonly Participant[], search: SearchRequest): Person[] {
  if (!participants.some(({ type }) => type !== "resource")) {
    throw new SchedulingInputError("participants", "Name at least one person to meet");
  }
  const hours = new SharedHours(search);
  const fairness = fairnessPercents(participants);
  const storage = new IntervalStorage(countIntervals(participants));
  return participants.map((participant, i) =>
    readPerson(participant, i, search, hours, storage, fairness[i]!)
  );
}

/**
 * The same people laid out for a search that differs in its window, with the hours of all who are needed opened
 * `wider` minutes earlier and later. `same_window`: only those have to be laid out.
 */
export function layOutAgain(
  people: readonly Person[],
  search: SearchRequest,
  wider = 0,
  same_window = false,
): Person[] {
  if (same_window && wider === 0) return [...people];
  const by_right = new SharedHours(search);
  const widened = new SharedHours(search, wider);
  return people.map((person): Person => {
    const widens = wider > 0 && person.needed;
    if (same_window) {
      return widens
        ? { ...person, open: widened.open(person), open_by_right: person.open }
        : person;
    }
    return {
      ...person,
      offsets: by_right.offsets(person.timezone),
      open: (widens ? widened : by_right).open(person),
      open_by_right: widens ? by_right.open(person) : undefined,
      days: person.rules && by_right.days(person.rules, person.timezone),
    };
  });
}

/**
 * The same people laid out for a search that differs in its holidays and allowed days, which are part of everybody's
 * hours. Their time is not read again.
 */
export function layOutDays(people: readonly Person[], search: SearchRequest): Person[] {
  const hours = new SharedHours(search);
  return people.map((person, i): Person => {
    const { participant, timezone, away } = person;
    const rules = readRules(participant, timezone, search, hours, `participants[${i}]`);
    return {
      ...person,
      rules,
      open: hours.open({ rules, away, timezone }),
      days: rules && hours.days(rules, timezone),
    };
  });
}

function countIntervals(participants: readonly Participant[]): number {
  return participants.reduce((sum, { busy }) => busy === "unknown" ? sum : sum + busy.length, 0);
}

function readPerson(
  participant: Participant,
  i: number,
  search: SearchRequest,
  hours: SharedHours,
  storage: IntervalStorage,
  fairness_percent: number,
): Person {
  const path = `participants[${i}]`;
  const timezone = participant.timezone ?? search.timezone;
  if (timezone !== search.timezone) requireTimeZone(timezone, `${path}.timezone`);
  const rules = readRules(participant, timezone, search, hours, path);
  const away = readAway(participant.exdates, path);
  const preferences = readPreferences(
    participant.preferences,
    search.event_category,
    `${path}.preferences`,
  );
  const unknown = participant.busy === "unknown";
  const time = participant.busy === "unknown"
    ? { busy: NO_BUSY_INTERVALS, tentative: NO_BUSY_INTERVALS }
    : readBusyIntervals(participant.busy, search.tentative_as_busy, `${path}.busy`, storage);
  return {
    participant,
    label: participant.name ?? participant.email,
    timezone,
    offsets: hours.offsets(timezone),
    needed: participant.type !== "optional" && participant.group === undefined,
    group: participant.group,
    unknown,
    busy: time.busy,
    tentative: time.tentative,
    buffer: readBuffer(participant, search, path),
    rules,
    open: hours.open({ rules, away, timezone }),
    open_by_right: undefined,
    away,
    preferences,
    days: rules && hours.days(rules, timezone),
    lunch: readLunch(participant.lunch, `${path}.lunch`, search.lunch),
    asks_for_hours: asksForHours(preferences),
    gap: preferredGap(preferences, participant.profile),
    history: historyCosts(participant.profile),
    fairness_percent,
  };
}

function readAway(exdates: readonly string[] | undefined, path: string): readonly number[] {
  if (exdates === undefined || exdates.length === 0) return NEVER_AWAY;
  const days: number[] = [];
  for (let i = 0; i < exdates.length; i++) {
    const day = parseDate(exdates[i]!);
    if (Number.isNaN(day)) {
      throw new SchedulingInputError(
        `${path}.exdates[${i}]`,
        `Write a date such as 2030-12-25, not ${JSON.stringify(exdates[i])}`,
      );
    }
    if (day !== days.at(-1)) days.push(day);
  }
  return days.sort((a, b) => a - b);
}

function readBuffer(participant: Participant, search: SearchRequest, path: string) {
  const { buffer } = participant;
  if (buffer === undefined) return { before: search.buffer, after: search.buffer };
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
  search: SearchRequest,
  hours: SharedHours,
  path: string,
): readonly OpenHoursRule[] | undefined {
  const own = participant.open_hours ?? [];
  if (own.length === 0) {
    return participant.type === "resource" ? undefined : hours.defaults(timezone);
  }
  return own.map((open, i) => readRule(open, timezone, search, `${path}.open_hours[${i}]`));
}

function readRule(
  open: OpenHours,
  timezone: string,
  search: SearchRequest,
  path: string,
): OpenHoursRule {
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
  // Allowed days are days of the person's own clock: of hours on another one they cannot be told by weekday.
  const weekdays = weekdayMask(open.days).map((day, i) =>
    day && (zone !== timezone || search.allowed_days[i] === true)
  );
  return { timezone: zone, weekdays, start, end };
}
