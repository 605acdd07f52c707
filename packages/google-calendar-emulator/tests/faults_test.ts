import assert from "node:assert/strict";
import { ana, bo, hour, openTeam, refused } from "./lab.ts";

const events_path = `/calendar/v3/calendars/primary/events`;

Deno.test("a fault answers the next n matching requests with its status and reason", async () => {
  await using lab = await openTeam();
  await lab.control.fault({
    method: "POST",
    path: events_path,
    status: 403,
    reason: "rateLimitExceeded",
    retry_after_seconds: 7,
    times: 2,
  });
  const insert = () =>
    lab.raw({ path: "calendars/primary/events", email: ana, body: hour(30, 10) });
  for (const _attempt of [1, 2]) {
    const { error, headers } = await insert();
    assert.deepEqual(error, {
      status: 403,
      domain: "usageLimits",
      reason: "rateLimitExceeded",
      message: "Rate Limit Exceeded",
    });
    assert.equal(headers.get("retry-after"), "7");
  }
  assert.equal((await lab.raw({ path: "calendars/primary/events", email: ana })).status, 200);
  assert.equal((await insert()).status, 200);
  assert.equal((await lab.control.events()).length, 1, "a faulted insert has no effect");
});

Deno.test("a fault's domain and message follow its reason or its status", async () => {
  await using lab = await openTeam();
  const cases: [number, string | undefined, string, string][] = [
    [403, "quotaExceeded", "usageLimits", "quotaExceeded"],
    [403, "dailyLimitExceeded", "usageLimits", "dailyLimitExceeded"],
    [403, "userRateLimitExceeded", "usageLimits", "userRateLimitExceeded"],
    [403, "forbidden", "global", "forbidden"],
    [429, "rateLimitExceeded", "usageLimits", "rateLimitExceeded"],
    [409, "conflict", "global", "conflict"],
    [401, "push.webhookUrlUnauthorized", "global", "push.webhookUrlUnauthorized"],
    [401, undefined, "global", "authError"],
    [500, undefined, "global", "backendError"],
    [503, undefined, "global", "backendError"],
    [503, "somethingNew", "global", "somethingNew"],
  ];
  for (const [status, reason, domain, expected] of cases) {
    await lab.control.fault({ status, ...(reason === undefined ? {} : { reason }), times: 1 });
    const { error } = await lab.raw({ path: "calendars/primary/events", email: ana });
    assert.partialDeepStrictEqual(error, { status, domain, reason: expected });
  }
});

Deno.test("the token endpoint's faults are flat", async () => {
  await using lab = await openTeam();
  await lab.control.fault({
    path: "/token",
    status: 400,
    reason: "invalid_grant",
    message: "Bad Request",
  });
  const response = await fetch(`${lab.url}/token`, { method: "POST", body: "" });
  assert.deepEqual([response.status, await response.json()], [400, {
    error: "invalid_grant",
    error_description: "Bad Request",
  }]);
});

Deno.test("dropped before: the client fails and nothing happened", async () => {
  await using lab = await openTeam();
  await lab.control.fault({ method: "POST", path: events_path, drop: "before", times: 1 });
  await assert.rejects(
    lab.raw({ path: "calendars/primary/events", email: ana, body: hour(30, 10) }),
    TypeError,
  );
  assert.deepEqual(await lab.control.events(), []);
  const [dropped] = await lab.control.requests({ method: "POST", path: events_path });
  assert.deepEqual([dropped?.status, dropped?.dropped], [null, "before"]);
});

Deno.test("dropped after: the client fails, the event is there and the mail is out", async () => {
  await using lab = await openTeam();
  await lab.control.fault({ method: "POST", path: events_path, drop: "after", times: 1 });
  const body = { id: "dropped1", ...hour(30, 10), attendees: [{ email: bo }] };
  const insert = () =>
    lab.raw({ path: "calendars/primary/events?sendUpdates=all", email: ana, body });
  await assert.rejects(insert(), TypeError);
  assert.equal((await lab.control.events({ calendar_id: ana })).length, 1);
  assert.equal((await lab.control.mails()).length, 1);
  assert.equal((await insert()).error.reason, "duplicate");
  assert.equal((await lab.control.mails()).length, 1);
  const log = await lab.control.requests({ method: "POST", path: events_path });
  assert.deepEqual(log.map(({ status, dropped, reason }) => [status, dropped, reason]), [
    [null, "after", null],
    [409, null, "duplicate"],
  ]);
});

