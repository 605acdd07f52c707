import assert from "node:assert/strict";
import { searchProblem, searchSteps } from "@shared/finding_time/search_size.ts";
import { completeConstraints } from "@shared/schemas/constraints.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import type { MeetingParticipant } from "@shared/schemas/participant.ts";

/** Ten days around the clock, a start every hour: 240 starts. */
const request = (attending: MeetingParticipant[], days = 10) => ({
  constraints: {
    ...completeConstraints({}, new Date("2030-01-01T00:00:00Z")),
    earliest_date: "2030-01-07",
    latest_date: new Date(Date.UTC(2030, 0, 6 + days)).toISOString().slice(0, 10),
    working_hours_start: 0,
    working_hours_end: 24,
    allowed_days: [...WEEKDAYS],
    interval_minutes: 60,
  },
  attending,
  recurrence: null,
});
const GROUP = { index: 0, count: 2, type: "required" };
const member = () => ({ ...person(), group: GROUP });
const person = (fields: Partial<MeetingParticipant> = {}): MeetingParticipant => ({
  email: "ana@north.example",
  type: "required",
  ...fields,
});

Deno.test("a search counts people with preferences four times, and their open hours by the day", () => {
  assert.equal(searchSteps(request([person()])), 240);
  assert.equal(searchSteps(request([person(), person({ preferences: {} })])), 240 * 5);
  const open = { days: [], start: "09:00", end: "17:00" };
  assert.equal(searchSteps(request([person({ open_hours: [open, open] })])), 240 + 24 * 10 * 2);
});

Deno.test("a search counts members of groups four times, and once more for every 20 occurrences of a series", () => {
  assert.equal(searchSteps(request([person(), member(), member()])), 240 * 9);
  const series = { ...request([person(), member(), member()]), recurrence: ["RRULE:FREQ=WEEKLY"] };
  series.constraints.recurrence_horizon = 40;
  // Three people, two members counted three times more, two more times each for 40 occurrences, and 5 for each occurrence.
  assert.equal(searchSteps(series), 240 * (3 + 6 + 2 * 2 + 5 * 40));
});

Deno.test("a search counts the hours that it would try around short days", () => {
  const asked = request([person()]);
  asked.constraints.working_hours_end = 8;
  assert.equal(searchSteps(asked), 80);
  asked.constraints.working_hours_end = 1;
  assert.equal(Math.round(searchSteps(asked)), Math.round(10 * 5 / 1.5));
});

Deno.test("a series of which a share of people must come counts each of them six times more", () => {
  const asked = { ...request([person(), person()]), recurrence: ["RRULE:FREQ=WEEKLY"] };
  asked.constraints.recurrence_horizon = 10;
  assert.equal(searchSteps(asked), 240 * (2 + 5 * 10));
  asked.constraints.minimum_attendee_percentage = 50;
  assert.equal(searchSteps(asked), 240 * (14 + 5 * 10));
});

Deno.test("a search that is too large is refused with what would make it smaller", () => {
  const people = Array.from({ length: 200 }, () => person({ preferences: {} }));
  const around = request(people, 5);
  around.constraints.interval_minutes = 5;
  assert.equal(searchProblem(around), null);
  const longer = request(people, 6);
  longer.constraints.interval_minutes = 5;
  assert.match(searchProblem(longer)!.message, /shorter time window/);
  assert.equal(searchProblem(longer)!.path, "constraints.latest_date");
});

Deno.test("candidates that name all participants are limited by the length of the names", () => {
  const people = Array.from({ length: 200 }, () => person({ name: "x".repeat(200) }));
  const asked = request(people);
  assert.equal(searchProblem(asked), null);
  asked.constraints.max_candidates = 100;
  const problem = searchProblem(asked)!;
  assert.equal(problem.path, "constraints.max_candidates");
  const most = Number(/at most (\d+)/.exec(problem.message)![1]);
  asked.constraints.max_candidates = most;
  assert.equal(searchProblem(asked), null);
  asked.constraints.max_candidates = most + 1;
  assert.notEqual(searchProblem(asked), null);
});
