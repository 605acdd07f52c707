import type { Actor } from "@shared/database/actor.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import type { LeasedSearch } from "@shared/database/schedulings.ts";
import { readSchedulingContext } from "@shared/database/schedulings.ts";
import type { SchedulingContext } from "@shared/database/schedulings.ts";
import type { GivenMeeting } from "@shared/schemas/given_meeting.ts";
import type { Credentials } from "./credentials.ts";
import { habitsOf } from "./habits.ts";
import type { Habits } from "./habits.ts";
import { fixedByEvent, invalidField, meetingCancelled, meetingNotFound } from "./not_searched.ts";
import type { NotSearched } from "./not_searched.ts";
import { readForSearch } from "./read_for_search.ts";
import type { OwnTime } from "./read_times.ts";
import { ownTime } from "./schedule_meeting.ts";
import type { ScheduleDependencies } from "./schedule_meeting.ts";
import type { ScheduleRequest } from "./schedule_one.ts";
import { FIRST_TRY, search } from "./search.ts";
import type { FoundSlots, PostponedSearch, RefusedSearch } from "./search.ts";
import { completeSlotRequest, readSlotRequest } from "./slot_request.ts";
import type { SlotRequest } from "./slot_request.ts";

/** The meeting that a dry run is about: one that does not exist yet, or a row as the request would change it. */
export type DryRunMeeting =
  & ({ stored: null; meeting_id: string; given: GivenMeeting } | {
    stored: LeasedSearch;
    /** The named columns, in the place of the stored ones. */
    columns: Partial<MeetingRow>;
  })
  & { organizer_email: string | null };

/** The slots that scheduling would find, and the meeting for which it would store the best of them. */
export interface DryRun {
  kind: "dry_run";
  found: FoundSlots;
  meeting: DryRunMeeting;
}

interface Preparation {
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
  dependencies: ScheduleDependencies,
  request: ScheduleRequest,
  actor: Actor,
): Promise<DryRun | RefusedSearch | PostponedSearch | NotSearched> {
  const prepared = await prepare(dependencies, request, actor);
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
  return found.kind === "found" ? { kind: "dry_run", found, meeting } : found;
}

async function prepare(
  dependencies: ScheduleDependencies,
  { meeting_id, given }: ScheduleRequest,
  actor: Actor,
): Promise<Preparation | NotSearched> {
  const now = dependencies.now();
  const complete = given?.participants?.every(({ busy }) => busy !== undefined) ?? false;
  const no_organizer = actor.kind === "system" && given?.organizer_user_id === undefined;
  const context: SchedulingContext = complete && no_organizer
    ? { decision: "new", connection: null, own_connections: [], burdens: {} }
    : await readSchedulingContext(dependencies.database, {
      meeting_id,
      actor,
      given: withoutBusyTime(given),
    });
  if (context.decision === "not_found") return meetingNotFound(meeting_id);
  if (context.decision === "frozen") return fixedByEvent(context.path);
  const { connection: organizer, own_connections: own } = context;
  const common = {
    kind: "prepared",
    credentials: { organizer, own },
    habits: habitsOf(context),
  } as const;
  const organizer_email = organizer?.email ?? null;
  if (context.decision === "stored") {
    const columns = asColumns(given);
    const row = { ...context.meeting, ...columns };
    if (row.cancelled_at !== null) return meetingCancelled(meeting_id);
    const slot_request = readSlotRequest(row, organizer, now);
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
    },
    organizer,
    now,
  );
  return {
    ...common,
    slot_request,
    own: { meeting_id: null, event: null },
    meeting: { stored: null, meeting_id, given, organizer_email },
  };
}

/** The database looks for connections by address; megabytes of busy time would only pass through it. */
function withoutBusyTime(given: GivenMeeting | null): Record<string, unknown> | null {
  if (given === null) return null;
  const { participants, ...columns } = given;
  if (participants === undefined) return columns;
  return { ...columns, participants: participants.map(({ email }) => ({ email })) };
}

/** What the caller named, in the place of what is stored; JSON as it would be stored. */
function asColumns(given: GivenMeeting | null): Partial<MeetingRow> {
  return JSON.parse(JSON.stringify(given ?? {})) as Partial<MeetingRow>;
}
