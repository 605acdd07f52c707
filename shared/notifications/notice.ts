import * as z from "zod/mini";
import { shownConflict } from "@shared/database/conflicts.ts";
import { shownInstant, shownSlot } from "@shared/time/shown_time.ts";
import type { ClaimedNotification } from "@shared/database/notifications.ts";

const TEXT = z.nullable(z.string());

const MEETING = z.object({
  meeting_id: z.string(),
  title: TEXT,
  participants: z.array(z.object({ email: TEXT, name: TEXT })),
  start_time: TEXT,
  end_time: TEXT,
  timezone: TEXT,
  google_event_id: TEXT,
  google_event_link: TEXT,
  meet_link: TEXT,
  organizer_email: TEXT,
  error: TEXT,
});

const GIVEN_UP = z.extend(MEETING, { operation: z.enum(["update", "cancel"]) });

const REPLIED = z.extend(MEETING, {
  reply: z.object({
    email: z.string(),
    response_status: z.enum(["accepted", "declined", "tentative"]),
    comment: TEXT,
    additional_guests: z.number(),
  }),
});

/** The slot before people, or Convene, moved the event. */
const MOVED = z.extend(MEETING, {
  moved_from: z.object({ start_time: TEXT, end_time: TEXT, timezone: TEXT }),
});

const TIME = z.object({ start_time: z.string(), end_time: z.string() });

const CONFLICT = z.extend(MEETING, {
  conflict: z.object({
    conflicts: z.array(z.object({ email: z.string(), busy: z.array(TIME) })),
    alternatives: z.array(TIME),
  }),
});

const PROPOSED = z.extend(MEETING, {
  proposal: z.object({
    trigger: z.string(),
    start_time: z.string(),
    end_time: z.string(),
    alternatives: z.array(TIME),
    expires_at: z.string(),
  }),
});

const CONNECTION = z.object({ user_id: z.string(), email: z.string(), reason: TEXT });

export type MeetingNotice = z.output<typeof MEETING>;
/** The meeting as it should be; its event is as it was. `operation`: what was given up. */
export type GivenUpNotice = z.output<typeof GIVEN_UP>;
/** A guest's reply in Google Calendar. */
export type RepliedNotice = z.output<typeof REPLIED>;
export type MovedNotice = z.output<typeof MOVED>;
/** Who has something else at the time of the meeting, and other times at which everybody is free. */
export type ConflictNotice = z.output<typeof CONFLICT>;
/** Another time that waits for the organizer's answer; the first alternative is the time itself. */
export type ProposedNotice = z.output<typeof PROPOSED>;
export type ConnectionNotice = z.output<typeof CONNECTION>;

/** What happened, in the state of that moment. `occurred_at` is RFC 3339. */
export type Notice =
  & { notification_id: string; occurred_at: string }
  & (
    | {
      event: "created" | "failed" | "cancelled" | "cancelled_in_google";
      meeting: MeetingNotice;
    }
    | { event: "replied"; meeting: RepliedNotice }
    | { event: "moved" | "rescheduled"; meeting: MovedNotice }
    | { event: "conflict"; meeting: ConflictNotice }
    | { event: "proposed"; meeting: ProposedNotice }
    | { event: "given_up"; meeting: GivenUpNotice }
    | { event: "needs_reauth"; connection: ConnectionNotice }
  );

/** The notice in a row of the outbox. Throws a ZodError on a payload that the database did not write. */
export function noticeOf(row: ClaimedNotification): Notice {
  const { notification_id, event, payload, created_at } = row;
  const about = { notification_id, occurred_at: shownInstant(created_at) };
  switch (event) {
    case "needs_reauth":
      return { ...about, event, connection: CONNECTION.parse(payload) };
    case "given_up":
      return { ...about, event, meeting: shown(GIVEN_UP.parse(payload)) };
    case "conflict":
      return { ...about, event, meeting: shownConflicts(CONFLICT.parse(payload)) };
    case "proposed":
      return { ...about, event, meeting: shownProposal(PROPOSED.parse(payload)) };
    case "replied":
      return { ...about, event, meeting: shown(REPLIED.parse(payload)) };
    case "moved":
    case "rescheduled":
      return { ...about, event, meeting: shownMoved(MOVED.parse(payload)) };
    default:
      return { ...about, event, meeting: shown(MEETING.parse(payload)) };
  }
}

function shown<Meeting extends MeetingNotice>(meeting: Meeting): Meeting {
  return { ...meeting, ...shownSlot(meeting, meeting.timezone) };
}

function shownMoved(moved: MovedNotice): MovedNotice {
  const { moved_from } = moved;
  return {
    ...shown(moved),
    moved_from: { ...moved_from, ...shownSlot(moved_from, moved_from.timezone) },
  };
}

function shownConflicts(notice: ConflictNotice): ConflictNotice {
  const { conflict, timezone } = notice;
  return {
    ...shown(notice),
    conflict: {
      conflicts: conflict.conflicts.map((one) => shownConflict(one, timezone)),
      alternatives: conflict.alternatives.map((one) => shownSlot(one, timezone)),
    },
  };
}

function shownProposal(notice: ProposedNotice): ProposedNotice {
  const { proposal, timezone } = notice;
  return {
    ...shown(notice),
    proposal: {
      ...proposal,
      ...shownSlot(proposal, timezone),
      alternatives: proposal.alternatives.map((one) => shownSlot(one, timezone)),
      expires_at: shownInstant(proposal.expires_at),
    },
  };
}
