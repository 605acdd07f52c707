const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Whether a job with this five-field cron schedule is due in the minute of `at`, in UTC as pg_cron
 * counts. A job by the second (`"30 seconds"`) is due every minute here: the runner knows minutes.
 */
export function isDue(schedule: string, at: Date): boolean {
  if (/^\s*\d+\s+seconds?\s*$/.test(schedule)) return true;
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = schedule.trim().split(/\s+/);
  if (!matches(minute, at.getUTCMinutes(), 0, 59)) return false;
  if (!matches(hour, at.getUTCHours(), 0, 23)) return false;
  if (!matches(month, at.getUTCMonth() + 1, 1, 12, MONTHS)) return false;
  const onDay = matches(day, at.getUTCDate(), 1, 31);
  const onWeekday = matches(weekday, at.getUTCDay(), 0, 7, WEEKDAYS) ||
    (at.getUTCDay() === 0 && matches(weekday, 7, 0, 7, WEEKDAYS));
  // Cron's oldest rule: when both day fields are restricted, either one is enough.
  return day.startsWith("*") || weekday.startsWith("*") ? onDay && onWeekday : onDay || onWeekday;
}

function matches(
  field: string,
  value: number,
  first: number,
  last: number,
  names: readonly string[] = [],
): boolean {
  return field.split(",").some((part) => {
    const [range = "", step = "1"] = part.split("/");
    const [low, high] = bounds(range, part.includes("/"), first, last, names);
    return value >= low && value <= high && (value - low) % Number(step) === 0;
  });
}

function bounds(
  range: string,
  stepped: boolean,
  first: number,
  last: number,
  names: readonly string[],
): [number, number] {
  if (range === "*") return [first, last];
  const number = (text: string) => {
    const name = names.indexOf(text.toLowerCase().slice(0, 3));
    return name >= 0 ? name + first : Number(text);
  };
  const [low = "", high] = range.split("-");
  if (high !== undefined) return [number(low), number(high)];
  return [number(low), stepped ? last : number(low)];
}
