import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { ana, bo, hour, member, openTeam, refused } from "./lab.ts";

async function insert(
  google: calendar_v3.Calendar,
  requestBody: calendar_v3.Schema$Event,
): Promise<calendar_v3.Schema$Event & { id: string; etag: string }> {
  const { data } = await google.events.insert({ calendarId: "primary", requestBody });
  return { ...data, id: data.id ?? "", etag: data.etag ?? "" };
}

Deno.test("patch merges objects, deletes with null, and keeps what it does not name", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const event = await insert(google, {
    ...hour(30, 10),
    summary: "Before",
    location: "Room 4",
    extendedProperties: { private: { a: "1", b: "2" } },
  });
  const { data } = await google.events.patch({
    calendarId: "primary",
    eventId: event.id,
    requestBody: {
      summary: "After",
      location: null,
      extendedProperties: { private: { a: "9", c: "3" } },
    },
  });
  assert.equal(data.summary, "After");
  assert.equal(data.location, undefined);
  assert.deepEqual(data.start, event.start);
  assert.deepEqual(data.extendedProperties, { private: { a: "9", b: "2", c: "3" } });
  assert.notEqual(data.etag, event.etag);
});

Deno.test("patch replaces lists whole, so guests without an answer are back at needsAction", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const event = await insert(google, {
    ...hour(30, 10),
    attendees: [{ email: bo }, { email: "cy@other.example" }],
  });
  await lab.control.reply({ email: bo, event_id: event.id, responseStatus: "accepted" });
  const answered = await google.events.get({ calendarId: "primary", eventId: event.id });
  assert.equal(answered.data.attendees?.[0]?.responseStatus, "accepted");
  const { data } = await google.events.patch({
    calendarId: "primary",
    eventId: event.id,
    requestBody: { attendees: [{ email: bo }] },
  });
  assert.deepEqual(data.attendees, [{ email: bo, responseStatus: "needsAction" }]);
});

Deno.test("update replaces the event: what the body leaves out is cleared", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const event = await insert(google, {
    ...hour(30, 10),
    summary: "Before",
    description: "Gone after the update",
    attendees: [{ email: bo }],
  });
  const { data } = await google.events.update({
    calendarId: "primary",
    eventId: event.id,
    requestBody: { ...hour(30, 14), summary: "After" },
  });
  assert.equal(data.summary, "After");
  assert.equal(data.description, undefined);
  assert.equal(data.attendees, undefined);
  assert.equal(data.start?.dateTime, "2026-11-30T14:00:00+01:00");
  assert.equal(data.sequence, 1, "a new time raises the sequence");
});

Deno.test("update without start or end is 400 required", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { id } = await insert(google, hour(30, 10));
  const error = await refused(google.events.update({
    calendarId: "primary",
    eventId: id,
    requestBody: { start: hour(30, 10).start },
  }));
  assert.deepEqual([error.status, error.reason, error.message], [
    400,
    "required",
    "Missing end time.",
  ]);
});

Deno.test("a timed event becomes a whole-day one only with the old member nulled", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { id } = await insert(google, hour(30, 10));
  const patch = (requestBody: calendar_v3.Schema$Event) =>
    google.events.patch({ calendarId: "primary", eventId: id, requestBody });
  const error = await refused(
    patch({ start: { date: "2026-11-30" }, end: { date: "2026-12-01" } }),
  );
  assert.deepEqual([error.status, error.message], [400, "Invalid start time."]);
  const { data } = await patch({
    start: { date: "2026-11-30", dateTime: null, timeZone: null },
    end: { date: "2026-12-01", dateTime: null, timeZone: null },
  });
  assert.deepEqual(data.start, { date: "2026-11-30" });
});

Deno.test("If-Match lets a change through only on the version it names", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const event = await insert(google, hour(30, 10));
  const write = (summary: string, etag: string) =>
    google.events.patch(
      { calendarId: "primary", eventId: event.id, requestBody: { summary } },
      { headers: { "If-Match": etag } },
    );
  const first = await write("one", event.etag);
  const stale = {
    status: 412,
    domain: "global",
    reason: "conditionNotMet",
    message: "Precondition Failed",
    locationType: "header",
    location: "If-Match",
  };
  assert.deepEqual(await refused(write("two", event.etag)), stale);
  assert.deepEqual(
    await refused(google.events.update(
      { calendarId: "primary", eventId: event.id, requestBody: hour(30, 11) },
      { headers: { "If-Match": event.etag } },
    )),
    stale,
  );
  assert.deepEqual(
    await refused(google.events.delete(
      { calendarId: "primary", eventId: event.id },
      { headers: { "If-Match": event.etag } },
    )),
    stale,
  );
  assert.equal((await write("three", first.data.etag ?? "")).data.summary, "three");
  assert.equal((await write("four", "*")).data.summary, "four");
});

