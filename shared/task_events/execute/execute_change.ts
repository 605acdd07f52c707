import { deferral, FailureError, rejection } from "@shared/failures/failure.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { EventInput, GoogleEvent } from "@shared/google/event.ts";
import { calendarOf, failedRequest } from "./account.ts";
import type { Account } from "./account.ts";
import {
  deleteEvent,
  isGone,
  isOutdated,
  patchEvent,
} from "@shared/calendar_events/event_calendar.ts";
import { insertTaskEvent } from "./insert_task_event.ts";
import type { InsertedTaskEvent } from "./insert_task_event.ts";
import { changeMark, shownChange } from "@shared/calendar_events/own_event.ts";
import { findPlace } from "./locate_task_event.ts";
import { missingExtras, withoutExtras } from "../plan/carried_extras.ts";
import type { NotCarried } from "../plan/carried_extras.ts";
import type { ChangePlan, MigratedException } from "../plan/change_plan.ts";
import { exceptionsOf, occurrenceAt } from "./read_series.ts";
import { readMoment } from "@shared/time/wall_time.ts";

export interface ExecutedChange {
  kind: "done";
  /** The patched event, as Google answered. */
  event: GoogleEvent;
  tail: InsertedTaskEvent | null;
  /** Occurrences that were patched separately, in the order of the plan. */
  migrated: { event: GoogleEvent; is_own: boolean }[];
  /** Existing exceptions that are removed. */
  removed: string[];
  /** Occurrences whose own change found no place any more. */
  dropped: { was: string; reason: string }[];
  /** What the series has and its tail series does not. */
  not_carried: NotCarried[];
}

interface InsertedTail extends InsertedTaskEvent {
  not_carried: NotCarried[];
}

/** Another version is there than the plan was made from, and nothing was sent. */
export interface Outdated {
  kind: "outdated";
}

export interface ChangeExecution {
  account: Account;
  row: TaskEventRow;
  plan: ChangePlan;
  /** The plan was begun before, so it is verified which part took effect. */
  resumed: boolean;
  /** Becomes true with the first request that took effect: from then on the plan must be finished. */
  progress: { took_effect: boolean };
  /** False once the lease might end before a request that starts now is answered. */
  has_time(): boolean;
}

/** Sends what a plan says, each part at most once. Throws FailureError; see `progress`. */
export async function executeChange(
  execution: ChangeExecution,
): Promise<ExecutedChange | Outdated> {
  const event = await patchOnce(execution);
  if (event === null) return { kind: "outdated" };
  execution.progress.took_effect = true;

  const tail = await insertTail(execution, event);
  const target = tail?.event ?? event;
  const migrated: ExecutedChange["migrated"] = [];
  const dropped: ExecutedChange["dropped"] = [];
  for (const [index, exception] of execution.plan.migrated.entries()) {
    const outcome = await migrateException(execution, target, exception, index);
    if (typeof outcome === "string") dropped.push({ was: exception.was, reason: outcome });
    else migrated.push({ event: outcome, is_own: exception.is_own });
  }
  const removed = await removedExceptions(execution, event);
  const not_carried = tail?.not_carried ?? [];
  return { kind: "done", event, tail, migrated, removed, dropped, not_carried };
}

/** Sends the patch of a plan at most once. Null: the plan is outdated. */
export async function patchOnce(
  { account, row, plan, resumed }: Pick<ChangeExecution, "account" | "row" | "resumed"> & {
    plan: Pick<ChangePlan, "change_id" | "event_id" | "if_match" | "patch" | "sendUpdates">;
  },
): Promise<GoogleEvent | null> {
  if (resumed) {
    const place = await findPlace(account, row.calendar_id, plan.event_id);
    if (place === null) {
      throw new FailureError(
        rejection("cancelled", "The event was deleted on Google Calendar."),
      );
    }
    // The next plan is made for the calendar to which it was moved.
    if (place.calendar_id !== row.calendar_id) return null;
    const present = place.event;
    if (shownChange(present) === plan.change_id) return present;
    if ((present.etag ?? null) !== plan.if_match) return null;
  }
  const { event_id, patch, sendUpdates, if_match: etag } = plan;
  const outcome = await patchEvent(calendarOf(account, row.calendar_id), event_id, patch, {
    sendUpdates,
    etag,
  });
  if (outcome.verdict === "done") return outcome.value;
  // Moved or deleted since it was read: the next read shows which.
  if (isOutdated(outcome) || isGone(outcome)) return null;
  throw failedRequest(outcome);
}

