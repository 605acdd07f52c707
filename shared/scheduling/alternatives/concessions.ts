import { formatInstant } from "@shared/time/instants.ts";
import { offsetAt } from "@shared/time/zones.ts";
import { type Attendance, attendance, newAttendance } from "../availability/attendance.ts";
import type { Person } from "../availability/person.ts";
import { presencesAt } from "../availability/presence.ts";
import { chooseMembers, labelOf } from "../availability/group_choice.ts";
import { countedPeople, quorumAt } from "../availability/quorum.ts";
import { byName } from "../explaining/attendee.ts";
import { formatTime } from "../explaining/phrases.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { type HoursNeeded, hoursNeeded, newWidenings, widenings } from "./hours_needed.ts";

/** What a time asks of people beyond the request. Minutes are what is left; `window_end` is RFC 3339. */
export type Concession =
  | { code: "without_optional"; args: { names: string[] } }
  | { code: "smaller_buffers"; args: { people: SmallerBuffer[] } }
  | { code: "wider_hours"; args: { people: WiderHours[] } }
  | { code: "shorter"; args: { duration_minutes: number; instead_of: number } }
  | { code: "later_window"; args: { window_end: string } };

// Types, not interfaces: the arguments of a concession must fit Record<string, unknown>.
export type SmallerBuffer = {
  name: string;
  side: "before" | "after";
  minutes: number;
  instead_of: number;
};
export type WiderHours = { name: string; minutes: number; hours: string };

/** A search as it was asked and as it was relaxed, with the same people in the same order. */
export interface Conceded {
  asked: SearchRequest;
  people: readonly Person[];
  relaxed: SearchRequest;
  relaxed_people: readonly Person[];
  /** By how many minutes the hours of the people who are needed were widened. */
  wider: number;
}

/** The concessions that a start of the relaxed search needs, and no others; `absentAt` is that of absentBeyondQuorum(). */
export function concessionsAt(
  conceded: Conceded,
  start: number,
  absentAt: (start: number) => string[],
): Concession[] {
  const { asked, relaxed } = conceded;
  const absent = absentAt(start);
  const { people } = conceded;
  const by_name = [...people.keys()].sort((i, j) => byName(people[i]!, people[j]!));
  const buffers = by_name.flatMap((i) => smallerBuffers(conceded, i, start));
  const needed = new Map<Person["rules"], HoursNeeded | undefined>();
  const hours = by_name.flatMap((i) => widerHours(conceded, i, start, needed));
  const concessions: Concession[] = [];
  if (absent.length > 0) concessions.push({ code: "without_optional", args: { names: absent } });
  if (buffers.length > 0) concessions.push({ code: "smaller_buffers", args: { people: buffers } });
  if (hours.length > 0) concessions.push({ code: "wider_hours", args: { people: hours } });
  if (relaxed.duration < asked.duration) {
    const args = { duration_minutes: relaxed.duration, instead_of: asked.duration };
    concessions.push({ code: "shorter", args });
  }
  if (start + relaxed.duration > asked.to) {
    const window_end = formatInstant(asked.to, offsetAt(asked.offsets, asked.to));
    concessions.push({ code: "later_window", args: { window_end } });
  }
  return concessions;
}

/** What each start (ascending) costs the people who are needed: minutes of buffers lost and of hours beyond their own. */
export function concessionCosts(conceded: Conceded, starts: Int32Array): Float64Array {
  const { people, relaxed, relaxed_people } = conceded;
  const costs = new Float64Array(starts.length);
  const found = newAttendance(starts.length);
  for (const [i, person] of relaxed_people.entries()) {
    if (!person.needed) continue;
    const { before, after } = people[i]!.buffer;
    if (!person.unknown && before + after > 0) {
      attendance(person, starts, relaxed.duration, found);
      for (let at = 0; at < starts.length; at++) {
        costs[at]! += Math.max(0, before - found.clear_before[at]!) +
          Math.max(0, after - found.clear_after[at]!);
      }
    }
  }
  const widened = relaxed_people.filter(({ needed, open_by_right }) =>
    needed && open_by_right !== undefined
  );
  const hours = newWidenings(starts.length);
  // People with the same hours need the same.
  for (const members of Map.groupBy(widened, ({ open_by_right }) => open_by_right).values()) {
    widenings(relaxed, asEntitled(members[0]!), starts, hours);
    for (let at = 0; at < starts.length; at++) {
      costs[at]! += members.length * hours.minutes[at]!;
    }
  }
  return costs;
}

