import { formatInstant } from "@shared/time/instants.ts";
import { offsetAt } from "@shared/time/zones.ts";
import {
  attendance,
  attends,
  type AvailabilityStatus,
  newAttendance,
  statusName,
} from "../availability/attendance.ts";
import type { Person } from "../availability/person.ts";
import type { Series } from "../availability/series.ts";
import { chooseForSeries, type SeriesChoices } from "../availability/series_choice.ts";
import { occurrencesFrom } from "../availability/occurrences.ts";
import {
  seriesAvailabilities,
  type SeriesAvailability,
} from "../availability/series_availability.ts";
import type { SearchRequest } from "../input/search_request.ts";
import type { ScoreBreakdown } from "../input/weights.ts";
import type { ScoredStart } from "../scoring/best_starts.ts";
import { clockConvenience, sameClock } from "../scoring/convenience.ts";
import { MOST_CONVENIENT } from "../scoring/scales.ts";
import { type Attendee, byName } from "./attendee.ts";
import {
  choiceReasons,
  type ChosenMembers,
  chosenMembers,
  type GroupAtStart,
  membersAt,
  membersOfSeries,
} from "./chosen_members.ts";
import { explain } from "./explanation.ts";
import type { Reason } from "./reason.ts";
import { reasonsFor, seriesReason } from "./reasons.ts";
import { rejected } from "./rejected.ts";

/**
 * One participant at one candidate; `local_start` carries the offset of the participant's own zone. `burden` is what
 * the hour costs a person who comes, in points from 1 to 100; it is left out where it costs nothing.
 */
export interface ParticipantAvailability {
  email: string;
  name?: string;
  status: AvailabilityStatus;
  local_start: string;
  burden?: number;
}

/** A time at which the meeting can be held. Times carry the offset of the request's zone; `score` is 0 to 100. */
export interface Candidate {
  start_time: string;
  end_time: string;
  score: number;
  score_breakdown: ScoreBreakdown;
  reasons: Reason[];
  reasoning: string;
  participant_availability: ParticipantAvailability[];
  /** Who takes part of each group; absent without groups. */
  groups?: ChosenMembers[];
  recurrence?: SeriesAvailability;
}

/** What the best candidate is compared with, where the score alone decides the order. */
export interface Compared {
  /** The first of all possible starts. */
  earliest: ScoredStart;
  /** The next choice, also where it is not wanted as a candidate. */
  runner_up: ScoredStart | undefined;
  /** Whether the notice rules out earlier starts. */
  is_late_by_notice: boolean;
}

/**
 * The candidates of the best starts, in their order. `earliest` is the first of all possible starts; a `series` says how
 * each of them repeats.
 */
export function candidatesAt(
  search: SearchRequest,
  people: readonly Person[],
  best: readonly ScoredStart[],
  earliest: number,
  { compared, series }: { compared?: Compared; series?: Series | undefined } = {},
): Candidate[] {
  const others = compared === undefined ? [] : [compared.earliest, compared.runner_up];
  const starts = [...best, ...others].flatMap((one) => one === undefined ? [] : [one.start]);
  const ascending = Int32Array.from(new Set(starts)).sort();
  const attendees = attendeesAt(search, people, ascending);
  const occurrences = series && occurrencesFrom(series, ascending);
  const choices = series && occurrences && chooseForSeries(series, occurrences);
  const members = groupsAt(search, people, ascending, choices);
  const repeats = series && occurrences && seriesAvailabilities(series, occurrences, choices);
  const invited = invitedByName(people);
  const explained = (scored: ScoredStart) => {
    const { start } = scored;
    const at_groups = members.get(start) ?? [];
    const chosen = at_groups.flatMap((group) => group.chosen);
    const emails = new Set(chosen.map(({ participant }) => participant.email));
    const takesPart = ({ person }: Attendee) =>
      person.group === undefined || emails.has(person.participant.email);
    const all = attendees.get(start) ?? [];
    const here = at_groups.length === 0 ? all : all.filter(takesPart);
    const repeated = repeats?.get(start);
    const recurrence = repeated?.recurrence;
    const named = invited.map((i) => all[i]!);
    const coming = at_groups.length === 0 ? named : named.filter(takesPart);
    const reasons = reasonsFor(search, coming, start, start === earliest);
    const groups = at_groups.map(chosenMembers);
    reasons.push(...at_groups.flatMap((group, i) => choiceReasons(group, groups[i]!)));
    if (repeated !== undefined) reasons.push(seriesReason(repeated));
    return { ...scored, here, attendees: coming, groups, recurrence, reasons };
  };
  return best.map((scored, i) => {
    const found = explained(scored);
    const { start, points, total, here, groups, recurrence, reasons } = found;
    if (i === 0 && compared !== undefined) {
      const { is_late_by_notice, runner_up } = compared;
      const is_late = start !== earliest && runner_up?.start !== earliest;
      const against = [
        ...(is_late
          ? [rejected(search, "first_possible", found, explained(compared.earliest))]
          : []),
        ...(runner_up ? [rejected(search, "runner_up", found, explained(runner_up))] : []),
      ];
      if (is_late_by_notice) reasons.push({ code: "notice", args: { minutes: search.notice } });
      reasons.push(...against);
    }
    const end = start + search.duration;
    return {
      start_time: formatInstant(start, offsetAt(search.offsets, start)),
      end_time: formatInstant(end, offsetAt(search.offsets, end)),
      score: total / 10,
      score_breakdown: inPoints(points),
      reasons,
      reasoning: explain(search.texts, reasons),
      participant_availability: availabilities(here, start, search.duration),
      ...(groups.length === 0 ? {} : { groups }),
      ...(recurrence === undefined ? {} : { recurrence }),
    };
  });
}

