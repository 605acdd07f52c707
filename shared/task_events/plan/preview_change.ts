import { otherGuests } from "./ownership.ts";
import type { ChangeState } from "./plan_change.ts";
import type { PlannedChange } from "./planned_change.ts";

/** What a change would do, for a person to confirm. Nothing in it is internal. */
export function previewOf(plan: PlannedChange, state: ChangeState) {
  const moment = (given: { dateTime?: string | null; date?: string | null } | null | undefined) =>
    given?.dateTime ?? given?.date ?? null;
  return {
    update_scope: plan.scope,
    event_id: plan.event_id,
    changes: Object.keys(plan.patch).filter((name) => name !== "extendedProperties"),
    sendUpdates: plan.sendUpdates,
    guests: otherGuests(state.event.attendees ?? []).flatMap(({ email }) => email ?? []),
    following: plan.following === null ? null : {
      start_time: moment(plan.following.body.start),
      end_time: moment(plan.following.body.end),
      recurrence: plan.following.body.recurrence ?? [],
    },
    recurrence: plan.patch.recurrence ?? state.event.recurrence ?? null,
    carried_exceptions: plan.carried.filter(({ is_own }) => is_own)
      .map(({ was, original_start }) => ({ was, original_start })),
    cancelled_occurrences: plan.cancelled,
  };
}
