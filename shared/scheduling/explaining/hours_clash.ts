import { formatTimeOfDay } from "@shared/texts/parts.ts";
import { intersect, type Interval, longest, overlap } from "@shared/time/intervals.ts";
import { WEEKDAYS } from "@shared/time/weekday.ts";
import { commonOpenHours } from "../availability/free_starts.ts";
import type { OpenHoursRule } from "../availability/open_hours.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";

/**
 * The people whose hours never leave room for the meeting, before busy time is read; undefined when the
 * hours do meet. The smallest group that is enough to see it is named: one, two, or all.
 */
export function hoursClash(search: SearchRequest, people: readonly Person[]): string | undefined {
  const { duration, earliest_start, to, texts: { refusals } } = search;
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
    const count = closed.members.length;
    return most === 0
      ? refusals.never_open(who, count)
      : refusals.open_too_short(who, count, most, duration);
  }
  for (const [i, one] of groups.entries()) {
    for (const other of groups.slice(i + 1)) {
      if (overlap(one.open, other.open)) continue;
      return refusals.two_never_overlap(
        formatGroup(search, one.members),
        formatGroup(search, other.members),
      );
    }
  }
  if (groups.length === 0) return refusals.no_room;
  const names = groups.map(({ members }) => formatGroup(search, members));
  return common === 0
    ? refusals.never_all_overlap(names)
    : refusals.overlap_too_short(names, common, duration);
}

function formatGroup(search: SearchRequest, members: readonly Person[]): string {
  const rules = members[0]?.rules ?? [];
  const names = search.texts.names(members.map(({ label }) => label));
  return `${names} (${rules.map((rule) => formatRule(search, rule)).join(", ")})`;
}

function formatRule(search: SearchRequest, rule: OpenHoursRule): string {
  const hours = `${formatTimeOfDay(rule.start)}-${formatTimeOfDay(rule.end)}`;
  const same_days = rule.weekdays.every((day, i) => day === search.allowed_days[i]);
  const days = WEEKDAYS.filter((_, i) => rule.weekdays[i] === true);
  return search.texts.refusals.hours(hours, rule.timezone, same_days ? undefined : days);
}
