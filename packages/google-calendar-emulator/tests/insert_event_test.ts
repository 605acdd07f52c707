import assert from "node:assert/strict";
import { ana, bo, hour, member, openTeam, refused } from "./lab.ts";

Deno.test("insert stores a whole event and answers it with Google's own fields", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { status, data } = await google.events.insert({
    calendarId: "primary",
    requestBody: {
      id: "convene0123456789abcdefg1",
      summary: "Planning",
      description: "<b>Agenda</b>",
      location: "Room 4",
      ...hour(30, 10),
      extendedProperties: { private: { key: "k1" }, shared: { team: "red" } },
      visibility: "private",
      guestsCanModify: false,
      transparency: "opaque",
    },
  });
  assert.equal(status, 200);
  assert.equal(data.kind, "calendar#event");
  assert.equal(data.id, "convene0123456789abcdefg1");
  assert.equal(data.iCalUID, "convene0123456789abcdefg1@google.com");
  assert.equal(data.status, "confirmed");
  assert.equal(data.eventType, "default");
  assert.equal(data.sequence, 0);
  assert.equal(data.created, "2026-11-23T08:00:00.000Z");
  assert.match(data.etag ?? "", /^"\d+"$/);
  assert.deepEqual(data.creator, { email: ana, self: true });
  assert.deepEqual(data.organizer, { email: ana, self: true });
  assert.deepEqual(data.start, { dateTime: "2026-11-30T10:00:00+01:00", timeZone: "Europe/Paris" });
  assert.deepEqual(data.reminders, { useDefault: true });
  assert.deepEqual(data.extendedProperties, { private: { key: "k1" }, shared: { team: "red" } });
  const eid = new URL(data.htmlLink ?? "").searchParams.get("eid") ?? "";
  assert.equal(atob(eid), `convene0123456789abcdefg1 ${ana}`);
  for (const omitted of ["transparency", "guestsCanModify", "attendees", "recurrence"]) {
    assert.equal(member(data, omitted), undefined, `${omitted} has its default and is left out`);
  }
  const stored = await google.events.get({ calendarId: ana, eventId: data.id ?? "" });
  assert.deepEqual(stored.data, data);
});

Deno.test("insert makes an id of 26 base32hex characters when none is given", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.insert({ calendarId: "primary", requestBody: hour(30, 10) });
  assert.match(data.id ?? "", /^[a-v0-9]{26}$/);
});

Deno.test("insert refuses an id outside Google's alphabet or length", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const bad = ["abcd", "ABCDEF", "with-hyphen", "wxyz12", "a".repeat(1025), "under_score"];
  for (const id of bad) {
    const error = await refused(
      google.events.insert({ calendarId: "primary", requestBody: { id, ...hour(30, 10) } }),
    );
    assert.equal(error.status, 400, id);
    assert.equal(error.reason, "invalid");
    assert.equal(error.message, "Invalid resource id value.");
  }
  for (const id of ["abcde", "v".repeat(1024), "0f3c9a5e2b7d4c1e8f6a0b9c8d7e6f5a"]) {
    const made = await google.events.insert({
      calendarId: "primary",
      requestBody: { id, ...hour(30, 10) },
    });
    assert.equal(made.data.id, id);
  }
});

Deno.test("insert with a taken id is 409 duplicate, also after that event was deleted", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const requestBody = { id: "taken0001", ...hour(30, 10) };
  await google.events.insert({ calendarId: "primary", requestBody });
  const duplicate = {
    status: 409,
    domain: "global",
    reason: "duplicate",
    message: "The requested identifier already exists.",
  };
  const again = () => refused(google.events.insert({ calendarId: "primary", requestBody }));
  assert.deepEqual(await again(), duplicate);
  await google.events.delete({ calendarId: "primary", eventId: "taken0001" });
  assert.deepEqual(await again(), duplicate);
  assert.equal((await lab.control.events({ calendar_id: ana })).length, 1);
});

Deno.test("the same id on two calendars is no duplicate", async () => {
  await using lab = await openTeam();
  const requestBody = { id: "shared0001", ...hour(30, 10) };
  for (const email of [ana, bo]) {
    const google = await lab.as(email);
    const { status } = await google.events.insert({ calendarId: "primary", requestBody });
    assert.equal(status, 200);
  }
});

Deno.test("insert on another account's calendar is 403, on an invisible one 404", async () => {
  await using lab = await openTeam();
  await lab.control.createAccount({
    email: "shy@team.example",
    timezone: "UTC",
    freebusy: "private",
  });
  const google = await lab.as(ana);
  const visible = await refused(
    google.events.insert({ calendarId: bo, requestBody: hour(30, 10) }),
  );
  assert.equal(visible.status, 403);
  assert.equal(visible.reason, "requiredAccessLevel");
  assert.equal(visible.domain, "calendar");
  for (const calendarId of ["shy@team.example", "unknown@team.example"]) {
    const error = await refused(google.events.insert({ calendarId, requestBody: hour(30, 10) }));
    assert.equal(error.status, 404);
    assert.equal(error.reason, "notFound");
  }
});

