import { readConflictContext } from "@shared/database/conflict_checks.ts";
import { shownConflict } from "@shared/database/conflicts.ts";
import type { FoundConflicts } from "@shared/database/conflicts.ts";
import type { Asked, MeetingChanges } from "@shared/database/meeting_changes.ts";
import { limitMessage } from "@shared/failures/reached_limit.ts";
import { checkTime } from "@shared/finding_time/check_time.ts";
import type { DryRunDependencies } from "@shared/finding_time/dry_run.ts";
import { FIRST_TRY } from "@shared/finding_time/search.ts";
import { shownSlot } from "@shared/time/shown_time.ts";

/** What a change's response says of conflicts at the new time; nothing where there was nothing to check. */
export interface ConflictReport {
  /** Null: the check is still to be made. */
  found: FoundConflicts | null;
  /** Fields of the response. */
  shown: Record<string, unknown>;
}

const NO_CHECK: ConflictReport = { found: null, shown: {} };

/**
 * Whether everybody is free at a time that a change names, read before the change is stored: afterwards the guests would be busy with
 * the event itself. A check that cannot be made hinders no change: the queue makes it later.
 */
export async function checkChange(
  dependencies: DryRunDependencies,
  { meeting_id, actor }: Asked,
  changes: MeetingChanges,
): Promise<ConflictReport> {
  if (changes.starts_at === undefined || changes.on_conflict === "ignore") return NO_CHECK;
  const context = await readConflictContext(dependencies.database, {
    meeting_id,
    actor,
    changes,
    is_claimed: false,
  });
  if (context.decision === "limit_reached") return later("limit_reached", limitMessage(context));
  // The change says what is wrong with a meeting that does not exist.
  if (context.decision !== "stored") return NO_CHECK;
  const outcome = await checkTime(dependencies, context, FIRST_TRY);
  if (outcome.kind !== "checked") return later(outcome.code, outcome.reason);
  const { conflicts, alternatives, unchecked } = outcome.found;
  const { timezone } = context.meeting;
  return {
    found: outcome.found,
    shown: {
      conflicts: conflicts.map((one) => shownConflict(one, timezone)),
      alternatives: alternatives.map((one) => ({ ...one, ...shownSlot(one, timezone) })),
      unchecked,
    },
  };
}

function later(code: string, message: string): ConflictReport {
  return {
    found: null,
    shown: { conflicts: null, alternatives: [], conflict_check: { error: code, message } },
  };
}
