import assert from "node:assert/strict";
import { googleCalendar } from "@shared/google/calendar.ts";
import { recordedFetch } from "./recorded_fetch.ts";
import type { Sent } from "./recorded_fetch.ts";

const BASE = "https://calendar.example/calendar/v3";
const TOKEN = "ya29.token";

function calendarAnswering(answer: (sent: Sent) => Response) {
  const { fetch, sent } = recordedFetch(answer);
  return { calendar: googleCalendar({ base_url: BASE, fetch }), sent };
}

function only<T>(list: T[]): T {
  assert.equal(list.length, 1);
  return list[0] as T;
}

Deno.test("insertEvent() sends the event with its own id, a Meet version and sendUpdates", async () => {
  const { calendar, sent } = calendarAnswering(() => Response.json({ id: "convene1g1" }));
  const event = {
    id: "convene1g1",
    summary: "Über plan",
    start: { dateTime: "2026-11-20T10:00:00+01:00", timeZone: "Europe/Berlin" },
    end: { dateTime: "2026-11-20T10:30:00+01:00", timeZone: "Europe/Berlin" },
  };
  const outcome = await calendar.insertEvent(TOKEN, "primary", event, { sendUpdates: "all" });
  assert.deepEqual(outcome, { verdict: "done", status: 200, value: { id: "convene1g1" } });
  const { method, url, headers, text } = only(sent);
  assert.equal(`${method} ${url.origin}${url.pathname}`, `POST ${BASE}/calendars/primary/events`);
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    conferenceDataVersion: "1",
    sendUpdates: "all",
  });
  assert.equal(headers.get("authorization"), `Bearer ${TOKEN}`);
  assert.deepEqual(JSON.parse(text), event);
});

Deno.test("googleCalendar() encodes calendar and event ids, and takes a base with a slash", async () => {
  const { fetch, sent } = recordedFetch(() => Response.json({ id: "x" }));
  const calendar = googleCalendar({ base_url: `${BASE}/`, fetch });
  await calendar.getEvent(TOKEN, "en.uk#holiday@group.example", "a/b?c");
  assert.equal(
    only(sent).url.href,
    `${BASE}/calendars/en.uk%23holiday%40group.example/events/a%2Fb%3Fc`,
  );
});

Deno.test("patchEvent() is conditional only when an etag is given, and passes nulls on", async () => {
  const { calendar, sent } = calendarAnswering(() => Response.json({ id: "x" }));
  const patch = { location: null, summary: "New" };
  await calendar.patchEvent(TOKEN, "primary", "x", patch, {
    sendUpdates: "externalOnly",
    if_match: '"3181161784712000"',
  });
  await calendar.patchEvent(TOKEN, "primary", "x", patch, { sendUpdates: "none" });
  assert.deepEqual(sent.map(({ method }) => method), ["PATCH", "PATCH"]);
  assert.deepEqual(sent.map(({ headers }) => headers.get("if-match")), [
    '"3181161784712000"',
    null,
  ]);
  assert.deepEqual(sent.map(({ url }) => url.searchParams.get("sendUpdates")), [
    "externalOnly",
    "none",
  ]);
  assert.deepEqual(JSON.parse(sent[0]?.text ?? ""), patch);
});

Deno.test("deleteEvent() takes an empty 204 for done and leaves 410 to its caller", async () => {
  const answers = [
    new Response(null, { status: 204 }),
    Response.json({ error: { code: 410, errors: [{ reason: "deleted" }] } }, { status: 410 }),
  ];
  const { calendar, sent } = calendarAnswering(() => answers.shift() ?? Response.error());
  const remove = () => calendar.deleteEvent(TOKEN, "primary", "x", { sendUpdates: "all" });
  assert.deepEqual(await remove(), { verdict: "done", status: 204, value: null });
  const again = await remove();
  assert.ok(again.verdict === "reject");
  assert.equal(again.google.reason, "deleted");
  assert.equal(sent[0]?.method, "DELETE");
  assert.equal(sent[0]?.url.searchParams.get("sendUpdates"), "all");
});

