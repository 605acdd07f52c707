import { shownMove } from "@shared/database/moves.ts";
import type { Move } from "@shared/database/moves.ts";
import { CODES, isCode } from "@shared/failures/codes.ts";

/** Why a meeting keeps its time, by code; a search that found none has a code of docs/errors.md. */
const KEPT: Readonly<Record<string, string>> = {
  cancelled: "The meeting was cancelled before it moved.",
  expired: "The proposed time was not answered before it expired.",
  freeze: "The meeting begins within freeze_hours, so it does not move any more.",
  invalid_settings: "auto_reschedule has an invalid field. Correct it with PATCH meetings.",
  max_moves: "The meeting has moved max_moves times already.",
  not_organizer: "Another person organizes the event, or Google has not named the organizer yet.",
  off: "auto_reschedule was switched off before the meeting moved.",
  recurring: "A series with guests never moves automatically.",
  reply_changed: "The replies do not ask for another time any more.",
  search_requested: "Another time was requested before the meeting moved.",
  time_changed: "The time was changed before the meeting moved.",
  time_changing: "A change of the time is not written yet, so the reply concerns the former time.",
  under_way: "Another time is searched or proposed already, because of an earlier reply.",
};

/** The last decision to move the meeting automatically, or not to, with its reason as a sentence. */
export function moveResponse(move: Move | null) {
  return move === null ? null : { ...shownMove(move), message: messageOf(move) };
}

function messageOf({ reason, conflicts }: Move): string | null {
  if (reason === null) return null;
  if (reason === "conflict") return conflictMessage(conflicts);
  return KEPT[reason] ?? (isCode(reason) ? CODES[reason].message ?? null : null);
}

/** Who has something else, the certain ones first. */
function conflictMessage(conflicts: Move["conflicts"]): string {
  const names = (is_certain: boolean) =>
    conflicts.filter((one) => one.is_certain === is_certain).map(({ email }) => email).join(", ");
  const [certain, possible] = [names(true), names(false)];
  const sentences = [
    ...(certain === "" ? [] : [`Another event takes the time of ${certain}.`]),
    ...(possible === ""
      ? []
      : [`An event of ${possible} overlaps with the meeting or directly follows or precedes it.`]),
  ];
  return `${
    sentences.join(" ")
  } The meeting keeps its time: set another one, or on_conflict to reschedule.`;
}
