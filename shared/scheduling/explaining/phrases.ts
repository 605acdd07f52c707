import { offsetAt } from "@shared/time/zones.ts";
import type { SearchRequest } from "../input/search_request.ts";

/** An instant (minutes since 1970) for people: in the zone of the request, by the texts of the request. */
export function formatTime({ offsets, timezone, texts }: SearchRequest, minute: number): string {
  return texts.time(minute + offsetAt(offsets, minute), timezone);
}
