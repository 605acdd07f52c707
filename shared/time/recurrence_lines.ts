import { parseDate } from "./instants.ts";
import { DAY_MS, instantOf, momentOn, seriesWallOf, timeOfDay } from "./wall_time.ts";
import type { EventMoment, WallTime, ZonedWallTime } from "./wall_time.ts";

/** A recurrence that cannot be read or changed as asked; the message says what to do instead. */
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

/** A DATE or DATE-TIME of RFC 5545; `wall` is what it shows, `is_utc` whether it ends in Z. */
export interface Stamp {
  wall: WallTime;
  is_date: boolean;
  is_utc: boolean;
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

/** Reads "20301231", "20301231T090000" or "20301231T090000Z"; undefined for anything else, or a day that does not exist. */
export function parseStamp(text: string): Stamp | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)(Z?))?$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, month_day, hour, minute, second, utc] = match;
  const day = parseDate(`${year}-${month}-${month_day}`);
  if (Number.isNaN(day)) return undefined;
  const seconds = Number(hour ?? 0) * 3600 + Number(minute ?? 0) * 60 + Number(second ?? 0);
  return {
    wall: day * DAY_MS + seconds * 1000,
    is_date: hour === undefined,
    is_utc: utc === "Z",
  };
}

/** The wall times, in the zone of the series, that an RDATE or EXDATE line names. */
export function datesOf(line: RecurrenceLine, series: ZonedWallTime): WallTime[] {
  const tzid = /;TZID=([^;]+)/i.exec(line.parameters)?.[1];
  return line.value.split(",").map((text) => readWall(text.trim(), series, tzid));
}

/** An RDATE or EXDATE line in the zone of the series; null for no dates at all. */
export function dateLine(
  name: LineName,
  walls: readonly WallTime[],
  { zone }: Pick<ZonedWallTime, "zone">,
): string | null {
  if (walls.length === 0) return null;
  if (zone === null) {
    return `${name};VALUE=DATE:${walls.map((wall) => formatStamp(wall).slice(0, 8)).join(",")}`;
  }
  return zone === "UTC"
    ? `${name}:${walls.map((wall) => `${formatStamp(wall)}Z`).join(",")}`
    : `${name};TZID=${zone}:${walls.map(formatStamp).join(",")}`;
}

/** An UNTIL (inclusive); a date in a timed series means all of that day. */
export function readUntil(until: string, { zone }: Pick<ZonedWallTime, "zone">): EventMoment {
  const { wall, is_date, is_utc } = stampOf(until);
  if (zone === null) return { instant: wall - timeOfDay(wall), zone };
  if (is_utc) return { instant: wall, zone };
  return momentOn({ wall: is_date ? wall + DAY_MS - 1000 : wall, zone });
}

/** An UNTIL as RFC 5545 wants it: a date for whole days, else UTC. */
export function untilOf({ instant, zone }: EventMoment): string {
  return zone === null ? formatStamp(instant).slice(0, 8) : `${formatStamp(instant)}Z`;
}

function readWall(text: string, series: ZonedWallTime, tzid?: string): WallTime {
  const { wall, is_date, is_utc } = stampOf(text);
  if (series.zone === null) return wall - timeOfDay(wall);
  // A date among instants means the occurrence of that day.
  if (is_date) return wall + timeOfDay(series.wall);
  if (is_utc) return seriesWallOf(wall, series);
  return tzid === undefined || tzid === series.zone
    ? wall
    : seriesWallOf(instantOf(wall, tzid), series);
}

function stampOf(text: string): Stamp {
  const stamp = parseStamp(text);
  if (stamp === undefined) {
    throw new RecurrenceError(`Expected a date of the series instead of "${text}"`);
  }
  return stamp;
}

function formatStamp(wall: WallTime): string {
  return new Date(wall).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
}
