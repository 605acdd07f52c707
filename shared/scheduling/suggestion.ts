import { countComing, countedPeople } from "./attendee_share.ts";
import type { BusyMap } from "./busy_map.ts";
import { blockersOfNearMiss } from "./near_miss.ts";
import { busyMap, freeStarts } from "./free_starts.ts";
import { hoursNeeded, leastWidening } from "./hours_needed.ts";
import { layOutAgain, type Person, readPeople } from "./person.ts";
import { sayMinutes, sayNames, sayTime } from "./plain_words.ts";
import type { Question } from "./question.ts";

/** A refused question, with what its changes are tried on. `now` is in minutes. */
export interface Refused {
  question: Question;
  people: readonly Person[];
  now_minute: number;
}

const FINER_GRIDS_MINUTES = [30, 15, 10, 5];
const SMALLER_BUFFERS_MINUTES = [30, 15, 10, 5, 0];
const SHORTER_BY_MINUTES = [5, 10, 15];
const SHORTEST_MINUTES = 10;
const WIDER_STEP_MINUTES = 30;

/**
 * The smallest change that yields a slot, as a sentence that names it and the first slot it gives; undefined when none
 * does. Every change was tried. Small means: what costs nobody anything first (grid, notice), then tentative time,
 * buffers, a shorter meeting, hours up to an hour wider, one person fewer, and only then more of the same.
 */
export function suggestChange(refused: Refused): string | undefined {
  const map = busyMap(refused.question, refused.people);
  return lowerShare(refused, map) ?? finerGrid(refused, map) ?? lessNotice(refused, map) ??
    overTentative(refused) ?? smallerBuffers(refused) ?? shorterMeeting(refused, map) ??
    widerHours(refused, map, 30, 60) ?? withoutPeople(refused, 1) ??
    widerHours(refused, map, 90, 240) ?? withoutPeople(refused, 3);
}

/** The first slot that the question would have if unknown people were ignored. */
export function suggestIgnoring({ question, people }: Refused): string | undefined {
  const first = freeStarts({ ...question, on_unknown: "ignore" }, people).starts[0];
  return first === undefined
    ? undefined
    : `With on_unknown "ignore" the meeting could be on ${sayTime(question, first)}, ` +
      "when everybody whose calendar can be read is free";
}

function lowerShare({ question, people }: Refused, map: BusyMap): string | undefined {
  const { minimum_attendee_percentage } = question;
  const { starts } = freeStarts({ ...question, minimum_attendee_percentage: 0 }, people, map);
  if (minimum_attendee_percentage === 0 || starts.length === 0) return undefined;
  const counted = countedPeople(question, people);
  const most = countComing(question, counted, starts).reduce((a, b) => Math.max(a, b), 0);
  const percentage = Math.floor(100 * most / counted.length);
  const changed = { ...question, minimum_attendee_percentage: percentage };
  const first = freeStarts(changed, people, map).starts[0];
  return first === undefined
    ? undefined
    : `With ${percentage} percent of the people instead of ${minimum_attendee_percentage} ` +
      `(minimum_attendee_percentage) the meeting could be on ${sayTime(question, first)}`;
}

function finerGrid({ question, people }: Refused, map: BusyMap): string | undefined {
  return firstOf(
    FINER_GRIDS_MINUTES.filter((minutes) => minutes < question.interval),
    (minutes) => {
      const first = freeStarts({ ...question, interval: minutes }, people, map).starts[0];
      return first === undefined
        ? undefined
        : `Starting every ${minutes} minutes instead of every ${question.interval} ` +
          `(interval_minutes) the meeting could be on ${sayTime(question, first)}`;
    },
  );
}

function lessNotice({ question, people, now_minute }: Refused, map: BusyMap): string | undefined {
  const earliest_start = Math.max(question.from, now_minute);
  if (earliest_start === question.earliest_start) return undefined;
  const first = freeStarts({ ...question, earliest_start }, people, map).starts[0];
  return first === undefined
    ? undefined
    : `With a notice of ${sayMinutes(Math.max(0, first - now_minute))} or less ` +
      `(minimum_notice_minutes) the meeting could be on ${sayTime(question, first)}`;
}

function overTentative({ question, people }: Refused): string | undefined {
  if (!question.tentative_as_busy) return undefined;
  const changed = { ...question, tentative_as_busy: false };
  const first =
    freeStarts(changed, readPeople(people.map((p) => p.participant), changed)).starts[0];
  return first === undefined
    ? undefined
    : "If tentative time may be used (tentative_as_busy false) " +
      `the meeting could be on ${sayTime(question, first)}`;
}

function smallerBuffers({ question, people }: Refused): string | undefined {
  const largest = Math.max(...people.map(({ buffer }) => Math.max(buffer.before, buffer.after)));
  return firstOf(SMALLER_BUFFERS_MINUTES.filter((minutes) => minutes < largest), (minutes) => {
    const less = people.map((person): Person => ({
      ...person,
      buffer: {
        before: Math.min(person.buffer.before, minutes),
        after: Math.min(person.buffer.after, minutes),
      },
    }));
    const first = freeStarts(question, less).starts[0];
    return first === undefined
      ? undefined
      : `With buffers of ${sayMinutes(minutes)} instead of ${largest} ` +
        `the meeting could be on ${sayTime(question, first)}`;
  });
}

function shorterMeeting({ question, people }: Refused, map: BusyMap): string | undefined {
  return firstOf(SHORTER_BY_MINUTES, (less) => {
    const duration = question.duration - less;
    if (duration < SHORTEST_MINUTES) return undefined;
    const first = freeStarts({ ...question, duration }, people, map).starts[0];
    return first === undefined
      ? undefined
      : `A meeting of ${sayMinutes(duration)} instead of ${question.duration} ` +
        `could be on ${sayTime(question, first)}`;
  });
}

function widerHours(
  { question, people }: Refused,
  map: BusyMap,
  least: number,
  most: number,
): string | undefined {
  for (let wider = least; wider <= most; wider += WIDER_STEP_MINUTES) {
    const { starts } = freeStarts(question, layOutAgain(people, question, wider), map);
    const start = leastWidening(question, people, starts);
    if (start === undefined) continue;
    return `If ${sayHours(question, people, start)}, the meeting could be on ${
      sayTime(question, start)
    }`;
  }
  return undefined;
}

function sayHours(question: Question, people: readonly Person[], start: number): string {
  const needed = people.flatMap((person) => {
    const hours = hoursNeeded(question, person, start);
    return hours === undefined ? [] : [{ label: person.label, words: hours.words }];
  });
  const groups = [...Map.groupBy(needed, ({ words }) => words)];
  return groups
    .map(([words, members]) => `${sayNames(members.map(({ label }) => label))} were ${words}`)
    .join(" and ");
}

function withoutPeople({ question, people }: Refused, most: number): string | undefined {
  const miss = blockersOfNearMiss(question, people, most);
  if (miss === undefined) return undefined;
  const optional = people.map((person): Person =>
    miss.blockers.includes(person)
      ? { ...person, needed: false, participant: { ...person.participant, type: "optional" } }
      : person
  );
  const first = freeStarts(question, optional).starts[0];
  if (first === undefined) return undefined;
  const names = miss.blockers.map(({ label }) => label);
  return `Without ${sayNames(names)} (made optional) the meeting could be on ${
    sayTime(question, first)
  }`;
}

function firstOf(
  values: readonly number[],
  attempt: (value: number) => string | undefined,
): string | undefined {
  for (const value of values) {
    const found = attempt(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
