import assert from "node:assert/strict";
import { completeConstraints } from "@shared/schemas/constraints.ts";
import type { SlotRequest } from "@shared/finding_time/slot_request.ts";
import { search } from "@shared/finding_time/search.ts";

const NOW = new Date("2035-01-07T00:00:00Z");
const DAY = { earliest_date: "2035-01-08", latest_date: "2035-01-08" };
const QUESTION: SlotRequest = {
  constraints: completeConstraints(DAY, NOW),
  seated: [],
  attending: [
    { email: "ana@north.example", type: "required", is_organizer: true },
    { email: "ben@north.example", name: "Ben", type: "required", is_organizer: false },
  ],
  weights: null,
  recurrence: null,
  allow_concessions: false,
  locale: "en",
};
const FIRST = { now: NOW, tries: { is_last: false }, max_candidates: 10 };
const LAST = { ...FIRST, tries: { is_last: true } };

Deno.test("search() postpones, by name, when a calendar did not answer in time, and refuses in the end", () => {
  const late = times("timeout");
  const first = search(QUESTION, late, FIRST);
  assert.equal(first.kind, "postponed");
  assert.ok(first.kind === "postponed" && first.code === "google_unavailable");
  assert.ok(first.reason.includes("Ben"), first.reason);
  const last = search(QUESTION, late, LAST);
  assert.ok(last.kind === "refused" && last.code === "calendar_unreadable");
  assert.deepEqual(last.details.unknown, ["ben@north.example"]);
});

Deno.test("search() refuses at once when a calendar cannot be read at all", () => {
  const outcome = search(QUESTION, times("notFound"), FIRST);
  assert.ok(outcome.kind === "refused" && outcome.code === "calendar_unreadable");
});

Deno.test("search() counts what is promised to other meetings as busy, for those who can be read", () => {
  const holds = [{
    participant_email: "ben@north.example",
    starts_at: "2035-01-08T09:00:00+00:00",
    ends_at: "2035-01-08T16:30:00+00:00",
  }];
  const readable = times(null, holds);
  const outcome = search(QUESTION, readable, FIRST);
  assert.ok(outcome.kind === "found");
  assert.deepEqual(outcome.candidates.map(({ start_time }) => start_time), [
    "2035-01-08T16:30:00Z",
  ]);
  const unreadable = search(QUESTION, times("notFound", holds), FIRST);
  assert.equal(unreadable.kind, "refused");
});

function times(unknown_reason: string | null, holds: typeof NO_HOLDS = NO_HOLDS) {
  return {
    times: {
      read: new Map([
        ["ana@north.example", { busy: [] }],
        [
          "ben@north.example",
          unknown_reason === null ? { busy: [] } : { busy: "unknown" as const, unknown_reason },
        ],
      ]),
      holds,
      window: null,
    },
    habits: { past_inconvenience: {}, profiles: new Map(), turns: {} },
  };
}

const NO_HOLDS: { participant_email: string; starts_at: string; ends_at: string }[] = [];
