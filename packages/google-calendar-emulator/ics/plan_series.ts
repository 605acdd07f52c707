import { instanceStamp } from "../calendar/event_time.ts";
import type { EventBody } from "../calendar/event_types.ts";
import type { IcsZone } from "./file_zones.ts";
import type { IcsEvent } from "./ics_to_event.ts";
import { endAfter, type IcsTime } from "./ics_time.ts";
import { occurrencesMeant } from "./recurrence_lines.ts";
import { eventTime, listedSeries, type SeriesLines, seriesOf, startsOf } from "./series_lines.ts";

/** One event of Google's that a VEVENT becomes, with its changed occurrences. */
export interface EventPlan {
  source: IcsEvent;
  start: IcsTime;
  end: IcsTime;
  /** Null for a single event. */
  series: SeriesLines | null;
  exceptions: ExceptionPlan[];
  /** Of the rest of a series after a change of "this and future": where it begins. */
  tail_of: IcsTime | null;
}

export interface ExceptionPlan {
  original: IcsTime;
  start: IcsTime;
  end: IcsTime;
  body: EventBody;
  /** The VEVENT that says so; null for the length of an RDATE's period. */
  source: IcsEvent | null;
}

/** What becomes of a VEVENT and of those that change its occurrences; `others` belong to no
 * occurrence of it. */
export function planSeries(
  master: IcsEvent,
  changes: readonly IcsEvent[],
  zone: IcsZone,
  now_ms: number,
): { plans: EventPlan[]; others: IcsEvent[] } {
  const series = seriesOf(master.start, master.recurrence, zone, now_ms);
  if (series === null) return planSingle(master, changes, zone);
  const originalOf = (change: IcsEvent): IcsTime => {
    const meant = change.replaces === null
      ? []
      : occurrencesMeant(change.replaces.time, master.start, zone);
    return meant.find((time) => series.set.has(eventTime(time))) ?? meant[0] ?? master.start;
  };
  const placed = changes.map((change) => ({ change, original: originalOf(change) }))
    .sort((a, b) => order(a.original) - order(b.original));
  const futures = placed.filter(({ change }) => change.replaces?.and_future);
  const [first_future] = futures;
  const head = first_future === undefined
    ? series
    : cut(master, series, null, order(first_future.original), zone, now_ms);
  const plans: EventPlan[] = [];
  if (head !== null) {
    plans.push({
      source: master,
      start: head.start,
      end: endFor(head.start, master),
      series: head,
      exceptions: periods(master, zone).filter(({ original }) => head.set.has(eventTime(original))),
      tail_of: null,
    });
  }
  for (const [index, { change, original }] of futures.entries()) {
    const until = futures[index + 1];
    const to = until === undefined ? Infinity : order(until.original);
    // "This and all following are cancelled."
    if (change.body.status === "cancelled") continue;
    const tail = cut(master, series, { change, original }, to, zone, now_ms);
    if (tail === null) continue;
    const end = endFor(tail.start, change);
    plans.push({
      source: change,
      start: tail.start,
      end,
      series: tail,
      exceptions: [],
      tail_of: original,
    });
  }
  const others: IcsEvent[] = [];
  for (const { change, original } of placed) {
    if (change.replaces?.and_future) continue;
    const future = futures.findLast((one) => order(one.original) <= order(original));
    const plan = plans.find(({ source }) => source === (future?.change ?? master));
    if (plan === undefined) {
      others.push(change);
      continue;
    }
    const { start, end, body } = change;
    const shifted = future === undefined
      ? original
      : shift(original, future.original, future.change.start, master.start);
    plan.exceptions = plan.exceptions.filter((one) => order(one.original) !== order(shifted));
    plan.exceptions.push({ original: shifted, start, end, body, source: change });
  }
  return { plans, others };
}

/** A change of "the occurrence" of an event that does not recur replaces the event. */
function planSingle(
  master: IcsEvent,
  changes: readonly IcsEvent[],
  zone: IcsZone,
): { plans: EventPlan[]; others: IcsEvent[] } {
  const replaces = (change: IcsEvent) =>
    change.replaces !== null &&
    occurrencesMeant(change.replaces.time, master.start, zone)
      .some((time) => order(time) === order(master.start));
  const source = changes.findLast(replaces) ?? master;
  const { start, end } = source;
  return {
    plans: [{ source, start, end, series: null, exceptions: [], tail_of: null }],
    others: changes.filter((change) => !replaces(change)),
  };
}

/** The part of a series before `to`, or from a change on, with its occurrences moved as the change
 * moves the first one. */
