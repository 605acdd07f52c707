import * as z from "zod/mini";
import type { Actor } from "@shared/database/actor.ts";
import { FailureError, rejection } from "@shared/failures/failure.ts";
import { idOf } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import type { TaskEventDependencies } from "./execute/account.ts";
import { syncOrganizers } from "./execute/sync_organizers.ts";
import type { SyncedEvent } from "./execute/sync_organizers.ts";

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 20_000;

const ids = z.array(idOf(LIMITS.event_id_characters)).check(
  z.minLength(1, "Expected at least one id"),
  z.maxLength(LIMITS.ids, `Expected at most ${LIMITS.ids} ids`),
);

/** Which events: named, those of tasks or of a meeting, or all without an organizer. */
export const SYNC_ORGANIZER_REQUEST = z.union([
  z.strictObject({ event_ids: ids }),
  z.strictObject({ task_ids: ids }),
  z.strictObject({ meeting_id: MEETING_ID }),
  z.strictObject({
    backfill: z.literal(true),
    limit: z.optional(
      z.int("Expected a whole number").check(
        z.gte(1, `Expected 1 to ${MAX_LIMIT}`),
        z.lte(MAX_LIMIT, `Expected 1 to ${MAX_LIMIT}`),
      ),
    ),
  }),
], "Expected event_ids, task_ids, meeting_id or backfill: true");

/** What was read again, event by event, and how many of each kind. */
export interface SyncReport {
  success: boolean;
  scanned: number;
  updated: number;
  unchanged: number;
  missing: number;
  failed: number;
  results: SyncedEvent[];
}

/** Reads again whose events they are and how their guests replied. Throws FailureError. */
export async function syncRequested(
  dependencies: TaskEventDependencies,
  actor: Actor,
  request: z.output<typeof SYNC_ORGANIZER_REQUEST>,
): Promise<SyncReport> {
  const { backfill: _, limit = DEFAULT_LIMIT, ...named } = {
    backfill: undefined,
    limit: undefined,
    ...request,
  };
  const results = await syncOrganizers(dependencies, {
    actor,
    ...named,
    limit: limit ?? DEFAULT_LIMIT,
  });
  if ("meeting_id" in named && results.length === 0) {
    throw new FailureError(
      rejection("meeting_not_found", "There is no such meeting, or it has no event."),
      { meeting_id: named.meeting_id },
    );
  }
  const count = (status: SyncedEvent["status"]) =>
    results.filter((result) => result.status === status).length;
  return {
    success: count("failed") === 0,
    scanned: results.length,
    updated: count("updated"),
    unchanged: count("unchanged"),
    missing: count("missing"),
    failed: count("failed"),
    results,
  };
}
