import assert from "node:assert/strict";
import { ana, bo, hour, member, openTeam, refused } from "./lab.ts";

Deno.test("pages of one list are of one moment: what is deleted between them is in the next delta", async () => {
  await using lab = await openTeam();
  const ids = ["first001", "second02", "third003", "fourth04"];
  await lab.control.addEvents(ana, ids.map((id, day) => ({ id, ...hour(26 + day, 9) })));
  const google = await lab.as(ana);
  const list = (more: object) => google.events.list({ calendarId: "primary", ...more });
  const { data: first } = await list({ maxResults: 2 });
  await google.events.delete({ calendarId: "primary", eventId: "first001" });
  const pageToken = first.nextPageToken ?? "";
  const { data: second } = await list({ maxResults: 2, pageToken });
  const seen = [...first.items ?? [], ...second.items ?? []].map(({ id }) => id);
  assert.deepEqual(seen, ids);
  const { data: delta } = await list({ syncToken: second.nextSyncToken ?? "" });
  assert.deepEqual(delta.items?.map(({ id, status }) => [id, status]), [["first001", "cancelled"]]);
  assert.equal((await refused(list({ pageToken: btoa("{}") }))).status, 400);
});

Deno.test("a change of access ends sync tokens; a calendar that left the list is deleted in its delta", async () => {
  await using lab = await openTeam();
  const [google, other] = [await lab.as(ana), await lab.as(bo)];
  const { data: calendar } = await google.calendars.insert({ requestBody: { summary: "Team" } });
  const calendarId = calendar.id ?? "";
  await lab.control.shareCalendar({ calendar_id: calendarId, email: bo, access_role: "writer" });
  const { data } = await other.events.list({ calendarId });
  const { data: listed } = await other.calendarList.list();
  await lab.control.shareCalendar({ calendar_id: calendarId, email: bo, access_role: "reader" });
  const syncToken = data.nextSyncToken ?? "";
  const { status, reason } = await refused(other.events.list({ calendarId, syncToken }));
  assert.deepEqual([status, reason], [410, "fullSyncRequired"]);
  await lab.control.shareCalendar({ calendar_id: calendarId, email: bo, access_role: "none" });
  const { data: delta } = await other.calendarList.list({
    syncToken: listed.nextSyncToken ?? "",
  });
  assert.deepEqual(delta.items?.map(({ id, deleted }) => [id, deleted]), [[calendarId, true]]);
});

Deno.test("calendars and entries of the list answer 304 and 412 by their etags", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  for (const path of ["calendars/primary", "users/me/calendarList/primary"]) {
    const read = await lab.raw({ path, email: ana });
    const etag = read.headers.get("etag") ?? "";
    const again = await lab.raw({ path, email: ana, headers: { "if-none-match": etag } });
    assert.equal(again.status, 304);
    await google.calendars.patch({ calendarId: "primary", requestBody: { location: etag } });
    const change = {
      method: "PATCH",
      path,
      email: ana,
      headers: { "if-match": etag },
      body: {},
    };
    assert.equal((await lab.raw(change)).status, 412);
  }
});

Deno.test("lists, occurrences and settings answer 304 until something on them changes", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [
    { id: "series01", ...hour(26, 9), recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] },
  ]);
  const events = "calendars/primary/events";
  const paths = [
    events,
    `${events}/series01/instances`,
    "users/me/calendarList",
    "users/me/settings",
  ];
  const read = async (path: string, etag?: string) => {
    const headers: Record<string, string> = etag === undefined ? {} : { "if-none-match": etag };
    const { status, body } = await lab.raw({ path, email: ana, headers });
    return { status, etag: String(member(body, "etag")) };
  };
  const before = await Promise.all(paths.map((path) => read(path)));
  const again = () => Promise.all(paths.map((path, index) => read(path, before[index]?.etag)));
  assert.deepEqual((await again()).map(({ status }) => status), [304, 304, 304, 304]);
  await lab.control.addEvents(ana, [hour(27, 14)]);
  assert.deepEqual((await again()).slice(0, 2).map(({ status }) => status), [200, 200]);
  await (await lab.as(ana)).calendars.patch({
    calendarId: "primary",
    requestBody: { timeZone: "Asia/Tokyo" },
  });
  assert.deepEqual((await again()).map(({ status }) => status), [200, 200, 200, 200]);
});

