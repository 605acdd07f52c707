import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { ana, bo, hour, openTeam, refused } from "./lab.ts";

async function syncFrom(google: calendar_v3.Calendar, syncToken: string) {
  const { data } = await google.events.list({ calendarId: "primary", syncToken });
  return { items: data.items ?? [], token: data.nextSyncToken ?? "" };
}

async function firstToken(google: calendar_v3.Calendar): Promise<string> {
  const { data } = await google.events.list({ calendarId: "primary" });
  return data.nextSyncToken ?? "";
}

Deno.test("a delta has what changed since its token, and nothing twice", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [{ id: "old00001", ...hour(30, 9) }]);
  const google = await lab.as(ana);
  const token = await firstToken(google);
  assert.deepEqual((await syncFrom(google, token)).items, []);
  await google.events.insert({
    calendarId: "primary",
    requestBody: { id: "fresh001", ...hour(30, 10) },
  });
  const delta = await syncFrom(google, token);
  assert.deepEqual(delta.items.map(({ id }) => id), ["fresh001"]);
  assert.deepEqual((await syncFrom(google, delta.token)).items, []);
});

Deno.test("a delta always has deletions, with little more than the id", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [
    { id: "gone0001", ...hour(30, 9) },
    { id: "series01", ...hour(26, 9), recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] },
  ]);
  const google = await lab.as(ana);
  const token = await firstToken(google);
  await google.events.delete({ calendarId: "primary", eventId: "gone0001" });
  await google.events.delete({ calendarId: "primary", eventId: "series01_20261127T080000Z" });
  const { items } = await syncFrom(google, token);
  assert.deepEqual(items.map(({ id, status, summary }) => [id, status, summary]), [
    ["gone0001", "cancelled", undefined],
    ["series01_20261127T080000Z", "cancelled", undefined],
  ]);
  assert.equal(items[1]?.recurringEventId, "series01");
  assert.equal(items[1]?.originalStartTime?.dateTime, "2026-11-27T09:00:00+01:00");
});

Deno.test("a guest's answer and a change of reminders reach the organizer's delta", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  await google.events.insert({
    calendarId: "primary",
    requestBody: { id: "meet0001", ...hour(30, 9), attendees: [{ email: bo }] },
  });
  const token = await firstToken(google);
  await lab.control.reply({ email: bo, event_id: "meet0001", responseStatus: "accepted" });
  const answered = await syncFrom(google, token);
  assert.equal(answered.items[0]?.attendees?.[0]?.responseStatus, "accepted");
  await google.events.patch({
    calendarId: "primary",
    eventId: "meet0001",
    requestBody: { reminders: { useDefault: false } },
  });
  assert.equal((await syncFrom(google, answered.token)).items.length, 1);
});

Deno.test("a change during paging is in the next delta", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(
    ana,
    [1, 2, 3].map((at) => ({ id: `page000${at}`, ...hour(30, at) })),
  );
  const google = await lab.as(ana);
  const first = await google.events.list({ calendarId: "primary", maxResults: 2 });
  await google.events.patch({
    calendarId: "primary",
    eventId: "page0001",
    requestBody: { summary: "Changed between pages" },
  });
  const last = await google.events.list({
    calendarId: "primary",
    maxResults: 2,
    pageToken: first.data.nextPageToken ?? "",
  });
  const { items } = await syncFrom(google, last.data.nextSyncToken ?? "");
  assert.deepEqual(items.map(({ id }) => id), ["page0001"]);
});

Deno.test("a delta of an expanded list has the occurrences of a changed series", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [
    { id: "series01", ...hour(26, 9), recurrence: ["RRULE:FREQ=DAILY;COUNT=30"] },
  ]);
  const google = await lab.as(ana);
  const first = await google.events.list({
    calendarId: "primary",
    singleEvents: true,
    timeMin: "2026-11-26T00:00:00Z",
    timeMax: "2026-11-29T00:00:00Z",
  });
  await google.events.delete({ calendarId: "primary", eventId: "series01" });
  const { data } = await google.events.list({
    calendarId: "primary",
    singleEvents: true,
    syncToken: first.data.nextSyncToken ?? "",
  });
  assert.deepEqual(data.items?.map(({ id, status }) => [id, status]), [
    ["series01_20261126T080000Z", "cancelled"],
    ["series01_20261127T080000Z", "cancelled"],
    ["series01_20261128T080000Z", "cancelled"],
  ]);
});

Deno.test("a token that is expired, foreign or made up is 410 fullSyncRequired", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const token = await firstToken(google);
  const foreign = await firstToken(await lab.as(bo));
  await lab.control.expireSyncTokens(ana);
  for (const syncToken of [token, foreign, "made-up"]) {
    assert.deepEqual(await refused(google.events.list({ calendarId: "primary", syncToken })), {
      status: 410,
      domain: "calendar",
      reason: "fullSyncRequired",
      message: "Sync token is no longer valid, a full sync is required.",
      locationType: "parameter",
      location: "syncToken",
    });
  }
});

Deno.test("a sync token excludes every filter", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const syncToken = await firstToken(google);
  const filters: Omit<calendar_v3.Params$Resource$Events$List, "calendarId">[] = [
    { iCalUID: "x" },
    { orderBy: "updated" },
    { privateExtendedProperty: ["a=b"] },
    { q: "x" },
    { sharedExtendedProperty: ["a=b"] },
    { timeMin: "2026-11-26T00:00:00Z" },
    { timeMax: "2026-11-26T00:00:00Z" },
    { updatedMin: "2026-11-22T00:00:00Z" },
    { showDeleted: false },
  ];
  for (const filter of filters) {
    const error = await refused(
      google.events.list({ calendarId: "primary", syncToken, ...filter }),
    );
    assert.equal(error.status, 400);
    assert.equal(error.location, Object.keys(filter)[0]);
  }
});

Deno.test("calendarList has deltas of its own", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const first = await google.calendarList.list();
  const { data: made } = await google.calendars.insert({ requestBody: { summary: "Team" } });
  const delta = await google.calendarList.list({ syncToken: first.data.nextSyncToken ?? "" });
  assert.deepEqual(delta.data.items?.map(({ id }) => id), [made.id]);
  const error = await refused(google.calendarList.list({ syncToken: "made-up" }));
  assert.equal(error.reason, "fullSyncRequired");
});
