import { createHash } from "node:crypto";
import type {
  Participant,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";

/** Size of an input: participants, busy intervals of each, working days. */
export interface InputSize {
  participants: number;
  busy: number;
  days: number;
  seed?: number;
  profile?: "feasible" | "random";
}

/** A deterministic request, and what is known to be its answer, worked out minute by minute. */
export interface SchedulingInput {
  request: SchedulingRequest;
  oracle: Answer;
}

/** Number and SHA-256 of the free starts, as the baselines state them. */
export interface Answer {
  free_slots: number;
  sha256: string;
}

/** The 45 sizes on which the baselines were measured. */
export const MATRIX: readonly InputSize[] = [2, 5, 20, 50, 200].flatMap((participants) =>
  [20, 100, 1000].flatMap((busy) => [5, 20, 60].map((days) => ({ participants, busy, days })))
);

const FIRST_MINUTE = Date.UTC(2030, 0, 7) / 60_000;
const DAY = 1440;
const DURATION = 30;
const BUFFER = 15;
const LENGTHS = [15, 30, 30, 30, 45, 60, 60, 90];
const SHORTEST = 15;
const PREFERENCES_DRAWN = 10;

type Span = [start: number, end: number];

/**
 * The inputs of the published baselines: a window from Monday 2030-01-07 on, 30-minute meetings, 09-17 UTC, Monday to
 * Friday, buffers of 15 minutes, everybody required. "feasible" keeps two half-hours a day free for all, "random" not.
 */
export function schedulingInput(size: InputSize): SchedulingInput {
  const { participants, busy, days, seed = 42, profile = "feasible" } = size;
  const random = mulberry32(seed * 1_000_003 + participants * 8191 + busy * 131 + days);
  const below = (n: number) => random() % n;
  const midnights = Array.from(
    { length: days },
    (_, d) => (Math.floor(d / 5) * 7 + d % 5) * DAY,
  );
  const span = midnights.at(-1)! + DAY;
  const reserved = new Uint8Array(span + DAY);
  if (profile === "feasible") {
    for (const midnight of midnights) {
      for (const [from, choices] of [[540, 6], [780, 8]] as const) {
        const start = midnight + from + 30 * below(choices);
        reserved.fill(1, start - BUFFER, start + DURATION + BUFFER);
      }
    }
  }
  const people = Array.from({ length: participants }, (_, person) => {
    const spans = Array.from({ length: busy }, () => busySpan(below, midnights, span, reserved));
    // The baselines' generator also draws preferences, which are not used here: they are drawn to get the same sequence.
    for (let i = person === 0 ? 0 : -1; i < PREFERENCES_DRAWN; i++) random();
    return spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  });
  return { request: request(people, span), oracle: oracle(people, span, midnights) };
}

/** The answer in the baselines' form, for starts in minutes since 1970. */
export function answerOf(starts: Iterable<number>): Answer {
  const texts = Array.from(starts, (minute) => iso(minute - FIRST_MINUTE));
  return {
    free_slots: texts.length,
    sha256: createHash("sha256").update(texts.join(",")).digest("hex"),
  };
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

function busySpan(
  below: (n: number) => number,
  midnights: readonly number[],
  span: number,
  reserved: Uint8Array,
): Span {
  let midnight = 0;
  for (let attempt = 0; attempt < 40; attempt++) {
    midnight = midnights[below(midnights.length)]!;
    const length = attempt < 20 ? LENGTHS[below(LENGTHS.length)]! : SHORTEST;
    const start = midnight + (below(100) < 90 ? 480 + 5 * below(132) : 5 * below(288));
    const end = start + length;
    if (end <= span && !reserved.subarray(start, end).includes(1)) return [start, end];
  }
  return [midnight + 1200, midnight + 1230];
}

function request(people: readonly Span[][], span: number): SchedulingRequest {
  return {
    constraints: {
      duration_minutes: DURATION,
      earliest_date: iso(0),
      latest_date: iso(span - 1),
      working_hours_start: 9,
      working_hours_end: 17,
      allowed_days: ["monday", "tuesday", "wednesday", "thursday", "friday"],
      buffer_minutes: BUFFER,
      timezone: "UTC",
      max_candidates: 10,
      holiday_dates: [],
      interval_minutes: 30,
      minimum_notice_minutes: 0,
      tentative_as_busy: true,
      minimum_attendee_percentage: 0,
      on_unknown: "refuse",
    },
    participants: people.map((spans, i): Participant => ({
      email: `user${String(i).padStart(3, "0")}@convene.example`,
      type: "required",
      busy: spans.map(([start, end]) => ({ start: iso(start), end: iso(end) })),
    })),
    now: new Date("2029-12-01T00:00:00Z"),
  };
}

function oracle(people: readonly Span[][], span: number, midnights: readonly number[]): Answer {
  const blocked = new Uint8Array(span + DAY);
  for (const [start, end] of people.flat()) {
    blocked.fill(1, Math.max(0, start - BUFFER), end + BUFFER);
  }
  const free: number[] = [];
  for (const midnight of midnights) {
    for (let start = midnight + 540; start + DURATION <= midnight + 1020; start += 30) {
      if (!blocked.subarray(start, start + DURATION).includes(1)) free.push(FIRST_MINUTE + start);
    }
  }
  return answerOf(free);
}

const texts: string[] = [];

/** Kept, because the same minutes occur many times in a large input, and writing one costs more than drawing it. */
function iso(minute: number): string {
  return texts[minute] ??= new Date((FIRST_MINUTE + minute) * 60_000).toISOString().replace(
    ".000Z",
    "Z",
  );
}
