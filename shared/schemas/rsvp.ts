import * as z from "zod/mini";
import { PEOPLE } from "./participants.ts";

const ATTENDEES = z.array(z.object({
  email: z.optional(z.string()),
  organizer: z.optional(z.boolean()),
  self: z.optional(z.boolean()),
  optional: z.optional(z.boolean()),
  responseStatus: z.optional(z.string()),
}));

const CONSTRAINTS = z.object({ minimum_attendee_percentage: z.optional(z.number()) });

export type RsvpStatus = "awaiting" | "confirmed" | "declined_by_required" | "quorum_lost";

export interface RsvpSummary {
  /**
   * `confirmed` once every required person and room has accepted, and, where the meeting has a
   * `minimum_attendee_percentage`, once enough of the people have and all others declined.
   * `quorum_lost`: so many required people declined that fewer than that percentage can come.
   * `declined_by_required`: a room declined, or a required person of a meeting without a percentage.
   */
  status: RsvpStatus;
  accepted: number;
  declined: number;
  tentative: number;
  needs_action: number;
  /** Required people and rooms who have not answered yes or no. */
  awaiting: string[];
  /** Required people and rooms who declined. */
  declined_by: string[];
}

/** What the replies are counted for. */
export interface RsvpMeeting {
  participants: unknown;
  attendees: unknown;
  constraints?: unknown;
  /** The organizer's own address, which Google marks on none but the primary calendar. */
  account_email?: string | null;
  /**
   * Participants, in lower case, who are still to be invited. Any other who is not on the event was
   * removed by people, and is not waited for. Null: it is unknown who is on it.
   */
  to_invite?: readonly string[] | null;
}

/**
 * How the guests of a meeting have answered. People whom guests or the organizer added in Google
 * Calendar count as optional. The organizer asked for the meeting and is not waited for, under whatever
 * address. Null where the stored values are invalid.
 */
export function rsvpSummary(
  { participants, attendees, constraints = {}, account_email = null, to_invite = null }:
    RsvpMeeting,
): RsvpSummary | null {
  const people = PEOPLE.safeParse(participants);
  const answers = ATTENDEES.safeParse(attendees);
  if (!people.success || !answers.success) return null;
  const byEmail = new Map(
    answers.data.map((guest) => [guest.email?.toLowerCase(), guest] as const),
  );
  const count = (status: string) =>
    answers.data.filter((guest) => (guest.responseStatus ?? "needsAction") === status).length;
  const invited = people.data.filter(({ email, type }) => {
    const guest = byEmail.get(email.toLowerCase());
    const is_own = email.toLowerCase() === account_email?.toLowerCase();
    if (type === "optional" || is_own || isOrganizer(guest)) return false;
    return guest !== undefined || to_invite === null || to_invite.includes(email.toLowerCase());
  });
  const answerOf = (email: string) => byEmail.get(email.toLowerCase())?.responseStatus;
  const declined = invited.filter(({ email }) => answerOf(email) === "declined");
  const awaiting = invited.filter(({ email }) =>
    !["accepted", "declined"].includes(answerOf(email) ?? "")
  );
  const required = invited.filter(({ type }) => type === "required");
  const parsed = CONSTRAINTS.safeParse(constraints ?? {});
  const percentage = parsed.success ? parsed.data.minimum_attendee_percentage : undefined;
  return {
    status: statusOf({
      percentage,
      required: required.length,
      declined_people: declined.filter(({ type }) => type === "required").length,
      has_declined_room: declined.some(({ type }) => type === "resource"),
      is_awaiting: awaiting.length > 0,
    }),
    accepted: count("accepted"),
    declined: count("declined"),
    tentative: count("tentative"),
    needs_action: count("needsAction"),
    awaiting: awaiting.map(({ email }) => email),
    declined_by: declined.map(({ email }) => email),
  };
}

/** Google names the organizer by the account's address; `self` is also a guest under an alias of that account. */
function isOrganizer(guest: z.output<typeof ATTENDEES>[number] | undefined): boolean {
  return guest?.organizer === true || guest?.self === true;
}

function statusOf({ percentage, required, declined_people, has_declined_room, is_awaiting }: {
  percentage: number | undefined;
  required: number;
  declined_people: number;
  has_declined_room: boolean;
  is_awaiting: boolean;
}): RsvpStatus {
  const able = required - declined_people;
  if (percentage !== undefined && able * 100 < percentage * required) return "quorum_lost";
  if (has_declined_room) return "declined_by_required";
  if (percentage === undefined && declined_people > 0) return "declined_by_required";
  return is_awaiting ? "awaiting" : "confirmed";
}
