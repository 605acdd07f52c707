import { join } from "node:path";
import { PROJECT_ROOT } from "../tasks/supabase_cli.ts";
import type { DeployOptions } from "./deploy_options.ts";
import type { ProjectState } from "./project_state.ts";
import { secretProblems, type Secrets } from "./secrets.ts";
import type { SupabaseProject } from "./supabase_project.ts";

const MIGRATIONS = join(PROJECT_ROOT, "supabase/migrations");

/** The first of Convene's; an application may have files of its own before it. */
const PREFLIGHT = "20261129095900_preflight.sql";

/** The files of `supabase/migrations` by their versions. */
export async function localMigrations(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name } of Deno.readDir(MIGRATIONS)) {
    const version = /^(\d+)_.*\.sql$/.exec(name)?.[1];
    if (version !== undefined) files.set(version, name);
  }
  return new Map([...files].sort());
}

/** Everything that would end the deployment half-way, each with what to do. Changes nothing. */
export async function preflightProblems(
  project: SupabaseProject,
  state: ProjectState,
  given: Secrets,
  { env_file }: DeployOptions,
): Promise<string[]> {
  const { secrets, database, automations_key } = state;
  const problems = await secretProblems(given, secrets, env_file, database.has_connections);
  if (automations_key === null) {
    problems.push(
      "The project has no secret key named automations, with which the database calls the functions: create " +
        `it at https://supabase.com/dashboard/project/${project.ref}/settings/api-keys`,
    );
  }
  for (const name of database.missing_extensions) {
    problems.push(
      `The database cannot have the extension ${name}: Convene needs Supabase's Postgres`,
    );
  }
  const local = await localMigrations();
  const unknown = database.versions.filter((version) => !local.has(version));
  if (unknown.length > 0) {
    problems.push(
      `The database has migrations that are not in supabase/migrations: ${unknown.join(", ")}. ` +
        "If they are your app's, copy its files into that folder; if they are of a newer Convene, use that one",
    );
  }
  if (!database.is_installed) problems.push(...await namesTaken(project, database.versions));
  return problems;
}

/** Ends the query below where nothing is refused, so that nothing in it is kept in any case. */
const PASSED = "convene_preflight_passed";

/**
 * Convene's first migration only reads, and refuses a database in which names are taken. It is told of the tables
 * that a migration before it lets Convene adopt: that one runs with it and is rolled back. The application's other
 * migrations are not run.
 */
async function namesTaken(
  project: SupabaseProject,
  applied: readonly string[],
): Promise<string[]> {
  const texts: string[] = [];
  for (const [version, name] of await localMigrations()) {
    const text = await Deno.readTextFile(join(MIGRATIONS, name));
    if (name === PREFLIGHT) {
      texts.push(text);
      break;
    }
    const is_adoption = text.includes("private.adopted_tables");
    if (is_adoption && !applied.includes(version)) texts.push(text);
  }
  try {
    await project.query(
      `${texts.join("\n;\n")}\n;\ndo $$ begin raise exception '${PASSED}'; end $$;`,
      { has_blocks: true },
    );
    throw new Error("The database did not execute the preflight");
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.includes(PASSED) ? [] : [message];
  }
}
