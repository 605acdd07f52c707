import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { ana, bo, hour, type Lab, openTeam, refused } from "./lab.ts";

async function fill(lab: Lab): Promise<calendar_v3.Calendar> {
  await lab.control.addEvents(ana, [
    { id: "later001", summary: "Later", ...hour(30, 15) },
    { id: "first001", summary: "Early", ...hour(25, 9), location: "Room 4" },
    {
      id: "fullda01",
      summary: "Whole day",
      start: { date: "2026-11-27" },
      end: { date: "2026-11-28" },
    },
    {
      id: "lunch001",
      summary: "Daily",
      ...hour(26, 12),
      recurrence: ["RRULE:FREQ=DAILY;COUNT=3"],
      extendedProperties: { private: { kind: "lunch" }, shared: { team: "red" } },
    },
  ]);
  return await lab.as(ana);
}

function ids(data: calendar_v3.Schema$Events): (string | null | undefined)[] {
  return (data.items ?? []).map(({ id }) => id);
}

Deno.test("list says whose calendar it is and ends with a sync token", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  const { data } = await google.events.list({ calendarId: "primary" });
  assert.equal(data.kind, "calendar#events");
  assert.equal(data.summary, ana);
  assert.equal(data.timeZone, "Europe/Paris");
  assert.equal(data.accessRole, "owner");
  assert.deepEqual(data.defaultReminders, [{ method: "popup", minutes: 10 }]);
  assert.equal(data.nextPageToken, undefined);
  assert.ok(data.nextSyncToken);
  assert.deepEqual(ids(data), ["later001", "first001", "fullda01", "lunch001"]);
});

Deno.test("singleEvents expands series, and orderBy startTime sorts", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  const { data } = await google.events.list({
    calendarId: "primary",
    singleEvents: true,
    orderBy: "startTime",
  });
  assert.deepEqual(ids(data), [
    "first001",
    "lunch001_20261126T110000Z",
    "fullda01",
    "lunch001_20261127T110000Z",
    "lunch001_20261128T110000Z",
    "later001",
  ]);
});

Deno.test("orderBy startTime without singleEvents is 400", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  const error = await refused(google.events.list({ calendarId: "primary", orderBy: "startTime" }));
  assert.equal(error.status, 400);
  assert.equal(
    error.message,
    "The requested ordering is not available for the particular query.",
  );
});

Deno.test("orderBy updated puts the last change last", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  await lab.control.advanceClock({ seconds: 5 });
  await google.events.patch({
    calendarId: "primary",
    eventId: "later001",
    requestBody: { summary: "Changed" },
  });
  const { data } = await google.events.list({ calendarId: "primary", orderBy: "updated" });
  assert.equal(ids(data).at(-1), "later001");
});

Deno.test("timeMin bounds the end and timeMax the start, both exclusively", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  const between = async (timeMin: string, timeMax: string) =>
    ids(
      (await google.events.list({ calendarId: "primary", singleEvents: true, timeMin, timeMax }))
        .data,
    );
  assert.deepEqual(await between("2026-11-25T10:00:00+01:00", "2026-11-26T12:00:00+01:00"), []);
  assert.deepEqual(await between("2026-11-25T09:59:59+01:00", "2026-11-26T12:00:01+01:00"), [
    "first001",
    "lunch001_20261126T110000Z",
  ]);
  assert.deepEqual(await between("2026-11-27T23:59:59+01:00", "2026-11-28T00:00:00+01:00"), [
    "fullda01",
  ]);
});

Deno.test("an unexpanded series is listed when one of its occurrences is inside", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  const { data } = await google.events.list({
    calendarId: "primary",
    timeMin: "2026-11-28T00:00:00Z",
    timeMax: "2026-11-29T00:00:00Z",
  });
  assert.deepEqual(ids(data), ["lunch001"]);
});

