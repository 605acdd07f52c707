import type { Database } from "@shared/database/call.ts";
import { readSlotHolds } from "@shared/database/slot_holds.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import { busyWindow } from "@shared/scheduling/busy_window.ts";
import { readings } from "./credentials.ts";
import type { Credentials } from "./credentials.ts";
import { withoutOwnEvent } from "./own_event.ts";
import type { OwnEvent } from "./own_event.ts";
import type { KnownTimes } from "./participants.ts";
import { readBusy } from "./read_busy.ts";
import type { BusyReader, TimeWindow } from "./read_busy.ts";
import { seriesOf } from "./slot_request.ts";
import type { SlotRequest } from "./slot_request.ts";

export interface TimeReader extends BusyReader {
  database: Database;
}

/** The meeting that is being scheduled, as far as it already takes time of its own. */
export interface OwnTime {
  /** Its holds do not count; null before it exists. */
  meeting_id: string | null;
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
  if (wanted.length === 0) return { read: new Map(), holds: [], window: null };
  const window = windowOf(slot_request);
  const [read, holds] = await Promise.all([
    readBusy(reader, wanted, credentials, window),
    readHolds(reader, slot_request, own),
  ]);
  if (!(read instanceof Map)) return read;
  if (own.event === null) return { read, holds, window };
  return { read: await withoutOwnEvent(reader, read, wanted, own.event, window), holds, window };
}

/** What is promised to other meetings now, for those whose calendars are read. */
export function readHolds(
  { database }: TimeReader,
  slot_request: SlotRequest,
  { meeting_id }: OwnTime,
): Promise<KnownTimes["holds"]> {
  const emails = slot_request.attending.filter(({ busy }) => busy === undefined)
    .map(({ email }) => email);
  if (emails.length === 0) return Promise.resolve([]);
  return readSlotHolds(database, { emails, window: windowOf(slot_request), meeting_id });
}

/** Wide enough for negotiation, and for the occurrences of a series. */
function windowOf(slot_request: SlotRequest): TimeWindow {
  const { constraints, attending } = slot_request;
  return busyWindow(constraints, attending.map(({ buffer }) => buffer ? { buffer } : {}), {
    negotiate: true,
    ...seriesOf(slot_request),
  });
}
