import type { ResponseStatus } from "../../local/google/calendar/event_types.ts";

/** A wish that the function `meetings` has accepted, as its answer said. */
export interface Promised {
  meeting_id: string;
  version: number;
  is_cancelled: boolean;
  title: string | null;
  /** RFC 3339; null: no slot yet. */
  start_time: string | null;
  /** Addresses, sorted and joined. */
  participants: string;
}

/** A guest's answer, as it stood on the event when it was given. */
export interface Reply {
  event_id: string;
  email: string;
  response_status: ResponseStatus;
  /** How often this guest had been taken off this event before. */
  removals_before: number;
}

/** What a meeting had been given once its event was written, and keeps. */
export interface Identity {
  google_event_id: string;
  meet_link: string | null;
}

/** What the people of a run were told and did, and still know when it is over. */
export interface Memory {
  promises: Promised[];
  /** In the order in which they were given. */
  replies: Reply[];
  /** As first seen, by meeting. */
  identities: Map<string, Identity>;
}

export function emptyMemory(): Memory {
  return { promises: [], replies: [], identities: new Map() };
}
