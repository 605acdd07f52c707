import { types } from "@electric-sql/pglite";
import { btree_gist } from "@electric-sql/pglite/contrib/btree_gist";
import { pgcrypto } from "@electric-sql/pglite/contrib/pgcrypto";
import { createPgliteConnection } from "@supabase/lite/pglite";
import { keepPrivileges } from "./keep_privileges.ts";
import type { LocalDatabase, Session } from "./local_database.ts";
import { printErrorsShortly } from "./print_errors_shortly.ts";
import { Mutex } from "./mutex.ts";

export interface PgliteOptions {
  /** Keeps the database there; the directory is created. Default: in memory. */
  directory?: string;
  /** What `dumpPgliteCluster` gave: copying it takes a quarter of the time that initdb takes. */
  cluster?: Blob;
}

/** Opens Postgres in WebAssembly. */
export async function openPgliteDatabase(options: PgliteOptions = {}): Promise<LocalDatabase> {
  return databaseOn(await openConnection(options));
}

type Connection = Awaited<ReturnType<typeof createPgliteConnection>>;

async function openConnection({ directory, cluster }: PgliteOptions): Promise<Connection> {
  const connection = await createPgliteConnection({
    url: directory ?? "memory://",
    pgliteOptions: {
      extensions: { btree_gist, pgcrypto },
      ...(cluster === undefined ? {} : { loadDataDir: cluster }),
      // lite leaves a numeric such as 90.0 a string; PostgREST always answers a number.
      parsers: { [types.NUMERIC]: Number },
    },
  });
  keepPrivileges(connection);
  printErrorsShortly(connection);
  await connection.driver.waitReady;
  return connection;
}

function databaseOn(connection: Connection): LocalDatabase {
  const driver = connection.driver;
  const session: Session = {
    query: async <Row>(text: string, params: unknown[] = []) =>
      (await driver.query<Row>(text, params)).rows,
    execute: async (script) => void await driver.exec(script),
  };

  // PGlite is one session, and lite begins transactions on it without taking turns: two requests
  // side by side would run inside each other's transaction, under each other's role.
  const turns = new Mutex();
  return {
    kind: "pglite",
    connection,
    query: (text, params) => turns.run(() => session.query(text, params)),
    execute: (script) => turns.run(() => session.execute(script)),
    transaction: (work) =>
      turns.run(async () => {
        await driver.exec("begin");
        try {
          const result = await work(session);
          await driver.exec("commit");
          return result;
        } catch (error) {
          await driver.exec("rollback");
          throw error;
        }
      }),
    exclusive: (work) => turns.run(work),
    close: () => turns.run(() => connection.close()),
  };
}

/** A cluster after `prepare`, as a tar archive of at least 40 MB. */
export async function dumpPgliteCluster(
  prepare: (database: LocalDatabase) => Promise<void> = () => Promise.resolve(),
): Promise<Blob> {
  const connection = await openConnection({});
  try {
    await prepare(databaseOn(connection));
    await connection.driver.exec("checkpoint");
    return await connection.driver.dumpDataDir("none");
  } finally {
    await connection.close();
  }
}
