import type { Conflict } from "@shared/database/conflicts.ts";
import type { Habits } from "./habits.ts";
import { people } from "./participants.ts";
import type { KnownTimes } from "./participants.ts";
import type { SlotRequest } from "./slot_request.ts";
import { spanOf, without } from "./spans.ts";
import type { Span } from "./spans.ts";

/**
 * Who of a meeting's people has something else at `times_of_meeting` (of a series, at one of its occurrences), and whose calendar
 * says nothing. `event_spans` are the times of the meeting's own event on Google; none: there is no event. Free/busy joins events that touch or overlap, so of a person from whose
 * time the own event is not taken out, only what lies outside it is certain.
 */
export function conflictsAt(
  slot_request: SlotRequest,
  { times, habits }: { times: KnownTimes; habits: Habits },
  times_of_meeting: readonly Span[],
  event_spans: readonly Span[],
): { conflicts: Conflict[]; unchecked: string[] } {
  const isAtMeeting = (span: Span) => times_of_meeting.some((one) => overlap(span, one));
  const conflicts: Conflict[] = [];
  const unchecked: string[] = [];
  for (const person of people(slot_request, times, habits)) {
    const { email, type, busy } = person;
    // Others of the group can take their place.
    if (person.group !== undefined && person.was_chosen !== true) continue;
    if (busy === "unknown") {
      unchecked.push(email);
      continue;
    }
    const own = times.read.get(email)?.without_own_event === true || !times.read.has(email)
      ? []
      : event_spans;
    const taking = busy.filter(({ tentative }) => tentative !== true).map(spanOf);
    const certain = own.reduce(without, taking).filter(isAtMeeting);
    // Longer than the own event: another one touches it or lies over it.
    const possible = taking.filter((span) =>
      isAtMeeting(span) &&
      own.some((one) => overlap(span, one) && (span.start < one.start || span.end > one.end))
    );
    const found = certain.length > 0 ? certain : possible;
    if (found.length === 0) continue;
    conflicts.push({
      email: email.toLowerCase(),
      type,
      is_certain: certain.length > 0,
      busy: found.map(timesOf),
    });
  }
  return { conflicts, unchecked };
}

function overlap(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

function timesOf({ start, end }: Span): Conflict["busy"][number] {
  return { start_time: new Date(start).toISOString(), end_time: new Date(end).toISOString() };
}
