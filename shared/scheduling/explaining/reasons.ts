import { attends, FREE, statusName, TENTATIVE, UNKNOWN } from "../availability/attendance.ts";
import { labels, type Presence } from "./person_attendance.ts";
import { CLEAR_MINUTES } from "../scoring/score.ts";
import type { AvailabilityStatus } from "../input/scheduling_request.ts";
import type { Weekday } from "@shared/time/weekday.ts";
import { fairness, habits, hoursOfDay, wishes } from "./preference_reasons.ts";

/**
 * A fact about a candidate that anybody can check against the calendars. Names are the participant's name, or the
 * e-mail address of somebody without one. `clear_before` is time before that person's next meeting, `clear_after` time
 * after their last one. Comfortable hours are the preferred ones, else the usual day; `meets_wishes` and the like are
 * about what people asked for, `usually_*` about their answers to meetings at this time of the week.
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
  | { code: "meets_wishes"; args: { names: string[] } }
  | { code: "other_day_preferred"; args: { weekday: Weekday; names: string[] } }
  | {
    code: "other_part_of_day_preferred";
    args: { preferred: "morning" | "afternoon"; names: string[] };
  }
  | { code: "longer_gap_preferred"; args: { name: string; minutes: number; preferred: number } }
  | { code: "usually_accepts"; args: { names: string[] } }
  | { code: "usually_declines"; args: { name: string; percentage: number } }
  | { code: "spares_burdened"; args: { name: string; burden: number } }
  | { code: "every_occurrence_free"; args: { count: number } }
  | { code: "some_occurrences_clash"; args: { count: number; clashing: number; names: string[] } }
  | { code: "keeps_free_time_whole"; args: { count: number } }
  | {
    code: "splits_free_time";
    args: { name: string; minutes_before: number; minutes_after: number };
  }
  | { code: "earliest_start"; args: Record<string, never> };

// A type, not an interface: the arguments of a reason must fit Record<string, unknown>.
export type Absence = { name: string; status: AvailabilityStatus };

/** The facts behind a candidate's score, the weightiest factor first. `presences` come by name, without resources. */
export function reasonsFor(
  presences: readonly Presence[],
  start: number,
  duration: number,
  is_earliest: boolean,
): Reason[] {
  const coming = presences.filter(({ status }) => attends(status));
  return [
    ...whoComes(presences, coming.length),
    ...(coming.length === 0 ? [] : [
      nearestMeeting(coming),
      ...hoursOfDay(coming, start, duration),
      ...wishes(coming, start, duration),
      ...habits(coming, start, duration),
      ...fairness(coming, start, duration),
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
