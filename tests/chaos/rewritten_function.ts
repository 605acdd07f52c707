import assert from "node:assert/strict";
import type { ChaosStack } from "./chaos_stack.ts";

/**
 * Replaces `pattern` by `replacement` in all SQL functions of the test's database that match (or in
 * `only`) while `work` runs. Fails if none matches, so that no safeguard stays enabled unnoticed.
 */
export async function withRewritten<T>(
  { platform }: ChaosStack,
  { pattern, replacement, only }: { pattern: RegExp; replacement: string; only?: string },
  work: () => Promise<T>,
): Promise<T> {
  const functions = await platform.sql<{ definition: string }>(
    `select pg_get_functiondef(p.oid) as definition
     from pg_proc as p
     where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
       and p.prokind = 'f' and p.proname = coalesce($1, p.proname)`,
    [only ?? null],
  );
  const originals = functions.map(({ definition }) => definition)
    .filter((definition) => pattern.test(definition));
  assert.notEqual(originals.length, 0, `no SQL function matches ${pattern}`);
  try {
    for (const original of originals) {
      await platform.sql(original.replaceAll(new RegExp(pattern, "g"), replacement));
    }
    return await work();
  } finally {
    for (const original of originals) await platform.sql(original);
  }
}
