import assert from "node:assert/strict";
import { ana, bo, hour, type Lab, openTeam } from "./lab.ts";

interface BatchCall {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Sends a batch as Ana, and returns the status, Content-ID and JSON of each part. */
async function batch(lab: Lab, calls: BatchCall[], boundary = "b.(1)") {
  const { access_token } = await lab.control.signIn({ email: ana });
  const parts = calls.map(({ method = "GET", path, headers = {}, body }, index) =>
    [
      `--${boundary}`,
      "Content-Type: application/http",
      `Content-ID: <call-${index}>`,
      "",
      `${method} /calendar/v3/${path}`,
      ...Object.entries({ ...headers, "Content-Type": "application/json" })
        .map(([name, value]) => `${name}: ${value}`),
      "",
      body === undefined ? "" : JSON.stringify(body),
    ].join("\r\n")
  );
  const response = await fetch(`${lab.url}/batch/calendar/v3`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${access_token}`,
      "content-type": `multipart/mixed; boundary="${boundary}"`,
    },
    body: `${parts.join("\r\n")}\r\n--${boundary}--\r\n`,
  });
  const text = await response.text();
  const answered = /boundary=(\S+)/.exec(response.headers.get("content-type") ?? "")?.[1];
  const pieces = answered === undefined ? [] : text.split(`--${answered}`).slice(1, -1);
  return {
    status: response.status,
    parts: pieces.map((piece) => ({
      id: /Content-ID: (\S+)/.exec(piece)?.[1],
      status: Number(/HTTP\/1\.1 (\d+)/.exec(piece)?.[1]),
      json: JSON.parse(/\r\n\r\n[\s\S]*?\r\n\r\n([\s\S]*)$/.exec(piece)?.[1]?.trim() || "null"),
    })),
  };
}

const events = "calendars/primary/events";

Deno.test("a batch answers each call in a part of its own, failures inside the outer 200", async () => {
  await using lab = await openTeam();
  const body = { id: "first001", ...hour(30, 10), attendees: [{ email: bo }] };
  const { status, parts } = await batch(lab, [
    { method: "POST", path: `${events}?sendUpdates=all`, body },
    { method: "POST", path: events, body },
    { path: `${events}/first001` },
    { path: `${events}/unknown1` },
    { method: "DELETE", path: `${events}/first001`, headers: { "If-Match": '"1"' } },
  ]);
  assert.equal(status, 200);
  assert.deepEqual(parts.map((part) => [part.id, part.status]), [
    ["<response-call-0>", 200],
    ["<response-call-1>", 409],
    ["<response-call-2>", 200],
    ["<response-call-3>", 404],
    ["<response-call-4>", 412],
  ]);
  assert.equal(parts[2]?.json.id, "first001");
  assert.equal(parts[3]?.json.error.errors[0].reason, "notFound");
  assert.equal((await lab.control.mails()).length, 1);
});

Deno.test("each call of a batch counts as a request, and may have a token of its own", async () => {
  await using lab = await openTeam();
  const other = await lab.control.signIn({ email: bo });
  await lab.control.addEvents(bo, [{ id: "ofbo0001", ...hour(30, 10) }]);
  await lab.control.quotas({ enabled: true, per_user: 2 });
  const { parts } = await batch(lab, [
    { path: `${events}/ofbo0001`, headers: { Authorization: `Bearer ${other.access_token}` } },
    { path: events },
    { path: events },
    { path: events },
  ]);
  assert.deepEqual(parts.map(({ status }) => status), [200, 200, 200, 403]);
});

Deno.test("a batch of more than 1000 calls, or without a boundary, is refused as a whole", async () => {
  await using lab = await openTeam();
  const calls = (count: number) => Array.from({ length: count }, () => ({ path: events }));
  assert.equal((await batch(lab, calls(1001))).status, 400);
  assert.equal((await batch(lab, calls(1000))).parts.length, 1000);
  const response = await fetch(`${lab.url}/batch/calendar/v3`, { method: "POST", body: "x" });
  assert.equal(response.status, 400);
  await response.body?.cancel();
});
