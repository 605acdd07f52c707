import { blocksOf } from "./open_blocks.ts";
import type { Person } from "./person.ts";

export type AvailabilityStatus = "free" | "busy" | "tentative" | "unknown" | "outside_hours";

export const FREE = 0;
export const TENTATIVE = 1;
export const BUSY = 2;
export const OUTSIDE_HOURS = 3;
export const UNKNOWN = 4;

const STATUS_NAMES: readonly AvailabilityStatus[] = [
  "free",
  "tentative",
  "busy",
  "outside_hours",
  "unknown",
];

/** Stands for "no meeting before" and "no meeting after". */
export const NO_MEETING = 1 << 30;

/**
 * One person at a list of starts, index by index. The lengths are minutes and hold only where the person comes:
 * `clear_*` until the neighbouring busy time, `room_*` until that or the end of the open hours.
 */
export interface Attendance {
  status: Uint8Array;
  clear_before: Int32Array;
  clear_after: Int32Array;
  room_before: Int32Array;
  room_after: Int32Array;
}

/** Room for the attendance of one person at `length` starts, to be filled again and again. */
export function newAttendance(length: number): Attendance {
  return {
    status: new Uint8Array(length),
    clear_before: new Int32Array(length),
    clear_after: new Int32Array(length),
    room_before: new Int32Array(length),
    room_after: new Int32Array(length),
  };
}

/** Whether a person with this status comes to the meeting. */
export function attends(status: number): boolean {
  return status <= TENTATIVE;
}

export function statusName(status: number): AvailabilityStatus {
  return STATUS_NAMES[status] ?? "unknown";
}

/**
 * Fills `into` for ascending starts, the first `length` of them, in one sweep over the person's busy time. Buffers widen busy time. A person whose
 * calendar could not be read is unknown everywhere, also outside their hours: nothing here may hide that.
 */
export function attendance(
  person: Person,
  starts: Int32Array,
  duration: number,
  into: Attendance,
  length = starts.length,
): void {
  if (person.unknown) {
    into.status.fill(UNKNOWN, 0, length);
    return;
  }
  const { busy, tentative, open, buffer: { before, after } } = person;
  // The innermost loop of a search: what it reads is looked up outside of it.
  const { starts: busy_starts, ends: busy_ends } = busy;
  const { status, clear_before, clear_after, room_before, room_after } = into;
  const { opens: block_opens, closes: block_closes } = blocksOf(open);
  const blocks = block_opens.length;
  const count = busy_starts.length;
  const { starts: maybe_starts, ends: maybe_ends } = tentative;
  const maybe_count = maybe_starts.length;
  let next = 0;
  let busy_until = -NO_MEETING;
  let busy_from = count > 0 ? busy_starts[0]! : NO_MEETING;
  let next_maybe = 0;
  let maybe_until = -NO_MEETING;
  let block = -1;
  let opens = -NO_MEETING;
  let closes = -NO_MEETING;
  for (let i = 0; i < length; i++) {
    const start = starts[i]!;
    const end = start + duration;
    // Everything that begins before the end, with the buffer, has been passed; the latest end among it decides.
    while (busy_from - after < end) {
      const until = busy_ends[next++]!;
      if (until > busy_until) busy_until = until;
      busy_from = next < count ? busy_starts[next]! : NO_MEETING;
    }
    while (next_maybe < maybe_count && maybe_starts[next_maybe]! < end) {
      maybe_until = Math.max(maybe_until, maybe_ends[next_maybe++]!);
    }
    while (closes < end) {
      block++;
      opens = block < blocks ? block_opens[block]! : NO_MEETING;
      closes = block < blocks ? block_closes[block]! : NO_MEETING;
    }
    if (opens > start) {
      status[i] = OUTSIDE_HOURS;
    } else if (busy_until + before > start) {
      status[i] = BUSY;
    } else {
      status[i] = maybe_until > start ? TENTATIVE : FREE;
      clear_before[i] = start - busy_until;
      clear_after[i] = busy_from - end;
      room_before[i] = start - (busy_until > opens ? busy_until : opens);
      room_after[i] = (busy_from < closes ? busy_from : closes) - end;
    }
  }
}
