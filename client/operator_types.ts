import type { Instant } from "./meeting_requests.ts";
import type { WriteResult } from "./meeting_responses.ts";
import type { ErrorCode } from "./errors.ts";

/** The worst state of something that is checked. */
export type HealthStatus = "ok" | "degraded" | "failing";

/** What `health` checks. */
export type HealthArea =
  | "vault"
  | "wake_ups"
  | "jobs"
  | "queue"
  | "failed"
  | "connections"
  | "paused"
  | "channels"
  | "storage";

export interface HealthCheck {
  name: string;
  reason: string | null;
  status: HealthStatus;
  what_to_do: string | null;
  count: number | null;
  since: Instant | null;
  details: Record<string, unknown>;
}

/** What `health` returns: docs/operations.md. */
export interface Health {
  /** The worst status of all checks. */
  status: HealthStatus;
  /** The checks that are not ok. */
  reasons: (Pick<HealthCheck, "name" | "reason" | "status" | "what_to_do"> & {
    area: HealthArea;
  })[];
  checks: Partial<Record<HealthArea, HealthCheck[]>>;
}

/** Kinds of work that can fail. */
export type RequeuedKind =
  | "search"
  | "write"
  | "meet_link"
  | "task_event"
  | "notification"
  | "sync";

/** Kinds of work that can be paused. */
export type PausedKind = RequeuedKind | "conflict_check" | "holidays";

/** Which failed work; every field that is left out matches all. */
export interface FailedWorkFilter<Kind extends string = RequeuedKind> {
  /** An error code. */
  reason?: string | undefined;
  user_id?: string | undefined;
  /** Failed then or later. */
  since?: Instant | undefined;
  /** Failed earlier. */
  before?: Instant | undefined;
  kind?: Kind | undefined;
}

export interface RequeuedRow {
  success: true;
  kind: string;
  id: string;
  decision: string;
  requeued: boolean;
}

export interface RequeuedRows {
  success: true;
  requeued: number;
  /** How many were left, by their state. */
  not_requeued: Record<string, number>;
  /** `after` of a further call; null: none. */
  next_after: string | null;
}

export interface FailedWork {
  success: true;
  failed: { kind: string; reason: string | null; rows: number }[];
}

export interface PauseRequest {
  /** Left out: every kind of work. */
  kind?: PausedKind | undefined;
  /** Left out: all users. */
  user_id?: string | undefined;
  reason: string;
  until?: Instant | undefined;
  paused_by?: string | undefined;
}

export interface ResumeRequest {
  kind?: PausedKind | undefined;
  user_id?: string | undefined;
}

export interface Pause {
  kind: string | null;
  user_id: string | null;
  reason: string;
  paused_by: string;
  paused_at: Instant;
  until: Instant | null;
}

export interface PausedWork {
  success: true;
  pauses: Pause[];
}

export interface ResumedWork extends PausedWork {
  resumed: number;
}

/** Where rows and events are compared: docs/doctor.md. */
export interface AuditRequest {
  limit?: number | undefined;
  /** `next_after` of the page before. */
  after?: string | undefined;
  repair?: boolean | undefined;
  /** Ids of orphaned events to delete. */
  delete_orphaned?: string[] | undefined;
}

export type FindingKind =
  | "missing"
  | "moved"
  | "cancelled"
  | "duplicated"
  | "orphaned"
  | "given_up"
  | "search_failed"
  | "outdated"
  | "unreadable";

/** A difference between a row and its event. */
export interface Finding {
  finding: FindingKind;
  meeting_id: string | null;
  task_event_id?: string;
  title: string | null;
  google_calendar_id: string;
  event_ids: string[];
  message: string;
  repair: string | null;
  what_to_do: string | null;
  repaired?: boolean;
}

interface Findings {
  success: true;
  findings: Finding[];
  next_after: string | null;
  counts: Record<FindingKind, number>;
}

export interface Audit extends Findings {
  meetings_checked: number;
  calendars: { checked: number; of: number } | null;
}

export interface TaskAudit extends Findings {
  task_events_checked: number;
}

/** What each batch returns, by the path of its function. */
export interface Batches {
  "schedule": {
    success: true;
    results: (
      | { meeting_id: string; success: true; start_time: Instant; score: number }
      | { meeting_id: string; success: true; proposed_start_time: Instant }
      | { meeting_id: string; success: true; kept: string }
      | { meeting_id: string; success: false; error: BatchError; message: string }
    )[];
    total_processed: number;
  };
  "schedule/conflicts": {
    success: true;
    results: { meeting_id: string; conflicts: number | null }[];
    total_processed: number;
  };
  "write-back": {
    success: boolean;
    message: string;
    results: (
      | WriteResult
      | { meeting_id: string; success: false; error: string; message: string }
    )[];
    total_processed: number;
    succeeded: number;
    failed: number;
    /** How many are still due. */
    remaining: number;
  };
  "meetings/meet-links": { success: true; looked_at: number; found: number };
  "task-events": {
    success: boolean;
    results: { id: string; success: boolean; error?: string; message?: string }[];
    total_processed: number;
    succeeded: number;
    failed: number;
  };
  "google-webhook/sync": {
    success: boolean;
    results: {
      sync_id: string;
      status: "synced" | "lost" | "unreadable" | "failed";
      changed: number;
      error?: string;
    }[];
    total_processed: number;
    synced: number;
    changed: number;
  };
  "notify": {
    success: boolean;
    results: {
      notification_id: string;
      event: string;
      kind: string;
      success: boolean;
      error?: string;
      message?: string;
    }[];
    total_processed: number;
    succeeded: number;
    failed: number;
  };
  "holidays": { success: true; computed: number; failed: number };
}

type BatchError = Exclude<
  ErrorCode,
  "unreachable" | "unexpected_response" | "pending" | "database_refused"
>;
