import type * as z from "zod/mini";
import type { Actor } from "@shared/database/actor.ts";
import { type HealthCheck, readHealth } from "@shared/database/health.ts";
import type { Database } from "@shared/database/call.ts";
import { listMeetings, readMeeting } from "@shared/database/meetings.ts";
import { actorOf, requireKey } from "@shared/http/caller.ts";
import { HttpFault, meetingNotFound } from "@shared/http/fault.ts";
import { readQuery } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Handler } from "@shared/http/serve.ts";
import { healthResponse } from "./health_response.ts";
import { metricsText } from "./metrics.ts";
import { meetingResponse, successRate, summary } from "./status_response.ts";
import { NO_QUERY, STATUS_QUERY } from "./request.ts";
import { decodeCursor, encodeCursor } from "./page_cursor.ts";

const DEFAULT_LIMIT = 50;

const PATHS = ["/", "/health", "/metrics"];

/**
 * GET ?meeting_id= returns the state of one meeting (with its ledger: &attempts=true, with its
 * candidates: &candidates=true); without it, the caller's meetings, newest first, in pages (a key sees
 * those of all users), on request those of one &status= or &reason=, or created &since= an instant.
 * GET /health returns the state of Convene, GET /metrics the same for Prometheus (keys only). One round
 * trip each.
 */
export function statusHandler({ database }: { database: Database }): Handler {
  return async (request, caller) => {
    const path = routePath(request, "status");
    if (!PATHS.includes(path)) throw new HttpFault("not_found", "status has no such path.");
    if (request.method !== "GET") throw new HttpFault("method_not_allowed", "status answers GET.");
    if (path !== "/") {
      readQuery(request, NO_QUERY);
      requireKey(caller);
      const checks = await readHealth(database);
      return path === "/health" ? json(healthResponse(checks)) : metrics(checks);
    }
    const query = readQuery(request, STATUS_QUERY);
    const { meeting_id, attempts, candidates } = query;
    const actor = actorOf(caller);
    if (meeting_id === undefined) return json(await page(database, actor, query));
    const meeting = await readMeeting(database, meeting_id, actor, attempts === "true");
    if (meeting === null) {
      throw meetingNotFound(meeting_id);
    }
    return json(meetingResponse(meeting, candidates === "true"));
  };
}

/** The content type of Prometheus' text format, version 0.0.4. */
function metrics(checks: readonly HealthCheck[]): Response {
  return new Response(metricsText(checks), {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
  });
}

async function page(
  database: Database,
  actor: Actor,
  query: z.output<typeof STATUS_QUERY>,
) {
  const limit = Number(query.limit ?? DEFAULT_LIMIT);
  const { meetings, counts } = await listMeetings(database, {
    actor,
    limit,
    before: query.cursor === undefined ? null : decodeCursor(query.cursor),
    filter: {
      state: query.status ?? null,
      reason: query.reason ?? null,
      since: query.since ?? null,
    },
  });
  const last = meetings.at(-1);
  return {
    meetings: meetings.map(summary),
    counts,
    success_rate: successRate(counts),
    next_cursor: last === undefined || meetings.length < limit ? null : encodeCursor(last),
  };
}