Deno.test("pages follow each other without loss, and only the last has a sync token", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  const seen: unknown[] = [];
  let pageToken: string | undefined;
  let pages = 0;
  do {
    const { data } = await google.events.list({
      calendarId: "primary",
      singleEvents: true,
      maxResults: 4,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    seen.push(...ids(data));
    pages++;
    assert.equal(data.nextSyncToken === undefined, data.nextPageToken !== undefined);
    pageToken = data.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  assert.equal(pages, 2);
  assert.equal(new Set(seen).size, 6);
});

Deno.test("pages may be short or empty and still have a token (switchable); nothing is lost or doubled", async () => {
  await using lab = await openTeam();
  const ids = ["first001", "second02", "third003", "fourth04", "fifth005"];
  await lab.control.addEvents(ana, ids.map((id, day) => ({ id, ...hour(24 + day, 9) })));
  await lab.control.undocumented({ list_pages: "short" });
  const google = await lab.as(ana);
  const pages: number[] = [];
  const read = async (query: { syncToken?: string; pageToken?: string }): Promise<string[]> => {
    const { data } = await google.events.list({ calendarId: "primary", ...query });
    const found = (data.items ?? []).map(({ id }) => id ?? "");
    pages.push(found.length);
    const { nextPageToken: pageToken, nextSyncToken } = data;
    assert.notEqual(Boolean(pageToken), Boolean(nextSyncToken));
    return pageToken ? [...found, ...await read({ ...query, pageToken })] : found;
  };
  assert.deepEqual(await read({}), ids);
  assert.deepEqual(pages, [0, 2, 2, 1]);
});

Deno.test("maxResults is 250 by default and at most 2500", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  await lab.control.addEvents(ana, [{
    ...hour(1, 9),
    recurrence: ["RRULE:FREQ=DAILY;COUNT=2600"],
  }]);
  const page = async (maxResults?: number) =>
    (await google.events.list({
      calendarId: "primary",
      singleEvents: true,
      ...(maxResults === undefined ? {} : { maxResults }),
    })).data.items?.length;
  assert.equal(await page(), 250);
  assert.equal(await page(9999), 2500);
});

Deno.test("deleted events appear with showDeleted, in full", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  await google.events.delete({ calendarId: "primary", eventId: "first001" });
  const without = await google.events.list({ calendarId: "primary" });
  assert.ok(!ids(without.data).includes("first001"));
  const { data } = await google.events.list({ calendarId: "primary", showDeleted: true });
  const deleted = data.items?.find(({ id }) => id === "first001");
  assert.deepEqual([deleted?.status, deleted?.summary], ["cancelled", "Early"]);
});

Deno.test("filters: iCalUID, text, properties and event types", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  const found = async (filter: Omit<calendar_v3.Params$Resource$Events$List, "calendarId">) =>
    ids((await google.events.list({ calendarId: "primary", ...filter })).data);
  assert.deepEqual(await found({ iCalUID: "lunch001@google.com" }), ["lunch001"]);
  assert.deepEqual(await found({ q: "room 4" }), ["first001"]);
  assert.deepEqual(await found({ privateExtendedProperty: ["kind=lunch"] }), ["lunch001"]);
  assert.deepEqual(await found({ privateExtendedProperty: ["kind=dinner"] }), []);
  assert.deepEqual(await found({ sharedExtendedProperty: ["team=red"] }), ["lunch001"]);
  assert.deepEqual(await found({ eventTypes: ["outOfOffice"] }), []);
  assert.equal((await found({ eventTypes: ["default", "outOfOffice"] })).length, 4);
});

Deno.test("updatedMin shows what changed since, deletions included", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  await lab.control.advanceClock({ seconds: 60 });
  await google.events.delete({ calendarId: "primary", eventId: "first001" });
  const { data } = await google.events.list({
    calendarId: "primary",
    updatedMin: "2026-11-23T08:00:30Z",
  });
  assert.deepEqual(data.items?.map(({ id, status }) => [id, status]), [["first001", "cancelled"]]);
});

Deno.test("timeZone changes how times are written, not what is found", async () => {
  await using lab = await openTeam();
  const google = await fill(lab);
  const { data } = await google.events.list({
    calendarId: "primary",
    timeZone: "Asia/Tokyo",
    q: "early",
  });
  assert.equal(data.timeZone, "Asia/Tokyo");
  assert.equal(data.items?.[0]?.start?.dateTime, "2026-11-25T17:00:00+09:00");
});

Deno.test("with free/busy access a list shows times and nothing else, expanded", async () => {
  await using lab = await openTeam();
  await fill(lab);
  const google = await lab.as(bo);
  const { data } = await google.events.list({ calendarId: ana, q: "daily" });
  assert.equal(data.accessRole, "freeBusyReader");
  assert.equal(data.items?.length, 3);
  assert.equal(data.items?.[0]?.summary, undefined);
  const error = await refused(google.events.get({ calendarId: ana, eventId: "lunch001" }));
  assert.deepEqual([error.status, error.reason], [404, "notFound"]);
});

Deno.test("a calendar shared for reading shows all, and refuses writes", async () => {
  await using lab = await openTeam();
  await fill(lab);
  await lab.control.shareCalendar({ calendar_id: ana, email: bo, access_role: "reader" });
  const google = await lab.as(bo);
  const { data } = await google.events.get({ calendarId: ana, eventId: "first001" });
  assert.equal(data.summary, "Early");
  assert.deepEqual(
    data.organizer,
    { email: ana, self: true },
    "self is the calendar, not the user",
  );
  const error = await refused(google.events.delete({ calendarId: ana, eventId: "first001" }));
  assert.deepEqual([error.status, error.reason], [403, "requiredAccessLevel"]);
});
