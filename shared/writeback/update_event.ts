import type { AttendeeInput, GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { askGoogle } from "./ask_google.ts";
import { attendee, composeContent, shownVersion } from "./compose_event.ts";
import { fromGoogle, permanent } from "./failure.ts";
import type { Failure } from "./failure.ts";
import type { WriteOutcome, Writing } from "./write_event.ts";

/** A reply of a guest between our look and our patch makes Google answer 412; look again, this often. */
const MAX_LOOKS = 3;

/**
 * Brings an event that exists to the meeting's present version: same id, same Meet link, every
 * guest's answer kept, and never over a version that we have not seen (If-Match).
 */
export async function updateEvent(writing: Writing): Promise<WriteOutcome> {
  const generation = writing.row.event_generation;
  const unknown = writing.row.writeback_outcome_unknown;
  for (let looks = 1;; looks++) {
    const current = await look(writing);
    if (isGone(current)) return failed(writing, eventMissing());
    if (current.kind !== "done") return failed(writing, fromGoogle(current, "look", unknown));
    const version = writing.meeting.desired_version;
    if (shownVersion(current.value) === version) {
      // The patch whose answer was lost did land, and has mailed the guests.
      return { kind: "written", event: current.value, already_exists: true, generation, version };
    }

    const patched = await patch(writing, current.value);
    if (patched.kind === "done") {
      return { kind: "written", event: patched.value, already_exists: true, generation, version };
    }
    const outdated = patched.kind === "reject" && patched.fault.status === 412;
    if (!outdated || looks === MAX_LOOKS) {
      return failed(writing, fromGoogle(patched, "write", false));
    }
  }
}

function look(writing: Writing): Promise<GoogleOutcome<GoogleEvent>> {
  const id = eventId(writing.meeting.event_key, writing.row.event_generation);
  return askGoogle(
    writing,
    "get",
    id,
    (token) => writing.calendar.getEvent(token, writing.row.google_calendar_id, id),
  );
}

function patch(writing: Writing, current: GoogleEvent): Promise<GoogleOutcome<GoogleEvent>> {
  const id = eventId(writing.meeting.event_key, writing.row.event_generation);
  const change = {
    ...composeContent(writing.meeting),
    attendees: mergedAttendees(writing, current),
  };
  return askGoogle(
    writing,
    "patch",
    id,
    (token) =>
      writing.calendar.patchEvent(token, writing.row.google_calendar_id, id, change, {
        sendUpdates: "all",
        ...(current.etag === undefined ? {} : { if_match: current.etag }),
      }),
  );
}

/**
 * The participants, each with what Google knows of them (an attendee sent without an answer loses
 * it), and the guests whom others have added since we last saw the event.
 */
function mergedAttendees(writing: Writing, event: GoogleEvent): AttendeeInput[] {
  const present = byEmail(event.attendees ?? []);
  const lastSeen = byEmail(writing.row.attendees as GoogleAttendee[]);
  const wanted = writing.meeting.participants.map((participant) => ({
    ...attendee(participant, writing.meeting),
    ...replyOf(present.get(participant.email.toLowerCase())),
  }));
  const named = new Set(wanted.map(({ email }) => email.toLowerCase()));
  const added = [...present].filter(([email]) => !named.has(email) && !lastSeen.has(email));
  return [...wanted, ...added.map(([email, guest]) => asInput(email, guest))];
}

function byEmail(attendees: readonly GoogleAttendee[]): Map<string, GoogleAttendee> {
  const found = new Map<string, GoogleAttendee>();
  for (const guest of attendees) {
    if (guest.email !== undefined) found.set(guest.email.toLowerCase(), guest);
  }
  return found;
}

function asInput(email: string, guest: GoogleAttendee): AttendeeInput {
  return {
    email: guest.email ?? email,
    ...(guest.displayName === undefined ? {} : { displayName: guest.displayName }),
    ...(guest.optional === undefined ? {} : { optional: guest.optional }),
    ...(guest.resource === undefined ? {} : { resource: guest.resource }),
    ...replyOf(guest),
  };
}

function replyOf(guest: GoogleAttendee | undefined): Partial<AttendeeInput> {
  return {
    ...(guest?.responseStatus === undefined ? {} : { responseStatus: guest.responseStatus }),
    ...(guest?.comment === undefined ? {} : { comment: guest.comment }),
    ...(guest?.additionalGuests === undefined ? {} : { additionalGuests: guest.additionalGuests }),
  };
}

function isGone(outcome: GoogleOutcome<GoogleEvent>): boolean {
  if (outcome.kind === "done") return outcome.value.status === "cancelled";
  return outcome.kind === "reject" && [404, 410].includes(outcome.fault.status ?? 0);
}

function eventMissing(): Failure {
  return permanent(
    "event_missing",
    "The event was deleted on Google Calendar. Requeue the meeting to write a new one.",
  );
}

function failed(writing: Writing, failure: Failure): WriteOutcome {
  return { kind: "failed", failure, generation: writing.row.event_generation };
}
