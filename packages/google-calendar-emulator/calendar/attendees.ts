import { GoogleError } from "../contract/google_error.ts";
import type { Attendee, EventBody, ResponseStatus } from "./event_types.ts";

const responses: readonly string[] = ["needsAction", "declined", "tentative", "accepted"];

/** Reads the organizer's attendee list. A guest written without responseStatus is back at
 * needsAction; the same address twice is one guest; `resource` can be set only when the guest is
 * new. */
export function readAttendees(
  body: EventBody["attendees"],
  existing: readonly Attendee[],
): Attendee[] {
  const attendees = new Map<string, Attendee>();
  for (const given of body ?? []) {
    if (!given.email) throw new GoogleError("required", { message: "Missing attendee email." });
    const email = given.email.trim().toLowerCase();
    if (!/^[^\s@<>"]+@[^\s@<>"]+$/.test(email)) {
      throw new GoogleError("invalid", { message: "Invalid attendee email." });
    }
    if (attendees.has(email)) continue;
    const before = existing.find((attendee) => attendee.email === email);
    const resource = before === undefined ? given.resource ?? false : before.resource ?? false;
    attendees.set(email, {
      email,
      responseStatus: readResponse(given.responseStatus),
      ...(given.displayName ? { displayName: given.displayName } : {}),
      ...(given.optional ? { optional: true } : {}),
      ...(resource ? { resource: true } : {}),
      ...(given.comment ? { comment: given.comment } : {}),
      ...(given.additionalGuests ? { additionalGuests: given.additionalGuests } : {}),
    });
  }
  return [...attendees.values()];
}

/** The list after one guest changed their own entry, the only thing about it that is theirs. */
export function withOwnAnswer(
  attendees: readonly Attendee[],
  own_email: string,
  body: EventBody["attendees"],
): Attendee[] {
  const given = body?.find((entry) => entry.email?.trim().toLowerCase() === own_email);
  if (given === undefined) return [...attendees];
  return attendees.map((attendee) => {
    if (attendee.email !== own_email) return attendee;
    const { comment: _comment, additionalGuests: _guests, ...kept } = attendee;
    return {
      ...kept,
      responseStatus: readResponse(given.responseStatus),
      ...(given.comment ? { comment: given.comment } : {}),
      ...(given.additionalGuests ? { additionalGuests: given.additionalGuests } : {}),
    };
  });
}

function readResponse(given: string | null | undefined): ResponseStatus {
  const response = given ?? "needsAction";
  if (!isResponseStatus(response)) {
    throw new GoogleError("invalid", { message: "Invalid attendee response status." });
  }
  return response;
}

function isResponseStatus(text: string): text is ResponseStatus {
  return responses.includes(text);
}
