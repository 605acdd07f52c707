import { attendance, newAttendance, statusName } from "./attendance.ts";
import type { ScoredStart } from "./best_starts.ts";
import { formatInstant } from "./instants.ts";
import type { Person } from "./person.ts";
import type { Question } from "./question.ts";
import { reasoningOf } from "./reasoning.ts";
import { type Presence, reasonsFor } from "./reasons.ts";
import type { Candidate, ParticipantAvailability, ScoreBreakdown } from "./types.ts";
import { offsetAt } from "./zones.ts";

/** Tells everything about the best starts, in their order. `earliest` is the first of all free starts. */
export function candidatesAt(
  question: Question,
  people: readonly Person[],
  best: readonly ScoredStart[],
  earliest: number,
): Candidate[] {
  const presences = presencesAt(question, people, best.map(({ start }) => start));
  return best.map(({ start, points, total }) => {
    const here = presences.get(start) ?? [];
    const invited = here.filter(({ person }) => person.participant.type !== "resource");
    const reasons = reasonsFor(invited, start, question.duration, start === earliest);
    const end = start + question.duration;
    return {
      start_time: formatInstant(start, offsetAt(question.offsets, start)),
      end_time: formatInstant(end, offsetAt(question.offsets, end)),
      score: total / 10,
      score_breakdown: inPoints(points),
      reasons,
      reasoning: reasoningOf(reasons),
      participant_availability: here.map((presence) => availability(presence, start)),
    };
  });
}

/** Everybody at each start. Only the best starts are looked at so closely; all of them would fill the memory. */
function presencesAt(
  question: Question,
  people: readonly Person[],
  starts: readonly number[],
): Map<number, Presence[]> {
  const ascending = Int32Array.from(starts).sort();
  const presences = new Map<number, Presence[]>(starts.map((start) => [start, []]));
  const found = newAttendance(ascending.length);
  for (const person of people) {
    attendance(person, ascending, question.duration, found);
    ascending.forEach((start, i) =>
      presences.get(start)?.push({
        person,
        status: found.status[i]!,
        clear_before: found.clear_before[i]!,
        clear_after: found.clear_after[i]!,
        room_before: found.room_before[i]!,
        room_after: found.room_after[i]!,
      })
    );
  }
  return presences;
}

function availability({ person, status }: Presence, start: number): ParticipantAvailability {
  const { email, name } = person.participant;
  return {
    email,
    ...(name === undefined ? {} : { name }),
    status: statusName(status),
    local_start: formatInstant(start, offsetAt(person.offsets, start)),
  };
}

function inPoints(tenths: ScoreBreakdown): ScoreBreakdown {
  return {
    availability: tenths.availability / 10,
    preference: tenths.preference / 10,
    conflict_proximity: tenths.conflict_proximity / 10,
    fragmentation: tenths.fragmentation / 10,
    optimization: tenths.optimization / 10,
  };
}
