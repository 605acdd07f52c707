import { SchedulingInputError } from "./scheduling_input_error.ts";
import type { Participant } from "./scheduling_request.ts";

/** Somebody this many points ahead of the least burdened counts most: their discomfort weighs four times. */
const MOST_AHEAD = 300;

/**
 * How much each participant's discomfort counts, in percent: 100 for the least burdened, one more for each point that
 * somebody carried more. Only the difference counts: people who meet often would otherwise be unmeetable. Throws
 * SchedulingInputError with the field's path.
 */
export function burdenPercents(participants: readonly Participant[]): number[] {
  let least = Infinity;
  for (const [i, { burden = 0, type }] of participants.entries()) {
    if (!(burden >= 0 && burden < Infinity)) {
      throw new SchedulingInputError(
        `participants[${i}].burden`,
        `Give points of 0 or more, not ${burden}`,
      );
    }
    if (type !== "resource") least = Math.min(least, burden);
  }
  return participants.map(({ burden = 0, type }) =>
    type === "resource" ? 100 : 100 + Math.round(Math.min(burden - least, MOST_AHEAD))
  );
}
