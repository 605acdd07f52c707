import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Block, blocksIn, readPage } from "../support/markdown.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const EXECUTABLE = ["sh", "sql", "ts"];
const SHOWN_ONLY = ["text", "json", "mermaid"];

/** The tests that execute the snippets of a page; each names the page. */
const EXECUTED_BY: Readonly<Record<string, readonly string[]>> = {
  "README.md": [
    "tests/docs/quick_start_test.ts",
    "tests/docs/snippets_test.ts",
    "tests/deploy/deploy_page.ts",
    "tests/platform/postgres_port_test.ts",
  ],
  "docs/adopting.md": ["tests/docs/snippets_test.ts"],
  "docs/budgets.md": ["tests/docs/snippets_test.ts"],
  "docs/client.md": ["tests/client/page_test.ts"],
  "docs/connecting.md": ["tests/browser/browser_test.ts"],
  "docs/deploy.md": ["tests/deploy/deploy_page.ts"],
  "docs/doctor.md": ["tests/docs/snippets_test.ts"],
  "docs/mcp.md": ["tests/integration/mcp_page_test.ts"],
  "docs/notifications.md": ["tests/docs/snippets_test.ts"],
  "docs/operations.md": ["tests/docs/snippets_test.ts"],
  "docs/preferences.md": ["tests/docs/snippets_test.ts"],
  "docs/rescheduling.md": ["tests/docs/snippets_test.ts"],
  "docs/schedule.md": ["tests/docs/snippets_test.ts"],
  "docs/sharing.md": ["tests/docs/snippets_test.ts"],
  "docs/sync.md": ["tests/docs/snippets_test.ts"],
  "docs/task-events.md": ["tests/docs/snippets_test.ts"],
  "docs/tutorial.md": ["tests/docs/tutorial_test.ts"],
};

/** Commands of programs that are not part of Convene; no test executes them. */
const OF_OTHERS = /^(?:claude mcp add |npx @openapitools\/openapi-generator-cli )/m;

/** A block without a language may have tasks, which run for minutes, and no other command of ours. */
const TASKS = /^(?:npx -y deno@[\d.]+ task [\w:-]+.*\n?)+$/;

Deno.test("every block of every page has a language that says whether it is executed", async () => {
  const known = [...EXECUTABLE, ...SHOWN_ONLY];
  const others = (await allBlocks()).filter(({ block }) =>
    !known.includes(block.language) && !TASKS.test(block.text) && !OF_OTHERS.test(block.text)
  );
  assert.deepEqual(others.map(at), []);
});

Deno.test("every page with snippets has a test that executes them", async () => {
  const pages = new Set(
    (await allBlocks()).filter(({ block }) =>
      EXECUTABLE.includes(block.language) && !OF_OTHERS.test(block.text)
    ).map(({ page }) => page),
  );
  assert.deepEqual([...pages].toSorted(), Object.keys(EXECUTED_BY).toSorted());
  for (const [page, tests] of Object.entries(EXECUTED_BY)) {
    for (const test of tests) {
      const source = await Deno.readTextFile(`${ROOT}${test}`);
      assert.ok(source.includes(`"${page}"`), `${test} does not name ${page}`);
    }
  }
});

Deno.test("every task that a page names is a task", async () => {
  const { tasks }: { tasks: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(`${ROOT}deno.json`),
  );
  const named: string[] = [];
  for (const page of [...await pagePaths(), "CONTRIBUTING.md"]) {
    const text = await readPage(page);
    for (const [, name = ""] of text.matchAll(/\bdeno(?:@[\d.]+)? task ([\w:-]+)/g)) {
      if (tasks[name] === undefined) named.push(`${page}: ${name}`);
    }
  }
  assert.deepEqual(named, []);
});

function at({ page, block }: { page: string; block: Block }): string {
  return `${page}:${block.line}`;
}

async function allBlocks(): Promise<{ page: string; block: Block }[]> {
  const pages = await pagePaths();
  const blocks = await Promise.all(
    pages.map(async (page) => blocksIn(await readPage(page)).map((block) => ({ page, block }))),
  );
  return blocks.flat();
}

async function pagePaths(): Promise<string[]> {
  const pages = ["README.md"];
  for await (const { name } of Deno.readDir(`${ROOT}docs`)) {
    if (name.endsWith(".md")) pages.push(`docs/${name}`);
  }
  return pages;
}
