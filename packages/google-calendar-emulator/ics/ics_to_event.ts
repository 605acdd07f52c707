import type { EventBody } from "../calendar/event_types.ts";
import { addDays, formatInstant, isZone, wallTimeToInstant } from "../calendar/zones.ts";
import { type IcsEvent, type IcsProperty, unescapeText } from "./parse_ics.ts";

/** A VEVENT as Google's Event body, with the start it replaces if it is one changed occurrence of
 * a series. */
export interface ImportedEvent {
  body: EventBody;
  uid: string;
  replaces: { date: string } | { ms: number } | null;
}

type Time = NonNullable<EventBody["start"]>;

/** Reads one VEVENT. Times without zone are in the calendar's zone; an event without end lasts a
 * day or no time at all. */
export function icsToEvent(event: IcsEvent, calendar_zone: string): ImportedEvent {
  const first = (name: string) => event.properties.find((property) => property.name === name);
  const uid = first("UID")?.value;
  if (!uid) throw new Error("An event of the iCalendar text has no UID");
  const dtstart = first("DTSTART");
  if (dtstart === undefined) throw new Error(`Event ${uid} has no DTSTART`);
  const start = readTime(dtstart, calendar_zone);
  const end = readEnd(event, start, calendar_zone);
  const recurrence = event.properties
    .filter(({ name }) => ["RRULE", "EXRULE", "RDATE", "EXDATE"].includes(name))
    .map((property) => recurrenceLine(property, calendar_zone));
  const organizer = first("ORGANIZER");
  const attendees = event.properties.filter(({ name }) => name === "ATTENDEE");
  const recurrence_id = first("RECURRENCE-ID");
  const replaced = recurrence_id === undefined ? null : readTime(recurrence_id, calendar_zone);
  const body: EventBody = {
    iCalUID: uid,
    start,
    end,
    status: statusOf(first("STATUS")?.value),
    ...text("summary", first("SUMMARY")),
    ...text("description", first("DESCRIPTION")),
    ...text("location", first("LOCATION")),
    ...(first("TRANSP")?.value.toUpperCase() === "TRANSPARENT"
      ? { transparency: "transparent" }
      : {}),
    ...(recurrence.length === 0 ? {} : { recurrence }),
    ...(organizer === undefined ? {} : { organizer: person(organizer) }),
    ...(attendees.length === 0 ? {} : { attendees: attendees.map(attendee) }),
  };
  return { body, uid, replaces: replaced === null ? null : instantOf(replaced) };
}

function readTime({ parameters, value }: IcsProperty, calendar_zone: string): Time {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(value.trim());
  if (match === null) throw new Error(`Not an iCalendar time: ${value}`);
  const [, year, month, day, hour, minute, second, utc] = match;
  const date = `${year}-${month}-${day}`;
  if (hour === undefined) return { date };
  const zone = utc === "Z" ? "UTC" : zoneOf(parameters["TZID"], calendar_zone);
  const ms = wallTimeToInstant(`${date}T${hour}:${minute}:${second}`, zone);
  return { dateTime: formatInstant(ms, zone), timeZone: zone };
}

function zoneOf(tzid: string | undefined, calendar_zone: string): string {
  if (tzid === undefined) return calendar_zone;
  if (isZone(tzid)) return tzid;
  // Some programs write "/softwarestudio.org/Olson/Europe/Paris".
  const tail = tzid.split("/").slice(-2).join("/");
  if (isZone(tail)) return tail;
  throw new Error(`Unknown time zone ${tzid}: only IANA names are understood`);
}

function readEnd(event: IcsEvent, start: Time, calendar_zone: string): Time {
  const dtend = event.properties.find(({ name }) => name === "DTEND");
  if (dtend !== undefined) return readTime(dtend, calendar_zone);
  const duration = event.properties.find(({ name }) => name === "DURATION")?.value;
  if (start.date) {
    const days = duration === undefined ? 1 : Math.max(1, durationMs(duration) / 86_400_000);
    return { date: addDays(start.date, Math.round(days)) };
  }
  const zone = start.timeZone ?? calendar_zone;
  const start_ms = Date.parse(start.dateTime ?? "");
  const length_ms = duration === undefined ? 0 : durationMs(duration);
  return { dateTime: formatInstant(start_ms + length_ms, zone), timeZone: zone };
}

function durationMs(text: string): number {
  const match = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(
    text.trim(),
  );
  if (match === null) throw new Error(`Not an iCalendar duration: ${text}`);
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  const all_days = (weeks ?? 0) * 7 + (days ?? 0);
  return (((all_days * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
}

/** The line as Google takes it, with an IANA zone where it names one. */
function recurrenceLine({ name, parameters, value }: IcsProperty, calendar_zone: string): string {
  const tzid = parameters["TZID"];
  const zone = tzid === undefined ? "" : `;TZID=${zoneOf(tzid, calendar_zone)}`;
  const date = parameters["VALUE"] === undefined ? "" : `;VALUE=${parameters["VALUE"]}`;
  return `${name}${date}${zone}:${value}`;
}

function statusOf(status: string | undefined): string {
  const known = status?.toLowerCase();
  return known === "tentative" || known === "cancelled" ? known : "confirmed";
}

function text(field: "summary" | "description" | "location", property: IcsProperty | undefined) {
  return property === undefined ? {} : { [field]: unescapeText(property.value) };
}

function person({ parameters, value }: IcsProperty) {
  const name = parameters["CN"];
  return {
    email: value.replace(/^mailto:/i, ""),
    ...(name === undefined ? {} : { displayName: name }),
  };
}

const responses: Readonly<Record<string, string>> = {
  ACCEPTED: "accepted",
  DECLINED: "declined",
  TENTATIVE: "tentative",
};

function attendee(property: IcsProperty) {
  return {
    ...person(property),
    responseStatus: responses[property.parameters["PARTSTAT"]?.toUpperCase() ?? ""] ??
      "needsAction",
    ...(property.parameters["ROLE"] === "OPT-PARTICIPANT" ? { optional: true } : {}),
  };
}

function instantOf(time: Time): { date: string } | { ms: number } {
  return time.date ? { date: time.date } : { ms: Date.parse(time.dateTime ?? "") };
}
