import * as z from "zod/mini";
import { PARTICIPANTS } from "./participants.ts";

const ATTENDEES = z.array(z.object({
  email: z.optional(z.string()),
  organizer: z.optional(z.boolean()),
  responseStatus: z.optional(z.string()),
}));

export interface RsvpSummary {
  /** `confirmed` once every required person has accepted; one who declines is enough for the last. */
  status: "awaiting" | "confirmed" | "declined_by_required";
  accepted: number;
  declined: number;
  tentative: number;
  needs_action: number;
  /** Required people who have not answered yes or no. */
  awaiting: string[];
  /** Required people who declined. */
  declined_by: string[];
}

/**
 * How the guests of a meeting have answered, from its stored `participants` and `attendees`. The
 * organizer asked for the meeting and rooms reply automatically; neither is waited for.
 */
export function rsvpSummary(participants: unknown, attendees: unknown): RsvpSummary | null {
  const people = PARTICIPANTS.safeParse(participants);
  const answers = ATTENDEES.safeParse(attendees);
  if (!people.success || !answers.success) return null;
  const byEmail = new Map(
    answers.data.map((guest) => [guest.email?.toLowerCase(), guest] as const),
  );
  const count = (status: string) =>
    answers.data.filter((guest) => (guest.responseStatus ?? "needsAction") === status).length;
  const awaiting: string[] = [];
  const declined_by: string[] = [];
  for (const { email, type } of people.data) {
    const guest = byEmail.get(email.toLowerCase());
    if (type !== "required" || guest?.organizer === true) continue;
    if (guest?.responseStatus === "declined") declined_by.push(email);
    else if (guest?.responseStatus !== "accepted") awaiting.push(email);
  }
  return {
    status: declined_by.length > 0
      ? "declined_by_required"
      : awaiting.length > 0
      ? "awaiting"
      : "confirmed",
    accepted: count("accepted"),
    declined: count("declined"),
    tentative: count("tentative"),
    needs_action: count("needsAction"),
    awaiting,
    declined_by,
  };
}
