import { attendance, attends, newAttendance } from "./attendance.ts";
import { type Group, groupsOf, isRequired, turnsOf } from "./group_choice.ts";
import type { Person } from "./person.ts";
import { distinctInstants, type Occurrences } from "./occurrences.ts";
import type { Series } from "./series.ts";

/** Who of a group takes part in all of a series, and at which of its occurrences any of them cannot. */
export interface SeriesChoice extends Group {
  chosen: Person[];
  clashes: ReadonlySet<number>;
}

/**
 * Chooses members for series that begin at any of the starts (ascending): those who can make the first occurrence, of
 * these who was chosen before, and then who can make the most. An event invites the same people to all occurrences.
 */
export function seriesChooser(
  series: Series,
  { starts, instants, first }: Occurrences,
): (start: number) => SeriesChoice[] {
  const groups = groupsOf(series.people);
  if (groups.length === 0) return () => [];
  const { all, place } = distinctInstants(instants);
  const index = new Map(Array.from(starts, (start, i) => [start, i]));
  const found = newAttendance(all.length);
  const statuses = new Map(groups.flatMap(({ members }) =>
    members.map((member) => {
      attendance(member, all, series.search.duration, found);
      return [member, found.status.slice()] as const;
    })
  ));
  return (start) => {
    const i = index.get(start);
    const own = i === undefined ? [] : [...instants.subarray(first[i], first[i + 1])];
    const comes = (member: Person, at: number) => attends(statuses.get(member)![place(at)]!);
    return groups.map((group): SeriesChoice => {
      const ranked = group.members.filter((member) => comes(member, start)).map((member) => ({
        member,
        before: member.participant.was_chosen === true ? 1 : 0,
        count: own.reduce((n, at) => n + (comes(member, at) ? 1 : 0), 0),
      })).toSorted((a, b) =>
        b.before - a.before || b.count - a.count || turnsOf(a.member) - turnsOf(b.member)
      );
      const chosen = ranked.slice(0, group.group.count).map(({ member }) => member);
      const clashes = isRequired(group)
        ? own.filter((at) => !chosen.every((member) => comes(member, at)))
        : [];
      return { ...group, chosen, clashes: new Set(clashes) };
    });
  };
}
