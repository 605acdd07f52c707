import type { Candidate, Scheduled } from "@shared/contract/types.ts";

type Remarks = Pick<Scheduled, "warnings" | "unknown">;

/** The times of a response of `schedule`, the best first, with what tells them apart. */
export function timesOf(candidates: readonly Candidate[]): Record<string, unknown>[] {
  return candidates.map(({ start_time, end_time, score, reasoning, concessions }) => ({
    start_time,
    end_time,
    score,
    reasoning,
    ...(concessions === undefined ? {} : { concessions }),
  }));
}

/** What a search has to say besides its times. */
export function remarksOf({ warnings, unknown }: Remarks): Record<string, unknown> {
  return { warnings: warnings ?? [], unknown_participants: unknown ?? [] };
}

/** A line for each time. */
export function timeLines(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ start_time, end_time, score }) =>
    `- ${start_time} to ${end_time} (score ${score})`
  );
}

/** Lines about people whose calendars could not be read, and about warnings. */
export function remarkLines({ warnings = [], unknown = [] }: Remarks): string[] {
  return [
    ...(unknown.length === 0 ? [] : [`Calendars that could not be read: ${unknown.join(", ")}.`]),
    ...warnings.map(({ message }) => `Warning: ${message}`),
  ];
}
