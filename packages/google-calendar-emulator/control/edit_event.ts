import { patchEvent } from "../calendar/change_event.ts";
import type { Answer, Call } from "../calendar/call.ts";
import { deleteEvent } from "../calendar/delete_event.ts";
import { eventResource } from "../calendar/event_resource.ts";
import { type EventBody, isCancelled } from "../calendar/event_types.ts";
import { moveEvent } from "../calendar/move_event.ts";
import { findEvent } from "../calendar/occurrences.ts";
import { GoogleError } from "../contract/google_error.ts";
import { Query } from "../contract/query.ts";
import type { World } from "../world/world.ts";
import { accountOf, calendarOf } from "./accounts.ts";
import { ControlError } from "./control_error.ts";
import type { HandledEvent, StoredEvent } from "./control_types.ts";

/** What a person changes on it. */
export interface Edit extends HandledEvent {
  /** Members as events.patch takes them. */
  changes?: EventBody | undefined;
  /** Guests by address, beside those that the event has when the edit arrives. */
  add_guests?: readonly string[] | undefined;
  remove_guests?: readonly string[] | undefined;
}

/** A person edits an event in Google's own interface: as events.patch, without its faults, quotas and log. */
export function editEvent(world: World, edit: Edit): StoredEvent {
  const zone = calendarOf(world, edit.calendar_id ?? edit.email).timezone;
  handle(world, edit, (call, calendar_id) => {
    const view = findEvent(calendarOf(world, calendar_id), edit.event_id);
    if (isCancelled(view.copy)) throw new GoogleError("deleted");
    const body = { ...edit.changes, ...guestList(eventResource(view, { zone }), edit) };
    return patchEvent({ ...call, method: "events.patch", body });
  });
  return storedEvent(world, edit.calendar_id ?? edit.email, edit.event_id);
}

/** The same of a deletion, as events.delete. */
export function deleteByPerson(world: World, handled: HandledEvent): void {
  handle(world, handled, (call) => deleteEvent({ ...call, method: "events.delete" }));
}

/** The same of a move to another calendar, as events.move. */
export function moveByPerson(
  world: World,
  { destination, ...handled }: HandledEvent & { destination: string },
): StoredEvent {
  handle(
    world,
    { ...handled, destination },
    (call) => moveEvent({ ...call, method: "events.move" }),
  );
  return storedEvent(world, destination, handled.event_id);
}

/** Calls a method of the API for a person; a refusal of Google becomes one of the control surface. */
function handle(
  world: World,
  { email, event_id, calendar_id = email, sendUpdates, destination }: HandledEvent & {
    destination?: string;
  },
  answer: (call: Omit<Call, "method">, calendar_id: string) => Answer,
): void {
  const account = accountOf(world, email);
  const calendar = calendarOf(world, calendar_id);
  const query = new URLSearchParams({
    sendUpdates,
    ...(destination === undefined ? {} : { destination }),
  });
  try {
    answer({
      world,
      account,
      client_id: "",
      // As the web page has them: all.
      scopes: new Set(["calendar"]),
      params: { calendarId: calendar.id, eventId: event_id },
      query: new Query(query),
      body: undefined,
      if_match: null,
      if_none_match: null,
    }, calendar.id);
  } catch (error) {
    if (!(error instanceof GoogleError)) throw error;
    throw new ControlError(409, "not_editable", `${event_id}: ${error.message}`);
  }
}

function storedEvent(world: World, calendar_id: string, event_id: string): StoredEvent {
  const calendar = calendarOf(world, calendar_id);
  const { copy } = findEvent(calendar, event_id);
  const resource = eventResource({ copy, occurrence: null }, { zone: calendar.timezone });
  return { ...resource, id: copy.shared.id, calendar_id: calendar.id };
}

function guestList(
  { attendees = [] }: EventBody,
  { add_guests = [], remove_guests = [] }: Edit,
): Pick<EventBody, "attendees"> {
  if (add_guests.length + remove_guests.length === 0) return {};
  const stay = (attendees ?? []).filter(({ email }) => !remove_guests.includes(email ?? ""));
  const known = new Set(stay.map(({ email }) => email));
  const added = add_guests.filter((email) => !known.has(email));
  return { attendees: [...stay, ...added.map((email) => ({ email }))] };
}
