import assert from "node:assert/strict";
import ICAL from "ical.js";
import rrule from "rrule";
import { eventsOf, readTeamCalendar, TEAM_CALENDARS } from "../support/team_calendars.ts";
import { runDemo } from "./run_demo.ts";

const PEOPLE = ["anchor", "beacon", "compass", "harbour", "keel"];
const DAY_MS = 86_400_000;

Deno.test("demo --calendars finds a slot that is free in every ICS file", async () => {
  const { from, to } = workedWeek();
  const { code, report } = await runDemo(
    ...question(from, to),
    ...["--timezone", "America/New_York", "--hours", "9-17"],
  );
  assert.equal(code, 0, JSON.stringify(report));
  const start = Date.parse(report.start_time ?? "");
  const end = Date.parse(report.end_time ?? "");
  assert.equal(end - start, 60 * 60_000);
  const open = instantOf(`${report.start_time?.slice(0, 10)}T09:00:00`, "America/New_York");
  assert.ok(start >= open && end <= open + 8 * 60 * 60_000);
  for (const person of PEOPLE) {
    const busy = occurrences(person, start - 7 * DAY_MS, end + 7 * DAY_MS);
    assert.ok(busy.length > 0, `the independent reading found nothing for ${person}`);
    const clash = busy.find((time) => time.start < end && time.end > start);
    assert.equal(clash, undefined, `${person} has ${clash?.summary}`);
  }
});

Deno.test("demo --calendars says that hours never meet, whose, and what would change it", async () => {
  const { from, to } = workedWeek();
  const { code, report } = await runDemo(
    ...question(from, to),
    ...["--timezone", "America/New_York", "--hours", "9-17"],
    ...["--zone", "beacon=Europe/Paris", "--zone", "keel=America/Los_Angeles"],
  );
  assert.equal(code, 0);
  assert.equal(report.error, "no_common_slot");
  assert.equal(report.empty_reason, "attendeesUnavailable");
  assert.match(report.message ?? "", /beacon .*keel .*never overlap/);
  assert.match(report.suggestion ?? "", /beacon .*keel/);
  assert.equal(report.events_on_calendar, 0);
  assert.equal(report.google_event_id, null);
});

function question(from: string, to: string): string[] {
  return [
    ...["--calendars", decodeURIComponent(TEAM_CALENDARS.pathname)],
    ...["--participants", PEOPLE.join(",")],
    ...["--from", from, "--to", to, "--duration", "60"],
  ];
}

/** The week of the worked question while it lies ahead, afterwards the next one. */
function workedWeek(): { from: string; to: string } {
  const now = Date.now();
  const weekday = (new Date(now).getUTCDay() + 6) % 7;
  const monday = Math.max(Date.parse("2026-11-30"), now + (7 - weekday) * DAY_MS);
  const day = (instant: number) => new Date(instant).toISOString().slice(0, 10);
  return { from: day(monday), to: day(monday + 4 * DAY_MS) };
}

interface Occurrence {
  start: number;
  end: number;
  summary: string;
}

/** What an ICS file says between two instants, expanded with a library that the emulator does not use. */
function occurrences(person: string, from: number, to: number): Occurrence[] {
  return eventsOf(readTeamCalendar(person))
    .flatMap(({ event, moved }) => expand(event, moved, from, to));
}

function expand(
  event: ICAL.Component,
  moved: readonly ICAL.Time[],
  from: number,
  to: number,
): Occurrence[] {
  const summary = String(event.getFirstPropertyValue("summary"));
  if (event.getFirstPropertyValue("transp") === "TRANSPARENT") return [];
  const dtstart = event.getFirstProperty("dtstart");
  const start = event.getFirstPropertyValue("dtstart") as ICAL.Time;
  const end = event.getFirstPropertyValue("dtend") as ICAL.Time;
  const zone = String(dtstart?.getParameter("tzid") ?? "UTC");
  const length = asIfUtc(end) - asIfUtc(start);
  const excluded = new Set(
    [...moved, ...event.getAllProperties("exdate").flatMap((property) => property.getValues())]
      .map((time) => asIfUtc(time as ICAL.Time)),
  );
  // The rule runs on wall-clock time; only its results are placed in the zone.
  return wallStarts(event, asIfUtc(start), from - DAY_MS, to + DAY_MS)
    .filter((wall) => !excluded.has(wall))
    .map((wall) => {
      const begins = inZone(wall, zone);
      return { start: begins, end: inZone(wall + length, zone), summary };
    })
    .filter((time) => time.end > from && time.start < to);
}

function wallStarts(event: ICAL.Component, start: number, from: number, to: number): number[] {
  const rule = event.getFirstProperty("rrule")?.toICALString();
  if (rule === undefined) return [start];
  const { RRule } = rrule;
  const options = { ...RRule.parseString(rule.replace(/^RRULE:/, "")), dtstart: new Date(start) };
  return new RRule(options).between(new Date(from), new Date(to), true).map(Number);
}

function asIfUtc(time: ICAL.Time): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
}

function inZone(wall: number, zone: string): number {
  return instantOf(new Date(wall).toISOString().slice(0, 19), zone);
}

function instantOf(wall: string, zone: string): number {
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds;
}
