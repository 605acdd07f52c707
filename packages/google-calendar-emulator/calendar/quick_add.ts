import { type Answer, calendarFor, type Call } from "./call.ts";
import { sendUpdatesOf } from "./guest_mail.ts";
import { eventAnswer, storeEvent } from "./insert_event.ts";
import { formatInstant } from "./zones.ts";

const hour_ms = 3_600_000;

/** events.quickAdd: the text becomes the title of a one-hour event at the next full hour. Unlike
 * Google's, this one understands no dates in the text. */
export function quickAddEvent(call: Call): Answer {
  const calendar = calendarFor(call, "writer");
  const start_ms = Math.ceil(call.world.clock.now() / hour_ms) * hour_ms;
  const copy = storeEvent(call.world, calendar, {
    summary: call.query.text("text") ?? "",
    start: { dateTime: formatInstant(start_ms, "UTC"), timeZone: calendar.timezone },
    end: { dateTime: formatInstant(start_ms + hour_ms, "UTC"), timeZone: calendar.timezone },
  }, {
    conference_version: 0,
    creator: { email: call.account.email },
    telling: { send_updates: sendUpdatesOf(call.query, call.world), actor: call.account.email },
  });
  return eventAnswer(call, calendar, copy);
}
