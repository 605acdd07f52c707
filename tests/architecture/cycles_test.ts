import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { cycles } from "./cycles.ts";
import { readImportGraph } from "./import_graph.ts";
import type { SourceFile } from "./import_graph.ts";
import { PRODUCT_FOLDERS } from "./product_folders.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("no file of the product imports itself through others, not even for a type", async () => {
  assert.deepEqual(cycles(await readImportGraph(ROOT, PRODUCT_FOLDERS)), []);
});

Deno.test("cycles() finds every cycle, however long, and each file in one of them only", () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => `${i}`);
  assert.deepEqual(cycles(graph({ a: ["b"], b: ["c"], c: [] })), []);
  assert.deepEqual(cycles(graph({ a: ["b"], b: ["a"], c: ["a", "d"], d: ["c"], e: ["a"] })), [
    ["a", "b"],
    ["c", "d"],
  ]);
  assert.deepEqual(cycles(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: ["a"] })), [
    ["a", "b", "c", "d"],
  ]);
  assert.deepEqual(cycles(graph({ a: ["a"] })), [["a"]]);
  const circle = Object.fromEntries(chain.map((path, i) => [path, [chain[i + 1] ?? "0"]]));
  assert.deepEqual(cycles(graph(circle)).map(({ length }) => length), [chain.length]);
});

Deno.test("readImportGraph() shows a cycle of `import type` and of a dynamic import", async () => {
  const root = await Deno.makeTempDir({ prefix: "convene-cycles-" });
  try {
    await Deno.mkdir(`${root}/shared`);
    for (
      const [path, text] of Object.entries({
        "deno.json": `{ "imports": { "@shared/": "./shared/" } }`,
        "shared/one.ts": `import type { Two } from "@shared/two.ts"; export type One = Two;`,
        "shared/two.ts": `import type { One } from "./one.ts"; export type Two = One | 2;`,
        "shared/three.ts": `export const later = () => import("./four.ts");`,
        "shared/four.ts": `export { later } from "./three.ts";`,
        "shared/five.ts": `export type { One } from "./one.ts";`,
      })
    ) await Deno.writeTextFile(`${root}/${path}`, text);
    assert.deepEqual(cycles(await readImportGraph(root, ["shared"])), [
      ["shared/four.ts", "shared/three.ts"],
      ["shared/one.ts", "shared/two.ts"],
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

function graph(targets: Record<string, string[]>): SourceFile[] {
  return Object.entries(targets).map(([path, imports]) => ({
    path,
    text: "",
    imports: imports.map((target) => ({ specifier: target, target, line: 1 })),
  }));
}
