import type { GoogleAttendee, GoogleEvent } from "./event.ts";

export const RESPONSE_STATUSES = ["needsAction", "declined", "tentative", "accepted"] as const;
export type ResponseStatus = (typeof RESPONSE_STATUSES)[number];

export interface OrganizerMetadata {
  organizer_email: string | null;
  organizer_display_name: string | null;
  /** True only if Google returns it; false when an organizer is returned without it; null when none is. */
  organizer_self: boolean | null;
}

/** A guest as Convene stores it; always with an address and one of Google's four answers. */
export interface TrackedAttendee {
  email: string;
  displayName?: string;
  organizer?: boolean;
  self?: boolean;
  optional?: boolean;
  resource?: boolean;
  responseStatus: ResponseStatus;
  comment?: string;
  additionalGuests?: number;
}

/** Whose event it is. Google leaves `self` out where it is false, so absence is an answer. */
export function extractOrganizerMetadata(
  event: Pick<GoogleEvent, "organizer"> | null | undefined,
): OrganizerMetadata {
  const organizer = event?.organizer;
  const named = organizer !== undefined &&
    (organizer.email !== undefined || organizer.displayName !== undefined ||
      organizer.self !== undefined);
  return {
    organizer_email: organizer?.email ?? null,
    organizer_display_name: organizer?.displayName ?? null,
    organizer_self: named ? organizer.self === true : null,
  };
}

/** The guests with an address, every known field kept, the answer one of Google's four. */
export function normalizeAttendees(
  attendees: readonly GoogleAttendee[] | null | undefined,
): TrackedAttendee[] {
  return (attendees ?? []).flatMap((guest) => {
    if (guest.email === undefined || guest.email === "") return [];
    const { email, responseStatus, ...others } = guest;
    return [{
      email,
      ...defined(others),
      responseStatus: normalizeAttendeeResponseStatus(responseStatus),
    }];
  });
}

/** Google's word for an answer; whatever it is not is `needsAction`. */
export function normalizeAttendeeResponseStatus(
  status: string | null | undefined,
): ResponseStatus {
  return RESPONSE_STATUSES.find((known) => known === status) ?? "needsAction";
}

type OtherFields = Omit<GoogleAttendee, "email" | "responseStatus">;

function defined(fields: OtherFields): Omit<TrackedAttendee, "email" | "responseStatus"> {
  return {
    ...(fields.displayName === undefined ? {} : { displayName: fields.displayName }),
    ...(fields.organizer === undefined ? {} : { organizer: fields.organizer }),
    ...(fields.self === undefined ? {} : { self: fields.self }),
    ...(fields.optional === undefined ? {} : { optional: fields.optional }),
    ...(fields.resource === undefined ? {} : { resource: fields.resource }),
    ...(fields.comment === undefined ? {} : { comment: fields.comment }),
    ...(fields.additionalGuests === undefined ? {} : { additionalGuests: fields.additionalGuests }),
  };
}
