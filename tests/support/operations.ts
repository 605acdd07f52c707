import assert from "node:assert/strict";
import type { HealthCheck } from "../../shared/database/health.ts";
import { callFunction, type Stack } from "./stack.ts";

/** `select * from convene_health()`, as the service role may execute it. */
export async function healthOf(stack: Stack): Promise<HealthCheck[]> {
  const rows = await stack.platform.sql<HealthCheck>("select * from convene_health()");
  return rows.map((row) => ({ ...row, count: row.count === null ? null : Number(row.count) }));
}

/** The one check of an area and name. */
export function checkOf(
  checks: readonly HealthCheck[],
  area: HealthCheck["area"],
  name: string,
): HealthCheck {
  const found = checks.filter((check) => check.area === area && check.name === name);
  assert.equal(found.length, 1, `${area} ${name}: ${JSON.stringify(found)}`);
  return found[0]!;
}

/** A function with the key that cron jobs and webhooks use. */
export function callWithKey(stack: Stack, name: string, body?: unknown) {
  return callFunction(stack.platform, name, {
    apikey: stack.platform.automations_key,
    ...(body === undefined ? {} : { body }),
  });
}

/** What was given up, by kind and reason, as health shows it. */
export function failuresIn(checks: readonly HealthCheck[]) {
  return checks.filter(({ area }) => area === "failed").map(({ name, reason, count }) => ({
    kind: name,
    reason,
    count,
  }));
}

/** Nothing of earlier tests in the same file is left: no meeting, no wake-up and no run of a job. */
export async function forgetOperations(stack: Stack): Promise<void> {
  const truncate = () =>
    stack.platform.sql(
      `truncate public.meetings, public.notifications, public.writeback_ledger, private.work, private.announcements,
       private.posted_wake_ups, net.http_request_queue, net._http_response, cron.job_run_details cascade`,
    );
  // A function that an earlier test has woken may still look once more, and lock the tables in another order.
  await truncate().catch((thrown) => {
    if (!/deadlock detected/.test(String(thrown))) throw thrown;
    return truncate();
  });
  await stack.platform.sql("update private.wake_ups set called_at = '-infinity'");
}

/** Stores another value in a Vault entry until the end of `work`. */
export async function withVaultEntry(
  stack: Stack,
  name: string,
  value: string,
  work: (real_value: string) => Promise<void>,
): Promise<void> {
  const [entry] = await stack.platform.sql<{ id: string; value: string }>(
    "select id, decrypted_secret as value from vault.decrypted_secrets where name = $1",
    [name],
  );
  assert.ok(entry);
  await stack.platform.sql("select vault.update_secret($1::uuid, $2)", [entry.id, value]);
  try {
    await work(entry.value);
  } finally {
    await stack.platform.sql(
      "select vault.update_secret(id, $2) from vault.secrets where name = $1",
      [name, entry.value],
    );
  }
}

/** Executes the statement that health prints, with the real value in place of its example. */
export async function repairAsPrinted(
  stack: Stack,
  statement: string | null,
  real_value: string,
): Promise<void> {
  const example = /'(https:\/\/<project ref>[^']*|<the secret key named automations>)'/;
  assert.match(statement ?? "", example);
  await stack.platform.sql((statement ?? "").replace(example, `'${real_value}'`));
}
