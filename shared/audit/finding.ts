/** Kinds of differences between a row and Google Calendar. */
export const FINDING_KINDS = [
  "missing",
  "moved",
  "cancelled",
  "duplicated",
  "orphaned",
  "given_up",
  "search_failed",
  "outdated",
  "unreadable",
] as const;

export type FindingKind = typeof FINDING_KINDS[number];

/** One difference between a row and Google Calendar. */
export interface Finding {
  finding: FindingKind;
  /** Null: no meeting has this event. */
  meeting_id: string | null;
  /** The row of task_calendar_events, for the event of a task. */
  task_event_id?: string;
  title: string | null;
  google_calendar_id: string;
  event_ids: string[];
  /** The difference as a sentence. */
  message: string;
  /** What `repair` does; null: no repair is safe, and a person has to decide. */
  repair: string | null;
  /** What a person can do, where there is no repair. */
  what_to_do: string | null;
  /** Set if a repair was requested and there is one. */
  repaired?: boolean;
}

/** Kinds without repair. */
type Undecided = Exclude<FindingKind, "given_up" | "outdated">;
/** Kinds that may have one. */
type Repairable = "given_up" | "outdated" | "moved" | "cancelled";

const WHAT_TO_DO: Record<Undecided, string> = {
  missing: "Cancel the meeting (DELETE meetings), and schedule a new one if it should take place.",
  moved: "Change the meeting to the time of the event (PATCH meetings), or move the event back.",
  cancelled:
    "Cancel the meeting too (DELETE meetings), and schedule a new one if it should take place.",
  duplicated: "Check the other events on Google Calendar and delete those that are not needed.",
  orphaned:
    "Delete the event on Google Calendar (deno task doctor --delete-orphaned), unless another installation of Convene created it.",
  search_failed:
    "Change what the reason names and schedule the meeting again, or cancel it (DELETE meetings).",
  unreadable: "Resolve the reason, then run the doctor again.",
};

type About = Pick<
  Finding,
  "meeting_id" | "task_event_id" | "title" | "google_calendar_id" | "event_ids" | "message"
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
  finding: Repairable,
  about: About,
  repair: string,
): Finding {
  return { finding, ...about, repair, what_to_do: null };
}
