import type { MeetingRow } from "@shared/database/meetings.ts";
import type { CallInit } from "../support/stack.ts";
import { inGroups } from "./in_groups.ts";
import type { Changes, ExpectedState } from "./expected_state.ts";
import { addresses } from "./participants.ts";
import type { Random } from "./random.ts";
import type { Fixture } from "./fixture.ts";
import type { WorkerPool } from "./worker_pool.ts";

/** A request of an organizer: the changes of a PATCH, or a cancellation. */
export type ChangeRequest =
  | { meeting_id: string; is_cancellation: true }
  | { meeting_id: string; is_cancellation: false; changes: Changes };

/** Share of cancellations among a round's requests; all others are changes. */
const CANCELLATIONS = 0.1;
const MEETINGS_A_REQUEST = 7;
/** Share of requests that are sent twice at the same time. */
const TWICE = 0.2;
const CONCURRENT = 8;

/** The requests of one round, reproducible by seed. Participants vary, but the first guest stays. */
export function changeRequests(fixture: Fixture, random: Random, round: number): ChangeRequest[] {
  return Array.from({ length: Math.ceil(fixture.meeting_count / MEETINGS_A_REQUEST) }, () => {
    const number = 1 + random.below(fixture.meeting_count);
    const meeting_id = `meeting-${number}`;
    if (random.chance(CANCELLATIONS)) return { meeting_id, is_cancellation: true };
    const changes = random.pick([
      () => ({ title: `Meeting ${number}, round ${round}` }),
      () => newTime(random),
      () => newGuests(fixture, random, meeting_id),
      () => ({ title: `Meeting ${number}, moved in round ${round}`, ...newTime(random) }),
      () => ({ ...newTime(random), ...newGuests(fixture, random, meeting_id) }),
    ])();
    return { meeting_id, is_cancellation: false, changes };
  });
}

function newTime(random: Random): Changes {
  const day = String(8 + random.below(5)).padStart(2, "0");
  const hour = String(8 + random.below(10)).padStart(2, "0");
  return {
    start_time: `2035-01-${day}T${hour}:15:00Z`,
    end_time: `2035-01-${day}T${hour}:45:00Z`,
  };
}

function newGuests(fixture: Fixture, random: Random, meeting_id: string): Changes {
  const [organizer = "", first = "", ...others] = fixture.participants.get(meeting_id) ?? [];
  const invited = new Set([organizer, first, ...others.slice(0, random.below(3))]);
  invited.add(random.pick(fixture.guests));
  const participant_emails = [...invited];
  fixture.participants.set(meeting_id, participant_emails);
  return { participant_emails };
}

/** Sends requests to workers, some twice at the same time, and records the accepted changes. */
export async function sendChangeRequests(
  pool: WorkerPool,
  random: Random,
  expected: ExpectedState,
  requests: readonly ChangeRequest[],
): Promise<void> {
  const sent = requests.flatMap((request) => random.chance(TWICE) ? [request, request] : [request]);
  for (const request of requests) {
    const participants = request.is_cancellation ? undefined : request.changes.participant_emails;
    if (participants === undefined) continue;
    expected.requested_participants.push({ meeting_id: request.meeting_id, participants });
  }
  await inGroups(sent, CONCURRENT, (request) => sendChangeRequest(pool, expected, request));
}

/** Sends one request to a worker, and records what it has changed. */
export async function sendChangeRequest(
  pool: WorkerPool,
  expected: ExpectedState,
  request: ChangeRequest,
): Promise<void> {
  const response = await pool.call("meetings", callFor(request));
  if (response?.status !== 200) {
    if (!request.is_cancellation && (response === null || response.status >= 500)) {
      expected.uncertain_changes.push(request);
    }
    return;
  }
  const meeting = response.body as AcceptedMeeting;
  expected.accepted_changes.push({
    meeting_id: request.meeting_id,
    version: meeting.version,
    is_cancelled: meeting.cancelled_at !== null,
    title: meeting.title,
    start_time: meeting.start_time,
    names: request.is_cancellation ? [] : namedBy(request.changes),
    participants: addresses(meeting.participants).sort().join(),
  });
}

/** The fields of the response of `meetings` that are compared later. */
interface AcceptedMeeting extends Pick<MeetingRow, "title" | "participants" | "cancelled_at"> {
  version: number;
  start_time: string | null;
}

function namedBy({ title, start_time }: Changes): ("title" | "time")[] {
  return [
    ...(title === undefined ? [] : ["title" as const]),
    ...(start_time === undefined ? [] : ["time" as const]),
  ];
}

function callFor(request: ChangeRequest): CallInit {
  const { meeting_id } = request;
  return request.is_cancellation
    ? { method: "DELETE", query: { meeting_id } }
    : { method: "PATCH", body: { meeting_id, ...request.changes } };
}
