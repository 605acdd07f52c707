import { RRuleTemporal } from "rrule-temporal";
import { GoogleError } from "../contract/google_error.ts";
import { dateToMs, type EventTime, instanceStamp, parseInstant } from "./event_time.ts";
import { readRule } from "./recurrence_rule.ts";
import { formatInstant, isZone, wallTimeToInstant } from "./zones.ts";

/** The occurrences of a series: union of RRULE and RDATE, minus EXRULE and EXDATE; the start
 * itself always counts. */
export interface RecurrenceSet {
  /** Original starts with from <= start < to, ascending; whole days are compared in the
   * calendar's zone. */
  between(from_ms: number, to_ms: number, calendar_zone: string): EventTime[];
  /** True when the series has an occurrence with this original start. */
  has(start: EventTime): boolean;
  /** True when some rule has neither COUNT nor UNTIL. */
  readonly endless: boolean;
}

const day_ms = 86_400_000;

/** Reads Google's recurrence lines for an event that starts at `start`; 400 "Invalid recurrence
 * rule." otherwise. Whole-day series are computed on UTC midnights, so that no zone can move a
 * date. */
export function parseRecurrence(lines: readonly string[], start: EventTime): RecurrenceSet {
  const zone = start.kind === "date" ? "UTC" : start.zone;
  const start_ms = start.kind === "date" ? dateToMs(start.date, "UTC") : start.ms;
  const rules: RRuleTemporal[] = [];
  const excluding_rules: RRuleTemporal[] = [];
  const added = new Set<number>();
  const excluded = new Set<number>();
  let endless = false;
  for (const line of lines) {
    const match = /^(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:]*)?):(.+)$/i.exec(line.trim());
    if (match === null) throw invalidRule();
    const [, name = "", parameters = "", value = ""] = match;
    switch (name.toUpperCase()) {
      case "RRULE":
        rules.push(makeRule(value, start, start_ms, zone));
        endless ||= !/(^|;)(COUNT|UNTIL)=/i.test(value);
        break;
      case "EXRULE":
        excluding_rules.push(makeRule(value, start, start_ms, zone));
        break;
      default: {
        const into = name.toUpperCase() === "RDATE" ? added : excluded;
        for (const ms of readDates(value, parameters, start, zone)) into.add(ms);
      }
    }
  }
  if (rules.length === 0 && added.size === 0) throw invalidRule();
  added.add(start_ms);

  const starts = (from_ms: number, to_ms: number): number[] => {
    const found = new Set<number>();
    for (const rule of rules) {
      for (const ms of ruleBetween(rule, from_ms, to_ms)) found.add(ms);
    }
    for (const ms of added) if (ms >= from_ms && ms < to_ms) found.add(ms);
    for (const ms of excluded) found.delete(ms);
    for (const rule of excluding_rules) {
      for (const ms of ruleBetween(rule, from_ms, to_ms)) found.delete(ms);
    }
    return [...found].sort((a, b) => a - b);
  };
  const toTime = (ms: number): EventTime =>
    start.kind === "date"
      ? { kind: "date", date: new Date(ms).toISOString().slice(0, 10) }
      : { kind: "instant", ms, zone };

  return {
    endless,
    between(from_ms, to_ms, calendar_zone) {
      if (start.kind === "instant") return starts(from_ms, to_ms).map(toTime);
      // Local midnights lie within a day of the UTC midnights that the rule is computed on.
      return starts(from_ms - day_ms, to_ms + day_ms).map(toTime).filter((time) => {
        const ms = time.kind === "date" ? dateToMs(time.date, calendar_zone) : time.ms;
        return ms >= from_ms && ms < to_ms;
      });
    },
    has(time) {
      if (time.kind !== start.kind) return false;
      const ms = time.kind === "date" ? dateToMs(time.date, "UTC") : time.ms;
      return starts(ms, ms + 1).includes(ms);
    },
  };
}

function ruleBetween(rule: RRuleTemporal, from_ms: number, to_ms: number): number[] {
  return rule.between(new Date(from_ms), new Date(to_ms), true)
    .map((at) => at.epochMilliseconds)
    .filter((ms) => ms >= from_ms && ms < to_ms);
}

function makeRule(value: string, start: EventTime, start_ms: number, zone: string): RRuleTemporal {
  const rule = readRule(value);
  if (rule === null) throw invalidRule();
  const until = rule.get("UNTIL");
  if (until !== undefined) rule.set("UNTIL", normaliseUntil(until, start, zone));
  const text = [...rule].map(([name, part]) => `${name}=${part}`).join(";");
  const local_start = formatInstant(start_ms, zone).slice(0, 19).replaceAll(/[-:]/g, "");
  const dtstart = zone === "UTC"
    ? `DTSTART:${local_start}Z`
    : `DTSTART;TZID=${zone}:${local_start}`;
  try {
    return new RRuleTemporal({ rruleString: `${dtstart}\nRRULE:${text}` });
  } catch {
    throw invalidRule();
  }
}

/** UNTIL as a UTC instant: inclusive, and a bare date means all of that day in the series' zone. */
function normaliseUntil(until: string, start: EventTime, zone: string): string {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(until);
  if (match === null) throw invalidRule();
  const [, year, month, day, hour, minute, second, utc] = match;
  const date = `${year}-${month}-${day}`;
  let ms: number;
  try {
    if (start.kind === "date") ms = dateToMs(date, "UTC");
    else if (hour === undefined) ms = wallTimeToInstant(`${date}T23:59:59`, zone);
    else ms = wallTimeToInstant(`${date}T${hour}:${minute}:${second}`, utc === "Z" ? "UTC" : zone);
  } catch {
    throw invalidRule();
  }
  return instanceStamp({ kind: "instant", ms, zone: "UTC" });
}

/** The instants of an RDATE or EXDATE list; dates of a timed series mean the occurrence of that
 * day. */
function readDates(value: string, parameters: string, start: EventTime, zone: string): number[] {
  const tzid = /;TZID=([^;]+)/i.exec(parameters)?.[1] ?? zone;
  if (!isZone(tzid)) throw invalidRule();
  return value.split(",").map((item) => {
    const match = /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2})(Z?))?$/.exec(
      item.trim(),
    );
    if (match === null) {
      const instant = parseInstant(item.trim());
      if (instant === null) throw invalidRule();
      return instant;
    }
    const [, year, month, day, hour, minute, second, utc] = match;
    const date = `${year}-${month}-${day}`;
    try {
      if (start.kind === "date") return dateToMs(date, "UTC");
      if (hour === undefined) {
        const time_of_day = formatInstant(start.ms, zone).slice(11, 19);
        return wallTimeToInstant(`${date}T${time_of_day}`, zone);
      }
      return wallTimeToInstant(`${date}T${hour}:${minute}:${second}`, utc === "Z" ? "UTC" : tzid);
    } catch {
      throw invalidRule();
    }
  });
}

function invalidRule(): GoogleError {
  return new GoogleError("invalid", { message: "Invalid recurrence rule." });
}
