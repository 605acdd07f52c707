import { offsetSegments } from "@shared/time/zones.ts";
import type { BusyMap } from "../availability/busy_map.ts";
import { busyMap, freeStarts } from "../availability/free_starts.ts";
import { layOutAgain, type Person } from "../availability/person.ts";
import { startsWhere } from "../availability/grid.ts";
import { occurrencesFrom } from "../availability/occurrences.ts";
import { layOutSeries, type Series, seriesReach } from "../availability/series.ts";
import { type Candidate, candidatesAt } from "../explaining/candidate.ts";
import type { SeriesRule } from "../input/recurrence.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { mostScored, newTrials } from "../input/trials.ts";
import { longestExtension } from "../input/time_window.ts";
import { type ScoredStart, type Scorer, startScorer } from "../scoring/best_starts.ts";
import { total } from "../scoring/score.ts";
import { seriesScorer } from "../scoring/series_scorer.ts";
import {
  absentBeyondQuorum,
  type Conceded,
  type Concession,
  concessionCosts,
  concessionsAt,
  concessionSentence,
} from "./concessions.ts";

const WIDER_MINUTES = 60;
const SHORTER_BY_MINUTES = [5, 10, 15];
const SHORTEST_MINUTES = 10;

/** A time that needs concessions, found by negotiation; `concession` says them in a sentence. */
export interface ConcededCandidate extends Candidate {
  conceded: true;
  concessions: Concession[];
  concession: string;
}

/** What is negotiated about. `read_until` is how far busy time is known; undefined: as far as the window, no further. */
export interface Negotiated {
  search: SearchRequest;
  people: readonly Person[];
  rule: SeriesRule | undefined;
  read_until: number | undefined;
  /** How many starts the search had before busy time was looked at. */
  on_grid: number;
}

/** A search with concessions, and its busyMap, which a shorter meeting shares. */
interface Relaxation {
  conceded: Conceded;
  map: BusyMap;
}

/** What negotiation found: the times that ask the least of people first, and the rounds it needed, at most three. */
export interface Negotiation {
  conceded_candidates: ConcededCandidate[];
  negotiation_rounds: number;
}

/**
 * Searches for times that need concessions, in at most three rounds: without optional people; then with smaller buffers
 * and days up to an hour wider; then shorter by up to 15 minutes or later. The first round, and in it the first
 * relaxation, that yields a time ends it. A person who is unknown stays unknown: no relaxation reads calendars
 * or the answer to `on_unknown` differently. Of large searches not everything is tried (see Trials).
 */
export function negotiate(asked: Negotiated): Negotiation {
  const search = { ...asked.search, trials: newTrials(asked.on_grid) };
  const negotiated = { ...asked, search };
  const rounds = [withoutOptional, smallerAndWider, shorterOrLater];
  for (const [i, round] of rounds.entries()) {
    for (const relaxation of round(negotiated)) {
      const conceded_candidates = candidatesOf(negotiated, relaxation);
      if (conceded_candidates.length > 0) {
        return { conceded_candidates, negotiation_rounds: i + 1 };
      }
    }
  }
  return { conceded_candidates: [], negotiation_rounds: rounds.length };
}

function* withoutOptional({ search, people }: Negotiated): Iterable<Relaxation> {
  if (search.minimum_attendee_percentage === 0) return;
  const relaxed = { ...search, minimum_attendee_percentage: 0 };
  const conceded = { asked: search, people, relaxed, relaxed_people: people, wider: 0 };
  yield { conceded, map: busyMap(search, people) };
}

function* smallerAndWider(negotiated: Negotiated): Iterable<Relaxation> {
  const { search } = negotiated;
  yield relax(negotiated, { ...search, minimum_attendee_percentage: 0 }, WIDER_MINUTES);
}

/** First with buffers and hours as they were, then with smaller and wider ones too. */
function* shorterOrLater(negotiated: Negotiated): Iterable<Relaxation> {
  const inside = { ...negotiated.search, minimum_attendee_percentage: 0 };
  const longer = longerWindow(negotiated, inside);
  for (const wider of [0, WIDER_MINUTES]) {
    yield* shorter(relax(negotiated, inside, wider));
    if (longer === undefined) continue;
    const later = relax(negotiated, longer, wider);
    yield later;
    yield* shorter(later);
  }
}

