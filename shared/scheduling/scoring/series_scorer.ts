import { marksOf, possibleAmong } from "../availability/free_starts.ts";
import type { Occurrences } from "../availability/occurrences.ts";
import type { Series } from "../availability/series.ts";
import { chooseForSeries } from "../availability/series_choice.ts";
import type { Scorer } from "./best_starts.ts";
import { earlinessOf } from "./delay.ts";
import { noPoints, pointsAt } from "./score.ts";
import { sumUp } from "./sum_up.ts";

/**
 * Scores series that begin at the starts of `occurrences` by all of them. Each factor is the average over them, of which
 * one that clashes earns nothing; how early the series begins counts as ever. Members of a group count by the
 * occurrences that they can make.
 */
export function seriesScorer(series: Series, occurrences: Occurrences): Scorer {
  const { search } = series;
  const { starts, first, all, at } = occurrences;
  const people = series.people.filter(({ group }) => group === undefined);
  const sums = sumUp(search, people, all);
  const held = marksOf(all, possibleAmong(search, people, all));
  const earliness = earlinessOf(search, starts);
  const choices = chooseForSeries(series, occurrences);
  const at_occurrence = noPoints();
  return (i, into = noPoints()) => {
    const early = earliness(starts[i]!);
    const clashes = choices?.clashesAt(i);
    const from = first[i]!;
    const to = first[i + 1]!;
    const count = to - from;
    let availability = 0;
    let preference = 0;
    let conflict_proximity = 0;
    let fragmentation = 0;
    for (let k = from; k < to; k++) {
      if (held[at[k]!] === 0 || clashes?.[k - from] === 1) continue;
      pointsAt(search, sums, at[k]!, early, at_occurrence);
      availability += at_occurrence.availability;
      preference += at_occurrence.preference;
      conflict_proximity += at_occurrence.conflict_proximity;
      fragmentation += at_occurrence.fragmentation;
    }
    // The first occurrence is the start itself.
    pointsAt(search, sums, at[from]!, early, into);
    into.availability = Math.round(availability / count);
    into.preference = Math.round(preference / count);
    into.conflict_proximity = Math.round(conflict_proximity / count);
    into.fragmentation = Math.round(fragmentation / count);
    return into;
  };
}
