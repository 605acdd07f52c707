import assert from "node:assert/strict";
import postgres from "postgres";
import type { LocalDatabase } from "../../local/database/local_database.ts";
import { openPgliteDatabase } from "../../local/database/pglite_database.ts";
import { openPostgresPort } from "../../local/database/postgres_port.ts";
import { startPlatform } from "../../local/platform.ts";
import { MONDAY } from "../support/meetings.ts";
import { blocksIn, readPage } from "../support/markdown.ts";
import { migratedPglite } from "../support/prepared_databases.ts";
import { QUIET, stackOf } from "../support/stack.ts";
import { until } from "../support/until.ts";

/** PGlite keeps its own state in the process's exit code until it is closed. */
const PGLITE = { sanitizeExit: false };

Deno.test(
  "a row that a client of Postgres inserts through the port becomes an event",
  PGLITE,
  async () => {
    await using platform = await startPlatform({
      ...QUIET,
      background: { net: true, cron: false, push: false },
      database: await migratedPglite(),
      postgres_port: 0,
    });
    const { google, ...stack } = stackOf(platform, false);
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    await using client = connect(platform.postgres_url ?? "");
    const { sql } = client;
    const [row] = await sql`
    insert into public.meetings (organizer_user_id, title, participants, starts_at, ends_at, timezone)
    values (
      ${organizer.user_id}, 'Review', ${sql.json([guest])},
      ${`${MONDAY}T10:00:00Z`}, ${`${MONDAY}T10:30:00Z`}, 'UTC')
    returning meeting_id, writeback_status`;
    assert.equal(row?.writeback_status, "pending");
    const event = await until("the event of the row", async () => {
      const [found] = await google.events({ calendar_id: organizer.email, status: "live" });
      return found ?? null;
    });
    assert.equal(event.summary, "Review");
    const written = await until("the row to have its event", async () => {
      const [now] = await sql`
      select google_event_id from public.meetings where meeting_id = ${row?.meeting_id}`;
      return now?.google_event_id ?? null;
    });
    assert.equal(written, event.id);
    await assert.rejects(
      sql`select * from public.meeting`,
      /relation "public.meeting" does not exist/,
    );
    assert.equal((await organizer.call("status")).body.meetings.length, 1, "the API has its turns");
  },
);

Deno.test({
  name: "psql reaches the database with the command that README.md shows",
  ...PGLITE,
  // It comes with Debian's Postgres, not with Node and npm.
  ignore: !await isInstalled("psql"),
  async fn() {
    await using platform = await startPlatform({
      ...QUIET,
      database: await migratedPglite(),
      postgres_port: 0,
    });
    const command = blocksIn(await readPage("README.md"))
      .find(({ text }) => text.startsWith("psql "))?.text;
    assert.ok(command);
    const [, ...args] = command
      .replace("postgresql://postgres@127.0.0.1:54322/postgres", platform.postgres_url ?? "")
      .match(/"[^"]*"|\S+/g) ?? [];
    const { success, stdout, stderr } = await new Deno.Command("psql", {
      args: args.map((arg) => arg.replaceAll('"', "")),
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stdout), /\bconvene-sweep\b/);
  },
});

Deno.test(
  "a transaction of one connection has the database alone, until it ends",
  PGLITE,
  async () => {
    await using opened = await open();
    const { database, url } = opened;
    await database.execute("create table notes (text text)");
    await using first = connect(url);
    await using second = connect(url);
    const seen: string[] = [];
    const others: Promise<unknown>[] = [];
    await first.sql.begin(async (sql) => {
      await sql`set local role pg_monitor`;
      await sql`reset role`;
      await sql`insert into notes values ('first')`;
      others.push(
        second.sql`select count(*)::integer as rows from notes`.then(([row]) => {
          seen.push(`second sees ${row?.rows}`);
        }),
        database.query("select current_user as name").then(([row]) => {
          seen.push(`the stack is ${row?.name}`);
        }),
      );
      await sql`insert into notes values ('second')`;
      seen.push("committing");
    });
    await Promise.all(others);
    assert.deepEqual(seen.toSorted(), ["committing", "second sees 2", "the stack is postgres"]);
    assert.equal(seen[0], "committing");
  },
);

Deno.test("what a connection sets, and an error of it, concern no other", PGLITE, async () => {
  await using opened = await open();
  const { database, url } = opened;
  await using client = connect(url);
  const { sql } = client;
  await sql.unsafe("set role pg_monitor; set search_path to pg_catalog");
  await assert.rejects(sql`select 1 / 0`, /division by zero/);
  await assert.rejects(sql.begin((one) => one`select 1 / 0`), /division by zero/);
  const [row] = await database.query<{ name: string; path: string }>(
    "select current_user as name, current_setting('search_path') as path",
  );
  assert.equal(row?.name, "postgres");
  assert.notEqual(row?.path, "pg_catalog");
  for (const copy of [sql.unsafe("copy notes from stdin").simple(), sql`copy notes from stdin`]) {
    await assert.rejects(copy, /PGlite cannot COPY FROM STDIN/);
  }
  assert.equal((await sql`select 2 as two`)[0]?.two, 2);
});

