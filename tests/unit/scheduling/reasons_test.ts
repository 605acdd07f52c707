import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import type { Reason } from "@shared/scheduling/explaining/reason.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type { Profile } from "@shared/scheduling/input/profile.ts";
import type {
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { FACTORS } from "@shared/scheduling/input/weights.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { bruteForceStarts, isBusy, isOpen, wallAt } from "./brute_force.ts";
import {
  convenientHours,
  daySpan,
  gapsOf,
  isComfortable,
  lunchOf,
  minutesIn,
  roomOf,
  usualHours,
  wishedTimes,
} from "./day_facts.ts";
import { constraints, MONDAY, onMonday, person, request } from "./requests.ts";

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
  const gaps = (participant: Participant) => gapsOf(participant, asked, start);
  const nearest = Math.min(...coming.flatMap((one) => [gaps(one).before, gaps(one).after]));
  const room = (participant: Participant, step: 1 | -1) => roomOf(participant, asked, start, step);

  const gap = (participant: Participant) =>
    Math.min(gaps(participant).before, gaps(participant).after);
  const wall = (participant: Participant) =>
    wallAt(participant.timezone ?? constraints.timezone, start);
  const weekday = (participant: Participant) =>
    WEEKDAYS.find((day) => day === wall(participant).weekday)!;
  const localMinute = (participant: Participant) => wall(participant).minute_of_day;
  /** Adds up the half-hours of the week that hold a minute of the meeting by the local clock of its start. */
  const answers = (participant: Participant) => {
    const first = WEEKDAYS.indexOf(weekday(participant)) * 1440 + localMinute(participant);
    const cells = new Set<number>();
    for (let i = 0; i < constraints.duration_minutes; i++) {
      cells.add(Math.floor((first + i) % 10_080 / 30));
    }
    const sum = (counts: Uint8Array) => [...cells].reduce((all, cell) => all + counts[cell]!, 0);
    const { accepted, declined } = participant.profile!;
    return { accepted: sum(accepted), declined: sum(declined) };
  };

  /** The pieces of free time between two meetings that are shorter than an hour. */
  const shortTime = (participant: Participant) => {
    const { before, after } = gaps(participant);
    return [
      ...(before === room(participant, -1) ? [before] : []),
      ...(after === room(participant, 1) ? [after] : []),
    ].filter((minutes) => minutes > 0 && minutes < 60);
  };
  const wasShort = (participant: Participant) => {
    const { before, after } = gaps(participant);
    return before + constraints.duration_minutes + after < 60;
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
      for (const name of args.names) {
        const usual = convenientHours(named(name), asked, start);
        const early = usual.start - minute_of_day;
        const late = minute_of_day + constraints.duration_minutes - usual.end;
        assert.equal(args.part, Math.max(0, early) >= Math.max(0, late) ? "early" : "late");
      }
      break;
    }
    case "lunch":
      for (const name of args.names) {
        const lunch = lunchOf(named(name), asked);
        assert.ok(lunch !== null && minutesIn(named(name), asked, start, lunch) > 0);
      }
      break;
    case "edge_of_day":
      for (const name of args.names) {
        const day = daySpan(named(name), asked, start);
        const edge: [number, number] = args.part === "first"
          ? [day.start, day.start + 30]
          : [day.end - 30, day.end];
        assert.ok(minutesIn(named(name), asked, start, edge) > 0, name);
      }
      break;
    case "end_of_week":
      for (const name of args.names) {
        assert.equal(weekday(named(name)), args.weekday);
        assert.ok(["thursday", "friday"].includes(args.weekday));
        const { end: closes } = daySpan(named(name), asked, start);
        const ends = Math.min(closes, usualHours(named(name), asked, start).end);
        assert.ok(localMinute(named(name)) + constraints.duration_minutes > ends - 120);
      }
      break;
    case "meets_wishes":
      for (const name of args.names) {
        const { avoid_back_to_back } = named(name).preferences ?? {};
        const { days } = wishedTimes(named(name), asked);
        assert.ok(isComfortable(named(name), asked, start));
        assert.ok(days === undefined || days.includes(weekday(named(name))));
        if (avoid_back_to_back === true) assert.ok(gap(named(name)) >= 15);
      }
      break;
    case "other_day_preferred":
      for (const name of args.names) {
        assert.equal(weekday(named(name)), args.weekday);
        assert.equal(wishedTimes(named(name), asked).days?.includes(args.weekday), false);
      }
      break;
    case "other_part_of_day_preferred":
      for (const name of args.names) {
        const score = named(name).preferences?.morning_person_score ?? 0.5;
        const morning = localMinute(named(name)) < 720;
        assert.equal(args.preferred, score > 0.5 ? "morning" : "afternoon");
        assert.equal(args.preferred === "morning", !morning);
      }
      break;
    case "longer_gap_preferred":
      assert.equal(named(args.name).preferences?.avoid_back_to_back, true);
      assert.equal(gap(named(args.name)), args.minutes);
      assert.ok(args.minutes < args.preferred);
      break;
    case "usually_accepts":
      for (const name of args.names) {
        const { accepted, declined } = answers(named(name));
        assert.ok(Math.round(100 * declined / (accepted + declined)) <= 10);
      }
      break;
    case "usually_declines": {
      const { accepted, declined } = answers(named(args.name));
      assert.equal(Math.round(100 * declined / (accepted + declined)), args.percentage);
      break;
    }
    case "spares_burdened":
      assert.equal(named(args.name).past_inconvenience, args.burden);
      assert.ok(isComfortable(named(args.name), asked, start));
      assert.ok(invited.some((one) => (one.past_inconvenience ?? 0) < args.burden));
      assert.ok(coming.every((one) => (one.past_inconvenience ?? 0) <= args.burden));
      break;
    case "every_occurrence_free":
      assert.equal(candidate.recurrence?.occurrences, args.count);
      assert.equal(candidate.recurrence.free, args.count);
      break;
    case "some_occurrences_clash":
      assert.equal(candidate.recurrence?.occurrences, args.count);
      assert.equal(candidate.recurrence.clashes.length, args.clashing);
      for (const clash of candidate.recurrence.clashes) {
        const then = Date.parse(clash.start_time) / 60_000;
        assert.ok(clash.names.length > 0);
        for (const name of clash.names) {
          assert.ok(args.names.includes(name));
          assert.ok(
            isBusy(constraints, named(name), then) || !isOpen(SERIES, named(name), then),
          );
        }
      }
      break;
    case "keeps_free_time_whole":
      assert.equal(args.count, coming.length);
      for (const one of coming) assert.ok(room(one, -1) === 0 || room(one, 1) === 0, label(one));
      break;
    case "splits_free_time":
      assert.equal(room(named(args.name), -1), args.minutes_before);
      assert.equal(room(named(args.name), 1), args.minutes_after);
      break;
    case "keeps_free_time_usable":
      assert.equal(args.count, coming.length);
      for (const one of coming) assert.ok(shortTime(one).length === 0 || wasShort(one), label(one));
      break;
    case "leaves_short_time":
      assert.ok(shortTime(named(args.name)).length > 0);
      assert.equal(room(named(args.name), -1), args.minutes_before);
      assert.equal(room(named(args.name), 1), args.minutes_after);
      break;
    case "notice":
      assert.equal(args.minutes, constraints.minimum_notice_minutes);
      assert.ok(
        bruteForceStarts({
          ...asked,
          constraints: { ...constraints, minimum_notice_minutes: 0 },
        })[0]! <
          bruteForceStarts(asked)[0]!,
      );
      break;
    case "first_possible":
      assert.equal(Date.parse(args.start_time) / 60_000, bruteForceStarts(asked)[0]);
      break;
    case "runner_up": {
      const [best, second] = findSlots({
        ...asked,
        constraints: { ...constraints, max_candidates: 1000 },
      }).candidates;
      assert.equal(best!.start_time, candidate.start_time);
      assert.equal(second!.start_time, args.start_time);
      const loss = (one: typeof args.factor) =>
        best!.score_breakdown[one] - second!.score_breakdown[one];
      const most = Math.max(...FACTORS.map(loss));
      assert.ok(most <= 0 ? args.factor === "optimization" : loss(args.factor) >= most - 1e-9);
      if (args.reason !== undefined) check(args.reason, asked, second!);
      break;
    }
    case "earliest_start":
      for (const { start_time } of findSlots(asked).candidates) {
        assert.ok(Date.parse(start_time) >= start * 60_000);
      }
      break;
  }
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

