import assert from "node:assert/strict";
import fc from "fast-check";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type { Reason } from "@shared/scheduling/reasons.ts";
import type { Candidate, Participant, SchedulingRequest } from "@shared/scheduling/types.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { isBusy, isOpen, wallAt } from "./brute_force.ts";
import { onMonday, person, request } from "./requests.ts";

const label = (participant: Participant) => participant.name ?? participant.email;

/** Recomputes a fact from its code and arguments, minute by minute from the request. */
function check({ code, args }: Reason, asked: SchedulingRequest, candidate: Candidate): void {
  const { constraints } = asked;
  const start = Date.parse(candidate.start_time) / 60_000;
  const end = Date.parse(candidate.end_time) / 60_000;
  const invited = asked.participants.filter(({ type }) => type !== "resource");
  const named = (name: string) => invited.find((participant) => label(participant) === name)!;
  const comes = (participant: Participant) =>
    participant.busy !== "unknown" && isOpen(constraints, participant, start) &&
    !isBusy(constraints, participant, start);
  const coming = invited.filter(comes);
  const maybe = (participant: Participant) =>
    comes(participant) && participant.busy !== "unknown" &&
    participant.busy.some((busy) =>
      busy.tentative === true && !constraints.tentative_as_busy &&
      Date.parse(busy.start) < Date.parse(busy.end) &&
      Math.floor(Date.parse(busy.start) / 60_000) < end &&
      Math.ceil(Date.parse(busy.end) / 60_000) > start
    );
  const gaps = (participant: Participant) => {
    const taken = participant.busy === "unknown"
      ? []
      : participant.busy.filter((busy) =>
        (busy.tentative !== true || constraints.tentative_as_busy) &&
        Date.parse(busy.start) < Date.parse(busy.end)
      );
    const ends = taken.map((busy) => Math.ceil(Date.parse(busy.end) / 60_000));
    const starts = taken.map((busy) => Math.floor(Date.parse(busy.start) / 60_000));
    return {
      before: Math.min(...ends.filter((minute) => minute <= start).map((minute) => start - minute)),
      after: Math.min(...starts.filter((minute) => minute >= end).map((minute) => minute - end)),
    };
  };
  const nearest = Math.min(...coming.flatMap((one) => [gaps(one).before, gaps(one).after]));
  /** How long somebody stays open and unoccupied before the start or after the end. */
  const room = (participant: Participant, step: 1 | -1) => {
    const one_minute = { ...constraints, duration_minutes: 1 };
    const raw = { ...participant, buffer: { before: 0, after: 0 } };
    let minute = step === 1 ? end : start - 1;
    let length = 0;
    while (isOpen(one_minute, raw, minute) && !isBusy(one_minute, raw, minute)) {
      minute += step;
      length++;
    }
    return length;
  };

  switch (code) {
    case "everyone_free":
      assert.equal(args.count, invited.length);
      assert.ok(invited.every((one) => comes(one) && !maybe(one)));
      break;
    case "some_absent":
      assert.equal(args.coming, coming.length);
      assert.equal(args.invited, invited.length);
      assert.deepEqual(
        args.absent.map(({ name }) => name).toSorted(),
        invited.filter((one) => !comes(one) && one.busy !== "unknown").map(label).toSorted(),
      );
      for (const { name, status } of args.absent) {
        const outside = !isOpen(constraints, named(name), start);
        assert.equal(status, outside ? "outside_hours" : "busy");
      }
      break;
    case "tentative":
      assert.deepEqual(args.names.toSorted(), invited.filter(maybe).map(label).toSorted());
      break;
    case "calendar_unknown":
      assert.deepEqual(
        args.names.toSorted(),
        invited.filter(({ busy }) => busy === "unknown").map(label).toSorted(),
      );
      break;
    case "clear_of_meetings":
      assert.ok(nearest >= args.minutes);
      break;
    case "clear_before":
      assert.equal(gaps(named(args.name)).after, args.minutes);
      assert.equal(nearest, args.minutes);
      break;
    case "clear_after":
      assert.equal(gaps(named(args.name)).before, args.minutes);
      assert.equal(nearest, args.minutes);
      break;
    case "back_to_back":
      assert.equal(gaps(named(args.name))[args.side], 0);
      break;
    case "comfortable_for_everyone":
      assert.equal(args.count, coming.length);
      for (const one of coming) assert.ok(isComfortable(one, asked, start), label(one));
      break;
    case "outside_comfortable_hours": {
      const { minute_of_day } = wallAt(args.timezone, start);
      const hours = Number(args.local_time.slice(0, 2));
      assert.equal(hours * 60 + Number(args.local_time.slice(3)), minute_of_day);
      for (const name of args.names) {
        assert.equal(named(name).timezone ?? constraints.timezone, args.timezone);
        assert.ok(!isComfortable(named(name), asked, start), name);
      }
      const early = 9 * 60 - minute_of_day;
      const late = minute_of_day + constraints.duration_minutes - 17 * 60;
      assert.equal(args.part, early >= late ? "early" : "late");
      break;
    }
    case "keeps_free_time_whole":
      assert.equal(args.count, coming.length);
      for (const one of coming) assert.ok(room(one, -1) === 0 || room(one, 1) === 0, label(one));
      break;
    case "splits_free_time":
      assert.equal(room(named(args.name), -1), args.minutes_before);
      assert.equal(room(named(args.name), 1), args.minutes_after);
      break;
    case "earliest_start":
      for (const { start_time } of findSlots(asked).candidates) {
        assert.ok(Date.parse(start_time) >= start * 60_000);
      }
      break;
  }
}

