import assert from "node:assert/strict";
import { methods } from "../contract/methods.ts";
import { served } from "../http/routes.ts";
import { ana, hour, member, openTeam, type RawRequest } from "./lab.ts";

const prefix = "https://www.googleapis.com/auth/";
const free_busy_body = {
  timeMin: "2026-11-23T00:00:00Z",
  timeMax: "2026-11-24T00:00:00Z",
  items: [],
};

/** [request, Google's name of the method, scopes that suffice, scopes that do not] */
const rules: [RawRequest, string, string[], string[]][] = [
  [
    { path: "calendars/primary/events", body: hour(30, 10) },
    "Events.Insert",
    ["calendar", "calendar.events", "calendar.events.owned"],
    ["calendar.readonly", "calendar.events.readonly", "calendar.freebusy"],
  ],
  [
    { path: "calendars/primary/events" },
    "Events.List",
    [
      "calendar.readonly",
      "calendar.events",
      "calendar.events.readonly",
      "calendar.events.freebusy",
    ],
    ["calendar.freebusy", "calendar.calendarlist.readonly"],
  ],
  [
    { path: "freeBusy", body: free_busy_body },
    "Freebusy.Query",
    ["calendar", "calendar.readonly", "calendar.freebusy", "calendar.events.freebusy"],
    ["calendar.events", "calendar.events.readonly"],
  ],
  [
    { path: "users/me/calendarList" },
    "CalendarList.List",
    ["calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"],
    ["calendar.events", "calendar.calendars"],
  ],
  [
    { path: "calendars/primary" },
    "Calendars.Get",
    ["calendar.readonly", "calendar.calendars.readonly"],
    ["calendar.events", "calendar.freebusy"],
  ],
];

for (const [request, method, sufficient, insufficient] of rules) {
  Deno.test(`scopes: ${method} takes any sufficient scope and refuses others`, async () => {
    await using lab = await openTeam();
    for (const scope of sufficient) {
      const { status } = await lab.raw({ ...request, email: ana, scopes: [prefix + scope] });
      assert.equal(status, 200, scope);
    }
    for (const scope of insufficient) {
      const answer = await lab.raw({ ...request, email: ana, scopes: [prefix + scope] });
      assert.partialDeepStrictEqual(answer.error, {
        status: 403,
        domain: "global",
        reason: "insufficientPermissions",
        message: "Insufficient Permission",
      });
      const error = member(answer.body, "error");
      assert.equal(member(error, "message"), "Request had insufficient authentication scopes.");
      assert.equal(member(error, "status"), "PERMISSION_DENIED");
      assert.deepEqual(member(error, "details"), [{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        domain: "googleapis.com",
        metadata: {
          service: "calendar-json.googleapis.com",
          method: `calendar.v3.${method}`,
        },
      }]);
    }
  });
}

Deno.test("calendar.events.owned does not reach calendars that are only shared", async () => {
  await using lab = await openTeam();
  await lab.control.shareCalendar({
    calendar_id: "bo@team.example",
    email: ana,
    access_role: "writer",
  });
  const insert = (path: string, scope: string) =>
    lab.raw({ path, email: ana, scopes: [prefix + scope], body: hour(30, 10) });
  const shared = "calendars/bo%40team.example/events";
  assert.equal((await insert(shared, "calendar.events.owned")).status, 403);
  assert.equal((await insert("calendars/primary/events", "calendar.events.owned")).status, 200);
  assert.equal((await insert(shared, "calendar.events")).status, 200);
});

Deno.test("calendar.app.created reaches only calendars that the app made", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana, [`${prefix}calendar.app.created`]);
  const { data } = await google.calendars.insert({ requestBody: { summary: "App" } });
  const made = await google.events.insert({
    calendarId: data.id ?? "",
    requestBody: hour(30, 10),
  });
  assert.equal(made.status, 200);
  const primary = await lab.raw({
    path: "calendars/primary/events",
    email: ana,
    scopes: [`${prefix}calendar.app.created`],
    body: hour(30, 10),
  });
  assert.equal(primary.error.status, 403);
});

Deno.test("the free/busy scope shows when, not what", async () => {
  await using lab = await openTeam();
  await lab.control.addEvents(ana, [{ summary: "Secret", ...hour(30, 10) }]);
  const { body } = await lab.raw({
    path: "calendars/primary/events",
    email: ana,
    scopes: [`${prefix}calendar.events.freebusy`],
  });
  const items = member(body, "items");
  assert.ok(Array.isArray(items));
  assert.equal(items.length, 1);
  assert.equal(member(items[0], "summary"), undefined);
});

Deno.test("calendar.freebusy reads one's own calendars, or (switchable) all; calendar.events.freebusy all", async () => {
  await using lab = await openTeam();
  const shared = { id: "room@team.example", summary: "Room", access_role: "writer" } as const;
  await lab.control.createAccount({
    email: "cy@team.example",
    timezone: "UTC",
    calendars: [{ id: "cy-own@team.example", summary: "Own" }, shared],
  });
  const unreadable = async (scope: string) => {
    const google = await lab.as("cy@team.example", [prefix + scope]);
    const ids = ["primary", "cy-own@team.example", shared.id, ana];
    const { data } = await google.freebusy.query({
      requestBody: { ...free_busy_body, items: ids.map((id) => ({ id })) },
    });
    return ids.filter((id) => data.calendars?.[id]?.errors !== undefined);
  };
  assert.deepEqual(await unreadable("calendar.freebusy"), [shared.id, ana]);
  assert.deepEqual(await unreadable("calendar.events.freebusy"), []);
  await lab.control.undocumented({ freebusy_scope: "accessible" });
  assert.deepEqual(await unreadable("calendar.freebusy"), []);
});

Deno.test("every method refuses a token without one of its scopes, and takes each of them", async () => {
  await using lab = await openTeam();
  const known = new Set(served.flatMap((name) => methods[name].scopes));
  for (const name of served) {
    const { httpMethod: http, path, scopes } = methods[name];
    const request = {
      method: http,
      path: path.replaceAll(/\{\w+\}/g, "nothing"),
      email: ana,
      ...(http === "GET" || http === "DELETE" ? {} : { body: {} }),
    };
    for (const scope of known) {
      const { error } = await lab.raw({ ...request, scopes: [prefix + scope] });
      const refused = error.reason === "insufficientPermissions";
      assert.equal(refused, !scopes.includes(scope), `${name} with ${scope}`);
    }
    const sign_in = await lab.raw({ ...request, scopes: ["openid"] });
    assert.equal(sign_in.error.reason, "insufficientPermissions", name);
  }
});
