import type { KnownPeople } from "@shared/database/schedulings.ts";

/** What is known of people beyond their time. */
export interface Habits {
  /** Points that earlier meetings of the same people have cost, by lower-case address. */
  burdens: Readonly<Record<string, number>>;
}

export function habitsOf({ burdens }: KnownPeople): Habits {
  return { burdens };
}