async function insertTail(
  execution: ChangeExecution,
  event: GoogleEvent,
): Promise<InsertedTail | null> {
  const { account, row, plan, resumed } = execution;
  if (plan.tail === null) return null;
  const { event_key, body, not_carried } = plan.tail;
  const insert = async (content: EventInput): Promise<InsertedTail> => {
    const tail = await insertTaskEvent(account, {
      event_key,
      body: content,
      calendar_id: row.calendar_id,
      generation: 1,
      sendUpdates: plan.sendUpdates,
      verify_first: resumed,
    });
    return { ...tail, not_carried: [...not_carried, ...missingExtras(body, tail.event)] };
  };
  const plain = withoutExtras(body);
  try {
    return await insert(body).catch((thrown) => {
      if (plain === null || !isRejected(thrown)) throw thrown;
      return insert(plain);
    });
  } catch (thrown) {
    if (isRejected(thrown)) await undo(execution, event);
    throw thrown;
  }
}

function isRejected(thrown: unknown): boolean {
  return thrown instanceof FailureError && thrown.code === "google_rejected";
}

const MAX_UNDOS = 3;

/**
 * Google will never take the tail series, so the first one gets its occurrences back, unless another
 * person has changed its rule since.
 */
async function undo({ account, row, plan, progress }: ChangeExecution, cut: GoogleEvent) {
  if (plan.undo === null) return;
  const { undo: patch, sendUpdates } = plan;
  let event = cut;
  for (let tries = 0; tries < MAX_UNDOS; tries++) {
    const outcome = await patchEvent(calendarOf(account, row.calendar_id), event.id, patch, {
      sendUpdates,
      etag: event.etag,
    });
    if (outcome.verdict === "done") {
      progress.took_effect = false;
      return;
    }
    if (!isOutdated(outcome)) return;
    const place = await findPlace(account, row.calendar_id, event.id);
    if (place === null || place.calendar_id !== row.calendar_id) return;
    if (place.event.recurrence?.join() !== cut.recurrence?.join()) return;
    event = place.event;
  }
}

/**
 * Existing exceptions that Google no longer has: a moved series has them under other ids. Of a
 * divided series those that are still alive after its new end are cancelled, as reports say that
 * Google may leave them; their changes are in the tail series.
 */
async function removedExceptions(
  { account, row, plan }: ChangeExecution,
  event: GoogleEvent,
): Promise<string[]> {
  if (plan.replaced.length === 0) return [];
  const alive = plan.tail === null
    ? await livingExceptions(account, row.calendar_id, event, plan.replaced)
    : await cancelExceptions({ account, row, plan }, event, plan.replaced);
  const left = new Set(alive.map(({ id }) => id));
  return plan.replaced.filter((id) => !left.has(id));
}

/** Cancels those of a series' changed occurrences that are still alive; returns what is left of them. */
export async function cancelExceptions(
  { account, row, plan }: Pick<ChangeExecution, "account" | "row"> & {
    plan: Pick<ChangePlan, "sendUpdates">;
  },
  series: GoogleEvent,
  ids: readonly string[],
): Promise<GoogleEvent[]> {
  const left: GoogleEvent[] = [];
  const at = calendarOf(account, row.calendar_id);
  for (const one of await livingExceptions(account, row.calendar_id, series, ids)) {
    const { sendUpdates } = plan;
    const outcome = await deleteEvent(at, one.id, { sendUpdates, etag: one.etag });
    if (outcome.verdict === "done" || isGone(outcome)) continue;
    // A person has changed it since.
    if (!isOutdated(outcome)) throw failedRequest(outcome);
    left.push(one);
  }
  return left;
}

async function livingExceptions(
  account: Account,
  calendar_id: string,
  series: GoogleEvent,
  ids: readonly string[],
): Promise<GoogleEvent[]> {
  if (ids.length === 0) return [];
  const shown = await exceptionsOf(account, calendar_id, series);
  return shown.filter(({ id, status }) => status !== "cancelled" && ids.includes(id));
}

/** The changed occurrence, or why it has no place any more. */
async function migrateException(
  { account, row, plan, has_time }: ChangeExecution,
  target: GoogleEvent,
  exception: MigratedException,
  index: number,
): Promise<GoogleEvent | string> {
  const mark = `${plan.change_id}:${index}`;
  const zone = target.start?.timeZone ?? "UTC";
  const original = readMoment(exception.original_start, zone);
  for (let reads = 0; reads < 3; reads++) {
    if (!has_time()) {
      throw new FailureError(
        deferral("google_unavailable", 1, "The call ran out of time."),
      );
    }
    const occurrence = await occurrenceAt(account, row.calendar_id, target.id, original, {
      showDeleted: exception.patch.status === "confirmed",
    });
    if (occurrence === null) return "The series no longer has this occurrence.";
    if (shownChange(occurrence) === mark) return occurrence;
    const outcome = await patchEvent(
      calendarOf(account, row.calendar_id),
      occurrence.id,
      { ...exception.patch, ...changeMark(mark) },
      { sendUpdates: plan.sendUpdates, etag: occurrence.etag },
    );
    if (outcome.verdict === "done") return outcome.value;
    if (outcome.verdict !== "reject") throw failedRequest(outcome);
    if (!isOutdated(outcome)) return outcome.google.message;
  }
  return "The occurrence was changed on Google Calendar during each attempt.";
}