Deno.test("a drop is felt also by clients that keep connections open", async () => {
  await using lab = await openTeam();
  const { access_token } = await lab.control.signIn({ email: ana });
  const request = (method: string) =>
    fetch(`${lab.url}${events_path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}` },
      ...(method === "POST" ? { body: JSON.stringify(hour(30, 10)) } : {}),
    });
  const open = Array.from({ length: 8 }, async () => (await request("GET")).text());
  await Promise.all(open);
  await lab.control.fault({ method: "POST", path: events_path, drop: "after", times: 1 });
  await assert.rejects(request("POST"), TypeError);
  assert.equal(
    (await lab.control.events()).length,
    1,
    "the client did not repeat it",
  );
});

Deno.test("a status with takes_effect hides a change that happened", async () => {
  await using lab = await openTeam();
  await lab.control.fault({
    method: "POST",
    path: events_path,
    status: 503,
    takes_effect: true,
    times: 1,
  });
  const { error } = await lab.raw({
    path: "calendars/primary/events",
    email: ana,
    body: hour(30, 10),
  });
  assert.partialDeepStrictEqual(error, { status: 503, reason: "backendError" });
  assert.equal((await lab.control.events()).length, 1);
});

Deno.test("a delay holds a request up, the change happens even if the client has gone", async () => {
  await using lab = await openTeam();
  const { access_token } = await lab.control.signIn({ email: ana });
  await lab.control.fault({ method: "POST", path: events_path, delay_ms: 150 });
  const insert = (signal: AbortSignal | null) =>
    fetch(`${lab.url}${events_path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}` },
      body: JSON.stringify(hour(30, 10)),
      signal,
    });
  const started = performance.now();
  await (await insert(null)).body?.cancel();
  assert.ok(performance.now() - started >= 145);
  await assert.rejects(insert(AbortSignal.timeout(30)), { name: "TimeoutError" });
  const deadline = Date.now() + 5_000;
  while ((await lab.control.events()).length < 2) {
    assert.ok(Date.now() < deadline, "the delayed insert took effect");
  }
});

Deno.test("a hold lasts until its fault is cleared, and stops nothing else", async () => {
  await using lab = await openTeam();
  const insert = (id: string) =>
    lab.raw({ path: "calendars/primary/events", email: ana, body: { id, ...hour(30, 10) } });
  for (
    const clear of [
      (fault_id: number) => lab.control.clearFaults(fault_id),
      () => lab.control.clearFaults(),
    ]
  ) {
    const fault = await lab.control.fault({
      method: "POST",
      path: events_path,
      hold: true,
      times: 1,
    });
    const held = insert(`held${fault.fault_id}`);
    const deadline = Date.now() + 5_000;
    while ((await lab.control.faults())[0]?.hits !== 1) assert.ok(Date.now() < deadline);
    assert.equal((await insert(`free${fault.fault_id}`)).status, 200);
    const stored = async () => (await lab.control.events()).map(({ id }) => id);
    assert.ok(!(await stored()).includes(`held${fault.fault_id}`));
    await clear(fault.fault_id);
    assert.equal((await held).status, 200);
    assert.ok((await stored()).includes(`held${fault.fault_id}`));
  }
});

Deno.test("answer_after_ms holds back the answer only: the change is there before it", async () => {
  await using lab = await openTeam();
  const { access_token } = await lab.control.signIn({ email: ana });
  await lab.control.fault({ method: "POST", path: events_path, answer_after_ms: 60_000 });
  const given_up = new AbortController();
  const waiting = fetch(`${lab.url}${events_path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${access_token}` },
    body: JSON.stringify(hour(30, 10)),
    signal: given_up.signal,
  });
  const deadline = Date.now() + 5_000;
  while ((await lab.control.events()).length === 0) {
    assert.ok(Date.now() < deadline, "the insert took effect");
  }
  given_up.abort();
  await assert.rejects(waiting, { name: "AbortError" });
});

