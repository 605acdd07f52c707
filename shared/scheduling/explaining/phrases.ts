import { formatInstant, MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { weekdayIndex, WEEKDAYS } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";
import type { SearchRequest } from "../input/search_request.ts";

const MONTHS =
  "January February March April May June July August September October November December".split(
    " ",
  );

/** "Ann", "Ann and Bob", "Ann, Bob and Cem", "Ann, Bob and 4 others". */
export function formatNames(names: readonly string[]): string {
  if (names.length > 3) return `${names.slice(0, 2).join(", ")} and ${names.length - 2} others`;
  const last = names.at(-1) ?? "no one";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** "Tuesday 1 December 2026 at 11:00 (America/New_York)", in the zone of the request. */
export function formatTime(search: SearchRequest, minute: number): string {
  const offset = offsetAt(search.offsets, minute);
  const wall = formatInstant(minute, offset);
  const day = WEEKDAYS[weekdayIndex(Math.floor((minute + offset) / MINUTES_PER_DAY))] ?? "";
  const month = MONTHS[Number(wall.slice(5, 7)) - 1] ?? "";
  const date = `${capital(day)} ${Number(wall.slice(8, 10))} ${month} ${wall.slice(0, 4)}`;
  return `${date} at ${wall.slice(11, 16)} (${search.timezone})`;
}

/** "09:00" for minute 540 of a day; "24:00" for its end. */
export function formatTimeOfDay(minute: number): string {
  const hours = String(Math.floor(minute / 60)).padStart(2, "0");
  return `${hours}:${String(minute % 60).padStart(2, "0")}`;
}

/** "1 minute", "45 minutes". */
export function formatMinutes(minutes: number): string {
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

/** "3 days", "2 hours", "45 minutes": the largest unit of which there is a whole number. */
export function formatLength(minutes: number): string {
  const days = minutes / MINUTES_PER_DAY;
  if (Number.isInteger(days)) return days === 1 ? "1 day" : `${days} days`;
  const hours = minutes / 60;
  if (Number.isInteger(hours)) return hours === 1 ? "1 hour" : `${hours} hours`;
  return formatMinutes(minutes);
}

/** "New York" for "America/New_York". */
export function formatPlace(timezone: string): string {
  return timezone.slice(timezone.lastIndexOf("/") + 1).replaceAll("_", " ");
}

/** "Monday" for "monday". */
export function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
