import assert from "node:assert/strict";
import { googleCalendar } from "@shared/google/calendar.ts";
import { recordedFetch } from "./recorded_fetch.ts";

const BASE = "https://calendar.example/calendar/v3";

Deno.test("listEvents() sends Google's own names and gives a page with its token", async () => {
  const { fetch, sent } = recordedFetch(() =>
    Response.json({ items: [{ id: "a", status: "cancelled" }], nextPageToken: "t", kind: "x" })
  );
  const calendar = googleCalendar({ base_url: BASE, fetch });
  const outcome = await calendar.listEvents("token", "primary", {
    privateExtendedProperty: "convene_event_key=1",
    showDeleted: true,
    maxResults: 10,
  });
  assert.deepEqual(outcome, {
    verdict: "done",
    status: 200,
    value: { events: [{ id: "a", status: "cancelled" }], nextPageToken: "t" },
  });
  const [request] = sent;
  assert.equal(request?.method, "GET");
  const { fields, ...query } = Object.fromEntries(request?.url.searchParams ?? []);
  assert.match(
    fields ?? "",
    /^accessRole,nextPageToken,nextSyncToken,timeZone,items\(id,etag,.*attendees/,
  );
  assert.match(request?.headers.get("user-agent") ?? "", /gzip/);
  assert.deepEqual(query, {
    privateExtendedProperty: "convene_event_key=1",
    showDeleted: "true",
    maxResults: "10",
  });
});

Deno.test("listEvents() takes a page without items for an empty one", async () => {
  const { fetch } = recordedFetch(() => Response.json({ nextPageToken: "more" }));
  const outcome = await googleCalendar({ base_url: BASE, fetch }).listEvents("t", "primary", {});
  assert.ok(outcome.verdict === "done");
  assert.deepEqual(outcome.value, { events: [], nextPageToken: "more" });
});
