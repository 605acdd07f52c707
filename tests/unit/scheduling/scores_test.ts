import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type { SchedulingRequest } from "@shared/scheduling/input/scheduling_request.ts";
import { readWeights } from "@shared/scheduling/input/weights.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { person, request } from "./requests.ts";

/** The candidate that starts at a time of the Monday such as "10:00". */
function at(asked: SchedulingRequest, time: string): Candidate {
  const constraints = { ...asked.constraints, max_candidates: 1000 };
  const { candidates } = findSlots({ ...asked, constraints });
  const found = candidates.find(({ start_time }) => start_time.slice(11, 16) === time);
  assert.ok(found, `${time} is not a candidate`);
  return found;
}

const startOf = ({ start_time }: Candidate) => Date.parse(start_time);

Deno.test("findSlots() scores within 0 and 100, with a breakdown that adds up and stays in its weights", () => {
  fc.assert(fc.property(arbitraryRequest, (asked) => {
    const { candidates, conceded_candidates } = findSlots(asked);
    for (const { score, score_breakdown } of [...candidates, ...conceded_candidates]) {
      const { availability, preference, conflict_proximity, fragmentation, optimization } =
        score_breakdown;
      const factors = [availability, preference, conflict_proximity, fragmentation, optimization];
      const sum = factors.reduce((points, factor) => points + factor, 0);
      assert.equal(Math.round(sum * 10), Math.round(score * 10));
      assert.ok(score >= 0 && score <= 100, `score ${score}`);
      const weights = readWeights(asked.weights, asked.constraints.priority);
      for (const [i, most] of Object.values(weights).entries()) {
        const factor = factors[i]!;
        assert.ok(factor >= 0 && factor * 10 <= most + 1e-6, `factor ${i} is ${factor}`);
        assert.equal(Math.round(factor * 10) / 10, factor);
      }
    }
  }));
});

Deno.test("findSlots() selects the best score, and of equal scores the earlier start", () => {
  fc.assert(fc.property(arbitraryRequest, (asked) => {
    const { candidates } = findSlots({
      ...asked,
      constraints: { ...asked.constraints, max_candidates: 1000 },
    });
    const [selected] = candidates;
    if (selected === undefined) return;
    const best = Math.max(...candidates.map(({ score }) => score));
    assert.equal(selected.score, best);
    for (const { score, start_time } of candidates) {
      if (score === best) assert.ok(Date.parse(start_time) >= startOf(selected));
    }
  }));
});

/** Candidates as choices, found by comparing all with all: whom a better one overlaps stands behind all others. */
function asChoices(candidates: Candidate[]): Candidate[] {
  const ranked = candidates.toSorted((a, b) => b.score - a.score || startOf(a) - startOf(b));
  const apart: Candidate[] = [];
  for (const one of ranked) {
    const overlaps = apart.some((other) =>
      startOf(one) < Date.parse(other.end_time) && startOf(other) < Date.parse(one.end_time)
    );
    if (!overlaps) apart.push(one);
  }
  const halfDay = ({ start_time }: Candidate) =>
    `${start_time.slice(0, 10)} ${start_time.slice(11, 13) < "12" ? "morning" : "afternoon"}`;
  const leading: Candidate[] = [];
  for (const one of apart) {
    if (leading.length < 5 && leading.every((other) => halfDay(other) !== halfDay(one))) {
      leading.push(one);
    }
  }
  const [first] = ranked.toSorted((a, b) => startOf(a) - startOf(b));
  const soonest = apart.find((one) => first !== undefined && halfDay(one) === halfDay(first));
  if (soonest !== undefined && !leading.includes(soonest)) leading[4] = soonest;
  const others = apart.filter((one) => !leading.includes(one));
  return [...leading, ...others, ...ranked.filter((one) => !apart.includes(one))];
}

