import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readImportGraph } from "./import_graph.ts";
import { PRODUCT_FOLDERS } from "./product_folders.ts";
import { ALLOWED_ARROWS, ROOM_NAMES, roomOf, violations } from "./rules.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("no import in the project points the wrong way", async () => {
  const files = await readImportGraph(ROOT, [...PRODUCT_FOLDERS, "tests"]);
  // An empty graph would have no violations either.
  assert.ok(files.some((file) => file.path.startsWith("shared/") && file.imports.length > 0));
  assert.deepEqual(violations(files, ALLOWED_ARROWS), []);
  const gone = ALLOWED_ARROWS.filter((one) =>
    !violations(files, ALLOWED_ARROWS.filter((other) => other !== one)).length
  );
  assert.deepEqual(gone, [], "these arrows are gone: take them off the list");
});

Deno.test("every room has a rule, and every rule a room", async () => {
  const files = await readImportGraph(ROOT, ["shared"]);
  const rooms = new Set(files.map(({ path }) => roomOf(path)));
  assert.deepEqual([...rooms].filter((room) => !ROOM_NAMES.includes(room)), []);
  const dead = ROOM_NAMES.filter((room) => !rooms.has(room));
  assert.deepEqual(dead, []);
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
  "client/mod.ts": `
    export { call } from "./call.ts";
    export type { codes } from "@shared/failures/codes.ts";`,
  "client/call.ts": "export const call = 1;",
  "supabase/functions/three/index.ts": `export { call } from "../../../client/call.ts";`,
  "shared/connections/tokens.ts": `export { start } from "../../packages/one/start.ts";`,
  // Leaves, levels and inner rooms.
  "shared/time/zones.ts": `export { call } from "@shared/database/call.ts";`,
  "shared/failures/codes.ts": "export const codes = 1;",
  "shared/time/leap.ts": `export { codes } from "@shared/failures/codes.ts";`,
  "shared/google/day.ts": `export { call } from "@shared/time/zones.ts";`,
  "shared/http/serve.ts": `export { call } from "@shared/database/call.ts";`,
  "shared/schemas/fields.ts": `export { call } from "@shared/scheduling/slots.ts";`,
  "shared/audit/audit.ts": `export { known } from "@shared/writeback/known.ts";`,
  "shared/finding_time/search.ts": `
    import type { known } from "@shared/writeback/known.ts";
    export { slots } from "@shared/scheduling/slots.ts";
    export type { known };`,
  "shared/scheduling/input/request.ts": `export { score } from "../scoring/score.ts";`,
  "shared/scheduling/scoring/score.ts": `
    export type { request } from "../input/request.ts";
    export { default as score } from "../slots.ts";`,
  "shared/scheduling/cellar/dust.ts": "export const dust = 1;",
  "shared/scheduling/entry.ts": `
    export { score } from "./scoring/score.ts";
    export { dust } from "./cellar/dust.ts";`,
};

Deno.test("violations() names every forbidden import, with its line, and no other", async () => {
  const root = await Deno.makeTempDir({ prefix: "convene-architecture-" });
  try {
    for (const [path, text] of Object.entries(MADE_UP)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const files = await readImportGraph(root, [...PRODUCT_FOLDERS, "tests"]);
    const found = violations(files);
    assert.deepEqual(found.map((sentence) => sentence.replace(/[;,:] .*$/, "")).sort(), [
      "client/mod.ts:3 imports shared/failures/codes.ts",
      "local/serve.ts:1 imports tests/support/test.ts",
      "packages/one/room/inner.ts:2 imports packages/two/outer.ts",
      "packages/one/room/inner.ts:3 imports shared/google/calendar.ts",
      "shared/attic/chest.ts:1 is in shared/attic",
      "shared/audit/audit.ts:1 imports shared/writeback",
      "shared/connections/tokens.ts:1 imports packages/one/start.ts",
      "shared/database/call.ts:2 imports shared/google",
      "shared/database/near.ts:1 imports ../google/calendar.ts",
      "shared/finding_time/search.ts:2 imports shared/writeback",
      "shared/http/serve.ts:1 imports shared/database",
      "shared/scheduling/dynamic.ts:1 imports shared/google",
      "shared/scheduling/entry.ts:3 is in or imports scheduling/cellar",
      "shared/scheduling/input/request.ts:1 imports scheduling/scoring",
      "shared/scheduling/scoring/score.ts:3 imports shared/scheduling/slots.ts",
      "shared/scheduling/slots.ts:2 imports shared/database",
      "shared/scheduling/slots.ts:3 imports ../../../elsewhere.ts",
      "shared/schemas/fields.ts:1 imports shared/scheduling",
      "shared/time/leap.ts:1 imports shared/failures",
      "shared/time/zones.ts:1 imports shared/database",
      "shared/writeback/helper.ts:2 imports local/serve.ts",
      "shared/writeback/helper.ts:3 imports @shared/database/call without its extension",
      "shared/writeback/write.ts:2 has a default import",
      "shared/writeback/write.ts:4 imports shared/scheduling",
      "shared/writeback/write.ts:5 uses the console",
      "supabase/functions/one/index.ts:2 imports ../two/handler.ts",
      "supabase/functions/three/index.ts:1 imports client/call.ts",
      "supabase/functions/two/handler.ts:1 imports tests/support/test.ts",
      "tests/support/test.ts:2 imports packages/one/room/inner.ts",
    ]);
    const allowed = violations(files, [{ from: "http", to: "database", owner: "http" }]);
    assert.deepEqual(found.filter((sentence) => !allowed.includes(sentence)), [
      "shared/http/serve.ts:1 imports shared/database, which http may not know",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
