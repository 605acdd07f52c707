import assert from "node:assert/strict";
import { ana, type GoogleFailure, hour, type Lab, openTeam, type RawRequest } from "./lab.ts";

interface Refusal {
  what: string;
  request: RawRequest;
  expected: Partial<GoogleFailure>;
  prepare?: (lab: Lab) => Promise<void>;
}

const events = "calendars/primary/events";
const timed = hour(30, 10);

function insert(what: string, body: unknown, expected: Partial<GoogleFailure>): Refusal {
  return { what, request: { path: events, body }, expected };
}

function list(what: string, query: string, expected: Partial<GoogleFailure>): Refusal {
  return { what, request: { path: `${events}?${query}` }, expected };
}

const refusals: Refusal[] = [
  insert("no start", { end: timed.end }, {
    status: 400,
    reason: "required",
    domain: "global",
    message: "Missing start time.",
  }),
  insert("no end", { start: timed.start }, {
    status: 400,
    reason: "required",
    message: "Missing end time.",
  }),
  insert("an empty end", { start: timed.start, end: {} }, {
    status: 400,
    reason: "required",
    message: "Missing end time.",
  }),
  insert("no body", "", { status: 400, reason: "required", message: "Missing start time." }),
  insert("a naive time without zone", {
    start: { dateTime: "2026-11-30T10:00:00" },
    end: { dateTime: "2026-11-30T11:00:00" },
  }, {
    status: 400,
    reason: "required",
    message: "Missing time zone definition for start time.",
  }),
  insert("a date beside a dateTime", { start: { date: "2026-11-30" }, end: timed.end }, {
    status: 400,
    reason: "invalid",
    message: "Start and end times must either both be date or both be dateTime.",
  }),
  insert("both members in one time", {
    start: { date: "2026-11-30", dateTime: timed.start.dateTime },
    end: timed.end,
  }, { status: 400, reason: "invalid", message: "Invalid start time." }),
  insert("an end before the start", { start: timed.end, end: timed.start }, {
    status: 400,
    reason: "timeRangeEmpty",
    domain: "calendar",
    message: "The specified time range is empty.",
  }),
  insert("a whole day that ends on its own date", {
    start: { date: "2026-11-30" },
    end: { date: "2026-11-30" },
  }, { status: 400, reason: "timeRangeEmpty" }),
  insert("a day that does not exist", {
    start: { date: "2026-02-30" },
    end: { date: "2026-03-03" },
  }, { status: 400, reason: "invalid" }),
  insert("a zone that does not exist", {
    start: { dateTime: "2026-11-30T10:00:00", timeZone: "Europe/Atlantis" },
    end: timed.end,
  }, { status: 400, reason: "invalid" }),
  insert("a summary that is no text", { ...timed, summary: 5 }, {
    status: 400,
    reason: "invalid",
    location: "summary",
  }),
  insert("attendees that are no list", { ...timed, attendees: { email: "x@team.example" } }, {
    status: 400,
    reason: "invalid",
    location: "attendees",
  }),
  insert("a reminder with minutes as text", {
    ...timed,
    reminders: { useDefault: false, overrides: [{ method: "popup", minutes: "ten" }] },
  }, { status: 400, reason: "invalid", location: "reminders.overrides[0].minutes" }),
  insert("an unknown field", { ...timed, title: "x" }, {
    status: 400,
    reason: "badRequest",
    location: "title",
  }),
  insert("an unknown field inside", { ...timed, attendees: [{ mail: "x@team.example" }] }, {
    status: 400,
    reason: "badRequest",
    location: "attendees[0].mail",
  }),
  insert("a body that is no JSON", "{oops", { status: 400, reason: "parseError" }),
  insert("a body that is a list", [], { status: 400, reason: "invalid" }),
  insert("a guest without address", { ...timed, attendees: [{ displayName: "X" }] }, {
    status: 400,
    reason: "required",
    message: "Missing attendee email.",
  }),
  insert("a guest with a wrong address", { ...timed, attendees: [{ email: "no-address" }] }, {
    status: 400,
    reason: "invalid",
    message: "Invalid attendee email.",
  }),
  insert("a wrong answer of a guest", {
    ...timed,
    attendees: [{ email: "x@team.example", responseStatus: "maybe" }],
  }, { status: 400, reason: "invalid" }),
  insert("a wrong status", { ...timed, status: "done" }, { status: 400, reason: "invalid" }),
  insert("a wrong transparency", { ...timed, transparency: "glass" }, {
    status: 400,
    reason: "invalid",
  }),
  insert("a wrong visibility", { ...timed, visibility: "secret" }, {
    status: 400,
    reason: "invalid",
  }),
  insert("an event type that cannot be made", { ...timed, eventType: "fromGmail" }, {
    status: 400,
    reason: "invalid",
  }),
  insert("id and iCalUID together", { ...timed, id: "abcde", iCalUID: "x@team.example" }, {
    status: 400,
    reason: "invalid",
  }),
  insert("six reminders", {
    ...timed,
    reminders: {
      useDefault: false,
      overrides: [1, 2, 3, 4, 5, 6].map((minutes) => ({ method: "popup", minutes })),
    },
  }, { status: 400, reason: "eventRemindersCountExceedsLimit", domain: "calendar" }),
  insert("default reminders and others", {
    ...timed,
    reminders: { useDefault: true, overrides: [{ method: "popup", minutes: 5 }] },
  }, {
    status: 400,
    reason: "cannotUseDefaultRemindersAndSpecifyOverride",
    domain: "calendar",
  }),
  {
    what: "a conference of another kind",
    request: {
      path: `${events}?conferenceDataVersion=1`,
      body: {
        ...timed,
        conferenceData: {
          createRequest: { requestId: "r", conferenceSolutionKey: { type: "eventHangout" } },
        },
      },
    },
    expected: { status: 400, reason: "invalid", message: "Invalid conference type value." },
  },
  {
    what: "an unknown sendUpdates",
    request: { path: `${events}?sendUpdates=some`, body: timed },
    expected: {
      status: 400,
      reason: "invalidParameter",
      locationType: "parameter",
      location: "sendUpdates",
    },
  },
  {
    what: "a conferenceDataVersion out of range",
    request: { path: `${events}?conferenceDataVersion=2`, body: timed },
    expected: { status: 400, reason: "invalidParameter", location: "conferenceDataVersion" },
  },
  {
    what: "an unknown query parameter",
    request: { path: `${events}?sendMail=true`, body: timed },
    expected: { status: 400, location: "sendMail" },
  },
  {
    what: "a quotaUser above 40 characters",
    request: { path: `${events}?quotaUser=${"q".repeat(41)}`, body: timed },
    expected: { status: 400, location: "quotaUser" },
  },
  list("a flag that is none", "singleEvents=yes", {
    status: 400,
    reason: "invalidParameter",
    location: "singleEvents",
  }),
  list("maxResults 0", "maxResults=0", { status: 400, location: "maxResults" }),
  list("maxResults that is no number", "maxResults=many", { status: 400, location: "maxResults" }),
  list("timeMin without offset", "timeMin=2026-11-30T00:00:00", {
    status: 400,
    reason: "badRequest",
    message: "Bad Request",
    location: "timeMin",
  }),
  list(
    "a range that ends where it starts",
    "timeMin=2026-11-30T00:00:00Z&timeMax=2026-11-30T00:00:00Z",
    {
      status: 400,
      reason: "timeRangeEmpty",
      domain: "calendar",
      locationType: "parameter",
      location: "timeMax",
    },
  ),
  list("a zone parameter that does not exist", "timeZone=Mars", {
    status: 400,
    location: "timeZone",
  }),
  list("a page token that was never issued", "pageToken=xyz", {
    status: 400,
    location: "pageToken",
  }),
  list("updatedMin long ago", "updatedMin=2026-01-01T00:00:00Z", {
    status: 410,
    domain: "calendar",
    reason: "updatedMinTooLongAgo",
    message: "The requested minimum modification time lies too far in the past.",
  }),
  list("a field mask that selects nothing known", "fields=items(title)", {
    status: 400,
    message: "Invalid field selection title",
    location: "fields",
  }),
  {
    what: "an unknown event",
    request: { path: `${events}/nosuchid` },
    expected: { status: 404, reason: "notFound", domain: "global", message: "Not Found" },
  },
  {
    what: "deleting an unknown event",
    request: { method: "DELETE", path: `${events}/nosuchid` },
    expected: { status: 404, reason: "notFound" },
  },
  {
    what: "an unknown calendar",
    request: { path: "calendars/unknown%40team.example/events" },
    expected: { status: 404, reason: "notFound" },
  },
  {
    what: "a path that Google does not have",
    request: { path: "calendars/primary/event" },
    expected: { status: 404, reason: "notFound" },
  },
  {
    what: "instances of an event that is not recurring",
    prepare: async (lab) => {
      await lab.control.addEvents(ana, [{ id: "single01", ...timed }]);
    },
    request: { path: `${events}/single01/instances` },
    expected: { status: 400, reason: "invalid" },
  },
  {
    what: "a sequence below the stored one",
    prepare: async (lab) => {
      await lab.control.addEvents(ana, [{ id: "single01", ...timed }]);
      await lab.raw({
        method: "PATCH",
        path: `${events}/single01`,
        email: ana,
        body: { ...hour(30, 15) },
      });
    },
    request: { method: "PATCH", path: `${events}/single01`, body: { sequence: 0 } },
    expected: { status: 400, reason: "invalid" },
  },
  {
    what: "another event type",
    prepare: async (lab) => {
      await lab.control.addEvents(ana, [{ id: "single01", ...timed }]);
    },
    request: { method: "PATCH", path: `${events}/single01`, body: { eventType: "focusTime" } },
    expected: { status: 400, reason: "invalid" },
  },
  {
    what: "move without destination",
    prepare: async (lab) => {
      await lab.control.addEvents(ana, [{ id: "single01", ...timed }]);
    },
    request: { method: "POST", path: `${events}/single01/move` },
    expected: { status: 400, reason: "required", location: "destination" },
  },
  {
    what: "import without iCalUID",
    request: { path: `${events}/import`, body: timed },
    expected: { status: 400, reason: "required" },
  },
  {
    what: "quickAdd without text",
    request: { method: "POST", path: `${events}/quickAdd` },
    expected: { status: 400, reason: "required", location: "text" },
  },
  {
    what: "a switched-off API",
    prepare: (lab) => lab.control.calendarApi({ enabled: false }),
    request: { path: events },
    expected: { status: 403, reason: "accessNotConfigured", domain: "usageLimits" },
  },
];

