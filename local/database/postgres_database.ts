import { createPostgresConnection } from "@supabase/lite/postgres";
import { keepPrivileges } from "./keep_privileges.ts";
import type { LocalDatabase, Session } from "./local_database.ts";
import { printErrorsShortly } from "./print_errors_shortly.ts";

interface Sql {
  unsafe(text: string, params?: unknown[]): PromiseLike<unknown>;
}

/** lite hands over JSON that is text already; serializing it again would make it a JSON string. */
const jsonAsIs = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** Connects to a Postgres server. Throws a sentence that names the server when it cannot. */
export async function openPostgresDatabase(url: string): Promise<LocalDatabase> {
  const connection = createPostgresConnection({
    url,
    postgresOptions: {
      max: 20,
      onnotice: () => {},
      connection: { application_name: "convene" },
      types: {
        json: { to: 114, from: [114], serialize: jsonAsIs, parse: parseJson },
        jsonb: { to: 3802, from: [3802], serialize: jsonAsIs, parse: parseJson },
        // lite leaves a numeric such as 90.0 a string; PostgREST always answers a number.
        numeric: { to: 1700, from: [1700], serialize: String, parse: Number },
      },
    },
  });
  keepPrivileges(connection);
  printErrorsShortly(connection);
  const driver = connection.driver;
  try {
    await driver.unsafe("select 1");
  } catch (error) {
    await driver.end({ timeout: 0 });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot use the database at ${withoutPassword(url)}: ${reason}`, {
      cause: error,
    });
  }

  return {
    kind: "postgres",
    connection,
    ...sessionOn(driver),
    transaction: <T>(work: (session: Session) => Promise<T>) =>
      driver.begin((transaction) => work(sessionOn(transaction))) as Promise<T>,
    exclusive: (work) => work(),
    close: () => driver.end({ timeout: 5 }),
  };
}

function withoutPassword(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

function parseJson(text: string): unknown {
  return JSON.parse(text);
}

function sessionOn(sql: Sql): Session {
  return {
    query: async <Row>(text: string, params: unknown[] = []) => [
      ...(await sql.unsafe(text, params) as Row[]),
    ],
    // Without parameters postgres.js speaks the simple protocol, which takes several statements.
    execute: async (script) => void await sql.unsafe(script),
  };
}