Deno.test("times come back in the calendar's zone, with the zone that was given", async () => {
  await using lab = await openTeam();
  const google = await lab.as(bo);
  const made = await google.events.insert({
    calendarId: "primary",
    requestBody: {
      start: { dateTime: "2026-11-30T15:00:00.900Z" },
      end: { dateTime: "2026-12-01T01:30:00", timeZone: "Asia/Tokyo" },
    },
  });
  assert.deepEqual(made.data.start, {
    dateTime: "2026-11-30T10:00:00-05:00",
    timeZone: "America/New_York",
  });
  assert.deepEqual(made.data.end, {
    dateTime: "2026-11-30T11:30:00-05:00",
    timeZone: "Asia/Tokyo",
  });
  const elsewhere = await google.events.get({
    calendarId: "primary",
    eventId: made.data.id ?? "",
    timeZone: "UTC",
  });
  assert.equal(elsewhere.data.start?.dateTime, "2026-11-30T15:00:00Z");
});

Deno.test("a whole-day event has dates, and its end is exclusive", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.insert({
    calendarId: "primary",
    requestBody: { start: { date: "2026-11-30" }, end: { date: "2026-12-01" } },
  });
  assert.deepEqual(data.start, { date: "2026-11-30" });
  assert.deepEqual(data.end, { date: "2026-12-01" });
});

Deno.test("extended properties: long keys vanish, long values are cut", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.insert({
    calendarId: "primary",
    requestBody: {
      ...hour(30, 10),
      extendedProperties: {
        private: { ["k".repeat(45)]: "gone", ["k".repeat(44)]: "v".repeat(2000) },
      },
    },
  });
  assert.deepEqual(data.extendedProperties, {
    private: { ["k".repeat(44)]: "v".repeat(1024) },
  });
});

Deno.test("reminders are clamped, merged and filtered as Google does", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const insert = (
    reminders: { useDefault: boolean; overrides?: { method: string; minutes: number }[] },
  ) => google.events.insert({ calendarId: "primary", requestBody: { ...hour(30, 10), reminders } });
  const { data } = await insert({
    useDefault: false,
    overrides: [
      { method: "email", minutes: 99_999 },
      { method: "popup", minutes: -5 },
      { method: "popup", minutes: 30 },
      { method: "popup", minutes: 30 },
      { method: "pigeon", minutes: 5 },
    ],
  });
  assert.deepEqual(data.reminders, {
    useDefault: false,
    overrides: [
      { method: "popup", minutes: 0 },
      { method: "popup", minutes: 30 },
      { method: "email", minutes: 40_320 },
    ],
  });
  const none = await insert({ useDefault: false, overrides: [] });
  assert.deepEqual(none.data.reminders, { useDefault: false });
});

Deno.test("fields selects parts of the answer, and a bad selection has no effect", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.insert({
    calendarId: "primary",
    fields: "id,start(dateTime),organizer/email",
    requestBody: { id: "masked01", summary: "Not shown", ...hour(30, 10) },
  });
  assert.deepEqual(data, {
    id: "masked01",
    start: { dateTime: "2026-11-30T10:00:00+01:00" },
    organizer: { email: ana },
  });
  const error = await refused(google.events.insert({
    calendarId: "primary",
    fields: "nonsense",
    requestBody: { id: "masked02", ...hour(30, 10) },
  }));
  assert.equal(error.status, 400);
  assert.equal(error.message, "Invalid field selection nonsense");
  assert.deepEqual(await lab.control.events({ event_id: "masked02" }), []);
});

Deno.test("attachments need supportsAttachments, and are at most 25", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const attachments = [{ fileUrl: "https://files.example/1", title: "One" }];
  const insert = (count: number, supportsAttachments: boolean) =>
    google.events.insert({
      calendarId: "primary",
      supportsAttachments,
      requestBody: { ...hour(30, 10), attachments: Array(count).fill(attachments[0]) },
    });
  assert.equal((await insert(1, false)).data.attachments, undefined);
  const { data } = await insert(1, true);
  assert.deepEqual(data.attachments, attachments);
  const kept = await google.events.update({
    calendarId: "primary",
    eventId: data.id ?? "",
    requestBody: hour(30, 12),
  });
  assert.deepEqual(kept.data.attachments, attachments);
  assert.equal((await refused(insert(26, true))).status, 400);
});
