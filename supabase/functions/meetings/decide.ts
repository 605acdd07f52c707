import type { Database } from "@shared/database/call.ts";
import type { Asked } from "@shared/database/meeting_changes.ts";
import { decideMove, shownMove } from "@shared/database/moves.ts";
import type { MoveAnswer } from "@shared/database/moves.ts";
import { HttpFault, meetingNotFound } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";

/** Stores the organizer's answer to a proposed time; an accepted one is verified by the queue before the event moves. */
export async function decide(
  database: Database,
  asked: Asked,
  answer: MoveAnswer,
): Promise<Response> {
  const { meeting_id } = asked;
  const decided = await decideMove(database, asked, answer);
  switch (decided.decision) {
    case "accepted":
      return json({
        success: true,
        meeting_id,
        message: "The time is checked against everyone's calendar next; then the event moves.",
        move: shownMove(decided.move),
      });
    case "rejected":
      return json({
        success: true,
        meeting_id,
        message: "The meeting keeps its time.",
        move: shownMove(decided.move),
      });
    case "not_offered":
      throw new HttpFault("invalid_request", "start_time: Expected one of the offered times", {
        path: "start_time",
        alternatives: decided.move === null ? [] : shownMove(decided.move).alternatives,
      });
    case "no_proposal":
      throw new HttpFault("no_proposal", undefined, {
        meeting_id,
        move: decided.move === null ? null : shownMove(decided.move),
      });
    case "cancelled":
      throw new HttpFault("cancelled", undefined, { meeting_id });
    case "not_found":
      throw meetingNotFound(meeting_id);
  }
}
