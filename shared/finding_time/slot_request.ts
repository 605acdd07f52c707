import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { StoredPreferences } from "@shared/database/scheduling_preferences.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import type { RecurrenceRequest } from "@shared/scheduling/input/scheduling_request.ts";
import { completeConstraints, CONSTRAINTS } from "@shared/schemas/constraints.ts";
import type { CompleteConstraints, GivenConstraints } from "@shared/schemas/constraints.ts";
import { firstIssue } from "@shared/failures/issues.ts";
import { searchProblem } from "./search_size.ts";
import { LOCALE } from "@shared/schemas/fields.ts";
import { DEFAULT_LOCALE } from "@shared/texts/locale.ts";
import { PARTICIPANTS } from "@shared/schemas/participants.ts";
import type { MeetingParticipant } from "@shared/schemas/participant.ts";
import { isGroup, membersOf } from "@shared/schemas/people.ts";
import type { GroupChoice, MeetingGroup, ParticipantEntry } from "@shared/schemas/people.ts";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import type { ParticipantGroup } from "@shared/scheduling/input/scheduling_request.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { WEIGHTS } from "@shared/schemas/weights.ts";
import type { GivenWeights } from "@shared/schemas/weights.ts";
import { noticeOf, withPreferences } from "./with_preferences.ts";

/** Who must be found a time for, and when it may be. */
export interface SlotRequest {
  constraints: CompleteConstraints;
  /** The organizer among them, as the event takes place on the organizer's calendar, and all members of groups. */
  attending: AttendingPerson[];
  /** Members of groups who take part in any case, with the index of the group: the organizer. */
  seated: readonly { index: number; email: string }[];
  weights: GivenWeights | null;
  recurrence: readonly string[] | null;
  allow_concessions: boolean;
  /** The language of the result, a BCP 47 locale. */
  locale: string;
  /** Time that is not offered. */
  excluded?: readonly { start: string; end: string }[];
}

/** A person or room whose time a search reads. */
export type AttendingPerson = MeetingParticipant & {
  is_organizer: boolean;
  /** The same object for all members of a group. */
  group?: ParticipantGroup;
  was_chosen?: boolean;
};

/** The columns of a meeting that make the slot_request. */
export type RequestedMeeting = Pick<
  MeetingRow,
  "participants" | "constraints" | "weights" | "recurrence" | "allow_concessions" | "locale"
>;

/** Who organizes, and what is remembered of the people. */
export interface KnownOfPeople {
  connection: StoredConnection | null;
  preferences: StoredPreferences;
}

/** The slot_request a row asks, or where the row cannot be understood (it may have been inserted by SQL). */
export function readSlotRequest(
  row: RequestedMeeting,
  { connection, preferences }: KnownOfPeople,
  now: Date,
): SlotRequest | { path: string; message: string } {
  const participants = PARTICIPANTS.safeParse(row.participants);
  if (!participants.success) return within("participants", firstIssue(participants.error));
  const constraints = CONSTRAINTS.safeParse(row.constraints);
  if (!constraints.success) return within("constraints", firstIssue(constraints.error));
  const weights = row.weights === null ? null : WEIGHTS.safeParse(row.weights);
  if (weights?.success === false) return within("weights", firstIssue(weights.error));
  const recurrence = row.recurrence === null ? null : RECURRENCE.safeParse(row.recurrence);
  if (recurrence?.success === false) return within("recurrence", firstIssue(recurrence.error));
  const locale = row.locale === null ? null : LOCALE.safeParse(row.locale);
  if (locale?.success === false) return within("locale", firstIssue(locale.error));
  const request = completeSlotRequest(
    {
      participants: participants.data,
      constraints: constraints.data,
      weights: weights?.data ?? null,
      recurrence: recurrence?.data ?? null,
      allow_concessions: row.allow_concessions,
      locale: locale?.data ?? DEFAULT_LOCALE,
    },
    { connection, preferences },
    now,
  );
  return searchProblem(request) ?? request;
}

