import type {
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { isBusy, isOpen, wallAt } from "./brute_force.ts";

/** Minutes from a person's last busy time to a start, and from the end to their next; infinite without any. */
export function gapsOf(
  participant: Participant,
  { constraints }: SchedulingRequest,
  start: number,
) {
  const end = start + constraints.duration_minutes;
  const taken = participant.busy === "unknown"
    ? []
    : participant.busy.filter((busy) =>
      (busy.tentative !== true || constraints.tentative_as_busy) &&
      Date.parse(busy.start) < Date.parse(busy.end)
    );
  const ends = taken.map((busy) => Math.ceil(Date.parse(busy.end) / 60_000));
  const starts = taken.map((busy) => Math.floor(Date.parse(busy.start) / 60_000));
  return {
    before: Math.min(...ends.filter((minute) => minute <= start).map((minute) => start - minute)),
    after: Math.min(...starts.filter((minute) => minute >= end).map((minute) => minute - end)),
  };
}

/** How long a person stays open and unoccupied before a start (-1) or after the end (1), minute by minute. */
export function roomOf(
  participant: Participant,
  { constraints }: SchedulingRequest,
  start: number,
  step: 1 | -1,
) {
  const one_minute = { ...constraints, duration_minutes: 1 };
  const raw = { ...participant, buffer: { before: 0, after: 0 } };
  let minute = step === 1 ? start + constraints.duration_minutes : start - 1;
  let length = 0;
  while (isOpen(one_minute, raw, minute) && !isBusy(one_minute, raw, minute)) {
    minute += step;
    length++;
  }
  return length;
}

/** Preferred days and hours of a person, those of the meeting's category before the general ones. */
export function wishedTimes(participant: Participant, { constraints }: SchedulingRequest) {
  const { preferences = {} } = participant;
  const own = Object.entries(preferences.event_categories ?? {})
    .find(([category]) => category.toLowerCase() === constraints.event_category)?.[1];
  return {
    days: own?.preferred_days ?? preferences.preferred_days,
    start: own?.preferred_hours_start ?? preferences.preferred_hours_start,
    end: own?.preferred_hours_end ?? preferences.preferred_hours_end,
  };
}

const day_spans = new WeakMap<SchedulingRequest, Map<string, { start: number; end: number }>>();

/** From the first to the last minute at which a person is open on the local day of a start, holidays or not. */
export function daySpan(participant: Participant, asked: SchedulingRequest, start: number) {
  const { constraints } = asked;
  const own_zone = participant.timezone ?? constraints.timezone;
  const rules = participant.open_hours ?? [];
  if (rules.every(({ timezone = own_zone }) => timezone === own_zone)) {
    // Hours as they are stated, also on a day on which a clock change skips some of them.
    const { weekday } = wallAt(own_zone, start);
    const day = WEEKDAYS.find((one) => one === weekday)!;
    const minute = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
    const stated = rules.length === 0
      ? [{
        start: constraints.working_hours_start * 60,
        end: constraints.working_hours_end * 60,
      }]
      : rules.filter(({ days }) => days.includes(day))
        .map(({ start, end }) => ({ start: minute(start), end: minute(end) }));
    return {
      start: Math.min(...stated.map((one) => one.start)),
      end: Math.max(...stated.map((one) => one.end)),
    };
  }
  let known = day_spans.get(asked);
  if (known === undefined) day_spans.set(asked, known = new Map());
  const zone = participant.timezone ?? asked.constraints.timezone;
  const { date } = wallAt(zone, start);
  const key = `${participant.email} ${date}`;
  let span = known.get(key);
  if (span === undefined) {
    const iso = (minute: number) => new Date(minute * 60_000).toISOString();
    const unbounded = {
      ...asked.constraints,
      duration_minutes: 1,
      holiday_dates: [],
      earliest_date: iso(start - 2880),
      latest_date: iso(start + 2880),
    };
    const { exdates: _, ...present } = participant;
    span = { start: Infinity, end: -Infinity };
    for (let minute = start - 1500; minute < start + 1500; minute++) {
      const wall = wallAt(zone, minute);
      if (wall.date !== date || !isOpen(unbounded, present, minute)) continue;
      span.start = Math.min(span.start, wall.minute_of_day);
      span.end = Math.max(span.end, wall.minute_of_day + 1);
    }
    known.set(key, span);
  }
  return span;
}

export function usualHours(participant: Participant, asked: SchedulingRequest, at: number) {
  const day = daySpan(participant, asked, at);
  return day.end - day.start <= 540 ? day : { start: 540, end: 1020 };
}

export function convenientHours(participant: Participant, asked: SchedulingRequest, at: number) {
  const { start, end } = wishedTimes(participant, asked);
  const usual = usualHours(participant, asked, at);
  const hours = {
    start: start === undefined ? usual.start : start * 60,
    end: end === undefined ? usual.end : end * 60,
  };
  if (hours.start < hours.end) return hours;
  return start === undefined ? { ...hours, start: 0 } : { ...hours, end: Infinity };
}

export function isComfortable(participant: Participant, asked: SchedulingRequest, start: number) {
  const { constraints } = asked;
  const { minute_of_day } = wallAt(participant.timezone ?? constraints.timezone, start);
  const hours = convenientHours(participant, asked, start);
  return minute_of_day >= hours.start && minute_of_day + constraints.duration_minutes <= hours.end;
}

/** Minutes of a meeting by the local clock of its start that lie in a span of the day. */
export function minutesIn(
  participant: Participant,
  { constraints }: SchedulingRequest,
  start: number,
  [from, to]: [number, number],
) {
  const { minute_of_day } = wallAt(participant.timezone ?? constraints.timezone, start);
  const end = minute_of_day + constraints.duration_minutes;
  return Math.max(0, Math.min(to, end) - Math.max(from, minute_of_day));
}

export function lunchOf(
  participant: Participant,
  { constraints }: SchedulingRequest,
): [number, number] | null {
  const { lunch = constraints.lunch } = participant;
  if (lunch === null) return null;
  const minute = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return lunch === undefined ? [720, 780] : [minute(lunch.start), minute(lunch.end)];
}
