import { FailureError, rejection } from "@shared/failures/failure.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { EventChange } from "./change_request.ts";
import { invalid } from "./new_times.ts";
import { ownershipOfEvent } from "./ownership.ts";
import { isFirstOccurrence, planChange } from "./plan_change.ts";
import type { ChangeState } from "./change_state.ts";
import type { ChangePlan } from "./change_plan.ts";
import type { ChangeTarget } from "./change_state.ts";
import { RecurrenceError } from "@shared/time/recurrence_lines.ts";

/** A series divided at its first occurrence is simply the whole series. */
export function makePlan(
  change_id: string,
  event_key: string,
  { scope }: ChangeTarget,
  request: EventChange,
  state: ChangeState,
): ChangePlan {
  const wide = scope === "future" && isFirstOccurrence(state) ? "all" : scope;
  return readable(() => planChange(change_id, event_key, wide, request, state));
}

/** A series whose rule does not allow a change is refused with what would. */
export function readable<Plan>(plan: () => Plan): Plan {
  try {
    return plan();
  } catch (thrown) {
    if (thrown instanceof RecurrenceError) throw invalid("recurrence", thrown.message);
    throw thrown;
  }
}

/** Only the organizer's own events move. Google has just been asked, so unknown stays unknown. */
export function requireOwn(event: GoogleEvent): void {
  const ownership = ownershipOfEvent(event);
  if (ownership === "ours") return;
  throw ownership === "theirs"
    ? notOrganizer(event.organizer?.email)
    : new FailureError(rejection("organizer_unknown"));
}

/** Another calendar organizes the event, and only there it can be changed. */
export function notOrganizer(email: string | undefined, why?: string): FailureError {
  const name = email === undefined ? "" : ` (${email})`;
  const sentence = `Only the organizer${name} can change this event.`;
  return new FailureError(
    rejection("not_organizer", why === undefined ? sentence : `${sentence} ${why}`),
    email === undefined ? undefined : { organizer_email: email },
  );
}