function cut(
  master: IcsEvent,
  series: SeriesLines,
  from: { change: IcsEvent; original: IcsTime } | null,
  to: number,
  zone: IcsZone,
  now_ms: number,
): SeriesLines | null {
  const { rules, added, excluded } = master.recurrence;
  const moved = (time: IcsTime) =>
    from === null ? time : shift(time, from.original, from.change.start, master.start);
  const first = from === null ? order(master.start) : order(from.original);
  const start = from === null ? master.start : from.change.start;
  const counted = rules.some((rule) => /[:;]COUNT=/.test(rule));
  const same_day = from === null ||
    day(start) === day(from.original) && zoneName(start) === zoneName(master.start);
  if (!counted && same_day && zoneName(start) !== null) {
    const inside = (time: IcsTime) => order(time) >= first && order(time) < to;
    const within = (times: readonly IcsTime[]) =>
      times.flatMap((time) => occurrencesMeant(time, master.start, zone).slice(0, 1))
        .filter(inside).map(moved);
    return seriesOf(
      start,
      {
        rules: rules.map((rule) => withUntil(rule, to, master.start, moved)),
        added: within(added.map(({ time }) => time)).map((time) => ({ time, end: null })),
        excluded: within(excluded),
      },
      zone,
      now_ms,
    );
  }
  const starts = startsOf(series, first, Math.min(to, 8e15), now_ms).map(moved);
  const own = from === null ? [] : [start];
  const rest = starts.filter((time) => own.every((one) => order(one) !== order(time)));
  return listedSeries([...own, ...rest].sort((a, b) => order(a) - order(b)), zone);
}

/** The rule of a part of a series: its UNTIL moves with the occurrences and lies before `to`. */
function withUntil(
  rule: string,
  to: number,
  series_start: IcsTime,
  moved: (time: IcsTime) => IcsTime,
): string {
  const [given, year, month, day, hour, minute, second, utc] =
    /;UNTIL=(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?/.exec(rule) ?? [];
  const ends: IcsTime[] = [];
  if (year !== undefined) {
    const date = `${year}-${month}-${day}`;
    const wall = `${date}T${hour ?? "23"}:${minute ?? "59"}:${second ?? "59"}`;
    if (series_start.kind === "date") ends.push({ kind: "date", date });
    // A date includes its whole day, however the occurrences move within it.
    else if (hour === undefined) {
      ends.push({ ...series_start, ms: series_start.zone.toInstant(wall) });
    } else {
      const ms = utc === "Z" ? Date.parse(`${wall}Z`) : series_start.zone.toInstant(wall);
      ends.push(moved({ ...series_start, ms }));
    }
  }
  if (to !== Infinity) {
    ends.push(moved(
      series_start.kind === "date"
        ? { kind: "date", date: new Date(to - 86_400_000).toISOString().slice(0, 10) }
        : { ...series_start, ms: to - 1000 },
    ));
  }
  const [end] = ends.sort((a, b) => order(a) - order(b));
  if (end === undefined) return rule;
  const stamp = instanceStamp(eventTime(end));
  return `${given === undefined ? rule : rule.replace(given, "")};UNTIL=${stamp}`;
}

/** The time moved as far by the clock on the wall as `original` is moved to become `start`. */
function shift(time: IcsTime, original: IcsTime, start: IcsTime, series_start: IcsTime): IcsTime {
  const wall = (one: IcsTime, of: IcsTime) =>
    one.kind === "date"
      ? Date.parse(one.date)
      : Date.parse(`${(of.kind === "instant" ? of.zone : one.zone).toWall(one.ms)}Z`);
  if (time.kind !== start.kind) {
    throw new Error("RANGE=THISANDFUTURE turns times into whole days or back");
  }
  const ms = wall(time, series_start) + wall(start, start) - wall(original, series_start);
  const moved = new Date(ms).toISOString().slice(0, 19);
  return start.kind === "date"
    ? { kind: "date", date: moved.slice(0, 10) }
    : { ...start, ms: start.zone.toInstant(moved) };
}

/** RDATE's periods, whose lengths are not the series'. */
function periods(master: IcsEvent, zone: IcsZone): ExceptionPlan[] {
  return master.recurrence.added.flatMap(({ time, end }) => {
    const [original] = occurrencesMeant(time, master.start, zone);
    if (end === null || original === undefined || original.kind !== end.kind) return [];
    return [{ original, start: original, end, body: master.body, source: null }];
  });
}

/** The end of an occurrence of an event. */
function endFor(start: IcsTime, event: IcsEvent): IcsTime {
  if (event.length !== null) return endAfter(start, event.length);
  return endAfter(start, { days: 0, ms: order(event.end) - order(event.start) });
}

/** For comparisons among the times of one series. */
export function order(time: IcsTime): number {
  return time.kind === "date" ? Date.parse(time.date) : time.ms;
}

function day(time: IcsTime): string {
  return time.kind === "date" ? time.date : time.zone.toWall(time.ms).slice(0, 10);
}

function zoneName(time: IcsTime): string | null {
  return time.kind === "date" ? "" : time.zone.iana;
}
