import { formatInstant, MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { instantAt, offsetAt, offsetSegments } from "@shared/time/zones.ts";
import { default as Holidays } from "date-holidays";

/** A public holiday on the clock of its country; `day` is YYYY-MM-DD. */
export interface Holiday {
  day: string;
  name: string;
}

/**
 * The public holidays of a country ("US"), of its part ("DE-BY") or of a region of that ("DE-BY-A"), in their order;
 * null for one that is not known. A holiday that begins in the evening or is half a day counts on the days
 * whose noon it contains.
 */
export function holidayDates(calendar: string, years: readonly number[]): Holiday[] | null {
  const [country = "", state, region] = calendar.split("-");
  const known = new Holidays();
  const has = (codes: Record<string, string> | undefined, code: string | undefined) =>
    code === undefined || Object.hasOwn(codes ?? {}, code);
  if (!has(known.getCountries(), country) || !has(known.getStates(country), state)) return null;
  if (region !== undefined && !has(known.getRegions(country, state ?? ""), region)) return null;
  // The library takes what is left out as the whole country.
  const holidays = new Holidays(country, state ?? "", region ?? "");
  const [timezone = "UTC"] = holidays.getTimezones() ?? [];
  return years.flatMap((year) =>
    (holidays.getHolidays(year) || [])
      .filter(({ type }) => type === "public")
      .flatMap(({ name, start, end }) => daysOf(start, end, timezone).map((day) => ({ day, name })))
  );
}

function daysOf(start: Date, end: Date, timezone: string): string[] {
  const from = start.valueOf() / 60_000;
  const to = end.valueOf() / 60_000;
  const offsets = offsetSegments(timezone, from - MINUTES_PER_DAY, to + MINUTES_PER_DAY);
  const days: string[] = [];
  const first = Math.floor((from + offsetAt(offsets, from)) / MINUTES_PER_DAY);
  for (let day = first;; day++) {
    const noon = instantAt(offsets, day * MINUTES_PER_DAY + MINUTES_PER_DAY / 2);
    if (noon >= to) return days;
    if (noon >= from) days.push(formatInstant(day * MINUTES_PER_DAY, 0).slice(0, 10));
  }
}
