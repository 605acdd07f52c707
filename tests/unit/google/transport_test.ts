import assert from "node:assert/strict";
import { googleCalendar } from "@shared/google/calendar.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";

type Behaviour = (connection: Deno.TcpConn) => Promise<void>;

/** A server on a bare socket, because only there can an answer break off at any byte. */
async function withServer(
  behave: Behaviour,
  timeout_ms: number,
  use: (calendar: GoogleCalendar) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.TcpConn[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      await connection.read(new Uint8Array(65_536)).then(() => behave(connection)).catch(
        clientLeft,
      );
    }
  })();
  try {
    const base_url = `http://127.0.0.1:${listener.addr.port}/v3`;
    await use(googleCalendar({ base_url, timeout_ms }));
  } finally {
    listener.close();
    await serving;
    for (const connection of connections) closeOnce(connection);
  }
}

/** On a busy machine a client with a short timeout is gone before it is served. */
function clientLeft(error: unknown): void {
  const is_gone = error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionReset;
  if (!is_gone) throw error;
}

function closeOnce(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

async function say(connection: Deno.TcpConn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

async function askBoth(calendar: GoogleCalendar) {
  const read = await calendar.getEvent("token", "primary", "x");
  const write = await calendar.insertEvent("token", "primary", {}, { sendUpdates: "all" });
  return { read, write };
}

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n";

const drop: Behaviour = (connection) => Promise.resolve(connection.close());
const breakOff: Behaviour = async (connection) => {
  await say(connection, `${HEAD}{"id":"x"`);
  connection.close();
};
const silent: Behaviour = () => Promise.resolve();
const stalled: Behaviour = (connection) => say(connection, `${HEAD}{"id":`);

Deno.test("send() turns a dropped connection into retry for a read, unknown for a write", async () => {
  for (const behave of [drop, breakOff]) {
    await withServer(behave, 5000, async (calendar) => {
      const { read, write } = await askBoth(calendar);
      assert.ok(read.verdict === "retry" && write.verdict === "unknown");
      for (const { google } of [read, write]) {
        assert.equal(google.status, null);
        assert.equal(google.reason, "connection_lost");
      }
    });
  }
});

Deno.test("send() gives up on silence after its timeout, also in the middle of a body", async () => {
  for (const behave of [silent, stalled]) {
    await withServer(behave, 100, async (calendar) => {
      const { read, write } = await askBoth(calendar);
      assert.ok(read.verdict === "retry" && write.verdict === "unknown");
      assert.equal(read.google.reason, "timeout");
      assert.equal(write.google.reason, "timeout");
    });
  }
});

Deno.test("send() never repeats a write, not even on a reused connection", async () => {
  const heads: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served: Promise<void>[] = [];
  const serving = (async () => {
    for await (const connection of listener) served.push(answerOneAndDrop(connection, heads));
  })();
  const base_url = `http://127.0.0.1:${listener.addr.port}/v3`;
  const calendar = googleCalendar({ base_url, timeout_ms: 5000 });
  try {
    for (const method of ["POST", "PATCH"]) {
      heads.length = 0;
      assert.equal((await calendar.getEvent("token", "primary", "x")).verdict, "done");
      const outcome = method === "POST"
        ? await calendar.insertEvent("token", "primary", {}, { sendUpdates: "all" })
        : await calendar.patchEvent("token", "primary", "x", {}, { sendUpdates: "all" });
      assert.ok(outcome.verdict === "unknown");
      assert.equal(outcome.google.reason, "connection_lost");
      assert.deepEqual(heads, ["GET", method]);
    }
  } finally {
    listener.close();
    await serving;
    await Promise.all(served);
  }
});

/** Answers the connection's first request, and breaks off when the second one arrives. */
async function answerOneAndDrop(connection: Deno.TcpConn, heads: string[]): Promise<void> {
  const body = '{"id":"x"}';
  const buffer = new Uint8Array(65_536);
  for (const answer of [`${HEAD.replace("100", String(body.length))}${body}`, null]) {
    const length = await connection.read(buffer);
    if (length === null) break;
    heads.push(new TextDecoder().decode(buffer.subarray(0, length)).split(" ")[0] ?? "");
    if (answer !== null) await say(connection, answer);
  }
  connection.close();
}

Deno.test("send() calls an unreachable server a lost connection", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const base_url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const { read, write } = await askBoth(googleCalendar({ base_url, timeout_ms: 5000 }));
  assert.ok(read.verdict === "retry" && write.verdict === "unknown");
  assert.equal(write.google.reason, "connection_lost");
});

Deno.test("send() returns an answer that arrives in time", async () => {
  const body = '{"id":"x"}';
  const answer: Behaviour = async (connection) => {
    await say(connection, `${HEAD.replace("100", String(body.length))}${body}`);
  };
  await withServer(answer, 5000, async (calendar) => {
    const read = await calendar.getEvent("token", "primary", "x");
    assert.deepEqual(read, { verdict: "done", status: 200, value: { id: "x" } });
  });
});
