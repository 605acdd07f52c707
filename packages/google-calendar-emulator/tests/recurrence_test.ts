import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { ana, bo, type Lab, openTeam, refused } from "./lab.ts";

/** Weekly on Mondays at 9 in Paris, from before the change to winter time until after it. */
const weekly: calendar_v3.Schema$Event = {
  id: "mondas01",
  summary: "Weekly",
  start: { dateTime: "2026-10-19T09:00:00", timeZone: "Europe/Paris" },
  end: { dateTime: "2026-10-19T09:30:00", timeZone: "Europe/Paris" },
  recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4"],
};

async function insert(
  lab: Lab,
  requestBody: calendar_v3.Schema$Event,
): Promise<calendar_v3.Calendar> {
  const google = await lab.as(ana);
  await google.events.insert({ calendarId: "primary", requestBody });
  return google;
}

async function startsOf(google: calendar_v3.Calendar, eventId: string): Promise<string[]> {
  const { data } = await google.events.instances({ calendarId: "primary", eventId });
  return (data.items ?? []).map(({ start }) => start?.dateTime ?? start?.date ?? "");
}

Deno.test("a series keeps its wall time over a clock change, and instance ids carry UTC", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, weekly);
  const { data } = await google.events.instances({ calendarId: "primary", eventId: "mondas01" });
  assert.deepEqual(data.items?.map(({ id, start }) => [id, start?.dateTime]), [
    ["mondas01_20261019T070000Z", "2026-10-19T09:00:00+02:00"],
    ["mondas01_20261026T080000Z", "2026-10-26T09:00:00+01:00"],
    ["mondas01_20261102T080000Z", "2026-11-02T09:00:00+01:00"],
    ["mondas01_20261109T080000Z", "2026-11-09T09:00:00+01:00"],
  ]);
  const [first] = data.items ?? [];
  assert.equal(first?.recurringEventId, "mondas01");
  assert.deepEqual(first?.originalStartTime, first?.start);
  assert.equal(first?.recurrence, undefined);
  assert.equal(first?.iCalUID, "mondas01@google.com");
  const master = await google.events.get({ calendarId: "primary", eventId: "mondas01" });
  assert.deepEqual(master.data.recurrence, weekly.recurrence);
});

Deno.test("EXDATE takes an occurrence out, RDATE adds one, UNTIL is inclusive", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, {
    ...weekly,
    recurrence: [
      "RRULE:FREQ=WEEKLY;UNTIL=20261109T080000Z",
      "EXDATE;TZID=Europe/Paris:20261026T090000",
      "RDATE;TZID=Europe/Paris:20261105T150000",
    ],
  });
  assert.deepEqual(await startsOf(google, "mondas01"), [
    "2026-10-19T09:00:00+02:00",
    "2026-11-02T09:00:00+01:00",
    "2026-11-05T15:00:00+01:00",
    "2026-11-09T09:00:00+01:00",
  ]);
});

Deno.test("an UNTIL without time covers its whole day in the series' zone", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, {
    ...weekly,
    recurrence: ["RRULE:FREQ=WEEKLY;UNTIL=20261026"],
  });
  assert.deepEqual(await startsOf(google, "mondas01"), [
    "2026-10-19T09:00:00+02:00",
    "2026-10-26T09:00:00+01:00",
  ]);
});

Deno.test("a start that the rule does not give is an occurrence of its own", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, {
    ...weekly,
    recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20261101"],
  });
  assert.deepEqual(await startsOf(google, "mondas01"), [
    "2026-10-19T09:00:00+02:00",
    "2026-10-21T09:00:00+02:00",
    "2026-10-28T09:00:00+01:00",
  ]);
});

Deno.test("a whole-day series has dates, also in its instance ids", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, {
    id: "monthl01",
    start: { date: "2026-11-30" },
    end: { date: "2026-12-02" },
    recurrence: ["RRULE:FREQ=MONTHLY;COUNT=3", "EXDATE;VALUE=DATE:20261230"],
  });
  const { data } = await google.events.instances({ calendarId: "primary", eventId: "monthl01" });
  assert.deepEqual(data.items?.map(({ id, start, end }) => [id, start?.date, end?.date]), [
    ["monthl01_20261130", "2026-11-30", "2026-12-02"],
    ["monthl01_20270130", "2027-01-30", "2027-02-01"],
  ]);
});

