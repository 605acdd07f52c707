import assert from "node:assert/strict";
import type { Row } from "./meetings.ts";
import { forgetMeetings } from "./many_meetings.ts";
import type { Stack } from "./stack.ts";

/** Each promise begins with an empty queue, an empty ledger and Google's usual quotas. */
export function startingAfresh(promises: Record<string, (stack: Stack) => Promise<void>>) {
  return Object.fromEntries(
    Object.entries(promises).map(([name, keep]) => [name, async (stack: Stack) => {
      await forgetMeetings(stack);
      await stack.platform.sql("delete from public.writeback_ledger");
      await setting(stack, "google_requests_per_minute_per_user", 600);
      await setting(stack, "google_requests_per_minute", 10_000);
      await keep(stack);
    }]),
  );
}

export const WRITTEN = {
  outcome: "written",
  operation: "create",
  google_event_id: "event",
  google_calendar_id: "primary",
  google_event_link: "https://calendar.example/event",
  event: {},
  written_version: 1,
};

export const FAILED = {
  outcome: "failed",
  error: "google_unavailable: no answer",
  should_retry: true,
  outcome_unknown: false,
  spends_attempt: true,
  not_before_seconds: null,
};

export interface User {
  user_id: string;
}

/** A user whose connection looks healthy; nothing here talks to Google. Quotas and queue start afresh. */
export async function connectedUser(
  stack: Stack,
  account: string = crypto.randomUUID(),
): Promise<User> {
  const email = `user-${crypto.randomUUID().slice(0, 8)}@north.example`;
  const { user_id } = await stack.platform.createUser(email);
  await stack.platform.sql(
    `insert into private.google_connections
       (user_id, google_account_id, email, status, granted_scopes, refresh_token_encrypted)
     values ($1, $2, $3, 'healthy', '{}', 'v1.k1.AAAA')`,
    [user_id, account, email],
  );
  return { user_id };
}

export interface Slice {
  meetings: Row[];
  quota_seconds: number;
  is_more: boolean;
}

export async function claimSlice(stack: Stack, limit: number, take_over = false): Promise<Slice> {
  const [row] = await stack.platform.sql<{ slice: Slice }>(
    "select public.claim_writeback_slice($1, 120, $2) as slice",
    [limit, take_over],
  );
  assert.ok(row);
  return row.slice;
}

export function leaseOf({ meeting_id, lease_token }: Row) {
  return { meeting_id, lease_token, steps: [] as unknown[] };
}

export async function settle(stack: Stack, settlements: unknown[]): Promise<Row[]> {
  const [row] = await stack.platform.sql<{ answers: Row[] }>(
    "select public.settle_writebacks($1::jsonb) as answers",
    [JSON.stringify(settlements)],
  );
  return row?.answers ?? [];
}

/** Settles rows as written, each with one request that was made just now, or at `at`. */
export function settleAll(stack: Stack, rows: readonly Row[], at = new Date().toISOString()) {
  const request = { method: "insert", event_id: "event", calendar_id: "primary" };
  const steps = [{ step: "requested", at, request }, { step: "answered", at, outcome: "done" }];
  return settle(stack, rows.map((row) => ({ ...leaseOf(row), ...WRITTEN, steps })));
}

export async function dueNow(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    "update private.work set due_at = clock_timestamp() where kind = 'write' and subject_id = $1",
    [meeting_id],
  );
}

/** What the queue knows of writes: counters, lease and due time, by the columns of private.work. */
export async function setWork(
  stack: Stack,
  meeting_ids: readonly string[],
  columns: Record<string, unknown>,
): Promise<void> {
  const names = Object.keys(columns);
  const values = names.map((name) => `${name} = given.${name}`).join(", ");
  await stack.platform.sql(
    `update private.work as w set ${values}
       from jsonb_populate_record(null::private.work, $2::jsonb) as given
      where w.kind = 'write' and w.subject_id = any ($1::text[])`,
    [`{${meeting_ids.join(",")}}`, JSON.stringify(columns)],
  );
}

/** As if a request for each of these meetings had been sent and its response lost. */
export async function loseOutcomes(stack: Stack, meeting_ids: readonly string[]): Promise<void> {
  await stack.platform.sql(
    `insert into private.event_state (kind, subject_id, outcome_unknown_since)
     select 'meeting', id, clock_timestamp() from unnest($1::text[]) as id
     on conflict (kind, subject_id) do update
     set outcome_unknown_since = excluded.outcome_unknown_since`,
    [`{${meeting_ids.join(",")}}`],
  );
}

export async function loseLeases(stack: Stack): Promise<void> {
  await stack.platform.sql(
    "update private.work set leased_until = clock_timestamp() where lease_token is not null",
  );
}

export async function setting(stack: Stack, name: string, value: number): Promise<void> {
  await stack.platform.sql("update private.settings set value = $2 where name = $1", [name, value]);
}

/** Does `work` while a setting has another value. */
export async function withSetting(
  stack: Stack,
  name: string,
  value: number,
  work: () => Promise<void>,
): Promise<void> {
  const [before] = await stack.platform.sql<{ value: string }>(
    "select value::text as value from private.settings where name = $1",
    [name],
  );
  await setting(stack, name, value);
  await work().finally(() => setting(stack, name, Number(before?.value)));
}
