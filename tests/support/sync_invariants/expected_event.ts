import type { calendar_v3 } from "@googleapis/calendar";
import { MONDAY } from "../meetings.ts";
import type { ChangeRequest, PeopleStep } from "./steps.ts";

/** Start, end and zone, which are one field; a whole day has its dates only. */
export type ExpectedTime =
  | { start: string; end: string; zone: string }
  | { start: string; end: string; zone: null };

/** What the event must show. `text` is composed by Convene around the wanted one, until people edit it. */
export interface ExpectedEvent {
  title: string;
  place: string;
  text: { of: "convene"; wanted: string } | { of: "people"; whole: string };
  time: ExpectedTime;
  recurrence: readonly string[];
  /** By address, in Google's words. */
  replies: Map<string, Reply>;
}

export interface Reply {
  status: string;
  comment: string | null;
}

const NO_REPLY: Reply = { status: "needsAction", comment: null };

/** A field that a change has named and that the event may not show yet. */
interface PendingField {
  version: number;
  apply: (event: ExpectedEvent) => void;
}

/**
 * The event as it must be: what people set stays, until a version is written that a change named the same
 * field with. A named field that is not written yet wins over what people set meanwhile.
 */
export class EventModel {
  readonly event: ExpectedEvent;
  /** Guests of the list of participants. */
  list: readonly string[];
  /** Every state of each guest's reply, oldest first. */
  readonly replies = new Map<string, Reply[]>();
  readonly #pending = new Map<string, PendingField>();

  constructor(event: ExpectedEvent, list: readonly string[]) {
    this.event = event;
    this.list = list;
  }

  get is_pending(): boolean {
    return this.#pending.size > 0;
  }

  edit({ field, text }: Extract<PeopleStep, { do: "edit" }>): void {
    if (field === "text") this.event.text = { of: "people", whole: text };
    else this.event[field] = text;
  }

  /** The guests whom people leave on the event. */
  invite(emails: readonly string[]): void {
    for (const email of this.event.replies.keys()) {
      if (!emails.includes(email)) this.event.replies.delete(email);
    }
    for (const email of emails) this.#add(email);
  }

  reply(email: string, reply: Reply): void {
    this.event.replies.set(email, reply);
    this.#note(email, reply);
  }

  /** A change that was accepted as `version`. */
  name(version: number, change: ChangeRequest, guests: readonly string[] | undefined): void {
    const { title, place, text, hour, zone, weeks } = change;
    const pend = (field: string, apply: PendingField["apply"]) =>
      this.#pending.set(field, { version, apply });
    if (title !== undefined) pend("title", (event) => event.title = title);
    if (place !== undefined) pend("place", (event) => event.place = place ?? "");
    if (text !== undefined) pend("text", (event) => event.text = { of: "convene", wanted: text });
    if (weeks !== undefined) pend("recurrence", (event) => event.recurrence = weekly(weeks));
    if (hour !== undefined) {
      pend("time", (event) => event.time = wantedTime(hour, zone ?? "UTC"));
    } else if (zone !== undefined) {
      // The instants stay those of the event; a whole day has no zone.
      pend("zone", ({ time }) => {
        if (time.zone !== null) time.zone = zone;
      });
    }
    if (guests === undefined) return;
    for (const email of guests) {
      if (!this.list.includes(email)) pend(email, () => this.#add(email));
    }
    for (const email of this.list) {
      if (!guests.includes(email)) pend(email, ({ replies }) => replies.delete(email));
    }
    this.list = guests;
  }

  /** The meeting is cancelled: what is not written yet will not be. */
  forgetPending(): void {
    this.#pending.clear();
  }

  /** Fields and guests that a change has named and that are not written yet. */
  get pending(): ReadonlySet<string> {
    return new Set(this.#pending.keys());
  }

  /** The event shows this version of Convene's. */
  written(version: number): void {
    const due = [...this.#pending].filter(([, pending]) => pending.version <= version);
    for (
      const [field, { apply }] of due.sort(([, one], [, other]) => one.version - other.version)
    ) {
      apply(this.event);
      this.#pending.delete(field);
    }
  }

  #add(email: string): void {
    if (this.event.replies.has(email)) return;
    this.reply(email, NO_REPLY);
  }

  #note(email: string, reply: Reply): void {
    const states = this.replies.get(email) ?? [NO_REPLY];
    if (inOneWord(states.at(-1)!) !== inOneWord(reply)) states.push(reply);
    this.replies.set(email, states);
  }
}

export function inOneWord({ status, comment }: Reply): string {
  return comment === null ? status : `${status} ${comment}`;
}

export function weekly(weeks: number): readonly string[] {
  return weeks === 0 ? [] : [`RRULE:FREQ=WEEKLY;COUNT=${weeks}`];
}

/** Full hours are Convene's, so that a time tells who chose it. */
export function wantedTime(hour: number, zone: string): ExpectedTime {
  return { start: instant(hour, 0), end: instant(hour, 45), zone };
}

/** A quarter past is people's. */
export function editedTime(
  { hour, zone, is_whole_day }: Extract<PeopleStep, { do: "reschedule" }>,
): ExpectedTime {
  return is_whole_day
    ? { start: "2035-01-09", end: "2035-01-10", zone: null }
    : { start: instant(hour, 15), end: instant(hour, 50), zone };
}

function instant(hour: number, minute: number): string {
  const [hours, minutes] = [hour, minute].map((number) => String(number).padStart(2, "0"));
  return `${MONDAY}T${hours}:${minutes}:00.000Z`;
}

/** A time as Google's interface takes it: in a patch the other form has to go. */
export function googleTimes({ start, end, zone }: ExpectedTime): calendar_v3.Schema$Event {
  const time = (text: string) =>
    (zone === null
      ? { date: text, dateTime: null, timeZone: null }
      : { dateTime: text, timeZone: zone, date: null }) as calendar_v3.Schema$EventDateTime;
  return { start: time(start), end: time(end) };
}

/** The same of an event that Google shows. */
export function shownTime({ start, end }: calendar_v3.Schema$Event): ExpectedTime {
  if (start?.date) return { start: start.date, end: end?.date ?? "", zone: null };
  const utc = (time: calendar_v3.Schema$EventDateTime | undefined) =>
    new Date(time?.dateTime ?? "").toISOString();
  return { start: utc(start), end: utc(end), zone: start?.timeZone ?? "" };
}
