import { deferral, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { EventPatch, GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { askGoogle } from "./ask_google.ts";
import {
  composeContent,
  composeSettings,
  conferenceChange,
  hasConference,
  shownVersion,
} from "./compose_event.ts";
import { attemptsSpent } from "./attempt_failure.ts";
import { findEvent, isGone } from "./find_event.ts";
import { mergeGuests } from "./merge_guests.ts";
import { showsAlready } from "./shows_already.ts";
import type { WriteOutcome, Writing } from "./write_event.ts";

/** A reply of a guest between our look and our patch makes Google answer 412; look again, this often. */
const MAX_LOOKS = 3;

/**
 * Brings an event that exists to the meeting's present version: same id, same Meet link, every
 * guest's answer kept, and never over a version that we have not seen (If-Match). The version that
 * the event carries tells whether a patch whose answer was lost has landed, so nobody is mailed twice.
 */
export async function updateEvent(writing: Writing): Promise<WriteOutcome> {
  const { row, meeting } = writing;
  for (let looks = 1; looks <= MAX_LOOKS; looks++) {
    const found = await findEvent(writing, idOf(row), row.writeback_outcome_unknown);
    if (found.kind === "unreadable") return failed(writing, found.failure);
    if (!("event" in found)) return failed(writing, eventMissing());
    // Ours even without our key: its id is in the row.
    const current = found.event;
    if ((shownVersion(current) ?? 0) >= meeting.desired_version) return written(writing, current);
    if (row.writeback_retry_count >= 3) return failed(writing, changeGivenUp(writing));
    if (!writing.has_time()) return failed(writing, deferral("out_of_time", 1));

    const patched = await patch(writing, current);
    if (patched.verdict === "done") return written(writing, patched.value);
    if (isGone(patched)) return failed(writing, eventMissing());
    const outdated = patched.verdict === "reject" && patched.google.status === 412;
    if (!outdated) return failed(writing, patched);
  }
  return failed(writing, keepsChanging());
}

function idOf({ google_event_id, event_key, event_generation }: Writing["row"]): string {
  return google_event_id ?? eventId(event_key, event_generation);
}

function patch(writing: Writing, current: GoogleEvent): Promise<GoogleOutcome<GoogleEvent>> {
  const { meeting, row } = writing;
  const id = idOf(row);
  const shows_settings = (shownVersion(current) ?? 0) >= row.event_settings_version;
  const change: EventPatch = {
    ...composeContent(meeting),
    ...(shows_settings ? {} : {
      ...composeSettings(meeting),
      ...conferenceChange(meeting, row.event_generation, hasConference(current)),
    }),
    // Left out of a patch, a place would stay; null takes it away.
    location: meeting.location,
    attendees: mergeGuests(meeting, current.attendees ?? [], row.removed_participants),
  };
  return askGoogle(
    writing,
    "patch",
    id,
    (token) =>
      writing.calendar.patchEvent(token, row.google_calendar_id, id, change, {
        sendUpdates: showsAlready(current, change) ? "none" : "all",
        ...(current.etag === undefined ? {} : { if_match: current.etag }),
      }),
  );
}

function eventMissing(): Failure {
  return rejection("event_missing");
}

function changeGivenUp({ row }: Writing): Failure {
  return attemptsSpent(row.writeback_lease_losses, "the event shows the version before");
}

function keepsChanging(): Failure {
  return {
    verdict: "retry",
    code: "google_unavailable",
    message: "Others keep changing the event on Google Calendar.",
    not_before_seconds: null,
  };
}

function written(writing: Writing, event: GoogleEvent): WriteOutcome {
  return {
    kind: "written",
    event,
    already_exists: true,
    generation: writing.row.event_generation,
    version: writing.meeting.desired_version,
  };
}

function failed(writing: Writing, failure: Failure): WriteOutcome {
  return { kind: "failed", failure, generation: writing.row.event_generation };
}