/** Who takes part of the groups at each start (ascending); in series by the choices for the same starts. */
function groupsAt(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
  choices: SeriesChoices | undefined,
): Map<number, GroupAtStart[]> {
  const single = choices === undefined ? membersAt(search, people, starts) : [];
  return new Map(Array.from(starts, (start, i) => [
    start,
    choices === undefined ? single[i]! : membersOfSeries(search, choices.at(i), start),
  ]));
}

/** Indexes of the people without the resources, by name: the order of a request must not change whom a fact names. */
function invitedByName(people: readonly Person[]): number[] {
  return [...people.keys()]
    .filter((i) => people[i]!.participant.type !== "resource")
    .sort((i, j) => byName(people[i]!, people[j]!));
}

/** All participants at each start. Only for the best starts: all of them would fill the memory. */
function attendeesAt(
  search: SearchRequest,
  people: readonly Person[],
  ascending: Int32Array,
): Map<number, Attendee[]> {
  const lists = Array.from(ascending, (): Attendee[] => []);
  const found = newAttendance(ascending.length);
  for (const person of people) {
    attendance(person, ascending, search.duration, found);
    for (let i = 0; i < ascending.length; i++) {
      lists[i]!.push({
        person,
        status: found.status[i]!,
        clear_before: found.clear_before[i]!,
        clear_after: found.clear_after[i]!,
        room_before: found.room_before[i]!,
        room_after: found.room_after[i]!,
      });
    }
  }
  return new Map(lists.map((list, i) => [ascending[i]!, list]));
}

function availabilities(
  here: readonly Attendee[],
  start: number,
  duration: number,
): ParticipantAvailability[] {
  // People of one zone share their offsets, and writing a time takes long.
  const local_starts = new Map<Person["offsets"], string>();
  let last: Person | undefined;
  let last_burden = 0;
  return here.map(({ person, status }) => {
    const { email, name, type } = person.participant;
    let local_start = local_starts.get(person.offsets);
    if (local_start === undefined) {
      local_start = formatInstant(start, offsetAt(person.offsets, start));
      local_starts.set(person.offsets, local_start);
    }
    if (last === undefined || !sameClock(person, last)) {
      last = person;
      last_burden = Math.round((MOST_CONVENIENT - clockConvenience(person, start, duration)) / 10);
    }
    const burden = attends(status) && type !== "resource" ? last_burden : 0;
    // Spreading the optional fields would take longer than all the rest.
    const found: ParticipantAvailability = name === undefined
      ? { email, status: statusName(status), local_start }
      : { email, name, status: statusName(status), local_start };
    if (burden > 0) found.burden = burden;
    return found;
  });
}

function inPoints(tenths: ScoreBreakdown): ScoreBreakdown {
  return {
    availability: tenths.availability / 10,
    preference: tenths.preference / 10,
    conflict_proximity: tenths.conflict_proximity / 10,
    fragmentation: tenths.fragmentation / 10,
    optimization: tenths.optimization / 10,
  };
}
