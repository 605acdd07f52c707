import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import { call } from "@shared/database/call.ts";
import { DatabaseFault } from "@shared/failures/database_fault.ts";

/** A database that gives every helper the same response. */
function responding(status: number, body: unknown) {
  return createClient("http://127.0.0.1:1", "key", {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: () => Promise.resolve(Response.json(body, { status })) },
  });
}

Deno.test("call() compiles only with a helper and parameters that the database has", async () => {
  const database = responding(200, { remaining: 7 });
  const left: { remaining: number } = await call(database, "finish_batch", {
    p_kind: "write",
    p_wake: false,
  });
  assert.equal(left.remaining, 7);
  // @ts-expect-error -- no such helper
  await call(database, "finish_batches", { p_kind: "write", p_wake: false });
  // @ts-expect-error -- no such parameter
  await call(database, "finish_batch", { p_kind: "write", p_wake: false, p_woken: true });
  // @ts-expect-error -- another type
  await call(database, "finish_batch", { p_kind: "write", p_wake: "no" });
  // @ts-expect-error -- a parameter without a default is left out
  await call(database, "pause_all_google_connections", {});
  const wide: { p_limit: number } = { p_limit: 1 };
  // @ts-expect-error -- parameters of another helper
  await call(database, "pause_all_google_connections", wide);
});

Deno.test("call() says of a fault which helper met it, and whether it may pass", async () => {
  const fault = async (code: string) => {
    const database = responding(500, { code, message: "No.", details: null, hint: null });
    try {
      await call(database, "find_event_keys", { p_event_keys: [] });
    } catch (thrown) {
      assert.ok(thrown instanceof DatabaseFault);
      return thrown;
    }
    throw new Error("nothing was thrown");
  };
  const { helper, sqlstate, is_temporary } = await fault("40001");
  assert.deepEqual([helper, sqlstate, is_temporary], ["find_event_keys", "40001", true]);
  assert.equal((await fault("23505")).is_temporary, false);
});
