import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { applyMigrations } from "../../local/database/migrations.ts";
import { openPostgresDatabase } from "../../local/database/postgres_database.ts";
import { prepareDatabaseAt } from "../../local/database/prepare_database_at.ts";
import { startPostgresServer } from "../support/postgres_server.ts";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);
const GRANTS = "_grants.sql";

/** What PUBLIC, anon or authenticated may do in the schemas of the project, extensions left out. */
const OPEN = `
  select format('%s may %s %s', role.name, opened.privilege, opened.object) as line
    from (
      select grantee, 'execute' as privilege, p.oid::regprocedure::text as object
        from pg_proc as p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))
       where p.pronamespace in (to_regnamespace('public'), to_regnamespace('private'))
         and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
      union all
      select grantee, lower(privilege_type), c.oid::regclass::text
        from pg_class as c cross join lateral aclexplode(
          coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)))
       where c.relkind in ('r', 'p', 'v', 'S') and c.relnamespace in (to_regnamespace('public'), to_regnamespace('private'))
      union all
      select grantee, lower(privilege_type), format('%s (%s)', c.oid::regclass, k.attname)
        from pg_class as c join pg_attribute as k on k.attrelid = c.oid cross join lateral aclexplode(k.attacl)
       where c.relnamespace in (to_regnamespace('public'), to_regnamespace('private'))
      union all
      select grantee, lower(privilege_type), 'schema private'
        from pg_namespace as n cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner)))
       where n.nspname = 'private'
    ) as opened
    cross join lateral (
      select case opened.grantee when 0 then 'public' else pg_get_userbyid(opened.grantee)::text end as name
    ) as role
   where role.name in ('public', 'anon', 'authenticated')
   order by 1`;

Deno.test("a push that stops after any migration leaves nothing open, also where defaults grant everything", async () => {
  await using server = await startPostgresServer();
  const { url } = await server.createDatabase();
  await prepareDatabaseAt(url, { default_privileges: "legacy-grant-all" });
  const folder = await Deno.makeTempDir({ prefix: "convene_test_" });
  const database = await openPostgresDatabase(url);
  try {
    const files = [...Deno.readDirSync(MIGRATIONS)].map(({ name }) => name).sort();
    let are_users_granted = false;
    for (const file of files) {
      await Deno.copyFile(new URL(file, MIGRATIONS), `${folder}/${file}`);
      await applyMigrations(database, pathToFileURL(`${folder}/`));
      const open = (await database.query<{ line: string }>(OPEN)).map(({ line }) => line);
      are_users_granted ||= file.endsWith(GRANTS);
      // The closing list grants signed-in users tables, views and three functions; nothing else ever does.
      const allowed: string[] = are_users_granted
        ? open.filter((line) =>
          /^authenticated may (?!execute|usage)|^authenticated may execute (read_queue|private\.meeting_state|private\.own_email)\(/
            .test(line)
        )
        : [];
      assert.deepEqual(open, allowed, `after ${file}`);
    }
    assert.ok(are_users_granted, `there is a file ${GRANTS}`);
  } finally {
    await database.close();
    await Deno.remove(folder, { recursive: true });
  }
});
