import { CONSTRAINTS } from "@shared/schemas/constraints.ts";
import { PARTICIPANTS } from "@shared/schemas/participants.ts";
import { isGroup } from "@shared/schemas/people.ts";
import type { ParticipantEntry } from "@shared/schemas/people.ts";
import type { RequestedMeeting } from "./slot_request.ts";

/** Whether a repeated call asks for what the stored slot was found for: the same people and constraints, however spelled. */
export function requestsTheSame(
  meeting: RequestedMeeting,
  given: Readonly<Record<string, unknown>>,
): boolean {
  const stored = {
    participants: PARTICIPANTS.safeParse(meeting.participants).data?.map(withoutChoice),
    constraints: CONSTRAINTS.safeParse(meeting.constraints).data,
  };
  const participants = PARTICIPANTS.safeParse(given.participants).data?.map(withoutChoice);
  return same(participants, stored.participants) &&
    same(given.constraints, stored.constraints) &&
    same(given.weights, meeting.weights) &&
    same(given.recurrence, meeting.recurrence) &&
    same(given.allow_concessions, meeting.allow_concessions);
}

/** Who is chosen of a group is found by the search. */
function withoutChoice(entry: ParticipantEntry): ParticipantEntry {
  if (!isGroup(entry)) return entry;
  const { chosen: _, ...group } = entry;
  return group;
}

/** What the caller does not name has not changed. */
function same(given: unknown, stored: unknown): boolean {
  return given === undefined || equal(given, stored);
}

/** Whether two values are the same JSON, in which members that are undefined are absent. Megabytes are not copied for it. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length &&
      a.every((item, index) => equal(item, b[index]));
  }
  const [ours, theirs] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return membersOf(ours) === membersOf(theirs) &&
    Object.keys(ours).every((name) => equal(ours[name], theirs[name]));
}

function membersOf(value: Record<string, unknown>): number {
  let members = 0;
  for (const name in value) if (value[name] !== undefined) members++;
  return members;
}
