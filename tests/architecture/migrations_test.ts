import assert from "node:assert/strict";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);

/** File name to text without comments. */
function texts(): Map<string, string> {
  const files = [...Deno.readDirSync(MIGRATIONS)].map(({ name }) => name).sort();
  return new Map(files.map((name) => {
    const text = Deno.readTextFileSync(new URL(name, MIGRATIONS));
    return [name, text.replaceAll(/^\s*--.*$/gm, "")];
  }));
}

Deno.test("each SQL function is created once, and its current text is where its name is created", () => {
  const places = new Map<string, string[]>();
  for (const [file, text] of texts()) {
    for (const [, name = ""] of text.matchAll(/\bcreate\s+function\s+([\w.]+)/gi)) {
      places.set(name, [...places.get(name) ?? [], file]);
    }
  }
  assert.ok(places.size > 100, "functions are found");
  assert.deepEqual([...places].filter(([, files]) => files.length > 1), []);
});

Deno.test("no migration replaces, drops or alters what an earlier one made, or the application's defaults", () => {
  const drop_table = /drop\s+table\b/i;
  const add = /add\s+(column|constraint)\b/i;
  const forbidden = [
    /create\s+or\s+replace/i,
    /alter\s+default\s+privileges/i,
    /alter\s+(function|view)\b/i,
    /drop\s+(function|trigger|view|index|column)\b/i,
    /drop\s+(policy|constraint)\b/i,
    drop_table,
    add,
  ];
  const allowed = new Map([
    // The adopted table takes the place of the documented one and gets the columns that it lacks.
    ["20261129100050_adoption.sql", [drop_table, add]],
    // A month of the ledger is dropped when its steps are old.
    ["20261129100500_writeback_ledger.sql", [drop_table]],
    // What task_id refers to depends on the type of the ids in an application's own table of tasks.
    ["20261129102600_task_calendar_events.sql", [add]],
  ]);
  for (const [file, text] of texts()) {
    for (const pattern of forbidden) {
      if (!allowed.get(file)?.includes(pattern)) assert.doesNotMatch(text, pattern, file);
    }
  }
});

Deno.test("only the closing list grants, and only the last file schedules jobs", () => {
  for (const [file, text] of texts()) {
    if (!file.endsWith("_grants.sql")) assert.doesNotMatch(text, /^\s*grant\b/im, file);
    if (!file.endsWith("_cron_jobs.sql")) assert.doesNotMatch(text, /cron\.schedule/i, file);
  }
});
