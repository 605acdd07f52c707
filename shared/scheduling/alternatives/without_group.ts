import { enoughPeople, startsMissingOneGroup } from "../availability/free_starts.ts";
import { groupsOf, labelOf } from "../availability/group_choice.ts";
import type { Person } from "../availability/person.ts";
import { formatStart, nameable } from "./suggested_start.ts";
import type { Tried } from "./tried_change.ts";

/** The first slot without one of the required groups: as many of it come as can. */
export function withoutGroup({ search, people, series }: Tried): string | undefined {
  const groups = groupsOf(people);
  for (const [group, starts] of startsMissingOneGroup(search, people)) {
    const optional = { ...group, type: "optional" as const };
    const changed = {
      search,
      people: people.map((person): Person =>
        person.group === group ? { ...person, group: optional } : person
      ),
    };
    const [first] = nameable(changed, enoughPeople(search, changed.people, starts), series);
    if (first === undefined) continue;
    const names = groups.filter((one) => one.group === group).map(labelOf);
    return search.texts.suggestions.without_people(names, formatStart(changed, first, series));
  }
  return undefined;
}
