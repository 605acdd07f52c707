import postgres from "postgres";
import { startPostgresServer } from "./postgres_server.ts";

/**
 * Whether the Postgres of the tests has an extension. It is asked while a file loads, because Deno
 * has to know then which tests it skips.
 */
export async function postgresHas(extension: "pg_cron" | "plpgsql_check"): Promise<boolean> {
  await using server = await startPostgresServer();
  // It has to be preloaded as well.
  if (extension === "pg_cron") return server.has_pg_cron;
  const sql = postgres(server.admin_url, { max: 1, onnotice: () => {} });
  try {
    const found = await sql`select from pg_available_extensions where name = ${extension}`;
    return found.length > 0;
  } finally {
    await sql.end();
  }
}
