import { call } from "./call.ts";
import type { CallOptions, SupabaseFunctions } from "./call.ts";
import type { Result } from "./errors.ts";
import { googleConnection } from "./google_connection.ts";
import type { GoogleConnectionCalls } from "./google_connection.ts";
import { insertMeeting } from "./insert_meeting.ts";
import type { SupabaseTables } from "./insert_meeting.ts";
import { operatorCalls } from "./operator.ts";
import type { OperatorCalls } from "./operator.ts";
import type {
  CancelledMeeting,
  ChangedMeeting,
  DecidedMove,
  PreviewedCancellation,
  PreviewedChange,
  RequeuedMeeting,
} from "./change_responses.ts";
import type {
  ChangeRequest,
  Instant,
  ListRequest,
  MeetingRow,
  ScheduleRequest,
} from "./meeting_requests.ts";
import type {
  Alternatives,
  ConflictReport,
  DryRun,
  MeetingPage,
  MeetingState,
  Scheduled,
  WriteStatus,
  WrittenBack,
} from "./meeting_responses.ts";
import { taskEvents } from "./task_events.ts";
import type { TaskEventCalls } from "./task_events.ts";

/** The client of supabase-js, with the credentials of the caller: a signed-in user, or a secret key. */
export type Supabase = SupabaseFunctions & SupabaseTables;

/**
 * Convene's functions, one method a use. No method throws: each returns `{ok: true, data}` or `{ok: false, error}`,
 * and `error.code` says which error it is. Besides the named errors, every call can return `unauthenticated`,
 * `forbidden`, `invalid_request`, `limit_reached`, `busy`, `internal`, `unreachable` and `unexpected_response`.
 */
export interface Convene {
  /**
   * Stores a meeting, which then becomes an event without a further call. With `starts_at`, `ends_at` and `timezone` at
   * that time, otherwise at the best one. Error: `database_refused`.
   */
  insert(row: MeetingRow, options?: CallOptions): Promise<Result<{ meeting_id: string }>>;
  /**
   * Finds and stores the best time of a meeting; the event is written next. A repeated call returns the stored time.
   * Errors: `no_common_slot` (with what would help), `calendar_unreadable`, `already_scheduled`, `needs_reauth`,
   * `meeting_id_taken`, `cancelled`; temporary: `pending`, `rate_limited`, `google_unavailable`.
   */
  schedule(request: ScheduleRequest, options?: CallOptions): Promise<Result<Scheduled>>;
  /** The same without storing or writing anything, with the request that Google would receive. */
  dryRun(request: ScheduleRequest, options?: CallOptions): Promise<Result<DryRun>>;
  /** The next best times of a meeting, 1 to 100 (10). Errors: as of `schedule`, and `meeting_not_found`. */
  alternatives(
    meeting_id: string,
    options?: { max_candidates?: number } & CallOptions,
  ): Promise<Result<Alternatives>>;
  /**
   * Writes the meeting's event now (the queue does it without this call). Errors: `no_slot`, `pending` and
   * `in_progress` with `retry_after_seconds`, `slot_expired`, `needs_reauth`, `google_rejected`, `google_unavailable`, `rate_limited`,
   * `cancelled`, `meeting_not_found`; `details.reason` is the narrower code.
   */
  writeBack(meeting_id: string, options?: CallOptions): Promise<Result<WrittenBack>>;
  /** The state of a meeting and what to do about its error. Error: `meeting_not_found`, also of another user's. */
  status(
    meeting_id: string,
    options?: { attempts?: boolean; candidates?: boolean } & CallOptions,
  ): Promise<Result<MeetingState>>;
  /** The state of a meeting's event alone. Error: `meeting_not_found`. */
  writeStatus(meeting_id: string, options?: CallOptions): Promise<Result<WriteStatus>>;
  /** The OpenAPI document of the functions. */
  contract(options?: CallOptions): Promise<Result<Record<string, unknown>>>;
  /** The caller's meetings in pages, newest first. */
  list(request?: ListRequest, options?: CallOptions): Promise<Result<MeetingPage>>;
  /**
   * Changes a meeting; its event keeps its id, Meet link and replies. Errors: `version_conflict`, `not_organizer`,
   * `slot_expired`, `cancelled`, `task_event`, `meeting_not_found`. With a new time it says who has something else then.
   */
  change(
    request: ChangeRequest,
    options?: CallOptions,
  ): Promise<Result<ChangedMeeting & ConflictReport>>;
  /** What `change` would return, with the former values and the addresses that Google would notify; nothing is stored. */
  previewChange(
    request: ChangeRequest,
    options?: CallOptions,
  ): Promise<Result<PreviewedChange & ConflictReport>>;
  /** Cancels a meeting and deletes its event. Errors: `version_conflict`, `not_organizer`, `meeting_not_found`. */
  cancel(
    meeting_id: string,
    options?: { expected_version?: number } & CallOptions,
  ): Promise<Result<CancelledMeeting>>;
  /** What `cancel` would return, with the addresses that Google would notify; nothing is stored. */
  previewCancel(
    meeting_id: string,
    options?: { expected_version?: number } & CallOptions,
  ): Promise<Result<PreviewedCancellation>>;
  /** Retries a meeting that has failed. Errors: `slot_expired`, `slot_taken`, `meeting_not_found`. */
  requeue(meeting_id: string, options?: CallOptions): Promise<Result<RequeuedMeeting>>;
  /**
   * Answers a proposed time; `start_time` accepts another one of the offered times. Errors: `no_proposal`, `cancelled`,
   * `meeting_not_found`, `invalid_request` with `details.alternatives`.
   */
  decideMove(
    request:
      | { meeting_id: string; decision: "accept"; start_time?: Instant }
      | { meeting_id: string; decision: "reject" },
    options?: CallOptions,
  ): Promise<Result<DecidedMove>>;
  /** The user's Google connection. */
  google: GoogleConnectionCalls;
  /** The calendar events of tasks. */
  taskEvents: TaskEventCalls;
  /** What operators do, with a secret key. */
  operator: OperatorCalls;
}

