import { RRuleTemporal } from "rrule-temporal";
import { formatInstant, wallTimeToInstant } from "./zones.ts";

/** Where the occurrences of one RRULE or EXRULE are. */
export interface RuleInstants {
  /** Epoch milliseconds with from <= instant < to, ascending. */
  between(from_ms: number, to_ms: number): number[];
}

/** A rule without UNTIL, which is given as an instant (inclusive; null for none). */
export interface Rule {
  text: string;
  start_ms: number;
  zone: string;
  until_ms: number | null;
}

/** No wall clock is further than a day from UTC. */
const day_ms = 86_400_000;

/** Expands a rule on the wall clock of its zone and then reads each wall time, so that one which a
 * clock change skips is not lost: it moves on by the gap, as RFC 5545 reads it. Throws for a rule
 * that the library refuses. */
export function ruleInstants({ text, start_ms, zone, until_ms }: Rule): RuleInstants {
  const local_start = formatInstant(start_ms, zone).slice(0, 19);
  const parts = until_ms === null ? text : `${text};UNTIL=${stamp(until_ms + 2 * day_ms)}`;
  const rule = new RRuleTemporal({
    rruleString: `DTSTART:${local_start.replaceAll(/[-:]/g, "")}Z\nRRULE:${parts}`,
  });
  const instantOf = (wall: Temporal.ZonedDateTime): number =>
    wallTimeToInstant(wall.toPlainDateTime().toString({ smallestUnit: "second" }), zone);
  return {
    between(from_ms, to_ms) {
      const last = Math.min(to_ms - 1, until_ms ?? Infinity);
      return rule.between(new Date(from_ms - day_ms), new Date(to_ms + day_ms), true)
        .map(instantOf)
        // A start in the second of two equal hours has no occurrence in the first.
        .filter((ms) => ms >= Math.max(from_ms, start_ms) && ms <= last)
        .sort((a, b) => a - b);
    },
  };
}

function stamp(instant_ms: number): string {
  return formatInstant(instant_ms, "UTC").replaceAll(/[-:]/g, "");
}
