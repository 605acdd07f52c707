import assert from "node:assert/strict";
import { startGoogleEmulator } from "../emulator.ts";
import { emulatorControl } from "../control.ts";
import { ana, bo, hour, openTeam } from "./lab.ts";

Deno.test("createAccount makes a person with a primary calendar, others and events", async () => {
  await using lab = await openTeam();
  const state = await lab.control.createAccount({
    email: "Cy@Team.example",
    timezone: "Asia/Tokyo",
    calendars: [{ id: "room-4@team.example", summary: "Room 4" }],
    events: [{ summary: "Past", ...hour(2, 9) }],
  });
  assert.equal(state.email, "cy@team.example");
  assert.equal(state.name, "Cy");
  assert.deepEqual(state.calendars.map(({ id, primary, timezone }) => [id, primary, timezone]), [
    ["cy@team.example", true, "Asia/Tokyo"],
    ["room-4@team.example", false, "Asia/Tokyo"],
  ]);
  assert.equal((await lab.control.events({ calendar_id: "cy@team.example" })).length, 1);
  assert.deepEqual(await lab.control.mails(), []);
  assert.equal((await lab.control.accounts()).length, 3);
});

Deno.test("the control surface says what it refuses", async () => {
  await using lab = await openTeam();
  const { control } = lab;
  await assert.rejects(
    control.createAccount({ email: ana, timezone: "UTC" }),
    /already an account/,
  );
  await assert.rejects(
    control.createAccount({ email: "x@team.example", timezone: "Mars" }),
    /timezone/,
  );
  await assert.rejects(control.setClock("tomorrow"), /RFC 3339/);
  await assert.rejects(control.signIn({ email: "x@team.example" }), /create it first/);
  await assert.rejects(
    control.reply({ email: bo, event_id: "nosuch01", responseStatus: "accepted" }),
    /Not Found/,
  );
  const response = await fetch(`${lab.url}/emulator/nothing`);
  assert.deepEqual([response.status, (await response.json()).error], [404, "unknown_route"]);
});

Deno.test("a guest who is not invited cannot reply", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [{ id: "alone001", ...hour(30, 10) }]);
  await assert.rejects(
    lab.control.reply({ email: ana, event_id: "alone001", responseStatus: "accepted" }),
    /no guest/,
  );
});

Deno.test("edit changes fields and guests as their organizer does, past faults and log", async () => {
  await using lab = await openTeam();
  const { control } = lab;
  await control.addEvents(ana, [{
    id: "edited01",
    ...hour(30, 10),
    attendees: [{ email: bo, responseStatus: "accepted" }],
  }]);
  await control.fault({ status: 503 });
  const cy = "cy@elsewhere.example";
  const edit = { email: ana, event_id: "edited01", sendUpdates: "all" as const };
  const edited = await control.edit({ ...edit, changes: { summary: "New" }, add_guests: [cy] });
  assert.equal(edited.summary, "New");
  assert.deepEqual(edited.attendees?.map(({ email, responseStatus }) => [email, responseStatus]), [
    [bo, "accepted"],
    [cy, "needsAction"],
  ]);
  const alone = await control.edit({ ...edit, remove_guests: [bo, cy] });
  assert.deepEqual(alone.attendees ?? [], []);
  assert.deepEqual(
    (await control.mails({ event_id: "edited01" })).map(({ to, kind }) => [to, kind]),
    [
      [bo, "update"],
      [cy, "invitation"],
      [bo, "cancellation"],
      [cy, "cancellation"],
    ],
  );
  assert.deepEqual(await control.requests(), []);
  await assert.rejects(control.edit({ ...edit, event_id: "nosuch01" }), /Not Found/);
  await assert.rejects(
    control.edit({ ...edit, changes: { start: { dateTime: "tomorrow" } } }),
    /refused POST/,
  );
});