Deno.test(
  "a transaction that its client leaves open is rolled back, and the client is told",
  PGLITE,
  async () => {
    await using opened = await open(50);
    const { database, url } = opened;
    await database.execute("create table notes (text text)");
    const closed = Promise.withResolvers<number>();
    await using client = connect(url, { onclose: closed.resolve });
    await using other = connect(url);
    const reserved = await client.sql.reserve();
    await reserved`begin`;
    await reserved`insert into notes values ('lost')`;
    // Both wait for their turns, which they have once the time of the client is over.
    assert.deepEqual(await database.query("select * from notes"), []);
    assert.deepEqual([...await other.sql`select * from notes`], []);
    await closed.promise;
  },
);

Deno.test("a client that ends within its transaction holds up no other", PGLITE, async () => {
  await using opened = await open();
  const { database, url } = opened;
  await database.execute("create table notes (text text)");
  const { sql } = connect(url);
  const reserved = await sql.reserve();
  await reserved`begin`;
  await reserved`insert into notes values ('lost')`;
  await sql.end({ timeout: 0 });
  assert.deepEqual(await database.query("select * from notes"), []);
});

Deno.test(
  "a message for which Postgres would end its session ends the connection, and no other",
  PGLITE,
  async () => {
    await using opened = await open();
    await using other = connect(opened.url);
    const begun = startup("user\0postgres\0\0");
    const broken: [string, Uint8Array[]][] = [
      ["no user name", [startup("database\0postgres\0\0")]],
      ['invalid message type "p"', [begun, typed("p", "password\0")]],
      ['invalid message type "y"', [begun, typed("y", "")]],
      ["invalid message length", [begun, Uint8Array.of(81, 0, 0, 0, 0)]],
      ["unsupported frontend protocol", [startup("user\0postgres\0\0", 2)]],
    ];
    for (const [problem, messages] of broken) {
      assert.match(await lastWords(opened.url, messages), new RegExp(`FATAL.*${problem}`));
      const [row] = await other.sql`select 1 as one`;
      assert.deepEqual(row, { one: 1 }, `after ${problem}`);
    }
  },
);

Deno.test(
  "a setting with which Postgres would end its session is refused; the 0 of a dump is not",
  PGLITE,
  async () => {
    await using opened = await open();
    await using client = connect(opened.url);
    const { sql } = client;
    for (
      const statement of [
        "set idle_in_transaction_session_timeout = 10",
        "set local transaction_timeout to '1s'",
        "begin; set session idle_session_timeout = '10'; commit",
        "select set_config('idle_session_timeout', '10', false)",
      ]
    ) {
      await assert.rejects(
        sql.unsafe(statement),
        { code: "0A000", hint: /--database-url/ },
        statement,
      );
    }
    await sql.unsafe(
      "set idle_in_transaction_session_timeout = 0; set transaction_timeout to '0'; set statement_timeout = 10",
    );
    await sql.unsafe("select set_config('idle_session_timeout', '0', false)");
    const [row] = await sql`select current_setting('idle_session_timeout') as timeout`;
    assert.deepEqual(row, { timeout: "0" });
  },
);

Deno.test("a taken port is named", PGLITE, async () => {
  await using opened = await open();
  const { database, url } = opened;
  const port = Number(new URL(url).port);
  await assert.rejects(openPostgresPort(database, { port }), new RegExp(`Port ${port} is taken`));
});

async function open(
  idle_ms?: number,
): Promise<AsyncDisposable & { database: LocalDatabase; url: string }> {
  const database = await openPgliteDatabase();
  const { url, stop } = await openPostgresPort(database, {
    port: 0,
    ...(idle_ms === undefined ? {} : { idle_ms }),
  });
  return {
    database,
    url,
    async [Symbol.asyncDispose]() {
      await stop();
      await database.close();
    },
  };
}

/** The message that begins a connection. */
function startup(options: string, version = 3): Uint8Array {
  const text = new TextEncoder().encode(options);
  const message = new Uint8Array(8 + text.length);
  const view = new DataView(message.buffer);
  view.setInt32(0, message.length);
  view.setInt16(4, version);
  message.set(text, 8);
  return message;
}

function typed(type: string, body: string): Uint8Array {
  const text = new TextEncoder().encode(type + "\0\0\0\0" + body);
  new DataView(text.buffer).setInt32(1, text.length - 1);
  return text;
}

/** Sends the messages on a connection of its own, and returns what it was told until its end. */
async function lastWords(url: string, messages: Uint8Array[]): Promise<string> {
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(url).port),
  });
  for (const message of messages) await connection.write(message);
  const told = new Uint8Array(10_000);
  let length = 0;
  for (;;) {
    const read = await connection.read(told.subarray(length));
    if (read === null) break;
    length += read;
  }
  return new TextDecoder().decode(told.subarray(0, length)).replaceAll("\0", " ");
}

async function isInstalled(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"], stdout: "null" }).output())
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function connect(url: string, options: { onclose?: (connection: number) => void } = {}) {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, ...options });
  return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 0 }) };
}
