import { analyse } from "./availability/analytics.ts";
import { bestOf, type ScoredStart, startScorer } from "./scoring/best_starts.ts";
import { readUntil } from "./busy_window.ts";
import { candidatesAt } from "./explaining/candidate.ts";
import { freeStarts } from "./availability/free_starts.ts";
import { negotiate } from "./alternatives/negotiation.ts";
import { type Person, readPeople } from "./availability/person.ts";
import { sayTime } from "./explaining/phrases.ts";
import { type Question, readQuestion } from "./input/search_request.ts";
import { readRecurrence } from "@shared/time/recurrence_rule.ts";
import { refuseEmpty, refuseUnknown } from "./explaining/no_slots.ts";
import { layOutSeries, occurrencesOf, type Series, seriesScorer } from "./availability/series.ts";
import type { SchedulingRequest, SchedulingResult } from "./input/scheduling_request.ts";

/**
 * The best times for a meeting, with scores and reasons, or why there is none and what would change that, with the times
 * that a concession would allow apart. Pure: the answer depends on the arguments alone. Throws SchedulingInputError,
 * with the field's path, for a request that makes no sense.
 */
export function findSlots(request: SchedulingRequest): SchedulingResult {
  const { constraints, participants, now, weights, recurrence } = request;
  const rule = recurrence && readRecurrence(recurrence);
  const question = readQuestion(constraints, now, weights, rule);
  const people = readPeople(participants, question);
  const read_until = readUntil(request, question, rule);
  const refused = { question, people, now_minute: Math.ceil(now.getTime() / 60_000), rule };
  const { starts: free, on_grid } = freeStarts(question, people);
  const series = rule && layOutSeries(rule, question, people);
  const starts = series === undefined ? free : withOccurrences(series, free);
  const unreadable = people.filter((person) => refusesUnknown(question, person));
  const common = {
    unknown: people.filter(({ unknown }) => unknown).map(({ participant }) => participant.email),
    analytics: analyse(people, on_grid, starts.length),
    conceded_candidates: [],
    negotiation_rounds: 0,
  };
  const none = { candidates: [], total_candidates_evaluated: 0, ...common };
  if (unreadable.length > 0) return { ...none, ...refuseUnknown(refused, unreadable) };
  const earliest = starts[0];
  if (earliest === undefined) {
    return {
      ...none,
      ...refuseEmpty(refused),
      ...negotiate({ question, people, rule, read_until }),
    };
  }
  const best = bestOfAll(question, people, starts, series);
  return {
    candidates: candidatesAt(question, people, best, earliest, series),
    total_candidates_evaluated: starts.length,
    blocking: [],
    message: sayFound(question, starts.length, best[0]?.start ?? earliest),
    ...common,
  };
}

function bestOfAll(
  question: Question,
  people: readonly Person[],
  starts: Int32Array,
  series: Series | undefined,
): ScoredStart[] {
  const scorer = series === undefined
    ? startScorer(question, people, starts)
    : seriesScorer(question, series, starts);
  return bestOf(starts, scorer, question.max_candidates);
}

/** A rule may end on the very day of a start, but earlier in it. */
function withOccurrences(series: Series, starts: Int32Array): Int32Array {
  return starts.filter((start) => occurrencesOf(series, start).length > 0);
}

function refusesUnknown({ on_unknown }: Question, { needed, unknown }: Person): boolean {
  return needed && unknown && on_unknown !== "ignore";
}

function sayFound(question: Question, count: number, start: number): string {
  const times = count === 1 ? "One time is" : `${count} times are`;
  return `${times} possible; the best is ${sayTime(question, start)}.`;
}
