import type { MailKind } from "../world/mailbox.ts";
import type { World } from "../world/world.ts";
import type { Query } from "../contract/query.ts";
import { timeToMs } from "./event_time.ts";
import { end_of_time_ms } from "./occurrences.ts";
import type { Attendee, SharedEvent } from "./event_types.ts";
import { formatInstant } from "./zones.ts";

export type SendUpdates = "all" | "externalOnly" | "none";

/** The effective sendUpdates of a request; without one no mail is sent. */
export function sendUpdatesOf(query: Query): SendUpdates {
  const asked = query.text("sendUpdates");
  if (asked === "all" || asked === "externalOnly" || asked === "none") return asked;
  return query.flag("sendNotifications") === true ? "all" : "none";
}

/** Who acted, and whether guests are told. */
export interface Telling {
  send_updates: SendUpdates;
  actor: string;
}

/** Mails about a new, changed or cancelled event: an invitation to new guests, an update to those
 * who were already invited, a cancellation to those who no longer are. Events of the past send
 * nothing. */
export function tellGuests(
  world: World,
  shared: SharedEvent,
  before: readonly Attendee[],
  telling: Telling,
): void {
  const { content } = shared;
  if (telling.send_updates === "none" || isPast(world, shared)) return;
  const cancelled = content.status === "cancelled";
  const invited = new Set(before.map((attendee) => attendee.email));
  const now_invited = new Set(content.attendees.map((attendee) => attendee.email));
  for (const email of new Set([...invited, ...now_invited])) {
    if (email === shared.organizer.email || email === telling.actor) continue;
    if (telling.send_updates === "externalOnly" && world.accounts.has(email)) continue;
    let kind: MailKind = invited.has(email) ? "update" : "invitation";
    if (cancelled || !now_invited.has(email)) kind = "cancellation";
    world.mailbox.add({
      at: formatInstant(world.clock.now(), "UTC"),
      to: email,
      kind,
      event_id: shared.id,
      calendar_id: shared.organizer.email,
      summary: content.plain.summary ?? "",
      organizer: shared.organizer.email,
      start: content.start.kind === "date"
        ? content.start.date
        : formatInstant(content.start.ms, content.start.zone),
    });
  }
}

/** True when the event, with all its occurrences, is over. */
function isPast(world: World, shared: SharedEvent): boolean {
  const { start, end } = shared.content;
  const zone = world.calendars.get(shared.organizer.email)?.timezone ?? "UTC";
  const now = world.clock.now();
  const end_ms = timeToMs(end, zone);
  if (end_ms > now) return false;
  const set = shared.recurrence_set;
  if (set === null) return true;
  if (set.endless) return false;
  const length_ms = end_ms - timeToMs(start, zone);
  return set.between(now - length_ms + 1, end_of_time_ms, zone).length === 0;
}
