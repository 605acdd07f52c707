import type ICAL from "ical.js";
import type { EventBody } from "../calendar/event_types.ts";
import type { IcsZone } from "./file_zones.ts";
import {
  endAfter,
  type IcsLength,
  type IcsTime,
  readLength,
  readTime,
  zoneOf,
} from "./ics_time.ts";
import type { IcsEntry } from "./parse_ics.ts";
import { parameterOf, textOf, valuesOf } from "./read_component.ts";
import { readRecurrenceLines, type RecurrenceLines } from "./recurrence_lines.ts";

/** A VEVENT: its times, its recurrence, and all else as a part of Google's Event body. */
export interface IcsEvent {
  /** Null when it is empty or missing. */
  uid: string | null;
  line: number;
  /** Which of two versions is newer: SEQUENCE, then LAST-MODIFIED or DTSTAMP. */
  version: [sequence: number, stamp: string];
  start: IcsTime;
  end: IcsTime;
  /** Null when the text gives an end: then all occurrences last as long in elapsed time. */
  length: IcsLength | null;
  recurrence: RecurrenceLines;
  /** Of a changed occurrence: the one that it replaces. */
  replaces: { time: IcsTime; and_future: boolean } | null;
  body: EventBody;
}

/** Lines without which the time of an event is unknown. */
const TIMES = /^(?:DTSTART|DTEND|DURATION|RRULE|EXRULE|RDATE|EXDATE|RECURRENCE-ID)\b/i;

/** Reads one VEVENT; throws what is wrong with it. Times without zone are in the calendar's. */
export function icsToEvent(entry: IcsEntry, calendar_zone: IcsZone): IcsEvent {
  const { component, unreadable, line } = entry;
  if (!entry.complete) throw new Error("END:VEVENT is missing");
  const lost = unreadable.find(({ text }) => TIMES.test(text));
  if (lost !== undefined) {
    throw new Error(`Line ${lost.number} cannot be read: ${short(lost.text)}`);
  }
  const start = timeOf(entry, "dtstart", calendar_zone);
  if (start === null) throw new Error("DTSTART is missing");
  const { end, length } = readEnd(entry, start, calendar_zone);
  const series_zone = start.kind === "instant" && start.named === "tzid"
    ? start.zone
    : calendar_zone;
  const replaced = component.getFirstProperty("recurrence-id");
  const replaced_time = timeOf(entry, "recurrence-id", series_zone);
  const range = replaced === null ? undefined : parameterOf(replaced, "range");
  return {
    uid: textOf(component, "uid")?.trim() || null,
    line,
    version: [
      Number.parseInt(textOf(component, "sequence") ?? "0") || 0,
      textOf(component, "last-modified") ?? textOf(component, "dtstamp") ?? "",
    ],
    start,
    end,
    length,
    recurrence: readRecurrenceLines(entry, start, calendar_zone),
    replaces: replaced_time === null
      ? null
      : { time: replaced_time, and_future: range?.toUpperCase() === "THISANDFUTURE" },
    body: bodyOf(entry),
  };
}

function timeOf({ component, zones }: IcsEntry, name: string, floating: IcsZone): IcsTime | null {
  const property = component.getFirstProperty(name);
  if (property === null) return null;
  const [value] = valuesOf(property);
  if (typeof value !== "string") throw new Error(`${name.toUpperCase()} has no time`);
  return readTime(value, zoneOf(property, zones, floating), {
    is_date: property.type === "date",
    named: property.getParameter("tzid") !== undefined,
  });
}

function readEnd(
  entry: IcsEntry,
  start: IcsTime,
  calendar_zone: IcsZone,
): { end: IcsTime; length: IcsLength | null } {
  const floating = start.kind === "instant" && start.named === "tzid" ? start.zone : calendar_zone;
  const end = timeOf(entry, "dtend", floating);
  if (end === null) {
    const duration = textOf(entry.component, "duration");
    const length = duration === undefined ? { days: 0, ms: 0 } : readLength(duration);
    return { end: endAfter(start, length), length };
  }
  if (start.kind !== end.kind) {
    throw new Error("DTSTART and DTEND are not both dates or both times");
  }
  const ends_before = start.kind === "date"
    ? end.kind === "date" && end.date < start.date
    : end.kind === "instant" && end.ms < start.ms;
  if (ends_before) throw new Error("The event ends before it starts");
  // Some programs write a whole day with its own date as the end.
  const one_day = start.kind === "date" && end.kind === "date" && end.date === start.date;
  return { end: one_day ? endAfter(start, { days: 1, ms: 0 }) : end, length: null };
}

function bodyOf({ component, method }: IcsEntry): EventBody {
  const status = textOf(component, "status")?.trim().toLowerCase();
  const organizer = component.getFirstProperty("organizer");
  const organizing = organizer === null ? null : person(organizer);
  const attendees = component.getAllProperties("attendee").map(attendee)
    .filter((guest) => guest !== null);
  return {
    status: method === "CANCEL" || status === "cancelled"
      ? "cancelled"
      : status === "tentative"
      ? "tentative"
      : "confirmed",
    ...text("summary", component),
    ...text("description", component),
    ...text("location", component),
    ...(isTransparent(component) ? { transparency: "transparent" } : {}),
    ...(organizing === null ? {} : { organizer: organizing }),
    ...(attendees.length === 0 ? {} : { attendees }),
  };
}

function isTransparent(component: ICAL.Component): boolean {
  const shown = textOf(component, "transp") ??
    (textOf(component, "x-microsoft-cdo-busystatus")?.trim().toUpperCase() === "FREE"
      ? "TRANSPARENT"
      : "OPAQUE");
  return shown.trim().toUpperCase() === "TRANSPARENT";
}

function text(field: "summary" | "description" | "location", component: ICAL.Component) {
  const value = textOf(component, field);
  return value === undefined ? {} : { [field]: value };
}

/** Null without an address: Exchange writes invalid:nomail, Apple a path beside an EMAIL. */
function person(property: ICAL.Property) {
  const [value] = valuesOf(property);
  const email = (parameterOf(property, "email") ?? String(value ?? "")).trim()
    .replace(/^mailto:\s*/i, "");
  if (!/^[^\s@<>"]+@[^\s@<>"]+$/.test(email)) return null;
  const name = parameterOf(property, "cn");
  return { email, ...(name === undefined ? {} : { displayName: name }) };
}

const responses: ReadonlyMap<string, string> = new Map([
  ["ACCEPTED", "accepted"],
  ["DECLINED", "declined"],
  ["TENTATIVE", "tentative"],
]);

function attendee(property: ICAL.Property) {
  const invited = person(property);
  if (invited === null) return null;
  const partstat = parameterOf(property, "partstat")?.toUpperCase() ?? "";
  return {
    ...invited,
    responseStatus: responses.get(partstat) ?? "needsAction",
    ...(parameterOf(property, "role")?.toUpperCase() === "OPT-PARTICIPANT"
      ? { optional: true }
      : {}),
  };
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
