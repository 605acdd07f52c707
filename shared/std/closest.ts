import * as levenshtein from "@std/text/levenshtein_distance.js";

// Deno's standard library as npm has it carries no types; this is the one of its documentation.
const distance: (from: string, to: string) => number = levenshtein.levenshteinDistance;

/** A typing error changes at most this part of the longer of two words. */
const MOST_CHANGED = 0.4;

/** The word that was probably meant: the one with the fewest characters to change. Undefined: none is near. */
export function closestOf(typed: string, words: readonly string[]): string | undefined {
  const [nearest] = words
    .map((word) => ({ word, changed: distance(typed, word) }))
    .filter(({ word, changed }) => changed <= MOST_CHANGED * Math.max(typed.length, word.length))
    .sort((one, other) => one.changed - other.changed);
  return nearest?.word;
}