Deno.test("stop ends delayed and held requests at once", async () => {
  for (const rule of [{ delay_ms: 60_000 }, { hold: true }]) {
    const lab = await openTeam();
    await lab.control.fault({ path: "/calendar/v3", ...rule });
    const { access_token } = await lab.control.signIn({ email: ana });
    const waiting = fetch(`${lab.url}${events_path}`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    const failed = assert.rejects(waiting, TypeError);
    const deadline = Date.now() + 5_000;
    while ((await lab.control.requests()).length === 0) assert.ok(Date.now() < deadline);
    const started = performance.now();
    await lab.emulator.stop();
    await failed;
    assert.ok(performance.now() - started < 5_000);
  }
});

Deno.test("a probability hits the same requests for the same seed", async () => {
  await using lab = await openTeam();
  const run = async (seed: number) => {
    await lab.control.clearFaults();
    await lab.control.fault({ path: events_path, status: 503, probability: 0.4, seed });
    const statuses: number[] = [];
    for (let count = 0; count < 30; count++) {
      statuses.push((await lab.raw({ path: "calendars/primary/events", email: ana })).status);
    }
    return statuses;
  };
  const first = await run(7);
  assert.deepEqual(await run(7), first);
  assert.notDeepEqual(await run(8), first);
  const hits = first.filter((status) => status === 503).length;
  assert.ok(hits > 3 && hits < 25, `${hits} of 30 hit`);
});

Deno.test("faults match by pattern, skip the first ones, count, and can be cleared", async () => {
  await using lab = await openTeam();
  const fault = await lab.control.fault({
    path_pattern: "^/calendar/v3/calendars/[^/]+/events/once0001$",
    status: 500,
    skip: 1,
  });
  const get = async (id: string) =>
    (await lab.raw({ path: `calendars/primary/events/${id}`, email: ana })).status;
  assert.equal(await get("once0001"), 404);
  assert.equal(await get("once0001"), 500);
  assert.equal(await get("once0002"), 404);
  assert.partialDeepStrictEqual((await lab.control.faults())[0], { matched: 2, hits: 1 });
  await lab.control.clearFaults(fault.fault_id);
  assert.equal(await get("once0001"), 404);
  await assert.rejects(lab.control.fault({ path: "/" }), /needs a status/);
  await assert.rejects(lab.control.fault({ path_pattern: "(", status: 500 }), /path_pattern/);
});

Deno.test("undetected duplicates: for a while a taken id makes a second event and mails again", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const insert = () =>
    google.events.insert({
      calendarId: "primary",
      sendUpdates: "all",
      requestBody: { id: "double01", ...hour(30, 10), attendees: [{ email: bo }] },
    });
  await insert();
  await lab.control.undetectedDuplicates({ seconds: 30 });
  assert.equal((await insert()).status, 200);
  assert.equal((await lab.control.events({ calendar_id: ana, status: "live" })).length, 2);
  assert.equal((await lab.control.events({ calendar_id: bo, status: "live" })).length, 2);
  assert.equal((await lab.control.mails({ to: bo, kind: "invitation" })).length, 2);
  await lab.control.advanceClock({ seconds: 30 });
  assert.equal((await refused(insert())).reason, "duplicate");
});

Deno.test("quotas count a sliding minute per user and per project", async () => {
  await using lab = await openTeam();
  const get = async (email: string) =>
    (await lab.raw({ path: "calendars/primary/events", email })).error;
  await lab.control.quotas({ enabled: true, per_user: 2, per_project: 3 });
  await get(ana);
  await lab.control.advanceClock({ seconds: 40 });
  await get(ana);
  assert.partialDeepStrictEqual(await get(ana), {
    status: 403,
    domain: "usageLimits",
    reason: "userRateLimitExceeded",
  });
  await lab.control.advanceClock({ seconds: 21 });
  assert.equal((await get(ana)).status, 200, "the first request has left the window");
  assert.equal((await get(bo)).status, 200);
  assert.partialDeepStrictEqual(await get(bo), { status: 403, reason: "rateLimitExceeded" });
  await lab.control.quotas({ enabled: true, per_user: 600, per_project: 0, status: 429 });
  assert.partialDeepStrictEqual(await get(bo), { status: 429, reason: "rateLimitExceeded" });
  await lab.control.quotas({ enabled: false });
  assert.equal((await get(bo)).status, 200);
});

Deno.test("writes to one calendar can be throttled; reads and other calendars go on", async () => {
  await using lab = await openTeam();
  await lab.control.quotas({ enabled: true, writes_per_calendar: 2 });
  const insert = async (path: string) =>
    (await lab.raw({ path: `calendars/${path}/events`, email: ana, body: hour(30, 10) })).error;
  const { data } = await (await lab.as(ana)).calendars.insert({ requestBody: { summary: "Own" } });
  const other = encodeURIComponent(data.id ?? "");
  assert.equal((await insert("primary")).status, 200);
  assert.equal((await insert(encodeURIComponent(ana))).status, 200);
  assert.partialDeepStrictEqual(await insert("primary"), {
    status: 403,
    domain: "usageLimits",
    reason: "rateLimitExceeded",
  });
  assert.equal((await insert(other)).status, 200);
  assert.equal((await lab.raw({ path: "calendars/primary/events", email: ana })).status, 200);
  await lab.control.advanceClock({ seconds: 61 });
  assert.equal((await insert("primary")).status, 200);
});
