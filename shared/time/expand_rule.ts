import type { RecurrenceRule } from "./recurrence_rule.ts";
import { weekdayIndex } from "./weekday.ts";

const DAY_MS = 86_400_000;

/**
 * The local days, counted since 1970, of a series that starts on `first`: at most `most` of them and none after `last`.
 * Empty when `first` itself does not follow the rule: such a series would have a first meeting that is like no other.
 */
export function expandRule(
  rule: RecurrenceRule,
  first: number,
  most: number,
  last: number,
): number[] {
  return expand(rule, first, most, last, true);
}

/**
 * The same where `first` need not follow the rule: the days of the rule from `first` on. An event that starts beside its
 * rule has its start as well (RFC 5545, 3.8.5.3, leaves it open; Google adds it).
 */
export function daysOfRule(
  rule: RecurrenceRule,
  first: number,
  most: number,
  last: number,
): number[] {
  return expand(rule, first, most, last, false);
}

function expand(
  rule: RecurrenceRule,
  first: number,
  most: number,
  last: number,
  starts_on_first: boolean,
): number[] {
  const end = Math.min(last, rule.until?.day ?? last);
  const wanted = Math.min(most, rule.count ?? most);
  const begin = civil(first);
  const days: number[] = [];
  for (let turn = 0; days.length < wanted; turn++) {
    const { from, found } = period(rule, first, begin, turn * rule.interval);
    if (from > end) break;
    for (const day of found) {
      if (day >= first && day <= end && days.length < wanted) days.push(day);
    }
    // The first period holds `first`, or the rule does not.
    if (starts_on_first && days[0] !== first) return [];
  }
  return days;
}

/** Whether a series that starts on a local day begins with that day, as the rule wants it. */
export function startsSeries(rule: RecurrenceRule, day: number): boolean {
  return expandRule(rule, day, 1, day).length === 1;
}

/** The day, week, month or year `ahead` of the first one, and the days in it that the rule picks, ascending. */
function period(
  rule: RecurrenceRule,
  first: number,
  { year, month, month_day }: CivilDate,
  ahead: number,
): { from: number; found: readonly number[] } {
  const { positions } = rule;
  switch (rule.frequency) {
    case "DAILY": {
      const day = first + ahead;
      const { month_days } = rule;
      const fits = inMonths(rule, day) && onWeekday(rule, day) &&
        (month_days === undefined || onMonthDay(month_days, day));
      return { from: day, found: fits ? atPositions([day], positions) : [] };
    }
    case "WEEKLY": {
      const since_week_start = (weekdayIndex(first) - rule.week_start + 7) % 7;
      const from = first - since_week_start + 7 * ahead;
      const weekdays = rule.weekdays ?? [{ nth: 0, weekday: weekdayIndex(first) }];
      const found = range(from, from + 7).filter((day) =>
        inMonths(rule, day) && onWeekday({ weekdays }, day)
      );
      return { from, found: atPositions(found, positions) };
    }
    case "MONTHLY": {
      const from = dayOf(year, month + ahead, 1);
      const find = () =>
        inMonths(rule, from) ? atPositions(inMonth(rule, from, month_day), positions) : [];
      return { from, found: foundOnce(rule, from, { month, month_day }, find) };
    }
    case "YEARLY": {
      const from = dayOf(year + ahead, 1, 1);
      const find = () => atPositions(inYear(rule, year + ahead, from, month, month_day), positions);
      return { from, found: foundOnce(rule, from, { month, month_day }, find) };
    }
  }
}

const known_periods = new WeakMap<RecurrenceRule, Map<number, readonly number[]>>();

/**
 * The days of a month or year, found once: a search expands its rule from every day of the window. Where the rule names
 * no days, they are those of the date on which the series starts.
 */
function foundOnce(
  rule: RecurrenceRule,
  from: number,
  { month, month_day }: Pick<CivilDate, "month" | "month_day">,
  find: () => readonly number[],
): readonly number[] {
  let known = known_periods.get(rule);
  if (known === undefined) known_periods.set(rule, known = new Map());
  const names_days = rule.weekdays !== undefined || rule.month_days !== undefined;
  const key = names_days ? from : (from * 13 + month) * 32 + month_day;
  let found = known.get(key);
  if (found === undefined) known.set(key, found = find());
  return found;
}

function inYear(
  rule: RecurrenceRule,
  year: number,
  from: number,
  month: number,
  month_day: number,
): number[] {
  const { months, month_days, weekdays } = rule;
  if (months === undefined && month_days === undefined && weekdays !== undefined) {
    return onWeekdays(range(from, dayOf(year + 1, 1, 1)), weekdays);
  }
  const all = month_days === undefined ? [month] : range(1, 13);
  const chosen = [...new Set(months ?? all)].sort((a, b) => a - b);
  return chosen.flatMap((one) => inMonth(rule, dayOf(year, one, 1), month_day));
}

function inMonth(rule: RecurrenceRule, from: number, month_day: number): number[] {
  const { year, month } = civil(from);
  const days = range(from, dayOf(year, month + 1, 1));
  const { month_days, weekdays } = rule;
  const picked = weekdays === undefined ? days : onWeekdays(days, weekdays);
  if (month_days !== undefined) return picked.filter((day) => onMonthDay(month_days, day));
  return weekdays === undefined ? days.slice(month_day - 1, month_day) : picked;
}

/** The days of a month or year that are one of the weekdays, or the nth or nth last of them. */
function onWeekdays(
  days: readonly number[],
  weekdays: readonly { nth: number; weekday: number }[],
): number[] {
  const by_weekday = Map.groupBy(days, weekdayIndex);
  const picked = weekdays.flatMap(({ nth, weekday }) => {
    const same = by_weekday.get(weekday) ?? [];
    if (nth === 0) return same;
    const nth_day = same[nth > 0 ? nth - 1 : same.length + nth];
    return nth_day === undefined ? [] : [nth_day];
  });
  return [...new Set(picked)].sort((a, b) => a - b);
}

function onWeekday({ weekdays }: Pick<RecurrenceRule, "weekdays">, day: number): boolean {
  return weekdays === undefined || weekdays.some(({ weekday }) => weekday === weekdayIndex(day));
}

function onMonthDay(month_days: readonly number[], day: number): boolean {
  const { year, month, month_day } = civil(day);
  const from_end = month_day - 1 - (dayOf(year, month + 1, 1) - dayOf(year, month, 1));
  return month_days.includes(month_day) || month_days.includes(from_end);
}

function inMonths({ months }: RecurrenceRule, day: number): boolean {
  return months === undefined || months.includes(civil(day).month);
}

function atPositions(
  found: readonly number[],
  positions: readonly number[] | undefined,
): readonly number[] {
  if (positions === undefined) return found;
  return found.filter((_, i) => positions.includes(i + 1) || positions.includes(i - found.length));
}

interface CivilDate {
  year: number;
  month: number;
  month_day: number;
}

function civil(day: number): CivilDate {
  const date = new Date(day * DAY_MS);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    month_day: date.getUTCDate(),
  };
}

/** Months beyond 12 run on into the next years. */
function dayOf(year: number, month: number, month_day: number): number {
  return Date.UTC(year, month - 1, month_day) / DAY_MS;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
