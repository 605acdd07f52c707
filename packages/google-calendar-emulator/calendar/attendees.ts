import { GoogleError } from "../contract/google_error.ts";
import type { Directory } from "../world/directory.ts";
import type { Attendee, EventBody, ResponseStatus } from "./event_types.ts";

const responses: readonly string[] = ["needsAction", "declined", "tentative", "accepted"];

/** Reads the organizer's attendee list. A guest written without responseStatus is back at
 * needsAction; the same address twice is one guest; `resource` can be set only when the guest is
 * new, and rooms have it by themselves. An alias stays as it was written. */
export function readAttendees(
  body: EventBody["attendees"],
  existing: readonly Attendee[],
  directory: Directory,
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
    const home = directory.home(email);
    const asked = before === undefined ? given.resource : before.resource;
    const resource = directory.isRoom(home) || (asked ?? false);
    attendees.set(email, {
      email,
      home,
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

/** The list after one guest changed their own entry, the only thing about it that is theirs. Who was
 * invited as a member of a group has one from the first answer on. */
export function withOwnAnswer(
  attendees: readonly Attendee[],
  own_email: string,
  body: EventBody["attendees"],
  directory: Directory,
): Attendee[] {
  const given = body?.find(({ email }) => directory.home(email?.trim() ?? "") === own_email);
  if (given === undefined) return [...attendees];
  if (
    !attendees.some(({ home }) => home === own_email) &&
    attendees.some(({ email }) => directory.membersOf(email)?.includes(own_email))
  ) return [...attendees, ...readAttendees([{ ...given, email: own_email }], [], directory)];
  return attendees.map((attendee) => {
    if (attendee.home !== own_email) return attendee;
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
