import type { Question } from "../input/search_request.ts";
import { attendance, attends, newAttendance } from "./attendance.ts";
import type { Person } from "./person.ts";

/** The people of whom `minimum_attendee_percentage` must come; see `on_unknown` in types.ts. */
export function countedPeople(question: Question, people: readonly Person[]): Person[] {
  const { on_unknown } = question;
  return people.filter(({ participant, unknown }) => {
    if (participant.type === "resource") return false;
    if (!unknown || on_unknown === "refuse") return true;
    return on_unknown === "ignore_optional" && participant.type === "required";
  });
}

/** How many of the people come, start by start. */
export function countComing(
  question: Question,
  people: readonly Person[],
  starts: Int32Array,
): Int32Array {
  const coming = new Int32Array(starts.length);
  const found = newAttendance(starts.length);
  for (const person of people) {
    attendance(person, starts, question.duration, found);
    for (let i = 0; i < starts.length; i++) if (attends(found.status[i]!)) coming[i]!++;
  }
  return coming;
}
