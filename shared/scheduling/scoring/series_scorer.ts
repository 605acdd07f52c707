import { possibleAmong } from "../availability/free_starts.ts";
import { occurrencesOf, type Series } from "../availability/series.ts";
import { seriesChooser } from "../availability/series_choice.ts";
import { FACTORS } from "../input/weights.ts";
import type { Scorer } from "./best_starts.ts";
import { earlinessOf } from "./delay.ts";
import { noPoints, pointsAt } from "./score.ts";
import { sumUp } from "./sum_up.ts";

/**
 * Scores series that begin at the starts by all of their occurrences. Each factor is the average over them, of which
 * one that clashes earns nothing; how early the series begins counts as ever. Members of a group count by the
 * occurrences that they can make.
 */
export function seriesScorer(series: Series, starts: Int32Array): Scorer {
  const { search } = series;
  const people = series.people.filter(({ group }) => group === undefined);
  const occurrences = Array.from(starts, (start) => Int32Array.from(occurrencesOf(series, start)));
  const { all, place } = distinct(occurrences);
  const sums = sumUp(search, people, all);
  const held = new Uint8Array(all.length);
  for (const start of possibleAmong(search, people, all)) held[place(start)] = 1;
  const earliness = earlinessOf(search, starts);
  const chosenFor = seriesChooser(series, starts);
  const at_occurrence = noPoints();
  return (i, into = noPoints()) => {
    const start = starts[i]!;
    const own = occurrences[i]!;
    const early = earliness(start);
    const choices = chosenFor(start);
    Object.assign(into, noPoints());
    for (let k = 0; k < own.length; k++) {
      const occurrence = own[k]!;
      const at = place(occurrence);
      if (held[at] === 0 || choices.some(({ clashes }) => clashes.has(occurrence))) continue;
      pointsAt(search, sums, at, early, at_occurrence);
      for (const factor of FACTORS) into[factor] += at_occurrence[factor];
    }
    for (const factor of FACTORS) into[factor] = Math.round(into[factor] / own.length);
    into.optimization = pointsAt(search, sums, place(start), early, at_occurrence).optimization;
    return into;
  };
}

/**
 * All instants of the lists once, ascending, and where each of them stands. Found minute by minute over at most two years:
 * sets and maps of a hundred thousand numbers take longer to fill.
 */
function distinct(lists: readonly Int32Array[]) {
  let first = Infinity;
  let last = -Infinity;
  for (const list of lists) {
    for (let k = 0; k < list.length; k++) {
      if (list[k]! < first) first = list[k]!;
      if (list[k]! > last) last = list[k]!;
    }
  }
  const places = new Int32Array(Math.max(0, last - first + 1));
  for (const list of lists) {
    for (let k = 0; k < list.length; k++) places[list[k]! - first] = 1;
  }
  let length = 0;
  for (let minute = 0; minute < places.length; minute++) length += places[minute]!;
  const all = new Int32Array(length);
  for (let minute = 0, i = 0; minute < places.length; minute++) {
    if (places[minute] === 0) continue;
    all[i] = first + minute;
    places[minute] = i++;
  }
  return { all, place: (instant: number) => places[instant - first]! };
}
