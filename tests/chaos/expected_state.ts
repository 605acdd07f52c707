import type { ResponseStatus } from "../../packages/google-calendar-emulator/control.ts";

/** What a PATCH of an organizer asks for. */
export interface Changes {
  title?: string;
  start_time?: string;
  end_time?: string;
  participant_emails?: readonly string[];
}

/** A change or cancellation that the function `meetings` has accepted, as in its response. */
export interface AcceptedChange {
  meeting_id: string;
  version: number;
  is_cancelled: boolean;
  title: string | null;
  /** RFC 3339; null: no slot yet. */
  start_time: string | null;
  /** Fields of the event that the request named; a search may replace a time that none did. */
  names: readonly ("title" | "time" | "place")[];
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

/** Participants that a change asked for, whether it was accepted or not. */
export interface RequestedParticipants {
  meeting_id: string;
  participants: readonly string[];
}

/** A field that people changed on an event: an address is the guest whom they added or removed. */
export interface EditedField {
  field: "title" | "place" | "time" | (string & Record<never, never>);
  /** `added` or `removed` of a guest; of a time its start, RFC 3339 in UTC. */
  value: string;
}

/** A change by people in Google Calendar that the emulator has stored. */
export interface Edit extends EditedField {
  event_id: string;
  /** The version of Convene's that the event had then: a change of a later one that names the field wins. */
  version: number;
}

/** A move by people to another calendar of the organizer. */
export interface Relocation {
  event_id: string;
  calendar_id: string;
}

/** A change whose response was lost. */
export interface UncertainChange {
  meeting_id: string;
  changes: Changes;
}

/** What must be true at the end of a run, recorded from responses, replies and edits during it. */
export interface ExpectedState {
  accepted_changes: AcceptedChange[];
  requested_participants: RequestedParticipants[];
  /** Changes whose response was lost: each was stored, or was not. */
  uncertain_changes: UncertainChange[];
  /** By meeting, as inserted. */
  first_participants: Map<string, readonly string[]>;
  /** In the order of their sending. */
  replies: Reply[];
  /** In the order of their effect. */
  edits: Edit[];
  /** Ids of events that people deleted, in the order of their effect. */
  deletions: string[];
  /** In the order of their effect. */
  relocations: Relocation[];
  /** As first read, by meeting. */
  identities: Map<string, EventIdentity>;
}

export function emptyExpectedState(): ExpectedState {
  return {
    accepted_changes: [],
    requested_participants: [],
    uncertain_changes: [],
    first_participants: new Map(),
    replies: [],
    edits: [],
    deletions: [],
    relocations: [],
    identities: new Map(),
  };
}
