import { asAttendeeInput, byEmail } from "@shared/google/attendee_input.ts";
import type { AttendeeInput, GoogleAttendee } from "@shared/google/event.ts";

/** Three lists of guests, and how a wanted guest is written. */
export interface GuestMerge<Before extends Guest, Wanted extends Guest & { email: string }> {
  /** The guests on which the change is based: those that are here and not in `wanted` are removed. */
  before: readonly Before[];
  /** What Google has now. Whom people added there stays, and what a guest answered is Google's word. */
  present: readonly GoogleAttendee[];
  wanted: readonly Wanted[];
  /** A guest whom Google does not show; null: people removed them, and they stay away. */
  invite(guest: Wanted, before: Before | undefined): AttendeeInput | null;
  /** A guest whom Google shows. */
  keep(guest: Wanted, present: GoogleAttendee, before: Before | undefined): AttendeeInput;
}

interface Guest {
  email?: string | undefined;
}

/**
 * The list to send to Google, which replaces the complete list and resets the reply of every guest sent
 * without it. Addresses compare without case.
 */
export function mergeGuests<Before extends Guest, Wanted extends Guest & { email: string }>(
  { before, present, wanted, invite, keep }: GuestMerge<Before, Wanted>,
): AttendeeInput[] {
  const earlier = byEmail(before);
  const now = byEmail(present);
  const asked = byEmail(wanted);
  const merged = [...asked].flatMap(([email, guest]) => {
    const there = now.get(email);
    return there === undefined
      ? invite(guest, earlier.get(email)) ?? []
      : keep(guest, there, earlier.get(email));
  });
  const added = [...now].filter(([email]) => !asked.has(email) && !earlier.has(email));
  return [...merged, ...added.map(([email, guest]) => asAttendeeInput(guest, email))];
}
