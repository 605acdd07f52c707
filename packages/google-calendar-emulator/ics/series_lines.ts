import { end_of_time_ms } from "../calendar/occurrences.ts";
import type { EventTime } from "../calendar/event_time.ts";
import { parseRecurrence, type RecurrenceSet } from "../calendar/recurrence.ts";
import { readRule } from "../calendar/recurrence_rule.ts";
import { ianaZone, type IcsZone } from "./file_zones.ts";
import { type IcsTime, utc_zone } from "./ics_time.ts";
import { occurrencesMeant, type RecurrenceLines } from "./recurrence_lines.ts";

/** A series as Google takes it. */
export interface SeriesLines {
  start: IcsTime;
  /** Recurrence lines with IANA zones only. */
  lines: string[];
  set: RecurrenceSet;
}

const day_ms = 86_400_000;

/** Series without an end that no rule of Google's describes are listed day by day for so long. */
const listed_ms = 10 * 366 * day_ms;

/** The series that a recurrence makes of a start; null when the event does not recur. Throws when
 * Google would refuse the rule. */
export function seriesOf(
  start: IcsTime,
  recurrence: RecurrenceLines,
  calendar_zone: IcsZone,
  now_ms: number,
): SeriesLines | null {
  const { rules, added } = recurrence;
  if (!rules.some((rule) => rule.startsWith("RRULE")) && added.length === 0) return null;
  if (start.kind === "instant" && start.zone.iana === null) {
    return listedByWallTime(start, recurrence, calendar_zone, now_ms);
  }
  const meant = (time: IcsTime) => occurrencesMeant(time, start, calendar_zone);
  const with_added = [
    ...rules,
    ...dateLines("RDATE", added.flatMap(({ time }) => meant(time).slice(0, 1)), start),
  ];
  const all = parsed(with_added, start);
  const excluded = recurrence.excluded.map((time) => {
    const [first, ...others] = meant(time);
    return [first, ...others].find((one) => one !== undefined && all.has(eventTime(one))) ?? first;
  }).filter((time) => time !== undefined);
  if (excluded.length === 0) return { start, lines: with_added, set: all };
  const lines = [...with_added, ...dateLines("EXDATE", excluded, start)];
  return { start, lines, set: parsed(lines, start) };
}

/** A series of the given starts; the first one is the event's own. */
export function listedSeries(
  starts: readonly IcsTime[],
  calendar_zone: IcsZone,
): SeriesLines | null {
  const [first, ...others] = starts;
  if (first === undefined) return null;
  const start = first.kind === "instant" && first.zone.iana === null
    ? { ...first, zone: calendar_zone }
    : first;
  // A series of one occurrence still has ids of occurrences, which changed ones refer to.
  const lines = dateLines("RDATE", others.length === 0 ? [first] : others, start);
  return { start, lines, set: parsed(lines, start) };
}

/** The starts of a series in a range; without end only for some years from now. */
export function startsOf(
  { set, start }: SeriesLines,
  from_ms: number,
  to_ms: number,
  now_ms: number,
): IcsTime[] {
  const end_ms = set.endless ? Math.max(now_ms, from_ms) + listed_ms : end_of_time_ms;
  return set.between(from_ms, Math.min(to_ms, end_ms), "UTC")
    .map((time) =>
      time.kind === "date" || start.kind === "date" ? asDate(time) : { ...start, ms: time.ms }
    );
}

/** What the rest of the emulator calls the same time. */
export function eventTime(time: IcsTime): EventTime {
  return time.kind === "date"
    ? time
    : { kind: "instant", ms: time.ms, zone: time.zone.iana ?? "UTC" };
}

function asDate(time: EventTime): IcsTime {
  if (time.kind === "date") return time;
  throw new Error("A whole-day series has an occurrence with a time");
}

function parsed(lines: readonly string[], start: IcsTime): RecurrenceSet {
  for (const line of lines) {
    const [, rule] = /^(?:RRULE|EXRULE):(.*)$/.exec(line) ?? [];
    if (rule !== undefined && readRule(rule) === null) {
      throw new Error(`Google takes no such rule: ${rule}`);
    }
  }
  const set = parseRecurrence(lines, eventTime(start));
  try {
    // Rules with a COUNT are computed from their beginning, and only so far.
    set.between(end_of_time_ms - 2 * day_ms, end_of_time_ms, "UTC");
  } catch {
    throw new Error("The rule has too many occurrences");
  }
  return set;
}

/** The rule runs on wall times, which the definition of the zone places one by one. */
function listedByWallTime(
  start: IcsTime & { kind: "instant" },
  { rules, added, excluded }: RecurrenceLines,
  calendar_zone: IcsZone,
  now_ms: number,
): SeriesLines | null {
  const { zone } = start;
  const wallOf = (ms: number) => Date.parse(`${zone.toWall(ms)}Z`);
  const instantOf = (wall_ms: number) =>
    zone.toInstant(new Date(wall_ms).toISOString().slice(0, 19));
  const wall_start: IcsTime = { ...start, ms: wallOf(start.ms), zone: utc_zone };
  const wall_rules = rules.map((rule) =>
    rule.replace(
      /UNTIL=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/i,
      (_until, ...groups: string[]) => {
        const [year, month, day, hour, minute, second] = groups;
        const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
        return `UNTIL=${new Date(wallOf(ms)).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
      },
    )
  );
  const walls = (times: readonly IcsTime[]) =>
    times.flatMap((time) => occurrencesMeant(time, start, calendar_zone).slice(0, 1))
      .map((time) => ({ ...wall_start, ms: time.kind === "instant" ? wallOf(time.ms) : NaN }));
  const lines = [
    ...wall_rules,
    ...dateLines("RDATE", walls(added.map(({ time }) => time)), wall_start),
    ...dateLines("EXDATE", walls(excluded), wall_start),
  ];
  const wall_series = { start: wall_start, lines, set: parsed(lines, wall_start) };
  const starts = startsOf(wall_series, wall_start.ms, end_of_time_ms, now_ms)
    .map((time) => ({ ...start, ms: time.kind === "instant" ? instantOf(time.ms) : NaN }));
  return listedSeries(starts, calendar_zone);
}

/** RDATE or EXDATE lines in the zone of the start, as Google writes them; in UTC where the wall
 * time alone would mean another instant. */
function dateLines(name: "RDATE" | "EXDATE", times: readonly IcsTime[], start: IcsTime): string[] {
  if (start.kind === "date") {
    const dates = times.flatMap((time) =>
      time.kind === "date" ? [time.date.replaceAll("-", "")] : []
    );
    return dates.length === 0 ? [] : [`${name};VALUE=DATE:${dates.join(",")}`];
  }
  const zone = start.zone.iana === null ? utc_zone : ianaZone(start.zone.iana);
  const in_zone: string[] = [];
  const in_utc: string[] = [];
  for (const time of times) {
    if (time.kind === "date") continue;
    const wall = zone.toWall(time.ms);
    if (zone.iana !== "UTC" && zone.toInstant(wall) === time.ms) in_zone.push(wall);
    else in_utc.push(`${utc_zone.toWall(time.ms)}Z`);
  }
  const joined = (values: readonly string[]) => values.join(",").replaceAll(/[-:]/g, "");
  return [
    ...(in_zone.length === 0 ? [] : [`${name};TZID=${zone.iana}:${joined(in_zone)}`]),
    ...(in_utc.length === 0 ? [] : [`${name}:${joined(in_utc)}`]),
  ];
}
