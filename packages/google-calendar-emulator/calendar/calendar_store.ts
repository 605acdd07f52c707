import type { EventCopy, Reminder } from "./event_types.ts";

export type AccessRole = "none" | "freeBusyReader" | "reader" | "writer" | "owner";

/** One calendar and the copies of events on it. */
export interface Calendar {
  readonly id: string;
  readonly owner: string;
  readonly primary: boolean;
  summary: string;
  description: string | null;
  location: string | null;
  timezone: string;
  default_reminders: Reminder[];
  /** Made through the API by the OAuth client, which scope calendar.app.created asks for. */
  readonly created_by_app: boolean;
  /** Whether its events may have a Google Meet conference. */
  allows_meet: boolean;
  /** Email -> role, the owner aside. */
  readonly shared_with: Map<string, AccessRole>;
  readonly copies: CopyIndex;
  /** Sync tokens of earlier epochs are no longer valid. */
  sync_epoch: number;
  version: number;
}

/** The copies of one calendar, by id, by iCalUID and by series. */
export class CopyIndex {
  readonly #by_id = new Map<string, EventCopy>();
  readonly #by_uid = new Map<string, EventCopy[]>();
  readonly #all: EventCopy[] = [];
  readonly #exceptions = new Map<string, EventCopy[]>();

  /** Adds a copy; with an id that is taken both stay, and the earlier one answers to the id. */
  add(copy: EventCopy): void {
    const { id, ical_uid, series } = copy.shared;
    if (!this.#by_id.has(id)) this.#by_id.set(id, copy);
    this.#all.push(copy);
    const same_uid = this.#by_uid.get(ical_uid);
    if (same_uid === undefined) this.#by_uid.set(ical_uid, [copy]);
    else same_uid.push(copy);
    if (series !== null) {
      const siblings = this.#exceptions.get(series.master_id);
      if (siblings === undefined) this.#exceptions.set(series.master_id, [copy]);
      else siblings.push(copy);
    }
  }
  get(id: string): EventCopy | undefined {
    return this.#by_id.get(id);
  }
  /** A series and its changed occurrences share one iCalUID. */
  withUid(ical_uid: string): readonly EventCopy[] {
    return this.#by_uid.get(ical_uid) ?? [];
  }
  /** In the order of arrival, which is the "unspecified but stable" default order. */
  all(): readonly EventCopy[] {
    return this.#all;
  }
  exceptionsOf(master_id: string): readonly EventCopy[] {
    return this.#exceptions.get(master_id) ?? [];
  }
}

/** An entry of one account's calendar list. */
export interface ListEntry {
  calendar_id: string;
  selected: boolean;
  hidden: boolean;
  summary_override: string | null;
  color_id: string | null;
  default_reminders: Reminder[] | null;
  version: number;
}

/** All calendars and every account's list of them. */
export class CalendarStore {
  readonly #calendars = new Map<string, Calendar>();
  readonly #lists = new Map<string, Map<string, ListEntry>>();
  /** Calendars that were taken off a list, each with the version of that change. */
  readonly #taken_off = new Map<string, Map<string, number>>();

  add(calendar: Calendar): void {
    this.#calendars.set(calendar.id, calendar);
  }
  /** Ids are compared as Google does, without regard to case. */
  get(id: string): Calendar | undefined {
    return this.#calendars.get(id.toLowerCase());
  }
  delete(id: string, version: number): void {
    this.#calendars.delete(id);
    for (const email of this.#lists.keys()) this.takeOffList(email, id, version);
  }
  /** A delta of the list shows it as deleted afterwards. */
  takeOffList(email: string, calendar_id: string, version: number): void {
    if (!this.listOf(email).delete(calendar_id)) return;
    const taken_off = this.#taken_off.get(email) ?? new Map<string, number>();
    this.#taken_off.set(email, taken_off.set(calendar_id, version));
  }
  /** Calendars that left the list after `version` and have not come back. */
  takenOff(email: string, version: number): { calendar_id: string; version: number }[] {
    const list = this.listOf(email);
    return [...this.#taken_off.get(email) ?? []]
      .map(([calendar_id, at]) => ({ calendar_id, version: at }))
      .filter((gone) => gone.version > version && !list.has(gone.calendar_id));
  }
  all(): Iterable<Calendar> {
    return this.#calendars.values();
  }
  listOf(email: string): Map<string, ListEntry> {
    let list = this.#lists.get(email);
    if (list === undefined) this.#lists.set(email, list = new Map());
    return list;
  }
}
