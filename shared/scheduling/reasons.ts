import { attends, FREE, statusName, TENTATIVE, UNKNOWN } from "./attendance.ts";
import { comfortAt, minutesOutsideUsualDay, MOST_COMFORT } from "./comfort.ts";
import { MINUTES_PER_DAY } from "./instants.ts";
import type { Person } from "./person.ts";
import { sayTimeOfDay } from "./plain_words.ts";
import { CLEAR_MINUTES } from "./score.ts";
import type { AvailabilityStatus } from "./types.ts";
import { offsetAt } from "./zones.ts";

/**
 * A fact about a candidate that anybody can check against the calendars. Names are the participant's name, or the
 * e-mail address of somebody without one. `clear_before` is time before that person's next meeting, `clear_after` time
 * after their last one.
 */
export type Reason =
  | { code: "everyone_free"; args: { count: number } }
  | {
    code: "some_absent";
    args: { coming: number; invited: number; absent: Absence[] };
  }
  | { code: "tentative"; args: { names: string[] } }
  | { code: "calendar_unknown"; args: { names: string[] } }
  | { code: "clear_of_meetings"; args: { minutes: number } }
  | { code: "clear_before"; args: { minutes: number; name: string } }
  | { code: "clear_after"; args: { minutes: number; name: string } }
  | { code: "back_to_back"; args: { side: "before" | "after"; name: string } }
  | { code: "comfortable_for_everyone"; args: { count: number } }
  | {
    code: "outside_comfortable_hours";
    args: { local_time: string; timezone: string; part: "early" | "late"; names: string[] };
  }
  | { code: "keeps_free_time_whole"; args: { count: number } }
  | {
    code: "splits_free_time";
    args: { name: string; minutes_before: number; minutes_after: number };
  }
  | { code: "earliest_start"; args: Record<string, never> };

// A type, not an interface: the arguments of a reason must fit Record<string, unknown>.
export type Absence = { name: string; status: AvailabilityStatus };

/** One person at one start: what `attendance` found. */
export interface Presence {
  person: Person;
  status: number;
  clear_before: number;
  clear_after: number;
  room_before: number;
  room_after: number;
}

/** The facts behind a candidate's score, the weightiest factor first. `presences` leave resources out. */
export function reasonsFor(
  presences: readonly Presence[],
  start: number,
  duration: number,
  is_earliest: boolean,
): Reason[] {
  const sorted = presences.toSorted((a, b) => byName(a.person, b.person));
  const coming = sorted.filter(({ status }) => attends(status));
  return [
    ...whoComes(sorted, coming.length),
    ...(coming.length === 0 ? [] : [
      nearestMeeting(coming),
      ...comfort(coming, start, duration),
      freeTime(coming),
    ]),
    ...(is_earliest ? [{ code: "earliest_start", args: {} } as const] : []),
  ];
}

function whoComes(presences: readonly Presence[], coming: number): Reason[] {
  const invited = presences.length;
  if (presences.every(({ status }) => status === FREE)) {
    return [{ code: "everyone_free", args: { count: invited } }];
  }
  const absent = presences
    .filter(({ status }) => !attends(status) && status !== UNKNOWN)
    .map(({ person, status }) => ({ name: person.label, status: statusName(status) }));
  const tentative = labels(presences.filter(({ status }) => status === TENTATIVE));
  const unknown = labels(presences.filter(({ status }) => status === UNKNOWN));
  const reasons: Reason[] = [];
  if (absent.length > 0) reasons.push({ code: "some_absent", args: { coming, invited, absent } });
  if (tentative.length > 0) reasons.push({ code: "tentative", args: { names: tentative } });
  if (unknown.length > 0) reasons.push({ code: "calendar_unknown", args: { names: unknown } });
  return reasons;
}

function nearestMeeting(coming: readonly Presence[]): Reason {
  const clear = ({ clear_before, clear_after }: Presence) => Math.min(clear_before, clear_after);
  const nearest = coming.reduce((a, b) => clear(b) < clear(a) ? b : a);
  const minutes = clear(nearest);
  const name = nearest.person.label;
  const side = nearest.clear_before === minutes ? "before" : "after";
  if (minutes >= CLEAR_MINUTES) {
    return { code: "clear_of_meetings", args: { minutes: CLEAR_MINUTES } };
  }
  if (minutes === 0) return { code: "back_to_back", args: { side, name } };
  return side === "before"
    ? { code: "clear_after", args: { minutes, name } }
    : { code: "clear_before", args: { minutes, name } };
}

/** One reason for each zone in which it is early or late for somebody, the worst first. */
function comfort(coming: readonly Presence[], start: number, duration: number): Reason[] {
  const uncomfortable = coming
    .filter(({ person }) => comfortAt(person, start, duration) < MOST_COMFORT);
  if (uncomfortable.length === 0) {
    return [{ code: "comfortable_for_everyone", args: { count: coming.length } }];
  }
  const zones = Map.groupBy(uncomfortable, ({ person }) => person.timezone);
  return [...zones.values()]
    .map((group) => ({ group, ...outsideOf(group, start, duration) }))
    .toSorted((a, b) => Math.max(b.early, b.late) - Math.max(a.early, a.late))
    .map(({ group, timezone, early, late, local_time }) => ({
      code: "outside_comfortable_hours",
      args: { local_time, timezone, part: early >= late ? "early" : "late", names: labels(group) },
    }));
}

function outsideOf(group: readonly Presence[], start: number, duration: number) {
  const { person } = group[0]!;
  const wall = start + offsetAt(person.offsets, start);
  return {
    timezone: person.timezone,
    local_time: sayTimeOfDay(wall - Math.floor(wall / MINUTES_PER_DAY) * MINUTES_PER_DAY),
    ...minutesOutsideUsualDay(person, start, duration),
  };
}

function freeTime(coming: readonly Presence[]): Reason {
  const smaller = ({ room_before, room_after }: Presence) => Math.min(room_before, room_after);
  const split = coming.reduce((a, b) => smaller(b) > smaller(a) ? b : a);
  if (smaller(split) === 0) {
    return { code: "keeps_free_time_whole", args: { count: coming.length } };
  }
  return {
    code: "splits_free_time",
    args: {
      name: split.person.label,
      minutes_before: split.room_before,
      minutes_after: split.room_after,
    },
  };
}

function labels(presences: readonly Presence[]): string[] {
  return presences.map(({ person }) => person.label);
}

/** Of people whom a fact holds for equally, the first by name is named, whatever the order of the request. */
function byName(a: Person, b: Person): number {
  return compare(a.label, b.label) || compare(a.participant.email, b.participant.email);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
