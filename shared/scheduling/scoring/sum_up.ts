import { attendance, attends, FREE, newAttendance } from "../availability/attendance.ts";
import { chooseMembers } from "../availability/group_choice.ts";
import type { Person } from "../availability/person.ts";
import type { SearchRequest } from "../input/search_request.ts";
import { type AlikeGroup, AlikePeople } from "./alike_people.ts";
import { ClockBurdens } from "./clock_burden.ts";
import { convenienceAt } from "./convenience.ts";
import { fragmentationMeasure } from "./fragmentation.ts";
import { CLEAR_MINUTES, MOST_CONVENIENT } from "./scales.ts";
import type { Sums } from "./sums.ts";

/**
 * Adds up what the score needs, one sweep a person; resources have no say in it, and members of a group only where they
 * are chosen. `starts` ascend.
 */
export function sumUp(search: SearchRequest, people: readonly Person[], starts: Int32Array): Sums {
  const { duration } = search;
  const count = starts.length;
  const invited = people.filter(({ participant, group }) =>
    participant.type !== "resource" && group === undefined
  );
  const choices = chooseMembers(
    search,
    people.filter(({ participant, group }) =>
      participant.type !== "resource" && group !== undefined
    ),
    starts,
  );
  const sums: Sums = {
    invited: choices.reduce((sum, { group }) => sum + group.count, invited.length),
    coming: new Int32Array(count),
    halves: new Int32Array(count),
    convenience: new Int32Array(count),
    least_convenience: new Int32Array(count).fill(MOST_CONVENIENT),
    clear: new Int32Array(count),
    unfragmented: new Int32Array(count),
  };
  const { coming, halves, convenience, least_convenience, clear, unfragmented } = sums;
  const tentative = new Int32Array(count);
  const scratch = newAttendance(count);
  const { status, clear_before, clear_after, room_before, room_after } = scratch;
  const fragmentation = fragmentationMeasure(search);
  const burdens = new ClockBurdens(starts, duration);
  const alike = new AlikePeople(starts, duration, fragmentation, burdens);
  const every = new Int32Array(count).map((_, i) => i);
  const addPerson = (
    person: Person,
    chosen: Int32Array,
    looked_at: Int32Array,
    length: number,
    group: AlikeGroup | undefined,
  ) => {
    const counted = group === undefined ? coming : group.coming;
    attendance(person, looked_at, duration, scratch, length);
    if (group === undefined) burdens.choose(person);
    for (let k = 0; k < length; k++) {
      const here = status[k]!;
      if (!attends(here)) continue;
      const i = chosen[k]!;
      const before = clear_before[k]!;
      const after = clear_after[k]!;
      const nearest = before < after ? before : after;
      const cleared = nearest < CLEAR_MINUTES ? nearest : CLEAR_MINUTES;
      counted[i]!++;
      clear[i]! += cleared;
      const space_before = room_before[k]!;
      const space_after = room_after[k]!;
      unfragmented[i]! += fragmentation(
        space_before,
        before <= space_before,
        space_after,
        after <= space_after,
        duration,
      );
      if (here !== FREE) tentative[i]!++;
      if (group !== undefined) continue;
      const convenient = convenienceAt(person, burdens.at(i), cleared);
      convenience[i]! += convenient;
      if (convenient < least_convenience[i]!) least_convenience[i] = convenient;
    }
  };
  for (const person of invited) {
    if (person.unknown) continue;
    const group = alike.groupOf(person);
    if (group === undefined) addPerson(person, every, starts, count, undefined);
    else {
      const length = alike.disturbed(group, person);
      addPerson(person, alike.chosen, alike.chosen_starts, length, group);
    }
  }
  for (const [member, at] of choices.flatMap(({ chosen }) => [...chosen])) {
    if (member.unknown) continue;
    const looked_at = at.map((i) => starts[i]!);
    addPerson(member, at, looked_at, at.length, alike.groupOf(member));
  }
  alike.addTo(sums);
  for (let i = 0; i < count; i++) halves[i] = 2 * coming[i]! - tentative[i]!;
  return sums;
}
