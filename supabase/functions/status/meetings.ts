import type * as z from "zod/mini";
import type { Actor } from "@shared/database/actor.ts";
import type { Database } from "@shared/database/call.ts";
import { listMeetings, readMeeting } from "@shared/database/meetings.ts";
import { actorOf } from "@shared/http/caller.ts";
import { meetingNotFound } from "@shared/http/fault.ts";
import { readQuery } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import type { Caller } from "@shared/http/serve.ts";
import { decodeCursor, encodeCursor } from "./page_cursor.ts";
import { STATUS_QUERY } from "./request.ts";
import { meetingResponse, successRate, summary } from "./status_response.ts";

const DEFAULT_LIMIT = 50;

/**
 * GET ?meeting_id= returns the state of one meeting (with its ledger: &attempts=true, with its
 * candidates: &candidates=true); without it, the caller's meetings, newest first, in pages (a key sees
 * those of all users), on request those of one &status= or &reason=, or created &since= an instant.
 */
export async function meetings(
  database: Database,
  request: Request,
  caller: Caller,
): Promise<Response> {
  const query = readQuery(request, STATUS_QUERY);
  const { meeting_id, attempts, candidates } = query;
  const actor = actorOf(caller);
  if (meeting_id === undefined) return json(await page(database, actor, query));
  const meeting = await readMeeting(database, meeting_id, actor, attempts === "true");
  if (meeting === null) {
    throw meetingNotFound(meeting_id);
  }
  return json(meetingResponse(meeting, candidates === "true"));
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
