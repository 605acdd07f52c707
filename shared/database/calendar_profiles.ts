import { call } from "./call.ts";
import type { Database } from "./call.ts";
import type { StoredConnection } from "./google_connections.ts";

/** A user's connection with what their history shows. */
export interface ProfiledConnection extends StoredConnection {
  /** The organizer may use what the events show (level habits), not only when the user is busy. */
  may_read_events: boolean;
  /** Encoded; null when none was learned yet. */
  profile: string | null;
  /** The profile is missing or older than a day, and no other worker reads the events. */
  profile_is_due: boolean;
}

/** Which of these users the caller is to learn a profile of; others are up to date or being read. */
export function claimProfileReadings(
  database: Database,
  user_ids: readonly string[],
): Promise<string[]> {
  return call(database, "claim_profile_readings", { p_user_ids: user_ids });
}

/** Keeps a profile. False when the user has left, or connected another account meanwhile. */
export function saveCalendarProfile(
  database: Database,
  { user_id, google_account_id }: Pick<StoredConnection, "user_id" | "google_account_id">,
  learned: { profile: string; events_read: number },
): Promise<boolean> {
  return call(database, "save_calendar_profile", {
    p_user_id: user_id,
    p_google_account_id: google_account_id,
    p_profile: learned.profile,
    p_events_read: learned.events_read,
  });
}
