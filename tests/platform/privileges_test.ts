import assert from "node:assert/strict";
import type { Platform } from "../../local/platform.ts";
import { onBothDatabases, rest, startFixture } from "./fixture_platform.ts";

for (const default_privileges of ["none", "legacy-grant-all"] as const) {
  onBothDatabases(
    `startPlatform() leaves every privilege as the migrations set it (${default_privileges})`,
    async (database) => {
      await using platform = await startFixture({ database, default_privileges });
      const before = await privileges(platform);
      assert.ok(before.some((line) => line.includes("notes")), "the fixture's tables are listed");

      await makeRequests(platform, 100);
      assert.deepEqual(await privileges(platform), before);
    },
  );

  onBothDatabases(
    `startPlatform() refuses a role what it was not granted (${default_privileges})`,
    async (database) => {
      await using platform = await startFixture({ database, default_privileges });
      const user = await platform.createUser("ann@acme.example");
      const anon = rest(platform, platform.publishable_key);
      const ann = rest(platform, platform.publishable_key, user.access_token);
      const service = rest(platform, platform.secret_key);

      for (const path of ["notes", "note_bodies", "unprotected", "rpc/whoami"]) {
        assert.equal((await anon(path)).code, "42501", `anon reads ${path}`);
      }
      assert.equal((await ann("notes?select=id,body")).status, 200);
      assert.equal((await ann("notes?select=owner")).code, "42501", "a column without a grant");
      assert.equal((await ann("note_bodies")).code, "42501");
      assert.equal((await ann("unprotected")).code, "42501");
      assert.equal((await service("notes")).status, 200);
      assert.equal((await service("unprotected")).code, "42501");
    },
  );
}

onBothDatabases(
  "prepareDatabase() grants everything on new objects only under the legacy regime",
  async (database) => {
    const legacy = { default_privileges: "legacy-grant-all" } as const;
    // The plain regime first: default privileges stay with a database.
    for (const [options, granted] of [[{}, false], [legacy, true]] as const) {
      await using platform = await startFixture({ database, ...options });
      await platform.sql(`create table public.fresh_${granted} (id int)`);
      const [row] = await platform.sql<{ granted: boolean }>(
        "select has_table_privilege('anon', $1, 'insert') as granted",
        [`public.fresh_${granted}`],
      );
      assert.equal(row?.granted, granted);
    }
  },
);

async function makeRequests(platform: Platform, count: number): Promise<void> {
  const user = await platform.createUser("bea@acme.example");
  const callers = [
    rest(platform, platform.publishable_key),
    rest(platform, platform.publishable_key, user.access_token),
    rest(platform, platform.secret_key),
    rest(platform, platform.automations_key),
  ];
  const paths = ["notes?select=id", "rpc/whoami", "unprotected", "note_bodies", "nothing"];
  for (let i = 0; i < count; i++) {
    const path = paths[i % paths.length] ?? "";
    await callers[i % callers.length]?.(path);
  }
}

/** Every grant in the database, one a line: relations, columns, functions, schemas, defaults. */
async function privileges(platform: Platform): Promise<string[]> {
  const rows = await platform.sql<{ line: string }>(`
    select line from (
      select 'relation ' || c.oid::regclass || ' ' || coalesce(relacl::text, '-') as line
      from pg_class c where relnamespace not in (
        'pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
      union all
      select 'column ' || attrelid::regclass || '.' || attname || ' ' || attacl::text
      from pg_attribute where attacl is not null
      union all
      select 'function ' || oid::regprocedure || ' ' || coalesce(proacl::text, '-')
      from pg_proc where pronamespace not in (
        'pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      union all
      select 'schema ' || nspname || ' ' || coalesce(nspacl::text, '-')
      from pg_namespace where nspname !~ '^pg_(toast_)?temp_'
      union all
      select 'default ' || defaclrole::regrole || ' ' || defaclnamespace::regnamespace || ' ' ||
        defaclobjtype::text || ' ' || defaclacl::text
      from pg_default_acl
    ) as lines order by line collate "C"
  `);
  return rows.map((row) => row.line);
}
