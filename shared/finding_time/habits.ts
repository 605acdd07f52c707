import type { KnownPeople } from "@shared/database/schedulings.ts";
import type { Profile } from "@shared/scheduling/input/profile.ts";
import { decodeProfile } from "@shared/scheduling/input/profile_text.ts";

/** What is known of people beyond their time, by lower-case address. */
export interface Habits {
  /** Points that earlier meetings of the same people have cost. */
  past_inconvenience: Readonly<Record<string, number>>;
  /** How often the organizer's recent meetings chose a person of a group. */
  turns: Readonly<Record<string, number>>;
  profiles: ReadonlyMap<string, Profile>;
}

/** As stored, or as just `learned` (encoded, by user id). No habits are invented. */
export function habitsOf(
  { own_connections, burdens, turns }: KnownPeople,
  learned: ReadonlyMap<string, string> = new Map(),
): Habits {
  const profiles = new Map<string, Profile>();
  for (const { user_id, email, profile: stored } of own_connections) {
    const text = learned.get(user_id) ?? stored;
    const profile = text === null ? undefined : decodeProfile(text);
    if (profile !== undefined) profiles.set(email.toLowerCase(), profile);
  }
  return { past_inconvenience: burdens, profiles, turns };
}