/** Convene's functions as the caller of this supabase-js client. */
export function createConvene(supabase: Supabase): Convene {
  const post = <Data>(path: string, body: object, options?: CallOptions) =>
    call<Data>(supabase, "POST", path, { body, ...options });
  return {
    insert: (row, options) => insertMeeting(supabase, row, options),
    schedule: (request, options) => post("schedule", request, options),
    dryRun: (request, options) => post("schedule", { ...request, dry_run: true }, options),
    alternatives: (meeting_id, { max_candidates, ...options } = {}) =>
      post(
        "schedule/alternatives",
        { meeting_id, ...(max_candidates === undefined ? {} : { max_candidates }) },
        options,
      ),
    writeBack: (meeting_id, options) => post("write-back", { meeting_id }, options),
    status: (meeting_id, { attempts, candidates, ...options } = {}) =>
      call(supabase, "GET", "status", { query: { meeting_id, attempts, candidates }, ...options }),
    writeStatus: (meeting_id, options) =>
      call(supabase, "GET", "write-back", { query: { meeting_id }, ...options }),
    contract: (options) => call(supabase, "GET", "status/openapi.json", options),
    list: (request = {}, options) =>
      call(supabase, "GET", "status", { query: { ...request }, ...options }),
    change: (request, options) =>
      call(supabase, "PATCH", "meetings", { body: request, ...options }),
    previewChange: (request, options) =>
      call(supabase, "PATCH", "meetings", { body: { ...request, dry_run: true }, ...options }),
    cancel: (meeting_id, { expected_version, ...options } = {}) =>
      call(supabase, "DELETE", "meetings", { query: { meeting_id, expected_version }, ...options }),
    previewCancel: (meeting_id, { expected_version, ...options } = {}) =>
      call(supabase, "DELETE", "meetings", {
        query: { meeting_id, expected_version, dry_run: true },
        ...options,
      }),
    requeue: (meeting_id, options) => post("meetings/requeue", { meeting_id }, options),
    decideMove: (request, options) => post("meetings/moves", request, options),
    google: googleConnection(supabase),
    taskEvents: taskEvents(supabase),
    operator: operatorCalls(supabase),
  };
}
