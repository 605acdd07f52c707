import { GoogleError } from "../contract/google_error.ts";
import type { World } from "../world/world.ts";
import { withOwnAnswer } from "./attendees.ts";
import { type Answer, bodyOf, calendarFor, type Call, checkIfMatch } from "./call.ts";
import type { Calendar } from "./calendar_store.ts";
import { conferenceMode } from "./conference.ts";
import { cancelEvent } from "./delete_event.ts";
import { type EventContent, readEvent } from "./event_content.ts";
import { eventResource, type EventView } from "./event_resource.ts";
import {
  type EventBody,
  type EventCopy,
  isCancelled,
  isOrganizersCopy,
  type SharedContent,
  type SharedEvent,
} from "./event_types.ts";
import { notifyGuests, sendUpdatesOf, type Telling } from "./guest_mail.ts";
import { eventAnswer } from "./insert_event.ts";
import { mergePatch } from "./merge_patch.ts";
import { exceptionsOfSeries, findEvent, makeException } from "./occurrences.ts";
import { askRooms } from "./rooms.ts";
import { syncGuestCopies, touchCopy, touchShared } from "./shared_events.ts";
import { checkSpecialChange } from "./special_events.ts";

/** events.patch: members are merged, null deletes, lists are replaced whole. */
export function patchEvent(call: Call): Answer {
  return changeEvent(call, true);
}

/** events.update: the body replaces the event; what it leaves out is cleared. */
export function updateEvent(call: Call): Answer {
  return changeEvent(call, false);
}

function changeEvent(call: Call, merge: boolean): Answer {
  const { world } = call;
  const calendar = calendarFor(call, "writer");
  const body = bodyOf(call, "Event");
  const view = findEvent(calendar, call.params["eventId"] ?? "");
  checkIfMatch(call, view.copy);
  checkSequence(body, view.copy.shared);
  const telling = {
    send_updates: sendUpdatesOf(call.query, call.world),
    actor: call.account.email,
  };
  const before = contentOf(view);
  const asked = merge ? mergePatch(eventResource(view, { zone: calendar.timezone }), body) : body;
  const wanted = readEvent(asked, {
    directory: world.directory,
    calendar_zone: calendar.timezone,
    before,
    conference_version: call.query.integer("conferenceDataVersion") ?? 0,
    conference_mode: conferenceMode(world.switches.conference, calendar),
    supports_attachments: call.query.flag("supportsAttachments") ?? false,
    is_exception: view.occurrence !== null || view.copy.shared.series !== null,
    on_primary: calendar.primary,
  });
  const event_type = wanted.shared.plain.eventType ?? "default";
  if (event_type !== (before.plain.eventType ?? "default")) {
    throw new GoogleError("invalid", { message: "Event type cannot be changed." });
  }
  checkSpecialChange(before, wanted.shared);
  if (wanted.shared.status === "cancelled") {
    const gone = isCancelled(view.copy) ? view.copy : cancelEvent(world, calendar, view, telling);
    return eventAnswer(call, calendar, gone);
  }
  const organizer = isOrganizersCopy(view.copy);
  if (organizer && body.attendeesOmitted === true) {
    wanted.shared.attendees = withOwnAnswer(
      before.attendees,
      calendar.id,
      body.attendees,
      world.directory,
    );
  }
  if (!organizer) limitToGuest(world, wanted, before, calendar, body);
  if (call.account.service_account && addsGuests(before, wanted.shared)) {
    throw new GoogleError("forbiddenForServiceAccounts");
  }
  const copy = view.occurrence === null ? view.copy : makeException(world, calendar, view);
  applyContent(call, copy, before, wanted, telling);
  return eventAnswer(call, calendar, copy);
}

/** What is shown now: an unchanged occurrence has its series' content at its own time. */
function contentOf({ copy, occurrence }: EventView): SharedContent {
  const content = copy.shared.content;
  if (occurrence === null) return content;
  return { ...content, start: occurrence.start, end: occurrence.end, recurrence: [] };
}

/** Guests decide only about their own answer and their own fields, and may bring more guests
 * where the organizer lets them; everything else shared is the organizer's, unless
 * guestsCanModify. */
function limitToGuest(
  world: World,
  wanted: EventContent,
  before: SharedContent,
  calendar: Calendar,
  body: EventBody,
): void {
  const may_modify = before.plain.guestsCanModify === true;
  if (!may_modify && fingerprint(wanted.shared) !== fingerprint(before)) {
    throw new GoogleError("forbiddenForNonOrganizer");
  }
  const answered = withOwnAnswer(
    before.attendees,
    calendar.id,
    body.attendees,
    world.directory,
  );
  if (!body.attendees || body.attendeesOmitted === true) {
    wanted.shared.attendees = answered;
    return;
  }
  const known = new Set(answered.map((attendee) => attendee.email));
  const kept = new Set(wanted.shared.attendees.map((attendee) => attendee.email));
  const added = wanted.shared.attendees.filter((attendee) => !known.has(attendee.email));
  const may_invite = may_modify || before.plain.guestsCanInviteOthers !== false;
  if ([...known].some((email) => !kept.has(email)) || (added.length > 0 && !may_invite)) {
    throw new GoogleError("forbiddenForNonOrganizer");
  }
  wanted.shared.attendees = [...answered, ...added];
}

