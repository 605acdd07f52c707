import { GoogleError } from "../contract/google_error.ts";
import type { World } from "../world/world.ts";
import { type Answer, atLeast, bodyOf, type Call, ok, roleOn } from "./call.ts";
import type { Calendar } from "./calendar_store.ts";
import { parseInstant, timeToMs } from "./event_time.ts";
import { type EventCopy, isCancelled, type SharedEvent } from "./event_types.ts";
import { occurrencesBetween } from "./occurrences.ts";
import { formatInstant, isZone } from "./zones.ts";

const most_calendars = 50;
/** Google documents no limit; about 90 days have been observed. */
const longest_range_ms = 90 * 86_400_000;

/** A stretch of time, in milliseconds since 1970. */
export interface Period {
  start_ms: number;
  end_ms: number;
}

/** freebusy.query: busy periods of up to 50 calendars. What cannot be read is an error beside
 * that calendar, inside the 200. */
export function queryFreeBusy(call: Call): Answer {
  const { world } = call;
  const body = bodyOf(call, "FreeBusyRequest");
  const from_ms = bound(body.timeMin, "timeMin");
  const to_ms = bound(body.timeMax, "timeMax");
  if (to_ms <= from_ms) throw new GoogleError("timeRangeEmpty");
  if (to_ms - from_ms > longest_range_ms) throw new GoogleError("timeRangeTooLong");
  const zone = body.timeZone ?? "UTC";
  if (!isZone(zone)) {
    throw new GoogleError("invalid", {
      message: `Invalid time zone: ${zone}`,
      location: "timeZone",
    });
  }
  const limit = expansionLimit(body.calendarExpansionMax, most_calendars, "calendarExpansionMax");
  const group_limit = expansionLimit(body.groupExpansionMax, 100, "groupExpansionMax");
  const groups: Record<string, unknown> = {};
  const ids = (body.items ?? []).flatMap(({ id }) => {
    if (!id) throw new GoogleError("required", { message: "Missing item id.", location: "id" });
    const members = world.directory.membersOf(id);
    if (members === undefined) return [id];
    const is_too_big = members.length > group_limit;
    groups[id] = is_too_big ? { errors: failed("groupTooBig").errors } : { calendars: members };
    return is_too_big ? [] : members;
  });
  const calendars: Record<string, unknown> = {};
  let read = 0;
  for (const id of ids) {
    if (Object.hasOwn(calendars, id)) continue;
    if (read++ >= limit) {
      calendars[id] = failed("tooManyCalendarsRequested");
      continue;
    }
    const home = id === "primary" ? call.account.email : world.directory.home(id);
    const calendar = world.calendars.get(home);
    if (calendar === undefined || !mayReadBusy(call, calendar)) {
      calendars[id] = failed("notFound");
      continue;
    }
    calendars[id] = {
      busy: busyPeriods(world, calendar, from_ms, to_ms).map(({ start_ms, end_ms }) => ({
        start: formatInstant(start_ms, zone),
        end: formatInstant(end_ms, zone),
      })),
    };
  }
  return ok({
    kind: "calendar#freeBusy",
    timeMin: new Date(from_ms).toISOString(),
    timeMax: new Date(to_ms).toISOString(),
    ...(Object.keys(groups).length === 0 ? {} : { groups }),
    calendars,
  });
}

/** `calendar.freebusy` is worded for "your calendars" and every other scope for those "you have access
 * to"; whether Google makes that difference is unknown. */
function mayReadBusy({ world, account, scopes }: Call, calendar: Calendar): boolean {
  const own_only = world.switches.undocumented.freebusy_scope === "own" &&
    [...scopes].every((scope) => scope === "calendar.freebusy");
  const role = roleOn(world, calendar, account);
  return own_only ? role === "owner" : atLeast(role, "freeBusyReader");
}

/** The busy time of a calendar: opaque, not cancelled, not declined; whole days in the calendar's
 * zone. One event can be left out of it. */
export function busyPeriods(
  world: World,
  calendar: Calendar,
  from_ms: number,
  to_ms: number,
  except?: SharedEvent,
): Period[] {
  const periods: Period[] = [];
  const zone = calendar.timezone;
  for (const copy of calendar.copies.all()) {
    if (!blocksTime(copy) || copy.shared === except) continue;
    if (copy.shared.recurrence_set !== null) {
      for (const { occurrence } of occurrencesBetween(calendar, copy, from_ms, to_ms, to_ms)) {
        if (occurrence === null) continue;
        periods.push({
          start_ms: timeToMs(occurrence.start, zone),
          end_ms: timeToMs(occurrence.end, zone),
        });
      }
    } else {
      const { start, end } = copy.shared.content;
      periods.push({ start_ms: timeToMs(start, zone), end_ms: timeToMs(end, zone) });
    }
  }
  const inside = periods
    .filter(({ start_ms, end_ms }) => start_ms < to_ms && end_ms > from_ms && end_ms > start_ms)
    .sort((a, b) => a.start_ms - b.start_ms || a.end_ms - b.end_ms);
  const { merge, clip } = world.switches.free_busy;
  const shaped = merge ? merged(inside) : inside;
  return clip
    ? shaped.map(({ start_ms, end_ms }) => ({
      start_ms: Math.max(start_ms, from_ms),
      end_ms: Math.min(end_ms, to_ms),
    }))
    : shaped;
}

function blocksTime(copy: EventCopy): boolean {
  if (isCancelled(copy) || copy.personal.transparent) return false;
  // A working location is not busy time.
  if (copy.shared.content.plain.eventType === "workingLocation") return false;
  const own = copy.shared.content.attendees.find(({ home }) => home === copy.calendar_id);
  return own?.responseStatus !== "declined";
}

function merged(periods: readonly Period[]): Period[] {
  const result: Period[] = [];
  for (const period of periods) {
    const last = result.at(-1);
    if (last !== undefined && period.start_ms <= last.end_ms) {
      last.end_ms = Math.max(last.end_ms, period.end_ms);
    } else result.push({ ...period });
  }
  return result;
}

function bound(text: string | null | undefined, name: "timeMin" | "timeMax"): number {
  if (text === undefined || text === null) {
    throw new GoogleError("required", {
      message: `Missing ${name} parameter.`,
      location: name,
    });
  }
  const ms = parseInstant(text);
  if (ms === null) throw new GoogleError("badRequest");
  return ms;
}

function expansionLimit(given: number | null | undefined, most: number, name: string): number {
  const limit = given ?? most;
  if (limit < 1 || limit > most) {
    throw new GoogleError("invalid", {
      message: `Invalid value '${limit}'. Values must be within the range: [1, ${most}]`,
      location: name,
    });
  }
  return limit;
}

function failed(reason: string) {
  return { errors: [{ domain: "global", reason }], busy: [] };
}
