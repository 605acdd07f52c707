import type { CountingProxy } from "./counting_proxy.ts";
import type { Organizer, Stack } from "./stack.ts";
import { answerInGoogle, lastRequest, requestsOf, syncNow } from "./sync.ts";
import { unsyncedEvents } from "./unsynced_events.ts";
import { until } from "./until.ts";

/** The most events that Google puts on a page. */
export const PAGE = 2500;

/** What a piece of work asked for: methods of Google's (requestsOf), and SQL helpers by name. */
export interface Cost {
  seconds: number;
  calls: string[];
  statements: string[];
}

/** A calendar with rows for all of its events, and what keeping up with it costs. */
export interface MeasuredCalendar {
  event_ids: readonly string[];
  guest: string;
  /** The first read of the calendar, with its channel. */
  full: Cost;
  /** Rows that it left without an organizer. */
  unknown: number;
  /** A sweep after one reply that no message reported. */
  one_change: Cost;
}

/** Reads a new calendar of `count` events; then one of its guests replies, and its messages are lost. */
export async function measuredCalendar(
  stack: Stack,
  api: CountingProxy,
  organizer: Organizer,
  count: number,
): Promise<MeasuredCalendar> {
  const guest = await stack.guest();
  const event_ids: string[] = [];
  while (event_ids.length < count) {
    const more = Math.min(PAGE, count - event_ids.length);
    event_ids.push(...await unsyncedEvents(stack, organizer, more, guest));
  }
  const full = await costOf(stack, api, organizer, () => syncNow(stack, organizer));
  const [{ unknown } = { unknown: count }] = await stack.platform.sql<{ unknown: number }>(
    `select count(*)::integer as unknown from public.task_calendar_events
     where user_id = $1 and organizer_self is not true`,
    [organizer.user_id],
  );
  await stack.google.pushMode("lost");
  await declineInGoogle(stack, guest, event_ids[0] ?? "");
  const one_change = await costOf(stack, api, organizer, () => syncNow(stack, organizer));
  await stack.google.pushMode("once");
  return { event_ids, guest, full, unknown, one_change };
}

/** Seconds from the reply of a guest to its row, by a message of Google. */
export async function secondsByPush(
  stack: Stack,
  guest: string,
  event_id: string,
): Promise<number> {
  const before = await declined(stack);
  await declineInGoogle(stack, guest, event_id);
  const started = performance.now();
  await until("the reply", async () => await declined(stack) > before);
  return (performance.now() - started) / 1000;
}

/** How many declined replies are in the history. */
export async function declined({ platform }: Stack): Promise<number> {
  const [row] = await platform.sql<{ count: number }>(
    `select count(*)::integer as count from public.attendee_responses where response_status = 'declined'`,
  );
  return row?.count ?? 0;
}

function declineInGoogle(stack: Stack, guest: string, event_id: string): Promise<void> {
  return answerInGoogle(stack, guest, event_id, { responseStatus: "declined" });
}

async function costOf(
  stack: Stack,
  api: CountingProxy,
  { email }: Organizer,
  work: () => Promise<unknown>,
): Promise<Cost> {
  const since = await lastRequest(stack);
  api.takePaths();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const statements = api.takePaths().map((path) => path.slice(path.lastIndexOf("/") + 1));
  return { seconds, statements, calls: await requestsOf(stack, email, since) };
}