/** Equal for contents that differ at most in their attendees. */
function fingerprint(content: SharedContent): string {
  const properties = Object.entries(content.shared_properties).sort();
  return JSON.stringify({ ...content, attendees: [], shared_properties: properties });
}

function addsGuests(before: SharedContent, after: SharedContent): boolean {
  const known = new Set(before.attendees.map((attendee) => attendee.email));
  return after.attendees.some((attendee) => !known.has(attendee.email));
}

function applyContent(
  call: Call,
  copy: EventCopy,
  before: SharedContent,
  wanted: EventContent,
  telling: Telling,
): void {
  const { world } = call;
  const { shared } = copy;
  const personal_changed = JSON.stringify(copy.personal) !== JSON.stringify(wanted.personal);
  copy.personal = wanted.personal;
  const was_removed = copy.removed;
  copy.removed = false;
  const shared_changed = was_removed || fingerprint(before) !== fingerprint(wanted.shared) ||
    JSON.stringify(before.attendees) !== JSON.stringify(wanted.shared.attendees);
  if (!shared_changed) {
    if (personal_changed) touchCopy(world, copy);
    return;
  }
  const guests_before = isOrganizersCopy(copy) && shared.content.status === "cancelled"
    ? []
    : before.attendees;
  shared.content = wanted.shared;
  const rescheduled = timesAndPlace(before) !== timesAndPlace(wanted.shared);
  const former_set = shared.recurrence_set;
  if (rescheduled) shared.sequence++;
  if (shared.series === null) shared.recurrence_set = wanted.recurrence_set;
  touchShared(world, shared);
  if (rescheduled && former_set !== null) {
    const { start, end } = before;
    shared.former.push({
      recurrence_set: former_set,
      start,
      end,
      until_version: world.last_version,
    });
  }
  syncGuestCopies(world, shared, before.attendees);
  askRooms(world, shared, rescheduled);
  const is_cut = timesAndPlace({ ...before, recurrence: [] }) ===
    timesAndPlace({ ...wanted.shared, recurrence: [] });
  const stay_alive = is_cut && world.switches.undocumented.exceptions_after_cut === "alive";
  if (rescheduled && !stay_alive) dropOrphanedExceptions(call, shared);
  carryGuestsToExceptions(call, shared, before.attendees);
  // A guest's answer alone is news for the organizer, who gets no mail.
  if (isOrganizersCopy(copy) || changesMoreThanAnswers(before, wanted.shared)) {
    notifyGuests(world, shared, guests_before, telling);
  }
}

function changesMoreThanAnswers(before: SharedContent, after: SharedContent): boolean {
  const guests = (content: SharedContent) =>
    content.attendees.map(({ email }) => email).sort().join();
  return fingerprint(before) !== fingerprint(after) || guests(before) !== guests(after);
}

function timesAndPlace({ start, end, recurrence, plain }: SharedContent): string {
  return JSON.stringify({ start, end, recurrence, location: plain.location });
}

/** Exceptions whose original start the changed rule no longer has go away with it. */
function dropOrphanedExceptions(call: Call, master: SharedEvent): void {
  const set = master.recurrence_set;
  for (const exception of exceptionsOfSeries(call.world, master)) {
    if (exception.content.status === "cancelled" || exception.series === null) continue;
    if (set?.has(exception.series.original_start)) continue;
    exception.content.status = "cancelled";
    touchShared(call.world, exception);
  }
}

/** Guests who join or leave a series join or leave its changed occurrences too. */
function carryGuestsToExceptions(
  call: Call,
  master: SharedEvent,
  before: SharedContent["attendees"],
): void {
  const { attendees } = master.content;
  const has = (list: SharedContent["attendees"], email: string) =>
    list.some((guest) => guest.email === email);
  const added = attendees.filter(({ email }) => !has(before, email));
  const removed = before.filter(({ email }) => !has(attendees, email));
  if (added.length === 0 && removed.length === 0) return;
  for (const exception of exceptionsOfSeries(call.world, master)) {
    const guests = exception.content.attendees;
    exception.content = {
      ...exception.content,
      attendees: [
        ...guests.filter(({ email }) => !has(removed, email)),
        ...added.filter(({ email }) => !has(guests, email)),
      ],
    };
    touchShared(call.world, exception);
    syncGuestCopies(call.world, exception, guests);
  }
}

function checkSequence(body: EventBody, shared: SharedEvent): void {
  if (typeof body.sequence === "number" && body.sequence < shared.sequence) {
    throw new GoogleError("invalid", { message: "Invalid sequence value." });
  }
}
