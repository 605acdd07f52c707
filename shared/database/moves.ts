import { userIdOf } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { call } from "./call.ts";
import type { Database } from "./call.ts";
import { shownInstant, shownSlot } from "@shared/time/shown_time.ts";
import { shownConflict } from "./conflicts.ts";
import type { Conflict } from "./conflicts.ts";

/** The last decision to move a meeting automatically, or not to (private.moves). Instants are RFC 3339. */
export interface Move {
  trigger: "required_declined" | "quorum_lost" | "conflict";
  /** `searching`: another time is searched; `proposed`: it waits for the organizer until `expires_at`. */
  decision: "searching" | "proposed" | "moved" | "kept" | "rejected";
  /** Code of why the meeting keeps its time. */
  reason: string | null;
  at: string;
  from: { start_time: string; end_time: string };
  to: { start_time: string; end_time: string } | null;
  /** Who has something else at the time of the meeting; of the trigger conflict. */
  conflicts: Conflict[];
  /** The times of a proposal, or other times where there is a conflict; best first. */
  alternatives: {
    start_time: string;
    end_time: string;
    score: number;
    reasoning: string;
  }[];
  expires_at: string | null;
  /** Zone of the meeting. */
  timezone: string | null;
  /** How often the meeting has moved automatically. */
  moves: number;
}

/** The same as responses show it, with its times in the zone of the meeting. */
export function shownMove(move: Move) {
  const { timezone: zone } = move;
  return {
    ...move,
    at: shownInstant(move.at),
    from: shownSlot(move.from, zone),
    to: move.to === null ? null : shownSlot(move.to, zone),
    conflicts: move.conflicts.map((one) => shownConflict(one, zone)),
    alternatives: move.alternatives.map((one) => ({ ...one, ...shownSlot(one, zone) })),
    expires_at: shownInstant(move.expires_at),
  };
}

export interface MoveAnswer {
  decision: "accept" | "reject";
  /** One of the alternatives, RFC 3339; left out: the proposed time. */
  start_time?: string | undefined;
}

/** Answers the open proposal of a meeting. `no_proposal`: it has expired, was answered or never made. */
export function decideMove(
  database: Database,
  { meeting_id, actor }: { meeting_id: string; actor: Actor },
  { decision, start_time }: MoveAnswer,
): Promise<
  | { decision: "accepted" | "rejected"; move: Move }
  | { decision: "no_proposal" | "not_offered"; move: Move | null }
  | { decision: "cancelled" | "not_found" }
> {
  return call(database, "decide_move", {
    p_meeting_id: meeting_id,
    p_user_id: userIdOf(actor),
    p_decision: decision,
    p_starts_at: start_time ?? null,
  });
}
