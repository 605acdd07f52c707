import assert from "node:assert/strict";
import { ana, bo, hour, openLab, openTeam, refused } from "./lab.ts";

Deno.test("calendarList has the primary calendar and those shared with the account", async () => {
  await using lab = await openLab({
    email: ana,
    timezone: "Europe/Paris",
    calendars: [
      {
        summary: "Holidays",
        access_role: "reader",
        events: [{ start: { date: "2026-12-25" }, end: { date: "2026-12-26" } }],
      },
      { summary: "Side project", timezone: "UTC" },
    ],
  });
  const google = await lab.as(ana);
  const { data } = await google.calendarList.list();
  assert.deepEqual(
    data.items?.map(({ summary, accessRole, primary, timeZone }) => [
      summary,
      accessRole,
      primary,
      timeZone,
    ]),
    [
      [ana, "owner", true, "Europe/Paris"],
      ["Holidays", "reader", undefined, "Europe/Paris"],
      ["Side project", "owner", undefined, "UTC"],
    ],
  );
  const holidays = data.items?.[1]?.id ?? "";
  const error = await refused(
    google.events.insert({ calendarId: holidays, requestBody: hour(30, 10) }),
  );
  assert.deepEqual([error.status, error.reason], [403, "requiredAccessLevel"]);
  const writable = await google.calendarList.list({ minAccessRole: "writer" });
  assert.equal(writable.data.items?.length, 2);
  const page = await google.calendarList.list({ maxResults: 2 });
  const rest = await google.calendarList.list({
    maxResults: 2,
    pageToken: page.data.nextPageToken ?? "",
  });
  assert.deepEqual(rest.data.items?.map(({ summary }) => summary), ["Side project"]);
});

Deno.test("calendarList.get knows primary and refuses what is not on the list", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.calendarList.get({ calendarId: "primary" });
  assert.deepEqual([data.id, data.accessRole, data.primary], [ana, "owner", true]);
  assert.deepEqual(data.conferenceProperties, {
    allowedConferenceSolutionTypes: ["hangoutsMeet"],
  });
  const error = await refused(google.calendarList.get({ calendarId: bo }));
  assert.deepEqual([error.status, error.reason], [404, "notFound"]);
});

Deno.test("a visible calendar can be put on the list, changed there and taken off", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.calendarList.insert({ requestBody: { id: bo } });
  assert.equal(data.accessRole, "freeBusyReader");
  const patched = await google.calendarList.patch({
    calendarId: bo,
    requestBody: { summaryOverride: "Bo", hidden: true },
  });
  assert.equal(patched.data.summaryOverride, "Bo");
  assert.equal((await google.calendarList.list()).data.items?.length, 1);
  assert.equal((await google.calendarList.list({ showHidden: true })).data.items?.length, 2);
  const replaced = await google.calendarList.update({ calendarId: bo, requestBody: {} });
  assert.equal(replaced.data.summaryOverride, undefined);
  assert.equal((await google.calendarList.delete({ calendarId: bo })).status, 204);
  assert.equal((await google.calendarList.list()).data.items?.length, 1);
  const primary = await refused(google.calendarList.delete({ calendarId: "primary" }));
  assert.equal(primary.status, 403);
});

Deno.test("calendars: insert, get, patch, update, clear and delete", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const made = await google.calendars.insert({
    requestBody: { summary: "Team", timeZone: "Asia/Tokyo" },
  });
  const calendarId = made.data.id ?? "";
  assert.match(calendarId, /@group\.calendar\.google\.com$/);
  await google.calendars.patch({ calendarId, requestBody: { description: "Ours" } });
  const { data } = await google.calendars.get({ calendarId });
  assert.deepEqual([data.summary, data.description, data.timeZone], ["Team", "Ours", "Asia/Tokyo"]);
  const updated = await google.calendars.update({ calendarId, requestBody: { summary: "Crew" } });
  assert.equal(updated.data.description, undefined);
  const missing = await refused(google.calendars.insert({ requestBody: {} }));
  assert.deepEqual([missing.status, missing.reason], [400, "required"]);
  assert.equal((await refused(google.calendars.clear({ calendarId }))).status, 403);
  await google.calendars.delete({ calendarId });
  assert.equal((await refused(google.calendars.get({ calendarId }))).status, 404);
  await google.events.insert({ calendarId: "primary", requestBody: hour(30, 10) });
  await google.calendars.clear({ calendarId: "primary" });
  const { data: left } = await google.events.list({ calendarId: "primary" });
  assert.deepEqual(left.items, []);
  assert.equal((await refused(google.calendars.delete({ calendarId: "primary" }))).status, 403);
});

Deno.test("settings have the zone of the account", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.settings.get({ setting: "timezone" });
  assert.equal(data.value, "Europe/Paris");
  const { data: all } = await google.settings.list();
  assert.ok(all.items?.some(({ id }) => id === "weekStart"));
  assert.equal((await refused(google.settings.get({ setting: "nothing" }))).status, 404);
});
