import { FailureError, rejection, whileUnknown } from "@shared/failures/failure.ts";
import type { EventInput, GoogleEvent, SendUpdates } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import { ask, failedRequest, isGone } from "./account.ts";
import type { Account } from "./account.ts";
import { keyMark, writtenBy } from "./own_event.ts";

/** Each generation is one deliberate deletion on Google's side; more than this is a fight, not a race. */
const MAX_GENERATIONS = 3;

export interface Insertion {
  calendar_id: string;
  event_key: string;
  generation: number;
  /** Without id and key: both are added here. */
  body: EventInput;
  sendUpdates: SendUpdates;
  /** An earlier request may have landed, so look first. */
  look_first: boolean;
}

export interface Inserted {
  event: GoogleEvent;
  generation: number;
  /** It was there before this call; nobody was mailed again. */
  already_exists: boolean;
}

/** Creates an event exactly once under an id of our own; throws FailureError. */
export async function insertOnce(account: Account, insertion: Insertion): Promise<Inserted> {
  let { generation, look_first } = insertion;
  for (let tries = 0; tries < MAX_GENERATIONS; tries++) {
    if (!look_first) {
      const inserted = await insert(account, insertion, generation);
      if (inserted !== null) return { event: inserted, generation, already_exists: false };
    }
    const found = await look(account, insertion, generation);
    if (found === "absent" && look_first) {
      look_first = false;
      tries--;
    } else if (typeof found === "object") {
      return { event: found, generation, already_exists: true };
    } else {
      // The id of a deleted event stays taken on Google.
      generation++;
      look_first = false;
    }
  }
  throw new FailureError(rejection(
    "google_rejected",
    "The event was deleted on Google Calendar each time it was written. Delete it here, or schedule it again later.",
  ));
}

/** Null: the id is taken. */
async function insert(
  account: Account,
  { calendar_id, event_key, body, sendUpdates }: Insertion,
  generation: number,
): Promise<GoogleEvent | null> {
  const event = {
    ...body,
    id: eventId(event_key, generation),
    extendedProperties: {
      ...body.extendedProperties,
      private: {
        ...body.extendedProperties?.private,
        ...keyMark(event_key).extendedProperties.private,
      },
    },
  };
  const outcome = await ask(
    account,
    "write",
    (token) => account.calendar.insertEvent(token, calendar_id, event, { sendUpdates }),
  );
  if (outcome.verdict === "done") return outcome.value;
  if (outcome.verdict === "reject" && outcome.google.status === 409) return null;
  throw failedRequest(outcome);
}

async function look(
  account: Account,
  { calendar_id, event_key }: Insertion,
  generation: number,
): Promise<GoogleEvent | "absent" | "tombstone"> {
  const id = eventId(event_key, generation);
  const outcome = await ask(
    account,
    "read",
    (token) => account.calendar.getEvent(token, calendar_id, id),
  );
  if (isGone(outcome)) {
    return outcome.verdict === "reject" && outcome.google.status === 410 ? "tombstone" : "absent";
  }
  if (outcome.verdict !== "done") {
    // As long as nobody has verified, the event may be there.
    const { failure } = failedRequest(outcome);
    throw new FailureError(whileUnknown(failure, null));
  }
  if (writtenBy(outcome.value) !== event_key) {
    throw new FailureError(rejection(
      "google_rejected",
      `An event that is not ours has the id ${id}. It was left alone; delete the task's event here and schedule it again.`,
    ));
  }
  return outcome.value.status === "cancelled" ? "tombstone" : outcome.value;
}
