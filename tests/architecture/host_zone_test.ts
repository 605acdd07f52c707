import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readImportGraph } from "./import_graph.ts";
import { PRODUCT_FOLDERS } from "./product_folders.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** date-fns-tz works through the clock of the host: what it may write is decided in one file. */
const TEXTS = "shared/time/time_text.ts";

/** Methods of Date that read or set the clock of the host. */
const HOST_CLOCK =
  /\.(?:[gs]et(?:FullYear|Month|Date|Day|Hours|Minutes|TimezoneOffset)|toLocale(?:Date|Time)String)\(/;

Deno.test("only one file uses date-fns-tz, and nothing reads the clock of the host", async () => {
  const files = await readImportGraph(ROOT, PRODUCT_FOLDERS);
  const users = files.filter(({ imports }) =>
    imports.some(({ specifier }) => /^date-fns(-tz)?\b/.test(specifier))
  );
  assert.deepEqual(users.map(({ path }) => path), [TEXTS]);
  // Tests may compare with a library that answers by the clock of the host.
  const product = files.filter(({ path }) => !path.includes("/tests/"));
  const readers = product.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) =>
      HOST_CLOCK.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : []
    )
  );
  assert.deepEqual(readers, []);
});
