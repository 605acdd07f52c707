/** What can be wrong between a row and Google Calendar, in a word. */
export const FINDING_KINDS = [
  "missing",
  "moved",
  "cancelled",
  "duplicated",
  "orphaned",
  "given_up",
  "outdated",
  "unreadable",
] as const;

export type FindingKind = typeof FINDING_KINDS[number];

/** One difference between a row and Google Calendar. */
export interface Finding {
  finding: FindingKind;
  /** Null: no meeting has this event. */
  meeting_id: string | null;
  title: string | null;
  google_calendar_id: string;
  event_ids: string[];
  /** What is so, for people. */
  message: string;
  /** What `repair` does about it; null: nothing is safe to do, somebody has to decide. */
  repair: string | null;
  /** What somebody can do about it, where there is no repair. */
  what_to_do: string | null;
  /** Set where a repair was asked for and there is one. */
  repaired?: boolean;
}

/** What only a person can decide about. */
type Undecided = Exclude<FindingKind, "given_up" | "outdated">;

const WHAT_TO_DO: Record<Undecided, string> = {
  missing: "Cancel the meeting (DELETE meetings), and schedule it anew if it shall take place.",
  moved:
    "Give the meeting the time that the event has now (PATCH meetings), or move the event back.",
  cancelled: "Cancel the meeting too (DELETE meetings), or schedule it anew.",
  duplicated: "Look at the other events on Google Calendar and delete those that nobody wants.",
  orphaned: "Delete the event on Google Calendar, unless another installation of Convene made it.",
  unreadable: "Follow what the reason says, then look again.",
};

type About = Pick<
  Finding,
  "meeting_id" | "title" | "google_calendar_id" | "event_ids" | "message"
>;

/** A finding that only a person can decide about. */
export function toDecide(
  finding: Undecided,
  about: About,
  what_to_do: string = WHAT_TO_DO[finding],
): Finding {
  return { finding, ...about, repair: null, what_to_do };
}

/** A finding with something safe to do about it. */
export function toRepair(
  finding: Exclude<FindingKind, Undecided>,
  about: About,
  repair: string,
): Finding {
  return { finding, ...about, repair, what_to_do: null };
}
