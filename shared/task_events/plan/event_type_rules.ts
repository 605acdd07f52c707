import { FailureError, rejection } from "@shared/failures/failure.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { isDay } from "@shared/time/wall_time.ts";
import type { ChangeScope, EventChange } from "./change_request.ts";

const CONTENT = [
  "start_time",
  "end_time",
  "timeZone",
  "summary",
  "description",
  "location",
  "attendees",
  "recurrence",
] as const;

type Field = typeof CONTENT[number];

const NAMES: Readonly<Record<string, string>> = {
  birthday: "a birthday",
  fromGmail: "an event from Gmail",
  focusTime: "a focus time",
  outOfOffice: "an out-of-office event",
  workingLocation: "a working location",
};

/** What Google lets change of such an event; every field of the others. */
const CHANGEABLE: Readonly<Record<string, readonly Field[]>> = {
  birthday: ["start_time", "end_time", "summary"],
  fromGmail: ["attendees"],
};

/**
 * Refuses what Google does not allow of an event that has a type of its own: a sentence instead of a
 * request that fails. Source: Google's guides "Event types" and "Manage focus time, out of office,
 * and working location events". Throws FailureError.
 */
export function requireChangeable(
  event: GoogleEvent,
  scope: ChangeScope,
  request: EventChange,
): void {
  const type = event.eventType ?? "default";
  const name = NAMES[type];
  if (name === undefined) return;
  const allowed = CHANGEABLE[type] ?? CONTENT;
  const fields = CONTENT.filter((field) =>
    request[field] !== undefined && !allowed.includes(field)
  );
  if (fields.length > 0) {
    throw limited(type, fields, `Google does not let ${fields.join(", ")} of ${name} change.`);
  }
  // The tail series would be a new event, and no longer one of this type.
  if (scope === "future") {
    throw limited(
      type,
      ["update_scope"],
      `The series of ${name} cannot be divided. Use update_scope all or single.`,
    );
  }
  const is_bound = event.birthdayProperties?.contact !== undefined ||
    event.birthdayProperties?.type === "self";
  const times = (["start_time", "end_time"] as const).filter((field) =>
    request[field] !== undefined
  );
  if (type === "birthday" && is_bound && times.length > 0) {
    throw limited(
      type,
      times,
      "The date of a birthday that comes from Google Contacts or from the account's profile is changed there.",
    );
  }
  const timed = times.filter((field) => !isDay(request[field] ?? ""));
  if (type === "birthday" && timed.length > 0) {
    throw limited(type, timed, "A birthday lasts a whole day: send dates without a time of day.");
  }
  const days = times.filter((field) => isDay(request[field] ?? ""));
  if ((type === "focusTime" || type === "outOfOffice") && days.length > 0) {
    throw limited(type, days, `Google does not let ${name} last whole days: send times of day.`);
  }
}

/** Refuses to end a series whose rule Google does not let change. Throws FailureError. */
export function requireDivisible(event: GoogleEvent, scope: ChangeScope): void {
  const type = event.eventType ?? "default";
  const allowed = CHANGEABLE[type];
  if (scope !== "future" || allowed === undefined || allowed.includes("recurrence")) return;
  throw limited(
    type,
    ["update_scope"],
    `The rule of ${NAMES[type]} cannot be changed. Use update_scope all or single.`,
  );
}

function limited(event_type: string, fields: readonly string[], message: string): FailureError {
  return new FailureError(rejection("event_type_limited", message), { event_type, fields });
}
