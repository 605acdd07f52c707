import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import type { RecurrenceRequest } from "@shared/scheduling/input/scheduling_request.ts";
import { completeConstraints, CONSTRAINTS } from "@shared/schemas/constraints.ts";
import type { CompleteConstraints, GivenConstraints } from "@shared/schemas/constraints.ts";
import { firstIssue } from "@shared/failures/issues.ts";
import { PARTICIPANTS } from "@shared/schemas/participants.ts";
import type { MeetingParticipant } from "@shared/schemas/participants.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { WEIGHTS } from "@shared/schemas/weights.ts";
import type { GivenWeights } from "@shared/schemas/weights.ts";

/** Who must be found a time for, and when it may be. */
export interface SlotRequest {
  constraints: CompleteConstraints;
  /** The organizer among them: the event takes place on the organizer's calendar. */
  attending: (MeetingParticipant & { is_organizer: boolean })[];
  weights: GivenWeights | null;
  recurrence: readonly string[] | null;
  allow_concessions: boolean;
}

/** The columns of a meeting that make the slot_request. */
export type RequestedMeeting = Pick<
  MeetingRow,
  "participants" | "constraints" | "weights" | "recurrence" | "allow_concessions"
>;

/** The slot_request a row asks, or where the row cannot be understood (it may have been inserted by SQL). */
export function readSlotRequest(
  row: RequestedMeeting,
  connection: StoredConnection | null,
  now: Date,
): SlotRequest | { path: string; message: string } {
  const participants = PARTICIPANTS.safeParse(row.participants);
  if (!participants.success) return within("participants", firstIssue(participants.error));
  const constraints = CONSTRAINTS.safeParse(row.constraints);
  if (!constraints.success) return within("constraints", firstIssue(constraints.error));
  const weights = row.weights === null ? null : WEIGHTS.safeParse(row.weights);
  if (weights?.success === false) return within("weights", firstIssue(weights.error));
  const recurrence = row.recurrence === null ? null : RECURRENCE.safeParse(row.recurrence);
  if (recurrence?.success === false) return within("recurrence", firstIssue(recurrence.error));
  return completeSlotRequest(
    {
      participants: participants.data,
      constraints: constraints.data,
      weights: weights?.data ?? null,
      recurrence: recurrence?.data ?? null,
      allow_concessions: row.allow_concessions,
    },
    connection,
    now,
  );
}

/** The same for input that has been checked already. */
export function completeSlotRequest(
  asked: {
    participants: readonly MeetingParticipant[];
    constraints: GivenConstraints;
    weights: GivenWeights | null;
    recurrence: readonly string[] | null;
    allow_concessions: boolean;
  },
  connection: StoredConnection | null,
  now: Date,
): SlotRequest {
  const { weights, recurrence, allow_concessions } = asked;
  return {
    constraints: completeConstraints(asked.constraints, now),
    attending: withOrganizer(asked.participants, connection?.email ?? null),
    weights,
    recurrence,
    allow_concessions,
  };
}

/**
 * How the meeting repeats, as the search takes it; nothing for a single one. Dates that are left out or added depend on
 * the slot, so they say nothing about it.
 */
export function seriesOf(
  { recurrence, constraints }: SlotRequest,
): { recurrence?: RecurrenceRequest } {
  if (recurrence === null) return {};
  const rules = recurrence.filter((line) => line.startsWith("RRULE:"));
  return { recurrence: { rules, horizon: constraints.recurrence_horizon } };
}

function withOrganizer(
  participants: readonly MeetingParticipant[],
  email: string | null,
): SlotRequest["attending"] {
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
