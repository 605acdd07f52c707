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
