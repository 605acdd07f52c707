import assert from "node:assert/strict";
import type { StoredConnection } from "@shared/connections/connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { googleCalendar } from "@shared/google/calendar.ts";
import { EVENT_KEY_PROPERTY } from "@shared/writeback/compose_event.ts";
import { findEvent } from "@shared/writeback/find_event.ts";
import { recorder } from "@shared/writeback/recorder.ts";
import { recordedFetch } from "../google/recorded_fetch.ts";

const KEY = "0b9f4c1e-5d5e-4a5b-8a55-0d6a1c2b3e4f";
const OURS = { extendedProperties: { private: { [EVENT_KEY_PROPERTY]: KEY } } };

async function find(status: number, event: object, outcome_unknown = false) {
  const { fetch } = recordedFetch(() => Response.json(event, { status }));
  return await findEvent(
    {
      row: { event_key: KEY, google_calendar_id: "primary" } as MeetingRow,
      calendar: googleCalendar({ base_url: "http://127.0.0.1:1/calendar/v3", fetch }),
      connection: {} as StoredConnection,
      connections: { call: (_connection, _kind, request) => request("token") },
      recorder: recorder(() => new Date(0)),
    },
    "convene1",
    outcome_unknown,
  );
}

Deno.test("findEvent() tells our event from a stranger's, and both from what is gone", async () => {
  const event = { id: "convene1", status: "confirmed" };
  const gone = { id: "convene1", status: "cancelled" };
  for (
    const [status, body, kind] of [
      [200, { ...event, ...OURS }, "ours"],
      [200, event, "foreign"],
      [200, { ...gone, ...OURS }, "tombstone"],
      // Somebody took the key away before it was deleted, or Google shows no more of it.
      [200, gone, "tombstone"],
      [410, {}, "tombstone"],
      [404, {}, "absent"],
    ] as const
  ) assert.equal((await find(status, body)).kind, kind, JSON.stringify([status, body]));
});

Deno.test("findEvent() spends no attempt on a look that is refused while an event may exist", async () => {
  const open = await find(403, {}, true);
  assert.ok(open.kind === "unreadable");
  assert.equal(open.failure.verdict, "unverified");
  const known = await find(403, {}, false);
  assert.ok(known.kind === "unreadable" && known.failure.verdict === "reject");
});
