import type { MeetingRow } from "@shared/database/meetings.ts";

/** The addresses of a row's participants, which are strings or objects as the organizer stored them. */
export function addresses(participants: MeetingRow["participants"]): string[] {
  return (participants as (string | { email: string })[])
    .map((participant) => typeof participant === "string" ? participant : participant.email);
}
