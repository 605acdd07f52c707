import type { SearchRequest } from "../input/search_request.ts";
import { attendance, attends, newAttendance } from "./attendance.ts";
import type { Person } from "./person.ts";

/** The people of whom `minimum_attendee_percentage` must come; see `on_unknown` in types.ts. */
export function countedPeople(search: SearchRequest, people: readonly Person[]): Person[] {
  const { on_unknown } = search;
  return people.filter(({ participant, unknown }) => {
    if (participant.type === "resource") return false;
    if (!unknown || on_unknown === "refuse") return true;
    return on_unknown === "ignore_optional" && participant.type === "required";
  });
}

/** How many of the people come, start by start. */
export function countComing(
  search: SearchRequest,
  people: readonly Person[],
  starts: Int32Array,
): Int32Array {
  const coming = new Int32Array(starts.length);
  const found = newAttendance(starts.length);
  for (const person of people) {
    attendance(person, starts, search.duration, found);
    for (let i = 0; i < starts.length; i++) if (attends(found.status[i]!)) coming[i]!++;
  }
  return coming;
}
