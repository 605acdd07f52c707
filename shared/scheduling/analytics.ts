import { minutesWithin } from "./busy_time.ts";
import { type Interval, totalLength } from "./intervals.ts";
import type { Person } from "./person.ts";
import type { Analytics } from "./types.ts";

const MOST_NAMED = 3;

/** Figures about the calendars that were read. `on_grid` starts lay within everybody's hours, `free` of them remained. */
export function analyse(people: readonly Person[], on_grid: number, free: number): Analytics {
  const open_minutes = new Map<readonly Interval[], number>();
  const known = people.filter(({ unknown }) => !unknown).map(({ participant, busy, open }) => {
    let minutes = open_minutes.get(open);
    if (minutes === undefined) open_minutes.set(open, minutes = totalLength(open));
    return { email: participant.email, taken: minutesWithin(busy, open), open: minutes };
  });
  const open = known.reduce((sum, person) => sum + person.open, 0);
  const taken = known.reduce((sum, person) => sum + person.taken, 0);
  const busiest = known
    .filter((person) => person.taken > 0)
    .toSorted((a, b) => b.taken / b.open - a.taken / a.open || (a.email < b.email ? -1 : 1));
  return {
    participants: people.length,
    unknown: people.length - known.length,
    density: share(taken, open),
    conflict_rate: on_grid === 0 ? 1 : share(on_grid - free, on_grid),
    most_constrained_participants: busiest.slice(0, MOST_NAMED).map(({ email }) => email),
  };
}

function share(part: number, of: number): number {
  return of === 0 ? 0 : Math.round(1_000 * part / of) / 1_000;
}
