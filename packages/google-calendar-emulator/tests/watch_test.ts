import assert from "node:assert/strict";
import { ana, bo, hour, openTeam, refused } from "./lab.ts";

/** A receiver of push messages; answers each with the next status of the list, then 200. */
function openReceiver(statuses: number[] = []) {
  const messages: { state: string; number: string; headers: Headers; length: number }[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const body = await request.arrayBuffer();
      messages.push({
        state: request.headers.get("x-goog-resource-state") ?? "",
        number: request.headers.get("x-goog-message-number") ?? "",
        headers: request.headers,
        length: body.byteLength,
      });
      return new Response(null, { status: statuses.shift() ?? 200 });
    },
  );
  const received = async (count: number) => {
    const deadline = Date.now() + 10_000;
    while (messages.length < count) {
      assert.ok(Date.now() < deadline, `only ${messages.length} of ${count} messages came`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return messages;
  };
  return {
    address: `http://127.0.0.1:${server.addr.port}/hook`,
    messages,
    received,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a channel says sync first, then exists for every change, without a body", async () => {
  await using receiver = openReceiver();
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.watch({
    calendarId: "primary",
    requestBody: { id: "channel-1", type: "web_hook", address: receiver.address, token: "t=1" },
  });
  assert.equal(data.kind, "api#channel");
  assert.equal(data.expiration, String(Date.parse("2026-11-30T08:00:00Z")), "seven days");
  assert.match(data.resourceUri ?? "", /alt=json$/);
  await receiver.received(1);
  const { data: event } = await google.events.insert({
    calendarId: "primary",
    requestBody: { ...hour(30, 10), attendees: [{ email: bo }] },
  });
  await receiver.received(2);
  await lab.control.reply({ email: bo, event_id: event.id ?? "", responseStatus: "accepted" });
  await receiver.received(3);
  await google.events.delete({ calendarId: "primary", eventId: event.id ?? "" });
  const messages = await receiver.received(4);
  assert.deepEqual(messages.map(({ state, number, length }) => [state, number, length]), [
    ["sync", "1", 0],
    ["exists", "2", 0],
    ["exists", "3", 0],
    ["exists", "4", 0],
  ]);
  const headers = messages[1]?.headers;
  assert.equal(headers?.get("x-goog-channel-id"), "channel-1");
  assert.equal(headers?.get("x-goog-channel-token"), "t=1");
  assert.equal(headers?.get("x-goog-resource-id"), data.resourceId);
  assert.equal(headers?.get("x-goog-channel-expiration"), "Mon, 30 Nov 2026 08:00:00 GMT");
});

Deno.test("a message that is answered with 503 comes again", async () => {
  await using receiver = openReceiver([503, 500]);
  await using lab = await openTeam();
  const google = await lab.as(ana);
  await google.events.watch({
    calendarId: "primary",
    requestBody: { id: "channel-1", type: "web_hook", address: receiver.address },
  });
  const messages = await receiver.received(3);
  assert.deepEqual(messages.map(({ number }) => number), ["1", "1", "1"]);
});

Deno.test("stop ends a channel, only for who opened it", async () => {
  await using receiver = openReceiver();
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.watch({
    calendarId: "primary",
    requestBody: { id: "channel-1", type: "web_hook", address: receiver.address },
  });
  await receiver.received(1);
  const requestBody = { id: "channel-1", resourceId: data.resourceId ?? "" };
  const other = await refused((await lab.as(bo)).channels.stop({ requestBody }));
  assert.deepEqual([other.status, other.message], [
    404,
    "Channel 'channel-1' not found for project 'emulator'",
  ]);
  assert.equal((await google.channels.stop({ requestBody })).status, 204);
  assert.equal((await refused(google.channels.stop({ requestBody }))).status, 404);
  await google.events.insert({ calendarId: "primary", requestBody: hour(30, 10) });
  assert.deepEqual(await lab.control.channels(), []);
  assert.equal((await lab.control.notifications()).length, 1);
});

Deno.test("a channel dies at its expiration, and a longer expiration is cut to 30 days", async () => {
  await using receiver = openReceiver();
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const { data } = await google.events.watch({
    calendarId: "primary",
    requestBody: {
      id: "channel-1",
      type: "web_hook",
      address: receiver.address,
      params: { ttl: "99999999" },
    },
  });
  assert.equal(data.expiration, String(Date.parse("2026-12-23T08:00:00Z")));
  await lab.control.setClock("2026-12-23T08:00:00Z");
  assert.deepEqual(await lab.control.channels(), []);
  await receiver.received(1);
});

Deno.test("watch refuses plain http, a used id, wrong types and missing parts", async () => {
  await using receiver = openReceiver();
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const good = { id: "channel-1", type: "web_hook", address: receiver.address };
  await google.events.watch({ calendarId: "primary", requestBody: good });
  const cases: [object, object][] = [
    [good, {
      status: 400,
      reason: "channelIdNotUnique",
      message: "Channel id channel-1 not unique",
    }],
    [
      { ...good, id: "c2", address: "http://app.example/hook" },
      { status: 400, reason: "push.webhookUrlNotHttps" },
    ],
    [{ ...good, id: "c".repeat(65) }, { status: 400, reason: "invalid", location: "id" }],
    [{ ...good, id: "c2", type: "email" }, { status: 400, reason: "invalid", location: "type" }],
    [{ ...good, id: "c2", token: "t".repeat(257) }, { status: 400, location: "token" }],
    [{ id: "c2", type: "web_hook" }, { status: 400, reason: "required", location: "address" }],
    [{ type: "web_hook", address: receiver.address }, { status: 400, reason: "required" }],
    [{ ...good, id: "c2", expiration: "1000" }, { status: 400, location: "expiration" }],
  ];
  for (const [requestBody, expected] of cases) {
    const error = await refused(google.events.watch({ calendarId: "primary", requestBody }));
    assert.partialDeepStrictEqual(error, expected);
  }
  await receiver.received(1);
});
