import type { ProfiledConnection } from "@shared/database/calendar_profiles.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { SlotRequest } from "./slot_request.ts";

/** With whose connections calendars may be read: the organizer's, and those of all who are users. */
export interface Credentials {
  organizer: StoredConnection | null;
  own: readonly ProfiledConnection[];
}

/** Calendars of one person, read together. */
export interface Reading {
  email: string;
  calendar_ids: readonly string[];
  connection: StoredConnection;
  /** It is the person's own connection, and the organizer may use what its events show. */
  may_read_events: boolean;
}

/** Those of `wanted` that are read with connections of other users than the organizer, for `readSlotHolds`. */
export function readsOfOthers(wanted: readonly Reading[], organizer: StoredConnection | null) {
  if (organizer === null) return null;
  const owners = new Set(wanted.map(({ connection }) => connection.user_id));
  owners.delete(organizer.user_id);
  return owners.size === 0
    ? null
    : { organizer_user_id: organizer.user_id, owner_user_ids: [...owners] };
}

/**
 * What has to be read, and with which connection; null when a calendar must be read and no connection may.
 * A participant's own connection reads their own calendar and nothing else: calendars that the
 * organizer names are read with what the organizer may see.
 */
export function readings(
  { attending }: SlotRequest,
  { organizer, own }: Credentials,
): Reading[] | null {
  const byEmail = new Map(own.map((connection) => [connection.email.toLowerCase(), connection]));
  const wanted: Reading[] = [];
  for (const { email, busy, calendar_ids, is_organizer } of attending) {
    if (busy !== undefined) continue;
    const personal = calendar_ids === undefined ? byEmail.get(email.toLowerCase()) : undefined;
    const connection = personal === undefined || personal.user_id === organizer?.user_id
      ? organizer
      : personal;
    // Who gave a permission is shown who used it, so an organizer without an account uses none.
    if (connection === null || organizer === null) return null;
    const may_read_events = connection === organizer
      ? is_organizer
      : personal?.may_read_events === true;
    wanted.push({ email, calendar_ids: calendar_ids ?? [email], connection, may_read_events });
  }
  return wanted;
}
