import type { ResponseStatus, TrackedAttendee } from "./attendee.ts";
import type { OrganizerMetadata } from "./task_event_types.ts";

type Text = string | null | undefined;
type Flag = boolean | null | undefined;

/** The part of an event that names its organizer; `calendar_v3.Schema$Event` of `@googleapis/calendar` has it. */
export interface EventWithOrganizer {
  organizer?: { email?: Text; displayName?: Text; self?: Flag } | null | undefined;
}

/** A guest as Google returns one; `calendar_v3.Schema$EventAttendee` of `@googleapis/calendar` is one. */
export interface GoogleAttendee {
  email?: Text;
  displayName?: Text;
  organizer?: Flag;
  self?: Flag;
  optional?: Flag;
  resource?: Flag;
  responseStatus?: Text;
  comment?: Text;
  additionalGuests?: number | null | undefined;
}

const RESPONSE_STATUSES: readonly ResponseStatus[] = [
  "needsAction",
  "declined",
  "tentative",
  "accepted",
];

/** Whose event it is. Google leaves `self` out where it is false; null: Google names no organizer. */
export function extractOrganizerMetadata(
  event: EventWithOrganizer | null | undefined,
): OrganizerMetadata {
  const { email, displayName, self } = event?.organizer ?? {};
  const is_named = [email, displayName, self].some((value) =>
    value !== undefined && value !== null
  );
  return {
    organizer_email: email ?? null,
    organizer_display_name: displayName ?? null,
    organizer_self: is_named ? self === true : null,
  };
}

/** The guests with an address, every known field kept, the reply one of Google's four. */
export function normalizeAttendees(
  attendees: readonly GoogleAttendee[] | null | undefined,
): TrackedAttendee[] {
  return (attendees ?? []).flatMap((guest) => {
    const { email } = guest;
    if (email === undefined || email === null || email === "") return [];
    const { displayName, organizer, self, optional, resource, comment, additionalGuests } = guest;
    const others = { displayName, organizer, self, optional, resource, comment, additionalGuests };
    return [{
      email,
      ...Object.fromEntries(
        Object.entries(others).filter(([, value]) => value !== undefined && value !== null),
      ),
      responseStatus: normalizeAttendeeResponseStatus(guest.responseStatus),
    }];
  });
}

/** Google's word for a reply; whatever it is not is `needsAction`. */
export function normalizeAttendeeResponseStatus(status: Text): ResponseStatus {
  return RESPONSE_STATUSES.find((known) => known === status) ?? "needsAction";
}
