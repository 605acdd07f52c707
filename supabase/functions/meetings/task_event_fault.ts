import { userIdOf } from "@shared/database/actor.ts";
import type { Actor } from "@shared/database/actor.ts";
import type { Database } from "@shared/database/call.ts";
import { findTaskEvent } from "@shared/database/task_events.ts";
import { HttpFault } from "@shared/http/fault.ts";

const ROW_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Runs a request about a meeting. Where there is no such meeting and the id is that of the event of one
 * of the user's tasks, the refusal says so and names the function that writes it.
 */
export async function namingTaskEvents(
  database: Database,
  { meeting_id, actor }: { meeting_id: string; actor: Actor },
  act: () => Promise<Response>,
): Promise<Response> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof HttpFault) || thrown.code !== "meeting_not_found") throw thrown;
    const user_id = userIdOf(actor);
    if (user_id === null) throw thrown;
    const named = ROW_ID.test(meeting_id) ? { id: meeting_id } : { calendar_event_id: meeting_id };
    const { event } = await findTaskEvent(database, user_id, named);
    if (event === null) throw thrown;
    throw new HttpFault(
      "task_event",
      "This is the event of a task. Change it with PATCH task-events, or delete it with DELETE task-events.",
      { id: event.id, event_id: event.calendar_event_id, function: "task-events" },
    );
  }
}
