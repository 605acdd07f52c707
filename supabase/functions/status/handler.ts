import * as z from "zod/mini";
import type { Actor } from "@shared/database/actor.ts";
import type { Database } from "@shared/database/call.ts";
import { listMeetings, readMeeting } from "@shared/database/meetings.ts";
import { actorOf } from "@shared/http/caller.ts";
import { HttpFault, meetingNotFound } from "@shared/http/fault.ts";
import { readQuery } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { requireOwnPath } from "@shared/http/route_path.ts";
import type { Handler } from "@shared/http/serve.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import { meetingResponse, successRate, summary } from "./status_response.ts";
import { decodeCursor, encodeCursor } from "./page_cursor.ts";

const DEFAULT_LIMIT = 50;

const QUERY = z.strictObject({
  meeting_id: z.optional(MEETING_ID),
  attempts: z.optional(z.enum(["true", "false"])),
  limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, "Expected 1 to 100"))),
  cursor: z.optional(z.string()),
});

/**
 * GET ?meeting_id= returns the state of one meeting (with its ledger: &attempts=true); without it, the
 * caller's meetings, newest first, in pages (a key sees those of all users). One round trip each.
 */
export function statusHandler({ database }: { database: Database }): Handler {
  return async (request, caller) => {
    requireOwnPath(request, "status");
    if (request.method !== "GET") throw new HttpFault("method_not_allowed", "status answers GET.");
    const { meeting_id, attempts, limit, cursor } = readQuery(request, QUERY);
    const actor = actorOf(caller);
    if (meeting_id === undefined) {
      return json(await page(database, actor, Number(limit ?? DEFAULT_LIMIT), cursor));
    }
    const meeting = await readMeeting(database, meeting_id, actor, attempts === "true");
    if (meeting === null) {
      throw meetingNotFound(meeting_id);
    }
    return json(meetingResponse(meeting));
  };
}

async function page(
  database: Database,
  actor: Actor,
  limit: number,
  cursor: string | undefined,
) {
  const before = cursor === undefined ? null : decodeCursor(cursor);
  const { meetings, counts } = await listMeetings(database, { actor, limit, before });
  const last = meetings.at(-1);
  return {
    meetings: meetings.map(summary),
    counts,
    success_rate: successRate(counts),
    next_cursor: last === undefined || meetings.length < limit ? null : encodeCursor(last),
  };
}
