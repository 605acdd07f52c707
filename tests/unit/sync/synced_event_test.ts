import assert from "node:assert/strict";
import { syncedEvent } from "@shared/sync/synced_event.ts";

Deno.test("syncedEvent() keeps the text of Convene's own events only", () => {
  const event = {
    id: "one",
    etag: '"1"',
    description: "Private notes",
    attendees: [{ email: "ana@north.example" }, { displayName: "Without address" }],
  };
  const foreign = syncedEvent(event, "primary");
  assert.deepEqual(foreign, {
    id: "one",
    calendar_id: "primary",
    etag: '"1"',
    attendees: [{ email: "ana@north.example", responseStatus: "needsAction" }],
  });
  const own = syncedEvent({
    ...event,
    extendedProperties: { private: { convene_event_key: "k", convene_version: "3" } },
  }, "primary");
  assert.equal(own.description, "Private notes");
});
