import { analyse } from "./analytics.ts";
import { bestStarts } from "./best_starts.ts";
import { candidatesAt } from "./candidate.ts";
import { freeStarts } from "./free_starts.ts";
import { type Person, readPeople } from "./person.ts";
import { sayTime } from "./plain_words.ts";
import { type Question, readQuestion } from "./question.ts";
import { refuseEmpty, refuseUnknown } from "./refusal.ts";
import type { SchedulingRequest, SchedulingResult } from "./types.ts";

/**
 * The best times for a meeting, with scores and reasons, or why there is none and what would change that. Pure: the
 * answer depends on the arguments alone. Throws SchedulingInputError, with the field's path, for a request that makes
 * no sense.
 */
export function findSlots({ constraints, participants, now }: SchedulingRequest): SchedulingResult {
  const question = readQuestion(constraints, now);
  const people = readPeople(participants, question);
  const refused = { question, people, now_minute: Math.ceil(now.getTime() / 60_000) };
  const { starts, on_grid } = freeStarts(question, people);
  const unreadable = people.filter((person) => refusesUnknown(question, person));
  const common = {
    unknown: people.filter(({ unknown }) => unknown).map(({ participant }) => participant.email),
    analytics: analyse(people, on_grid, starts.length),
  };
  const none = { candidates: [], total_candidates_evaluated: 0, ...common };
  if (unreadable.length > 0) return { ...none, ...refuseUnknown(refused, unreadable) };
  const earliest = starts[0];
  if (earliest === undefined) return { ...none, ...refuseEmpty(refused) };

  const best = bestStarts(question, people, starts);
  return {
    candidates: candidatesAt(question, people, best, earliest),
    total_candidates_evaluated: starts.length,
    blocking: [],
    message: sayFound(question, starts.length, best[0]?.start ?? earliest),
    ...common,
  };
}

function refusesUnknown({ on_unknown }: Question, { needed, unknown }: Person): boolean {
  return needed && unknown && on_unknown !== "ignore";
}

function sayFound(question: Question, count: number, start: number): string {
  const times = count === 1 ? "One time is" : `${count} times are`;
  return `${times} possible; the best is ${sayTime(question, start)}.`;
}
