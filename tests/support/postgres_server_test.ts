import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { DEBIAN_ROOT } from "./postgres_binaries.ts";
import { postgresHas } from "./postgres_extensions.ts";
import { startPostgresServer } from "./postgres_server.ts";

async function query(url: string, text: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...await sql.unsafe(text)];
  } finally {
    await sql.end();
  }
}

async function databaseNames(url: string): Promise<string> {
  return JSON.stringify(await query(url, "select datname from pg_database"));
}

Deno.test("startPostgresServer() gives each test an empty database and copies a template", async () => {
  await using server = await startPostgresServer();
  const first = await server.createDatabase();
  await query(first.url, "create table kept as select 7 as number");
  const copy = await server.createDatabase({ template: first.name });
  assert.deepEqual(await query(copy.url, "select number from kept"), [{ number: 7 }]);
  const second = await server.createDatabase();
  assert.deepEqual(await query(second.url, "select to_regclass('kept') as kept"), [{ kept: null }]);
});

Deno.test("dropDatabase() drops a database that a client is still connected to", async () => {
  await using server = await startPostgresServer();
  const { name, url } = await server.createDatabase();
  const visitor = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5 });
  await visitor`select 1`;
  await server.dropDatabase(name);
  assert.equal((await databaseNames(server.admin_url)).includes(name), false);
  await visitor.end({ timeout: 0 });
});

Deno.test("startPostgresServer() attaches to a running server and leaves it as it was", async () => {
  await using owner = await startPostgresServer("");
  const before = await databaseNames(owner.admin_url);
  const guest = await startPostgresServer(owner.admin_url);
  const { name } = await guest.createDatabase();
  assert.equal((await databaseNames(owner.admin_url)).includes(name), true);
  await guest.stop();
  assert.equal(await databaseNames(owner.admin_url), before);
});

Deno.test("a server runs programs of its own, which no package upgrade beside it replaces", async () => {
  await using server = await startPostgresServer("");
  const [row] = await query(
    server.admin_url,
    "select setting as bin, current_setting('data_directory') as data from pg_config where name = 'BINDIR'",
  ) as { bin: string; data: string }[];
  assert.equal(row?.bin.startsWith(DEBIAN_ROOT), false, row?.bin);
  assert.match(row?.data ?? "", /convene-postgres-/);
});

const has_pg_cron = await postgresHas("pg_cron");

Deno.test({
  name: `createDatabase() of the cron database lets pg_cron be created, again and again${
    has_pg_cron ? "" : " (skipped: this Postgres has no pg_cron)"
  }`,
  ignore: !has_pg_cron,
  async fn() {
    await using server = await startPostgresServer();
    for (let round = 0; round < 2; round++) {
      const { name, url } = await server.createDatabase({ name: server.cron_database });
      await query(url, "create extension pg_cron");
      await query(url, "select cron.schedule('wake', '* * * * *', 'select 1')");
      // The launcher, without which no job ever runs, comes up within a second or two.
      const launched = "select from pg_stat_activity where backend_type = 'pg_cron launcher'";
      const deadline = Date.now() + 20_000;
      while ((await query(url, launched)).length === 0) {
        assert.ok(Date.now() < deadline, "pg_cron's launcher did not start");
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await server.dropDatabase(name);
    }
  },
});

Deno.test("a server goes away with its files when the process that started it is killed", async () => {
  const program = `
    import { DEBIAN_ROOT } from "./postgres_binaries.ts";
import { startPostgresServer } from "./postgres_server.ts";
    const server = await startPostgresServer();
    const [row] = await (await import("postgres")).default(server.admin_url)
      .unsafe("show data_directory");
    await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({
      port: Number(new URL(server.admin_url).port), ...row,
    })));
    await new Promise(() => {});`;
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", program],
    cwd: folder,
    env: { CONVENE_TEST_POSTGRES_URL: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.stdout.getReader();
  const { value } = await output.read();
  const { port, data_directory } = JSON.parse(new TextDecoder().decode(value));
  assert.equal(await accepts(port), true);
  child.kill("SIGKILL");
  await child.status;
  await output.cancel();

  const deadline = Date.now() + 20_000;
  while (await accepts(port) || await exists(data_directory)) {
    assert.ok(Date.now() < deadline, "the server or its directory is still there");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
