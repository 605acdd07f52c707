import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readImportGraph } from "./import_graph.ts";
import { violations } from "./rules.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDERS = ["shared", "supabase", "local", "packages", "tests"];

Deno.test("no import in the project points the wrong way", async () => {
  const files = await readImportGraph(ROOT, FOLDERS);
  // An empty graph would have no violations either.
  assert.ok(files.some((file) => file.path.startsWith("shared/") && file.imports.length > 0));
  assert.deepEqual(violations(files), []);
});

const MADE_UP: Record<string, string> = {
  "deno.json": `{ "imports": { "@shared/": "./shared/" } }`,
  "shared/google/calendar.ts": "export const calendar = 1;",
  "shared/database/call.ts": `
    import type { calendar } from "@shared/google/calendar.ts";
    export type T = typeof calendar;`,
  "shared/database/near.ts": `export { calendar } from "../google/calendar.ts";`,
  "shared/scheduling/slots.ts": `
    import { call } from "@shared/database/call.ts";
    export { type Nothing } from "../../../elsewhere.ts";
    export default call;`,
  "shared/scheduling/dynamic.ts":
    `export const later = () => import("@shared/google/calendar.ts");`,
  "shared/writeback/write.ts": `
    import slots, {
      other,
    } from "@shared/scheduling/slots.ts";
    console.log(slots, other);`,
  "shared/writeback/helper.ts": `
    import { serve } from "../../local/serve.ts";
    import { call } from "@shared/database/call";
    import { known } from "./known.ts";
    export { call, known, serve };`,
  "shared/writeback/known.ts": "export const known = 1;",
  "shared/attic/chest.ts": `export { calendar } from "@shared/google/calendar.ts";`,
  "supabase/functions/one/index.ts": `
    import { handler } from "../two/handler.ts";
    import { calendar } from "@shared/google/calendar.ts";
    export default { fetch: [handler, calendar] };`,
  "supabase/functions/two/handler.ts": `export { test } from "../../../tests/support/test.ts";`,
  "local/serve.ts": `export { test } from "../tests/support/test.ts";`,
  "local/tasks/task.ts": `export { test } from "../../tests/support/test.ts";`,
  "tests/support/test.ts": `
    import { inner } from "../../packages/one/room/inner.ts";
    export { start } from "../../packages/one/start.ts";
    export { calendar as test } from "@shared/google/calendar.ts";`,
  "packages/one/start.ts": `export { inner as start } from "./room/inner.ts";`,
  "packages/one/room/inner.ts": `
    import { outer } from "../../two/outer.ts";
    export { calendar as inner } from "@shared/google/calendar.ts";`,
  "packages/two/outer.ts": "export const outer = 1;",
  "shared/connections/tokens.ts": `export { start } from "../../packages/one/start.ts";`,
};

Deno.test("violations() names every forbidden import, with its line, and no other", async () => {
  const root = await Deno.makeTempDir({ prefix: "convene-architecture-" });
  try {
    for (const [path, text] of Object.entries(MADE_UP)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const found = violations(await readImportGraph(root, FOLDERS));
    assert.deepEqual(found.map((sentence) => sentence.replace(/[;,:] .*$/, "")).sort(), [
      "local/serve.ts:1 imports tests/support/test.ts",
      "packages/one/room/inner.ts:2 imports packages/two/outer.ts",
      "packages/one/room/inner.ts:3 imports shared/google/calendar.ts",
      "shared/attic/chest.ts:1 is in shared/attic",
      "shared/connections/tokens.ts:1 imports packages/one/start.ts",
      "shared/database/call.ts:2 imports shared/google",
      "shared/database/near.ts:1 imports ../google/calendar.ts",
      "shared/scheduling/dynamic.ts:1 imports shared/google",
      "shared/scheduling/slots.ts:2 imports shared/database",
      "shared/scheduling/slots.ts:3 imports ../../../elsewhere.ts",
      "shared/writeback/helper.ts:2 imports local/serve.ts",
      "shared/writeback/helper.ts:3 imports @shared/database/call without its extension",
      "shared/writeback/write.ts:2 has a default import",
      "shared/writeback/write.ts:4 imports shared/scheduling",
      "shared/writeback/write.ts:5 uses the console",
      "supabase/functions/one/index.ts:2 imports ../two/handler.ts",
      "supabase/functions/two/handler.ts:1 imports tests/support/test.ts",
      "tests/support/test.ts:2 imports packages/one/room/inner.ts",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
