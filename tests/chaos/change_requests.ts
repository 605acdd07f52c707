import type { MeetingRow } from "@shared/database/meetings.ts";
import type { CallInit } from "../support/stack.ts";
import { inGroups } from "./in_groups.ts";
import type { Memory } from "./expected_state.ts";
import { addresses } from "./participants.ts";
import type { Random } from "./random.ts";
import type { Town } from "./fixture.ts";
import type { WorkerPool } from "./worker_pool.ts";

/** What somebody wants of a meeting: the body of PATCH, or its cancellation. */
export type Wish =
  | { meeting_id: string; is_cancellation: true }
  | { meeting_id: string; is_cancellation: false; changes: Changes };

interface Changes {
  title?: string;
  start_time?: string;
  end_time?: string;
  participant_emails?: readonly string[];
}

/** Of a storm's wishes; the others change something. */
const CANCELLATIONS = 0.1;
const MEETINGS_A_WISH = 7;
const TWICE = 0.2;
const AT_ONCE = 8;

/** The wishes of one storm, repeatable by seed. People come and go, but the first guest stays. */
export function wishesOf(town: Town, random: Random, storm: number): Wish[] {
  return Array.from({ length: Math.ceil(town.meetings / MEETINGS_A_WISH) }, () => {
    const number = 1 + random.below(town.meetings);
    const meeting_id = `meeting-${number}`;
    if (random.chance(CANCELLATIONS)) return { meeting_id, is_cancellation: true };
    const changes = random.pick([
      () => ({ title: `Meeting ${number}, storm ${storm}` }),
      () => newTime(random),
      () => newGuests(town, random, meeting_id),
      () => ({ title: `Meeting ${number}, moved by storm ${storm}`, ...newTime(random) }),
      () => ({ ...newTime(random), ...newGuests(town, random, meeting_id) }),
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

function newGuests(town: Town, random: Random, meeting_id: string): Changes {
  const [organizer = "", first = "", ...others] = town.invited.get(meeting_id) ?? [];
  const invited = new Set([organizer, first, ...others.slice(0, random.below(3))]);
  invited.add(random.pick(town.guests));
  const participant_emails = [...invited];
  town.invited.set(meeting_id, participant_emails);
  return { participant_emails };
}

/** Brings wishes to workers, some twice at once, and remembers what was accepted. */
export async function makeWishes(
  pool: WorkerPool,
  random: Random,
  memory: Memory,
  wishes: readonly Wish[],
): Promise<void> {
  const askings = wishes.flatMap((wish) => random.chance(TWICE) ? [wish, wish] : [wish]);
  await inGroups(askings, AT_ONCE, async (wish) => {
    const answer = await pool.ask("meetings", requestFor(wish));
    if (answer?.status !== 200) return;
    const meeting = answer.body as AcceptedMeeting;
    memory.promises.push({
      meeting_id: wish.meeting_id,
      version: meeting.version,
      is_cancelled: meeting.cancelled_at !== null,
      title: meeting.title,
      start_time: meeting.start_time,
      participants: addresses(meeting.participants).sort().join(),
    });
  });
}

/** What the answer of `meetings` says of the row. */
interface AcceptedMeeting extends Pick<MeetingRow, "title" | "participants" | "cancelled_at"> {
  version: number;
  start_time: string | null;
}

function requestFor(wish: Wish): CallInit {
  const { meeting_id } = wish;
  return wish.is_cancellation
    ? { method: "DELETE", query: { meeting_id } }
    : { method: "PATCH", body: { meeting_id, ...wish.changes } };
}
