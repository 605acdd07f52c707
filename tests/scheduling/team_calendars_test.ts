import assert from "node:assert/strict";
import { findFreeStarts } from "@shared/scheduling/availability/free_starts.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type {
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { wallAt } from "../unit/scheduling/brute_force.ts";
import { constraints } from "../unit/scheduling/requests.ts";
import {
  readTeamCalendars,
  type Taken,
  takenByIcal,
  takenByRrule,
  type TeamCalendar,
} from "./team_calendars.ts";

const DAY_MS = 86_400_000;
const FIRST_MONDAY = Date.parse("2025-12-29T00:00:00Z");
const WEEKS = 53;
const GROUP = ["anchor", "beacon", "compass", "harbour", "keel"];

const calendars = readTeamCalendars();

/** Hours in which a team of a zone can be met; long enough that Europe and the Pacific coast have some in common. */
function hoursOf(zone: string): { start: string; end: string } {
  return zone.startsWith("Europe/")
    ? { start: "08:00", end: "20:00" }
    : { start: "07:00", end: "17:00" };
}

interface Week {
  asked: SchedulingRequest;
  taken: readonly (readonly Taken[])[];
}

/** A week's question to some teams: busy time by one expansion, and what is taken by the other. */
function week(
  number: number,
  teams: readonly TeamCalendar[],
  hours: (team: TeamCalendar) => { timezone: string; start: string; end: string },
  duration_minutes: number,
): Week {
  const monday = FIRST_MONDAY + number * 7 * DAY_MS;
  const date = (days: number) => new Date(monday + days * DAY_MS).toISOString().slice(0, 10);
  const from = monday - 2 * DAY_MS;
  const to = monday + 9 * DAY_MS;
  const participants = teams.map((team): Participant => {
    const { timezone, ...open } = hours(team);
    return {
      email: `${team.name}@teams.example`,
      type: "required",
      timezone,
      open_hours: [{ days: WEEKDAYS.slice(0, 5), ...open }],
      busy: takenByRrule(team, from, to).map(({ start, end }) => ({
        start: new Date(start).toISOString(),
        end: new Date(end).toISOString(),
      })),
    };
  });
  return {
    asked: {
      constraints: constraints({
        timezone: "America/New_York",
        earliest_date: date(0),
        latest_date: date(4),
        duration_minutes,
      }),
      participants,
      now: new Date("2025-12-01T00:00:00Z"),
    },
    taken: teams.map((team) => takenByIcal(team, from, to)),
  };
}

/** Every half-hour of the week at which all can meet, by everybody's wall clock and the other expansion. */
function possibleStarts({ asked, taken }: Week): number[] {
  const { earliest_date, duration_minutes, timezone } = asked.constraints;
  const monday = Date.parse(`${earliest_date}T00:00:00Z`) / 60_000;
  const starts: number[] = [];
  for (let start = monday; start < monday + 7 * 1440; start++) {
    const { minute_of_day, date } = wallAt(timezone, start);
    if (minute_of_day % 30 !== 0 || date > asked.constraints.latest_date) continue;
    const end = start + duration_minutes;
    const open = asked.participants.every((one) => isOpen(one, start) && isOpen(one, end - 1));
    if (!open || date < earliest_date) continue;
    const free = taken.flat().every((time) =>
      time.end <= start * 60_000 || time.start >= end * 60_000
    );
    if (free) starts.push(start);
  }
  return starts;
}

function isOpen({ timezone, open_hours }: Participant, minute: number): boolean {
  const { weekday, minute_of_day } = wallAt(timezone!, minute);
  return open_hours!.some(({ days, start, end }) =>
    days.some((day) => day === weekday) && minute_of_day >= minuteOf(start) &&
    minute_of_day < minuteOf(end)
  );
}

function minuteOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** Asks every week of 2026; returns in how many a slot was found. */
function checkAllWeeks(weekOf: (number: number) => Week): number {
  let found = 0;
  for (let number = 0; number < WEEKS; number++) {
    const one = weekOf(number);
    const label = one.asked.constraints.earliest_date;
    assert.ok(one.taken.flat().length >= 5, `Too little is taken in the week of ${label}`);
    assert.deepEqual(Array.from(findFreeStarts(one.asked)), possibleStarts(one), label);
    const { candidates, empty_reason } = findSlots(one.asked);
    if (candidates.length === 0) {
      assert.ok(empty_reason, label);
      continue;
    }
    found++;
    for (const { start_time, end_time } of candidates) {
      const start = Date.parse(start_time);
      const end = Date.parse(end_time);
      for (const [i, person] of one.asked.participants.entries()) {
        const clash = one.taken[i]!.find((time) => time.end > start && time.start < end);
        assert.equal(clash, undefined, `${person.email} at ${start_time}`);
        assert.ok(isOpen(person, start / 60_000), `${person.email} at ${start_time}`);
        assert.ok(isOpen(person, end / 60_000 - 1), `${person.email} until ${end_time}`);
      }
    }
  }
  return found;
}

Deno.test("findSlots() finds what is free in every team's calendar, in every week of 2026", () => {
  assert.equal(calendars.length, 16);
  const zones = new Set(calendars.map(({ zone }) => zone));
  assert.ok(zones.size >= 5, [...zones].join());
  const found = checkAllWeeks((number) =>
    week(number, calendars, ({ zone }) => ({ timezone: zone, ...hoursOf(zone) }), 30)
  );
  // In two weeks the north pier is closed from Monday to Friday.
  assert.equal(found, WEEKS - 2);
});

Deno.test("findSlots() finds an hour for five teams in New York, in every week of 2026", () => {
  const teams = calendars.filter(({ name }) => GROUP.includes(name));
  assert.equal(teams.length, GROUP.length);
  const hours = { timezone: "America/New_York", start: "09:00", end: "17:00" };
  assert.equal(checkAllWeeks((number) => week(number, teams, () => hours, 60)), WEEKS);
});
