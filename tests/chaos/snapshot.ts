import type { MeetingRow } from "@shared/database/meetings.ts";
import type { Database as Schema } from "@shared/database/types.ts";
import type {
  Mail,
  RecordedRequest,
  StoredEvent,
} from "../../packages/google-calendar-emulator/control.ts";
import type { Stack } from "../support/stack.ts";
import { emptyExpectedState, type ExpectedState } from "./expected_state.ts";

type Tables = Schema["public"]["Tables"];
export type ResponseRow = Tables["attendee_responses"]["Row"];
export type LedgerRow = Schema["public"]["Tables"]["writeback_ledger"]["Row"];

/** A meeting's row with what the queue and the event state know of it. */
export type MeetingState = MeetingRow & {
  /** Google's address of the organizer. */
  account_email: string;
  lease_token: string | null;
  search_lease_token: string | null;
  /** A request may have taken effect without a response. */
  outcome_unknown: boolean;
};

/** The meetings as our database and Google have them, and what is expected of them. */
export interface Snapshot {
  meetings: readonly MeetingState[];
  /** In the order of writing. */
  ledger: readonly LedgerRow[];
  /** The history of replies, in the order of writing. */
  responses: readonly ResponseRow[];
  /** Of all calendars, deleted ones included. */
  events: readonly StoredEvent[];
  mails: readonly Mail[];
  /** Requests for single events, oldest first. */
  requests: readonly RecordedRequest[];
  expected: ExpectedState;
}

const MEETINGS = `
  select to_jsonb(m) || jsonb_build_object(
    'write_due_at', w.due_at, 'lease_token', w.lease_token,
    'search_due_at', nullif(s.due_at, 'infinity'), 'search_lease_token', s.lease_token,
    'account_email', c.email,
    'outcome_unknown', es.outcome_unknown_since is not null or coalesce(w.crashes > 0, false)
  ) as row
  from public.meetings as m
  left join private.google_connections as c on c.user_id = m.organizer_user_id
  left join private.work as w on w.kind = 'write' and w.subject_id = m.meeting_id
  left join private.work as s on s.kind = 'search' and s.subject_id = m.meeting_id
  left join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
  order by m.meeting_id`;

/** Reads all of it. `expected` is empty in tests without changes and replies. */
export async function takeSnapshot(
  { platform, google }: Stack,
  expected: ExpectedState = emptyExpectedState(),
): Promise<Snapshot> {
  const meetings = await platform.sql<{ row: MeetingState }>(MEETINGS);
  const ledger = await platform.sql<{ row: LedgerRow }>(
    "select to_jsonb(l) as row from public.writeback_ledger as l order by l.ledger_id",
  );
  const responses = await platform.sql<{ row: ResponseRow }>(
    "select to_jsonb(r) as row from public.attendee_responses as r order by r.recorded_at",
  );
  return {
    responses: responses.map(({ row }) => row),
    meetings: meetings.map(({ row }) => row),
    ledger: ledger.map(({ row }) => row),
    events: await google.events(),
    mails: await google.mails(),
    requests: await google.requests({ path: "/calendar/v3/calendars/" }),
    expected,
  };
}

/** The events that were created for a meeting, each as on the calendar that organizes it. */
export function eventsOfMeeting(meeting: MeetingRow, { events }: Snapshot): StoredEvent[] {
  const key = meeting.event_key.replaceAll("-", "");
  return events.filter(({ id, organizer, extendedProperties }) =>
    organizer?.self === true &&
    // A calendar to which people move an event may have no properties of it, and a worker without own ids has other ids.
    (id.startsWith(`convene${key}g`) ||
      extendedProperties?.private?.["convene_event_key"] === meeting.event_key)
  );
}

/** Whether people deleted an event of the meeting, so that it may have had another one afterwards. */
export function hasDeletedEvent(meeting: MeetingRow, snapshot: Snapshot): boolean {
  const { deletions } = snapshot.expected;
  return eventsOfMeeting(meeting, snapshot).some(({ id }) => deletions.includes(id));
}

/** How many leases settled a creation as `created` without a successful insert of their own. */
export function adoptions({ ledger }: Snapshot): number {
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
