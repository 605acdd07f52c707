import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Receiver } from "../unit/notifications/receiver.ts";
import type { Row } from "./meetings.ts";
import { callFunction, type Organizer, type Stack } from "./stack.ts";

/** What webhooks of tests are signed with: the bytes, and as a target stores them. */
export const SIGNING_KEY = randomBytes(32);
export const SIGNING_SECRET = `whsec_${SIGNING_KEY.toString("base64")}`;

/**
 * Each promise begins with nothing due in the outbox: what the one before left to be retried would
 * come due at a random time.
 */
export function beginningQuietly(promises: Record<string, (stack: Stack) => Promise<void>>) {
  return Object.fromEntries(
    Object.entries(promises).map(([name, keep]) => [name, async (stack: Stack) => {
      await quietOutbox(stack);
      await keep(stack);
    }]),
  );
}

export async function quietOutbox(stack: Stack): Promise<void> {
  await stack.platform.sql(
    "delete from private.work where kind in ('announcement', 'notification')",
  );
  await stack.platform.sql("delete from private.announcements");
}

/** Adds a target of the organizer's at a path of the receiver that is named after its kind. */
export async function addTarget(
  organizer: Organizer,
  receiver: Receiver,
  kind: string,
  columns: Record<string, unknown> = {},
): Promise<string> {
  return await addTargetAt(organizer, `${receiver.url}/${kind}`, kind, columns);
}

export async function addTargetAt(
  organizer: Organizer,
  address: string,
  kind: string,
  columns: Record<string, unknown> = {},
): Promise<string> {
  const signed = kind === "webhook" ? { signing_secret: SIGNING_SECRET } : {};
  const { data, error } = await organizer.client.from("notification_targets")
    .insert({ kind, address, ...signed, ...columns } as never)
    .select("*").single();
  assert.equal(error, null, JSON.stringify(error));
  return (data as unknown as { target_id: string }).target_id;
}

/** A target for the meetings of all users, until it is disposed of. */
export async function operatorsTarget(stack: Stack, receiver: Receiver): Promise<AsyncDisposable> {
  const [target] = await stack.platform.sql<{ target_id: string }>(
    `insert into public.notification_targets (owner_user_id, kind, address)
     values (null, 'slack', $1) returning target_id`,
    [`${receiver.url}/operators`],
  );
  return {
    async [Symbol.asyncDispose]() {
      await stack.platform.sql("delete from public.notification_targets where target_id = $1", [
        target?.target_id,
      ]);
    },
  };
}

/** Delivers what is due. */
export async function notify(stack: Stack) {
  const answer = await callFunction(stack.platform, "notify", {
    apikey: stack.platform.automations_key,
    body: { batch: true },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}

/** The notifications of a meeting; due_at: when a delivery is due, null once none is. */
export function outbox(stack: Stack, meeting_id: string): Promise<Row[]> {
  return stack.platform.sql(
    `select n.*, w.due_at
       from public.notifications as n
       left join private.work as w
         on w.kind = 'notification' and w.subject_id = n.notification_id::text
      where n.meeting_id = $1 order by n.kind, n.created_at`,
    [meeting_id],
  );
}

/** The bodies that arrived at a path, in their order. */
export function bodiesAt(receiver: Receiver, path: string) {
  return receiver.received.filter((one) => one.path === path).map(({ text }) => JSON.parse(text));
}

/** The body of the first that arrived at a path. */
export function bodyAt(receiver: Receiver, path: string) {
  const [body] = bodiesAt(receiver, path);
  assert.ok(body, `nothing arrived at ${path}`);
  return body;
}

/** How many calls of notify were posted; those of other functions do not count. */
export async function wakeUps(stack: Stack): Promise<number> {
  const posted = await stack.platform.sql(
    "select from net.http_request_queue where url like '%/notify'",
  );
  return posted.length;
}

/** Forgets what was posted, and when, so that the next wake-up is not combined with an earlier one. */
export async function loseWakeUps(stack: Stack): Promise<void> {
  await stack.platform.sql("delete from net.http_request_queue");
  await stack.platform.sql("update private.wake_ups set called_at = '-infinity'");
}
