import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import { findFreeStarts } from "@shared/scheduling/availability/free_starts.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type { Participant, ParticipantGroup } from "@shared/scheduling/input/scheduling_request.ts";
import { asParticipant, bruteForceStartsOfGroups, requestWithGroups } from "./arbitrary_groups.ts";
import { isBusy, isOpen } from "./brute_force.ts";
import { person, request } from "./requests.ts";

const ROOMS: ParticipantGroup = { index: 1, name: "a room for six", count: 1, type: "resource" };
const PEOPLE: ParticipantGroup = { index: 1, count: 1, type: "required" };

const ann = person("Ann", []);

function member(
  group: ParticipantGroup,
  name: string,
  busy: string[] | "unknown" = [],
  changes: Partial<Participant> = {},
): Participant {
  return person(name, busy, { type: group.type, group, ...changes });
}

function chosenAt(participants: Participant[], time: string) {
  const { candidates } = findSlots(request(participants, { max_candidates: 100 }));
  const at = candidates.find(({ start_time }) => start_time.slice(11, 16) === time);
  return at?.groups?.map(({ chosen, why }) => [chosen.map((email) => email.split("@")[0]), why]);
}

Deno.test("groups: a start is free exactly where some choice of members makes the meeting possible", () => {
  let with_answers = 0;
  fc.assert(
    fc.property(requestWithGroups, (asked) => {
      const starts = Array.from(findFreeStarts(asked));
      assert.deepEqual(starts, bruteForceStartsOfGroups(asked));
      if (starts.length > 0) with_answers++;
    }),
    { numRuns: 150 },
  );
  assert.ok(with_answers > 20, `Only ${with_answers} requests had an answer; make them easier`);
});

