import type { LocalDatabase } from "./database/local_database.ts";

/** Stores secrets under their names, replacing what an earlier run on another port left there. */
export async function setVaultEntries(
  database: LocalDatabase,
  entries: Record<string, string>,
): Promise<void> {
  for (const [name, secret] of Object.entries(entries)) {
    await database.query(
      `select case
         when id is null then vault.create_secret($2, $1)::text
         else vault.update_secret(id, $2)::text
       end
       from (select (select id from vault.secrets where name = $1) as id) as existing`,
      [name, secret],
    );
  }
}
