import type { LeasedSearch, MoveSearch } from "@shared/database/schedulings.ts";
import { constraintsWithin } from "./move_window.ts";
import type { KnownOfPeople, SlotRequest } from "./slot_request.ts";
import { readSlotRequest } from "./slot_request.ts";

/**
 * The request for another time of a meeting that is to move automatically: the same length, in the time
 * that the move may use, for the people whom its event has. Declined times are excluded, and no one
 * is asked for a concession.
 */
export function readMoveRequest(
  row: LeasedSearch,
  move: MoveSearch,
  known: KnownOfPeople,
  now: Date,
): SlotRequest | { path: string; message: string } {
  const constraints = constraintsWithin(row, move, now);
  if ("path" in constraints) return constraints;
  const request = readSlotRequest(
    {
      ...row,
      participants: presentPeople(row) as LeasedSearch["participants"],
      constraints: constraints as LeasedSearch["constraints"],
      allow_concessions: false,
    },
    known,
    now,
  );
  return "path" in request ? request : { ...request, excluded: move.excluded };
}

/** The participants without those whom people removed from the event, and whom they added as optional. */
export function presentPeople(row: LeasedSearch): unknown {
  const { participants, organizer_email, written_version, desired_version } = row;
  const guests = guestsOf(row.attendees);
  // Before its write the event does not show whom a change has invited. One that was never read has no organizer here.
  const is_shown = written_version >= desired_version && organizer_email !== null;
  if (!Array.isArray(participants) || !is_shown) return participants;
  const shown = new Set([...guests.map(({ email }) => email), organizer_email ?? ""].map(lower));
  const named = new Set(
    participants.flatMap((entry) => membersOf(entry) ?? [entry]).map(addressOf),
  );
  const added = [...shown].filter((email) => email !== "" && !named.has(email));
  return [
    // Whom a group chooses is decided again at each time, so a group stays whole.
    ...participants.filter((entry) => membersOf(entry) !== null || shown.has(addressOf(entry))),
    ...added.map((email) => ({ email, type: "optional" })),
  ];
}

/** The members of a group; null for a person. */
function membersOf(entry: unknown): unknown[] | null {
  const any_of = (entry as { any_of?: unknown } | null)?.any_of;
  return Array.isArray(any_of) ? any_of : null;
}

function addressOf(participant: unknown): string {
  const email = typeof participant === "string"
    ? participant
    : (participant as { email?: unknown } | null)?.email;
  return typeof email === "string" ? email.toLowerCase() : "";
}

function guestsOf(attendees: unknown): { email: string }[] {
  return Array.isArray(attendees)
    ? attendees.filter((guest): guest is { email: string } => typeof guest?.email === "string")
    : [];
}

function lower(email: string): string {
  return email.toLowerCase();
}