Deno.test("groups: who is chosen can come, and no one who comes first in the order was passed over", () => {
  fc.assert(
    fc.property(requestWithGroups, (asked) => {
      const { constraints, participants } = asked;
      for (const { start_time, groups = [] } of findSlots(asked).candidates.slice(0, 8)) {
        const start = Date.parse(start_time) / 60_000;
        const strict = { ...constraints, tentative_as_busy: true };
        for (const { index, chosen, count } of groups) {
          const members = participants.filter(({ group }) => group?.index === index);
          const able = members.filter((one) =>
            one.busy !== "unknown" && isOpen(constraints, one, start) &&
            !isBusy(constraints, one, start)
          );
          const rank = (one: Participant) => {
            const turns = one.type === "resource" ? 0 : one.turns ?? 0;
            const order = turns * 10 + members.indexOf(one);
            if (one.was_chosen === true) return order;
            return (isTentative(one) ? 2_000 : 1_000) + order;
          };
          // Tentative time is not widened by buffers.
          const isTentative = (one: Participant) =>
            isBusy({ ...strict, buffer_minutes: 0 }, {
              ...one,
              buffer: { before: 0, after: 0 },
              busy: one.busy === "unknown" ? [] : one.busy.filter(({ tentative }) => tentative),
            }, start);
          const first = able.toSorted((a, b) => rank(a) - rank(b)).slice(0, count);
          assert.deepEqual(new Set(chosen), new Set(first.map(({ email }) => email)));
        }
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("groups: a time scores as it would if those who are chosen had been named", () => {
  fc.assert(
    fc.property(requestWithGroups, (given) => {
      const participants = given.participants.map(({ past_inconvenience: _, ...one }) => one);
      const asked = { ...given, participants };
      if (participants.some(({ group }) => group?.type === "optional")) return;
      const { candidates } = findSlots(asked);
      for (const { start_time, score_breakdown, groups = [] } of candidates.slice(0, 4)) {
        const chosen = new Set(groups.flatMap((one) => one.chosen));
        const named = findSlots({
          ...asked,
          constraints: { ...asked.constraints, max_candidates: 1000 },
          participants: participants
            .filter(({ group, email }) => group === undefined || chosen.has(email))
            .map(asParticipant),
        });
        const same = named.candidates.find((one) => one.start_time === start_time);
        // How early a start is depends on the first one, which other members may make possible.
        const { optimization: _, ...points } = score_breakdown;
        const { optimization: __, ...expected } = same!.score_breakdown;
        assert.deepEqual(points, expected);
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("groups: the first free room in the given order is chosen, and the answer says why", () => {
  const rooms = [
    member(ROOMS, "Blue", ["09:00-12:00"]),
    member(ROOMS, "Green", ["09:00-10:00"]),
    member(ROOMS, "Red"),
  ];
  assert.deepEqual(chosenAt([ann, ...rooms], "09:00"), [[["red"], "only_free"]]);
  assert.deepEqual(chosenAt([ann, ...rooms], "10:00"), [[["green"], "first_free"]]);
  assert.deepEqual(chosenAt([ann, ...rooms], "13:00"), [[["blue"], "first_free"]]);
  const { candidates } = findSlots(request([ann, ...rooms], { earliest_date: "2030-01-07" }));
  assert.match(candidates[0]!.reasoning, /for a room for six: \w+, /i);
});

Deno.test("groups: of people, the one with the fewest turns is chosen, and a choice is kept while it is free", () => {
  const people = [
    member(PEOPLE, "Bob", [], { turns: 2 }),
    member(PEOPLE, "Cid", [], { turns: 1 }),
    member(PEOPLE, "Dee", ["09:00-12:00"], { turns: 5, was_chosen: true }),
  ];
  assert.deepEqual(chosenAt([ann, ...people], "09:00"), [[["cid"], "fewest_turns"]]);
  assert.deepEqual(chosenAt([ann, ...people], "13:00"), [[["dee"], "chosen_before"]]);
});

Deno.test("groups: only those who are chosen are listed, and others are no reason against a time", () => {
  const rooms = [member(ROOMS, "Blue", ["09:00-17:00"]), member(ROOMS, "Green")];
  const { candidates, analytics, blocking } = findSlots(request([ann, ...rooms]));
  assert.deepEqual(
    candidates[0]!.participant_availability.map(({ name }) => name),
    ["Ann", "Green"],
  );
  assert.equal(analytics.participants, 1);
  assert.deepEqual(blocking, []);
});

Deno.test("groups: a group of which too few are ever free is named as the reason, with its members", () => {
  const rooms = [member(ROOMS, "Blue", ["09:00-17:00"]), member(ROOMS, "Green", ["09:00-17:00"])];
  const found = findSlots(request([ann, ...rooms]));
  assert.deepEqual(found.candidates, []);
  assert.equal(found.empty_reason, "locationsUnavailable");
  assert.match(
    found.message,
    /^Between .+, a room for six is never free when everybody else can come\.$/,
  );
  assert.deepEqual(found.blocking, [{
    any_of: ["blue@convene.example", "green@convene.example"],
    name: "a room for six",
    reason: "busy",
    blocked_percentage: 100,
  }]);
});

Deno.test("groups: where a group is the only reason, the suggestion does without it", () => {
  const group = { ...PEOPLE, name: "a lawyer" };
  const lawyers = [member(group, "Dee", ["09:00-17:00"]), member(group, "Eli", ["09:00-17:00"])];
  assert.match(
    findSlots(request([ann, ...lawyers])).suggestion ?? "",
    /^Without a lawyer \(made optional\), the meeting could be on Monday 7 January 2030 at 09:00/,
  );
  const optional = { ...group, type: "optional" as const };
  const without = lawyers.map((one) => ({ ...one, type: optional.type, group: optional }));
  assert.equal(
    findSlots(request([ann, ...without])).candidates.at(0)?.groups?.[0]?.chosen.length,
    0,
  );
});

Deno.test("groups: a member whose calendar cannot be read is not chosen, and refused by name only where needed", () => {
  const two = [member(ROOMS, "Blue", "unknown"), member(ROOMS, "Green")];
  const found = findSlots(request([ann, ...two]));
  assert.deepEqual(found.candidates[0]?.groups?.[0]?.chosen, ["green@convene.example"]);
  const both = { ...ROOMS, count: 2 };
  for (const on_unknown of ["refuse", "ignore"] as const) {
    const refused = findSlots(
      request([ann, member(both, "Blue", "unknown"), member(both, "Green")], { on_unknown }),
    );
    assert.deepEqual(refused.candidates, []);
    assert.match(refused.message, /Blue/);
    assert.equal(
      refused.blocking.find(({ reason }) => reason === "unknown")?.email,
      "blue@convene.example",
    );
  }
});

Deno.test("groups: an optional group is never in the way, and what it lacks is said", () => {
  const group = { ...PEOPLE, name: "a tester", type: "optional" as const };
  const found = findSlots(request([ann, member(group, "Bob", ["09:00-17:00"])]));
  assert.equal(found.candidates.length > 0, true);
  assert.deepEqual(found.candidates[0]!.groups?.[0]?.chosen, []);
  assert.match(found.candidates[0]!.reasoning, /for a tester: none can come/i);
});

Deno.test("groups: the member who can make the most of a series is chosen for all of it", () => {
  const next_week = { start: "2030-01-14T09:00:00Z", end: "2030-01-14T17:00:00Z" };
  const rooms = [member(ROOMS, "Blue", [], { busy: [next_week] }), member(ROOMS, "Green")];
  const found = findSlots({
    ...request([ann, ...rooms]),
    recurrence: { lines: ["RRULE:FREQ=WEEKLY;COUNT=4"] },
  });
  const [best] = found.candidates;
  assert.deepEqual(best?.groups?.[0]?.chosen, ["green@convene.example"]);
  assert.equal(best?.recurrence?.free, 4);
  const busy_later = { start: "2030-01-21T09:00:00Z", end: "2030-01-28T17:00:00Z" };
  const worse = [rooms[0]!, member(ROOMS, "Green", [], { busy: [busy_later] })];
  const clashing = findSlots({
    ...request([ann, ...worse]),
    recurrence: { lines: ["RRULE:FREQ=WEEKLY;COUNT=4"] },
  }).candidates[0];
  assert.deepEqual(clashing?.groups?.[0]?.chosen, ["blue@convene.example"]);
  assert.equal(clashing?.recurrence?.free, 3);
  assert.deepEqual(clashing?.recurrence?.clashes.map(({ names }) => names), [["Blue"]]);
});
