import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readImportGraph } from "./import_graph.ts";
import type { SourceFile } from "./import_graph.ts";
import { PRODUCT_FOLDERS } from "./product_folders.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MOST_LINES = 350;
const GENERATED = "shared/database/types.ts";

/** Files that other work shortens; the list must become empty. */
const KNOWN: readonly { path: string; owner: string }[] = [
  { path: "local/google/contract/methods.ts", owner: "the emulator" },
];

Deno.test(`no TypeScript file of the product is longer than ${MOST_LINES} lines`, async () => {
  const files = await readImportGraph(ROOT, PRODUCT_FOLDERS);
  assert.ok(files.length > 100, `only ${files.length} files were found`);
  const long = tooLong(files).filter((path) => path !== GENERATED);
  assert.deepEqual(long, KNOWN.map(({ path }) => path));
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
