import type { BusyMap } from "../availability/busy_map.ts";
import { busyMap, freeStarts } from "../availability/free_starts.ts";
import { layOutAgain, type Person, readPeople } from "../availability/person.ts";
import { countComing, countedPeople } from "../availability/quorum.ts";
import { sayMinutes, sayNames } from "../explaining/phrases.ts";
import type { SeriesRule } from "../input/recurrence.ts";
import type { Question } from "../input/search_request.ts";
import { hoursNeeded, leastWidening } from "./hours_needed.ts";
import { blockersOfNearMiss } from "./near_miss.ts";
import { type Changed, nameable, sayStart, type SeriesWish } from "./suggested_start.ts";

/** A refused question, with what its changes are tried on. `now` is in minutes. */
export interface Refused {
  question: Question;
  people: readonly Person[];
  now_minute: number;
  rule?: SeriesRule | undefined;
}

/** The same, and what of a series a suggestion may name. */
interface Tried extends Refused {
  series: SeriesWish;
}

const FINER_GRIDS_MINUTES = [30, 15, 10, 5];
const SMALLER_BUFFERS_MINUTES = [30, 15, 10, 5, 0];
const SHORTER_BY_MINUTES = [5, 10, 15];
const SHORTEST_MINUTES = 10;
const WIDER_STEP_MINUTES = 30;

/**
 * The smallest change that yields a slot, as a sentence that names it and the first slot it gives; undefined when none
 * does. Every change was tried, of a series at every occurrence; only where no change makes all of them possible, one
 * that gives the series a beginning is named, with how many are. Small means: what costs nobody anything first (grid, notice), then tentative time,
 * buffers, a shorter meeting, hours up to an hour wider, one person fewer, and only then more of the same.
 */
export function suggestChange(refused: Refused): string | undefined {
  return tryEach(refused, smallestChange);
}

function smallestChange(tried: Tried): string | undefined {
  const map = busyMap(tried.question, tried.people);
  return lowerShare(tried, map) ?? finerGrid(tried, map) ?? lessNotice(tried, map) ??
    overTentative(tried) ?? smallerBuffers(tried) ?? shorterMeeting(tried, map) ??
    widerHours(tried, map, 30, 60) ?? withoutPeople(tried, 1) ??
    widerHours(tried, map, 90, 240) ?? withoutPeople(tried, 3);
}

function tryEach(
  refused: Refused,
  attempt: (tried: Tried) => string | undefined,
): string | undefined {
  const { rule } = refused;
  if (rule === undefined) return attempt({ ...refused, series: undefined });
  return attempt({ ...refused, series: { rule, whole: true } }) ??
    attempt({ ...refused, series: { rule, whole: false } });
}

/** The first slot that the question would have if unknown people were ignored. */
export function suggestIgnoring(refused: Refused): string | undefined {
  return tryEach(refused, ({ question, people, series }) => {
    const said = firstSaid({ question: { ...question, on_unknown: "ignore" }, people }, series);
    return said && `With on_unknown "ignore" the meeting could be on ${said}, ` +
        "when everybody whose calendar can be read is free";
  });
}

/** The first nameable start of a changed question, in words. */
function firstSaid(changed: Changed, series: SeriesWish, map?: BusyMap): string | undefined {
  const first = firstNameable(changed, series, map);
  return first === undefined ? undefined : sayStart(changed, first, series);
}

function firstNameable(changed: Changed, series: SeriesWish, map?: BusyMap): number | undefined {
  const { starts } = freeStarts(changed.question, changed.people, map);
  return nameable(changed, starts, series)[0];
}

function lowerShare({ question, people, series }: Tried, map: BusyMap): string | undefined {
  const { minimum_attendee_percentage } = question;
  const { starts } = freeStarts({ ...question, minimum_attendee_percentage: 0 }, people, map);
  if (minimum_attendee_percentage === 0 || starts.length === 0) return undefined;
  const counted = countedPeople(question, people);
  const most = countComing(question, counted, starts).reduce((a, b) => Math.max(a, b), 0);
  const percentage = Math.floor(100 * most / counted.length);
  const changed = { ...question, minimum_attendee_percentage: percentage };
  const said = firstSaid({ question: changed, people }, series, map);
  return said &&
    `With ${percentage} percent of the people instead of ${minimum_attendee_percentage} ` +
      `(minimum_attendee_percentage) the meeting could be on ${said}`;
}