/** One sentence that says all concessions of a candidate. */
export function concessionSentence(
  asked: SearchRequest,
  concessions: readonly Concession[],
): string {
  return asked.texts.concessions.sentence(concessions.map((one) => phrase(asked, one)));
}

function phrase(asked: SearchRequest, { code, args }: Concession): string {
  const { concessions } = asked.texts;
  switch (code) {
    case "without_optional":
      return concessions.without_optional(args.names);
    case "smaller_buffers": {
      const least = args.people.reduce((a, b) => b.minutes < a.minutes ? b : a);
      return concessions.smaller_buffers([...new Set(args.people.map(({ name }) => name))], {
        is_one_side: args.people.length === 1,
        minutes: least.minutes,
        instead_of: least.instead_of,
      });
    }
    case "wider_hours": {
      const groups = [...Map.groupBy(args.people, ({ hours }) => hours)];
      return concessions.all_wider_hours(
        groups.map(([hours, people]) =>
          concessions.wider_hours(people.map(({ name }) => name), hours)
        ),
      );
    }
    case "shorter":
      return concessions.shorter(args.duration_minutes, args.instead_of);
    case "later_window":
      return concessions.later_window(formatTime(asked, asked.to));
  }
}

/**
 * Who is missed at each of the starts (ascending) from the share of people that was asked for; empty when the share is
 * reached all the same. Everyone is looked at once for all starts.
 */
export function absentBeyondQuorum(
  { asked, relaxed, relaxed_people }: Conceded,
  starts: Int32Array,
): (start: number) => string[] {
  const least = asked.minimum_attendee_percentage;
  if (least === 0) return () => [];
  const { counted, comingAt } = quorumAt(asked, relaxed_people);
  const coming = comingAt(starts);
  const people = countedPeople(asked, relaxed_people);
  const presences = presencesAt(people, starts, relaxed.duration);
  const groups = chooseMembers(relaxed, relaxed_people, starts)
    .filter(({ group }) => group.type === "optional");
  return (start) => {
    const i = starts.indexOf(start);
    if (100 * coming[i]! >= least * counted) return [];
    const absent = people.filter((_, k) => !presences[k]!.at(i));
    const unfilled = groups.filter(({ group, seated }) => seated[i]! < group.count);
    return [...absent.map(({ label }) => label), ...unfilled.map(labelOf)].sort();
  };
}

function smallerBuffers(
  { people, relaxed, relaxed_people }: Conceded,
  i: number,
  start: number,
): SmallerBuffer[] {
  const person = relaxed_people[i]!;
  if (!person.needed || person.unknown) return [];
  const { buffer, label: name } = people[i]!;
  if (buffer.before === 0 && buffer.after === 0) return [];
  const found = attendanceAt(person, relaxed, start);
  const sides = [
    { name, side: "before", minutes: found.clear_before[0]!, instead_of: buffer.before },
    { name, side: "after", minutes: found.clear_after[0]!, instead_of: buffer.after },
  ] as const;
  return sides.filter(({ minutes, instead_of }) => minutes < instead_of);
}

function widerHours(
  { relaxed, relaxed_people }: Conceded,
  i: number,
  start: number,
  known: Map<Person["rules"], HoursNeeded | undefined>,
): WiderHours[] {
  const person = relaxed_people[i]!;
  const { open_by_right, rules } = person;
  if (open_by_right === undefined) return [];
  // People with the same rules need the same: on a day off there would be no candidate.
  let needed = known.get(rules);
  if (needed === undefined && !known.has(rules)) {
    known.set(rules, needed = hoursNeeded(relaxed, asEntitled(person), start));
  }
  if (needed === undefined) return [];
  return [{ name: person.label, minutes: needed.minutes, hours: needed.text }];
}

/** A person in the hours that are theirs, before any concession. */
function asEntitled(person: Person): Person {
  return { ...person, open: person.open_by_right ?? person.open };
}

/** Filled again by each attendanceAt(): new arrays for each person and candidate would cost more than what they hold. */
const AT_ONE_START = newAttendance(1);
const ONE_START = new Int32Array(1);

function attendanceAt(person: Person, { duration }: SearchRequest, start: number): Attendance {
  ONE_START[0] = start;
  attendance(person, ONE_START, duration, AT_ONE_START);
  return AT_ONE_START;
}
