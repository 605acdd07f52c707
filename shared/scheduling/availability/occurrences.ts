import { occurrencesOf, type Series } from "./series.ts";

/**
 * Starts of a series, ascending, with the occurrences of each, in minutes since 1970: those of the i-th are the `instants`
 * from `first[i]` until `first[i + 1]`, ascending. `all` are the instants once, ascending, and the k-th of `instants` is
 * `all[at[k]]`. Lists for all starts together: a list for each start of a long window would cost more than what it holds.
 */
export interface Occurrences {
  starts: Int32Array;
  instants: Int32Array;
  first: Int32Array;
  all: Int32Array;
  at: Int32Array;
}

/** Of the starts (ascending), those at which the series can begin: a rule may end on the day of a start, but earlier. */
export function occurrencesFrom(series: Series, starts: Int32Array): Occurrences {
  const instants = new Int32Array(starts.length * series.rule.horizon);
  const first = new Int32Array(starts.length + 1);
  const begun = new Int32Array(starts.length);
  let length = 0;
  let count = 0;
  for (let i = 0; i < starts.length; i++) {
    const own = occurrencesOf(series, starts[i]!);
    if (own.length === 0) continue;
    for (let k = 0; k < own.length; k++) instants[length++] = own[k]!;
    begun[count++] = starts[i]!;
    first[count] = length;
  }
  return {
    starts: begun.subarray(0, count),
    first: first.subarray(0, count + 1),
    ...distinct(instants.subarray(0, length)),
  };
}

/** Found minute by minute over at most two years: sets and maps of a hundred thousand numbers take longer to fill. */
function distinct(instants: Int32Array): Pick<Occurrences, "instants" | "all" | "at"> {
  let earliest = Infinity;
  let latest = -Infinity;
  for (let k = 0; k < instants.length; k++) {
    if (instants[k]! < earliest) earliest = instants[k]!;
    if (instants[k]! > latest) latest = instants[k]!;
  }
  const places = new Int32Array(Math.max(0, latest - earliest + 1));
  let length = 0;
  for (let k = 0; k < instants.length; k++) {
    const minute = instants[k]! - earliest;
    if (places[minute] === 1) continue;
    places[minute] = 1;
    length++;
  }
  const all = new Int32Array(length);
  for (let minute = 0, i = 0; i < length; minute++) {
    if (places[minute] === 0) continue;
    all[i] = earliest + minute;
    places[minute] = i++;
  }
  const at = new Int32Array(instants.length);
  for (let k = 0; k < instants.length; k++) at[k] = places[instants[k]! - earliest]!;
  return { instants, all, at };
}