function finerGrid({ question, people, series }: Tried, map: BusyMap): string | undefined {
  return firstOf(
    FINER_GRIDS_MINUTES.filter((minutes) => minutes < question.interval),
    (minutes) => {
      const said = firstSaid({ question: { ...question, interval: minutes }, people }, series, map);
      return said && `Starting every ${minutes} minutes instead of every ${question.interval} ` +
          `(interval_minutes) the meeting could be on ${said}`;
    },
  );
}

function lessNotice(
  { question, people, now_minute, series }: Tried,
  map: BusyMap,
): string | undefined {
  const earliest_start = Math.max(question.from, now_minute);
  if (earliest_start === question.earliest_start) return undefined;
  const changed = { question: { ...question, earliest_start }, people };
  const first = firstNameable(changed, series, map);
  return first === undefined
    ? undefined
    : `With a notice of ${sayMinutes(Math.max(0, first - now_minute))} or less ` +
      `(minimum_notice_minutes) the meeting could be on ${sayStart(changed, first, series)}`;
}

function overTentative({ question, people, series }: Tried): string | undefined {
  if (!question.tentative_as_busy) return undefined;
  const changed = { ...question, tentative_as_busy: false };
  const asked_again = readPeople(people.map((p) => p.participant), changed);
  const said = firstSaid({ question: changed, people: asked_again }, series);
  return said && "If tentative time may be used (tentative_as_busy false) " +
      `the meeting could be on ${said}`;
}

function smallerBuffers({ question, people, series }: Tried): string | undefined {
  const largest = Math.max(...people.map(({ buffer }) => Math.max(buffer.before, buffer.after)));
  return firstOf(SMALLER_BUFFERS_MINUTES.filter((minutes) => minutes < largest), (minutes) => {
    const less = people.map((person): Person => ({
      ...person,
      buffer: {
        before: Math.min(person.buffer.before, minutes),
        after: Math.min(person.buffer.after, minutes),
      },
    }));
    const said = firstSaid({ question, people: less }, series);
    return said && `With buffers of ${sayMinutes(minutes)} instead of ${largest} ` +
        `the meeting could be on ${said}`;
  });
}

function shorterMeeting({ question, people, series }: Tried, map: BusyMap): string | undefined {
  return firstOf(SHORTER_BY_MINUTES, (less) => {
    const duration = question.duration - less;
    if (duration < SHORTEST_MINUTES) return undefined;
    const said = firstSaid({ question: { ...question, duration }, people }, series, map);
    return said && `A meeting of ${sayMinutes(duration)} instead of ${question.duration} ` +
        `could be on ${said}`;
  });
}

function widerHours(
  { question, people, series }: Tried,
  map: BusyMap,
  least: number,
  most: number,
): string | undefined {
  for (let wider = least; wider <= most; wider += WIDER_STEP_MINUTES) {
    const changed = {
      question,
      people: layOutAgain(people, question, wider),
      widened: { minutes: wider, entitled: people },
    };
    const { starts } = freeStarts(question, changed.people, map);
    const start = leastWidening(question, people, nameable(changed, starts, series));
    if (start === undefined) continue;
    return `If ${sayHours(question, people, start)}, the meeting could be on ${
      sayStart(changed, start, series)
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

function withoutPeople({ question, people, series }: Tried, most: number): string | undefined {
  const miss = blockersOfNearMiss(question, people, most);
  if (miss === undefined) return undefined;
  const optional = people.map((person): Person =>
    miss.blockers.includes(person)
      ? { ...person, needed: false, participant: { ...person.participant, type: "optional" } }
      : person
  );
  const said = firstSaid({ question, people: optional }, series);
  const names = miss.blockers.map(({ label }) => label);
  return said && `Without ${sayNames(names)} (made optional) the meeting could be on ${said}`;
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
