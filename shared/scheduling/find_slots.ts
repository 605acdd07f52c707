import { type ConcededCandidate, negotiate } from "./alternatives/negotiation.ts";
import { suggestChange, suggestIgnoring } from "./alternatives/suggestion.ts";
import { analyse, type Analytics } from "./availability/analytics.ts";
import { freeStarts } from "./availability/free_starts.ts";
import { type Person, readPeople } from "./availability/person.ts";
import { occurrencesFrom } from "./availability/occurrences.ts";
import { layOutSeries } from "./availability/series.ts";
import { readUntil } from "./busy_window.ts";
import { type Blocking, unreadableMembers } from "./explaining/blocking.ts";
import { type Candidate, candidatesAt } from "./explaining/candidate.ts";
import { type EmptyReason, explainEmpty, explainUnreadable } from "./explaining/no_slots.ts";
import { formatTime } from "./explaining/phrases.ts";
import { readRecurrence } from "./input/recurrence.ts";
import type { SchedulingRequest } from "./input/scheduling_request.ts";
import { readSearchRequest, type SearchRequest } from "./input/search_request.ts";
import { bestOf, scoredStart, startScorer } from "./scoring/best_starts.ts";
import { seriesScorer } from "./scoring/series_scorer.ts";

/**
 * The result: candidates best first, and always who is `unknown` (e-mail addresses). Without candidates it says why,
 * who is in the way and, if one was found by trying it, the smallest change that would yield a slot.
 * `total_candidates_evaluated` counts the starts that were possible and were scored. Without candidates there may be
 * `conceded_candidates`, those that ask the least of people first; `negotiation_rounds` of at most three were needed.
 */
export interface SchedulingResult {
  candidates: Candidate[];
  conceded_candidates: ConcededCandidate[];
  negotiation_rounds: number;
  total_candidates_evaluated: number;
  empty_reason?: EmptyReason;
  blocking: Blocking[];
  suggestion?: string;
  message: string;
  unknown: string[];
  analytics: Analytics;
}

/**
 * The best times for a meeting, with scores and reasons, or why there is none and what would change that, with the times
 * that a concession would allow apart. Pure: the answer depends on the arguments alone. Throws SchedulingInputError,
 * with the field's path, for a request that makes no sense.
 */
export function findSlots(request: SchedulingRequest): SchedulingResult {
  const { constraints, participants, now, weights, recurrence, locale, excluded } = request;
  const rule = recurrence && readRecurrence(recurrence);
  const search = readSearchRequest(constraints, now, {
    weights,
    recurrence: rule,
    locale,
    excluded,
  });
  const people = readPeople(participants, search);
  const read_until = readUntil(request, search, rule);
  const { starts: free, on_grid } = freeStarts(search, people);
  const empty = { search, people, now_minute: Math.ceil(now.getTime() / 60_000), on_grid, rule };
  const series = rule && layOutSeries(rule, search, people);
  const occurrences = series && occurrencesFrom(series, free);
  const starts = occurrences === undefined ? free : occurrences.starts;
  const unreadable = [
    ...people.filter((person) => refusesUnknown(search, person)),
    ...unreadableMembers(people),
  ];
  const common = {
    unknown: people.filter(({ unknown }) => unknown).map(({ participant }) => participant.email),
    analytics: analyse(people, on_grid, starts.length),
    conceded_candidates: [],
    negotiation_rounds: 0,
  };
  const none = { candidates: [], total_candidates_evaluated: 0, ...common };
  if (unreadable.length > 0) {
    return {
      ...none,
      ...explainUnreadable(search, people, unreadable),
      ...suggestion(suggestIgnoring(empty)),
    };
  }
  const earliest = starts[0];
  if (earliest === undefined) {
    return {
      ...none,
      ...explainEmpty(search, people),
      ...suggestion(suggestChange(empty)),
      ...negotiate({ search, people, rule, read_until, on_grid }),
    };
  }
  const scorer = series === undefined || occurrences === undefined
    ? startScorer(search, people, starts)
    : seriesScorer(series, occurrences);
  // The runner-up is named, also where one candidate is wanted.
  const best = bestOf(search, starts, scorer, Math.max(2, search.max_candidates));
  const wanted = best.slice(0, search.max_candidates);
  const compared = {
    earliest: scoredStart(starts, scorer, 0),
    runner_up: best[1],
    is_late_by_notice: isLateByNotice(search, people),
  };
  return {
    candidates: candidatesAt(search, people, wanted, earliest, { compared, series }),
    total_candidates_evaluated: starts.length,
    blocking: [],
    message: foundMessage(search, starts.length, best[0]?.start ?? earliest),
    ...common,
  };
}

function suggestion(sentence: string | undefined): { suggestion?: string } {
  return sentence === undefined ? {} : { suggestion: `${sentence}.` };
}

/** Whether a shorter notice would allow earlier starts. */
function isLateByNotice(search: SearchRequest, people: readonly Person[]): boolean {
  const { earliest_start, earliest_without_notice } = search;
  if (earliest_without_notice === earliest_start) return false;
  const [first] = freeStarts({ ...search, earliest_start: earliest_without_notice }, people).starts;
  return first !== undefined && first < earliest_start;
}

function refusesUnknown({ on_unknown }: SearchRequest, { needed, unknown }: Person): boolean {
  return needed && unknown && on_unknown !== "ignore";
}

function foundMessage(search: SearchRequest, count: number, start: number): string {
  return search.texts.results.found(count, formatTime(search, start));
}