Deno.test("If-None-Match answers 304 without a body while nothing changed", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const event = await insert(google, hour(30, 10));
  const path = `calendars/primary/events/${event.id}`;
  const same = await lab.raw({ path, email: ana, headers: { "if-none-match": event.etag } });
  assert.deepEqual([same.status, same.text], [304, ""]);
  const other = await lab.raw({ path, email: ana, headers: { "if-none-match": '"1"' } });
  assert.equal(other.status, 200);
  assert.equal(other.headers.get("etag"), event.etag);
});

Deno.test("a change of reminders alone moves the etag but not updated", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const event = await insert(google, hour(30, 10));
  await lab.control.advanceClock({ seconds: 60 });
  const { data } = await google.events.patch({
    calendarId: "primary",
    eventId: event.id,
    requestBody: { reminders: { useDefault: false, overrides: [{ method: "popup", minutes: 5 }] } },
  });
  assert.equal(data.updated, event.updated);
  assert.notEqual(data.etag, event.etag);
  const renamed = await google.events.patch({
    calendarId: "primary",
    eventId: event.id,
    requestBody: { summary: "New" },
  });
  assert.equal(renamed.data.updated, "2026-11-23T08:01:00.000Z");
});

Deno.test("delete answers 204, then 410 deleted; get still shows the cancelled event", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { id } = await insert(google, { ...hour(30, 10), summary: "Short-lived" });
  const { status } = await google.events.delete({ calendarId: "primary", eventId: id });
  assert.equal(status, 204);
  assert.deepEqual(
    await refused(google.events.delete({ calendarId: "primary", eventId: id })),
    { status: 410, domain: "global", reason: "deleted", message: "Resource has been deleted" },
  );
  const { data } = await google.events.get({ calendarId: "primary", eventId: id });
  assert.deepEqual([data.status, data.summary], ["cancelled", "Short-lived"]);
});

Deno.test("an organizer can restore a deleted event by setting its status", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { id } = await insert(google, { ...hour(30, 10), attendees: [{ email: bo }] });
  await google.events.delete({ calendarId: "primary", eventId: id });
  const { data } = await google.events.patch({
    calendarId: "primary",
    eventId: id,
    requestBody: { status: "confirmed" },
  });
  assert.equal(data.status, "confirmed");
  assert.equal((await lab.control.events({ event_id: id, status: "live" })).length, 2);
});

Deno.test("status cancelled in a patch deletes", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { id } = await insert(google, { ...hour(30, 10), attendees: [{ email: bo }] });
  const { data } = await google.events.patch({
    calendarId: "primary",
    eventId: id,
    sendUpdates: "all",
    requestBody: { status: "cancelled" },
  });
  assert.equal(data.status, "cancelled");
  assert.deepEqual((await lab.control.mails()).map(({ to, kind }) => [to, kind]), [
    [bo, "cancellation"],
  ]);
});

Deno.test("move makes another calendar the organizer and leaves a cancelled copy", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data: second } = await google.calendars.insert({ requestBody: { summary: "Team" } });
  const { id } = await insert(google, { ...hour(30, 10), summary: "Moves" });
  const destination = second.id ?? "";
  const { data } = await google.events.move({ calendarId: "primary", eventId: id, destination });
  assert.equal(data.id, id);
  assert.equal(data.organizer?.email, destination);
  assert.equal(data.organizer?.displayName, "Team");
  const left = await google.events.get({ calendarId: "primary", eventId: id });
  assert.equal(left.data.status, "cancelled");
});

Deno.test("import stores a private copy under its iCalUID and sends no mail", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const requestBody = {
    ...hour(30, 10),
    iCalUID: "uid-1@elsewhere.example",
    organizer: { email: "boss@elsewhere.example", displayName: "Boss" },
    attendees: [{ email: ana }, { email: bo }],
  };
  const { data } = await google.events.import({ calendarId: "primary", requestBody });
  assert.deepEqual(data.organizer, { email: "boss@elsewhere.example", displayName: "Boss" });
  assert.equal(data.iCalUID, "uid-1@elsewhere.example");
  const again = await google.events.import({
    calendarId: "primary",
    requestBody: { ...requestBody, summary: "Second import" },
  });
  assert.equal(again.data.id, data.id);
  assert.deepEqual(await lab.control.mails(), []);
  assert.deepEqual(await lab.control.events({ calendar_id: bo }), []);
});

Deno.test("quickAdd makes an hour with the text as title", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.quickAdd({ calendarId: "primary", text: "Coffee" });
  assert.equal(data.summary, "Coffee");
  assert.equal(data.start?.dateTime, "2026-11-23T09:00:00+01:00");
  assert.equal(data.end?.dateTime, "2026-11-23T10:00:00+01:00");
});

Deno.test("a patch can be tunnelled through POST", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { id } = await insert(google, hour(30, 10));
  const answer = await lab.raw({
    method: "POST",
    path: `calendars/primary/events/${id}`,
    email: ana,
    headers: { "x-http-method-override": "PATCH" },
    body: { summary: "Tunnelled" },
  });
  assert.equal(answer.status, 200);
  assert.equal(member(answer.body, "summary"), "Tunnelled");
});
