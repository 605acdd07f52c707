import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { ana, bo, hour, type Lab, openTeam, refused } from "./lab.ts";

const cy = "cy@other.example";

async function invite(
  lab: Lab,
  extra: calendar_v3.Schema$Event = {},
  sendUpdates = "all",
): Promise<string> {
  const google = await lab.as(ana);
  const { data } = await google.events.insert({
    calendarId: "primary",
    sendUpdates,
    requestBody: {
      ...hour(30, 10),
      summary: "Planning",
      attendees: [{ email: bo }, { email: cy }, { email: ana, responseStatus: "accepted" }],
      ...extra,
    },
  });
  return data.id ?? "";
}

async function mails(lab: Lab): Promise<string[]> {
  return (await lab.control.mails()).map(({ to, kind }) => `${kind} ${to}`);
}

Deno.test("a guest with an account gets a copy with the same ids, seen from their side", async () => {
  await using lab = await openTeam();
  const id = await invite(lab);
  const { data: own } = await (await lab.as(ana)).events.get({ calendarId: ana, eventId: id });
  const { data: copy } = await (await lab.as(bo)).events.get({ calendarId: bo, eventId: id });
  assert.equal(copy.iCalUID, own.iCalUID);
  assert.deepEqual(own.organizer, { email: ana, self: true });
  assert.deepEqual(copy.organizer, { email: ana });
  assert.deepEqual(copy.creator, { email: ana });
  assert.deepEqual(own.attendees, [
    { email: bo, responseStatus: "needsAction" },
    { email: cy, responseStatus: "needsAction" },
    { email: ana, responseStatus: "accepted", organizer: true, self: true },
  ]);
  assert.deepEqual(copy.attendees, [
    { email: bo, responseStatus: "needsAction", self: true },
    { email: cy, responseStatus: "needsAction" },
    { email: ana, responseStatus: "accepted", organizer: true },
  ]);
  assert.equal(copy.start?.dateTime, "2026-11-30T04:00:00-05:00", "in the guest's own zone");
});

Deno.test("sendUpdates decides who is mailed about a new event, never the organizer", async () => {
  const expected: Record<string, string[]> = {
    all: [`invitation ${bo}`, `invitation ${cy}`],
    externalOnly: [`invitation ${cy}`],
    none: [],
  };
  for (const [send_updates, told] of Object.entries(expected)) {
    await using lab = await openTeam();
    await invite(lab, {}, send_updates);
    assert.deepEqual(await mails(lab), told, send_updates);
  }
});

Deno.test("without sendUpdates no mail is sent, and sendNotifications means all", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const requestBody = { ...hour(30, 10), attendees: [{ email: cy }] };
  await google.events.insert({ calendarId: "primary", requestBody });
  assert.deepEqual(await mails(lab), []);
  await google.events.insert({ calendarId: "primary", sendNotifications: true, requestBody });
  assert.deepEqual(await mails(lab), [`invitation ${cy}`]);
});

Deno.test("events of the past send no mail", async () => {
  await using lab = await openTeam();
  await invite(lab, hour(20, 10));
  assert.deepEqual(await mails(lab), []);
});

Deno.test("a patch mails every guest: new, old and removed ones each their way", async () => {
  await using lab = await openTeam();
  const id = await invite(lab, {}, "none");
  const google = await lab.as(ana);
  await google.events.patch({
    calendarId: "primary",
    eventId: id,
    sendUpdates: "all",
    requestBody: { attendees: [{ email: bo }, { email: "new@other.example" }] },
  });
  assert.deepEqual(await mails(lab), [
    `update ${bo}`,
    `cancellation ${cy}`,
    "invitation new@other.example",
  ]);
});

Deno.test("a change that is the organizer's own sends no mail", async () => {
  await using lab = await openTeam();
  const id = await invite(lab, {}, "none");
  const google = await lab.as(ana);
  const event = await google.events.get({ calendarId: "primary", eventId: id });
  await google.events.patch({
    calendarId: "primary",
    eventId: id,
    sendUpdates: "all",
    requestBody: { colorId: "7", summary: event.data.summary ?? "" },
  });
  assert.deepEqual(await mails(lab), []);
});

