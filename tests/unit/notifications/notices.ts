import type { MeetingNotice, Notice } from "../../../shared/notifications/notice.ts";

/** A meeting that became created, with something in it that each channel must escape. */
export function createdNotice(meeting: Partial<MeetingNotice> = {}): Notice & { event: "created" } {
  return {
    notification_id: "0f5c1a3e-7b34-4c0e-9a3c-2f1f5d1c9a77",
    occurred_at: "2035-01-01T08:00:00Z",
    event: "created",
    meeting: {
      meeting_id: "m-1",
      title: "Budget <b>&</b> [plan](https://elsewhere.example)",
      participants: [
        { email: "ana@north.example", name: "Ana" },
        { email: "ben@north.example", name: null },
      ],
      start_time: "2035-01-08T10:00:00+00:00",
      end_time: "2035-01-08T10:30:00+00:00",
      timezone: "Europe/Paris",
      google_event_id: "convene1",
      google_event_link: "https://calendar.example/event?eid=1&x=2",
      meet_link: "https://meet.example/abc",
      organizer_email: "ana@north.example",
      error: null,
      ...meeting,
    },
  };
}

/** The same meeting, whose change or cancellation Google refused. */
export function givenUpNotice(operation: "update" | "cancel"): Notice & { event: "given_up" } {
  const { meeting, ...notice } = createdNotice({ error: "google_rejected: No." });
  return { ...notice, event: "given_up", meeting: { ...meeting, operation } };
}

export const NEEDS_REAUTH: Notice = {
  notification_id: "5b0f7a8e-1111-4c0e-9a3c-2f1f5d1c9a77",
  occurred_at: "2035-01-01T08:00:00Z",
  event: "needs_reauth",
  connection: { user_id: "u-1", email: "ana@north.example", reason: "invalid_grant" },
};
