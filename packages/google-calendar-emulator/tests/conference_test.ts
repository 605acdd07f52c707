import assert from "node:assert/strict";
import { ana, bo, hour, openLab, openTeam } from "./lab.ts";

function withMeet(requestId: string) {
  return {
    ...hour(30, 10),
    conferenceData: {
      createRequest: { requestId, conferenceSolutionKey: { type: "hangoutsMeet" } },
    },
  };
}

Deno.test("a createRequest makes a Meet link that guests see too", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.insert({
    calendarId: "primary",
    conferenceDataVersion: 1,
    requestBody: { ...withMeet("r1"), attendees: [{ email: bo }] },
  });
  assert.match(data.hangoutLink ?? "", /^https:\/\/meet\.google\.com\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
  assert.equal(data.conferenceData?.createRequest?.status?.statusCode, "success");
  assert.equal(data.conferenceData?.conferenceSolution?.key?.type, "hangoutsMeet");
  assert.equal(data.conferenceData?.entryPoints?.[0]?.uri, data.hangoutLink);
  assert.equal(`https://meet.google.com/${data.conferenceData?.conferenceId}`, data.hangoutLink);
  const copy = await (await lab.as(bo)).events.get({
    calendarId: "primary",
    eventId: data.id ?? "",
  });
  assert.equal(copy.data.hangoutLink, data.hangoutLink);
});

Deno.test("without conferenceDataVersion=1 conferenceData is ignored, and an existing one stays", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const ignored = await google.events.insert({
    calendarId: "primary",
    requestBody: withMeet("r1"),
  });
  assert.equal(ignored.data.conferenceData, undefined);
  const made = await google.events.insert({
    calendarId: "primary",
    conferenceDataVersion: 1,
    requestBody: withMeet("r2"),
  });
  const updated = await google.events.update({
    calendarId: "primary",
    eventId: made.data.id ?? "",
    requestBody: { ...hour(30, 12) },
  });
  assert.equal(updated.data.hangoutLink, made.data.hangoutLink);
  const cleared = await google.events.update({
    calendarId: "primary",
    eventId: made.data.id ?? "",
    conferenceDataVersion: 1,
    requestBody: { ...hour(30, 12) },
  });
  assert.equal(cleared.data.hangoutLink, undefined);
});

Deno.test("a repeated requestId changes nothing, a new one makes a new link", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.insert({
    calendarId: "primary",
    conferenceDataVersion: 1,
    requestBody: withMeet("r1"),
  });
  const again = async (requestId: string) => {
    const patched = await google.events.patch({
      calendarId: "primary",
      eventId: data.id ?? "",
      conferenceDataVersion: 1,
      requestBody: { conferenceData: withMeet(requestId).conferenceData },
    });
    return patched.data.hangoutLink;
  };
  assert.equal(await again("r1"), data.hangoutLink);
  assert.notEqual(await again("r2"), data.hangoutLink);
});

Deno.test("a pending conference has no link until it is resolved, and moves the etag then", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  await lab.control.conference({ mode: "pending" });
  const { data } = await google.events.insert({
    calendarId: "primary",
    conferenceDataVersion: 1,
    requestBody: withMeet("r1"),
  });
  assert.equal(data.conferenceData?.createRequest?.status?.statusCode, "pending");
  assert.equal(data.hangoutLink, undefined);
  assert.deepEqual(await lab.control.resolveConferences(), { resolved: 1 });
  const later = await google.events.get({ calendarId: "primary", eventId: data.id ?? "" });
  assert.equal(later.data.conferenceData?.createRequest?.status?.statusCode, "success");
  assert.ok(later.data.hangoutLink);
  assert.notEqual(later.data.etag, data.etag);
});

Deno.test("a failed conference has neither solution nor entry points", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  await lab.control.conference({ mode: "failure" });
  const { data } = await google.events.insert({
    calendarId: "primary",
    conferenceDataVersion: 1,
    requestBody: withMeet("r1"),
  });
  assert.equal(data.conferenceData?.createRequest?.status?.statusCode, "failure");
  assert.equal(data.conferenceData?.conferenceSolution, undefined);
  assert.equal(data.conferenceData?.entryPoints, undefined);
});

Deno.test("a calendar without Meet says so and refuses a conference, and nothing else", async () => {
  await using lab = await openLab({ email: ana, timezone: "Europe/Paris", meet: false });
  const google = await lab.as(ana);
  const { data: calendar } = await google.calendars.get({ calendarId: "primary" });
  assert.deepEqual(calendar.conferenceProperties?.allowedConferenceSolutionTypes, []);
  const insert = (requestBody: object) =>
    google.events.insert({ calendarId: "primary", conferenceDataVersion: 1, requestBody });
  await assert.rejects(() => insert(withMeet("r1")), /Invalid conference type value/);
  const { data } = await insert(hour(30, 10));
  assert.equal(data.hangoutLink, undefined);
});
