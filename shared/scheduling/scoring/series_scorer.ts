import { possibleAmong } from "../availability/free_starts.ts";
import { distinctInstants, type Occurrences } from "../availability/occurrences.ts";
import type { Series } from "../availability/series.ts";
import { seriesChooser } from "../availability/series_choice.ts";
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
  const { starts, instants, first } = occurrences;
  const people = series.people.filter(({ group }) => group === undefined);
  const { all, place } = distinctInstants(instants);
  const sums = sumUp(search, people, all);
  const held = new Uint8Array(all.length);
  const possible = possibleAmong(search, people, all);
  for (let k = 0; k < possible.length; k++) held[place(possible[k]!)] = 1;
  const earliness = earlinessOf(search, starts);
  const chosenFor = seriesChooser(series, occurrences);
  const at_occurrence = noPoints();
  return (i, into = noPoints()) => {
    const start = starts[i]!;
    const early = earliness(start);
    const choices = chosenFor(start);
    const count = first[i + 1]! - first[i]!;
    let availability = 0;
    let preference = 0;
    let conflict_proximity = 0;
    let fragmentation = 0;
    for (let k = first[i]!; k < first[i + 1]!; k++) {
      const occurrence = instants[k]!;
      const at = place(occurrence);
      if (held[at] === 0) continue;
      if (choices.length > 0 && choices.some(({ clashes }) => clashes.has(occurrence))) continue;
      pointsAt(search, sums, at, early, at_occurrence);
      availability += at_occurrence.availability;
      preference += at_occurrence.preference;
      conflict_proximity += at_occurrence.conflict_proximity;
      fragmentation += at_occurrence.fragmentation;
    }
    pointsAt(search, sums, place(start), early, into);
    into.availability = Math.round(availability / count);
    into.preference = Math.round(preference / count);
    into.conflict_proximity = Math.round(conflict_proximity / count);
    into.fragmentation = Math.round(fragmentation / count);
    return into;
  };
}
