import { SYSTEM } from "@shared/database/actor.ts";
import { readMeeting } from "@shared/database/meetings.ts";
import { actorOf, requireKey } from "@shared/http/caller.ts";
import { HttpFault, meetingNotFound } from "@shared/http/fault.ts";
import { lookOnceMore } from "@shared/http/look_once_more.ts";
import { hasField, readBody, readQuery, validate } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { requireOwnPath } from "@shared/http/route_path.ts";
import type { Caller, Handler } from "@shared/http/serve.ts";
import { MEETING_WEBHOOK } from "@shared/schemas/webhook.ts";
import type { WritebackDependencies } from "@shared/writeback/write_back.ts";
import { batchResponse, statusResponse } from "./writeback_response.ts";
import { ONE_MEETING, WRITE_BATCH } from "./request.ts";

export interface HandlerDependencies extends WritebackDependencies {
  inBackground: (work: Promise<unknown>) => void;
}

const NAME_ONE = "Send one meeting_id instead.";

/** Requests that are refused, and those that only ask, do not load what writes. */
const batches = () => import("@shared/writeback/write_back_batch.ts");
const single = () => import("./single.ts");

/**
 * POST {meeting_id} writes one meeting's event, POST {batch, limit} those that are due (keys only),
 * POST of a database webhook the meeting it names, GET ?meeting_id= returns the state of its write-back.
 * POST {audit} compares rows with Google Calendar (keys only).
 */
export function writeBackHandler(dependencies: HandlerDependencies): Handler {
  return (request, caller) => {
    requireOwnPath(request, "write-back");
    if (request.method === "GET") return readStatus(dependencies, request, caller);
    if (request.method === "POST") return write(dependencies, request, caller);
    throw new HttpFault("method_not_allowed", "write-back answers GET and POST.");
  };
}

async function write(
  dependencies: HandlerDependencies,
  request: Request,
  caller: Caller,
): Promise<Response> {
  const body = await readBody(request);
  if (hasField(body, "batch")) {
    requireKey(caller, NAME_ONE);
    const { limit, background = false } = validate(body, WRITE_BATCH);
    // A wake-up is not over before everything is written; a caller who names a limit means it.
    const wake = background && limit === undefined;
    const { MAX_ROWS_A_CALL, writeBackBatch } = await batches();
    const run = () =>
      writeBackBatch({ ...dependencies, is_wake_up: background }, {
        limit: limit ?? MAX_ROWS_A_CALL,
        wake,
      });
    return background
      ? accept(dependencies.inBackground, lookOnceMore(run(), run))
      : json(batchResponse(await run()));
  }
  if (hasField(body, "record")) {
    requireKey(caller, NAME_ONE);
    const { record } = validate(body, MEETING_WEBHOOK);
    const woken = { ...dependencies, is_wake_up: true };
    const { MAX_ROWS_A_CALL, writeBackBatch } = await batches();
    const { writeBackMeeting } = await single();
    // pg_net works through its queue in order: a slow response would hold up the next wake-up.
    return accept(
      dependencies.inBackground,
      lookOnceMore(
        writeBackMeeting(woken, record.meeting_id, SYSTEM),
        () => writeBackBatch(woken, { limit: MAX_ROWS_A_CALL, wake: true }),
      ),
    );
  }
  if (hasField(body, "audit")) {
    requireKey(caller, NAME_ONE);
    const { answerAudit } = await import("./audit.ts");
    return await answerAudit(dependencies, body);
  }
  const { meeting_id } = validate(body, ONE_MEETING);
  const { writeBackMeeting } = await single();
  return await writeBackMeeting(dependencies, meeting_id, actorOf(caller));
}

async function readStatus(
  { database }: HandlerDependencies,
  request: Request,
  caller: Caller,
): Promise<Response> {
  const { meeting_id } = readQuery(request, ONE_MEETING);
  const meeting = await readMeeting(database, meeting_id, actorOf(caller));
  if (meeting === null) throw meetingNotFound(meeting_id);
  return json(statusResponse(meeting));
}
