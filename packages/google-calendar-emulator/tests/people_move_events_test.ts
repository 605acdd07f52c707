import assert from "node:assert/strict";
import { ana, bo, hour, type Lab, openTeam, refused } from "./lab.ts";

// What a client meets that wrote an event once and believes its own record of it: by Google's own client.

/** An event of Ana's with Bo as a guest, and perhaps Ana. */
async function invited(lab: Lab, organizer_is_guest = false) {
  const google = await lab.as(ana);
  const attendees = [{ email: bo }, ...(organizer_is_guest ? [{ email: ana }] : [])];
  const { data } = await google.events.insert({
    calendarId: "primary",
    sendUpdates: "all",
    requestBody: { ...hour(30, 10), summary: "Planning", location: "Room 1", attendees },
  });
  return { google, first: { calendarId: "primary", eventId: data.id ?? "" } };
}

async function mailsTo(lab: Lab, to: string): Promise<string[]> {
  return (await lab.control.mails({ to })).map(({ kind }) => kind);
}

Deno.test("moved to a second calendar, the organizer a guest: a delete on the first one only declines", async () => {
  await using lab = await openTeam();
  const { google, first } = await invited(lab, true);
  const { data: second } = await google.calendars.insert({ requestBody: { summary: "Second" } });
  const destination = second.id ?? "";
  await google.events.move({ ...first, destination, sendUpdates: "none" });
  const { data: left } = await google.events.get(first);
  assert.deepEqual([left.status, left.organizer?.email, left.organizer?.self], [
    "confirmed",
    destination,
    undefined,
  ]);
  const { status } = await google.events.delete({ ...first, sendUpdates: "all" });
  assert.equal(status, 204);
  const { data: alive } = await google.events.get({ ...first, calendarId: destination });
  assert.equal(alive.status, "confirmed");
  assert.equal(
    alive.attendees?.find(({ email }) => email === ana)?.responseStatus,
    "declined",
  );
  assert.deepEqual(await mailsTo(lab, bo), ["invitation"], "no guest is told of a cancellation");
});

Deno.test("moved to a second calendar, the organizer no guest: the first one says deleted, the event lives", async () => {
  await using lab = await openTeam();
  const { google, first } = await invited(lab);
  const { data: second } = await google.calendars.insert({ requestBody: { summary: "Second" } });
  const destination = second.id ?? "";
  await google.events.move({ ...first, destination, sendUpdates: "none" });
  const gone = await refused(google.events.delete({ ...first, sendUpdates: "all" }));
  assert.deepEqual([gone.status, gone.reason], [410, "deleted"]);
  const { data: alive } = await google.events.get({ ...first, calendarId: destination });
  assert.equal(alive.status, "confirmed");
  assert.deepEqual(await mailsTo(lab, bo), ["invitation"]);
});

Deno.test("handed to another person's calendar: that one organizes it, without self, and refuses the former organizer", async () => {
  await using lab = await openTeam();
  const { google, first } = await invited(lab, true);
  await lab.control.shareCalendar({ calendar_id: bo, email: ana, access_role: "writer" });
  await google.events.move({ ...first, destination: bo, sendUpdates: "none" });
  await lab.control.shareCalendar({ calendar_id: bo, email: ana, access_role: "none" });
  const { data: left } = await google.events.get(first);
  assert.deepEqual(left.organizer, { email: bo });
  const patch = google.events.patch({ ...first, requestBody: { summary: "Mine" } });
  assert.equal((await refused(patch)).reason, "forbiddenForNonOrganizer");
});

Deno.test("on a calendar whose access was taken away event and calendar are 404, and the event lives", async () => {
  await using lab = await openTeam();
  const share = { calendar_id: bo, email: ana };
  await lab.control.shareCalendar({ ...share, access_role: "writer" });
  const google = await lab.as(ana);
  const { data } = await google.events.insert({ calendarId: bo, requestBody: hour(30, 10) });
  const eventId = data.id ?? "";
  // Nor free/busy, which accounts here show to each other by default.
  await lab.control.changeAccount({ email: bo, freebusy: "private" });
  await lab.control.shareCalendar({ ...share, access_role: "none" });
  for (
    const call of [
      google.events.get({ calendarId: bo, eventId }),
      google.events.delete({ calendarId: bo, eventId }),
      google.events.list({ calendarId: bo }),
    ]
  ) {
    const { status, reason } = await refused(call);
    assert.deepEqual([status, reason], [404, "notFound"]);
  }
  const [event] = await lab.control.events({ calendar_id: bo });
  assert.equal(event?.status, "confirmed");
});

Deno.test("a patch changes what it names: people's time, title, place and guests stay unless it names them", async () => {
  await using lab = await openTeam();
  const { google, first } = await invited(lab);
  const by_hand = { ...hour(30, 14), summary: "By hand", location: "Garden", attendees: [] };
  await google.events.patch({ ...first, sendUpdates: "none", requestBody: by_hand });
  const { data: kept } = await google.events.patch({
    ...first,
    requestBody: { description: "Bring numbers" },
  });
  assert.equal(Date.parse(kept.start?.dateTime ?? ""), Date.parse(by_hand.start.dateTime));
  assert.deepEqual([kept.summary, kept.location, kept.attendees], ["By hand", "Garden", undefined]);

  const recorded = { ...hour(30, 10), summary: "Planning", attendees: [{ email: bo }] };
  const { data: undone } = await google.events.patch({
    ...first,
    sendUpdates: "all",
    requestBody: { ...recorded, location: null as never },
  });
  assert.equal(Date.parse(undone.start?.dateTime ?? ""), Date.parse(recorded.start.dateTime));
  assert.deepEqual([undone.summary, undone.location], ["Planning", undefined]);
  assert.deepEqual(await mailsTo(lab, bo), ["invitation", "invitation"], "invited once more");
});

Deno.test("an occurrence of an event that is no series is 404; the event itself stays as it is", async () => {
  await using lab = await openTeam();
  const { google, first } = await invited(lab);
  const occurrence = { ...first, eventId: `${first.eventId}_20261130T090000Z` };
  for (
    const call of [
      google.events.get(occurrence),
      google.events.patch({ ...occurrence, requestBody: { summary: "Mine" } }),
      google.events.delete(occurrence),
    ]
  ) assert.equal((await refused(call)).status, 404);
  assert.equal((await google.events.get(first)).data.summary, "Planning");
});

Deno.test("replies of guests and a move by hand are in the organizer's next delta", async () => {
  await using lab = await openTeam();
  const { google, first } = await invited(lab);
  const { data: full } = await google.events.list({ calendarId: "primary" });
  await lab.control.reply({ email: bo, event_id: first.eventId, responseStatus: "declined" });
  await google.events.patch({ ...first, sendUpdates: "none", requestBody: hour(30, 14) });
  const { data: delta } = await google.events.list({
    calendarId: "primary",
    syncToken: full.nextSyncToken ?? "",
  });
  const [event, ...others] = delta.items ?? [];
  assert.deepEqual(others, []);
  assert.equal(event?.attendees?.[0]?.responseStatus, "declined");
  assert.equal(Date.parse(event?.start?.dateTime ?? ""), Date.parse(hour(30, 14).start.dateTime));
});