Deno.test("move and delete do as the organizer does on any calendar, past faults and log", async () => {
  await using lab = await openTeam();
  const { control } = lab;
  const google = await lab.as(ana);
  const { data: second } = await google.calendars.insert({ requestBody: { summary: "Second" } });
  const destination = second.id ?? "";
  await control.addEvents(ana, [{ id: "moved001", ...hour(30, 10), attendees: [{ email: bo }] }]);
  const before = await control.requests();
  await control.fault({ status: 503 });
  const event = { email: ana, event_id: "moved001" };
  const moved = await control.move({ ...event, destination, sendUpdates: "none" });
  assert.deepEqual([moved.calendar_id, moved.organizer?.self], [destination, true]);
  const deleted = { ...event, calendar_id: destination, sendUpdates: "all" as const };
  await control.delete(deleted);
  await assert.rejects(control.delete(deleted), /deleted/);
  await assert.rejects(control.delete({ ...deleted, event_id: "nosuch01" }), /Not Found/);
  assert.deepEqual(await control.events({ event_id: "moved001", status: "live" }), []);
  assert.deepEqual(
    (await control.mails({ event_id: "moved001" })).map(({ to, kind }) => [to, kind]),
    [[bo, "cancellation"]],
  );
  assert.deepEqual(await control.requests(), before);
});

Deno.test("requests records method, path, query, body, user and answer", async () => {
  await using lab = await openTeam();
  await lab.raw({
    path: "calendars/ana%40team.example/events?sendUpdates=all",
    email: ana,
    headers: { "if-match": '"1"' },
    body: hour(30, 10),
  });
  const [request, ...rest] = await lab.control.requests();
  assert.deepEqual(rest, []);
  assert.partialDeepStrictEqual(request, {
    at: "2026-11-23T08:00:00.000Z",
    method: "POST",
    path: "/calendar/v3/calendars/ana@team.example/events",
    query: { sendUpdates: ["all"] },
    body: hour(30, 10),
    if_match: '"1"',
    user: ana,
    status: 200,
    fault_id: null,
    dropped: null,
  });
  assert.deepEqual(await lab.control.requests({ method: "get" }), []);
  assert.equal((await lab.control.requests({ user: ana, status: 200 })).length, 1);
  assert.deepEqual(await lab.control.requests({ since_id: request?.id }), []);
});

Deno.test("the clock stands, ticks, moves on and returns to real time", async () => {
  await using lab = await openTeam();
  const { control } = lab;
  assert.deepEqual(await control.clock(), { instant: "2026-11-23T08:00:00.000Z", frozen: true });
  await control.advanceClock({ seconds: 90 });
  assert.equal((await control.clock()).instant, "2026-11-23T08:01:30.000Z");
  await control.setClock(new Date("2030-01-01T00:00:00Z"), { ticking: true });
  const ticking = await control.clock();
  assert.ok(ticking.instant.startsWith("2030-01-01T00:00:") && !ticking.frozen);
  await control.setClock(null);
  assert.ok(Math.abs(Date.parse((await control.clock()).instant) - Date.now()) < 10_000);
});

Deno.test("changeAccount hides free/busy from others and moves the zone", async () => {
  await using lab = await openTeam();
  await lab.control.changeAccount({ email: bo, freebusy: "private", timezone: "Asia/Tokyo" });
  const google = await lab.as(ana);
  const { data } = await google.freebusy.query({
    requestBody: {
      timeMin: "2026-11-23T00:00:00Z",
      timeMax: "2026-11-24T00:00:00Z",
      items: [{ id: bo }],
    },
  });
  assert.equal(data.calendars?.[bo]?.errors?.[0]?.reason, "notFound");
  const own = await (await lab.as(bo)).calendars.get({ calendarId: "primary" });
  assert.equal(own.data.timeZone, "Asia/Tokyo");
});

Deno.test("reset forgets everything, and two emulators share nothing", async () => {
  await using lab = await openTeam();
  await using other = await startGoogleEmulator();
  assert.deepEqual(await emulatorControl(other.url).accounts(), []);
  await lab.control.fault({ status: 500 });
  await lab.control.reset();
  assert.deepEqual(await lab.control.accounts(), []);
  assert.deepEqual(await lab.control.faults(), []);
  assert.deepEqual(await lab.control.requests(), []);
  await lab.control.createAccount({ email: ana, timezone: "UTC" });
});

Deno.test("a taken port is a clear error", async () => {
  await using emulator = await startGoogleEmulator();
  const port = Number(new URL(emulator.url).port);
  await assert.rejects(startGoogleEmulator({ port }), /Port \d+ is taken/);
});

Deno.test("stop can be called twice", async () => {
  const emulator = await startGoogleEmulator();
  await emulator.stop();
  await emulator.stop();
  await assert.rejects(fetch(emulator.url));
});