Deno.test("findSlots() does not call a start the earliest possible where the window has room for no other", () => {
  const codes = (latest_date: string) =>
    findSlots(request([person("Ann")], {
      earliest_date: `${MONDAY}T10:00:00Z`,
      latest_date: `${MONDAY}T${latest_date}:00Z`,
    })).candidates[0]!.reasons.map(({ code }) => code);
  assert.equal(codes("10:30").includes("earliest_start"), false);
  assert.equal(codes("11:00").includes("earliest_start"), true);
});

const DAILY = { lines: ["RRULE:FREQ=DAILY;COUNT=5"] };
/** What the occurrences of that series may reach. */
const SERIES = constraints({ latest_date: "2030-01-12" });
const onTuesday = { start: "2030-01-08T09:00:00Z", end: "2030-01-08T17:00:00Z" };

function profileOf(accepted: number, declined: number): Profile {
  return {
    accepted: new Uint8Array(336).fill(accepted),
    declined: new Uint8Array(336).fill(declined),
    meetings: 100,
    declined_percentage: 100 * declined / (accepted + declined),
    typical_minutes: 30,
    typical_gap_minutes: 0,
  };
}

Deno.test("findSlots() has an occasion for every reason, and says it in one to four sentences", () => {
  const maybe = [{ ...onMonday("09:00-17:00"), tentative: true }];
  const occasions: SchedulingRequest[] = [
    request([person("Ann"), person("Bob")]),
    request([person("Ann"), person("Bob", ["09:00-17:00"], { type: "optional" })]),
    request([person("Ann"), person("Bob", [], { busy: maybe })], { tentative_as_busy: false }),
    request([person("Ann"), person("Bob", "unknown", { type: "optional" })]),
    request([person("Ann", ["09:00-12:00", "12:50-17:00"])], { interval_minutes: 5 }),
    request([person("Ann", ["09:00-12:00", "12:30-17:00"])]),
    request([person("Ann")], { working_hours_start: 6, working_hours_end: 8 }),
    request([
      person("Ann", ["12:30-13:00"], {
        preferences: { preferred_days: ["tuesday"], avoid_back_to_back: true },
      }),
      person("Bob", [], { preferences: { morning_person_score: 1, preferred_hours_start: 9 } }),
      person("Cem", [], { preferences: { morning_person_score: 0 } }),
    ], { max_candidates: 100 }),
    request([
      person("Ann", [], { profile: profileOf(9, 1) }),
      person("Bob", [], { profile: profileOf(1, 3) }),
    ]),
    request([
      person("Ann", [], { past_inconvenience: 60 }),
      person("Bob", [], { timezone: "America/New_York" }),
    ], { working_hours_start: 0, working_hours_end: 24 }),
    request([person("Ann", ["09:00-10:00", "11:00-12:00"])], { interval_minutes: 15 }),
    request([person("Ann")], { priority: "focus" }),
    request([person("Ann")], {
      earliest_date: "2030-01-11",
      latest_date: "2030-01-11",
      max_candidates: 100,
    }),
    {
      ...request([person("Ann")], { minimum_notice_minutes: 120 }),
      now: new Date("2030-01-07T09:00:00Z"),
    },
    { ...request([person("Ann")]), recurrence: DAILY },
    {
      ...request([person("Ann"), person("Bob", [], { busy: [onTuesday] })]),
      recurrence: DAILY,
    },
  ];
  const codes = new Set<string>();
  for (const asked of occasions) {
    for (const candidate of findSlots(asked).candidates) {
      const sentences = candidate.reasoning.split(/(?<=\.) (?=[A-Z0-9])/);
      assert.ok(sentences.length >= 1 && sentences.length <= 4, candidate.reasoning);
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
    "edge_of_day",
    "end_of_week",
    "every_occurrence_free",
    "everyone_free",
    "first_possible",
    "keeps_free_time_usable",
    "keeps_free_time_whole",
    "leaves_short_time",
    "longer_gap_preferred",
    "lunch",
    "meets_wishes",
    "notice",
    "other_day_preferred",
    "other_part_of_day_preferred",
    "outside_comfortable_hours",
    "runner_up",
    "some_absent",
    "some_occurrences_clash",
    "spares_burdened",
    "splits_free_time",
    "tentative",
    "usually_accepts",
    "usually_declines",
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
      "It is in the last half hour of the day for Jane and Jules.",
  );
});
