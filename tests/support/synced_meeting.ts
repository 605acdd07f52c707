import { createdMeeting } from "./changes.ts";
import { MONDAY } from "./meetings.ts";
import type { Stack } from "./stack.ts";
import { syncNow } from "./sync.ts";
import { googleOf } from "./tasks.ts";

/** A meeting whose calendar has been read once, so that its cursor is known. */
export async function syncedMeeting(stack: Stack, columns: Record<string, unknown> = {}) {
  const made = await createdMeeting(stack, columns);
  await syncNow(stack, made.organizer);
  const google = await googleOf(stack, made.organizer.email);
  return { ...made, google, eventId: made.event.id ?? "" };
}

/** Times to which people move events. */
export const AFTERNOON = {
  start: { dateTime: `${MONDAY}T14:00:00Z`, timeZone: "Europe/Rome" },
  end: { dateTime: `${MONDAY}T15:00:00Z`, timeZone: "Europe/Rome" },
};
