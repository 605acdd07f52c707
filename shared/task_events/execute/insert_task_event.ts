import { insertOnce } from "@shared/calendar_events/insert_once.ts";
import { FailureError, rejection, whileUnknown } from "@shared/failures/failure.ts";
import type { EventInput, GoogleEvent, SendUpdates } from "@shared/google/event.ts";
import { calendarOf, failedRequest } from "./account.ts";
import type { Account } from "./account.ts";

export interface TaskInsertion {
  calendar_id: string;
  event_key: string;
  generation: number;
  /** Without id and key. */
  body: EventInput;
  sendUpdates: SendUpdates;
  /** An earlier insert may have taken effect. */
  verify_first: boolean;
}

export interface InsertedTaskEvent {
  event: GoogleEvent;
  generation: number;
  /** The event existed before this call; no mail was sent. */
  already_exists: boolean;
}

/** Creates an event exactly once under an id of our own. Throws FailureError. */
export async function insertTaskEvent(
  account: Account,
  { calendar_id, body, ...insertion }: TaskInsertion,
): Promise<InsertedTaskEvent> {
  const inserted = await insertOnce(calendarOf(account, calendar_id), {
    ...insertion,
    compose: () => body,
  });
  switch (inserted.kind) {
    case "inserted":
      return inserted;
    case "failed": {
      const { failure } = failedRequest(inserted.failure);
      // Until a verification, the event may exist.
      throw new FailureError(inserted.at === "verify" ? whileUnknown(failure, null) : failure);
    }
    case "foreign":
      throw new FailureError(rejection(
        "google_rejected",
        `An event that Convene did not create has the id ${inserted.event_id}. It was left unchanged; delete the task's event with Convene and schedule the task again.`,
      ));
    case "deleted_each_time":
      throw new FailureError(rejection(
        "google_rejected",
        "The event was deleted on Google Calendar each time it was written. Delete it with Convene, or schedule the task again later.",
      ));
  }
}
