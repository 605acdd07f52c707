import assert from "node:assert/strict";
import type { ChaosStack } from "./chaos_stack.ts";

/**
 * Replaces `taken` by `given` in the body of SQL functions of the test's database while `work` runs.
 * Fails where a function has no such text, so that no handicap loses its effect unnoticed.
 */
export async function withRewritten<T>(
  { platform }: ChaosStack,
  functions: readonly string[],
  { taken, given }: { taken: string; given: string },
  work: () => Promise<T>,
): Promise<T> {
  const originals: string[] = [];
  for (const name of functions) {
    const [row] = await platform.sql<{ definition: string }>(
      "select pg_get_functiondef($1::regproc) as definition",
      [name],
    );
    const definition = row?.definition ?? "";
    assert.ok(definition.includes(taken), `${name} no longer says "${taken}"`);
    originals.push(definition);
  }
  try {
    for (const original of originals) await platform.sql(original.replaceAll(taken, given));
    return await work();
  } finally {
    for (const original of originals) await platform.sql(original);
  }
}
