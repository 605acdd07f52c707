import type { Actor } from "@shared/database/actor.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import type { LeasedSearch } from "@shared/database/schedulings.ts";
import { readSchedulingContext } from "@shared/database/schedulings.ts";
import type { SchedulingContext } from "@shared/database/schedulings.ts";
import type { DescriptionDetails } from "@shared/schemas/fields.ts";
import type { MeetingParticipant } from "@shared/schemas/participant.ts";
import { PEOPLE } from "@shared/schemas/participants.ts";
import { isGroup, keepChoices, membersOf } from "@shared/schemas/people.ts";
import type { GroupChoice } from "@shared/schemas/people.ts";
import { DEFAULT_LOCALE } from "@shared/texts/locale.ts";
import type { GivenMeeting } from "@shared/schemas/given_meeting.ts";
import { NO_STORED_PREFERENCES } from "@shared/database/scheduling_preferences.ts";
import type { Credentials } from "./credentials.ts";
import { habitsOf } from "./habits.ts";
import type { Habits } from "./habits.ts";
import {
  fixedByEvent,
  invalidField,
  limitReached,
  meetingCancelled,
  meetingIdTaken,
  meetingNotFound,
} from "./not_searched.ts";
import type { NotSearched } from "./not_searched.ts";
import { readForSearch } from "./read_for_search.ts";
import type { OwnTime, TimeReader } from "./read_times.ts";
import { ownTime } from "./schedule_meeting.ts";
import type { ScheduleRequest } from "./schedule_one.ts";
import { FIRST_TRY, search } from "./search.ts";
import { searchProblem } from "./search_size.ts";
import type { FoundSlots, PostponedSearch, RefusedSearch } from "./search.ts";
import { choicesAt, completeSlotRequest, readSlotRequest } from "./slot_request.ts";
import type { SlotRequest } from "./slot_request.ts";

/** The meeting that a dry run is about: one that does not exist yet, or a row as the request would change it. */
export type DryRunMeeting =
  & ({
    stored: null;
    meeting_id: string;
    given: GivenMeeting;
    /** What the meeting would have where `given` has none. */
    description_details: DescriptionDetails;
  } | {
    stored: LeasedSearch;
    /** The named columns, in the place of the stored ones. */
    columns: Partial<MeetingRow>;
  })
  & { organizer_email: string | null };

/** The slots that scheduling would find, and the meeting for which it would store the best of them. */
export interface DryRun {
  kind: "dry_run";
  found: FoundSlots;
  /** Who takes part of the groups in the best of them. */
  choices: readonly GroupChoice[];
  meeting: DryRunMeeting;
}

/** What a dry run reads with; it learns nothing of people, and stores nothing. */
export interface DryRunDependencies extends TimeReader {
  now: () => Date;
}

/** A search that is not stored: everything but people's time is known. */
export interface Preparation {
  kind: "prepared";
  slot_request: SlotRequest;
  credentials: Credentials;
  own: OwnTime;
  habits: Habits;
  meeting: DryRunMeeting;
}

/**
 * What scheduling would find. Stores nothing, leases nothing and holds no one's time. The organizer takes part as in
 * a real run; only where a key names none and the busy time of every participant is given, no connection is needed.
 */
export async function dryRun(
  dependencies: DryRunDependencies,
  request: ScheduleRequest,
  actor: Actor,
): Promise<DryRun | RefusedSearch | PostponedSearch | NotSearched> {
  const prepared = await prepareSearch(dependencies, request, actor);
  if (prepared.kind !== "prepared") return prepared;
  const { slot_request, credentials, own, habits, meeting } = prepared;
  const known = await readForSearch(dependencies, slot_request, credentials, {
    own,
    tries: FIRST_TRY,
  });
  if ("outcome" in known) return known.outcome;
  const found = search(slot_request, { times: known.times, habits }, {
    now: dependencies.now(),
    tries: FIRST_TRY,
    max_candidates: slot_request.constraints.max_candidates,
  });
  if (found.kind !== "found") return found;
  const choices = choicesAt(slot_request, found.candidates[0] ?? {});
  return { kind: "dry_run", found, choices, meeting };
}

