import assert from "node:assert/strict";
import fc from "fast-check";
import { ana, openTeam } from "./lab.ts";

const seed = 20261120;

const moment = fc.oneof(
  fc.constantFrom(
    "2026-11-30",
    "2026-11-30T10:00:00",
    "2026-11-30T10:00:00Z",
    "2026-11-30T12:30:00+05:30",
    "2026-03-29T02:30:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-13-40T99:99:99Z",
    "",
  ),
  fc.string(),
);
const zone = fc.constantFrom("Europe/Paris", "UTC", "US/Pacific", "+02:00", "Nowhere", "");
const time = fc.record({ date: moment, dateTime: moment, timeZone: zone }, { requiredKeys: [] });
const rule_part = fc.constantFrom(
  "FREQ=DAILY",
  "FREQ=WEEKLY",
  "FREQ=MONTHLY",
  "FREQ=YEARLY",
  "COUNT=3",
  "UNTIL=20261231T000000Z",
  "INTERVAL=0",
  "INTERVAL=99999",
  "BYMONTHDAY=30,31,-31",
  "BYMONTH=2",
  "BYDAY=5MO,-1SU",
  "BYSETPOS=-1",
  "BYSETPOS=0",
  "BYYEARDAY=366",
  "BYWEEKNO=53",
  "BYHOUR=25",
  "BYHOUR=2",
  "BYMINUTE=30",
  "WKST=SU",
);
const recurrence = fc.array(
  fc.oneof(
    fc.uniqueArray(rule_part, { minLength: 1, maxLength: 4 }).map((parts) =>
      "RRULE:" + parts.join(";")
    ),
    fc.constantFrom("EXDATE:20261130T100000Z", "RDATE;VALUE=DATE:20261201", "EXRULE:FREQ=DAILY"),
    fc.string(),
  ),
  { maxLength: 2 },
);
const event = fc.record({
  id: fc.oneof(fc.string(), fc.constantFrom("abcde", "fghij")),
  start: fc.oneof(time, time, fc.jsonValue()),
  end: fc.oneof(time, time, fc.jsonValue()),
  recurrence: fc.oneof(recurrence, recurrence, fc.jsonValue()),
  attendees: fc.oneof(
    fc.array(fc.record({ email: fc.oneof(fc.emailAddress(), fc.string()) })),
    fc.jsonValue(),
  ),
  reminders: fc.jsonValue(),
  extendedProperties: fc.jsonValue(),
  conferenceData: fc.jsonValue(),
  status: fc.constantFrom("confirmed", "cancelled", "else"),
}, { requiredKeys: [] });

const valid_times = {
  start: { dateTime: "2026-11-30T10:00:00", timeZone: "Europe/Paris" },
  end: { dateTime: "2026-11-30T11:00:00", timeZone: "Europe/Paris" },
};

Deno.test("whatever a client sends, the answer is Google's and never a failure of the emulator", async () => {
  await using lab = await openTeam();
  const events = "calendars/primary/events";
  await fc.assert(
    fc.asyncProperty(event, fc.jsonValue(), moment, zone, async (body, other, at, name) => {
      const range = new URLSearchParams({ timeMin: at, timeZone: name, singleEvents: "true" });
      const requests = [
        { path: `${events}?conferenceDataVersion=1`, body },
        { path: events, body: { ...valid_times, recurrence: body.recurrence ?? [] } },
        { path: events, body: other },
        { method: "PATCH", path: `${events}/abcde?conferenceDataVersion=1`, body },
        { method: "PUT", path: `${events}/fghij`, body },
        { path: `${events}?${range}&timeMax=2027-02-01T00:00:00Z&orderBy=startTime` },
        { path: events },
        { path: "freeBusy", body: { timeMin: at, timeMax: "2026-12-01T00:00:00Z", items: other } },
        {
          path: "freeBusy",
          body: {
            timeMin: "2026-11-23T00:00:00Z",
            timeMax: "2027-01-23T00:00:00Z",
            timeZone: name,
            items: [{ id: "primary" }],
          },
        },
        { path: `${events}/watch`, body: other },
        { path: "channels/stop", body: other },
        { path: `${events}/${encodeURIComponent(at)}_20261130T090000Z/instances` },
      ];
      for (const request of requests) {
        const { status, text } = await lab.raw({ email: ana, ...request });
        assert.ok(status < 500, `${JSON.stringify(request)}\n${text}`);
      }
      await lab.raw({ email: ana, method: "POST", path: "calendars/primary/clear" });
    }),
    { numRuns: 60, seed },
  );
});

Deno.test("OAuth endpoints answer every form without failing", async () => {
  await using lab = await openTeam();
  const names = fc.constantFrom(
    "client_id",
    "client_secret",
    "grant_type",
    "code",
    "refresh_token",
    "redirect_uri",
    "token",
    "scope",
    "state",
    "response_type",
    "prompt",
    "email",
  );
  const form = fc.array(fc.tuple(names, fc.string()), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(form, fc.string(), async (pairs, raw) => {
      const text = new URLSearchParams(pairs).toString();
      for (const body of [text, raw]) {
        for (const path of ["token", "revoke", "tokeninfo", `o/oauth2/v2/auth?${text}`]) {
          const response = await fetch(`${lab.url}/${path}`, { method: "POST", body });
          await response.body?.cancel();
          assert.ok(response.status < 500, `${path} ${body}`);
        }
      }
    }),
    { numRuns: 60, seed },
  );
});

Deno.test("an idle connection is kept for its client, whose next write may be on its way there", async () => {
  await using lab = await openTeam();
  const response = await fetch(`${lab.url}/token`, { method: "POST", body: "" });
  await response.body?.cancel();
  assert.equal(response.headers.get("connection"), "keep-alive");
  // A server that closes idle connections says so, for example "timeout=5".
  assert.equal(response.headers.get("keep-alive"), null);
});
