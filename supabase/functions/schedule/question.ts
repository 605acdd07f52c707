import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { completeConstraints, CONSTRAINTS } from "@shared/meetings/constraints.ts";
import type { CompleteConstraints } from "@shared/meetings/constraints.ts";
import { firstIssue } from "@shared/meetings/issues.ts";
import { PARTICIPANTS } from "@shared/meetings/participants.ts";
import type { MeetingParticipant } from "@shared/meetings/participants.ts";

/** Who must be found a time for, and when it may be. */
export interface SlotQuestion {
  constraints: CompleteConstraints;
  /** The organizer among them: the event takes place on the organizer's calendar. */
  attending: (MeetingParticipant & { is_organizer: boolean })[];
}

/** The question a row asks, or where the row cannot be understood (it may have been inserted by SQL). */
export function slotQuestion(
  row: MeetingRow,
  connection: StoredConnection | null,
  now: Date,
): SlotQuestion | { path: string; message: string } {
  const participants = PARTICIPANTS.safeParse(row.participants);
  if (!participants.success) return within("participants", firstIssue(participants.error));
  const constraints = CONSTRAINTS.safeParse(row.constraints);
  if (!constraints.success) return within("constraints", firstIssue(constraints.error));
  return {
    constraints: completeConstraints(constraints.data, now),
    attending: withOrganizer(participants.data, connection?.email ?? null),
  };
}

function withOrganizer(
  participants: readonly MeetingParticipant[],
  email: string | null,
): SlotQuestion["attending"] {
  const attending = participants.map((participant) => ({
    ...participant,
    is_organizer: participant.email.toLowerCase() === email?.toLowerCase(),
  }));
  return email === null || attending.some(({ is_organizer }) => is_organizer)
    ? attending
    : [{ email, type: "required", is_organizer: true }, ...attending];
}

function within(column: string, issue: { path: string; message: string }) {
  const { path, message } = issue;
  const joined = path.startsWith("[") ? `${column}${path}` : `${column}.${path}`;
  return { path: path === "body" ? column : joined, message };
}
