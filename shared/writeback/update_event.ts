import { isGone, isOutdated, patchEvent } from "@shared/calendar_events/event_calendar.ts";
import { verifyEvent } from "@shared/calendar_events/verify_event.ts";
import { deferral, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { EventPatch, GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import {
  composeContent,
  composeSettings,
  conferenceChange,
  hasConference,
  shownVersion,
} from "./compose_event.ts";
import { attemptsSpent, ofRead, stillUnknown } from "./attempt_failure.ts";
import { mergeMeetingGuests } from "./merge_meeting_guests.ts";
import { showsAlready } from "./shows_already.ts";
import type { WriteContext, WriteOutcome } from "./write_context.ts";

/** A reply of a guest between our read and our patch makes Google answer 412; read again, this often. */
const MAX_READS = 3;

/**
 * Brings an event that exists to the meeting's present version: same id, same Meet link, every
 * guest's answer kept, and never over a version that we have not seen (If-Match). The version that
 * the event has tells whether a patch whose response was lost took effect, so no guest gets a second mail.
 */
export async function updateEvent(context: WriteContext): Promise<WriteOutcome> {
  const { row, meeting } = context;
  for (let reads = 1; reads <= MAX_READS; reads++) {
    const found = await verifyEvent(context.at, row.event_key, idOf(row));
    if (found.kind === "unreadable") {
      const failure = stillUnknown(row.outcome_unknown, ofRead(found.failure));
      return failed(context, failure);
    }
    if (!("event" in found)) return failed(context, eventMissing());
    // Ours even without our key: its id is in the row.
    const current = found.event;
    if ((shownVersion(current) ?? 0) >= meeting.desired_version) return written(context, current);
    if (row.attempts >= row.max_attempts) return failed(context, changeGivenUp(context));
    if (!context.has_time()) return failed(context, deferral("out_of_time", 1));

    const patched = await patch(context, current);
    if (patched.verdict === "done") return written(context, patched.value);
    if (isGone(patched)) return failed(context, eventMissing());
    if (!isOutdated(patched)) return failed(context, patched);
  }
  return failed(context, keepsChanging());
}

function idOf({ google_event_id, event_key, event_generation }: WriteContext["row"]): string {
  return google_event_id ?? eventId(event_key, event_generation);
}

function patch(context: WriteContext, current: GoogleEvent): Promise<GoogleOutcome<GoogleEvent>> {
  const { meeting, row } = context;
  const id = idOf(row);
  const shows_settings = (shownVersion(current) ?? 0) >= row.settings_version;
  const change: EventPatch = {
    ...composeContent(meeting),
    ...(shows_settings ? {} : {
      ...composeSettings(meeting),
      ...conferenceChange(meeting, row.event_generation, hasConference(current)),
    }),
    // Left out of a patch, a place would stay; null takes it away.
    location: meeting.location,
    attendees: mergeMeetingGuests(meeting, current.attendees ?? [], row.removed_participants),
  };
  return patchEvent(context.at, id, change, {
    sendUpdates: showsAlready(current, change) ? "none" : "all",
    etag: current.etag,
  });
}

function eventMissing(): Failure {
  return rejection("event_missing");
}

function changeGivenUp({ row }: WriteContext): Failure {
  return attemptsSpent(row, "the event shows the version before");
}

function keepsChanging(): Failure {
  return {
    verdict: "retry",
    code: "google_unavailable",
    message: "Other changes of the event on Google Calendar prevented this one.",
    not_before_seconds: null,
  };
}

function written(context: WriteContext, event: GoogleEvent): WriteOutcome {
  return {
    kind: "written",
    event,
    already_exists: true,
    generation: context.row.event_generation,
    version: context.meeting.desired_version,
  };
}

function failed(context: WriteContext, failure: Failure): WriteOutcome {
  return { kind: "failed", failure, generation: context.row.event_generation };
}
