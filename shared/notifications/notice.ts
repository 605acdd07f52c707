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

const CONNECTION = z.object({ user_id: z.string(), email: z.string(), reason: TEXT });

export type MeetingNotice = z.output<typeof MEETING>;
export type ConnectionNotice = z.output<typeof CONNECTION>;

/** What happened, in the state of that moment. `occurred_at` is RFC 3339. */
export type Notice =
  & { notification_id: string; occurred_at: string }
  & (
    | { event: "created" | "failed" | "cancelled"; meeting: MeetingNotice }
    | { event: "needs_reauth"; connection: ConnectionNotice }
  );

/** The notice in a row of the outbox. Throws a ZodError on a payload that the database did not write. */
export function noticeOf(row: ClaimedNotification): Notice {
  const { notification_id, event, payload, created_at: occurred_at } = row;
  return event === "needs_reauth"
    ? { notification_id, occurred_at, event, connection: CONNECTION.parse(payload) }
    : { notification_id, occurred_at, event, meeting: MEETING.parse(payload) };
}