for (const { what, request, expected, prepare } of refusals) {
  Deno.test(`refused: ${what} is ${expected.status} ${expected.reason ?? expected.location}`, async () => {
    await using lab = await openTeam();
    await prepare?.(lab);
    const { error } = await lab.raw({ email: ana, ...request });
    assert.partialDeepStrictEqual(error, expected);
  });
}

Deno.test("a missing or dead token is 401 with the Authorization header as location", async () => {
  await using lab = await openTeam();
  const missing = await lab.raw({ path: events });
  assert.partialDeepStrictEqual(missing.error, {
    status: 401,
    domain: "global",
    reason: "required",
    message: "Login Required.",
    locationType: "header",
    location: "Authorization",
  });
  const wrong = await lab.raw({ path: events, headers: { authorization: "Bearer nonsense" } });
  assert.partialDeepStrictEqual(wrong.error, {
    status: 401,
    domain: "global",
    reason: "authError",
    message: "Invalid Credentials",
    locationType: "header",
    location: "Authorization",
  });
});

Deno.test("calendar errors are indented by one blank, front-end errors by two", async () => {
  await using lab = await openTeam();
  const calendar = await lab.raw({ path: `${events}/nosuchid`, email: ana });
  assert.match(calendar.text, /^{\n "error"/);
  const front_end = await lab.raw({ path: events });
  assert.match(front_end.text, /^{\n {2}"error"/);
});

Deno.test("what Google has and the emulator leaves out says so with 501", async () => {
  await using lab = await openTeam();
  const { error } = await lab.raw({ path: "calendars/primary/acl", email: ana });
  assert.partialDeepStrictEqual(error, { status: 501, reason: "notImplemented" });
});

Deno.test("a lenient emulator ignores unknown parameters and fields, and still checks types", async () => {
  const { startGoogleEmulator } = await import("../emulator.ts");
  const { emulatorControl } = await import("../control.ts");
  await using emulator = await startGoogleEmulator();
  const control = emulatorControl(emulator.url);
  await control.createAccount({ email: ana, timezone: "UTC" });
  const { access_token } = await control.signIn({ email: ana });
  const post = async (body: unknown) => {
    const response = await fetch(`${emulator.url}/calendar/v3/${events}?unknown=1`, {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}` },
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await post({ ...timed, unknown: true }), 200);
  assert.equal(await post({ ...timed, summary: true }), 400);
});

Deno.test("service accounts cannot invite guests", async () => {
  await using lab = await openTeam();
  await lab.control.createAccount({
    email: "robot@team.example",
    timezone: "UTC",
    service_account: true,
  });
  const body = { ...timed, attendees: [{ email: ana }] };
  const { error } = await lab.raw({ path: events, email: "robot@team.example", body });
  assert.partialDeepStrictEqual(error, {
    status: 403,
    reason: "forbiddenForServiceAccounts",
    domain: "calendar",
  });
  const alone = await lab.raw({ path: events, email: "robot@team.example", body: timed });
  assert.equal(alone.status, 200);
});