Deno.test("occurrences that a changed rule drops are cancelled in the delta of an expanded list", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [
    { id: "series01", ...hour(26, 9), recurrence: ["RRULE:FREQ=DAILY;COUNT=4"] },
  ]);
  const google = await lab.as(ana);
  const list = async (more: object) =>
    (await google.events.list({ calendarId: "primary", singleEvents: true, ...more })).data;
  const { nextSyncToken } = await list({});
  const cut = (rule: string) =>
    google.events.patch({
      calendarId: "primary",
      eventId: "series01",
      requestBody: { recurrence: [rule] },
    });
  const delta = async (syncToken: unknown) =>
    (await list({ syncToken })).items?.map(({ id, status }) => `${id?.slice(15, 17)} ${status}`)
      .sort();
  await cut("RRULE:FREQ=DAILY;UNTIL=20261128T080000Z");
  assert.deepEqual(await delta(nextSyncToken), [
    "26 confirmed",
    "27 confirmed",
    "28 confirmed",
    "29 cancelled",
  ]);
  await cut("RRULE:FREQ=DAILY;INTERVAL=3;COUNT=2");
  assert.deepEqual(await delta(nextSyncToken), [
    "26 confirmed",
    "27 cancelled",
    "28 cancelled",
    "29 confirmed",
  ]);
  const { nextSyncToken: since } = await list({});
  await google.events.patch({
    calendarId: "primary",
    eventId: "series01",
    requestBody: { summary: "Renamed" },
  });
  assert.deepEqual(await delta(since), ["26 confirmed", "29 confirmed"]);
});

Deno.test("answers are compressed only for a User-Agent that names gzip", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(
    ana,
    Array.from({ length: 50 }, (_, n) => ({
      id: `event${String(n).padStart(3, "0")}`,
      ...hour(30, 9),
    })),
  );
  const { access_token } = await lab.control.signIn({ email: ana });
  const encodingFor = async (agent: string) => {
    const response = await fetch(`${lab.url}/calendar/v3/calendars/primary/events`, {
      headers: {
        authorization: `Bearer ${access_token}`,
        "accept-encoding": "gzip",
        "user-agent": agent,
      },
    });
    const { items } = await response.json();
    assert.equal(items.length, 50);
    return response.headers.get("vary");
  };
  assert.equal(await encodingFor("convene (gzip)"), "Accept-Encoding");
  assert.equal(await encodingFor("convene"), null);
});

Deno.test("messages are lost, doubled, or late and out of order, as the control surface says", async () => {
  const numbers: string[] = [];
  let arrived = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    numbers.push(request.headers.get("x-goog-message-number") ?? "");
    arrived.resolve();
    return new Response(null, { status: 204 });
  });
  const received = async (count: number) => {
    while (numbers.length < count) {
      arrived = Promise.withResolvers();
      await arrived.promise;
    }
    return numbers.splice(0);
  };
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const change = (description: string) =>
    google.events.insert({ calendarId: "primary", requestBody: { description, ...hour(30, 9) } });
  await lab.control.pushMode("lost");
  await google.events.watch({
    calendarId: "primary",
    requestBody: { id: "c1", type: "web_hook", address: `http://127.0.0.1:${server.addr.port}/` },
  });
  assert.deepEqual(await received(1), ["1"]);
  await change("lost");
  await lab.control.pushMode("twice");
  await change("twice");
  assert.deepEqual(await received(2), ["3", "3"]);
  await lab.control.pushMode("held");
  await change("held");
  await change("held");
  assert.deepEqual(await lab.control.releasePushMessages({ order: "reversed" }), { released: 2 });
  assert.deepEqual((await received(2)).sort(), ["4", "5"]);
  await server.shutdown();
});
