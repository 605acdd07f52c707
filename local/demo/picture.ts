import { dateText, timeText } from "@shared/time/time_text.ts";
import { instantOf, readMoment, wallOfDay } from "@shared/time/wall_time.ts";
import type { Person } from "./cast.ts";
import { daysBetween } from "./window.ts";

export interface Busy {
  start: string;
  end: string;
}

const MINUTE_MS = 60_000;
const CELL_MINUTES = 30;
const MAX_DAYS = 7;
const BAR_WIDTH = 20;

/** A week as people look at it: a line a day and person, a cell half an hour, in one zone. */
export function busyPicture(
  people: readonly Person[],
  busy: ReadonlyMap<string, readonly Busy[]>,
  window: { from: string; to: string; timezone: string },
): string[] {
  const width = Math.max(...people.map(({ name }) => name.length));
  const hours = Array.from({ length: 10 }, (_, index) => index + 8);
  const lines = [`${" ".repeat(width + 14)}${hours.map((hour) => pad(hour)).join("  ")}`];
  for (const day of daysBetween(window.from, window.to).slice(0, MAX_DAYS)) {
    for (const [index, person] of people.entries()) {
      const label = index === 0 ? dayLabel(day) : "";
      const cells = hours.flatMap((hour) =>
        [0, CELL_MINUTES].map((minute) => {
          const start = instantOf(
            wallOfDay(day) + (hour * 60 + minute) * MINUTE_MS,
            window.timezone,
          );
          return taken(busy.get(person.email) ?? [], start) ? "██" : "· ";
        })
      );
      lines.push(`${label.padEnd(10)}  ${person.name.padEnd(width)}  ${cells.join("")}`);
    }
  }
  return lines;
}

function taken(busy: readonly Busy[], start: number): boolean {
  const end = start + CELL_MINUTES * MINUTE_MS;
  return busy.some((time) => Date.parse(time.start) < end && Date.parse(time.end) > start);
}

export interface RankedCandidate {
  start_time: string;
  end_time: string;
  score: number;
}

/** The candidates as bars, best first, with the local times of people in other zones. */
export function candidateBars(
  candidates: readonly RankedCandidate[],
  people: readonly Person[],
  timezone: string,
): string[] {
  return candidates.map(({ start_time, end_time, score }, index) => {
    const filled = Math.round((score / 100) * BAR_WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
    const start = readMoment(start_time, timezone);
    const when = `${dateText(start, "EEE d MMM")} ${timeText(start)}-${
      timeText(readMoment(end_time, timezone))
    }`;
    const elsewhere = [...new Set(people.map((person) => person.timezone))]
      .filter((zone) => zone !== timezone)
      .map((zone) => `${timeText({ ...start, zone })} ${city(zone)}`);
    const aside = elsewhere.length === 0 ? "" : `  (${elsewhere.join(", ")})`;
    return `${String(index + 1).padStart(2)}. ${bar} ${
      score.toFixed(1).padStart(5)
    }  ${when}${aside}`;
  });
}

function city(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

function dayLabel(day: string): string {
  return dateText(readMoment(day, "UTC"), "EEE d MMM");
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