Deno.test("findSlots() offers choices: half-days and the soonest first, then what overlaps nothing better, then the rest", () => {
  fc.assert(fc.property(arbitraryRequest, (asked) => {
    const { candidates, total_candidates_evaluated } = findSlots({
      ...asked,
      constraints: { ...asked.constraints, max_candidates: 1000 },
    });
    assert.equal(candidates.length, Math.min(1000, total_candidates_evaluated));
    const times = (list: Candidate[]) => list.map(({ start_time }) => start_time);
    assert.deepEqual(times(candidates), times(asChoices(candidates)));
  }));
});

Deno.test("findSlots() keeps the best when it may not return them all", () => {
  fc.assert(fc.property(arbitraryRequest, (asked) => {
    const few = findSlots({ ...asked, constraints: { ...asked.constraints, max_candidates: 3 } });
    const all = findSlots({
      ...asked,
      constraints: { ...asked.constraints, max_candidates: 1000 },
    });
    assert.deepEqual(few.candidates, all.candidates.slice(0, 3));
  }));
});

Deno.test("findSlots() answers the same whatever the order of participants and intervals", () => {
  fc.assert(fc.property(arbitraryRequest, (asked) => {
    const participants = asked.participants.toReversed().map((participant) => ({
      ...participant,
      busy: participant.busy === "unknown" ? participant.busy : participant.busy.toReversed(),
    }));
    const inOrder = (candidates: Candidate[]) =>
      candidates.map((candidate) => ({
        ...candidate,
        participant_availability: candidate.participant_availability
          .toSorted((a, b) => a.email < b.email ? -1 : 1),
      }));
    const one = findSlots(asked);
    const other = findSlots({ ...asked, participants });
    assert.deepEqual(inOrder(other.candidates), inOrder(one.candidates));
    assert.deepEqual(inOrder(other.conceded_candidates), inOrder(one.conceded_candidates));
    assert.deepEqual(other.blocking, one.blocking);
    assert.deepEqual(other.empty_reason, one.empty_reason);
    assert.deepEqual(other.analytics, one.analytics);
  }));
});

/** What is said of a candidate without the names of other days. */
function withoutDates({ reasons }: Candidate) {
  return {
    reasons: reasons.filter(({ code }) => code !== "runner_up" && code !== "first_possible"),
    reasoning: "",
  };
}

Deno.test("findSlots() shifts its answer with everything else by a week without clock changes", () => {
  const inSummer = arbitraryRequest.filter(({ constraints }) =>
    constraints.earliest_date.startsWith("2026-06")
  );
  const week = (text: string) =>
    text.replace(
      /^\d{4}-\d\d-\d\d/,
      (date) => new Date(Date.parse(date) + 7 * 86_400_000).toISOString().slice(0, 10),
    );
  fc.assert(
    fc.property(inSummer, (asked) => {
      const { constraints, participants, now } = asked;
      const later = {
        ...asked,
        constraints: {
          ...constraints,
          earliest_date: week(constraints.earliest_date),
          latest_date: week(constraints.latest_date),
          holiday_dates: constraints.holiday_dates.map(week),
        },
        participants: participants.map((participant) => ({
          ...participant,
          ...(participant.exdates && { exdates: participant.exdates.map(week) }),
          busy: participant.busy === "unknown" ? participant.busy : participant.busy.map(
            (busy) => ({ ...busy, start: week(busy.start), end: week(busy.end) }),
          ),
        })),
        now: new Date(now.getTime() + 7 * 86_400_000),
      };
      const shifted = findSlots(asked).candidates.map((candidate) => ({
        ...candidate,
        start_time: week(candidate.start_time),
        end_time: week(candidate.end_time),
        ...withoutDates(candidate),
        participant_availability: candidate.participant_availability
          .map((one) => ({ ...one, local_start: week(one.local_start) })),
      }));
      const found = findSlots(later).candidates
        .map((candidate) => ({ ...candidate, ...withoutDates(candidate) }));
      assert.deepEqual(found, shifted);
    }),
    { numRuns: 60 },
  );
});

