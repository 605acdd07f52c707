import type { Platform } from "../../local/platform.ts";

/** Tables that have rows right after the start, with a fingerprint of those; names are quoted. */
export type SeedRows = ReadonlyMap<string, string>;

const SCHEMAS = "('public', 'private', 'auth', 'net', 'cron', 'vault', 'storage')";

export async function seedRows(platform: Platform): Promise<SeedRows> {
  const seeds = new Map<string, string>();
  for (const table of await allTables(platform)) {
    const rows = await fingerprint(platform, table);
    if (rows !== "") seeds.set(table, rows);
  }
  return seeds;
}

/**
 * Empties every table that was empty at the start. Returns false, and does nothing, where a table
 * that had rows has others now.
 */
export async function emptiedTables(platform: Platform, seeds: SeedRows): Promise<boolean> {
  for (const [table, rows] of seeds) {
    if (await fingerprint(platform, table) !== rows) return false;
  }
  const others = (await allTables(platform)).filter((table) => !seeds.has(table));
  // Append-only tables have triggers that refuse it.
  await platform.sql(`do $$ begin
    set local session_replication_role = replica;
    truncate ${others.join(", ")} restart identity;
  end $$`);
  return true;
}

async function allTables(platform: Platform): Promise<string[]> {
  const rows = await platform.sql<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
     from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ${SCHEMAS}
     order by name`,
  );
  return rows.map(({ name }) => name);
}

async function fingerprint(platform: Platform, table: string): Promise<string> {
  const [row] = await platform.sql<{ rows: string }>(
    `select coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as rows from ${table} as t`,
  );
  return row!.rows;
}
