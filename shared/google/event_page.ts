import * as z from "zod/mini";
import { EVENT } from "./event.ts";

/** Which events; the names are Google's. Give one filter at most: how several combine is described in two ways. */
export interface EventQuery {
  /** "name=value". */
  privateExtendedProperty?: string;
  /** RFC 3339; events that end after it. */
  timeMin?: string;
  /** RFC 3339; events that begin before it. */
  timeMax?: string;
  /** Also deleted events, with status "cancelled". */
  showDeleted?: boolean;
  /** Up to 2500; 250 by default. */
  maxResults?: number;
  pageToken?: string;
}

/** A page may be empty and yet not be the last: only a missing `nextPageToken` ends the list. */
export const EVENT_PAGE = z.object({
  items: z._default(z.array(EVENT), []),
  nextPageToken: z.optional(z.string()),
});

export type EventPage = z.output<typeof EVENT_PAGE>;
