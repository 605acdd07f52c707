import { call } from "./call.ts";
import type { CallOptions, SupabaseFunctions } from "./call.ts";
import type { Result } from "./errors.ts";
import type {
  CalendarEvents,
  ChangedTaskEvent,
  ChangePreview,
  ChangeTaskEventRequest,
  DeletedTaskEvent,
  DeleteTaskEventRequest,
  ListEventsRequest,
  RequeuedTaskEvent,
  Rescheduled,
  RescheduleRequest,
  ScheduledTask,
  ScheduleTaskRequest,
  SyncedOrganizers,
  SyncOrganizerRequest,
  TaskConflictReport,
} from "./task_event_types.ts";

/** The calendar events of tasks: docs/task-events.md. */
export interface TaskEventCalls {
  /**
   * Creates the event of a task, once, however often it is called. Errors: `task_not_found`, `pending`,
   * `needs_reauth`, `no_common_slot` and `calendar_unreadable` where a time is searched. With a time that is named it says
   * who has something else then.
   */
  schedule(
    request: ScheduleTaskRequest,
    options?: CallOptions,
  ): Promise<Result<ScheduledTask & TaskConflictReport>>;
  /** The events of a calendar, by start; a week from now unless bounds are given. */
  list(request?: ListEventsRequest, options?: CallOptions): Promise<Result<CalendarEvents>>;
  /**
   * Changes an event, an occurrence, a series, or the rest of one. Errors: `event_not_found`, `instance_not_found`,
   * `not_organizer`, `organizer_unknown`, `meeting_event`, `confirmation_required` (with the preview), `pending`.
   */
  change(
    request: ChangeTaskEventRequest,
    options?: CallOptions,
  ): Promise<Result<ChangedTaskEvent & TaskConflictReport>>;
  /** What the change would do; nothing is changed. */
  previewChange(
    request: ChangeTaskEventRequest,
    options?: CallOptions,
  ): Promise<Result<ChangePreview>>;
  /** Deletes an event, an occurrence, a series, or the rest of one. Repeating it is no error. Error: `pending`. */
  delete(
    request: DeleteTaskEventRequest,
    options?: CallOptions,
  ): Promise<Result<DeletedTaskEvent>>;
  /**
   * Moves the events of many tasks to the times of their tasks. A task that fails is in `results` with its code and does
   * not stop the others.
   */
  reschedule(request: RescheduleRequest, options?: CallOptions): Promise<Result<Rescheduled>>;
  /** Retries an event of a task that has failed, by the id of its row. Error: `event_not_found`. */
  requeue(id: string, options?: CallOptions): Promise<Result<RequeuedTaskEvent>>;
  /** Reads organizers and replies from Google again. */
  syncOrganizer(
    request: SyncOrganizerRequest,
    options?: CallOptions,
  ): Promise<Result<SyncedOrganizers>>;
}

/** The calls of `task-events`. */
export function taskEvents(supabase: SupabaseFunctions): TaskEventCalls {
  const post = <Data>(path: string, body: object, options?: CallOptions) =>
    call<Data>(supabase, "POST", `task-events/${path}`, { body, ...options });
  const patch = <Data>(body: object, options?: CallOptions) =>
    call<Data>(supabase, "PATCH", "task-events", { body, ...options });
  return {
    schedule: (request, options) => post("schedule", request, options),
    list: (request = {}, options) =>
      call(supabase, "GET", "task-events/events", { query: { ...request }, ...options }),
    change: (request, options) => patch(request, options),
    previewChange: (request, options) => patch({ ...request, preview: true }, options),
    delete: (request, options) =>
      call(supabase, "DELETE", "task-events", { body: request, ...options }),
    reschedule: (request, options) => post("reschedule", request, options),
    requeue: (id, options) => post("requeue", { id }, options),
    syncOrganizer: (request, options) => post("sync-organizer", request, options),
  };
}
