import { SYSTEM } from "@shared/database/actor.ts";
import {
  claimConflictChecks,
  readConflictContext,
  settleConflictCheck,
} from "@shared/database/conflict_checks.ts";
import type { CheckLease, CheckVerdict } from "@shared/database/conflict_checks.ts";
import { finishBatch } from "@shared/database/work.ts";
import { CALL_ROWS, callRowsOf } from "./call_rows.ts";
import { checkTime } from "./check_time.ts";
import { logUnlessTemporary } from "./failed_alone.ts";
import type { FaultLog } from "./failed_alone.ts";
import type { DryRunDependencies } from "./dry_run.ts";

const DEFAULT_LIMIT = 10;

/** What checking one meeting came to: how many people have something else then; null: it was not checked. */
export interface CheckedMeeting {
  meeting_id: string;
  conflicts: number | null;
}

/**
 * Checks times that are due: organizers side by side, each organizer's one after the other, a meeting with megabytes of
 * busy time alone. A call that a wake-up caused has the function called again for the rest.
 */
export async function checkBatch(
  dependencies: DryRunDependencies & FaultLog,
  { limit, wake }: { limit: number | undefined; wake: boolean },
): Promise<CheckedMeeting[]> {
  const results: CheckedMeeting[] = [];
  let left = limit ?? (wake ? CALL_ROWS : DEFAULT_LIMIT);
  while (left > 0) {
    const claimed = await claimConflictChecks(
      dependencies.database,
      Math.min(left, DEFAULT_LIMIT),
    );
    if (claimed.length === 0) break;
    left -= callRowsOf(claimed);
    const byOrganizer = Map.groupBy(claimed, (lease) => lease.organizer_user_id);
    const checked = await Promise.all(
      [...byOrganizer.values()].map(async (leases) => {
        const done: CheckedMeeting[] = [];
        for (const lease of leases) {
          done.push(
            await checkLeased(dependencies, lease).catch((thrown: unknown) => {
              logUnlessTemporary(dependencies, thrown, "conflict_check_failed", lease.meeting_id);
              return { meeting_id: lease.meeting_id, conflicts: null };
            }),
          );
        }
        return done;
      }),
    );
    results.push(...checked.flat());
  }
  if (wake && limit === undefined && left <= 0) {
    await finishBatch(dependencies.database, "conflict_check", true);
  }
  return results;
}

async function checkLeased(
  dependencies: DryRunDependencies,
  lease: CheckLease,
): Promise<CheckedMeeting> {
  const { meeting_id } = lease;
  const verdict = await judge(dependencies, lease);
  const settled = await settleConflictCheck(dependencies.database, lease, verdict);
  const is_checked = settled === "settled" && verdict.verdict === "done";
  return { meeting_id, conflicts: is_checked ? verdict.found?.conflicts.length ?? null : null };
}

async function judge(
  dependencies: DryRunDependencies,
  { meeting_id, attempts, max_attempts }: CheckLease,
): Promise<CheckVerdict> {
  const context = await readConflictContext(dependencies.database, {
    meeting_id,
    actor: SYSTEM,
    changes: null,
    is_claimed: true,
  });
  switch (context.decision) {
    case "not_found":
    case "not_needed":
      return { verdict: "done", meeting: null, found: null };
    case "limit_reached":
      return { verdict: "defer", not_before_seconds: context.retry_after_seconds };
  }
  const is_last = (attempts ?? 0) + 1 >= max_attempts;
  const outcome = await checkTime(dependencies, context, { is_last });
  switch (outcome.kind) {
    case "checked":
      return { verdict: "done", meeting: context.meeting, found: outcome.found };
    case "refused":
      return { verdict: "reject", not_before_seconds: null };
    case "postponed":
      return { verdict: outcome.verdict, not_before_seconds: outcome.retry_after_seconds };
  }
}
