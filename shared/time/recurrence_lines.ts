import { DAY_MS, instantOf, wallOf, wallOfDay } from "./wall_time.ts";
import type { EventMoment, WallTime } from "./wall_time.ts";

/** A series that cannot be changed as asked; the message says what to do instead. */
export class RecurrenceError extends Error {
  override readonly name = "RecurrenceError";
}

export type LineName = "RRULE" | "EXRULE" | "RDATE" | "EXDATE";

/** One line of an event's recurrence (RFC 5545), as Google gives it: no DTSTART. */
export interface RecurrenceLine {
  name: LineName;
  /** With its semicolon, e.g. ";TZID=Europe/Paris"; empty where there is none. */
  parameters: string;
  value: string;
}

/** Throws RecurrenceError for a line that is none of the four. */
export function parseLines(lines: readonly string[]): RecurrenceLine[] {
  return lines.map((line) => {
    const match = /^(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:]*)?):(.+)$/i.exec(line.trim());
    if (match === null) {
      throw new RecurrenceError(`Expected RRULE:, EXRULE:, RDATE: or EXDATE: instead of "${line}"`);
    }
    const [, name = "", parameters = "", value = ""] = match;
    return { name: name.toUpperCase() as LineName, parameters, value };
  });
}

/** The parts of a rule in their order. */
export function ruleParts(value: string): Map<string, string> {
  return new Map(
    value.toUpperCase().split(";").filter((part) => part !== "").map((part) => {
      const [name = "", text = ""] = part.split("=", 2);
      return [name, text];
    }),
  );
}

export function ruleLine(name: LineName, parts: ReadonlyMap<string, string>): string {
  return `${name}:${[...parts].map(([part, text]) => `${part}=${text}`).join(";")}`;
}

/** The wall times, in the zone of the series, that an RDATE or EXDATE line names. */
export function datesOf(line: RecurrenceLine, series: EventMoment): WallTime[] {
  const tzid = /;TZID=([^;]+)/i.exec(line.parameters)?.[1];
  return line.value.split(",").map((stamp) => readStamp(stamp.trim(), series, tzid));
}

/** An RDATE or EXDATE line in the zone of the series; null for no dates at all. */
export function dateLine(
  name: LineName,
  walls: readonly WallTime[],
  { zone }: EventMoment,
): string | null {
  if (walls.length === 0) return null;
  if (zone === null) {
    return `${name};VALUE=DATE:${walls.map((wall) => stamp(wall).slice(0, 8)).join(",")}`;
  }
  return zone === "UTC"
    ? `${name}:${walls.map((wall) => `${stamp(wall)}Z`).join(",")}`
    : `${name};TZID=${zone}:${walls.map(stamp).join(",")}`;
}

/** An UNTIL (inclusive) as a wall time; a date in a timed series means all of that day. */
export function readUntil(until: string, series: EventMoment): WallTime {
  if (/^\d{8}$/.test(until) && series.zone !== null) {
    return readStamp(until, { ...series, zone: null }) + DAY_MS - 1000;
  }
  return readStamp(until, series);
}

/** An UNTIL as RFC 5545 wants it: a date for whole days, else UTC. */
export function untilOf({ wall, zone }: EventMoment): string {
  return zone === null ? stamp(wall).slice(0, 8) : `${stamp(instantOf(wall, zone))}Z`;
}

function readStamp(text: string, series: EventMoment, tzid?: string): WallTime {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(text);
  if (match === null) {
    throw new RecurrenceError(`Expected a date of the series instead of "${text}"`);
  }
  const [, year, month, day, hour, minute, second, utc] = match;
  const midnight = wallOfDay(`${year}-${month}-${day}`);
  if (series.zone === null) return midnight;
  // A date among instants means the occurrence of that day.
  if (hour === undefined) return midnight + timeOfDay(series.wall);
  const wall = midnight + (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000;
  if (utc === "Z") return wallOf(wall, series.zone);
  return tzid === undefined || tzid === series.zone
    ? wall
    : wallOf(instantOf(wall, tzid), series.zone);
}

/** Milliseconds since the wall's midnight. */
export function timeOfDay(wall: WallTime): number {
  return ((wall % DAY_MS) + DAY_MS) % DAY_MS;
}

function stamp(wall: WallTime): string {
  return new Date(wall).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
}
