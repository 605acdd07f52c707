import type { IcsZone } from "./file_zones.ts";
import { endAfter, type IcsTime, readLength, readTime, zoneOf } from "./ics_time.ts";
import type { IcsEntry } from "./parse_ics.ts";
import { valuesOf } from "./read_component.ts";

/** The recurrence of an event as the text has it. */
export interface RecurrenceLines {
  /** `RRULE:...` and `EXRULE:...` as ical.js writes them. */
  rules: string[];
  /** RDATE; a period has an end of its own. */
  added: { time: IcsTime; end: IcsTime | null }[];
  /** EXDATE. */
  excluded: IcsTime[];
}

/** Reads RRULE, EXRULE, RDATE and EXDATE. Times without zone are in the zone of the event's start. */
export function readRecurrenceLines(
  entry: IcsEntry,
  start: IcsTime,
  calendar_zone: IcsZone,
): RecurrenceLines {
  const { component, zones } = entry;
  const floating = start.kind === "instant" && start.named === "tzid" ? start.zone : calendar_zone;
  const times = (name: string) =>
    component.getAllProperties(name).flatMap((property) => {
      const zone = zoneOf(property, zones, floating);
      const form = {
        is_date: property.type === "date",
        named: property.getParameter("tzid") !== undefined,
      };
      // An empty EXDATE excludes nothing.
      return valuesOf(property).filter((value) => value !== "--T::" && value !== "--")
        .map((value) => {
          if (typeof value === "string") return { time: readTime(value, zone, form), end: null };
          const time = readTime(value[0], zone, { ...form, is_date: false });
          return { time, end: readPeriodEnd(time, value[1], zone) };
        });
    });
  const rules = ["rrule", "exrule"].flatMap((name) =>
    component.getAllProperties(name).map((property) =>
      `${name.toUpperCase()}:${untilOfDays(String(property.getFirstValue()), start, calendar_zone)}`
    )
  );
  return { rules, added: times("rdate"), excluded: times("exdate").map(({ time }) => time) };
}

/** Reads the second half of a period: an instant or a duration. */
export function readPeriodEnd(start: IcsTime, text: string, zone: IcsZone): IcsTime {
  if (/^[+-]?P/i.test(text)) return endAfter(start, readLength(text));
  const end = readTime(text, zone, { is_date: false, named: false });
  if (start.kind !== "instant" || end.kind !== "instant" || end.ms < start.ms) {
    throw new Error("A period ends before it starts");
  }
  return { ...start, ms: end.ms };
}

/** The occurrences that a time of another form may mean, the likeliest first. */
export function occurrencesMeant(time: IcsTime, start: IcsTime, calendar_zone: IcsZone): IcsTime[] {
  if (start.kind === "instant") {
    if (time.kind === "instant") return [{ ...start, ms: time.ms }];
    const clock = start.zone.toWall(start.ms).slice(11);
    return [{ ...start, ms: start.zone.toInstant(`${time.date}T${clock}`) }];
  }
  if (time.kind === "date") return [time];
  const dates = time.named === "utc"
    // Midnight of the calendar's zone written in UTC, or the date itself with a Z after it.
    ? [calendar_zone.toWall(time.ms), time.zone.toWall(time.ms)]
    : [time.zone.toWall(time.ms)];
  return dates.map((wall) => ({ kind: "date", date: wall.slice(0, 10) }));
}

/** A whole-day series ends with a date. Outlook writes UNTIL as an instant: its date in the
 * calendar's zone, or the date as it stands where the time is only a filler. */
function untilOfDays(rule: string, start: IcsTime, calendar_zone: IcsZone): string {
  if (start.kind === "instant") return rule;
  return rule.replace(/UNTIL=(\d{4})(\d\d)(\d\d)T(\d{6})Z?/i, (until, ...groups: string[]) => {
    const [year, month, day, clock = ""] = groups;
    if (!until.endsWith("Z") || clock === "000000" || clock === "235959") {
      return `UNTIL=${year}${month}${day}`;
    }
    const ms = Date.parse(
      `${year}-${month}-${day}T${clock.replace(/(..)(..)(..)/, "$1:$2:$3")}Z`,
    );
    return `UNTIL=${calendar_zone.toWall(ms).slice(0, 10).replaceAll("-", "")}`;
  });
}
