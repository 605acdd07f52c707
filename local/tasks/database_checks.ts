import { type CliResult, supabaseCli } from "./supabase_cli.ts";

/** plpgsql_check on every function; a warning is a failure. Needs that extension on the server. */
export function lintDatabase(url: string): Promise<CliResult> {
  return supabaseCli(["db", "lint", `--remote=${url}`, "--level=warning", "--fail-on=warning"]);
}

/**
 * Supabase's security and performance advisors; a warning is a failure. Not their level "info":
 * on an empty database it finds every index unused, and it lists tables that no user may read.
 */
export function adviseDatabase(url: string): Promise<CliResult> {
  return supabaseCli(["db", "advisors", `--remote=${url}`, "--level=warn", "--fail-on=warn"]);
}
