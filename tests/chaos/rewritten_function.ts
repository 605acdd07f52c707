import assert from "node:assert/strict";
import type { ChaosStack } from "./chaos_stack.ts";

/**
 * Replaces `taken` by `given` in all SQL functions of the test's database that say it (of `only`, if
 * given), while `work` runs. Fails where none does, so that no handicap loses its effect unnoticed.
 */
export async function withRewritten<T>(
  { platform }: ChaosStack,
  { taken, given, only }: { taken: RegExp; given: string; only?: string },
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
    .filter((definition) => taken.test(definition));
  assert.notEqual(originals.length, 0, `no SQL function says ${taken} any more`);
  try {
    for (const original of originals) await platform.sql(original.replace(taken, given));
    return await work();
  } finally {
    for (const original of originals) await platform.sql(original);
  }
}
