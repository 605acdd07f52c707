import { escapeHtml } from "@shared/google/description.ts";
import type { EventInput, GoogleAttendee, GoogleEvent } from "@shared/google/event.ts";
import { carriedExtras } from "./carried_extras.ts";
import type { NotCarried } from "./carried_extras.ts";
import type { EventChange } from "./change_request.ts";
import { asInput, mergeTaskGuests } from "./merge_task_guests.ts";
import type { EventTimes } from "./new_times.ts";
import { requireAllGuests } from "./ownership.ts";
import { googleTime } from "@shared/time/wall_time.ts";

/** The tail series is the old one with the change: its guests, their replies, reminders and all. */
export function tailSeries(
  event_key: string,
  request: EventChange,
  master: GoogleEvent,
  known: readonly GoogleAttendee[],
  { start, end }: EventTimes,
  recurrence: string[],
): { event_key: string; body: EventInput; not_carried: NotCarried[] } {
  requireAllGuests(master);
  const extras = carriedExtras(event_key, master);
  const attendees = request.attendees === undefined
    ? asInput(master.attendees ?? [])
    : mergeTaskGuests(known, master.attendees ?? [], request.attendees);
  const summary = request.summary ?? master.summary;
  const description = request.description === undefined
    ? master.description
    : escapeHtml(request.description);
  const location = request.location ?? master.location;
  const body: EventInput = {
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    ...(location === undefined ? {} : { location }),
    ...(master.colorId === undefined ? {} : { colorId: master.colorId }),
    start: googleTime(start),
    end: googleTime(end),
    ...(recurrence.length === 0 ? {} : { recurrence }),
    ...(attendees.length === 0 ? {} : { attendees }),
    ...extras.body,
    ...(master.reminders === undefined ? {} : {
      reminders: {
        useDefault: master.reminders.useDefault ?? false,
        overrides: (master.reminders.overrides ?? []).flatMap(({ method, minutes }) =>
          method === "email" || method === "popup" ? [{ method, minutes }] : []
        ),
      },
    }),
    ...(master.transparency === "transparent" ? { transparency: "transparent" } : {}),
    ...(isVisibility(master.visibility) ? { visibility: master.visibility } : {}),
    ...(master.guestsCanModify === undefined ? {} : { guestsCanModify: master.guestsCanModify }),
    ...(master.guestsCanInviteOthers === undefined
      ? {}
      : { guestsCanInviteOthers: master.guestsCanInviteOthers }),
    ...(master.guestsCanSeeOtherGuests === undefined
      ? {}
      : { guestsCanSeeOtherGuests: master.guestsCanSeeOtherGuests }),
    ...(master.extendedProperties?.shared === undefined
      ? {}
      : { extendedProperties: { shared: master.extendedProperties.shared } }),
  };
  return { event_key, body, not_carried: extras.not_carried };
}

function isVisibility(
  text: string | undefined,
): text is "default" | "public" | "private" | "confidential" {
  return text === "default" || text === "public" || text === "private" || text === "confidential";
}