/** What a search needs to begin, or why there is none. */
export async function prepareSearch(
  dependencies: DryRunDependencies,
  { meeting_id, given }: ScheduleRequest,
  actor: Actor,
): Promise<Preparation | NotSearched> {
  const now = dependencies.now();
  const complete = given?.participants?.flatMap(membersOf)
    .every(({ busy }) => busy !== undefined) ?? false;
  const no_organizer = actor.kind === "system" && given?.organizer_user_id === undefined;
  const read = await readSchedulingContext(dependencies.database, {
    meeting_id,
    actor,
    given: withoutBusyTime(given),
  });
  const context: SchedulingContext = complete && no_organizer && read.decision === "new"
    ? {
      ...read,
      connection: null,
      own_connections: [],
      preferences: NO_STORED_PREFERENCES,
      burdens: {},
      turns: {},
    }
    : read;
  if (context.decision === "not_found") return meetingNotFound(meeting_id);
  if (context.decision === "taken") return meetingIdTaken(meeting_id);
  if (context.decision === "frozen") return fixedByEvent(context.path);
  if (context.decision === "limit_reached") return limitReached(meeting_id, context);
  const { connection: organizer, own_connections: own } = context;
  const common = {
    kind: "prepared",
    credentials: { organizer, own },
    habits: habitsOf(context),
  } as const;
  const organizer_email = organizer?.email ?? null;
  if (context.decision === "stored") {
    const columns = asColumns(given, context.meeting);
    const row = { ...context.meeting, ...columns };
    if (row.cancelled_at !== null) return meetingCancelled(meeting_id);
    const slot_request = readSlotRequest(row, context, now);
    if ("path" in slot_request) return invalidField(slot_request);
    const meeting = { stored: context.meeting, columns, organizer_email };
    return { ...common, slot_request, own: ownTime(row), meeting };
  }
  if (given?.participants === undefined) {
    return invalidField({ path: "participants", message: "A new meeting needs participants" });
  }
  const slot_request = completeSlotRequest(
    {
      participants: given.participants,
      constraints: given.constraints ?? {},
      weights: given.weights ?? null,
      recurrence: given.recurrence ?? null,
      allow_concessions: given.allow_concessions ?? false,
      locale: given.locale ?? DEFAULT_LOCALE,
    },
    context,
    now,
  );
  const problem = searchProblem(slot_request);
  if (problem !== null) return invalidField(problem);
  return {
    ...common,
    slot_request,
    own: { meeting_id: null, organizer_user_id: organizer?.user_id ?? null, event: null },
    meeting: {
      stored: null,
      meeting_id,
      given,
      description_details: context.description_details,
      organizer_email,
    },
  };
}

/** The database looks for connections by address; megabytes of busy time would only pass through it. */
function withoutBusyTime(given: GivenMeeting | null): Record<string, unknown> | null {
  if (given === null) return null;
  const { participants, ...columns } = given;
  if (participants === undefined) return columns;
  const address = ({ email }: MeetingParticipant) => ({ email });
  return {
    ...columns,
    participants: participants.map((entry) =>
      isGroup(entry) ? { any_of: entry.any_of.map(address) } : address(entry)
    ),
  };
}

/** What the caller named, in the place of what is stored; JSON as it would be stored. */
function asColumns(given: GivenMeeting | null, stored: MeetingRow): Partial<MeetingRow> {
  const { participants, ...columns } = given ?? {};
  const before = PEOPLE.safeParse(stored.participants).data ?? [];
  return JSON.parse(JSON.stringify({
    ...columns,
    ...(participants === undefined ? {} : { participants: keepChoices(participants, before) }),
  })) as Partial<MeetingRow>;
}
