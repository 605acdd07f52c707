import assert from "node:assert/strict";
import { prepareDatabaseAt } from "../../local/database/prepare_database_at.ts";
import { openPostgresDatabase } from "../../local/database/postgres_database.ts";
import { startPostgresServer } from "../support/postgres_server.ts";

Deno.test("prepareDatabaseAt() prepares several databases of a server at once, and one twice", async () => {
  await using server = await startPostgresServer();
  const urls: string[] = [];
  for (let i = 0; i < 4; i++) urls.push((await server.createDatabase()).url);

  const providers = await Promise.all(urls.map((url) => prepareDatabaseAt(url)));
  const stand_ins = { net: "stand-in", vault: "stand-in", cron: "stand-in" };
  assert.deepEqual(providers, urls.map(() => stand_ins));
  assert.deepEqual(await prepareDatabaseAt(urls[0] ?? ""), stand_ins);

  const database = await openPostgresDatabase(urls[0] ?? "");
  try {
    assert.deepEqual(
      await database.query(
        `select rolname, rolbypassrls, rolcanlogin, rolsuper from pg_roles
         where rolname in ('anon', 'authenticated', 'service_role') order by rolname`,
      ),
      ["anon", "authenticated", "service_role"].map((rolname) => ({
        rolname,
        rolbypassrls: rolname === "service_role",
        rolcanlogin: false,
        rolsuper: false,
      })),
    );
    assert.deepEqual(
      await database.query("select current_setting('search_path') as path"),
      [{ path: '"$user", public, extensions' }],
    );
  } finally {
    await database.close();
  }
});