Deno.test("findSlots() lowers conflict proximity when busy time comes nearer", () => {
  const clear = at(request([person("Ann", ["14:00-15:00"])]), "13:00").score_breakdown;
  const near = at(request([person("Ann", ["13:45-15:00"])]), "13:00").score_breakdown;
  const nearest = at(request([person("Ann", ["13:30-15:00"])]), "13:00").score_breakdown;
  assert.equal(clear.conflict_proximity, 10);
  assert.equal(near.conflict_proximity, 5);
  assert.equal(nearest.conflict_proximity, 0);
});

Deno.test("findSlots() lowers fragmentation by free time between meetings left too short to use", () => {
  const between = (end: string, time: string) =>
    at(
      request([person("Ann", ["08:00-10:00", `${end}-17:00`])], { interval_minutes: 5 }),
      time,
    ).score_breakdown.fragmentation;
  // Ninety minutes: at the edge an hour is left, in the middle twice half an hour, of no use.
  assert.deepEqual(
    ["10:00", "10:15", "10:30", "11:00"].map((time) => between("11:30", time)),
    [15, 7.5, 0, 15],
  );
  // A gap that was too short already is not lost.
  assert.deepEqual(["10:00", "10:15"].map((time) => between("10:45", time)), [15, 15]);
  assert.equal(between("10:30", "10:00"), 15);
  // From an hour on, what is left is of full use.
  assert.deepEqual(["11:00", "11:30"].map((time) => between("14:00", time)), [15, 15]);
});

Deno.test("findSlots() has no prize for the edge of a day", () => {
  const free = request([person("Ann", ["13:00-14:00"])], { interval_minutes: 5 });
  const fragmentation = (time: string) => at(free, time).score_breakdown.fragmentation;
  assert.deepEqual(["09:00", "09:15", "10:30", "16:10", "16:30"].map(fragmentation), [
    15,
    15,
    15,
    15,
    15,
  ]);
});

Deno.test("findSlots() keeps the longest time free where focus has priority", () => {
  const free = request([person("Ann")], { priority: "focus" });
  const edge = at(free, "09:00").score_breakdown.fragmentation;
  const inside = at(free, "11:00").score_breakdown.fragmentation;
  const middle = at(free, "12:30").score_breakdown.fragmentation;
  assert.ok(edge > inside && inside > middle, `${edge} ${inside} ${middle}`);
  assert.ok(edge > 40, `${edge} of 50`);
});

Deno.test("findSlots() raises preference when the hour suits people better", () => {
  const early = request([person("Ann")], { working_hours_start: 6 });
  const six = at(early, "06:00").score_breakdown.preference;
  const eight = at(early, "08:00").score_breakdown.preference;
  const nine = at(early, "09:00").score_breakdown.preference;
  assert.deepEqual([six, eight, nine], [0, 16.7, 25]);
  const wanted = person("Ann", [], {
    open_hours: [{ days: ["monday"], start: "06:00", end: "10:00" }],
  });
  assert.equal(at(request([wanted]), "06:30").score_breakdown.preference, 25);
});

Deno.test("findSlots() lowers preference at lunch and at the edges of the day", () => {
  const preference = (asked: SchedulingRequest, times: string[]) =>
    times.map((time) => at(asked, time).score_breakdown.preference);
  const quarters = { interval_minutes: 15 };
  const ann = request([person("Ann")], quarters);
  assert.deepEqual(preference(ann, ["09:00", "09:15", "09:30", "16:00", "16:15", "16:30"]), [
    23,
    24,
    25,
    25,
    21.9,
    18.8,
  ]);
  assert.deepEqual(preference(ann, ["11:30", "11:45", "12:00", "12:30", "12:45", "13:00"]), [
    25,
    18.8,
    12.5,
    12.5,
    18.8,
    25,
  ]);
  const late_lunch = { start: "13:00", end: "13:30" };
  const asked = request([person("Ann")], { ...quarters, lunch: late_lunch });
  assert.deepEqual(preference(asked, ["12:00", "13:00"]), [25, 12.5]);
  assert.deepEqual(preference(request([person("Ann")], { lunch: null }), ["12:00"]), [25]);
  const own = request([person("Ann", [], { lunch: late_lunch })], quarters);
  assert.deepEqual(preference(own, ["12:00", "13:00"]), [25, 12.5]);
  const none = request([person("Ann", [], { lunch: null })]);
  assert.deepEqual(preference(none, ["12:00"]), [25]);
});

