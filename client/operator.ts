import { call } from "./call.ts";
import type { CallOptions, SupabaseFunctions } from "./call.ts";
import type { Result } from "./errors.ts";
import type {
  Audit,
  AuditRequest,
  Batches,
  FailedWork,
  FailedWorkFilter,
  Health,
  PausedWork,
  PauseRequest,
  RequeuedKind,
  RequeuedRow,
  RequeuedRows,
  ResumedWork,
  ResumeRequest,
  TaskAudit,
} from "./operator_types.ts";

/** What operators do: docs/operations.md. Every call needs a secret key; a user gets `forbidden`. */
export interface OperatorCalls {
  /** Whether Convene works, and what to do where it does not. */
  health(options?: CallOptions): Promise<Result<Health>>;
  /** The same in Prometheus' text format. */
  metrics(options?: CallOptions): Promise<Result<string>>;
  /** What has failed, by kind and reason. */
  listFailed(filter?: FailedWorkFilter, options?: CallOptions): Promise<Result<FailedWork>>;
  /** Retries one row of work that has failed. */
  requeueOne(
    row: { kind: RequeuedKind; id: string },
    options?: CallOptions,
  ): Promise<Result<RequeuedRow>>;
  /** Retries all that has failed and that the filter matches; `after`: `next_after` of the call before. */
  requeue(
    filter: FailedWorkFilter,
    options?: { after?: string } & CallOptions,
  ): Promise<Result<RequeuedRows>>;
  /** The same for meetings alone. */
  requeueMeetings(
    filter: FailedWorkFilter<"search" | "write">,
    options?: { after?: string } & CallOptions,
  ): Promise<Result<RequeuedRows>>;
  pause(request: PauseRequest, options?: CallOptions): Promise<Result<PausedWork>>;
  resume(request: ResumeRequest, options?: CallOptions): Promise<Result<ResumedWork>>;
  /** Compares meetings with their events. */
  audit(
    request?: AuditRequest & { meeting_ids?: string[] | undefined },
    options?: CallOptions,
  ): Promise<Result<Audit>>;
  /** Compares the events of tasks with Google. */
  auditTaskEvents(
    request?: AuditRequest & { task_event_ids?: string[] | undefined },
    options?: CallOptions,
  ): Promise<Result<TaskAudit>>;
  /** Does what is due of one kind now, as the cron job does. */
  runBatch<Path extends keyof Batches>(
    path: Path,
    options?: { limit?: number } & CallOptions,
  ): Promise<Result<Batches[Path]>>;
}

/** The calls that need a secret key. */
export function operatorCalls(supabase: SupabaseFunctions): OperatorCalls {
  const post = <Data>(path: string, body: object, options?: CallOptions) =>
    call<Data>(supabase, "POST", path, { body, ...options });
  const audit = <Data>(subject: string, request: object = {}, options?: CallOptions) =>
    post<Data>("write-back", { ...request, audit: true, subject }, options);
  return {
    health: (options) => call(supabase, "GET", "status/health", options),
    metrics: (options) => call(supabase, "GET", "status/metrics", options),
    listFailed: (filter, options) =>
      post("operations/requeue", { filter: filter ?? {}, dry_run: true }, options),
    requeueOne: (row, options) => post("operations/requeue", row, options),
    requeue: (filter, { after, ...options } = {}) =>
      post("operations/requeue", { filter, ...given({ after }) }, options),
    requeueMeetings: (filter, { after, ...options } = {}) =>
      post("meetings/requeue", { filter, ...given({ after }) }, options),
    pause: (request, options) => post("operations/pause", request, options),
    resume: (request, options) => post("operations/resume", request, options),
    audit: (request, options) => audit("meetings", request, options),
    auditTaskEvents: (request, options) => audit("task_events", request, options),
    runBatch: (path, { limit, ...options } = {}) =>
      post(path, { batch: true, ...given({ limit }) }, options),
  };
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
