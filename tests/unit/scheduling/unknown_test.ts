import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import { findFreeStarts } from "@shared/scheduling/availability/free_starts.ts";
import { busyWindow } from "@shared/scheduling/busy_window.ts";
import { findSlots, type SchedulingResult } from "@shared/scheduling/find_slots.ts";
import type {
  BusyInterval,
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { person, request } from "./requests.ts";
import { readWeights } from "@shared/scheduling/input/weights.ts";

/** Requests with an unreadable calendar, with concessions allowed and, in part, a recurrence. */
const withUnknown: fc.Arbitrary<SchedulingRequest> = fc.tuple(
  arbitraryRequest,
  fc.nat(),
  fc.constantFrom(undefined, { lines: ["RRULE:FREQ=DAILY"], horizon: 3 }),
).map(([asked, whom, recurrence]) => {
  const participants = asked.participants.map((one, i): Participant =>
    i === whom % asked.participants.length ? { ...one, busy: "unknown" } : one
  );
  const options = { negotiate: true, ...(recurrence && { recurrence }) };
  return {
    ...asked,
    ...(recurrence && { recurrence }),
    participants,
    busy_window: busyWindow(asked.constraints, participants, options),
  };
});

const isUnknown = ({ busy }: Participant) => busy === "unknown";

function all({ candidates, conceded_candidates }: SchedulingResult) {
  return [...candidates, ...conceded_candidates];
}

Deno.test("findSlots() calls an unreadable calendar unknown wherever it appears, and names it", () => {
  fc.assert(fc.property(withUnknown, (asked) => {
    const result = findSlots(asked);
    const unknown = asked.participants.filter(isUnknown).map(({ email }) => email);
    assert.deepEqual(result.unknown, unknown);
    for (const candidate of all(result)) {
      for (const { email, status, burden } of candidate.participant_availability) {
        assert.equal(status === "unknown", unknown.includes(email));
        if (status === "unknown") assert.equal(burden, undefined);
      }
      const invited = asked.participants.filter(({ type }) => type !== "resource");
      if (!invited.some(isUnknown)) continue;
      assert.ok(!candidate.reasons.some(({ code }) => code === "everyone_free"));
      const weight = readWeights(asked.weights, asked.constraints.priority).availability / 10;
      // A smaller weight may round to itself.
      if (weight >= 1) assert.ok(candidate.score_breakdown.availability < weight);
      const named = candidate.reasons.find(({ code }) => code === "calendar_unknown");
      assert.deepEqual(named?.args, { names: invited.filter(isUnknown).map(({ email }) => email) });
    }
  }));
});

Deno.test("findSlots() offers nothing, also with concessions, when a required calendar is unknown", () => {
  fc.assert(fc.property(withUnknown, (asked) => {
    const { on_unknown } = asked.constraints;
    const needed = asked.participants.filter((one) => isUnknown(one) && one.type !== "optional");
    if (on_unknown === "ignore" || needed.length === 0) return;
    const result = findSlots(asked);
    assert.deepEqual(all(result), []);
    assert.equal(result.negotiation_rounds, 0);
    for (const { email, name } of needed) {
      assert.ok(result.message.includes(name ?? email));
      assert.ok(result.blocking.some((one) => one.email === email && one.reason === "unknown"));
    }
  }));
});

Deno.test("findSlots() treats an optional participant with an unknown calendar as always busy", () => {
  const always: BusyInterval[] = [{ start: "2020-01-01T00:00:00Z", end: "2040-01-01T00:00:00Z" }];
  fc.assert(fc.property(withUnknown, (asked) => {
    const refusing = {
      ...asked,
      constraints: { ...asked.constraints, on_unknown: "refuse" as const },
    };
    if (refusing.participants.some((one) => isUnknown(one) && one.type !== "optional")) return;
    const busy = {
      ...refusing,
      participants: refusing.participants.map((one) =>
        isUnknown(one) ? { ...one, busy: always } : one
      ),
    };
    const scored = (request: SchedulingRequest) =>
      all(findSlots(request)).map(({ start_time, score_breakdown }) => ({
        start_time,
        score_breakdown,
      }));
    assert.deepEqual(scored(refusing), scored(busy));
  }));
});

Deno.test("findFreeStarts() gains no start by a calendar that cannot be read any more", () => {
  fc.assert(fc.property(arbitraryRequest, fc.nat(), (drawn, whom) => {
    const asked = {
      ...drawn,
      constraints: { ...drawn.constraints, on_unknown: "refuse" as const },
    };
    const i = whom % asked.participants.length;
    if (asked.participants[i]?.type !== "optional") return;
    const participants = asked.participants.map((one, j): Participant =>
      j === i ? { ...one, busy: "unknown" } : one
    );
    const before = new Set(findFreeStarts(asked));
    for (const start of findFreeStarts({ ...asked, participants })) assert.ok(before.has(start));
  }));
});

Deno.test("findSlots() names the organizer, a room and all others whose calendar is unknown", () => {
  const people = [
    person("Ann"),
    person("Bob", "unknown"),
    person("Cem", "unknown"),
    person("Dee", "unknown"),
    person("Room", "unknown", { type: "resource" }),
  ];
  const { message, candidates } = findSlots(request(people));
  assert.deepEqual(candidates, []);
  for (const name of ["Bob", "Cem", "Dee", "Room"]) assert.match(message, new RegExp(name));
});
