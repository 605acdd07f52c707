import type ICAL from "ical.js";
import { RRuleTemporal } from "rrule-temporal";
import { readRule } from "../calendar/recurrence_rule.ts";
import { readComponent, textOf, valuesOf } from "./read_component.ts";
import type { IcsNode } from "./split_ics.ts";

interface Onset {
  ms: number;
  offset_before_ms: number;
  offset_ms: number;
}

/** A zone as a VTIMEZONE defines it. */
export interface ZoneRules {
  offsetAt(instant_ms: number): number;
  /** Milliseconds since 1970 of a wall time; `wall_ms` is the wall time as if it were UTC. Skipped
   * times move forward, repeated ones are the first (RFC 5545, 3.3.5). */
  toInstant(wall_ms: number): number;
  /** The last year about which the definition says something. */
  last_year: number;
}

// Outlook's definitions begin in 1601.
const FIRST_YEAR = 1970;
const LAST_YEAR = 2100;
const MOST_ONSETS = 2000;

/** Reads a VTIMEZONE; null when it defines nothing usable. ical.js has a Timezone too, but it
 * answers offset 0 before the first onset and for dates beyond the years that it has expanded. */
export function readZoneRules(node: IcsNode): ZoneRules | null {
  const observances = node.children.filter(({ kind }) =>
    kind === "STANDARD" || kind === "DAYLIGHT"
  );
  try {
    const read = observances.map((observance) =>
      readObservance(readComponent(observance).component)
    );
    const onsets = read.flatMap(({ onsets }) => onsets).sort((a, b) => a.ms - b.ms);
    const endless = read.length === 1 || read.some(({ endless }) => endless);
    const last = onsets.at(-1);
    if (last === undefined) return null;
    return rulesOf(onsets, endless ? LAST_YEAR : new Date(last.ms).getUTCFullYear());
  } catch {
    return null;
  }
}

/** A zone that is always the same distance from UTC. */
export function fixedRules(offset_ms: number): ZoneRules {
  return rulesOf([{ ms: 0, offset_before_ms: offset_ms, offset_ms }], LAST_YEAR);
}

function rulesOf(onsets: readonly Onset[], last_year: number): ZoneRules {
  const offsets = [...new Set(onsets.flatMap((one) => [one.offset_before_ms, one.offset_ms]))];
  const offsetAt = (ms: number) => {
    let [low, high] = [0, onsets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((onsets[middle]?.ms ?? Infinity) <= ms) low = middle + 1;
      else high = middle;
    }
    return onsets[low - 1]?.offset_ms ?? onsets[0]?.offset_before_ms ?? 0;
  };
  return {
    last_year,
    offsetAt,
    toInstant(wall_ms) {
      const instants = offsets.map((offset) => wall_ms - offset)
        .filter((ms) => offsetAt(ms) === wall_ms - ms);
      if (instants.length > 0) return Math.min(...instants);
      const gap = onsets.find((one) =>
        wall_ms - one.offset_before_ms >= one.ms && wall_ms - one.offset_ms < one.ms
      );
      return wall_ms - (gap?.offset_before_ms ?? offsetAt(wall_ms));
    },
  };
}

function readObservance(component: ICAL.Component): { onsets: Onset[]; endless: boolean } {
  const offset_before_ms = offsetOf(textOf(component, "tzoffsetfrom"));
  const offset_ms = offsetOf(textOf(component, "tzoffsetto"));
  const first = wallMs(textOf(component, "dtstart"));
  const walls = new Set([first]);
  for (const property of component.getAllProperties("rdate")) {
    for (const value of valuesOf(property)) {
      walls.add(wallMs(Array.isArray(value) ? value[0] : value));
    }
  }
  let endless = false;
  for (const property of component.getAllProperties("rrule")) {
    const rule = String(property.getFirstValue());
    endless ||= !/(^|;)(COUNT|UNTIL)=/.test(rule);
    for (const wall of yearly(rule, first, offset_before_ms)) walls.add(wall);
  }
  const onsets = [...walls].map((wall) => ({
    ms: wall - offset_before_ms,
    offset_before_ms,
    offset_ms,
  }));
  return { onsets, endless };
}

/** The wall times of a rule. Clock changes are yearly; anything else is not a zone. */
function yearly(rule: string, first_ms: number, offset_before_ms: number): number[] {
  const parts = readRule(rule);
  if (parts?.get("FREQ") !== "YEARLY") throw new Error(`Not a rule of a time zone: ${rule}`);
  const until = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(parts.get("UNTIL") ?? "");
  if (until !== null) {
    const [, year, month, day, hour, minute, second, utc] = until;
    const ms = Date.parse(
      `${year}-${month}-${day}T${hour ?? "23"}:${minute ?? "59"}:${second ?? "59"}Z`,
    );
    parts.set("UNTIL", stampOf(utc === "Z" ? ms + offset_before_ms : ms));
  }
  const text = [...parts].map(([name, value]) => `${name}=${value}`).join(";");
  const dates = new RRuleTemporal({ rruleString: `DTSTART:${stampOf(first_ms)}\nRRULE:${text}` });
  const from_ms = Math.max(first_ms, Date.UTC(FIRST_YEAR, 0, 1));
  return dates.between(new Date(from_ms), new Date(Date.UTC(LAST_YEAR, 0, 1)), true)
    .slice(0, MOST_ONSETS)
    .map((at) => at.epochMilliseconds);
}

function stampOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "") + "Z";
}

/** A wall time as if it were UTC. */
function wallMs(text: string | undefined): number {
  const ms = Date.parse(`${text?.replace(/Z$/, "")}Z`);
  if (Number.isNaN(ms)) throw new Error(`Not a time of a clock change: ${text}`);
  return ms;
}

function offsetOf(text: string | undefined): number {
  const [, sign, hours, minutes, seconds] = /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text ?? "") ??
    [];
  if (sign === undefined) throw new Error(`Not an offset: ${text}`);
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0)) * 1000;
  return sign === "-" ? -ms : ms;
}

/** The TZID that a VTIMEZONE defines, as events name it. */
export function tzidOf(node: IcsNode): string | undefined {
  return textOf(readComponent(node).component, "tzid");
}

/** libical's note of the IANA zone that a VTIMEZONE was made of. */
export function locationOf(node: IcsNode): string | undefined {
  return textOf(readComponent(node).component, "x-lic-location");
}
