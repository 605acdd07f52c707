import assert from "node:assert/strict";
import { openPgliteDatabase } from "../../local/database/pglite_database.ts";
import { type Block, blocksIn, readPage } from "../support/markdown.ts";
import { promise } from "../support/stack.ts";
import { executeSnippet } from "./execute_snippet.ts";
import { surroundingsOf } from "./surroundings.ts";

/** Pages whose snippets stand alone. Those of other pages follow each other and have tests of their own. */
const PAGES: Readonly<Record<string, number>> = {
  "README.md": 3,
  "docs/budgets.md": 1,
  "docs/doctor.md": 1,
  "docs/notifications.md": 2,
  "docs/operations.md": 11,
  "docs/preferences.md": 3,
  "docs/rescheduling.md": 3,
  "docs/schedule.md": 7,
  "docs/sharing.md": 3,
  "docs/sync.md": 2,
  "docs/task-events.md": 11,
};

/** Of README.md: tests/docs/quick_start_test.ts, tests/deploy/deploy_page.ts and the tests that it names; its psql: tests/platform/postgres_port_test.ts. */
const ELSEWHERE = ["Convene", "Quick start", "Deploy it to Supabase"];

promise(
  "snippets",
  Object.fromEntries(
    Object.entries(PAGES).map(([page, count]) => [
      `every snippet of ${page} runs as it is written`,
      async (stack) => {
        const blocks = blocksIn(await readPage(page)).filter(isExecutable);
        assert.equal(blocks.length, count, `${page} has ${blocks.length} snippets`);
        for (const block of blocks) {
          try {
            await executeSnippet(stack, block, await surroundingsOf(stack, block));
          } catch (error) {
            throw new Error(`${page}:${block.line}`, { cause: error });
          }
        }
      },
    ]),
  ),
  // Statements of docs/operations.md change settings, which the next file would find.
  { background: { net: false, cron: false, push: false } },
);

Deno.test("the statements of docs/adopting.md run as they are written before Convene is installed", async () => {
  const [block] = blocksIn(await readPage("docs/adopting.md")).filter(isExecutable);
  assert.ok(block);
  const database = await openPgliteDatabase();
  try {
    await database.execute(block.text);
    const rows = await database.query<{ table_name: string }>(
      "select table_name from private.adopted_tables order by table_name",
    );
    assert.deepEqual(rows.map(({ table_name }) => table_name), [
      "meetings",
      "task_calendar_events",
      "tasks",
    ]);
  } finally {
    await database.close();
  }
});

function isExecutable({ language, heading, text }: Block): boolean {
  return ["sh", "sql", "ts"].includes(language) && !ELSEWHERE.includes(heading) &&
    !text.startsWith("psql ");
}
