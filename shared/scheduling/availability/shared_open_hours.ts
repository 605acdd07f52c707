import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { intersect, type Interval } from "@shared/time/intervals.ts";
import { weekdayMask, WEEKDAYS } from "@shared/time/weekday.ts";
import { type OffsetSegment, offsetSegments } from "@shared/time/zones.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { type DayHours, dayHours } from "./day_hours.ts";
import { type OpenHoursRule, openIntervals } from "./open_hours.ts";

/** The rules that hold for a person without hours of their own. */
export function workingHours(search: SearchRequest, timezone: string): OpenHoursRule[] {
  return [{ timezone, weekdays: search.allowed_days, ...search.working_hours }];
}

/** What a person's open hours depend on, besides the search. */
interface OwnHours {
  timezone: string;
  rules: readonly OpenHoursRule[] | undefined;
  away: readonly number[];
}

/** Lays out each set of hours, and each zone's offsets, once however many people share them. */
export class SharedHours {
  readonly #search: SearchRequest;
  readonly #wider: number;
  readonly #offsets = new Map<string, OffsetSegment[]>();
  readonly #defaults = new Map<string, OpenHoursRule[]>();
  readonly #open_by_rules = new Map<readonly OpenHoursRule[], Interval[]>();
  readonly #texts = new Map<readonly OpenHoursRule[], string>();
  readonly #open_by_text = new Map<string, Map<string, Interval[]>>();
  readonly #days = new Map<string, Map<string, DayHours>>();
  readonly #days_by_rules = new Map<readonly OpenHoursRule[], DayHours>();
  readonly #always: Interval[];

  constructor(search: SearchRequest, wider = 0) {
    this.#search = search;
    this.#wider = wider;
    this.#always = [[search.from, search.to]];
  }

  defaults(timezone: string): readonly OpenHoursRule[] {
    return kept(this.#defaults, timezone, () => workingHours(this.#search, timezone));
  }

  offsets(timezone: string): readonly OffsetSegment[] {
    const { from, to } = this.#search;
    return kept(this.#offsets, timezone, () => offsetSegments(timezone, from, to));
  }

  open({ rules, away: all_away, timezone }: OwnHours): Interval[] {
    const away = all_away.length === 0 ? all_away : this.#within(all_away);
    if (rules === undefined && away.length === 0) return this.#always;
    // Most people share the default rules themselves; only hours of their own are compared by text.
    const byText = () =>
      kept(
        kept(this.#open_by_text, this.#textOf(rules), () => new Map<string, Interval[]>()),
        `${timezone} ${away.join()}`,
        () => this.#layOut(rules, away, timezone),
      );
    return rules === undefined || away.length > 0
      ? byText()
      : kept(this.#open_by_rules, rules, byText);
  }

  /** By which rules are compared; made once, as it may have kilobytes. */
  #textOf(rules: readonly OpenHoursRule[] | undefined): string {
    return rules === undefined ? "always" : kept(this.#texts, rules, () => JSON.stringify(rules));
  }

  /** The days that can lie in the window, wherever on Earth. */
  #within(days: readonly number[]): number[] {
    const first = Math.floor(this.#search.from / MINUTES_PER_DAY) - 1;
    const last = Math.floor(this.#search.to / MINUTES_PER_DAY) + 1;
    return days.filter((day) => day >= first && day <= last);
  }

  /** The working week of a person, the same object for all who have the same. */
  days(rules: readonly OpenHoursRule[], timezone: string): DayHours {
    const { from, to } = this.#search;
    const byText = () =>
      kept(
        kept(this.#days, this.#textOf(rules), () => new Map<string, DayHours>()),
        timezone,
        () => dayHours(rules, timezone, from, to),
      );
    // The default rules are one object a zone, and theirs; of rules of their own the zone may be another.
    return rules[0]?.timezone === timezone ? kept(this.#days_by_rules, rules, byText) : byText();
  }

  #layOut(rules: readonly OpenHoursRule[] | undefined, away: readonly number[], timezone: string) {
    const { from, to, holidays, allowed_days } = this.#search;
    // A room is open at all hours, holidays too, except on days on which it cannot be had.
    if (rules === undefined) {
      return openIntervals([wholeDays(timezone, EVERY_DAY)], from, to, new Set(away));
    }
    const closed = away.length === 0 ? holidays : new Set([...holidays, ...away]);
    if (rules.every((rule) => rule.timezone === timezone)) {
      return openIntervals(rules, from, to, closed, this.#wider);
    }
    // Hours may be stated on another clock; allowed days, holidays and days off are those of the person's own.
    return intersect(
      openIntervals(rules, from, to, NO_HOLIDAYS, this.#wider),
      openIntervals([wholeDays(timezone, allowed_days)], from, to, closed),
    );
  }
}

const EVERY_DAY = weekdayMask(WEEKDAYS);
const NO_HOLIDAYS: ReadonlySet<number> = new Set();

function wholeDays(timezone: string, weekdays: readonly boolean[]): OpenHoursRule {
  return { timezone, weekdays, start: 0, end: MINUTES_PER_DAY };
}

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
