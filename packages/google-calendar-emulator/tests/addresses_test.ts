import assert from "node:assert/strict";
import { ana, bo, hour, type Lab, openLab, openTeam, refused } from "./lab.ts";

const ana_alias = "a.smith@team.example";
const bo_alias = "b.jones@team.example";
const team = "everybody@team.example";
const room = "blue-room@team.example";

function openAliases(): Promise<Lab> {
  return openLab(
    { email: ana, timezone: "Europe/Paris", aliases: [ana_alias] },
    { email: bo, timezone: "Europe/Paris", aliases: [bo_alias] },
  );
}

Deno.test("a guest under an alias is that account: the alias stays as it was written, and is self there", async () => {
  await using lab = await openAliases();
  const google = await lab.as(ana);
  const { data } = await google.events.insert({
    calendarId: "primary",
    sendUpdates: "all",
    requestBody: { ...hour(30, 10), attendees: [{ email: ana_alias }, { email: bo_alias }] },
  });
  const eventId = data.id ?? "";
  assert.deepEqual(data.attendees, [
    { email: ana_alias, responseStatus: "needsAction", self: true },
    { email: bo_alias, responseStatus: "needsAction" },
  ]);
  const mails = await lab.control.mails();
  assert.deepEqual(mails.map(({ to }) => to), [bo_alias], "the organizer's alias gets none");

  const guest = await lab.as(bo);
  const { data: copy } = await guest.events.get({ calendarId: "primary", eventId });
  assert.deepEqual(copy.attendees?.map(({ self }) => self), [undefined, true]);
  await guest.events.patch({
    calendarId: "primary",
    eventId,
    requestBody: {
      attendeesOmitted: true,
      attendees: [{ email: bo_alias, responseStatus: "accepted" }],
    },
  });
  await lab.control.reply({ email: ana_alias, event_id: eventId, responseStatus: "tentative" });
  const { data: answered } = await google.events.get({ calendarId: ana_alias, eventId });
  assert.deepEqual(
    answered.attendees?.map(({ email, responseStatus }) => [email, responseStatus]),
    [[ana_alias, "tentative"], [bo_alias, "accepted"]],
  );
});

Deno.test("free/busy of an alias is that of its account, under the key that was sent", async () => {
  await using lab = await openAliases();
  await lab.control.addEvents(bo, [hour(30, 10)]);
  const { data } = await (await lab.as(ana)).freebusy.query({
    requestBody: {
      timeMin: "2026-11-30T00:00:00Z",
      timeMax: "2026-12-01T00:00:00Z",
      items: [{ id: bo_alias }],
    },
  });
  assert.equal(data.calendars?.[bo_alias]?.busy?.length, 1);
});

Deno.test("an address belongs to one account or group", async () => {
  await using lab = await openAliases();
  await assert.rejects(
    lab.control.createAccount({ email: ana_alias, timezone: "UTC" }),
    /account_exists/,
  );
  await assert.rejects(
    lab.control.createGroup({ email: bo_alias, members: [ana] }),
    /account_exists/,
  );
});

Deno.test("a group invites its members, each with a copy and one mail; who answers is listed from then on", async () => {
  await using lab = await openTeam();
  await lab.control.createGroup({ email: team, members: [ana, bo, "cy@other.example"] });
  const google = await lab.as(ana);
  const { data } = await google.events.insert({
    calendarId: "primary",
    sendUpdates: "all",
    requestBody: { ...hour(30, 10), attendees: [{ email: team }] },
  });
  const eventId = data.id ?? "";
  assert.deepEqual(
    (await lab.control.mails()).map(({ to }) => to).sort(),
    [bo, "cy@other.example"],
  );
  const guest = await lab.as(bo);
  const { data: copy } = await guest.events.get({ calendarId: "primary", eventId });
  assert.deepEqual(copy.attendees, [{ email: team, responseStatus: "needsAction" }]);
  await lab.control.reply({ email: bo, event_id: eventId, responseStatus: "accepted" });
  const { data: answered } = await google.events.get({ calendarId: "primary", eventId });
  assert.deepEqual(
    answered.attendees?.map(({ email, responseStatus }) => [email, responseStatus]),
    [[team, "needsAction"], [bo, "accepted"]],
  );
  await google.events.patch({ calendarId: "primary", eventId, requestBody: { attendees: [] } });
  assert.equal(
    (await guest.events.get({ calendarId: "primary", eventId })).data.status,
    "cancelled",
  );
});

Deno.test("free/busy expands a group to its members' calendars, up to groupExpansionMax", async () => {
  await using lab = await openTeam();
  await lab.control.createGroup({ email: team, members: [ana, bo] });
  await lab.control.changeAccount({ email: bo, freebusy: "private" });
  await lab.control.addEvents(ana, [hour(30, 10)]);
  const query = async (groupExpansionMax: number) =>
    (await (await lab.as(ana)).freebusy.query({
      requestBody: {
        timeMin: "2026-11-30T00:00:00Z",
        timeMax: "2026-12-01T00:00:00Z",
        items: [{ id: team }],
        groupExpansionMax,
      },
    })).data;
  const expanded = await query(2);
  assert.deepEqual(expanded.groups, { [team]: { calendars: [ana, bo] } });
  assert.deepEqual(Object.keys(expanded.calendars ?? {}), [ana, bo]);
  assert.equal(expanded.calendars?.[ana]?.busy?.length, 1);
  assert.equal(expanded.calendars?.[bo]?.errors?.[0]?.reason, "notFound");
  const too_big = await query(1);
  assert.deepEqual(too_big.calendars, {});
  assert.deepEqual(too_big.groups, {
    [team]: { errors: [{ domain: "global", reason: "groupTooBig" }] },
  });
});

Deno.test("a room answers after the write that asks it: yes where it is free, no where it is taken", async () => {
  await using lab = await openTeam();
  await lab.control.createAccount({ email: room, timezone: "UTC", room: true });
  const google = await lab.as(ana);
  const book = async (from: number) => {
    const { data } = await google.events.insert({
      calendarId: "primary",
      requestBody: { ...hour(30, from), attendees: [{ email: room }] },
    });
    assert.deepEqual(data.attendees, [
      { email: room, responseStatus: "needsAction", resource: true },
    ]);
    return data;
  };
  const answerOf = async (eventId: string) =>
    (await google.events.get({ calendarId: "primary", eventId })).data.attendees?.[0]
      ?.responseStatus;
  const first = await book(10);
  const second = await book(10);
  const [one, two] = [first.id ?? "", second.id ?? ""];
  assert.deepEqual([await answerOf(one), await answerOf(two)], ["accepted", "declined"]);

  const patch = (eventId: string, from: number, etag?: string | null) =>
    google.events.patch(
      { calendarId: "primary", eventId, requestBody: hour(30, from) },
      etag ? { headers: { "If-Match": etag } } : {},
    );
  assert.equal((await refused(patch(two, 12, second.etag))).status, 412, "the answer is a change");
  await patch(two, 12);
  assert.equal(await answerOf(two), "accepted");
  await patch(two, 10);
  assert.equal(await answerOf(two), "declined");

  const { data: series } = await google.events.insert({
    calendarId: "primary",
    requestBody: {
      ...hour(23, 10),
      recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
      attendees: [{ email: room }],
    },
  });
  assert.equal(await answerOf(series.id ?? ""), "declined", "its second occurrence is taken");
});
