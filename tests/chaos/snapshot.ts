import type { MeetingRow } from "@shared/database/meetings.ts";
import type { Database as Schema } from "@shared/database/types.ts";
import type { Mail, RecordedRequest, StoredEvent } from "../../local/google/control.ts";
import type { Stack } from "../support/stack.ts";
import { emptyMemory, type Memory } from "./expected_state.ts";

export type LedgerRow = Schema["public"]["Tables"]["writeback_ledger"]["Row"];

/** Everything that both sides remember of the meetings in the table. */
export interface Evidence {
  meetings: readonly MeetingRow[];
  /** In the order in which it was written. */
  ledger: readonly LedgerRow[];
  /** Of all calendars, deleted ones included. */
  events: readonly StoredEvent[];
  mails: readonly Mail[];
  /** Requests for single events, oldest first. */
  requests: readonly RecordedRequest[];
  memory: Memory;
}

/** `memory`: what the people of the run know; nothing where nobody changed or answered anything. */
export async function gatherEvidence(
  { platform, google }: Stack,
  memory: Memory = emptyMemory(),
): Promise<Evidence> {
  const meetings = await platform.sql<{ row: MeetingRow }>(
    "select to_jsonb(m) as row from public.meetings as m order by m.meeting_id",
  );
  const ledger = await platform.sql<{ row: LedgerRow }>(
    "select to_jsonb(l) as row from public.writeback_ledger as l order by l.ledger_id",
  );
  return {
    meetings: meetings.map(({ row }) => row),
    ledger: ledger.map(({ row }) => row),
    events: await google.events(),
    mails: await google.mails(),
    requests: await google.requests({ path: "/calendar/v3/calendars/" }),
    memory,
  };
}

/** The events that were made for a meeting, as its organizer's calendar holds them. */
export function eventsOfMeeting(meeting: MeetingRow, { events }: Evidence): StoredEvent[] {
  return events.filter(({ extendedProperties }) =>
    extendedProperties?.private?.["convene_event_key"] === meeting.event_key
  );
}

/** How many leases to insert ended well without an insert of their own that Google had answered. */
export function adoptions({ ledger }: Evidence): number {
  const byLease = Map.groupBy(ledger, ({ lease_token }) => lease_token);
  return [...byLease.values()].filter((steps) => {
    const inserted = steps.some(({ step, request }, index) =>
      step === "requested" && (request as { method: string }).method === "insert" &&
      steps[index + 1]?.outcome === "done"
    );
    const is_creation = steps.some(({ step, request }) =>
      step === "claimed" && (request as { operation: string }).operation === "create"
    );
    return is_creation && !inserted && steps.some(({ decision }) => decision === "created");
  }).length;
}