/** The same for input that has been checked already. */
export function completeSlotRequest(
  asked: {
    participants: readonly ParticipantEntry[];
    constraints: GivenConstraints;
    weights: GivenWeights | null;
    recurrence: readonly string[] | null;
    allow_concessions: boolean;
    locale: string;
  },
  { connection, preferences }: KnownOfPeople,
  now: Date,
): SlotRequest {
  const { weights, recurrence, allow_concessions, locale } = asked;
  const { attending, seated } = attendingPeople(asked.participants, connection?.email ?? null);
  const constraints = {
    ...completeConstraints(asked.constraints, now),
    minimum_notice_minutes: noticeOf(asked.constraints, attending, preferences),
  };
  return {
    constraints,
    attending: attending.map((person) => withPreferences(person, preferences, constraints)),
    seated,
    weights,
    recurrence,
    allow_concessions,
    locale,
  };
}

/** How the meeting repeats, as the search takes it; nothing for a single one. */
export function seriesOf(
  { recurrence, constraints }: SlotRequest,
): { recurrence?: RecurrenceRequest } {
  if (recurrence === null) return {};
  return { recurrence: { lines: recurrence, horizon: constraints.recurrence_horizon } };
}

/** The organizer takes part in any case: as a member of a group, instead of one who would be chosen. */
function attendingPeople(
  participants: readonly ParticipantEntry[],
  organizer: string | null,
): Pick<SlotRequest, "attending" | "seated"> {
  const isOrganizer = ({ email }: { email: string }) =>
    email.toLowerCase() === organizer?.toLowerCase();
  const seated = participants.filter(isGroup).flatMap(({ any_of }, index) =>
    any_of.filter(isOrganizer).map(({ email }) => ({ index, email }))
  );
  let index = -1;
  const attending = participants.flatMap((entry): AttendingPerson[] => {
    if (!isGroup(entry)) return [{ ...entry, is_organizer: isOrganizer(entry) }];
    index++;
    return attendingMembers(entry, index, isOrganizer);
  });
  return organizer === null || participants.flatMap(membersOf).some(isOrganizer)
    ? { attending, seated }
    : {
      attending: [{ email: organizer, type: "required", is_organizer: true }, ...attending],
      seated,
    };
}

function attendingMembers(
  { any_of, count, name, type, chosen = [] }: MeetingGroup,
  index: number,
  isOrganizer: (member: MeetingParticipant) => boolean,
): AttendingPerson[] {
  const organizers = any_of.filter(isOrganizer);
  const left = count - organizers.length;
  const group = { index, count: left, type, ...(name === undefined ? {} : { name }) };
  const before = new Set(chosen.map((email) => email.toLowerCase()));
  return [
    ...organizers.map((one): AttendingPerson => ({
      ...one,
      type: "required",
      is_organizer: true,
    })),
    ...(left === 0 ? [] : any_of.filter((member) => !isOrganizer(member)).map((member) => ({
      ...member,
      is_organizer: false,
      group,
      was_chosen: before.has(member.email.toLowerCase()),
    }))),
  ];
}

/** Who of the groups takes part at a candidate, as the row keeps it. */
export function choicesAt(
  { seated }: SlotRequest,
  { groups = [] }: Pick<Candidate, "groups">,
): GroupChoice[] {
  const indexes = new Set([...seated, ...groups].map(({ index }) => index));
  return [...indexes].map((index) => ({
    index,
    chosen: [
      ...seated.filter((one) => one.index === index).map(({ email }) => email),
      ...groups.filter((one) => one.index === index).flatMap(({ chosen }) => chosen),
    ],
  }));
}

function within(column: string, issue: { path: string; message: string }) {
  const { path, message } = issue;
  const joined = path.startsWith("[") ? `${column}${path}` : `${column}.${path}`;
  return { path: path === "body" ? column : joined, message };
}
