import fc from "fast-check";
import assert from "node:assert/strict";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type { SchedulingRequest } from "@shared/scheduling/input/scheduling_request.ts";
import { readWeights } from "@shared/scheduling/input/weights.ts";
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

Deno.test("findSlots() ranks by score, and of equal scores the earlier start first", () => {
  fc.assert(fc.property(arbitraryRequest, (asked) => {
    const { candidates, total_candidates_evaluated } = findSlots(asked);
    assert.ok(candidates.length <= asked.constraints.max_candidates);
    assert.ok(candidates.length <= total_candidates_evaluated);
    for (const [i, candidate] of candidates.slice(1).entries()) {
      const better = candidates[i]!;
      assert.ok(
        better.score > candidate.score ||
          (better.score === candidate.score && startOf(better) < startOf(candidate)),
      );
    }
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
        participant_availability: candidate.participant_availability
          .map((one) => ({ ...one, local_start: week(one.local_start) })),
      }));
      assert.deepEqual(findSlots(later).candidates, shifted);
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

Deno.test("findSlots() lowers fragmentation when a free block is split", () => {
  const free = request([person("Ann")]);
  const edge = at(free, "09:00").score_breakdown.fragmentation;
  const inside = at(free, "11:00").score_breakdown.fragmentation;
  const middle = at(free, "12:30").score_breakdown.fragmentation;
  assert.equal(edge, 15);
  assert.ok(edge > inside && inside > middle, `${edge} ${inside} ${middle}`);
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
  assert.equal(at(request([wanted]), "06:00").score_breakdown.preference, 25);
});

Deno.test("findSlots() lowers availability when somebody optional is absent, unknown or tentative", () => {
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

Deno.test("findSlots() gives the earlier of two otherwise equal times more for optimization", () => {
  const free = request([person("Ann")]);
  const points = ["09:00", "12:00", "16:30"].map((time) =>
    at(free, time).score_breakdown.optimization
  );
  assert.deepEqual(points, points.toSorted((a, b) => b - a));
  assert.equal(new Set(points).size, 3);
});