Deno.test("patching an instance makes an exception that keeps its original start", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, { ...weekly, attendees: [{ email: bo }] });
  const eventId = "mondas01_20261102T080000Z";
  const { data } = await google.events.patch({
    calendarId: "primary",
    eventId,
    requestBody: {
      start: { dateTime: "2026-11-03T15:00:00+01:00" },
      end: { dateTime: "2026-11-03T15:30:00+01:00" },
      summary: "Moved once",
    },
  });
  assert.equal(data.id, eventId);
  assert.equal(data.recurringEventId, "mondas01");
  assert.equal(data.originalStartTime?.dateTime, "2026-11-02T09:00:00+01:00");
  assert.deepEqual(await startsOf(google, "mondas01"), [
    "2026-10-19T09:00:00+02:00",
    "2026-10-26T09:00:00+01:00",
    "2026-11-03T15:00:00+01:00",
    "2026-11-09T09:00:00+01:00",
  ]);
  const guest = await lab.as(bo);
  const copy = await guest.events.get({ calendarId: "primary", eventId });
  assert.equal(copy.data.summary, "Moved once");
});

Deno.test("deleting an instance cancels only that one, and stays visible in lists of the series", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, weekly);
  const eventId = "mondas01_20261026T080000Z";
  await google.events.delete({ calendarId: "primary", eventId });
  assert.equal((await startsOf(google, "mondas01")).length, 3);
  assert.equal(
    (await refused(google.events.delete({ calendarId: "primary", eventId }))).reason,
    "deleted",
  );
  const unexpanded = await google.events.list({ calendarId: "primary" });
  assert.deepEqual(unexpanded.data.items?.map(({ id, status }) => [id, status]), [
    ["mondas01", "confirmed"],
    [eventId, "cancelled"],
  ]);
  const expanded = await google.events.list({ calendarId: "primary", singleEvents: true });
  assert.equal(expanded.data.items?.length, 3);
  const shown = await google.events.instances({
    calendarId: "primary",
    eventId: "mondas01",
    showDeleted: true,
  });
  assert.equal(shown.data.items?.length, 4);
});

Deno.test("instances can be looked up by original start and limited in time", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, weekly);
  const found = await google.events.instances({
    calendarId: "primary",
    eventId: "mondas01",
    originalStart: "2026-10-26T08:00:00Z",
  });
  assert.deepEqual(found.data.items?.map(({ id }) => id), ["mondas01_20261026T080000Z"]);
  const limited = await google.events.instances({
    calendarId: "primary",
    eventId: "mondas01",
    timeMin: "2026-10-26T08:30:00Z",
    timeMax: "2026-11-09T08:00:00Z",
    maxResults: 1,
  });
  assert.deepEqual(limited.data.items?.map(({ id }) => id), ["mondas01_20261026T080000Z"]);
  const rest = await google.events.instances({
    calendarId: "primary",
    eventId: "mondas01",
    timeMin: "2026-10-26T08:30:00Z",
    timeMax: "2026-11-09T08:00:00Z",
    maxResults: 1,
    pageToken: limited.data.nextPageToken ?? "",
  });
  assert.deepEqual(rest.data.items?.map(({ id }) => id), ["mondas01_20261102T080000Z"]);
  assert.equal(rest.data.nextPageToken, undefined);
});

Deno.test("an instance id that the rule does not give is 404", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, weekly);
  for (
    const eventId of ["mondas01_20261027T080000Z", "mondas01_20261026", "others01_20261026T080000Z"]
  ) {
    const error = await refused(google.events.get({ calendarId: "primary", eventId }));
    assert.deepEqual([error.status, error.reason], [404, "notFound"], eventId);
  }
});

Deno.test("cutting a series with UNTIL drops later exceptions and keeps earlier ones", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, weekly);
  for (const eventId of ["mondas01_20261026T080000Z", "mondas01_20261109T080000Z"]) {
    await google.events.patch({
      calendarId: "primary",
      eventId,
      requestBody: { summary: "Changed" },
    });
  }
  await google.events.patch({
    calendarId: "primary",
    eventId: "mondas01",
    requestBody: { recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20261102T075959Z"] },
  });
  const { data } = await google.events.instances({ calendarId: "primary", eventId: "mondas01" });
  assert.deepEqual(data.items?.map(({ id, summary }) => [id, summary]), [
    ["mondas01_20261019T070000Z", "Weekly"],
    ["mondas01_20261026T080000Z", "Changed"],
  ]);
});

Deno.test("deleting a series deletes its exceptions", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, { ...weekly, attendees: [{ email: bo }] });
  await google.events.patch({
    calendarId: "primary",
    eventId: "mondas01_20261026T080000Z",
    requestBody: { summary: "Changed" },
  });
  await google.events.delete({ calendarId: "primary", eventId: "mondas01" });
  for (const email of [ana, bo]) {
    const { data } = await (await lab.as(email)).events.list({
      calendarId: "primary",
      singleEvents: true,
    });
    assert.deepEqual(data.items, [], email);
  }
});

