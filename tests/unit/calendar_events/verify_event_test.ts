import assert from "node:assert/strict";
import type { StoredConnection } from "@shared/connections/connections.ts";
import { googleCalendar } from "@shared/google/calendar.ts";
import { calendarIdOf } from "@shared/calendar_events/event_calendar.ts";
import { EVENT_KEY_PROPERTY } from "@shared/calendar_events/own_event.ts";
import { verifyEvent } from "@shared/calendar_events/verify_event.ts";
import { ofRead, stillUnknown } from "@shared/writeback/attempt_failure.ts";
import { recordedFetch } from "../google/recorded_fetch.ts";

const KEY = "0b9f4c1e-5d5e-4a5b-8a55-0d6a1c2b3e4f";
const OURS = { extendedProperties: { private: { [EVENT_KEY_PROPERTY]: KEY } } };

async function find(status: number, event: object) {
  const { fetch } = recordedFetch(() => Response.json(event, { status }));
  return await verifyEvent(
    {
      calendar: googleCalendar({ base_url: "http://127.0.0.1:1/calendar/v3", fetch }),
      connection: { email: "a@north.example" } as StoredConnection,
      connections: { call: (_connection, _kind, request) => request("token") },
      calendar_id: "primary",
    },
    KEY,
    "convene1",
  );
}

Deno.test("verifyEvent() distinguishes our event, a foreign event and a deleted one", async () => {
  const event = { id: "convene1", status: "confirmed" };
  const gone = { id: "convene1", status: "cancelled" };
  for (
    const [status, body, kind] of [
      [200, { ...event, ...OURS }, "ours"],
      [200, event, "foreign"],
      [200, { ...gone, ...OURS }, "tombstone"],
      // The key was removed before the event was deleted, or Google no longer returns it.
      [200, gone, "tombstone"],
      [410, {}, "tombstone"],
      [404, {}, "absent"],
    ] as const
  ) assert.equal((await find(status, body)).kind, kind, JSON.stringify([status, body]));
});

Deno.test("a verification read that is refused spends no attempt while an event may exist", async () => {
  const found = await find(403, {});
  assert.ok(found.kind === "unreadable");
  assert.equal(stillUnknown(true, ofRead(found.failure)).verdict, "unverified");
  assert.equal(stillUnknown(false, ofRead(found.failure)).verdict, "reject");
});

Deno.test("verifyEvent() takes the copy that a moved event leaves behind for no tombstone", async () => {
  const second = "second@group.calendar.example";
  for (
    const [can_write, marks] of [[true, OURS], [false, OURS], [true, {}], [false, {}]] as const
  ) {
    const left = { id: "convene1", status: "cancelled", organizer: { email: second }, ...marks };
    const moved = { ...left, status: "confirmed", organizer: { email: second, self: true } };
    const { fetch } = recordedFetch(({ url }) => {
      if (!decodeURIComponent(url.pathname).includes(second)) return Response.json(left);
      if (!can_write) return Response.json({}, { status: 404 });
      return Response.json(url.pathname.endsWith("/events") ? { accessRole: "owner" } : moved);
    });
    const found = await verifyEvent(
      {
        calendar: googleCalendar({ base_url: "http://127.0.0.1:1/calendar/v3", fetch }),
        connection: { email: "a@north.example" } as StoredConnection,
        connections: { call: (_connection, _kind, request) => request("token") },
        calendar_id: "primary",
      },
      KEY,
      "convene1",
    );
    if (can_write) {
      assert.deepEqual([found.kind, "calendar_id" in found && found.calendar_id], ["ours", second]);
    } else assert.ok(found.kind === "moved_away" && found.failure.message.includes(second));
  }
});

Deno.test("calendarIdOf() knows the account's own calendar by its address, in any case", () => {
  const connection = { email: "Ana@north.example" };
  assert.equal(calendarIdOf(connection, "ana@north.example"), "primary");
  assert.equal(calendarIdOf(connection, "primary"), "primary");
  assert.equal(
    calendarIdOf(connection, "team@group.calendar.example"),
    "team@group.calendar.example",
  );
});
