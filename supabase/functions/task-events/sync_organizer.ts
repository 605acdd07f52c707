import * as z from "zod/mini";
import { HttpFault } from "@shared/http/fault.ts";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { MEETING_ID } from "@shared/meetings/webhook.ts";
import { syncOrganizers } from "@shared/tracking/sync_organizers.ts";
import type { SyncedEvent } from "@shared/tracking/sync_organizers.ts";
import type { Route } from "./handler.ts";

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 20_000;

const ids = z.array(z.string().check(z.minLength(1), z.maxLength(1024))).check(
  z.minLength(1, "Expected at least one id"),
  z.maxLength(1000, "Expected at most 1000 ids"),
);

const REQUEST = z.union([
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

/** POST sync-organizer: reads again whose events they are and how their guests answered. */
export const syncOrganizer: Route = async (dependencies, request, actor) => {
  const { backfill: _, limit = DEFAULT_LIMIT, ...named } = {
    backfill: undefined,
    limit: undefined,
    ...await readJson(request, REQUEST),
  };
  const results = await syncOrganizers(dependencies, {
    actor,
    ...named,
    limit: limit ?? DEFAULT_LIMIT,
  });
  if ("meeting_id" in named && results.length === 0) {
    throw new HttpFault("meeting_not_found", "There is no such meeting with an event.", {
      meeting_id: named.meeting_id,
    });
  }
  const count = (status: SyncedEvent["status"]) =>
    results.filter((result) => result.status === status).length;
  return json({
    success: count("failed") === 0,
    scanned: results.length,
    updated: count("updated"),
    unchanged: count("unchanged"),
    missing: count("missing"),
    failed: count("failed"),
    results,
  });
};
