import { attendance, attends, newAttendance } from "./attendance.ts";
import type { Scorer } from "../scoring/best_starts.ts";
import { possibleAmong } from "./free_starts.ts";
import { formatInstant, MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { layOutAgain, type Person } from "./person.ts";
import type { Question } from "../input/search_request.ts";
import type { Reason } from "../explaining/reasons.ts";
import { HORIZON_DAYS, type RecurrenceRule } from "@shared/time/recurrence_rule.ts";
import { pointsAt } from "../scoring/score.ts";
import { seriesDays } from "@shared/time/expand_rule.ts";
import { sumUp } from "../scoring/sums.ts";
import type { ScoreBreakdown, SeriesAvailability } from "../input/scheduling_request.ts";
import { instantAt, offsetAt, offsetSegments } from "@shared/time/zones.ts";

/** A question about a meeting that repeats, with everybody laid out as far as its occurrences reach. */
export interface Series {
  rule: RecurrenceRule;
  question: Question;
  people: readonly Person[];
  /** The local days of the series that starts on a day. */
  daysFrom: (day: number) => readonly number[];
}

/** The latest that an occurrence of a series begun in the window can end, in minutes since 1970; a little late. */
export function seriesReach(
  rule: RecurrenceRule,
  { from, to }: Pick<Question, "from" | "to">,
): number {
  const first = Math.floor(from / MINUTES_PER_DAY) - 1;
  const last = Math.floor(to / MINUTES_PER_DAY) + 1;
  let latest = last;
  for (let day = first; day <= last; day++) {
    latest = Math.max(latest, daysFrom(rule, day).at(-1) ?? day);
  }
  // A local day ends within a day of its namesake in UTC, and a meeting takes at most a day.
  return (latest + 3) * MINUTES_PER_DAY;
}

/** Lays a question that begins a series, and its people (with `wider` hours), out over all occurrences. */
export function layOutSeries(
  rule: RecurrenceRule,
  question: Question,
  people: readonly Person[],
  wider = 0,
): Series {
  const to = seriesReach(rule, question);
  const longer = { ...question, to, offsets: offsetSegments(question.timezone, question.from, to) };
  const known = new Map<number, readonly number[]>();
  return {
    rule,
    question: longer,
    people: layOutAgain(people, longer, wider),
    daysFrom: (day) => {
      let days = known.get(day);
      if (days === undefined) known.set(day, days = daysFrom(rule, day));
      return days;
    },
  };
}

/**
 * The occurrences of a series that starts at an instant, itself first, in minutes since 1970: the same wall time on the
 * days of the rule. Empty when the rule ends before.
 */
export function occurrencesOf(series: Series, start: number): number[] {
  const { rule, question } = series;
  const { offsets } = question;
  const wall = start + offsetAt(offsets, start);
  const day = Math.floor(wall / MINUTES_PER_DAY);
  const in_day = wall - day * MINUTES_PER_DAY;
  return series.daysFrom(day).flatMap((day_of_series) => {
    const then = day_of_series * MINUTES_PER_DAY + in_day;
    // The first occurrence of a repeated hour may be the second of the two.
    const instant = then === wall ? start : instantAt(offsets, then);
    const { wall: last_wall = Infinity, instant: last = Infinity } = rule.until ?? {};
    return then <= last_wall && instant <= last ? [instant] : [];
  });
}

/**
 * Scores series that begin at the starts by all of their occurrences. Each factor is the average over them, of which
 * one that clashes earns nothing; how early the series begins counts as ever.
 */
export function seriesScorer(asked: Question, series: Series, starts: Int32Array): Scorer {
  const { question, people } = series;
  const occurrences = Array.from(starts, (start) => occurrencesOf(series, start));
  const all = Int32Array.from(new Set(occurrences.flat())).sort();
  const sums = sumUp(question, people, all);
  const index = new Map(Array.from(all, (start, i) => [start, i]));
  const held = new Set(possibleAmong(question, people, all));
  return (i): ScoreBreakdown => {
    const own = occurrences[i]!;
    const at = (start: number) => pointsAt(asked, sums, all, index.get(start)!);
    const points = own.filter((start) => held.has(start)).map(at);
    const average = (factor: keyof ScoreBreakdown) =>
      Math.round(points.reduce((sum, each) => sum + each[factor], 0) / own.length);
    return {
      availability: average("availability"),
      preference: average("preference"),
      conflict_proximity: average("conflict_proximity"),
      fragmentation: average("fragmentation"),
      optimization: at(starts[i]!).optimization,
    };
  };
}

/** How a start repeats. Where nobody needed is in the way of a clash, too few come: then the absent are named. */
export function seriesAvailability(series: Series, start: number): SeriesAvailability {
  const { question, people } = series;
  const occurrences = Int32Array.from(occurrencesOf(series, start));
  const held = new Set(possibleAmong(question, people, occurrences));
  const clashes = occurrences.filter((occurrence) => !held.has(occurrence));
  const say = (at: number) => formatInstant(at, offsetAt(question.offsets, at));
  return {
    start_times: Array.from(occurrences, say),
    occurrences: occurrences.length,
    free: held.size,
    share_free: Math.round(1_000 * held.size / occurrences.length) / 1_000,
    clashes: Array.from(clashes, (at) => ({
      start_time: say(at),
      names: absentNames(series, at),
    })),
  };
}

/** What the occurrences amount to, as a reason. */
export function seriesReason({ occurrences, clashes }: SeriesAvailability): Reason {
  if (clashes.length === 0) return { code: "every_occurrence_free", args: { count: occurrences } };
  const names = [...new Set(clashes.flatMap((clash) => clash.names))].sort();
  return {
    code: "some_occurrences_clash",
    args: { count: occurrences, clashing: clashes.length, names },
  };
}

function absentNames({ question, people }: Series, start: number): string[] {
  const found = newAttendance(1);
  const absent = people.filter((person) => {
    attendance(person, Int32Array.of(start), question.duration, found);
    return !person.unknown && !attends(found.status[0]!);
  });
  const needed = absent.filter((person) => person.needed);
  return (needed.length > 0 ? needed : absent).map(({ label }) => label).sort();
}

function daysFrom(rule: RecurrenceRule, day: number): readonly number[] {
  return seriesDays(rule, day, rule.horizon, day + HORIZON_DAYS);
}
