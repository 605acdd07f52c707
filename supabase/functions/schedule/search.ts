import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import type { GoogleFailure } from "@shared/google/outcome.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { SchedulingInputError } from "@shared/scheduling/scheduling_input_error.ts";
import type { Candidate, Participant, SchedulingResult } from "@shared/scheduling/types.ts";
import { slotQuestion } from "./question.ts";
import type { SlotQuestion } from "./question.ts";
import { readBusy } from "./read_busy.ts";
import type { Availability, BusyReader } from "./read_busy.ts";

/** Searches that failed for Google's sake are repeated this often before the meeting fails. */
const MAX_ATTEMPTS = 3;

export type SearchErrorCode =
  | "invalid_request"
  | "needs_reauth"
  | "calendar_unreadable"
  | "no_common_slot"
  | "google_unavailable"
  | "rate_limited";

export type SearchOutcome =
  | { kind: "found"; slot: Candidate; timezone: string; result: SchedulingResult }
  | { kind: "refused"; code: SearchErrorCode; reason: string; details: Record<string, unknown> }
  | {
    kind: "postponed";
    code: "google_unavailable" | "rate_limited";
    reason: string;
    retry_after_seconds: number;
  };

/** Looks for the best slot of one meeting. Reads calendars, decides nothing about the row. */
export async function search(
  reader: BusyReader,
  row: MeetingRow,
  connection: StoredConnection | null,
  now: Date,
): Promise<SearchOutcome> {
  const question = slotQuestion(row, connection, now);
  if ("path" in question) {
    const { path, message } = question;
    return refused("invalid_request", `${path}: ${message}`, { path });
  }
  if (connection === null) {
    return refused(
      "needs_reauth",
      "The organizer has not connected a Google account. Connect one (google-auth), then schedule again.",
      { reason: "not_connected" },
    );
  }
  try {
    const busy = await readBusy(reader, question, connection);
    if (!(busy instanceof Map)) return afterFailure(busy, row.scheduling_attempts);
    return decide(question, busy, now);
  } catch (thrown) {
    if (!(thrown instanceof SchedulingInputError)) throw thrown;
    return refused("invalid_request", thrown.message, { path: thrown.path });
  }
}

function decide(
  question: SlotQuestion,
  busy: ReadonlyMap<string, Availability>,
  now: Date,
): SearchOutcome {
  const { constraints } = question;
  const result = findSlots({ constraints, participants: people(question, busy), now });
  const slot = result.candidates[0];
  if (slot !== undefined) return { kind: "found", slot, timezone: constraints.timezone, result };
  const { empty_reason, blocking, suggestion, unknown, analytics, message } = result;
  const unreadable = blocking.some(({ reason }) => reason === "unknown");
  return refused(
    unreadable ? "calendar_unreadable" : "no_common_slot",
    suggestion === undefined ? message : `${message} ${suggestion}`,
    { empty_reason, blocking, suggestion, unknown, analytics },
  );
}

function people(
  { attending }: SlotQuestion,
  busy: ReadonlyMap<string, Availability>,
): Participant[] {
  return attending.map((person) => ({
    email: person.email,
    type: person.type,
    is_organizer: person.is_organizer,
    ...(person.name === undefined ? {} : { name: person.name }),
    ...(person.timezone === undefined ? {} : { timezone: person.timezone }),
    ...(person.open_hours === undefined ? {} : {
      open_hours: person.open_hours.map(({ timezone, ...hours }) => ({
        ...hours,
        ...(timezone === undefined ? {} : { timezone }),
      })),
    }),
    ...(person.buffer === undefined ? {} : { buffer: person.buffer }),
    ...(busy.get(person.email) ?? { busy: "unknown" }),
  }));
}

function afterFailure(failure: GoogleFailure, attempts: number): SearchOutcome {
  const { fault } = failure;
  switch (failure.kind) {
    case "reconnect":
      return refused("needs_reauth", fault.message, { reason: fault.reason });
    case "reject":
      return refused(
        "calendar_unreadable",
        `Google refused to show the calendars (${fault.status} ${fault.reason}): ${fault.message}`,
        { reason: fault.reason },
      );
    case "unknown":
    case "retry": {
      const limited = failure.kind === "retry" && failure.scope !== "request";
      const reason = limited
        ? `Google asks to slow down (${fault.reason}).`
        : `Google could not show the calendars (${fault.reason}).`;
      if (!limited && attempts >= MAX_ATTEMPTS) {
        return refused("google_unavailable", `${reason} Schedule the meeting again later.`, {
          reason: fault.reason,
        });
      }
      const wait = failure.kind === "retry" ? failure.not_before_seconds : undefined;
      return {
        kind: "postponed",
        code: limited ? "rate_limited" : "google_unavailable",
        reason: `${reason} It is tried again by itself.`,
        retry_after_seconds: wait ?? 30 * 2 ** (attempts - 1),
      };
    }
  }
}

function refused(
  code: SearchErrorCode,
  reason: string,
  details: Record<string, unknown>,
): SearchOutcome {
  return { kind: "refused", code, reason, details };
}