Deno.test("a guest who joins a series also joins its exceptions", async () => {
  await using lab = await openTeam();
  const google = await insert(lab, weekly);
  await google.events.patch({
    calendarId: "primary",
    eventId: "mondas01_20261026T080000Z",
    requestBody: { summary: "Changed" },
  });
  await google.events.delete({ calendarId: "primary", eventId: "mondas01_20261102T080000Z" });
  await google.events.patch({
    calendarId: "primary",
    eventId: "mondas01",
    requestBody: { attendees: [{ email: bo }] },
  });
  const { data } = await (await lab.as(bo)).events.list({
    calendarId: "primary",
    singleEvents: true,
    orderBy: "startTime",
  });
  assert.deepEqual(data.items?.map(({ summary }) => summary), ["Weekly", "Changed", "Weekly"]);
});

Deno.test("a series needs a zone on its timed start and end", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const error = await refused(google.events.insert({
    calendarId: "primary",
    requestBody: {
      start: { dateTime: "2026-10-19T09:00:00+02:00" },
      end: { dateTime: "2026-10-19T10:00:00+02:00" },
      recurrence: ["RRULE:FREQ=DAILY"],
    },
  }));
  assert.deepEqual([error.status, error.reason, error.message], [
    400,
    "required",
    "Missing time zone definition for start time.",
  ]);
});

Deno.test("rules that cannot be read are 400 Invalid recurrence rule", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const bad = [
    "RRULE:FREQ=FORTNIGHTLY",
    "RRULE:INTERVAL=2",
    "FREQ=WEEKLY",
    "RRULE:",
    "DTSTART:20261019T090000Z",
    "RRULE:FREQ=WEEKLY;UNTIL=soon",
    "RRULE:FREQ=WEEKLY;BYDAY=XX",
    "RRULE:FREQ=WEEKLY;COUNT=abc",
    "RRULE:FREQ=WEEKLY;INTERVAL=0",
    "EXDATE:tomorrow",
  ];
  for (const line of bad) {
    const error = await refused(google.events.insert({
      calendarId: "primary",
      requestBody: { ...weekly, id: "badrule1", recurrence: [line] },
    }));
    assert.deepEqual([error.status, error.reason, error.message], [
      400,
      "invalid",
      "Invalid recurrence rule.",
    ], line);
  }
});

Deno.test("an occurrence at a time that a clock change skips moves on by the gap, as RFC 5545 reads it", async () => {
  await using lab = await openTeam();
  const series: calendar_v3.Schema$Event = {
    ...weekly,
    start: { dateTime: "2030-03-03T02:30:00", timeZone: "America/New_York" },
    end: { dateTime: "2030-03-03T03:00:00", timeZone: "America/New_York" },
    recurrence: ["RRULE:FREQ=WEEKLY;UNTIL=20300317T063000Z"],
  };
  const google = await insert(lab, series);
  assert.deepEqual((await startsOf(google, "mondas01")).map((at) => new Date(at).toISOString()), [
    "2030-03-03T07:30:00.000Z",
    "2030-03-10T07:30:00.000Z",
    "2030-03-17T06:30:00.000Z",
  ]);
  const { data } = await google.events.get({
    calendarId: "primary",
    eventId: "mondas01_20300310T073000Z",
  });
  assert.equal(Date.parse(data.start?.dateTime ?? ""), Date.parse("2030-03-10T03:30:00-04:00"));
  assert.equal(Date.parse(data.end?.dateTime ?? ""), Date.parse("2030-03-10T04:00:00-04:00"));
});

Deno.test("a series that starts in the second of two equal hours has one occurrence then, and repeats in the first", async () => {
  await using lab = await openTeam();
  const series: calendar_v3.Schema$Event = {
    ...weekly,
    start: { dateTime: "2030-11-03T01:30:00-05:00", timeZone: "America/New_York" },
    end: { dateTime: "2030-11-03T02:00:00-05:00", timeZone: "America/New_York" },
    recurrence: ["RRULE:FREQ=WEEKLY;INTERVAL=52;COUNT=2"],
  };
  const google = await insert(lab, series);
  assert.deepEqual((await startsOf(google, "mondas01")).map((at) => new Date(at).toISOString()), [
    "2030-11-03T06:30:00.000Z",
    "2031-11-02T05:30:00.000Z",
  ]);
  await assert.rejects(
    google.events.get({ calendarId: "primary", eventId: "mondas01_20301103T053000Z" }),
    /Not Found/,
  );
});
