import assert from "node:assert/strict";
import { ana, bo, openLab, openTeam } from "./lab.ts";

const events = "calendars/primary/events";
const timed = {
  start: { dateTime: "2026-12-01T10:00:00Z" },
  end: { dateTime: "2026-12-01T11:00:00Z" },
};
const one_day = { start: { date: "2026-12-01" }, end: { date: "2026-12-02" } };
const two_days = { start: { date: "2026-12-01" }, end: { date: "2026-12-03" } };
const focus = { ...timed, eventType: "focusTime", focusTimeProperties: {} };
const away = { ...timed, eventType: "outOfOffice", outOfOfficeProperties: {} };
const home = {
  ...one_day,
  eventType: "workingLocation",
  visibility: "public",
  transparency: "transparent",
  workingLocationProperties: { type: "homeOffice", homeOffice: {} },
};
const birthday = {
  ...one_day,
  summary: "Bo's birthday",
  eventType: "birthday",
  visibility: "private",
  transparency: "transparent",
  recurrence: ["RRULE:FREQ=YEARLY"],
};

Deno.test("events with a type of their own are created only as Google's guides describe them", async () => {
  await using lab = await openLab({
    email: ana,
    timezone: "Europe/Paris",
    calendars: [{ id: "second@group.calendar.google.com", summary: "Second" }],
  });
  const insert = (body: unknown, calendar = "primary") =>
    lab.raw({ path: `calendars/${calendar}/events`, email: ana, body });
  for (const body of [focus, away, home, birthday]) {
    const answer = await insert(body);
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await insert(body, "second@group.calendar.google.com")).status, 400);
  }
  for (
    const body of [
      { ...focus, ...one_day },
      { ...focus, focusTimeProperties: null },
      { ...away, ...one_day },
      { ...away, transparency: "transparent" },
      { ...home, ...two_days },
      { ...home, visibility: "private" },
      { ...home, workingLocationProperties: null },
      { ...birthday, ...two_days },
      { ...birthday, recurrence: ["RRULE:FREQ=MONTHLY"] },
      { ...birthday, location: "Kitchen" },
      { ...timed, eventType: "fromGmail" },
    ]
  ) {
    const answer = await insert(body);
    assert.deepEqual([answer.status, answer.error.reason], [400, "invalid"], JSON.stringify(body));
  }
  for (const value of [{}, "yes", 1]) {
    const given = { type: "homeOffice", homeOffice: value };
    assert.equal((await insert({ ...home, workingLocationProperties: given })).status, 200);
  }
});

Deno.test("of birthdays and events from Gmail only some fields change", async () => {
  await using lab = await openTeam();
  const { event_ids } = await lab.control.addEvents(ana, [
    birthday,
    { ...birthday, birthdayProperties: { type: "birthday", contact: "people/c1" } },
    { ...timed, summary: "Flight", eventType: "fromGmail" },
  ]);
  const [free, bound, flight] = event_ids;
  const patch = async (id: string | undefined, body: unknown) =>
    (await lab.raw({ method: "PATCH", path: `${events}/${id}`, email: ana, body })).status;
  const next_day = { start: { date: "2026-12-02" }, end: { date: "2026-12-03" } };
  assert.equal(await patch(free, { summary: "Bo", colorId: "3", ...next_day }), 200);
  assert.equal(await patch(free, { description: "Cake" }), 400);
  assert.equal(await patch(bound, { summary: "Bo" }), 200);
  assert.equal(await patch(bound, next_day), 400);
  assert.equal(await patch(flight, { attendees: [{ email: bo }], visibility: "private" }), 200);
  for (const body of [{ summary: "Train" }, { location: "Gate" }, next_day]) {
    assert.equal(await patch(flight, body), 400);
  }
});

Deno.test("add-on conferences and attachments are stored as sent, descriptions up to 8,192 characters", async () => {
  await using lab = await openTeam();
  const calendar = await lab.as(ana);
  const conferenceData = {
    conferenceId: "zoom-1",
    conferenceSolution: { key: { type: "addOn" }, name: "Zoom Meeting" },
    entryPoints: [{ entryPointType: "video", uri: "https://zoom.example/j/1" }],
  };
  const attachments = [{ fileUrl: "https://drive.example/1", title: "Agenda" }];
  const { data } = await calendar.events.insert({
    calendarId: "primary",
    conferenceDataVersion: 1,
    supportsAttachments: true,
    requestBody: { ...timed, conferenceData, attachments, description: "x".repeat(9000) },
  });
  assert.deepEqual(data.conferenceData, conferenceData);
  assert.equal(data.hangoutLink, undefined);
  assert.deepEqual(data.attachments, attachments);
  assert.equal(data.description?.length, 8192);
  const { data: kept } = await calendar.events.patch({
    calendarId: "primary",
    eventId: data.id ?? "",
    requestBody: { summary: "Renamed", attachments: [] },
  });
  assert.deepEqual(kept.attachments, attachments, "without supportsAttachments they stay");
});

Deno.test("a reader sees only the times of private events", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [{ ...timed, summary: "Secret", visibility: "private" }]);
  for (const [access_role, summary] of [["reader", undefined], ["writer", "Secret"]] as const) {
    await lab.control.shareCalendar({ calendar_id: ana, email: bo, access_role });
    const calendar = await lab.as(bo);
    const { data: { items = [] } } = await calendar.events.list({ calendarId: ana });
    assert.deepEqual(items.map((item) => item.summary), [summary]);
    const eventId = items[0]?.id ?? "";
    const { data } = await calendar.events.get({ calendarId: ana, eventId });
    assert.equal(data.summary, summary);
    assert.ok(data.start?.dateTime);
  }
});

Deno.test("what is only reported of Google is switchable: exceptions after a cut, mail without sendUpdates", async () => {
  for (const alive of [false, true]) {
    await using lab = await openTeam();
    if (alive) {
      await lab.control.undocumented({
        exceptions_after_cut: "alive",
        default_send_updates: "externalOnly",
      });
    }
    const calendar = await lab.as(ana);
    const { data: series } = await calendar.events.insert({
      calendarId: "primary",
      requestBody: {
        start: { dateTime: "2026-12-01T10:00:00Z", timeZone: "UTC" },
        end: { dateTime: "2026-12-01T11:00:00Z", timeZone: "UTC" },
        recurrence: ["RRULE:FREQ=DAILY;COUNT=5"],
        attendees: [{ email: bo }, { email: "eve@elsewhere.example" }],
      },
    });
    const eventId = series.id ?? "";
    const occurrence = `${eventId}_20261204T100000Z`;
    await calendar.events.patch({
      calendarId: "primary",
      eventId: occurrence,
      sendUpdates: "none",
      requestBody: { summary: "Changed" },
    });
    await calendar.events.patch({
      calendarId: "primary",
      eventId,
      sendUpdates: "none",
      requestBody: { recurrence: ["RRULE:FREQ=DAILY;UNTIL=20261202T100000Z"] },
    });
    const { data } = await calendar.events.get({ calendarId: "primary", eventId: occurrence });
    assert.equal(data.status, alive ? "confirmed" : "cancelled");
    const mails = await lab.control.mails();
    assert.deepEqual(mails.map(({ to }) => to), alive ? ["eve@elsewhere.example"] : []);
  }
});
