import type { SupabaseFunctions } from "./call.ts";
import type { ConveneError, ErrorCode, Result } from "./errors.ts";
import { taskEvents } from "./task_events.ts";
import type {
  CalendarEvents,
  ChangedTaskEvent,
  ChangeTaskEventRequest,
  ListEventsRequest,
  ScheduledTask,
  ScheduleTaskRequest,
} from "./task_event_types.ts";

export {
  extractOrganizerMetadata,
  normalizeAttendeeResponseStatus,
  normalizeAttendees,
} from "./normalizers.ts";
export type { EventWithOrganizer, GoogleAttendee } from "./normalizers.ts";

/** What the methods of `CalendarService` throw. */
export class CalendarServiceError extends Error {
  override readonly name = "CalendarServiceError";
  /** The error by code. */
  readonly error: ConveneError;

  constructor(error: ConveneError) {
    super(error.message);
    this.error = error;
  }

  /** The same as `error.code`. */
  get code(): ErrorCode {
    return this.error.code;
  }
}

/**
 * The methods of the tracking document under their names, for code that has a `CalendarService` already. They throw
 * `CalendarServiceError`; the same calls without exceptions are `taskEvents` and `google` of `createConvene`.
 *
 * `user_id` is whose calendar it is: with a signed-in user the id of that user (another one is `forbidden`), with a
 * secret key any.
 */
export class CalendarService {
  readonly #supabase: SupabaseFunctions;

  constructor(supabase: SupabaseFunctions) {
    this.#supabase = supabase;
  }

  /**
   * Puts a task on its user's calendar, once, however often it is called. The user is the one of the row of `tasks`;
   * a task of another user is `task_not_found` for a signed-in user.
   */
  async scheduleTask(_user_id: string, request: ScheduleTaskRequest): Promise<ScheduledTask> {
    return dataOf(await taskEvents(this.#supabase).schedule(request));
  }

  /** Changes an event, an occurrence, a series, or the rest of one. */
  async updateCalendarEvent(
    user_id: string,
    request: ChangeTaskEventRequest,
  ): Promise<ChangedTaskEvent> {
    return dataOf(await taskEvents(this.#supabase).change({ ...request, user_id }));
  }

  /** The events of a calendar, by start; a week from now unless bounds are given. */
  async getCalendarEvents(
    user_id: string,
    request: ListEventsRequest = {},
  ): Promise<CalendarEvents> {
    return dataOf(await taskEvents(this.#supabase).list({ ...request, user_id }));
  }

  /**
   * Whether the user's Google connection works: asks Google for the events of the next minute. Throws where Google
   * cannot say (`google_unavailable`, `rate_limited`).
   */
  async hasValidConnection(user_id: string): Promise<boolean> {
    const now = Date.now();
    const read = await taskEvents(this.#supabase).list({
      user_id,
      timeMin: new Date(now).toISOString(),
      timeMax: new Date(now + 60_000).toISOString(),
    });
    if (!read.ok && read.error.code === "needs_reauth") return false;
    dataOf(read);
    return true;
  }
}

function dataOf<Data>(result: Result<Data>): Data {
  if (!result.ok) throw new CalendarServiceError(result.error);
  return result.data;
}
