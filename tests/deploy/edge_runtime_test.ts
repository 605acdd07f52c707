import assert from "node:assert/strict";
import { checkEdgeRuntime, EDGE_DENO } from "../../local/tasks/edge_runtime.ts";

Deno.test(`shared/ and the functions type-check, and the unit tests pass, under ${EDGE_DENO}`, async () => {
  const { success, output } = await checkEdgeRuntime();
  assert.ok(success, output);
  // A folder that was not copied would check and pass as well.
  assert.match(output, /Check file:.*shared\/database\/call\.ts/);
  assert.match(output, /\n(ok \| [1-9]\d* passed)/);
});
