import type { ReachedLimit } from "@shared/failures/reached_limit.ts";
import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { FoundConflicts } from "./conflicts.ts";
import type { MeetingChanges } from "./meeting_changes.ts";
import type { StoredConnection } from "./google_connections.ts";
import type { KnownPeople, LeasedSearch, SearchLease } from "./schedulings.ts";

/** The lease of a check: as that of a search. */
export type CheckLease = SearchLease;

/** Leases checks that are due. */
export function claimConflictChecks(database: Database, limit: number): Promise<CheckLease[]> {
  return call(database, "claim_conflict_checks", { p_limit: limit });
}

export type ConflictContext =
  | (
    & {
      decision: "stored";
      meeting: LeasedSearch;
      connection: StoredConnection | null;
      /** When the meeting's event is on Google, and how it repeats; null: it has none. */
      event_time: {
        start: string;
        end: string;
        recurrence: string[] | null;
        timezone: string | null;
      } | null;
    }
    & KnownPeople
  )
  /** Nothing to check: it is cancelled, over, has no other time, or ignores conflicts. */
  | { decision: "not_needed" }
  | { decision: "limit_reached" } & ReachedLimit
  | { decision: "not_found" };

/** What a check of a meeting's time needs, with `changes`; stores nothing but what it spends of the organizer's budgets. */
export function readConflictContext(
  database: Database,
  request: {
    meeting_id: string;
    actor: Actor;
    changes: MeetingChanges | null;
    /** Its check was spent from the organizer's budget when it was claimed. */
    is_claimed: boolean;
  },
): Promise<ConflictContext> {
  return call(database, "read_conflict_context", {
    p_meeting_id: request.meeting_id,
    p_user_id: userIdOf(request.actor),
    p_changes: request.changes,
    p_is_claimed: request.is_claimed,
  });
}

export type CheckVerdict =
  /** `meeting` is the row that was checked; null: no check was needed. */
  | { verdict: "done"; meeting: LeasedSearch | null; found: FoundConflicts | null }
  | { verdict: "reject" | "retry" | "defer"; not_before_seconds: number | null };

/** Settles a check. `deferred`: the event was written meanwhile, so the check is made again. */
export function settleConflictCheck(
  database: Database,
  { meeting_id, lease_token }: Pick<CheckLease, "meeting_id" | "lease_token">,
  settled: CheckVerdict,
): Promise<"settled" | "deferred" | "lease_lost"> {
  const is_made = settled.verdict === "done" && settled.meeting !== null && settled.found !== null;
  return call(database, "settle_conflict_check", {
    p_meeting_id: meeting_id,
    p_lease_token: lease_token,
    p_check: is_made ? checkOf(settled.meeting, settled.found) : null,
    p_verdict: settled.verdict,
    p_not_before_seconds: settled.verdict === "done" ? null : settled.not_before_seconds,
  });
}

function checkOf(meeting: LeasedSearch | null, found: FoundConflicts | null) {
  return {
    starts_at: meeting?.starts_at,
    ends_at: meeting?.ends_at,
    google_event_id: meeting?.google_event_id,
    written_version: meeting?.written_version,
    conflicts: found?.conflicts,
    alternatives: found?.alternatives,
  };
}
