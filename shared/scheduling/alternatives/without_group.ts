import { groupsOf, isRequired, labelOf } from "../availability/group_choice.ts";
import type { Person } from "../availability/person.ts";
import { firstFormatted, type Tried } from "./tried_change.ts";

/** The first slot without one of the required groups: as many of it come as can. */
export function withoutGroup({ search, people, series }: Tried): string | undefined {
  for (const group of groupsOf(people).filter(isRequired)) {
    const optional = { ...group.group, type: "optional" as const };
    const changed = people.map((person): Person =>
      person.group === group.group ? { ...person, group: optional } : person
    );
    const said = firstFormatted({ search, people: changed }, series);
    if (said !== undefined) return search.texts.suggestions.without_people([labelOf(group)], said);
  }
  return undefined;
}
