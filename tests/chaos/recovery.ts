import { connectGoogle } from "../../local/connect_google.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Town } from "./town.ts";

/** Users whose connection Google has refused grant access again. */
export async function reconnectAll(stack: ChaosStack, town: Town): Promise<void> {
  const dead = await stack.platform.sql<{ user_id: string }>(
    "select user_id from private.google_connections where status = 'needs_reauth'",
  );
  for (const { user_id } of dead) {
    const organizer = town.organizers.find((one) => one.user_id === user_id);
    if (organizer === undefined) throw new Error(`Nobody in town is ${user_id}`);
    await connectGoogle(stack.platform.functions_url, organizer.access_token, stack.google, {
      email: organizer.email,
      scopes: "all",
    });
  }
}

/** Puts everything that has failed back at the beginning of the step that failed. */
export async function requeueFailed({ platform }: ChaosStack): Promise<void> {
  const [product] = await platform.sql<{ can_requeue: boolean }>(
    "select to_regprocedure('public.requeue_meeting(text, uuid)') is not null as can_requeue",
  );
  await platform.sql(
    product?.can_requeue === true
      ? `select public.requeue_meeting(meeting_id)
         from public.meetings where writeback_status = 'failed'`
      : `update public.meetings
            set writeback_status = 'pending', writeback_error = null, writeback_attempts = 0,
                writeback_retry_count = 0, writeback_next_attempt_at = now()
          where writeback_status = 'failed'`,
  );
  // A time that was given by name is not taken from the meeting that has it now: the organizer names another.
  await platform.sql(
    `select public.change_meeting(
         meeting_id, null, jsonb_build_object('starts_at', later, 'ends_at', later + interval '30 minutes')),
       public.requeue_meeting(meeting_id)
       from (
         select meeting_id, timestamptz '2036-01-07 09:00Z' + row_number() over (order by meeting_id) * interval '1 hour' as later
           from public.meetings where writeback_status = 'failed') as refused`,
  );
  await platform.sql(
    `update public.meetings
        set scheduling_status = 'pending', scheduling_error = null, scheduling_reason = null,
            scheduling_attempts = 0, scheduling_next_attempt_at = now()
      where scheduling_status = 'failed'`,
  );
}
