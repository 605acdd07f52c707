import assert from "node:assert/strict";
import { ana, bo, hour, type Lab, openTeam, refused } from "./lab.ts";

async function busy(lab: Lab, id = ana, zone?: string) {
  const google = await lab.as(ana);
  const { data } = await google.freebusy.query({
    requestBody: {
      timeMin: "2026-11-23T00:00:00Z",
      timeMax: "2026-12-01T00:00:00Z",
      items: [{ id }],
      ...(zone === undefined ? {} : { timeZone: zone }),
    },
  });
  return data.calendars?.[id];
}

Deno.test("freeBusy answers in UTC unless asked, echoes its bounds, keys as sent", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [hour(30, 10)]);
  const google = await lab.as(ana);
  const query = (zone: string | null) =>
    google.freebusy.query({
      requestBody: {
        timeMin: "2026-11-30T00:00:00+01:00",
        timeMax: "2026-12-01T00:00:00+01:00",
        items: [{ id: "primary" }, { id: "Ana@Team.example" }],
        ...(zone === null ? {} : { timeZone: zone }),
      },
    });
  const { data } = await query(null);
  assert.deepEqual(data, {
    kind: "calendar#freeBusy",
    timeMin: "2026-11-29T23:00:00.000Z",
    timeMax: "2026-11-30T23:00:00.000Z",
    calendars: {
      "primary": { busy: [{ start: "2026-11-30T09:00:00Z", end: "2026-11-30T10:00:00Z" }] },
      "Ana@Team.example": {
        busy: [{ start: "2026-11-30T09:00:00Z", end: "2026-11-30T10:00:00Z" }],
      },
    },
  });
  const tokyo = await query("Asia/Tokyo");
  assert.deepEqual(tokyo.data.calendars?.["primary"]?.busy, [
    { start: "2026-11-30T18:00:00+09:00", end: "2026-11-30T19:00:00+09:00" },
  ]);
});

Deno.test("only opaque, live, not declined events are busy", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [
    { id: "opaque01", ...hour(24, 9) },
    { id: "transp01", ...hour(24, 11), transparency: "transparent" },
    { id: "tentat01", ...hour(24, 13), status: "tentative" },
    { id: "gone0001", ...hour(24, 15) },
  ]);
  await lab.control.addEvents(
    bo,
    ["accept01", "declin01", "noansr01"].map((id, index) => ({
      id,
      ...hour(25, 9 + 2 * index),
      attendees: [{ email: ana }],
    })),
  );
  const google = await lab.as(ana);
  await google.events.delete({ calendarId: "primary", eventId: "gone0001" });
  await lab.control.reply({ email: ana, event_id: "accept01", responseStatus: "accepted" });
  await lab.control.reply({ email: ana, event_id: "declin01", responseStatus: "declined" });
  assert.deepEqual((await busy(lab))?.busy?.map(({ start }) => start), [
    "2026-11-24T08:00:00Z",
    "2026-11-24T12:00:00Z",
    "2026-11-25T08:00:00Z",
    "2026-11-25T12:00:00Z",
  ]);
});

Deno.test("a whole day is busy from midnight to midnight in the calendar's zone", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(bo, [{ start: { date: "2026-11-25" }, end: { date: "2026-11-26" } }]);
  assert.deepEqual((await busy(lab, bo))?.busy, [
    { start: "2026-11-25T05:00:00Z", end: "2026-11-26T05:00:00Z" },
  ]);
});

Deno.test("series are busy at every occurrence, changed ones where they are now", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [
    { id: "lunch001", ...hour(24, 9), recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] },
  ]);
  const google = await lab.as(ana);
  await google.events.patch({
    calendarId: "primary",
    eventId: "lunch001_20261125T080000Z",
    requestBody: hour(25, 17),
  });
  await google.events.delete({ calendarId: "primary", eventId: "lunch001_20261126T080000Z" });
  assert.deepEqual((await busy(lab))?.busy, [
    { start: "2026-11-24T08:00:00Z", end: "2026-11-24T09:00:00Z" },
    { start: "2026-11-25T16:00:00Z", end: "2026-11-25T17:00:00Z" },
  ]);
});

