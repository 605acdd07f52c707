import { getEvent } from "@shared/calendar_events/event_calendar.ts";
import type { Connections } from "@shared/connections/connections.ts";
import type { Database } from "@shared/database/call.ts";
import { claimMeetLinks, settleMeetLinks } from "@shared/database/meet_links.ts";
import type { ClaimedRead, MeetLinkRead } from "@shared/database/meet_links.ts";
import { CODES } from "@shared/failures/codes.ts";
import type { Code } from "@shared/failures/codes.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import { meetLink } from "@shared/google/event.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { recorder } from "./recorder.ts";

/** Over about an hour, each wait twice the one before; the database counts them. */
const MAX_READS = 8;
const FIRST_WAIT_SECONDS = 30;

export interface MeetLinkDependencies {
  database: Database;
  calendar: GoogleCalendar;
  connections: Connections;
  now: () => Date;
}

/** Number of events that were read, and of those that have their link now. */
export interface FetchedMeetLinks {
  looked_at: number;
  found: number;
}

/**
 * Reads Meet links that Google had not created when the event was written: organizers side by
 * side, each organizer's events one after the other. Reads only, so no attempt is spent.
 */
export async function fetchMeetLinks(
  dependencies: MeetLinkDependencies,
  limit: number,
): Promise<FetchedMeetLinks> {
  const { database } = dependencies;
  const claimed = await claimMeetLinks(database, limit);
  if (claimed.length === 0) return { looked_at: 0, found: 0 };
  const byOrganizer = Map.groupBy(claimed, ({ connection }) => connection.user_id);
  const reads = await Promise.all(
    [...byOrganizer.values()].map(async (group) => {
      const found: MeetLinkRead[] = [];
      for (const read of group) found.push(await readOnce(dependencies, read));
      return found;
    }),
  );
  const all = reads.flat();
  await settleMeetLinks(database, all);
  return { looked_at: all.length, found: all.filter((read) => read.meet_link !== null).length };
}

async function readOnce(
  { calendar, connections, now }: MeetLinkDependencies,
  { meeting, connection }: ClaimedRead,
): Promise<MeetLinkRead> {
  const notes = recorder(now);
  const calendar_id = meeting.google_calendar_id;
  const at = { calendar, connections, connection, calendar_id, recorder: notes };
  const got = await getEvent(at, meeting.google_event_id ?? "");
  const verdict = judge(got, meeting.reads);
  return {
    meeting_id: meeting.meeting_id,
    meet_link: verdict.meet_link,
    error: verdict.error,
    is_over: verdict.meet_link !== null || verdict.error !== null,
    lease_token: meeting.lease_token,
    not_before_seconds: FIRST_WAIT_SECONDS * 2 ** (meeting.reads - 1),
    steps: [...notes.steps, { step: "settled", decision: decisionOf(verdict) }],
  };
}

interface Verdict {
  meet_link: string | null;
  error: string | null;
}

function judge(got: GoogleOutcome<GoogleEvent>, reads: number): Verdict {
  const link = got.verdict === "done" ? meetLink(got.value) : null;
  if (link !== null) return { meet_link: link, error: null };
  if (got.verdict === "done" && statusOf(got.value) === "failure") {
    return over("conference_failed");
  }
  if (got.verdict === "reject" || (got.verdict === "done" && got.value.status === "cancelled")) {
    return over("event_missing", "The event can no longer be read on Google Calendar.");
  }
  if (reads < MAX_READS) return { meet_link: null, error: null };
  return over("conference_pending");
}

function over(code: Code, message = CODES[code].message): Verdict {
  return { meet_link: null, error: `${code}: ${message}` };
}

function statusOf(event: GoogleEvent): string | undefined {
  return event.conferenceData?.createRequest?.status?.statusCode;
}

function decisionOf({ meet_link, error }: Verdict): string {
  if (meet_link !== null) return "meet_link_found";
  return error === null ? "meet_link_pending" : "meet_link_given_up";
}
