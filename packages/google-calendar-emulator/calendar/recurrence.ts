import { GoogleError } from "../contract/google_error.ts";
import { dateToMs, type EventTime, parseInstant } from "./event_time.ts";
import { readRule } from "./recurrence_rule.ts";
import { type RuleInstants, ruleInstants } from "./rule_instants.ts";
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
  const rules: RuleInstants[] = [];
  const excluding_rules: RuleInstants[] = [];
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
      for (const ms of rule.between(from_ms, to_ms)) found.add(ms);
    }
    for (const ms of added) if (ms >= from_ms && ms < to_ms) found.add(ms);
    for (const ms of excluded) found.delete(ms);
    for (const rule of excluding_rules) {
      for (const ms of rule.between(from_ms, to_ms)) found.delete(ms);
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

function makeRule(value: string, start: EventTime, start_ms: number, zone: string): RuleInstants {
  const rule = readRule(value);
  if (rule === null) throw invalidRule();
  const until = rule.get("UNTIL");
  rule.delete("UNTIL");
  const text = [...rule].map(([name, part]) => `${name}=${part}`).join(";");
  const until_ms = until === undefined ? null : untilToMs(until, start, zone);
  try {
    return ruleInstants({ text, start_ms, zone, until_ms });
  } catch {
    throw invalidRule();
  }
}

/** UNTIL as an instant: inclusive, and a bare date means all of that day in the series' zone. */
function untilToMs(until: string, start: EventTime, zone: string): number {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(until);
  if (match === null) throw invalidRule();
  const [, year, month, day, hour, minute, second, utc] = match;
  const date = `${year}-${month}-${day}`;
  try {
    if (start.kind === "date") return dateToMs(date, "UTC");
    if (hour === undefined) return wallTimeToInstant(`${date}T23:59:59`, zone);
    return wallTimeToInstant(`${date}T${hour}:${minute}:${second}`, utc === "Z" ? "UTC" : zone);
  } catch {
    throw invalidRule();
  }
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
        const shown = formatInstant(start.ms, zone);
        return shown.startsWith(date)
          ? start.ms
          : wallTimeToInstant(`${date}T${shown.slice(11, 19)}`, zone);
      }
      const wall = `${date}T${hour}:${minute}:${second}`;
      if (utc === "Z") return wallTimeToInstant(wall, "UTC");
      // The start can be the second of two equal times, and is meant by its wall time.
      const is_start = tzid === zone && start.kind === "instant" &&
        formatInstant(start.ms, zone).startsWith(wall);
      return is_start ? start.ms : wallTimeToInstant(wall, tzid);
    } catch {
      throw invalidRule();
    }
  });
}

function invalidRule(): GoogleError {
  return new GoogleError("invalid", { message: "Invalid recurrence rule." });
}
