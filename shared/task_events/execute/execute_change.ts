import { deferral, FailureError, rejection } from "@shared/failures/failure.ts";
import type { TaskEventRow } from "@shared/database/task_events.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { ask, failedRequest, findEvent } from "./account.ts";
import type { Account } from "./account.ts";
import { insertOnce } from "./insert_once.ts";
import type { Inserted } from "./insert_once.ts";
import { changeMark, shownChange } from "./own_event.ts";
import type { CarriedException, PlannedChange } from "./planned_change.ts";
import { exceptionsOf, occurrenceAt } from "./series_state.ts";
import { readMoment } from "@shared/time/wall_time.ts";

export interface CarriedOut {
  kind: "done";
  /** The patched event, as Google answered. */
  event: GoogleEvent;
  following: Inserted | null;
  /** Occurrences that were patched by themselves, in the order of the plan. */
  carried: { event: GoogleEvent; is_own: boolean }[];
  /** Changed occurrences of before that are gone. */
  gone: string[];
  /** Occurrences whose own change found no place any more. */
  lost: { was: string; reason: string }[];
}

/** Another version is there than the plan was made from, and nothing was sent. */
export interface Outdated {
  kind: "outdated";
}

export interface Undertaking {
  account: Account;
  row: TaskEventRow;
  plan: PlannedChange;
  /** The plan was begun before, so look what of it is there. */
  resumed: boolean;
  /** Becomes true with the first request that took effect: from then on the plan must be finished. */
  progress: { landed: boolean };
  /** False once the lease might end before a request that starts now is answered. */
  has_time(): boolean;
}

/** Sends what a plan says, each part at most once. Throws FailureError; see `progress`. */
export async function carryOut(undertaking: Undertaking): Promise<CarriedOut | Outdated> {
  const event = await patchOnce(undertaking);
  if (event === null) return { kind: "outdated" };
  undertaking.progress.landed = true;

  const following = await follow(undertaking, event);
  const target = following?.event ?? event;
  const carried: CarriedOut["carried"] = [];
  const lost: CarriedOut["lost"] = [];
  for (const [index, exception] of undertaking.plan.carried.entries()) {
    const outcome = await carry(undertaking, target, exception, index);
    if (typeof outcome === "string") lost.push({ was: exception.was, reason: outcome });
    else carried.push({ event: outcome, is_own: exception.is_own });
  }
  const gone = await goneOf(undertaking, event);
  return { kind: "done", event, following, carried, gone, lost };
}

/** Sends the patch of a plan at most once. Null: the plan is outdated. */
export async function patchOnce(
  { account, row, plan, resumed }: Pick<Undertaking, "account" | "row" | "resumed"> & {
    plan: Pick<PlannedChange, "change_id" | "event_id" | "if_match" | "patch" | "sendUpdates">;
  },
): Promise<GoogleEvent | null> {
  if (resumed) {
    const present = await findEvent(account, row.calendar_id, plan.event_id);
    if (present === null) {
      throw new FailureError(
        rejection("cancelled", "The event was deleted on Google Calendar."),
      );
    }
    if (shownChange(present) === plan.change_id) return present;
    if ((present.etag ?? null) !== plan.if_match) return null;
  }
  const outcome = await ask(
    account,
    "write",
    (token) =>
      account.calendar.patchEvent(token, row.calendar_id, plan.event_id, plan.patch, {
        sendUpdates: plan.sendUpdates,
        ...(plan.if_match === null ? {} : { if_match: plan.if_match }),
      }),
  );
  if (outcome.verdict === "done") return outcome.value;
  if (outcome.verdict === "reject" && outcome.google.status === 412) return null;
  throw failedRequest(outcome);
}

async function follow(undertaking: Undertaking, event: GoogleEvent): Promise<Inserted | null> {
  const { account, row, plan, resumed } = undertaking;
  if (plan.following === null) return null;
  try {
    return await insertOnce(account, {
      ...plan.following,
      calendar_id: row.calendar_id,
      generation: 1,
      sendUpdates: plan.sendUpdates,
      look_first: resumed,
    });
  } catch (thrown) {
    if (thrown instanceof FailureError && thrown.code === "google_rejected") {
      await undo(undertaking, event);
    }
    throw thrown;
  }
}

/** Google will never take the following series, so the first one gets its occurrences back. */
async function undo({ account, row, plan, progress }: Undertaking, event: GoogleEvent) {
  if (plan.undo === null) return;
  const patch = plan.undo;
  const outcome = await ask(
    account,
    "write",
    (token) =>
      account.calendar.patchEvent(token, row.calendar_id, event.id, patch, {
        sendUpdates: plan.sendUpdates,
      }),
  );
  if (outcome.verdict === "done") progress.landed = false;
}

/** Which changed occurrences of before Google no longer has: a moved series has them under other ids. */
async function goneOf({ account, row, plan }: Undertaking, event: GoogleEvent): Promise<string[]> {
  if (plan.replaced.length === 0) return [];
  const left = await exceptionsOf(account, row.calendar_id, event);
  const live = new Set(left.flatMap(({ id, status }) => status === "cancelled" ? [] : [id]));
  return plan.replaced.filter((id) => !live.has(id));
}

/** The changed occurrence, or why it has no place any more. */
async function carry(
  { account, row, plan, has_time }: Undertaking,
  target: GoogleEvent,
  exception: CarriedException,
  index: number,
): Promise<GoogleEvent | string> {
  const mark = `${plan.change_id}:${index}`;
  const zone = target.start?.timeZone ?? "UTC";
  const original = readMoment(exception.original_start, zone);
  for (let looks = 0; looks < 3; looks++) {
    if (!has_time()) {
      throw new FailureError(
        deferral("google_unavailable", 1, "The time for this call was used up."),
      );
    }
    const occurrence = await occurrenceAt(account, row.calendar_id, target.id, original, {
      showDeleted: exception.patch.status === "confirmed",
    });
    if (occurrence === null) return "The series has no occurrence there any more.";
    if (shownChange(occurrence) === mark) return occurrence;
    const outcome = await ask(
      account,
      "write",
      (token) =>
        account.calendar.patchEvent(
          token,
          row.calendar_id,
          occurrence.id,
          { ...exception.patch, ...changeMark(mark) },
          {
            sendUpdates: plan.sendUpdates,
            ...(occurrence.etag === undefined ? {} : { if_match: occurrence.etag }),
          },
        ),
    );
    if (outcome.verdict === "done") return outcome.value;
    if (outcome.verdict !== "reject") throw failedRequest(outcome);
    if (outcome.google.status !== 412) return outcome.google.message;
  }
  return "Others change this occurrence all the time.";
}
