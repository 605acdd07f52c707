import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type {
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { readWeights } from "@shared/scheduling/input/weights.ts";
import { formatInstant } from "@shared/time/instants.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { person, request } from "./requests.ts";

const open = arbitraryRequest.map((drawn): SchedulingRequest => ({
  ...drawn,
  constraints: { ...drawn.constraints, max_candidates: 1000, minimum_attendee_percentage: 0 },
}));

function byStart(asked: SchedulingRequest): Map<string, Candidate> {
  return new Map(findSlots(asked).candidates.map((one) => [one.start_time, one]));
}

Deno.test("findSlots() never raises conflict proximity by busy time that comes nearer", () => {
  fc.assert(
    fc.property(open, fc.nat(), fc.nat(), fc.boolean(), (asked, which, whom, after) => {
      const { candidates } = findSlots(asked);
      const chosen = candidates[which % Math.max(1, candidates.length)];
      const near = asked.participants[whom % asked.participants.length]!;
      if (chosen === undefined || near.busy === "unknown") return;
      const [from, to] = after
        ? [Date.parse(chosen.end_time) + 20 * 60_000, Date.parse(chosen.end_time) + 40 * 60_000]
        : [
          Date.parse(chosen.start_time) - 40 * 60_000,
          Date.parse(chosen.start_time) - 20 * 60_000,
        ];
      const more = { start: new Date(from).toISOString(), end: new Date(to).toISOString() };
      const participants = asked.participants.map((one): Participant =>
        one === near && one.busy !== "unknown" ? { ...one, busy: [...one.busy, more] } : one
      );
      const now = byStart({ ...asked, participants }).get(chosen.start_time);
      // Their buffer may rule the start out, or them where they are optional.
      const comes = (candidate: Candidate) =>
        candidate.participant_availability.filter(({ status }) =>
          status === "free" || status === "tentative"
        ).length;
      if (now === undefined || comes(now) !== comes(chosen)) return;
      const before = chosen.score_breakdown.conflict_proximity;
      assert.ok(now.score_breakdown.conflict_proximity <= before);
    }),
    { numRuns: 300 },
  );
});

Deno.test("findSlots() scores people who are alike together as it does one by one", () => {
  fc.assert(
    fc.property(open, fc.boolean(), (asked, plain) => {
      const of = (person: Participant): Participant => {
        const { preferences: _, profile: __, past_inconvenience: ___, ...alike } = person;
        return plain ? alike : person;
      };
      const participants = asked.participants.map(of);
      // Empty preferences change nothing, but such people are computed one by one.
      const one_by_one = participants.map((one) => ({ preferences: {}, ...one }));
      assert.deepEqual(
        findSlots({ ...asked, participants }),
        findSlots({ ...asked, participants: one_by_one }),
      );
    }),
    { numRuns: 400 },
  );
});

Deno.test("findSlots() lowers conflict proximity minute by minute within the hour", () => {
  const minutes = fc.integer({ min: 0, max: 60 });
  fc.assert(fc.property(minutes, minutes, fc.boolean(), (one, other, after) => {
    const proximity = (gap: number) => {
      const at = Date.parse("2030-01-07T12:00:00Z") / 60_000;
      const [from, to] = after ? [at + 30 + gap, at + 90 + gap] : [at - gap - 60, at - gap];
      const busy = [{ start: formatInstant(from, 0), end: formatInstant(to, 0) }];
      const found = byStart(request([person("Ann", [], { busy })], { max_candidates: 100 }));
      return found.get("2030-01-07T12:00:00Z")!.score_breakdown.conflict_proximity;
    };
    assert.equal(Math.sign(proximity(one) - proximity(other)), Math.sign(one - other));
  }));
});

Deno.test("findSlots() lowers fragmentation the more evenly a free block is split, for focus", () => {
  // Free from 09:00 to 17:00 in steps of five minutes: 7:30 are left, in two pieces.
  const step = fc.integer({ min: 0, max: 90 });
  fc.assert(fc.property(step, step, (one, other) => {
    const found = byStart(request([person("Ann")], {
      interval_minutes: 5,
      max_candidates: 100,
      priority: "focus",
    }));
    const left = (at: number) => Math.min(at, 90 - at);
    const fragmentation = (at: number) => {
      const start = formatInstant(Date.parse("2030-01-07T09:00:00Z") / 60_000 + at * 5, 0);
      return found.get(start)!.score_breakdown.fragmentation;
    };
    const closer = left(other) - left(one);
    const higher = fragmentation(one) - fragmentation(other);
    // Near the middle a few minutes are worth less than the tenth of a point that scores are rounded to.
    assert.ok(
      Math.abs(closer) < 5 ? higher * closer >= 0 : Math.sign(higher) === Math.sign(closer),
    );
  }));
});

Deno.test("findSlots() lowers availability when an optional participant does not come", () => {
  fc.assert(
    fc.property(open, fc.boolean(), (asked, unknown) => {
      const guest = (busy: Participant["busy"]): Participant => ({
        email: "guest@convene.example",
        type: "optional",
        timezone: "UTC",
        open_hours: [{
          days: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
          start: "00:00",
          end: "24:00",
        }],
        busy,
      });
      const always = [{ start: "2020-01-01T00:00:00Z", end: "2040-01-01T00:00:00Z" }];
      const withGuest = (busy: Participant["busy"]) =>
        byStart({ ...asked, participants: [...asked.participants, guest(busy)] });
      const coming = withGuest([]);
      for (const [start, absent] of withGuest(unknown ? "unknown" : always)) {
        const present = coming.get(start);
        // Where all others are unknown and ignored, the guest is the one who must come.
        if (present === undefined) continue;
        const guests = present.participant_availability.at(-1)!;
        // Their days and hours are the request's too: a holiday, or a day that is not allowed.
        if (guests.status !== "free") continue;
        const [less, more] = [absent, present].map((one) => one.score_breakdown.availability);
        assert.ok(less! <= more!);
        // A fifth of a small weight may be lost in rounding.
        const { availability } = readWeights(asked.weights, asked.constraints.priority);
        if (availability >= 10) assert.ok(less! < more!);
      }
    }),
    { numRuns: 200 },
  );
});
