import type { ListedMeeting, MeetingWithState, StatusRow } from "@shared/database/meetings.ts";
import { adviceFor } from "@shared/failures/codes.ts";
import type { ReachedLimit } from "@shared/failures/reached_limit.ts";
import { PEOPLE } from "@shared/schemas/participants.ts";
import { rsvpSummary } from "@shared/schemas/rsvp.ts";
import { storedLocale } from "@shared/texts/locale.ts";
import { shownInstant, shownTime } from "@shared/time/shown_time.ts";
import { eventTitle } from "@shared/writeback/compose_event.ts";
import { moveResponse } from "./move_response.ts";

/** As many as are stored; rows of earlier versions may have more. */
const MAX_CANDIDATES = 10;

/**
 * One meeting: the origin's fields, then slot, event and error. `with_candidates` adds the candidates
 * and how they were found, which are most of the size.
 */
export function meetingResponse(meeting: StatusRow, with_candidates: boolean) {
  const { waits_for } = meeting;
  const failure = waits_for === null ? lastFailure(meeting) : waiting(waits_for);
  return {
    ...summary(meeting),
    error: failure?.text ?? null,
    waits_for: waits_for === null ? null : {
      limit: waits_for.limit,
      allowed: waits_for.allowed,
      until: shownInstant(waits_for.until),
    },
    version: meeting.desired_version,
    reasoning: meeting.reasoning,
    retry_count: meeting.writeback_retry_count,
    attempted_at: shownInstant(meeting.writeback_attempted_at),
    succeeded_at: shownInstant(meeting.writeback_succeeded_at),
    next_attempt_at: shownInstant(
      waits_for?.until ?? meeting.write_due_at ?? meeting.search_due_at,
    ),
    google_calendar_id: meeting.google_calendar_id,
    meet_link_error: meeting.meet_link_error,
    organizer_email: meeting.organizer_email,
    organizer_self: meeting.organizer_self,
    attendees: meeting.attendees,
    rsvp: meeting.google_event_id === null ? null : rsvpSummary({
      ...meeting,
      // An event that was never read has no organizer in the row, and no guests.
      to_invite: meeting.organizer_email === null ? null : meeting.to_invite,
    }),
    move: moveResponse(meeting.move),
    what_to_do: advice(meeting, failure?.code),
    ...(with_candidates
      ? {
        candidates: Array.isArray(meeting.candidates)
          ? meeting.candidates.slice(0, MAX_CANDIDATES)
          : [],
        scheduling_details: meeting.scheduling_details,
      }
      : {}),
    ...(meeting.steps === undefined ? {} : {
      attempts: meeting.steps.map((step) => ({ ...step, at: shownInstant(step.at) })),
    }),
  };
}

/** One meeting of a list. */
export function summary(meeting: ListedMeeting) {
  return {
    meeting_id: meeting.meeting_id,
    title: titleOf(meeting),
    status: meeting.state,
    stage: meeting.stage,
    reason: meeting.reason,
    until: shownInstant(meeting.until),
    writeback_status: meeting.writeback_status,
    scheduling_status: meeting.scheduling_status,
    start_time: shownTime(meeting.starts_at, meeting.timezone),
    end_time: shownTime(meeting.ends_at, meeting.timezone),
    timezone: meeting.timezone,
    score: meeting.score,
    google_event_id: meeting.google_event_id,
    // Links to what no longer exists lead nowhere.
    google_event_link: meeting.state === "cancelled" ? null : meeting.google_event_link,
    meet_link: meeting.state === "cancelled" ? null : meeting.meet_link,
    error: lastFailure(meeting)?.text ?? null,
    created_at: shownInstant(meeting.created_at),
    cancelled_at: shownInstant(meeting.cancelled_at),
  };
}

/** The share, in percent, of the meetings that came to an end which ended as an event; null before any did. */
export function successRate(counts: Readonly<Record<string, number>>): number | null {
  const created = counts.created ?? 0;
  const ended = created + (counts.failed ?? 0);
  return ended === 0 ? null : Math.round((created / ended) * 10_000) / 100;
}

/** The title that the event has or will have; null where the participants of the row are not valid. */
function titleOf({ title, participants, locale }: ListedMeeting): string | null {
  const parsed = PEOPLE.safeParse(participants);
  return parsed.success
    ? eventTitle({ title, participants: parsed.data, locale: storedLocale(locale) })
    : title;
}

/** Nothing failed: the row waits until a budget of its organizer is whole again. */
function waiting({ limit, allowed, until }: ReachedLimit): { code: string; text: string } {
  const text =
    `limit_reached: The limit ${limit} (${allowed}) is reached. The meeting continues at ${
      shownInstant(until)
    }.`;
  return { code: "limit_reached", text };
}

function advice(meeting: StatusRow, code: string | undefined): string | null {
  if (meeting.is_stuck) return adviceFor("not_configured", false);
  if (meeting.reason === "processing_paused") return adviceFor("processing_paused", false);
  return code === undefined ? null : adviceFor(code, isFinal(meeting));
}

function isFinal(meeting: MeetingWithState): boolean {
  return meeting.write_due_at === null && meeting.search_due_at === null;
}

/**
 * The current error: of the write-back if there is one, otherwise of the search. What the last search of a
 * meeting said concerns nothing any more once it is cancelled; the deletion of its event can still fail.
 */
function lastFailure(
  meeting: ListedMeeting & Partial<Pick<MeetingWithState, "scheduling_details">>,
): { code: string; text: string } | null {
  if (meeting.state === "cancelled") return null;
  if (meeting.writeback_error !== null) {
    const [code = ""] = meeting.writeback_error.split(":", 1);
    return { code, text: meeting.writeback_error };
  }
  const { scheduling_error, cancelled_at } = meeting;
  if (scheduling_error === null || cancelled_at !== null) return null;
  const text = `${scheduling_error}: ${meeting.scheduling_reason ?? ""}`;
  return { code: reasonIn(meeting.scheduling_details) ?? scheduling_error, text };
}

/** The more precise code of a search that failed: never connected is not the same as revoked. */
function reasonIn(details: unknown): string | null {
  if (typeof details !== "object" || details === null || !("reason" in details)) return null;
  const { reason } = details;
  return typeof reason === "string" && adviceFor(reason, false) !== null ? reason : null;
}
