import type { MailKind } from "../world/mailbox.ts";
import type { World } from "../world/world.ts";
import type { Query } from "../contract/query.ts";
import { timeToMs } from "./event_time.ts";
import { end_of_time_ms } from "./occurrences.ts";
import type { Attendee, SharedEvent } from "./event_types.ts";
import { formatInstant } from "./zones.ts";

export type SendUpdates = "all" | "externalOnly" | "none";

/** The effective sendUpdates of a request; what happens without one is reported in two ways. */
export function sendUpdatesOf(query: Query, { switches }: World): SendUpdates {
  const asked = query.text("sendUpdates");
  if (asked === "all" || asked === "externalOnly" || asked === "none") return asked;
  if (query.flag("sendNotifications") === true) return "all";
  return switches.undocumented.default_send_updates;
}

/** Who acted, and whether guests are notified. */
export interface Telling {
  send_updates: SendUpdates;
  actor: string;
}

/** Mails about a new, changed or cancelled event: an invitation to new guests, an update to those
 * who were already invited, a cancellation to those who no longer are. Events of the past send
 * nothing. */
export function notifyGuests(
  world: World,
  shared: SharedEvent,
  before: readonly Attendee[],
  telling: Telling,
): void {
  const { content } = shared;
  if (telling.send_updates === "none" || isPast(world, shared)) return;
  const cancelled = content.status === "cancelled";
  const invited = addressesOf(world, before);
  const now_invited = addressesOf(world, content.attendees);
  for (const email of new Set([...invited, ...now_invited])) {
    const home = world.directory.home(email);
    if (home === shared.organizer.email || home === telling.actor) continue;
    if (telling.send_updates === "externalOnly" && world.accounts.has(home)) continue;
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

/** Where invitations go: each member of a group gets one. */
function addressesOf(world: World, attendees: readonly Attendee[]): Set<string> {
  return new Set(
    attendees.flatMap(({ email }): readonly string[] =>
      world.directory.membersOf(email) ?? [email]
    ),
  );
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