Deno.test("an organizer's delete cancels all copies and tells the guests", async () => {
  await using lab = await openTeam();
  const id = await invite(lab, {}, "none");
  const google = await lab.as(ana);
  await google.events.delete({ calendarId: "primary", eventId: id, sendUpdates: "all" });
  assert.deepEqual(await mails(lab), [`cancellation ${bo}`, `cancellation ${cy}`]);
  const { data } = await (await lab.as(bo)).events.get({ calendarId: "primary", eventId: id });
  assert.equal(data.status, "cancelled");
});

Deno.test("a guest who loses the invitation loses the copy, and gets it back when invited again", async () => {
  await using lab = await openTeam();
  const id = await invite(lab, {}, "none");
  const google = await lab.as(ana);
  const setGuests = (attendees: { email: string }[]) =>
    google.events.patch({ calendarId: "primary", eventId: id, requestBody: { attendees } });
  const statusAtBo = async () =>
    (await lab.control.events({ calendar_id: bo, event_id: id }))[0]?.status;
  await setGuests([{ email: cy }]);
  assert.equal(await statusAtBo(), "cancelled");
  await setGuests([{ email: cy }, { email: bo }]);
  assert.equal(await statusAtBo(), "confirmed");
});

Deno.test("a guest's own delete removes only their copy and declines", async () => {
  await using lab = await openTeam();
  const id = await invite(lab);
  await (await lab.as(bo)).events.delete({ calendarId: "primary", eventId: id });
  const { data } = await (await lab.as(ana)).events.get({ calendarId: "primary", eventId: id });
  assert.equal(data.status, "confirmed");
  assert.equal(data.attendees?.[0]?.responseStatus, "declined");
});

Deno.test("a guest's answer travels to the organizer, their private fields do not", async () => {
  await using lab = await openTeam();
  const id = await invite(lab);
  const google = await lab.as(bo);
  const { data } = await google.events.patch({
    calendarId: "primary",
    eventId: id,
    requestBody: {
      attendeesOmitted: true,
      attendees: [{ email: bo, responseStatus: "tentative", comment: "maybe late" }],
      colorId: "5",
      transparency: "transparent",
      reminders: { useDefault: false },
      extendedProperties: { private: { mine: "yes" } },
    },
  });
  assert.equal(data.attendees?.length, 3);
  assert.equal(data.colorId, "5");
  const own = (await lab.control.events({ calendar_id: ana, event_id: id }))[0];
  assert.deepEqual(own?.attendees?.[0], {
    email: bo,
    responseStatus: "tentative",
    comment: "maybe late",
  });
  assert.equal(own?.colorId, undefined);
  assert.equal(own?.transparency, undefined);
  assert.equal(own?.extendedProperties, undefined);
});

Deno.test("a guest cannot change what everybody sees: 403 forbiddenForNonOrganizer", async () => {
  await using lab = await openTeam();
  const id = await invite(lab);
  const google = await lab.as(bo);
  const forbidden = {
    status: 403,
    domain: "calendar",
    reason: "forbiddenForNonOrganizer",
    message: "Shared properties can only be changed by the organizer of the event.",
  };
  const patches: calendar_v3.Schema$Event[] = [
    { summary: "Mine now" },
    hour(30, 14),
    { attendees: [{ email: bo, responseStatus: "accepted" }] },
    { extendedProperties: { shared: { a: "1" } } },
  ];
  for (const requestBody of patches) {
    const error = await refused(
      google.events.patch({ calendarId: "primary", eventId: id, requestBody }),
    );
    assert.deepEqual(error, forbidden, JSON.stringify(requestBody));
  }
  const update = await refused(google.events.update({
    calendarId: "primary",
    eventId: id,
    requestBody: hour(30, 10),
  }));
  assert.deepEqual(update, forbidden, "leaving the summary out sets it to its default");
});

