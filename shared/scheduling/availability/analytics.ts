import { type Interval, totalLength } from "@shared/time/intervals.ts";
import { minutesWithin } from "./busy_intervals.ts";
import type { Person } from "./person.ts";

/**
 * `density`: the share, 0 to 1, of the known participants' open time that is taken. `conflict_rate`: the share,
 * 0 to 1, of the starts within everybody's hours at which a person who is needed is busy or too few people come. The most
 * constrained participants are at most three e-mail addresses, the busiest first.
 */
export interface Analytics {
  participants: number;
  unknown: number;
  density: number;
  conflict_rate: number;
  most_constrained_participants: string[];
}

const MOST_NAMED = 3;

/** Figures about the calendars that were read, without members of groups, who mostly do not come. `on_grid` starts lay within everybody's hours, `free` of them remained. */
export function analyse(people: readonly Person[], on_grid: number, free: number): Analytics {
  const open_minutes = new Map<readonly Interval[], number>();
  const busiest: Load[] = [];
  let known = 0;
  let taken = 0;
  let open = 0;
  const invited = people.filter(({ group }) => group === undefined);
  for (const { participant: { email }, busy, open: hours, unknown } of invited) {
    if (unknown) continue;
    let within = open_minutes.get(hours);
    if (within === undefined) open_minutes.set(hours, within = totalLength(hours));
    const minutes = minutesWithin(busy, hours);
    known++;
    taken += minutes;
    open += within;
    if (minutes > 0) keepBusiest(busiest, email, minutes / within);
  }
  return {
    participants: invited.length,
    unknown: invited.length - known,
    density: share(taken, open),
    conflict_rate: on_grid === 0 ? 1 : share(on_grid - free, on_grid),
    most_constrained_participants: busiest.map(({ email }) => email),
  };
}

interface Load {
  email: string;
  share: number;
}

/** Puts a person where they belong among the few busiest, if they do. Equally busy people stand by address. */
function keepBusiest(busiest: Load[], email: string, share: number): void {
  const last = busiest.at(-1);
  if (busiest.length === MOST_NAMED && last !== undefined && share < last.share) return;
  const at = busiest.findIndex((one) =>
    share > one.share || (share === one.share && email < one.email)
  );
  busiest.splice(at === -1 ? busiest.length : at, 0, { email, share });
  if (busiest.length > MOST_NAMED) busiest.pop();
}

function share(part: number, of: number): number {
  return of === 0 ? 0 : Math.round(1_000 * part / of) / 1_000;
}
