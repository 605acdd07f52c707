import * as z from "zod/mini";
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

const CONNECTION = z.object({ user_id: z.string(), email: z.string(), reason: TEXT });

export type MeetingNotice = z.output<typeof MEETING>;
/** The meeting as it should be; its event is as it was. `operation`: what was given up. */
export type GivenUpNotice = z.output<typeof GIVEN_UP>;
export type ConnectionNotice = z.output<typeof CONNECTION>;

/** What happened, in the state of that moment. `occurred_at` is RFC 3339. */
export type Notice =
  & { notification_id: string; occurred_at: string }
  & (
    | { event: "created" | "failed" | "cancelled"; meeting: MeetingNotice }
    | { event: "given_up"; meeting: GivenUpNotice }
    | { event: "needs_reauth"; connection: ConnectionNotice }
  );

/** The notice in a row of the outbox. Throws a ZodError on a payload that the database did not write. */
export function noticeOf(row: ClaimedNotification): Notice {
  const { notification_id, event, payload, created_at: occurred_at } = row;
  const about = { notification_id, occurred_at };
  switch (event) {
    case "needs_reauth":
      return { ...about, event, connection: CONNECTION.parse(payload) };
    case "given_up":
      return { ...about, event, meeting: GIVEN_UP.parse(payload) };
    default:
      return { ...about, event, meeting: MEETING.parse(payload) };
  }
}
