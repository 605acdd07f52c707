import { GoogleError } from "../contract/google_error.ts";
import type { EventTime } from "./event_time.ts";
import type { EventBody, PersonalContent, SharedContent } from "./event_types.ts";
import { addDays } from "./zones.ts";

/** What of the event's surroundings decides about its type. */
export interface TypeContext {
  on_primary: boolean;
  is_exception: boolean;
}

const status_types: readonly string[] = ["focusTime", "outOfOffice", "workingLocation"];

/** What an event that has a type of its own must be, by Google's guides "Event types" and "Manage
 * focus time, out of office, and working location events". Of others nothing is checked. */
export function checkSpecialEvent(
  shared: SharedContent,
  { transparent }: PersonalContent,
  context: TypeContext,
): void {
  const { plain, start, end } = shared;
  const type = plain.eventType ?? "default";
  if (!status_types.includes(type) && type !== "birthday") return;
  if (!context.on_primary) {
    throw refusal("This event type is only supported on primary calendars.");
  }
  if (type === "birthday") return checkBirthday(shared, transparent, context.is_exception);
  if (type === "workingLocation") {
    if (!plain.workingLocationProperties) throw refusal("Missing working location properties.");
    if (plain.visibility !== "public" || !transparent) {
      throw refusal("A working location event must be public and transparent.");
    }
    if (start.kind === "date" && !isOneDay(start, end)) {
      throw refusal("An all-day working location event must span exactly one day.");
    }
    return;
  }
  const properties = type === "focusTime" ? plain.focusTimeProperties : plain.outOfOfficeProperties;
  if (!properties) throw refusal(`Missing ${type} properties.`);
  if (transparent) throw refusal(`A ${type} event must be opaque.`);
  if (start.kind === "date") throw refusal(`A ${type} event cannot be an all-day event.`);
}

function checkBirthday(shared: SharedContent, transparent: boolean, is_exception: boolean): void {
  const { plain, start, end, recurrence, attendees } = shared;
  if (!isOneDay(start, end)) throw refusal("A birthday event must span exactly one day.");
  if (plain.visibility !== "private" || !transparent) {
    throw refusal("A birthday event must be private and transparent.");
  }
  const yearly = /^RRULE:FREQ=YEARLY(;BYMONTH=2;BYMONTHDAY=-1)?$/;
  if (!is_exception && (recurrence.length !== 1 || !yearly.test(recurrence[0] ?? ""))) {
    throw refusal("A birthday event must have an annual recurrence.");
  }
  if (attendees.length > 0 || plain.description || plain.location || plain.attachments) {
    throw refusal("A birthday event cannot have this property.");
  }
}

/** What of a birthday or of an event from Gmail may change; 400 for anything else. */
export function checkSpecialChange(before: SharedContent, after: SharedContent): void {
  const type = before.plain.eventType ?? "default";
  if (type === "birthday") {
    const { contact, type: kind } = before.plain.birthdayProperties ?? {};
    const may_move = !contact && kind !== "self";
    const rest = ({ plain: { summary: _, ...plain }, start, end, ...content }: SharedContent) =>
      fixed({ ...content, plain, ...(may_move ? {} : { start, end }) });
    if (rest(before) !== rest(after)) throw refusal("This property of a birthday is read-only.");
  }
  if (type === "fromGmail") {
    const rest = ({ plain: { visibility: _, ...plain }, start, end, recurrence }: SharedContent) =>
      fixed({ plain, start, end, recurrence });
    if (rest(before) !== rest(after)) {
      throw refusal("This property of an event from Gmail is read-only.");
    }
  }
}

/** Google's types that insert does not create. The control surface does, as Gmail would. */
export function checkCreatable(body: EventBody): void {
  if (body.eventType === "fromGmail") throw refusal("Invalid eventType: fromGmail.");
}

function isOneDay(start: EventTime, end: EventTime): boolean {
  return start.kind === "date" && end.kind === "date" && addDays(start.date, 1) === end.date;
}

function fixed(content: object): string {
  return JSON.stringify(Object.entries(content).sort(([a], [b]) => a < b ? -1 : 1));
}

function refusal(message: string): GoogleError {
  return new GoogleError("invalid", { message });
}
