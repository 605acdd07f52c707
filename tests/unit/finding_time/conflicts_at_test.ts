import assert from "node:assert/strict";
import { conflictsAt } from "@shared/finding_time/conflicts_at.ts";
import type { Availability } from "@shared/finding_time/read_busy.ts";
import type { SlotRequest } from "@shared/finding_time/slot_request.ts";
import { completeConstraints } from "@shared/schemas/constraints.ts";

const NOW = new Date("2035-01-07T00:00:00Z");
const BEN = "ben@north.example";
const instant = (time: string) => `2035-01-08T${time}:00.000Z`;
const span = (start: string, end: string) => ({
  start: Date.parse(instant(start)),
  end: Date.parse(instant(end)),
});
const busy = (start: string, end: string, more: object = {}) => ({
  start: instant(start),
  end: instant(end),
  ...more,
});
const AT = span("10:00", "10:30");

/** "none", "certain", "possible" or "unchecked", for one person with this busy time. */
function verdict(
  known: Availability,
  event_span: { start: number; end: number } | null,
  person: Partial<SlotRequest["attending"][number]> = {},
): string {
  const request: SlotRequest = {
    constraints: completeConstraints({}, NOW),
    seated: [],
    attending: [{ email: BEN, type: "required", is_organizer: false, ...person }],
    weights: null,
    recurrence: null,
    allow_concessions: false,
    locale: "en",
  };
  const { conflicts, unchecked } = conflictsAt(
    request,
    {
      times: { read: new Map([[BEN, known]]), holds: [], window: null },
      habits: { past_inconvenience: {}, profiles: new Map(), turns: {} },
    },
    [AT],
    event_span === null ? [] : [event_span],
  );
  if (unchecked.length > 0) return "unchecked";
  const [conflict] = conflicts;
  if (conflict === undefined) return "none";
  return conflict.is_certain ? "certain" : "possible";
}

Deno.test("conflictsAt() without an event names who is busy, and touching is no conflict", () => {
  assert.equal(verdict({ busy: [busy("10:15", "11:00")] }, null), "certain");
  assert.equal(verdict({ busy: [busy("09:00", "10:00"), busy("10:30", "11:00")] }, null), "none");
  assert.equal(verdict({ busy: "unknown" }, null), "unchecked");
  assert.equal(verdict({ busy: [busy("10:00", "10:30", { tentative: true })] }, null), "none");
});

Deno.test("conflictsAt() with the event at this time can prove nothing from free/busy alone", () => {
  assert.equal(verdict({ busy: [busy("10:00", "10:30")] }, AT), "none");
  assert.equal(verdict({ busy: [busy("10:00", "11:00")] }, AT), "possible");
  assert.equal(verdict({ busy: [busy("09:30", "10:30")] }, AT), "possible");
  const proven = { without_own_event: true } as const;
  assert.equal(verdict({ busy: [busy("10:00", "10:30")], ...proven }, AT), "certain");
  assert.equal(verdict({ busy: [busy("10:30", "11:00")], ...proven }, AT), "none");
});

Deno.test("conflictsAt() of an event at another time is certain of what lies outside that time", () => {
  const before = span("09:45", "10:15");
  assert.equal(verdict({ busy: [busy("09:45", "10:15")] }, before), "none");
  assert.equal(verdict({ busy: [busy("09:45", "10:20")] }, before), "certain");
  assert.equal(verdict({ busy: [busy("10:15", "10:45")] }, before), "certain");
});

Deno.test("conflictsAt() leaves members of a group out who were not chosen", () => {
  const group = { index: 0, count: 1, type: "required" as const };
  const taken = { busy: [busy("10:00", "10:30")] };
  assert.equal(verdict(taken, null, { group, was_chosen: false }), "none");
  assert.equal(verdict(taken, null, { group, was_chosen: true }), "certain");
});
