import type { Cut } from "../cut_lines.ts";

/**
 * Who changes the event on Google Calendar: the one who organizes it now, who is the organizer or the colleague who
 * was given it, or the first guest on his own copy.
 */
export type Person = "organizer" | "guest";

/** What the organizer may do on the calendar of the colleague who was given the event. */
export type Access = "none" | "reader" | "writer";

/** What people do in Google Calendar. Guests by number, 0 to 3. */
export type PeopleStep =
  | { do: "edit"; by: Person; field: "title" | "place" | "text"; text: string }
  | { do: "reschedule"; by: Person; hour: number; zone: string; is_whole_day: boolean }
  | { do: "invite"; by: Person; present: number[] }
  | {
    do: "reply";
    guest: number;
    answer: "accepted" | "declined" | "tentative";
    comment: string | null;
  }
  | { do: "move" }
  | { do: "hand_over"; access: Access }
  | { do: "hand_back"; access: Access }
  | { do: "divide"; by: Person; weeks: number }
  | { do: "delete" }
  | { do: "restore" };

/** What people and Convene do, and what goes wrong meanwhile. */
export type Step =
  | PeopleStep
  | { do: "change"; change: ChangeRequest }
  | { do: "cancel" }
  | { do: "write"; fault: WriteFault }
  | { do: "sync"; fault: SyncFault }
  | { do: "push"; mode: "once" | "lost" | "twice" | "held" }
  | { do: "release"; order: "sent" | "reversed" };

/** Steps, and the share of required people in per cent that the meeting needs; null: all of them. */
export interface Scene {
  percentage: number | null;
  steps: readonly Step[];
}

/** What a PATCH of the meeting names. */
export interface ChangeRequest {
  title?: string;
  place?: string | null;
  text?: string;
  hour?: number;
  zone?: string;
  /** Guests of the list, by number. */
  guests?: number[];
  /** Occurrences of the weekly series; 0: no series. */
  weeks?: number;
}

export type WriteFault =
  | { kind: "none" }
  | { kind: "lost"; drop: "before" | "after" }
  | { kind: "unavailable" }
  | { kind: "dies"; cut: Cut }
  /** People do this after Convene has read the event and before it changes or deletes it. */
  | { kind: "overtaken"; by: PeopleStep }
  /** A guest replies, and the calendars are read, after Google has changed the event and before it answers. */
  | { kind: "answered_late"; guest: number };

export type SyncFault =
  | { kind: "none" }
  | { kind: "expired" }
  | { kind: "lost" }
  | { kind: "unavailable" }
  | { kind: "dies"; cut: Cut; is_expired: boolean };
