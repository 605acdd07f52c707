import { GoogleError } from "../contract/google_error.ts";
import type { EventBody, PersonalContent, Reminder } from "./event_types.ts";

const most_overrides = 5;
const most_minutes = 40_320;

/** Reads an event's reminders as Google does: minutes are clamped, unknown methods dropped,
 * duplicates merged, more than five or overrides beside useDefault refused. Without any, the
 * calendar's defaults apply. */
export function readReminders(body: EventBody["reminders"]): PersonalContent["reminders"] {
  if (body === undefined || body === null) return { useDefault: true, overrides: [] };
  const given = body.overrides ?? [];
  const use_default = body.useDefault ?? given.length === 0;
  if (use_default && given.length > 0) {
    throw new GoogleError("cannotUseDefaultRemindersAndSpecifyOverride");
  }
  if (given.length > most_overrides) throw new GoogleError("eventRemindersCountExceedsLimit");
  return { useDefault: use_default, overrides: readReminderList(given) };
}

/** Reads a list of reminders, also a calendar's defaults. Their order is not kept. */
export function readReminderList(
  given: readonly { method?: string | null; minutes?: number | null }[],
): Reminder[] {
  const kept = new Map<string, Reminder>();
  for (const { method, minutes } of given) {
    if (method === undefined || method === null) {
      throw new GoogleError("required", { message: "Missing reminder method." });
    }
    if (minutes === undefined || minutes === null) {
      throw new GoogleError("required", { message: "Missing reminder minutes." });
    }
    if (method !== "email" && method !== "popup") continue;
    const clamped = Math.min(Math.max(minutes, 0), most_minutes);
    kept.set(`${method} ${clamped}`, { method, minutes: clamped });
  }
  return [...kept.values()].sort((a, b) => a.minutes - b.minutes);
}

/** Google's reminders object; an empty list of overrides is left out. */
export function formatReminders({ useDefault, overrides }: PersonalContent["reminders"]) {
  return overrides.length === 0 ? { useDefault } : { useDefault, overrides };
}
