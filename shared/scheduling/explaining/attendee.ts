import type { Person } from "../availability/person.ts";

/** One person at one start: what `attendance` found. */
export interface Attendee {
  person: Person;
  status: number;
  clear_before: number;
  clear_after: number;
  room_before: number;
  room_after: number;
}

/** What to call them. */
export function labels(attendees: readonly Attendee[]): string[] {
  return attendees.map(({ person }) => person.label);
}

/** Of people whom a fact holds for equally, the first by name is named, whatever the order of the request. */
export function byName(a: Person, b: Person): number {
  return compare(a.label, b.label) || compare(a.participant.email, b.participant.email);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
