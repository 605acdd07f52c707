import type { Database } from "@shared/database/call.ts";
import { readSlotHolds } from "@shared/database/slot_holds.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import { busyWindow } from "@shared/scheduling/busy_window.ts";
import { readings, readsOfOthers } from "./credentials.ts";
import type { Credentials, Reading } from "./credentials.ts";
import { deadGrant } from "./organizer_grant.ts";
import { eventLists } from "./event_lists.ts";
import { withoutOwnEvent } from "./own_event.ts";
import type { OwnEvent } from "./own_event.ts";
import { isOwnCalendarRead } from "./participants.ts";
import type { KnownTimes } from "./participants.ts";
import { READ_DEADLINE_MS, readBusy } from "./read_busy.ts";
import type { BusyReader, TimeWindow } from "./read_busy.ts";
import { seriesOf } from "./slot_request.ts";
import type { SlotRequest } from "./slot_request.ts";
import { readTentativeTimes, withTentativeTimes } from "./tentative_time.ts";

export interface TimeReader extends BusyReader {
  database: Database;
}

/** The meeting that is being scheduled, as far as it already takes time of its own. */
export interface OwnTime {
  /** Its holds do not count; null before it exists. */
  meeting_id: string | null;
  /** Nor do those of the event of a task that is scheduled again. */
  task_event_id?: string | null;
  /** Whose other unwritten meetings count; null: no user organizes it yet. */
  organizer_user_id: string | null;
  event: OwnEvent | null;
}

/**
 * Busy time of all participants in the window: from Google and from holds of other meetings, read at
 * the same moment. A participant with `busy` is not read. "not_connected": a calendar must be read and
 * the organizer has no connection. Throws SchedulingInputError for a window that makes no sense.
 */
export async function readTimes(
  reader: TimeReader,
  slot_request: SlotRequest,
  credentials: Credentials,
  own: OwnTime,
): Promise<KnownTimes | GoogleFailure | "not_connected"> {
  const wanted = readings(slot_request, credentials);
  if (wanted === null) return "not_connected";
  const dead = await unprovenGrant(reader, wanted, credentials);
  if (dead !== null) return dead;
  if (wanted.length === 0) return { read: new Map(), holds: [], window: null };
  const window = windowOf(slot_request);
  const lists = eventLists(reader, window, READ_DEADLINE_MS);
  const [read, holds, tentative] = await Promise.all([
    readBusy(reader, wanted, credentials, window),
    readHolds(reader, slot_request, own, readsOfOthers(wanted, credentials.organizer)),
    slot_request.constraints.tentative_as_busy ? new Map() : readTentativeTimes(lists, wanted),
  ]);
  if (!(read instanceof Map)) return read;
  const freed = own.event === null ? read : await withoutOwnEvent(lists, read, wanted, own.event);
  return { read: withTentativeTimes(freed, tentative), holds, window };
}

/** Of a search that reads nothing with the organizer's own connection, while other users have shared something: its grant. */
async function unprovenGrant(
  reader: TimeReader,
  wanted: readonly Reading[],
  { organizer, own }: Credentials,
): Promise<GoogleFailure | null> {
  if (organizer === null || wanted.some(({ connection }) => connection === organizer)) return null;
  if (!own.some(({ user_id }) => user_id !== organizer.user_id)) return null;
  return await deadGrant(reader, organizer);
}

/**
 * What is held for other meetings now, of those whose own calendars are read. `read`: whose connections
 * are used at the same time, which the same statement notes for them.
 */
export function readHolds(
  { database }: TimeReader,
  slot_request: SlotRequest,
  { meeting_id, task_event_id = null, organizer_user_id }: OwnTime,
  read: ReturnType<typeof readsOfOthers> = null,
): Promise<KnownTimes["holds"]> {
  const emails = slot_request.attending.filter(isOwnCalendarRead).map(({ email }) => email);
  if (emails.length === 0) return Promise.resolve([]);
  const window = windowOf(slot_request);
  return readSlotHolds(database, {
    emails,
    window,
    meeting_id,
    task_event_id,
    organizer_user_id,
    read,
  });
}

/** Wide enough for negotiation, and for the occurrences of a series. */
function windowOf(slot_request: SlotRequest): TimeWindow {
  const { constraints, attending } = slot_request;
  return busyWindow(constraints, attending.map(({ buffer }) => buffer ? { buffer } : {}), {
    negotiate: true,
    ...seriesOf(slot_request),
  });
}