function* shorter({ conceded, map }: Relaxation): Iterable<Relaxation> {
  const { relaxed } = conceded;
  for (const less of SHORTER_BY_MINUTES) {
    const duration = relaxed.duration - less;
    if (duration < SHORTEST_MINUTES) return;
    yield { conceded: { ...conceded, relaxed: { ...relaxed, duration } }, map };
  }
}

function relax({ search, people }: Negotiated, relaxed: SearchRequest, wider: number): Relaxation {
  const same_window = relaxed.to === search.to;
  const relaxed_people = layOutAgain(people, relaxed, wider, same_window).map((person) =>
    wider > 0 && person.needed ? { ...person, buffer: { before: 0, after: 0 } } : person
  );
  return {
    conceded: { asked: search, people, relaxed, relaxed_people, wider },
    map: busyMap(relaxed, relaxed_people),
  };
}

/** A window that ends later, within what was read; undefined where that leaves nothing. */
function longerWindow(
  { search, rule, read_until }: Negotiated,
  inside: SearchRequest,
): SearchRequest | undefined {
  if (read_until === undefined) return undefined;
  const { from, timezone } = search;
  const to = Math.min(search.to + longestExtension(search), read_until);
  if (to <= search.to) return undefined;
  const longer = { ...inside, to, offsets: offsetSegments(timezone, from, to) };
  return rule === undefined || seriesReach(rule, longer) <= read_until ? longer : undefined;
}

/** The times of a relaxed search, those that ask the least of people first, then by score. */
function candidatesOf(
  { rule }: Negotiated,
  { conceded, map }: Relaxation,
): ConcededCandidate[] {
  const { asked, relaxed, relaxed_people, wider } = conceded;
  const series = rule && layOutSeries(rule, relaxed, relaxed_people, wider);
  const in_window = freeStarts(relaxed, relaxed_people, map).starts;
  const free = series === undefined ? in_window : occurrencesFrom(series, in_window).starts;
  const all_costs = concessionCosts(conceded, free);
  const { starts, costs } = cheapest(
    free,
    all_costs,
    mostScored(relaxed_people.length, series !== undefined),
  );
  const earliest = startsWhere(free, (_, i) => all_costs[i] !== Infinity)[0];
  if (earliest === undefined) return [];
  const best = leastCostly(
    starts,
    costs,
    scorer(relaxed, relaxed_people, starts, series),
  ).slice(0, asked.max_candidates);
  const absentAt = absentBeyondQuorum(
    conceded,
    Int32Array.from(best, ({ start }) => start).sort(),
  );
  return candidatesAt(relaxed, relaxed_people, best, earliest, { series }).map((candidate, i) => {
    const concessions = concessionsAt(conceded, best[i]!.start, absentAt);
    const concession = concessionSentence(asked, concessions);
    return { ...candidate, conceded: true, concessions, concession };
  });
}

/** The starts (ascending) that ask the least of people, the earlier ones of those that ask the same; at most so many. */
function cheapest(
  all: Int32Array,
  all_costs: Float64Array,
  most: number,
): { starts: Int32Array; costs: Float64Array } {
  const possible = startsWhere(
    new Int32Array(all.length).map((_, i) => i),
    (i) => all_costs[i] !== Infinity,
  );
  const kept = possible.length <= most ? possible : Int32Array.from(
    Array.from(possible).sort((a, b) => all_costs[a]! - all_costs[b]! || a - b).slice(0, most),
  ).sort();
  return {
    starts: kept.map((i) => all[i]!),
    costs: Float64Array.from(kept, (i) => all_costs[i]!),
  };
}

function scorer(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
  series: Series | undefined,
): Scorer {
  return series === undefined
    ? startScorer(search, people, starts)
    : seriesScorer(series, occurrencesFrom(series, starts));
}

function leastCostly(starts: Int32Array, costs: Float64Array, pointsOf: Scorer): ScoredStart[] {
  const scored = Array.from(starts, (start, i) => {
    const points = pointsOf(i);
    return { start, points, total: total(points), cost: costs[i]! };
  });
  return scored.sort((a, b) => a.cost - b.cost || b.total - a.total || a.start - b.start);
}
