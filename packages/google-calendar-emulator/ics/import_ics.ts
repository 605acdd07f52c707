import type { Calendar } from "../calendar/calendar_store.ts";
import { readEvent } from "../calendar/event_content.ts";
import { instanceStamp } from "../calendar/event_time.ts";
import type { EventBody, EventCopy } from "../calendar/event_types.ts";
import { storePrivateCopy } from "../calendar/import_event.ts";
import { organizerOf } from "../calendar/insert_event.ts";
import { addEvent, touchShared } from "../calendar/shared_events.ts";
import { randomId } from "../world/random_id.ts";
import type { World } from "../world/world.ts";
import { busyPeriodsOf } from "./busy_periods.ts";
import { ianaZone, type IcsZone } from "./file_zones.ts";
import { type IcsEvent, icsToEvent } from "./ics_to_event.ts";
import { type IcsTime, toGoogle } from "./ics_time.ts";
import type { IcsEntry, IcsFile } from "./parse_ics.ts";
import { type EventPlan, type ExceptionPlan, order, planSeries } from "./plan_series.ts";
import { textOf } from "./read_component.ts";
import { eventTime } from "./series_lines.ts";

/** Something of an event that was not imported. */
export interface IcsProblem {
  uid: string | null;
  summary: string | null;
  /** The line of the text at which the event, or what is wrong with it, begins. */
  line: number;
  reason: string;
}

export interface IcsReport {
  /** Events, changed occurrences and busy periods that are on the calendar. */
  events: number;
  /** Events that are not. */
  skipped: IcsProblem[];
  /** Lines that were left out of events which are. */
  ignored_lines: IcsProblem[];
}

interface Import {
  world: World;
  calendar: Calendar;
  zone: IcsZone;
  report: IcsReport;
}

/** Puts every event of an iCalendar file on a calendar. What is wrong with one event costs that
 * event, and the report names it. */
export function importIcs(world: World, calendar: Calendar, file: IcsFile): IcsReport {
  const report: IcsReport = { events: 0, skipped: [], ignored_lines: [] };
  const into: Import = { world, calendar, zone: ianaZone(calendar.timezone), report };
  const events = file.entries.flatMap((entry) => readEntry(entry, into));
  for (const group of groupsOf(events)) importGroup(group, into);
  report.skipped.sort((a, b) => a.line - b.line);
  return report;
}

function readEntry(entry: IcsEntry, { zone, report }: Import): IcsEvent[] {
  const uid = textOf(entry.component, "uid") ?? null;
  const summary = textOf(entry.component, "summary") ?? null;
  try {
    const events = entry.kind === "VEVENT" ? [icsToEvent(entry, zone)] : busyPeriodsOf(entry, zone);
    for (const { number, text } of entry.unreadable) {
      report.ignored_lines.push({
        uid,
        summary,
        line: number,
        reason: `Not iCalendar: ${text.slice(0, 80)}`,
      });
    }
    return events;
  } catch (error) {
    report.skipped.push({ uid, summary, line: entry.line, reason: sentence(error) });
    return [];
  }
}

/** Events of one UID belong together; those without are all different. */
function groupsOf(events: readonly IcsEvent[]): IcsEvent[][] {
  const groups = new Map<string, IcsEvent[]>();
  const alone: IcsEvent[][] = [];
  for (const event of events) {
    if (event.uid === null) {
      alone.push([event]);
      continue;
    }
    const group = groups.get(event.uid);
    if (group === undefined) groups.set(event.uid, [event]);
    else group.push(event);
  }
  return [...groups.values(), ...alone];
}

function importGroup(group: readonly IcsEvent[], into: Import): void {
  const { zone, world } = into;
  const [master] = newest(group.filter(({ replaces }) => replaces === null), () => "", into);
  const changes = newest(
    group.filter(({ replaces }) => replaces !== null),
    ({ replaces }) =>
      replaces === null ? "" : JSON.stringify([order(replaces.time), replaces.time.kind]),
    into,
  );
  let orphans = changes;
  if (master !== undefined) {
    attempt(master, into, () => {
      const { plans, others } = planSeries(master, changes, zone, world.clock.now());
      for (const plan of plans) storePlan(plan, into);
      orphans = others;
    });
  }
  for (const orphan of orphans) {
    attempt(orphan, into, () => {
      storeOrphan(orphan, into);
      into.report.events++;
    });
  }
}

/** The newest version of each event: highest SEQUENCE, then latest stamp, then last in the file. */
function newest(
  events: readonly IcsEvent[],
  keyOf: (event: IcsEvent) => string,
  { report }: Import,
): IcsEvent[] {
  const kept = new Map<string, IcsEvent>();
  for (const event of events) {
    const key = keyOf(event);
    const rival = kept.get(key);
    const older = rival !== undefined && isNewer(rival, event) ? event : rival;
    if (older !== event) kept.set(key, event);
    if (older === undefined) continue;
    report.skipped.push(problem(older, "The file has a newer version of it: the same UID"));
  }
  return [...kept.values()];
}

