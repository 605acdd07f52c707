import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { splitStatements } from "../../local/database/split_statements.ts";
import { onBothDatabases, startFixture } from "./fixture_platform.ts";

onBothDatabases(
  "startPlatform() applies migrations once, in the order of their names, and records them as the Supabase CLI does",
  async (database) => {
    using folder = temporaryFolder();
    folder.write("20260102000000_second.sql", "insert into public.a values (2);");
    folder.write(
      "20260101000000_first one.sql",
      "-- why\ncreate table public.a (id int);\n\ninsert into public.a values (1);\n",
    );
    folder.write("README.md", "not a migration");
    const keep = database.kind === "memory"
      ? { kind: "directory" as const, path: `${folder.path}/data` }
      : database;

    const recorded = [
      {
        version: "20260101000000",
        name: "first one",
        statements: [
          "-- why\ncreate table public.a (id int)",
          "insert into public.a values (1)",
        ],
      },
      {
        version: "20260102000000",
        name: "second",
        statements: ["insert into public.a values (2)"],
      },
    ];
    for (let run = 0; run < 2; run++) {
      await using platform = await startFixture({ database: keep, migrations_dir: folder.url });
      assert.deepEqual(
        await platform.sql(
          "select version, name, statements from supabase_migrations.schema_migrations order by version",
        ),
        recorded,
      );
      assert.deepEqual(await platform.sql("select id from public.a"), [{ id: 1 }, { id: 2 }]);
    }
  },
);

onBothDatabases(
  "startPlatform() leaves nothing of a migration that fails, and says where it failed",
  async (database) => {
    using folder = temporaryFolder();
    folder.write("1_good.sql", "create table public.good (id int);");
    folder.write("2_bad.sql", "create table public.bad (id int);\nselect nonsense;");
    const keep = database.kind === "memory"
      ? { kind: "directory" as const, path: `${folder.path}/data` }
      : database;
    await assert.rejects(
      startFixture({ database: keep, migrations_dir: folder.url }),
      /Migration 2_bad\.sql failed at statement 2 of 2: column "nonsense" does not exist/,
    );

    folder.write("2_bad.sql", "select 1;");
    await using platform = await startFixture({ database: keep, migrations_dir: folder.url });
    assert.deepEqual(
      await platform.sql(
        "select to_regclass('public.good')::text as good, to_regclass('public.bad')::text as bad",
      ),
      [{ good: "good", bad: null }],
    );
  },
);

Deno.test("splitStatements() cuts at semicolons that end a statement, and at no others", () => {
  const cases: [string, string[]][] = [
    ["", []],
    [" ;\n;  ", []],
    ["select 1; select 2", ["select 1", "select 2"]],
    ["select ';', \"a;b\", 'it''s;';select 2;", ["select ';', \"a;b\", 'it''s;'", "select 2"]],
    ["select E'a\\';b'; select 2", ["select E'a\\';b'", "select 2"]],
    ["-- one; two\nselect 1;", ["-- one; two\nselect 1"]],
    ["/* a; /* b; */ c; */ select 1; select 2", ["/* a; /* b; */ c; */ select 1", "select 2"]],
    ["do $$ begin; end $$; select 2", ["do $$ begin; end $$", "select 2"]],
    ["do $a$ $$;$b$; $a$; select 2", ["do $a$ $$;$b$; $a$", "select 2"]],
    ["create rule r as on insert to t do (select 1; select 2); select 3", [
      "create rule r as on insert to t do (select 1; select 2)",
      "select 3",
    ]],
    [
      "create function f() returns int begin atomic select case when true then 1 end; end; select 2",
      [
        "create function f() returns int begin atomic select case when true then 1 end; end",
        "select 2",
      ],
    ],
    ["select $1; select 2", ["select $1", "select 2"]],
    ["begin; commit;", ["begin", "commit"]],
  ];
  for (const [script, statements] of cases) {
    assert.deepEqual(splitStatements(script), statements, script);
  }
});

interface TemporaryFolder extends Disposable {
  readonly path: string;
  readonly url: URL;
  write(name: string, text: string): void;
}

function temporaryFolder(): TemporaryFolder {
  const path = Deno.makeTempDirSync({ prefix: "convene_test_" });
  return {
    path,
    url: pathToFileURL(`${path}/`),
    write: (name, text) => Deno.writeTextFileSync(`${path}/${name}`, text),
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}
