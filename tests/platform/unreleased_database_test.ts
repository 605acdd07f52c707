import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { onBothDatabases, startFixture } from "./fixture_platform.ts";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);
const PROGRAM = new URL("../../local/start.ts", import.meta.url).pathname;
const SENTENCE =
  "This database was made by an unreleased version of Convene and cannot be upgraded: use an empty database.";

onBothDatabases(
  "a database made by unreleased migrations is refused with one sentence, and left as it was",
  async (database) => {
    await using folder = await unreleased();
    const keep = database.kind === "memory"
      ? { kind: "directory" as const, path: `${folder.path}/data` }
      : database;
    await (await startFixture({ database: keep, migrations_dir: folder.migrations })).stop();
    for (let run = 0; run < 2; run++) {
      await assert.rejects(startFixture({ database: keep, migrations_dir: MIGRATIONS }), {
        message: SENTENCE,
      });
    }
    await using platform = await startFixture({
      database: keep,
      migrations_dir: folder.migrations,
    });
    assert.deepEqual(
      await platform.sql(
        `select (select count(*) from private.google_connections)::integer as connections,
                to_regclass('private.installation')::text as installation,
                to_regclass('public.meetings')::text as meetings`,
      ),
      [{ connections: 1, installation: null, meetings: null }],
    );
  },
);

Deno.test("start --data on an unreleased directory prints that sentence and ends with code 1", async () => {
  await using folder = await unreleased();
  const data = `${folder.path}/data`;
  const made = await startFixture({
    database: { kind: "directory", path: data },
    migrations_dir: folder.migrations,
  });
  await made.stop();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      PROGRAM,
      "--data",
      data,
      "--api-port=0",
      "--google-port=0",
      "--postgres-port=0",
    ],
    env: { GOOGLE_CLIENT_ID: "", GOOGLE_CLIENT_SECRET: "" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  assert.deepEqual([code, decoder.decode(stdout), decoder.decode(stderr)], [
    1,
    "",
    `${SENTENCE}\n`,
  ]);
});

/** A folder with what the former first migrations had in common: their tables in schema private. */
async function unreleased() {
  const path = await Deno.makeTempDir({ prefix: "convene_test_" });
  await Deno.mkdir(`${path}/migrations`);
  await Deno.writeTextFile(
    `${path}/migrations/20261120100100_google_connections.sql`,
    `create schema private;
     create table private.google_connections (user_id uuid primary key);
     insert into private.google_connections values (gen_random_uuid());`,
  );
  return {
    path,
    migrations: pathToFileURL(`${path}/migrations/`),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
