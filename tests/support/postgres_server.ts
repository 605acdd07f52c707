import postgres from "postgres";
import { type BootedPostgres, bootPostgres, CRON_DATABASE } from "./postgres_boot.ts";

/** A Postgres server for tests, with as many throw-away databases as they need. */
export interface PostgresServer extends AsyncDisposable {
  /** For example "15.18 (Debian 15.18-0+deb12u1)". */
  readonly version: string;
  /** Whether the real pg_cron can be created, in `cron_database` and nowhere else. */
  readonly has_pg_cron: boolean;
  /** The name to ask `createDatabase` for where pg_cron shall work; empty without pg_cron. */
  readonly cron_database: string;
  /** As the superuser `postgres`, to the database `postgres`. */
  readonly admin_url: string;
  /** Creates an empty database, or a copy of `template`, which no session may use for long. */
  createDatabase(
    options?: { template?: string; name?: string },
  ): Promise<{ name: string; url: string }>;
  dropDatabase(name: string): Promise<void>;
  /** Drops the databases created here and, if the server was started here, stops and removes it. */
  stop(): Promise<void>;
}

const TEMPLATE_PATIENCE_MILLISECONDS = 30_000;
const OBJECT_IN_USE = "55006";

/**
 * Starts a temporary Postgres server, or attaches to the one at `shared`: by default the one that
 * the test task starts for all test files. Takes about a second, or none.
 */
export async function startPostgresServer(
  shared: string = Deno.env.get("CONVENE_TEST_POSTGRES_URL") ?? "",
): Promise<PostgresServer> {
  const main = shared === ""
    ? await bootPostgres()
    : { admin_url: shared, stop: () => Promise.resolve() };
  const admin = postgres(main.admin_url, { max: 1, onnotice: () => {} });
  const created = new Set<string>();
  let cron_server: Promise<BootedPostgres> | undefined;
  let stopping: Promise<void> | undefined;

  async function createDatabase(options: { template?: string; name?: string } = {}) {
    const name = options.name ?? `convene_${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
    if (name === CRON_DATABASE) {
      if (options.template !== undefined || cron_server !== undefined) {
        throw new Error(`There is one ${CRON_DATABASE} at a time, and it has no template`);
      }
      // pg_cron's launcher stays away for good once its database was dropped, so no two tests can
      // use it on one server one after the other: each gets a server of its own.
      cron_server = bootPostgres();
      return { name, url: databaseUrl((await cron_server).admin_url, name) };
    }
    await copyDatabase(admin, name, options.template ?? "template0");
    created.add(name);
    return { name, url: databaseUrl(main.admin_url, name) };
  }

  async function dropDatabase(name: string) {
    if (name === CRON_DATABASE) {
      const server = cron_server;
      cron_server = undefined;
      await (await server)?.stop();
      return;
    }
    await admin`drop database if exists ${admin(name)} with (force)`;
    created.delete(name);
  }

  async function shutDown() {
    try {
      await dropDatabase(CRON_DATABASE);
      // A server that disappears takes its databases along.
      if (shared !== "") { for (const name of created) await dropDatabase(name); }
    } finally {
      await admin.end();
      await main.stop();
    }
  }

  const stop = () => stopping ??= shutDown();
  try {
    return {
      ...await describe(admin),
      admin_url: main.admin_url,
      createDatabase,
      dropDatabase,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function copyDatabase(admin: postgres.Sql, name: string, template: string): Promise<void> {
  const deadline = Date.now() + TEMPLATE_PATIENCE_MILLISECONDS;
  while (true) {
    try {
      await admin`create database ${admin(name)} template ${admin(template)}`;
      return;
    } catch (error) {
      // Another process copies the same template, or a session on it is just ending.
      const in_use = error instanceof postgres.PostgresError && error.code === OBJECT_IN_USE;
      if (!in_use || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function databaseUrl(admin_url: string, name: string): string {
  const url = new URL(admin_url);
  url.pathname = `/${name}`;
  return url.href;
}

async function describe(admin: postgres.Sql) {
  const [row] = await admin<{ version: string; cron_database: string | null }[]>`
    select current_setting('server_version') as version,
           current_setting('cron.database_name', true) as cron_database`;
  const has_pg_cron = row?.cron_database === CRON_DATABASE;
  return {
    version: row?.version ?? "",
    has_pg_cron,
    cron_database: has_pg_cron ? CRON_DATABASE : "",
  };
}