Deno.test("guests may bring guests unless the organizer says no", async () => {
  await using lab = await openTeam();
  for (const guestsCanInviteOthers of [true, false]) {
    const id = await invite(lab, { guestsCanInviteOthers });
    const google = await lab.as(bo);
    const { data } = await google.events.get({ calendarId: "primary", eventId: id });
    const bring = google.events.patch({
      calendarId: "primary",
      eventId: id,
      requestBody: { attendees: [...data.attendees ?? [], { email: "plus@one.example" }] },
    });
    if (guestsCanInviteOthers) assert.equal((await bring).data.attendees?.length, 4);
    else assert.equal((await refused(bring)).reason, "forbiddenForNonOrganizer");
  }
});

Deno.test("a guest's new guest is mailed, a guest's reply sends no mail", async () => {
  await using lab = await openTeam();
  const id = await invite(lab, {}, "none");
  const google = await lab.as(bo);
  const { data } = await google.events.get({ calendarId: "primary", eventId: id });
  const patch = (attendees: calendar_v3.Schema$EventAttendee[]) =>
    google.events.patch({
      calendarId: "primary",
      eventId: id,
      sendUpdates: "all",
      requestBody: { attendees },
    });
  const answered = (data.attendees ?? []).map((guest) =>
    guest.self ? { ...guest, responseStatus: "accepted" } : guest
  );
  await patch(answered);
  assert.deepEqual(await mails(lab), []);
  await patch([...answered, { email: "plus@one.example" }]);
  assert.deepEqual(await mails(lab), [`update ${cy}`, "invitation plus@one.example"]);
});

Deno.test("guestsCanModify opens shared fields to guests", async () => {
  await using lab = await openTeam();
  const id = await invite(lab, { guestsCanModify: true });
  await (await lab.as(bo)).events.patch({
    calendarId: "primary",
    eventId: id,
    requestBody: { summary: "Renamed by a guest" },
  });
  const own = (await lab.control.events({ calendar_id: ana, event_id: id }))[0];
  assert.equal(own?.summary, "Renamed by a guest");
});

Deno.test("guests see only themselves where guestsCanSeeOtherGuests is false", async () => {
  await using lab = await openTeam();
  const id = await invite(lab, { guestsCanSeeOtherGuests: false });
  const { data } = await (await lab.as(bo)).events.get({ calendarId: "primary", eventId: id });
  assert.deepEqual(data.attendees, [{ email: bo, responseStatus: "needsAction", self: true }]);
  assert.equal(data.attendeesOmitted, true);
});

Deno.test("maxAttendees shortens the list to the participant", async () => {
  await using lab = await openTeam();
  const id = await invite(lab);
  const { data } = await (await lab.as(bo)).events.get({
    calendarId: "primary",
    eventId: id,
    maxAttendees: 2,
  });
  assert.deepEqual(data.attendees?.map(({ email }) => email), [bo]);
  assert.equal(data.attendeesOmitted, true);
});

Deno.test("the organizer can answer alone with attendeesOmitted", async () => {
  await using lab = await openTeam();
  const id = await invite(lab);
  const { data } = await (await lab.as(ana)).events.patch({
    calendarId: "primary",
    eventId: id,
    requestBody: {
      attendeesOmitted: true,
      attendees: [{ email: ana, responseStatus: "declined" }],
    },
  });
  assert.deepEqual(data.attendees?.map(({ responseStatus }) => responseStatus), [
    "needsAction",
    "needsAction",
    "declined",
  ]);
});

Deno.test("on a secondary calendar that calendar is the organizer", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data: team } = await google.calendars.insert({ requestBody: { summary: "Team" } });
  const { data } = await google.events.insert({
    calendarId: team.id ?? "",
    requestBody: hour(30, 10),
  });
  assert.deepEqual(data.organizer, { email: team.id, displayName: "Team", self: true });
  assert.deepEqual(data.creator, { email: ana });
});
