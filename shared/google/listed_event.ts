import * as z from "zod/mini";

const TIME = z.optional(
  z.object({ date: z.optional(z.string()), dateTime: z.optional(z.string()) }),
);

const LISTED_EVENT = z.lazy(() =>
  z.object({
    id: z.string(),
    recurringEventId: z.optional(z.string()),
    status: z.optional(z.string()),
    transparency: z.optional(z.string()),
    eventType: z.optional(z.string()),
    start: TIME,
    end: TIME,
    attendees: z.optional(z.array(z.object({
      self: z.optional(z.boolean()),
      responseStatus: z.optional(z.string()),
    }))),
  })
);

/** The fields of an event that decide about busy time: title, text and other guests are never requested. */
export type ListedEvent = z.infer<typeof LISTED_EVENT>;

/** The field mask that goes with it; Google has no mask for "my own entry among the attendees". */
export const LIST_FIELDS = "nextPageToken,timeZone,items(id,recurringEventId,status,transparency," +
  "eventType,start(date,dateTime),end(date,dateTime),attendees(self,responseStatus))";

export const LIST_REPLY = z.lazy(() =>
  z.object({
    items: z.optional(z.array(LISTED_EVENT)),
    nextPageToken: z.optional(z.string()),
    timeZone: z.optional(z.string()),
  })
);

export interface ListedEvents {
  events: ListedEvent[];
  /** The calendar's own zone; all-day events are days there. */
  timezone: string | null;
  /** False: there are more pages than were asked for. */
  is_complete: boolean;
}

/** Whether the event is not certain: its calendar's owner has answered "maybe", or marked it as tentative. */
export function isTentative({ status, attendees }: ListedEvent): boolean {
  return status === "tentative" ||
    attendees?.find(({ self }) => self === true)?.responseStatus === "tentative";
}

/** Whether the event takes the time of the calendar's owner, as freeBusy sees it. */
export function takesTime({ status, transparency, eventType, attendees }: ListedEvent): boolean {
  if (status === "cancelled" || transparency === "transparent") return false;
  if (eventType === "workingLocation") return false;
  return attendees?.find(({ self }) => self === true)?.responseStatus !== "declined";
}
