import type { LocalDatabase } from "../../local/database/local_database.ts";

const UNINSTALL = new URL("../../supabase/uninstall.sql", import.meta.url);

/** Runs supabase/uninstall.sql as the database's owner. */
export async function uninstall(database: LocalDatabase): Promise<void> {
  const text = await Deno.readTextFile(UNINSTALL);
  await database.transaction((session) => session.execute(text));
}

/** What Convene can leave behind: every table, view, sequence and function of its schemas, jobs and Vault entries. */
export const LEFT_BEHIND = `
  select c.oid::regclass::text as name from pg_class as c
  where c.relnamespace in ('public'::regnamespace, to_regnamespace('private')) and c.relkind in ('r', 'p', 'v', 'S')
  union all select p.oid::regprocedure::text from pg_proc as p
  where p.pronamespace in ('public'::regnamespace, to_regnamespace('private'))
    and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
  union all select jobname::text from cron.job where jobname like 'convene-%'
  union all select name from vault.secrets where name like 'convene_%'
  order by 1`;
