import assert from "node:assert/strict";
import { isTemporary, isUnknown } from "@shared/failures/failure.ts";
import { EVENT_KEY_PROPERTY } from "@shared/calendar_events/own_event.ts";
import { attemptOn, LEASED_ROW } from "./attempts.ts";

const EXISTING = {
  id: "convene1",
  status: "confirmed",
  extendedProperties: { private: { [EVENT_KEY_PROPERTY]: LEASED_ROW.event_key } },
};

Deno.test("attemptWriteback() gives up no deletion of an event whose outcome is unknown", async () => {
  for (const [status, reason] of [[403, "forbidden"], [409, "conflict"]] as const) {
    const { settlement, sent } = await attemptOn(
      {
        cancelled_at: "2034-12-31T00:00:00+00:00",
        writeback_status: "retrying",
        operation: "cancel",
        outcome_unknown: true,
        attempts: 2,
      },
      ({ method }) =>
        method === "GET"
          ? Response.json(EXISTING)
          : Response.json({ error: { code: status, errors: [{ reason }] } }, { status }),
    );
    assert.deepEqual(sent.map(({ method }) => method), ["GET", "DELETE"]);
    assert.ok(settlement.outcome === "failed");
    // A row whose outcome is unknown stays due, whatever its attempts.
    assert.ok(isUnknown(settlement.failure) && isTemporary(settlement.failure), reason);
  }
});

Deno.test("attemptWriteback() believes a 404 of a calendar that can be read, or after a deletion of its own", async () => {
  const cases: [deletion_sent: boolean, list: number, role: string, ends: string][] = [
    [false, 200, "writer", "written"],
    [false, 200, "freeBusyReader", "event_unreachable"],
    [false, 404, "", "event_unreachable"],
    [true, 404, "", "written"],
    [false, 503, "", "google_unavailable"],
  ];
  for (const [deletion_sent, list, accessRole, ends] of cases) {
    const { settlement, sent } = await attemptOn(
      {
        cancelled_at: "2034-12-31T00:00:00+00:00",
        writeback_status: "created",
        operation: "cancel",
        google_event_id: "convene1",
        google_calendar_id: "team@group.calendar.example",
        deletion_sent,
      },
      ({ url }) =>
        url.pathname.endsWith("/events")
          ? Response.json({ items: [], accessRole }, { status: list })
          : Response.json({}, { status: 404 }),
    );
    const code = settlement.outcome === "failed" ? settlement.failure.code : settlement.outcome;
    assert.equal(code, ends, JSON.stringify([deletion_sent, list, accessRole]));
    assert.deepEqual(sent.map(({ method }) => method), ["GET", "GET"], "nothing was deleted");
  }
});
