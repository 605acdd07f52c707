import type { ResponseStatus } from "../../packages/google-calendar-emulator/control.ts";

/** A change or cancellation that the function `meetings` has accepted, as in its response. */
export interface AcceptedChange {
  meeting_id: string;
  version: number;
  is_cancelled: boolean;
  title: string | null;
  /** RFC 3339; null: no slot yet. */
  start_time: string | null;
  /** Addresses, sorted and joined. */
  participants: string;
}

/** A guest's reply that the emulator has stored. */
export interface Reply {
  event_id: string;
  email: string;
  response_status: ResponseStatus;
  /** How often the guest had been removed from the event before. */
  removals_before: number;
}

/** What a meeting keeps once its event is written. */
export interface EventIdentity {
  google_event_id: string;
  meet_link: string | null;
}

/** What must be true at the end of a run, recorded from responses and replies during it. */
export interface ExpectedState {
  accepted_changes: AcceptedChange[];
  /** In the order of their sending. */
  replies: Reply[];
  /** As first read, by meeting. */
  identities: Map<string, EventIdentity>;
}

export function emptyExpectedState(): ExpectedState {
  return { accepted_changes: [], replies: [], identities: new Map() };
}
