import ICAL from "ical.js";
// @ts-types="npm:@types/luxon@3.7.2"
import { DateTime } from "luxon";
import rrule from "rrule";
import { eventsOf, readTeamCalendar, teamNames } from "../support/team_calendars.ts";

const DAY_MS = 86_400_000;

/** Time taken, in milliseconds since 1970; `end` is exclusive. */
export interface Taken {
  start: number;
  end: number;
}

/** An event as written: wall times as if they were UTC, and the zone they are in. */
interface Written {
  start: number;
  end: number;
  zone: string;
  exdates: number[];
  vevent: ICAL.Component;
}

/** A team's calendar, its file's name without ".ics", and the zone that its events are written in most. */
export interface TeamCalendar {
  name: string;
  zone: string;
  events: readonly Written[];
}

export function readTeamCalendars(): TeamCalendar[] {
  return teamNames().map((name) => {
    const all = eventsOf(readTeamCalendar(name));
    const zones = all.map(({ event }) => zoneOf(event)).filter((zone) => zone !== undefined);
    const zone = mostFrequent(zones) ?? "America/New_York";
    return { name, zone, events: all.map(({ event, moved }) => written(event, moved, zone)) };
  });
}

/** What is taken between two instants, by rrule on wall times and luxon. */
export function takenByRrule({ events }: TeamCalendar, from: number, to: number): Taken[] {
  return events.flatMap(({ start, end, zone, exdates, vevent }) => {
    const set = new rrule.RRuleSet();
    set.rdate(new Date(start));
    for (const property of vevent.getAllProperties("rrule")) {
      const text = property.toICALString().replace(/^RRULE:/, "");
      const options = rrule.RRule.parseString(text);
      const { until } = options;
      const wall_until = until ? new Date(+until + offsetByParts(+until, zone)) : null;
      set.rrule(new rrule.RRule({ ...options, until: wall_until, dtstart: new Date(start) }));
    }
    for (const exdate of exdates) set.exdate(new Date(exdate));
    const instant = (wall: number) =>
      DateTime.fromISO(new Date(wall).toISOString().slice(0, 19), { zone }).toMillis();
    return set.between(new Date(from - 2 * DAY_MS), new Date(to + 2 * DAY_MS), true)
      .map((at) => ({ start: instant(+at), end: instant(+at + end - start) }))
      .filter((taken) => taken.end > from && taken.start < to);
  });
}

/** The same by ical.js and Temporal, from the beginning of each rule. */
export function takenByIcal({ events }: TeamCalendar, from: number, to: number): Taken[] {
  return events.flatMap((event) =>
    icalStarts(event, to).map((wall) => ({
      start: temporalInstant(wall, event.zone),
      end: temporalInstant(wall + event.end - event.start, event.zone),
    })).filter((taken) => taken.end > from && taken.start < to)
  );
}

function icalStarts({ start, zone, exdates, vevent }: Written, to: number): number[] {
  const rule = vevent.getFirstPropertyValue("rrule");
  if (!(rule instanceof ICAL.Recur)) return [start];
  // Compared here as instants: ical.js would compare a wall time with an instant.
  const until = rule.until === null ? Infinity : utcOf(rule.until);
  const endless = rule.clone();
  endless.until = null;
  const first = vevent.getFirstPropertyValue("dtstart");
  if (!(first instanceof ICAL.Time)) throw new Error("An event has no start");
  const starts: number[] = [];
  const iterator = endless.iterator(first);
  for (let next = iterator.next(); next; next = iterator.next()) {
    const wall = utcOf(next);
    if (wall > to + 2 * DAY_MS || temporalInstant(wall, zone) > until) break;
    if (!exdates.includes(wall)) starts.push(wall);
  }
  return starts;
}

function written(
  vevent: ICAL.Component,
  moved: readonly ICAL.Time[],
  calendar_zone: string,
): Written {
  const start = vevent.getFirstPropertyValue("dtstart");
  const end = vevent.getFirstPropertyValue("dtend");
  if (!(start instanceof ICAL.Time)) throw new Error("An event has no start");
  const exdates = vevent.getAllProperties("exdate").flatMap((property) => property.getValues());
  return {
    start: utcOf(start),
    end: end instanceof ICAL.Time ? utcOf(end) : utcOf(start) + DAY_MS,
    // A whole day is one of the calendar's zone.
    zone: zoneOf(vevent) ?? (start.isDate ? calendar_zone : "UTC"),
    // A moved occurrence is an event of its own and leaves its place in the series.
    exdates: [...moved, ...exdates].map((time) => time instanceof ICAL.Time ? utcOf(time) : NaN),
    vevent,
  };
}

function zoneOf(vevent: ICAL.Component): string | undefined {
  const zone = vevent.getFirstProperty("dtstart")?.getFirstParameter("tzid");
  return zone ? zone : undefined;
}

function utcOf({ year, month, day, hour, minute, second }: ICAL.Time): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function temporalInstant(wall: number, zone: string): number {
  return Temporal.PlainDateTime.from(new Date(wall).toISOString().slice(0, 19))
    .toZonedDateTime(zone).epochMilliseconds;
}

function offsetByParts(instant: number, zone: string): number {
  const at = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  return at.offsetNanoseconds / 1e6;
}

function mostFrequent(values: readonly string[]): string | undefined {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
}
