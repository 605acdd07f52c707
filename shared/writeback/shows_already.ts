import type {
  AttendeeInput,
  EventPatch,
  EventTimeInput,
  GoogleEvent,
} from "@shared/google/event.ts";

/**
 * Whether guests would see no difference: a change that was taken back before it was written. Then
 * no mail is needed. Texts are compared as Google returns them; in doubt there is a difference.
 */
export function showsAlready(event: GoogleEvent, change: EventPatch): boolean {
  return (event.summary ?? "") === (change.summary ?? "") &&
    (event.description ?? "") === (change.description ?? "") &&
    (event.location ?? "") === (change.location ?? "") &&
    sameTime(event.start, change.start) && sameTime(event.end, change.end) &&
    change.recurrence === undefined &&
    guestList(event.attendees) === guestList(change.attendees);
}

function sameTime(
  shown:
    | EventTimeInput
    | { dateTime?: string | undefined; timeZone?: string | undefined }
    | undefined,
  wanted: EventTimeInput | null | undefined,
): boolean {
  return Date.parse(shown?.dateTime ?? "") === Date.parse(wanted?.dateTime ?? "") &&
    shown?.timeZone === wanted?.timeZone;
}

type Guest = { [Field in "email" | "optional"]?: AttendeeInput[Field] | undefined };

function guestList(guests: readonly Guest[] | null | undefined): string {
  const list = (guests ?? []).map(({ email, optional }) =>
    `${email?.toLowerCase()} ${optional === true}`
  );
  return list.sort().join("\n");
}
