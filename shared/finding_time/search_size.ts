import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import type { CompleteConstraints } from "@shared/schemas/constraints.ts";
import type { MeetingParticipant } from "@shared/schemas/participant.ts";

/** What of a request decides how large its search is. */
interface SearchDimensions {
  constraints: CompleteConstraints;
  attending: readonly (MeetingParticipant & { group?: unknown })[];
  recurrence: readonly string[] | null;
}

const DAY_MS = 86_400_000;
/**
 * What an occurrence of a series, a person's own preferences, and a day of someone's open hours cost beside the score of
 * one person at one start.
 */
const OCCURRENCE = 5;
const OWN_PREFERENCES = 3;
const OPEN_DAY = 24;
/** Members of groups are looked at three times more, to choose and to say who is never free; of so many occurrences once more. */
const GROUP_MEMBER = 3;
const OCCURRENCES_OF_MEMBER = 20;
/** By how much two hours before and after widen the usual eight. */
const TRIED_AROUND = 2;
const WIDER_THAN_MOST = 12 / 8;
/** For a series of which a share of people must come, each is looked at so often more. */
const SHARE_OF_SERIES = 6;

/**
 * Where a request asks for a larger search than one call can pay for: its path, and what would change it. Each of its
 * numbers alone is allowed; half a second of processor time is spent by their product.
 */
export function searchProblem(
  request: SearchDimensions,
): { path: string; message: string } | null {
  const { constraints, attending } = request;
  const zones = new Set([constraints.timezone]);
  for (const { timezone, open_hours = [] } of attending) {
    if (timezone !== undefined) zones.add(timezone);
    for (const hours of open_hours) if (hours.timezone !== undefined) zones.add(hours.timezone);
  }
  if (zones.size > LIMITS.timezones) {
    return {
      path: "participants",
      message: `Expected at most ${LIMITS.timezones} different time zones`,
    };
  }
  if (searchSteps(request) > LIMITS.search_steps) {
    return {
      path: "constraints.latest_date",
      message:
        "The search is too large. Send a shorter time window, a larger interval_minutes, fewer participants or open hours, or a smaller recurrence_horizon",
    };
  }
  return answerProblem(request);
}

/** What the response says of a participant at a candidate beside name and address: status, local start, burden. */
const OF_A_PARTICIPANT = 100;

/** Where the response, which names all people at each candidate, would be too long. */
function answerProblem(
  { constraints: { max_candidates }, attending }: SearchDimensions,
): { path: string; message: string } | null {
  const characters = attending.reduce(
    (sum, { email, name = "" }) => sum + email.length + name.length + OF_A_PARTICIPANT,
    0,
  );
  if (characters === 0 || max_candidates * characters <= LIMITS.answer_characters) return null;
  const most = Math.floor(LIMITS.answer_characters / characters);
  return {
    path: "constraints.max_candidates",
    message: `Each candidate would take ${characters} characters for all participants. ` +
      `Send max_candidates of at most ${most}, fewer participants or shorter names`,
  };
}

/** How large a search is: the scores of one person at one start that it may have to compute. */
export function searchSteps({ constraints, attending, recurrence }: SearchDimensions): number {
  const { earliest_date, latest_date, working_hours_start, working_hours_end } = constraints;
  const days = Math.max(0, (Date.parse(latest_date) - Date.parse(earliest_date)) / DAY_MS) + 1;
  const open_hours = attending.reduce(
    (total, person) => total + (person.open_hours?.length ?? 0),
    0,
  );
  // Own open hours may be wider than the working hours.
  const share = open_hours > 0
    ? 1
    : hoursTried(working_hours_end - working_hours_start) / 24 * constraints.allowed_days.length /
      7;
  const starts = days * share * MINUTES_PER_DAY / constraints.interval_minutes;
  const occurrences = recurrence === null ? 0 : constraints.recurrence_horizon;
  const series = OCCURRENCE * occurrences + datesOf(recurrence ?? []);
  const preferring = attending.filter(({ preferences }) => preferences !== undefined).length;
  const people = attending.length + OWN_PREFERENCES * preferring;
  const members = attending.filter(({ group }) => group !== undefined).length;
  const choosing = members * (GROUP_MEMBER + occurrences / OCCURRENCES_OF_MEMBER);
  const is_counted = constraints.minimum_attendee_percentage > 0 && recurrence !== null;
  const counting = is_counted ? SHARE_OF_SERIES * attending.length : 0;
  return starts * (people + choosing + counting + series) + OPEN_DAY * days * open_hours;
}

/** A search without a slot tries wider hours, which for short days are a multiple. */
function hoursTried(hours: number): number {
  return Math.max(hours, (hours + 2 * TRIED_AROUND) / WIDER_THAN_MOST);
}

/** How many dates a recurrence leaves out and adds; each costs about as much as the score of one person. */
function datesOf(recurrence: readonly string[]): number {
  return recurrence.filter((line) => !line.startsWith("RRULE:"))
    .reduce((total, line) => total + line.split(",").length, 0);
}
