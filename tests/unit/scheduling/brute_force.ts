import type {
  Constraints,
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";

/** What a wall clock shows. */
export interface Wall {
  date: string;
  weekday: string;
  minute_of_day: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
const walls = new Map<string, Map<number, Wall>>();

/** The wall clock of a zone at a minute since 1970, field by field from Intl. */
export function wallAt(zone: string, minute: number): Wall {
  let known = walls.get(zone);
  if (known === undefined) walls.set(zone, known = new Map());
  let wall = known.get(minute);
  if (wall === undefined) known.set(minute, wall = askIntl(zone, minute));
  return wall;
}

/**
 * All free starts of a request, found without any cleverness: every minute of the window is asked about, for every
 * person and every minute of the meeting, with the wall clock taken from Intl each time.
 */
export function bruteForceStarts({ constraints, participants, now }: SchedulingRequest): number[] {
  const { duration_minutes, interval_minutes, timezone } = constraints;
  const window = bruteForceWindow(constraints);
  const earliest = now.getTime() / 60_000 + constraints.minimum_notice_minutes;
  const starts: number[] = [];
  for (let start = window.from; start + duration_minutes <= window.to; start++) {
    if (start < earliest) continue;
    if (wallAt(timezone, start).minute_of_day % interval_minutes !== 0) continue;
    if (isPossible(constraints, participants, start)) starts.push(start);
  }
  return starts;
}

const windows = new WeakMap<Constraints, { from: number; to: number }>();

/** The first and the last minute (exclusive) of the window. */
export function bruteForceWindow(constraints: Constraints): { from: number; to: number } {
  let window = windows.get(constraints);
  if (window === undefined) windows.set(constraints, window = findWindow(constraints));
  return window;
}

function findWindow(constraints: Constraints): { from: number; to: number } {
  const { earliest_date, latest_date, timezone } = constraints;
  if (earliest_date.length > 10) {
    return {
      from: Math.ceil(Date.parse(earliest_date) / 60_000),
      to: Math.floor(Date.parse(latest_date) / 60_000),
    };
  }
  let from = Date.parse(`${earliest_date}T00:00:00Z`) / 60_000 - 1440;
  while (wallAt(timezone, from).date < earliest_date) from++;
  let to = from;
  while (wallAt(timezone, to).date <= latest_date) to++;
  return { from, to };
}

/** Whether a person is open, by their own clock, during a whole meeting. */
export function isOpen(constraints: Constraints, person: Participant, start: number): boolean {
  const window = bruteForceWindow(constraints);
  const own = person.open_hours ?? [];
  const timezone = person.timezone ?? constraints.timezone;
  const isAway = (date: string) => person.exdates?.includes(date) === true;
  if (own.length === 0 && person.type === "resource") {
    return everyMinute(constraints, start, (minute) => !isAway(wallAt(timezone, minute).date));
  }
  const rules = own.length === 0 ? [defaultRule(constraints, timezone)] : own.map((open) => ({
    timezone: open.timezone ?? timezone,
    days: open.days,
    from: minuteOfDay(open.start),
    to: minuteOfDay(open.end),
  }));
  return everyMinute(
    constraints,
    start,
    (minute) =>
      minute >= window.from && minute < window.to && rules.some((rule) => {
        const wall = wallAt(rule.timezone, minute);
        const own = wallAt(timezone, minute);
        return rule.days.includes(WEEKDAYS.find((day) => day === wall.weekday)!) &&
          constraints.allowed_days.includes(WEEKDAYS.find((day) => day === own.weekday)!) &&
          !constraints.holiday_dates.includes(own.date) && !isAway(own.date) &&
          wall.minute_of_day >= rule.from && wall.minute_of_day < rule.to;
      }),
  );
}

/** Whether a person's busy time, widened by their buffers, touches a meeting. */
export function isBusy(constraints: Constraints, person: Participant, start: number): boolean {
  if (person.busy === "unknown") return false;
  const before = person.buffer?.before ?? constraints.buffer_minutes;
  const after = person.buffer?.after ?? constraints.buffer_minutes;
  const taken = person.busy
    .filter(({ tentative }) => tentative !== true || constraints.tentative_as_busy)
    .filter((busy) => Date.parse(busy.start) !== Date.parse(busy.end))
    .map((busy) =>
      [
        Math.floor(Date.parse(busy.start) / 60_000) - after,
        Math.ceil(Date.parse(busy.end) / 60_000) + before,
      ] as const
    );
  return !everyMinute(
    constraints,
    start,
    (minute) => taken.every(([from, to]) => minute < from || minute >= to),
  );
}

function isPossible(
  constraints: Constraints,
  participants: readonly Participant[],
  start: number,
): boolean {
  for (const person of participants) {
    if (person.type === "optional") continue;
    if (!isOpen(constraints, person, start) || isBusy(constraints, person, start)) return false;
  }
  const { on_unknown, minimum_attendee_percentage } = constraints;
  const counted = participants.filter((person) => {
    if (person.type === "resource") return false;
    if (person.busy !== "unknown" || on_unknown === "refuse") return true;
    return on_unknown === "ignore_optional" && person.type === "required";
  });
  if (counted.length === 0) return true;
  const coming =
    counted.filter((person) =>
      person.busy !== "unknown" && isOpen(constraints, person, start) &&
      !isBusy(constraints, person, start)
    ).length;
  return coming > 0 && 100 * coming >= minimum_attendee_percentage * counted.length;
}

function everyMinute(
  { duration_minutes }: Constraints,
  start: number,
  holds: (minute: number) => boolean,
): boolean {
  for (let minute = start; minute < start + duration_minutes; minute++) {
    if (!holds(minute)) return false;
  }
  return true;
}

function defaultRule(constraints: Constraints, timezone: string) {
  return {
    timezone,
    days: constraints.allowed_days,
    from: constraints.working_hours_start * 60,
    to: constraints.working_hours_end * 60,
  };
}

function minuteOfDay(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

function askIntl(zone: string, minute: number): Wall {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      weekday: "long",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
    formatters.set(zone, formatter);
  }
  const parts = new Map(
    formatter.formatToParts(minute * 60_000).map(({ type, value }) => [type, value]),
  );
  return {
    date: `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`,
    weekday: parts.get("weekday")!.toLowerCase(),
    minute_of_day: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
  };
}
