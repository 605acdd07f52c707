import { attends, FREE, statusName, TENTATIVE, UNKNOWN } from "../availability/attendance.ts";
import type { Repeated } from "../availability/series_availability.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { usableTimeKept } from "../scoring/fragmentation.ts";
import { CLEAR_MINUTES, UNFRAGMENTED } from "../scoring/scales.ts";
import { type Attendee, labels } from "./attendee.ts";
import { clockReasons } from "./clock_reasons.ts";
import { fairness, habits, preferences } from "./preference_reasons.ts";
import type { Reason } from "./reason.ts";

/** The facts behind a candidate's score, the weightiest factor first. `attendees` come by name, without resources. */
export function reasonsFor(
  search: SearchRequest,
  attendees: readonly Attendee[],
  start: number,
  is_earliest: boolean,
): Reason[] {
  const { duration, keeps_focus } = search;
  const coming = attendees.filter(({ status }) => attends(status));
  return [
    ...whoComes(attendees, coming.length),
    ...(coming.length === 0 ? [] : [
      nearestMeeting(coming),
      ...clockReasons(coming, start, duration),
      ...preferences(coming, start, duration),
      ...habits(coming, start, duration),
      ...fairness(coming, start, duration),
      keeps_focus ? longestTime(coming) : usableTime(coming, duration),
    ]),
    ...(is_earliest && asksForSeveralStarts(search)
      ? [{ code: "earliest_start", args: {} } as const]
      : []),
  ];
}

/** A window with room for one start asks for that time: nothing was said of earlier ones. */
function asksForSeveralStarts({ earliest_start, to, duration, interval }: SearchRequest): boolean {
  return to - earliest_start >= duration + interval;
}

function whoComes(attendees: readonly Attendee[], coming: number): Reason[] {
  const invited = attendees.length;
  if (attendees.every(({ status }) => status === FREE)) {
    return [{ code: "everyone_free", args: { count: invited } }];
  }
  const absent = attendees
    .filter(({ status }) => !attends(status) && status !== UNKNOWN)
    .map(({ person, status }) => ({ name: person.label, status: statusName(status) }));
  const tentative = labels(attendees.filter(({ status }) => status === TENTATIVE));
  const unknown = labels(attendees.filter(({ status }) => status === UNKNOWN));
  const reasons: Reason[] = [];
  if (absent.length > 0) reasons.push({ code: "some_absent", args: { coming, invited, absent } });
  if (tentative.length > 0) reasons.push({ code: "tentative", args: { names: tentative } });
  if (unknown.length > 0) reasons.push({ code: "calendar_unknown", args: { names: unknown } });
  return reasons;
}

function nearestMeeting(coming: readonly Attendee[]): Reason {
  const { one: nearest, value: minutes } = least(
    coming,
    ({ clear_before, clear_after }) => Math.min(clear_before, clear_after),
  );
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

function longestTime(coming: readonly Attendee[]): Reason {
  const { one: split, value } = least(
    coming,
    ({ room_before, room_after }) => -Math.min(room_before, room_after),
  );
  if (value === 0) {
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

function usableTime(coming: readonly Attendee[], duration: number): Reason {
  const { one: worst, value: kept } = least(
    coming,
    ({ clear_before, clear_after, room_before, room_after }) =>
      usableTimeKept(
        room_before,
        clear_before <= room_before,
        room_after,
        clear_after <= room_after,
        duration,
      ),
  );
  if (kept === UNFRAGMENTED) {
    return { code: "keeps_free_time_usable", args: { count: coming.length } };
  }
  return {
    code: "leaves_short_time",
    args: {
      name: worst.person.label,
      minutes_before: worst.room_before,
      minutes_after: worst.room_after,
    },
  };
}

/** The first of those with the least value; there is at least one. */
function least(
  coming: readonly Attendee[],
  valueOf: (attendee: Attendee) => number,
): { one: Attendee; value: number } {
  let one = coming[0]!;
  let value = valueOf(one);
  for (let i = 1; i < coming.length; i++) {
    const other = valueOf(coming[i]!);
    if (other >= value) continue;
    one = coming[i]!;
    value = other;
  }
  return { one, value };
}

/** What the occurrences amount to, as a reason. */
export function seriesReason({ recurrence, missed_by }: Repeated): Reason {
  const { occurrences, clashes } = recurrence;
  if (clashes.length === 0) return { code: "every_occurrence_free", args: { count: occurrences } };
  const { names, others } = missed_by;
  return {
    code: "some_occurrences_clash",
    args: {
      count: occurrences,
      clashing: clashes.length,
      names,
      ...(others === undefined ? {} : { others }),
    },
  };
}
