import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readImportGraph } from "./import_graph.ts";
import type { SourceFile } from "./import_graph.ts";
import { PRODUCT_FOLDERS } from "./product_folders.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MOST_LINES = 350;
const GENERATED = [
  "packages/google-calendar-emulator/contract/facts.ts",
  "shared/contract/types.ts",
  "shared/database/types.ts",
];

Deno.test(`no TypeScript file of the product is longer than ${MOST_LINES} lines`, async () => {
  const files = await readImportGraph(ROOT, PRODUCT_FOLDERS);
  assert.ok(files.length > 100, `only ${files.length} files were found`);
  const product = files.filter(({ path }) => !path.includes("/tests/"));
  assert.deepEqual(tooLong(product), GENERATED);
});

Deno.test("tooLong() counts lines as an editor does", () => {
  const file = (lines: number): SourceFile => ({
    path: `${lines}.ts`,
    text: "x\n".repeat(lines),
    imports: [],
  });
  assert.deepEqual(tooLong([file(1), file(MOST_LINES), file(MOST_LINES + 1)]), ["351.ts"]);
});

function tooLong(files: readonly SourceFile[]): string[] {
  return files.filter(({ text }) => text.trimEnd().split("\n").length > MOST_LINES)
    .map(({ path }) => path);
}
