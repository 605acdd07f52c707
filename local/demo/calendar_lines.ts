import type { Person } from "./cast.ts";
import type { CalendarReport } from "./report.ts";

const MOST_PROBLEMS = 10;

/** Why a calendar is in its zone. */
const ZONE_SOURCES: Readonly<Record<CalendarReport["timezone_source"], string>> = {
  request: "as the command line says",
  file: "X-WR-TIMEZONE of the file",
  events: "the zone that its events name",
  definition: "the zone that the file defines",
  default: "the file names no zone",
  calendar: "as the calendar was",
};

/** Each calendar with its zone, where that comes from, and what of the file was not imported. */
export function calendarLines(people: readonly Person[]): string[] {
  return people.flatMap(({ name, email, timezone, imported }) => {
    const { timezone_source, skipped, ignored_lines } = imported;
    const problems = [...skipped, ...ignored_lines].map(({ line, summary, uid, reason }) =>
      `  line ${line}, ${summary ?? uid ?? "an event without a title"}: ${reason}`
    );
    return [
      `${name} <${email}>, ${timezone} (${ZONE_SOURCES[timezone_source]})`,
      ...(skipped.length === 0 ? [] : [`  events left out: ${skipped.length}`]),
      ...problems.slice(0, MOST_PROBLEMS),
      ...(problems.length > MOST_PROBLEMS ? [`  and ${problems.length - MOST_PROBLEMS} more`] : []),
    ];
  });
}

/** The same for `--json`. */
export function calendarReports(people: readonly Person[]): CalendarReport[] {
  return people.map(({ key, timezone, imported }) => {
    const { timezone_source, events, skipped, ignored_lines } = imported;
    return { name: key, timezone, timezone_source, events, skipped, ignored_lines };
  });
}
