import { SchedulingInputError } from "./scheduling_input_error.ts";
import type { Participant } from "./scheduling_request.ts";

/** A person this many points ahead of the one with the fewest counts most: their inconvenience weighs four times. */
const MOST_AHEAD = 300;

/**
 * How much each participant's inconvenience counts, in percent: 100 for the least burdened, one more for each point that
 * a person has more than that. Only the difference counts: people who meet often would otherwise be unmeetable. Members
 * of a group, most of whom do not come, set no measure for others. Throws SchedulingInputError with the field's path.
 */
export function fairnessPercents(participants: readonly Participant[]): number[] {
  let least = Infinity;
  const only_members = participants.every(({ group, type }) =>
    group !== undefined || type === "resource"
  );
  for (const [i, { past_inconvenience = 0, type, group }] of participants.entries()) {
    if (!(past_inconvenience >= 0 && past_inconvenience < Infinity)) {
      throw new SchedulingInputError(
        `participants[${i}].past_inconvenience`,
        `Give points of 0 or more, not ${past_inconvenience}`,
      );
    }
    if (type !== "resource" && (group === undefined || only_members)) {
      least = Math.min(least, past_inconvenience);
    }
  }
  return participants.map(({ past_inconvenience = 0, type }) =>
    type === "resource"
      ? 100
      : 100 + Math.round(Math.max(0, Math.min(past_inconvenience - least, MOST_AHEAD)))
  );
}
