import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import type { Connections, StoredConnection } from "@shared/connections/connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { googleCalendar } from "@shared/google/calendar.ts";
import { attemptWriteback } from "@shared/writeback/write_back.ts";
import { recordedFetch } from "../google/recorded_fetch.ts";

const CONNECTION = { google_account_id: "1042", email: "a@north.example" } as StoredConnection;
const CONNECTIONS: Connections = { call: (_, request) => request("token") };
const NO_DATABASE = createClient("http://127.0.0.1:1", "key", {
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
});

const ROW = {
  meeting_id: "m-1",
  event_key: "0b9f4c1e-5d5e-4a5b-8a55-0d6a1c2b3e4f",
  event_generation: 1,
  desired_version: 1,
  title: "Budget",
  description: null,
  location: null,
  participants: ["b@north.example"],
  conference: "none",
  reminders: null,
  recurrence: null,
  guests_can_modify: false,
  guests_can_invite_others: true,
  guests_can_see_other_guests: true,
  starts_at: "2035-01-08T10:00:00+00:00",
  ends_at: "2035-01-08T10:30:00+00:00",
  timezone: "UTC",
  score: null,
  reasoning: null,
  cancelled_at: null,
  google_account_id: "1042",
  google_calendar_id: "primary",
  google_event_id: null,
  removed_participants: [],
  writeback_status: "pending",
  writeback_operation: "create",
  writeback_outcome_unknown: false,
  writeback_retry_count: 0,
  writeback_lease_losses: 0,
  writeback_next_attempt_at: "2034-12-31T23:59:00Z",
  writeback_lease_token: "00000000-0000-4000-8000-000000000001",
};

const CASES: [what: string, columns: Partial<typeof ROW>][] = [
  ["a new event", {}],
  ["an event that may exist", { writeback_status: "retrying", writeback_outcome_unknown: true }],
  ["a change", { writeback_status: "created", writeback_operation: "update", desired_version: 2 }],
];

/** One attempt whose time is used up after `checks` questions for it; Google knows no event. */
async function attempt(columns: Partial<typeof ROW>, checks: number) {
  const { fetch, sent } = recordedFetch(({ method }) =>
    method === "GET" && columns.writeback_operation === "update"
      ? Response.json({ id: "convene1", status: "confirmed", etag: '"1"' })
      : new Response("{}", { status: 404 })
  );
  const { settlement, result } = await attemptWriteback(
    {
      database: NO_DATABASE,
      calendar: googleCalendar({ base_url: "http://127.0.0.1:1/calendar/v3", fetch }),
      connections: CONNECTIONS,
      now: () => new Date("2035-01-01T00:00:00Z"),
    },
    { ...ROW, ...columns } as unknown as MeetingRow,
    CONNECTION,
    () => checks-- > 0,
  );
  assert.ok(settlement.outcome === "failed" && !result.success);
  return { settlement, code: result.failure?.code, asked: sent.map(({ method }) => method) };
}

for (const [what, columns] of CASES) {
  Deno.test(`attemptWriteback() sends nothing for ${what} once its time is used up, and spends nothing`, async () => {
    const { settlement, code, asked } = await attempt(columns, 0);
    assert.equal(code, "out_of_time");
    assert.deepEqual(asked, []);
    const { should_retry, spends_attempt, outcome_unknown, not_before_seconds } = settlement;
    assert.deepEqual([should_retry, spends_attempt, not_before_seconds], [true, false, 1]);
    assert.equal(outcome_unknown, columns.writeback_outcome_unknown === true);
  });
}

Deno.test("attemptWriteback() leaves the outcome open when its time was used up by a look that came early", async () => {
  const { settlement, code } = await attempt({
    writeback_outcome_unknown: true,
    writeback_next_attempt_at: "2035-01-01T00:00:20Z",
  }, 1);
  assert.equal(code, "out_of_time");
  const { spends_attempt, outcome_unknown, not_before_seconds } = settlement;
  assert.deepEqual([spends_attempt, outcome_unknown, not_before_seconds], [false, true, 20]);
});

Deno.test("attemptWriteback() begins no write when the time was used up by the look before it", async () => {
  for (const [, columns] of CASES.slice(1)) {
    const { settlement, code, asked } = await attempt(columns, 1);
    assert.equal(code, "out_of_time");
    assert.deepEqual(asked, ["GET"]);
    assert.equal(settlement.spends_attempt, false);
    assert.equal(settlement.outcome_unknown, false, "the look has answered");
  }
});
