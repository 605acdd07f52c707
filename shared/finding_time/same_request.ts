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
  return given === undefined || canonical(given) === canonical(stored);
}

/** JSON with sorted keys; members that are undefined are absent. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, member: unknown) =>
      typeof member === "object" && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => a < b ? -1 : 1))
        : member,
  ) ?? "";
}
