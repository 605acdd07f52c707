import { possibleAmong } from "../availability/free_starts.ts";
import { occurrencesOf, type Series } from "../availability/series.ts";
import { seriesChooser } from "../availability/series_choice.ts";
import type { ScoreBreakdown } from "../input/weights.ts";
import type { Scorer } from "./best_starts.ts";
import { earlinessOf } from "./delay.ts";
import { pointsAt } from "./score.ts";
import { sumUp } from "./sum_up.ts";

/**
 * Scores series that begin at the starts by all of their occurrences. Each factor is the average over them, of which
 * one that clashes earns nothing; how early the series begins counts as ever. Members of a group count by the
 * occurrences that they can make.
 */
export function seriesScorer(series: Series, starts: Int32Array): Scorer {
  const { search } = series;
  const people = series.people.filter(({ group }) => group === undefined);
  const occurrences = Array.from(starts, (start) => occurrencesOf(series, start));
  const all = Int32Array.from(new Set(occurrences.flat())).sort();
  const sums = sumUp(search, people, all);
  const index = new Map(Array.from(all, (start, i) => [start, i]));
  const held = new Set(possibleAmong(search, people, all));
  const earliness = earlinessOf(search, starts);
  const chosenFor = seriesChooser(series, starts);
  return (i): ScoreBreakdown => {
    const own = occurrences[i]!;
    const early = earliness(starts[i]!);
    const at = (start: number) => pointsAt(search, sums, index.get(start)!, early);
    const choices = chosenFor(starts[i]!);
    const points = own
      .filter((start) => held.has(start) && !choices.some(({ clashes }) => clashes.has(start)))
      .map(at);
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