Deno.test("overlaps are merged and clipped, or left alone, as the switch says", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [
    { start: { dateTime: "2026-11-22T22:00:00Z" }, end: { dateTime: "2026-11-23T01:00:00Z" } },
    { start: { dateTime: "2026-11-24T09:00:00Z" }, end: { dateTime: "2026-11-24T11:00:00Z" } },
    { start: { dateTime: "2026-11-24T10:00:00Z" }, end: { dateTime: "2026-11-24T12:00:00Z" } },
  ]);
  assert.deepEqual((await busy(lab))?.busy, [
    { start: "2026-11-23T00:00:00Z", end: "2026-11-23T01:00:00Z" },
    { start: "2026-11-24T09:00:00Z", end: "2026-11-24T12:00:00Z" },
  ]);
  await lab.control.freeBusyShape({ merge: false, clip: false });
  assert.deepEqual((await busy(lab))?.busy, [
    { start: "2026-11-22T22:00:00Z", end: "2026-11-23T01:00:00Z" },
    { start: "2026-11-24T09:00:00Z", end: "2026-11-24T11:00:00Z" },
    { start: "2026-11-24T10:00:00Z", end: "2026-11-24T12:00:00Z" },
  ]);
});

Deno.test("calendars that cannot be read are errors inside a 200", async () => {
  await using lab = await openTeam();
  await lab.control.createAccount({
    email: "shy@team.example",
    timezone: "UTC",
    freebusy: "private",
  });
  const not_found = { errors: [{ domain: "global", reason: "notFound" }], busy: [] };
  assert.deepEqual(await busy(lab, "shy@team.example"), not_found);
  assert.deepEqual(await busy(lab, "unknown@team.example"), not_found);
  assert.deepEqual(await busy(lab, bo), { busy: [] });
});

Deno.test("the fifty-first calendar of a query is tooManyCalendarsRequested", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const items = Array.from({ length: 51 }, (_none, index) => ({ id: `p${index}@team.example` }));
  const { data } = await google.freebusy.query({
    requestBody: { timeMin: "2026-11-23T00:00:00Z", timeMax: "2026-11-24T00:00:00Z", items },
  });
  assert.equal(data.calendars?.["p49@team.example"]?.errors?.[0]?.reason, "notFound");
  assert.deepEqual(data.calendars?.["p50@team.example"], {
    errors: [{ domain: "global", reason: "tooManyCalendarsRequested" }],
    busy: [],
  });
});

Deno.test("freeBusy refuses missing offsets, empty ranges and more than 90 days", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const cases: [string | undefined, string | undefined, object][] = [
    ["2026-11-23T00:00:00", "2026-11-24T00:00:00Z", { status: 400, reason: "badRequest" }],
    ["2026-11-23", "2026-11-24T00:00:00Z", { status: 400, reason: "badRequest" }],
    [undefined, "2026-11-24T00:00:00Z", { status: 400, reason: "required", location: "timeMin" }],
    ["2026-11-24T00:00:00Z", undefined, { status: 400, reason: "required", location: "timeMax" }],
    [
      "2026-11-24T00:00:00Z",
      "2026-11-24T00:00:00Z",
      { status: 400, reason: "timeRangeEmpty", domain: "calendar", location: "timeMax" },
    ],
    [
      "2026-11-24T00:00:00Z",
      "2027-02-22T00:00:01Z",
      {
        status: 400,
        reason: "timeRangeTooLong",
        domain: "calendar",
        message: "The requested time range is too long.",
      },
    ],
  ];
  for (const [timeMin, timeMax, expected] of cases) {
    const error = await refused(google.freebusy.query({
      requestBody: {
        ...(timeMin === undefined ? {} : { timeMin }),
        ...(timeMax === undefined ? {} : { timeMax }),
        items: [{ id: "primary" }],
      },
    }));
    assert.partialDeepStrictEqual(error, expected);
  }
  const longest = await google.freebusy.query({
    requestBody: {
      timeMin: "2026-11-24T00:00:00Z",
      timeMax: "2027-02-22T00:00:00Z",
      items: [{ id: "primary" }],
    },
  });
  assert.equal(longest.status, 200);
});
