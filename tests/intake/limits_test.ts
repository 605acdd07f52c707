import assert from "node:assert/strict";
import { LIMITS } from "@shared/schemas/limits.ts";
import { shapesMigration } from "../../local/tasks/row_shapes.ts";
import { tableRows } from "../support/page_tables.ts";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);

function migration(name: string): string {
  const file = [...Deno.readDirSync(MIGRATIONS)].find((one) => one.name.endsWith(`_${name}.sql`));
  return Deno.readTextFileSync(new URL(file?.name ?? name, MIGRATIONS));
}

Deno.test("the database has every limit with the same number", () => {
  const list = /private\.limits\(\) returns jsonb[\s\S]*?jsonb '([^']*)'/.exec(migration("limits"));
  assert.deepEqual(JSON.parse(list?.[1] ?? "{}"), LIMITS);
});

Deno.test("every limit that a migration names exists", () => {
  const files = [...Deno.readDirSync(MIGRATIONS)].map(({ name }) =>
    Deno.readTextFileSync(new URL(name, MIGRATIONS))
  );
  const names = files.flatMap((text) => [
    ...text.matchAll(/private\.limit\('([^']*)'\)/g),
    ...text.matchAll(/"(?:items|keys|characters|key_characters)": "([^"]*)"/g),
    ...text.matchAll(/private\.text_problem\([^;]*?, '([a-z_]+)'\)/g),
    ...text.matchAll(/'(\w+_bytes)'/g),
  ]).map(([, name = ""]) => name);
  assert.ok(names.length > 40, `only ${names.length} uses were found`);
  assert.deepEqual(names.filter((name) => !Object.hasOwn(LIMITS, name)), []);
});

Deno.test("every limit is used", async () => {
  const texts: string[] = [];
  const read = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await read(new URL(`${name}/`, folder));
      else if (name !== "limits.ts") texts.push(await Deno.readTextFile(new URL(name, folder)));
    }
  };
  for (const folder of ["shared/", "supabase/functions/", "supabase/migrations/"]) {
    await read(new URL(`../../${folder}`, import.meta.url));
  }
  const code = texts.map((text) => text.replace(/private\.limits\(\) returns jsonb[^;]*;/, ""))
    .join();
  const unused = Object.keys(LIMITS).filter((name) => !new RegExp(`\\b${name}\\b`).test(code));
  assert.deepEqual(unused, []);
});

Deno.test("docs/limits.md has every limit with its number, and no other", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/limits.md", import.meta.url));
  const rows = ["A request and a row as a whole", "Fields"].flatMap((name) =>
    tableRows(page, name)
  );
  const told = rows.flatMap(({ paths, cells }) => paths.map((path) => [path, Number(cells[0])]));
  assert.deepEqual(Object.fromEntries(told), LIMITS);
  assert.equal(told.length, Object.keys(LIMITS).length);
});

Deno.test("the database has the shapes of the schemas", () => {
  assert.equal(migration("meeting_shapes"), shapesMigration(), "Run deno task db:shapes");
});
