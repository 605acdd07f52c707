import assert from "node:assert/strict";
import { isTemporary, isUnknown } from "@shared/failures/failure.ts";
import { EVENT_KEY_PROPERTY } from "@shared/calendar_events/own_event.ts";
import { attemptOn, LEASED_ROW } from "./attempts.ts";

const LANDED = {
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
          ? Response.json(LANDED)
          : Response.json({ error: { code: status, errors: [{ reason }] } }, { status }),
    );
    assert.deepEqual(sent.map(({ method }) => method), ["GET", "DELETE"]);
    assert.ok(settlement.outcome === "failed");
    // A row whose outcome is unknown stays due, whatever its attempts.
    assert.ok(isUnknown(settlement.failure) && isTemporary(settlement.failure), reason);
  }
});