Deno.test("getEvent() keeps the fields that are used and accepts bare cancelled events", async () => {
  const full = {
    kind: "calendar#event",
    id: "x",
    etag: '"1"',
    status: "confirmed",
    organizer: { email: "o@x.example", self: true, unheard: 1 },
    attendees: [{ email: "a@x.example", responseStatus: "accepted", asyncOperation: "none" }],
    extendedProperties: { private: { convene: "k" } },
    brandNewField: { any: "thing" },
  };
  const answers = [full, { id: "y", status: "cancelled" }];
  const { calendar } = calendarAnswering(() => Response.json(answers.shift()));
  const first = await calendar.getEvent(TOKEN, "primary", "x");
  assert.ok(first.verdict === "done");
  assert.deepEqual(first.value, {
    id: "x",
    etag: '"1"',
    status: "confirmed",
    organizer: { email: "o@x.example", self: true },
    attendees: [{ email: "a@x.example", responseStatus: "accepted" }],
    extendedProperties: { private: { convene: "k" } },
  });
  const second = await calendar.getEvent(TOKEN, "primary", "y");
  assert.ok(second.verdict === "done");
  assert.deepEqual(second.value, { id: "y", status: "cancelled" });
});

Deno.test("googleCalendar() doubts a write whose good answer it cannot read, and asks a read again", async () => {
  const bodies = ["<html>ok</html>", "", '{"id":7}', "{}"];
  for (const body of bodies) {
    const { calendar } = calendarAnswering(() => new Response(body));
    const write = await calendar.insertEvent(TOKEN, "primary", {}, { sendUpdates: "none" });
    assert.ok(write.verdict === "unknown");
    assert.equal(write.google.reason, "unreadable_reply");
    assert.equal(write.google.status, 200);
    assert.equal((await calendar.getEvent(TOKEN, "primary", "x")).verdict, "retry");
  }
});

Deno.test("googleCalendar() does not follow a redirect with the user's token", async () => {
  const { calendar, sent } = calendarAnswering(() =>
    new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } })
  );
  const outcome = await calendar.getEvent(TOKEN, "primary", "x");
  assert.ok(outcome.verdict === "reject");
  assert.equal(outcome.google.reason, "http_302");
  assert.equal(only(sent).url.hostname, "calendar.example");
});

Deno.test("freeBusy() splits people and range, and puts one answer together", async () => {
  const names = Array.from({ length: 60 }, (_, index) => `p${index}@x.example`);
  const { calendar, sent } = calendarAnswering(({ text }) => {
    const { timeMin, items } = JSON.parse(text) as { timeMin: string; items: { id: string }[] };
    const end = new Date(Date.parse(timeMin) + 3600_000).toISOString();
    const calendars = items.map(({ id }) => [id, { busy: [{ start: timeMin, end }] }]);
    return Response.json({ calendars: Object.fromEntries(calendars) });
  });
  const outcome = await calendar.freeBusy(TOKEN, {
    timeMin: "2026-01-01T00:00:00+01:00",
    timeMax: "2026-04-01T00:00:00+02:00",
    calendars: names,
  });
  assert.ok(outcome.verdict === "done");
  assert.equal(sent.length, 4);
  assert.ok(sent.every(({ url }) => url.pathname.endsWith("/freeBusy")));
  assert.deepEqual([...outcome.value.keys()].sort(), [...names].sort());
  assert.deepEqual(outcome.value.get("p59@x.example"), {
    busy: [
      { start: "2025-12-31T23:00:00.000Z", end: "2026-01-01T00:00:00.000Z" },
      { start: "2026-03-01T23:00:00.000Z", end: "2026-03-02T00:00:00.000Z" },
    ],
  });
});

Deno.test("freeBusy() fails as a whole when one of its queries fails", async () => {
  const names = Array.from({ length: 120 }, (_, index) => `p${index}@x.example`);
  const { calendar } = calendarAnswering(({ text }) =>
    text.includes("p119@")
      ? new Response("<html>502</html>", { status: 502 })
      : Response.json({ calendars: {} })
  );
  const outcome = await calendar.freeBusy(TOKEN, {
    timeMin: "2026-01-01T00:00:00Z",
    timeMax: "2026-01-02T00:00:00Z",
    calendars: names,
  });
  assert.ok(outcome.verdict === "retry");
  assert.equal(outcome.google.status, 502);
});

Deno.test("freeBusy() sends no request without people", async () => {
  const { calendar, sent } = calendarAnswering(() => Response.error());
  const range = { timeMin: "2026-01-01T00:00:00Z", timeMax: "2026-01-02T00:00:00Z" };
  const outcome = await calendar.freeBusy(TOKEN, { ...range, calendars: [] });
  assert.ok(outcome.verdict === "done");
  assert.equal(outcome.value.size, 0);
  assert.equal(sent.length, 0);
});