Deno.test("findSlots() lowers preference over the last two hours of the week", () => {
  const on = (day: string, people = [person("Ann")], changes = {}) => {
    const asked = request(people, { earliest_date: day, latest_date: day, ...changes });
    return ["14:30", "15:30", "16:00"].map((time) => at(asked, time).score_breakdown.preference);
  };
  assert.deepEqual(on("2030-01-10"), [25, 25, 25]);
  assert.deepEqual(on("2030-01-11"), [25, 22.5, 21.3]);
  // A week from Sunday to Thursday ends on Thursday.
  const allowed_days = WEEKDAYS.filter((day) => day !== "friday" && day !== "saturday");
  assert.deepEqual(on("2030-01-10", [person("Ann")], { allowed_days }), [25, 22.5, 21.3]);
});

Deno.test("findSlots() lowers availability when an optional participant is absent, unknown or tentative", () => {
  const withBob = (bob: ReturnType<typeof person>) =>
    at(request([person("Ann"), bob], { tentative_as_busy: false }), "10:00")
      .score_breakdown.availability;
  const tentative = {
    start: "2030-01-07T10:00:00Z",
    end: "2030-01-07T10:30:00Z",
    tentative: true,
  };
  assert.equal(withBob(person("Bob", [], { type: "optional" })), 35);
  assert.equal(withBob(person("Bob", [], { type: "optional", busy: [tentative] })), 26.3);
  assert.equal(withBob(person("Bob", ["10:00-10:30"], { type: "optional" })), 17.5);
  assert.equal(withBob(person("Bob", "unknown", { type: "optional" })), 17.5);
});

Deno.test("findSlots() halves optimization with every working day, and takes no account of nights", () => {
  const week = request([person("Ann", ["09:00-10:00"])], {
    latest_date: "2030-01-15",
    interval_minutes: 60,
    priority: "soonest",
    holiday_dates: ["2030-01-09"],
    max_candidates: 1000,
  });
  const points = new Map(
    findSlots(week).candidates.map(({ start_time, score, score_breakdown }) => {
      assert.equal(score, score_breakdown.optimization);
      return [start_time.slice(5, 16), score];
    }),
  );
  const of = (times: string[]) => times.map((time) => points.get(time));
  assert.deepEqual(of(["01-07T10:00", "01-07T14:00", "01-08T10:00"]), [100, 70.7, 50]);
  // The 9th is a holiday, the 12th and 13th a weekend.
  assert.deepEqual(of(["01-10T10:00", "01-11T10:00", "01-14T10:00"]), [25, 12.5, 6.3]);
  // An hour passes from the last one of a day to the first of the next.
  assert.deepEqual(of(["01-07T16:00", "01-08T09:00"]), [59.5, 54.5]);
});

Deno.test("findSlots() gives the earlier of two otherwise equal times more for optimization", () => {
  const free = request([person("Ann")]);
  const points = ["09:00", "12:00", "16:30"].map((time) =>
    at(free, time).score_breakdown.optimization
  );
  assert.deepEqual(points, points.toSorted((a, b) => b - a));
  assert.equal(new Set(points).size, 3);
});

Deno.test("findSlots() sees where a day begins also when clocks are put back within its hours", () => {
  // 05:30 to 06:15 UTC is 01:30 to 02:00 in New York, and then 01:00 to 01:15: a short day, so all of it suits.
  const ann = person("Ann", [], {
    timezone: "America/New_York",
    open_hours: [{ days: ["sunday"], start: "05:30", end: "06:15", timezone: "UTC" }],
  });
  const asked = request([ann], {
    earliest_date: "2026-11-01",
    latest_date: "2026-11-01",
    allowed_days: ["sunday"],
    duration_minutes: 15,
    interval_minutes: 15,
  });
  const now = new Date("2026-10-01T00:00:00Z");
  const [best] = findSlots({ ...asked, now }).candidates;
  assert.ok(best !== undefined && best.score_breakdown.preference > 15);
});