function isNewer(one: IcsEvent, other: IcsEvent): boolean {
  const [[sequence, stamp], [other_sequence, other_stamp]] = [one.version, other.version];
  return sequence === other_sequence ? stamp > other_stamp : sequence > other_sequence;
}

function storePlan(plan: EventPlan, into: Import): void {
  const { world, calendar, report } = into;
  const { source, series, start, tail_of } = plan;
  const uid = source.uid === null || tail_of === null
    ? source.uid
    : `${source.uid}_R${instanceStamp(eventTime(tail_of))}`;
  const series_id = uid === null ? undefined : seriesIdOf(calendar, uid);
  const master = storePrivateCopy(world, calendar, {
    ...source.body,
    ...(series_id === undefined || calendar.copies.get(series_id) ? {} : { id: series_id }),
    ...(uid === null ? {} : { iCalUID: uid }),
    start: toGoogle(start, calendar.timezone),
    end: toGoogle(plan.end, calendar.timezone),
    ...(series === null ? {} : { recurrence: series.lines }),
  }, { creator: { email: calendar.owner }, conference_version: 0 });
  master.shared.nominal_length = series !== null && source.length !== null && source.length.days > 0
    ? source.length
    : null;
  report.events++;
  for (const exception of plan.exceptions) {
    const stored = () => storeException(exception, master, into);
    if (exception.source === null) stored();
    else {
      attempt(exception.source, into, () => {
        stored();
        report.events++;
      });
    }
  }
}

function storeException(exception: ExceptionPlan, master: EventCopy, into: Import): void {
  const { shared } = master;
  const original = shared.content.start.kind === "instant" && exception.original.kind === "instant"
    ? { ...shared.content.start, ms: exception.original.ms }
    : eventTime(exception.original);
  storeOccurrence(into, {
    ...exception,
    ical_uid: shared.ical_uid,
    organizer: shared.organizer,
    series: { master_id: shared.id, original_start: original },
  });
}

/** An invitation to one occurrence of a series that is not in the file: its series is unknown, as
 * it is to a guest of Google's who is invited to one occurrence. */
function storeOrphan(event: IcsEvent, into: Import): void {
  const { calendar } = into;
  const original_start = eventTime(event.replaces?.time ?? event.start);
  const ical_uid = event.uid ?? `${randomId(26)}@google.com`;
  const master_id = seriesIdOf(calendar, ical_uid) ?? randomId(26);
  const given = event.body.organizer;
  storeOccurrence(into, {
    ...event,
    ical_uid,
    organizer: given?.email ? { email: given.email.toLowerCase() } : organizerOf(calendar),
    series: { master_id, original_start },
  });
}

/** The id of the series with that UID, which may itself not be on the calendar. */
function seriesIdOf(calendar: Calendar, uid: string): string | undefined {
  for (const { shared } of calendar.copies.withUid(uid)) {
    if (shared.series !== null) return shared.series.master_id;
    if (shared.recurrence_set !== null) return shared.id;
  }
  return undefined;
}

interface Occurrence {
  body: EventBody;
  start: IcsTime;
  end: IcsTime;
  ical_uid: string;
  organizer: EventCopy["shared"]["organizer"];
  series: NonNullable<EventCopy["shared"]["series"]>;
}

function storeOccurrence({ world, calendar }: Import, occurrence: Occurrence): void {
  const { body, start, end, series, ical_uid, organizer } = occurrence;
  const content = readEvent({
    ...body,
    start: toGoogle(start, calendar.timezone),
    end: toGoogle(end, calendar.timezone),
  }, {
    directory: world.directory,
    calendar_zone: calendar.timezone,
    before: null,
    conference_version: 0,
    conference_mode: "success",
    supports_attachments: false,
    is_exception: true,
    on_primary: calendar.primary,
  });
  const id = `${series.master_id}_${instanceStamp(series.original_start)}`;
  const existing = calendar.copies.get(id);
  if (existing !== undefined) {
    existing.shared.content = content.shared;
    existing.personal = content.personal;
    existing.removed = false;
    touchShared(world, existing.shared);
    return;
  }
  addEvent(world, calendar, {
    id,
    ical_uid,
    creator: { email: calendar.owner },
    organizer,
    content: content.shared,
    recurrence_set: null,
    series,
  }, content.personal);
}

function attempt(event: IcsEvent, { report }: Import, store: () => void): void {
  try {
    store();
  } catch (error) {
    report.skipped.push(problem(event, sentence(error)));
  }
}

function problem({ uid, line, body }: IcsEvent, reason: string): IcsProblem {
  return { uid, line, summary: body.summary ?? null, reason };
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
