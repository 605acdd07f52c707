import { startPostgresServer } from "../../tests/support/postgres_server.ts";
import { prepareDatabaseAt } from "../database/prepare_database_at.ts";
import { supabaseCliOrThrow } from "./supabase_cli.ts";

/** A real Postgres that looks like a Supabase project, for the Supabase CLI to work on. */
export interface ProjectDatabase extends AsyncDisposable {
  readonly url: string;
}

/**
 * Starts one that looks like a fresh project, as the local platform prepares it; with the real
 * pg_cron where the server has it. `migrated` also applies the migrations, with the CLI itself.
 */
export async function startProjectDatabase(
  options: { migrated: boolean },
): Promise<ProjectDatabase> {
  const server = await startPostgresServer();
  try {
    const { url } = await server.createDatabase(
      server.has_pg_cron ? { name: server.cron_database } : {},
    );
    await prepareDatabaseAt(url);
    // Said explicitly, because the CLI puts a warning about the attempt into its output.
    const remote = `${url}?sslmode=disable`;
    if (options.migrated) await supabaseCliOrThrow(["migration", "up", `--remote=${remote}`]);
    return { url: remote, [Symbol.asyncDispose]: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
