import type { MeetingRow } from "@shared/database/meetings.ts";

/** The addresses of a row's participants, which are strings or objects as somebody gave them. */
export function addresses(participants: MeetingRow["participants"]): string[] {
  return (participants as (string | { email: string })[])
    .map((given) => typeof given === "string" ? given : given.email);
}
