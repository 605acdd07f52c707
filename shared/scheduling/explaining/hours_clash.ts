import { intersect, type Interval, longest } from "@shared/time/intervals.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { commonOpenHours } from "../availability/free_starts.ts";
import type { OpenHoursRule } from "../availability/open_hours.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { formatMinutes, formatNames, formatTimeOfDay } from "./phrases.ts";

/**
 * The people whose hours never leave room for the meeting, before busy time is read; undefined when the
 * hours do meet. The smallest group that is enough to see it is named: one, two, or all.
 */
export function hoursClash(search: SearchRequest, people: readonly Person[]): string | undefined {
  const { duration, earliest_start, to } = search;
  const common = longest(commonOpenHours(search, people));
  if (common >= duration) return undefined;
  const window: Interval[] = [[earliest_start, to]];
  const with_hours = people.filter(({ needed, rules }) => needed && rules !== undefined);
  const groups = [...Map.groupBy(with_hours, ({ open }) => open)]
    .map(([open, members]) => ({ members, open: intersect(open, window) }));

  const closed = groups.find(({ open }) => longest(open) < duration);
  if (closed !== undefined) {
    const who = formatGroup(search, closed.members);
    const most = longest(closed.open);
    return most === 0
      ? `${who} ${closed.members.length === 1 ? "has" : "have"} no open hours in this window`
      : `${who} ${closed.members.length === 1 ? "is" : "are"} open for at most ${
        formatMinutes(most)
      } at a time in this window, and the meeting takes ${formatMinutes(duration)}`;
  }
  for (const [i, one] of groups.entries()) {
    for (const other of groups.slice(i + 1)) {
      if (longest(intersect(one.open, other.open)) > 0) continue;
      const pair = [one, other].map(({ members }) => formatGroup(search, members));
      return `The open hours of ${pair.join(" and ")} never overlap in this window`;
    }
  }
  if (groups.length === 0) return "The working hours leave no room for the meeting in this window";
  const names = groups.map(({ members }) => formatGroup(search, members));
  return `The open hours of ${formatNames(names)} ` +
    (common === 0
      ? "never all overlap in this window"
      : `overlap for at most ${
        formatMinutes(common)
      } at a time in this window, and the meeting takes ${formatMinutes(duration)}`);
}

function formatGroup(search: SearchRequest, members: readonly Person[]): string {
  const rules = members[0]?.rules ?? [];
  const names = formatNames(members.map(({ label }) => label));
  return `${names} (${rules.map((rule) => formatRule(search, rule)).join(", ")})`;
}

function formatRule(search: SearchRequest, rule: OpenHoursRule): string {
  const hours = `${formatTimeOfDay(rule.start)}-${formatTimeOfDay(rule.end)} ${rule.timezone}`;
  const same_days = rule.weekdays.every((day, i) => day === search.allowed_days[i]);
  if (same_days) return hours;
  const days = WEEKDAYS.filter((_, i) => rule.weekdays[i] === true);
  return `${hours} on ${days.length === 0 ? "no allowed day" : days.join(", ")}`;
}
