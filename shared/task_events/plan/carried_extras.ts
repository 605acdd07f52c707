import { meetLink } from "@shared/google/event.ts";
import type { EventInput, GoogleConference, GoogleEvent } from "@shared/google/event.ts";
import { meetRequestId } from "@shared/google/event_id.ts";

/** Something of a series that its tail series does not have, and why. */
export interface NotCarried {
  field: "conferenceData" | "attachments" | "source";
  reason: string;
}

export interface CarriedExtras {
  body: Pick<EventInput, "conferenceData" | "attachments" | "source">;
  not_carried: NotCarried[];
}

/**
 * The conference, attachments and source for a tail series. The tail series gets its own Meet link, as Google
 * discourages one link for several events; the conference of an add-on (Zoom and others) is copied,
 * which conferenceDataVersion 1 allows.
 */
export function carriedExtras(event_key: string, master: GoogleEvent): CarriedExtras {
  const { attachments, source } = master;
  const conference = conferenceFor(event_key, master);
  return {
    body: {
      ...(typeof conference === "string" || conference === null
        ? {}
        : { conferenceData: conference }),
      ...(attachments === undefined || attachments.length === 0 ? {} : { attachments }),
      ...(source === undefined ? {} : { source }),
    },
    not_carried: typeof conference === "string"
      ? [{ field: "conferenceData", reason: conference }]
      : [],
  };
}

/** The conference to write, null for none, or why it cannot be carried. */
function conferenceFor(
  event_key: string,
  master: GoogleEvent,
): NonNullable<EventInput["conferenceData"]> | string | null {
  const { conferenceData } = master;
  const type = conferenceData?.conferenceSolution?.key?.type;
  if (type === "addOn" && conferenceData !== undefined) return copyOf(conferenceData);
  if (type === "eventHangout" || type === "eventNamedHangout") {
    return "Google no longer creates conferences of this kind.";
  }
  if (meetLink(master) !== null) {
    return {
      createRequest: {
        requestId: meetRequestId(event_key, 1),
        conferenceSolutionKey: { type: "hangoutsMeet" },
      },
    };
  }
  return conferenceData === undefined ? null : "The series had no finished conference.";
}

function copyOf({ createRequest: _request, ...conference }: GoogleConference) {
  return conference;
}

/** The same series without what it carries; null if it carries nothing. */
export function withoutExtras(body: EventInput): EventInput | null {
  const { conferenceData, attachments, source, ...rest } = body;
  return conferenceData === undefined && attachments === undefined && source === undefined
    ? null
    : rest;
}

/** What was asked of Google and is not in its answer. */
export function missingExtras(body: EventInput, event: GoogleEvent): NotCarried[] {
  const { conferenceData, attachments, source } = body;
  const reason = "Google did not take it over into the new series.";
  const missing: NotCarried["field"][] = [];
  if (conferenceData !== undefined && event.conferenceData === undefined) {
    missing.push("conferenceData");
  }
  if ((attachments ?? []).length > (event.attachments ?? []).length) missing.push("attachments");
  if (source !== undefined && event.source === undefined) missing.push("source");
  return missing.map((field) => ({ field, reason }));
}