function isComfortable(
  participant: Participant,
  { constraints }: SchedulingRequest,
  start: number,
) {
  if (participant.open_hours !== undefined) return true;
  const { minute_of_day } = wallAt(participant.timezone ?? constraints.timezone, start);
  return minute_of_day >= 540 && minute_of_day + constraints.duration_minutes <= 1020;
}

Deno.test("findSlots() gives only reasons that are true", () => {
  fc.assert(
    fc.property(arbitraryRequest, (asked) => {
      const { candidates } = findSlots(asked);
      for (const candidate of candidates.slice(0, 5)) {
        for (const reason of candidate.reasons) check(reason, asked, candidate);
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("findSlots() has an occasion for every reason, and says it in one to three sentences", () => {
  const maybe = [{ ...onMonday("09:00-17:00"), tentative: true }];
  const occasions: SchedulingRequest[] = [
    request([person("Ann"), person("Bob")]),
    request([person("Ann"), person("Bob", ["09:00-17:00"], { type: "optional" })]),
    request([person("Ann"), person("Bob", [], { busy: maybe })], { tentative_as_busy: false }),
    request([person("Ann"), person("Bob", "unknown", { type: "optional" })]),
    request([person("Ann", ["09:00-12:00", "12:50-17:00"])], { interval_minutes: 5 }),
    request([person("Ann", ["09:00-12:00", "12:30-17:00"])]),
    request([person("Ann")], { working_hours_start: 6, working_hours_end: 8 }),
  ];
  const codes = new Set<string>();
  for (const asked of occasions) {
    for (const candidate of findSlots(asked).candidates) {
      const sentences = candidate.reasoning.split(/(?<=\.) (?=[A-Z0-9])/);
      assert.ok(sentences.length >= 1 && sentences.length <= 3, candidate.reasoning);
      assert.match(candidate.reasoning, /^[A-Z0-9].*\.$/);
      for (const reason of candidate.reasons) {
        codes.add(reason.code);
        check(reason, asked, candidate);
      }
    }
  }
  assert.deepEqual([...codes].toSorted(), [
    "back_to_back",
    "calendar_unknown",
    "clear_after",
    "clear_before",
    "clear_of_meetings",
    "comfortable_for_everyone",
    "earliest_start",
    "everyone_free",
    "keeps_free_time_whole",
    "outside_comfortable_hours",
    "some_absent",
    "splits_free_time",
    "tentative",
  ]);
});

Deno.test("findSlots() names the people and the facts behind a score", () => {
  const asked = request([
    person("Ann", ["09:00-16:05"], { timezone: "Europe/London" }),
    person("Jane", ["17:15-18:00"], { timezone: "Europe/Paris" }),
    person("Jules", [], { timezone: "Europe/Paris" }),
  ], { working_hours_end: 18, duration_minutes: 30 });
  const [best] = findSlots(asked).candidates;
  assert.equal(best?.start_time, "2030-01-07T16:30:00Z");
  assert.equal(
    best?.reasoning,
    "Everyone is free. 15 minutes clear before Jane's next meeting. " +
      "It is 17:30 in Paris, late for Jane and Jules.",
  );
});
