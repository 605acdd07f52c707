import { otherGuests } from "./ownership.ts";
import type { ChangeState } from "./change_state.ts";
import type { ChangePlan } from "./change_plan.ts";

/** What a change would do, for a person to confirm. Nothing in it is internal. */
export function previewOf(plan: ChangePlan, state: ChangeState) {
  const moment = (given: { dateTime?: string | null; date?: string | null } | null | undefined) =>
    given?.dateTime ?? given?.date ?? null;
  return {
    update_scope: plan.scope,
    event_id: plan.event_id,
    changes: Object.keys(plan.patch).filter((name) => name !== "extendedProperties"),
    sendUpdates: plan.sendUpdates,
    guests: otherGuests(state.event.attendees ?? []).flatMap(({ email }) => email ?? []),
    following: plan.tail === null ? null : {
      start_time: moment(plan.tail.body.start),
      end_time: moment(plan.tail.body.end),
      recurrence: plan.tail.body.recurrence ?? [],
    },
    not_carried: plan.tail?.not_carried ?? [],
    recurrence: plan.patch.recurrence ?? state.event.recurrence ?? null,
    carried_exceptions: plan.migrated.filter(({ is_own }) => is_own)
      .map(({ was, original_start }) => ({ was, original_start })),
    cancelled_occurrences: plan.cancelled,
  };
}
