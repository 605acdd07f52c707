import type { Interval } from "@shared/time/intervals.ts";
import { setBits } from "./busy_map.ts";
import type { Person } from "./person.ts";

/**
 * When people come, start by start (ascending): what attendance() says without how far meetings are away. It is found
 * meeting by meeting, and hours are laid out once for all with the same, so that hundreds can be asked about a year.
 */
export function presencesAt(
  people: readonly Person[],
  starts: Int32Array,
  duration: number,
): Presence[] {
  const outside = new Map<readonly Interval[], Int32Array>();
  return people.map(({ busy, buffer, open, unknown }) => {
    if (unknown) return new Presence(new Int32Array(wordsFor(starts.length)).fill(-1));
    let hours = outside.get(open);
    if (hours === undefined) outside.set(open, hours = outsideHours(open, starts, duration));
    const absent = hours.slice();
    for (let k = 0; k < busy.starts.length; k++) {
      const first = firstFrom(starts, busy.starts[k]! - buffer.after - duration + 1);
      setBits(absent, first, firstFrom(starts, busy.ends[k]! + buffer.before));
    }
    return new Presence(absent);
  });
}

/** The starts of a list at which one person comes, by their indexes. */
export class Presence {
  /** The i-th start is bit i % 32 of word i / 32; set where the person is absent. */
  readonly #absent: Int32Array;

  constructor(absent: Int32Array) {
    this.#absent = absent;
  }

  /** Whether the person comes at the start with this index. */
  at(index: number): boolean {
    return (this.#absent[index >> 5]! >>> (index & 31) & 1) === 0;
  }

  /** Adds one to each of `counts`, one for each start of the list, at which the person comes. */
  addTo(counts: Int32Array): void {
    const absent = this.#absent;
    for (let i = 0; i < counts.length; i++) counts[i]! += 1 - (absent[i >> 5]! >>> (i & 31) & 1);
  }

  /** Adds one to each of `counts`, one for each of the starts `at[from]` until `at[to]` (exclusive), at which they come. */
  addAt(at: Int32Array, from: number, to: number, counts: Uint16Array): void {
    const absent = this.#absent;
    for (let k = from; k < to; k++) {
      counts[k - from]! += 1 - (absent[at[k]! >> 5]! >>> (at[k]! & 31) & 1);
    }
  }

  /** At how many of the starts with the indexes `at[from]` until `at[to]` (exclusive) the person comes. */
  count(at: Int32Array, from: number, to: number): number {
    const absent = this.#absent;
    let count = to - from;
    for (let k = from; k < to; k++) {
      const index = at[k]!;
      count -= absent[index >> 5]! >>> (index & 31) & 1;
    }
    return count;
  }

  /** Sets those of `marks`, one for each of the same starts, at which the person does not come. */
  markAbsent(at: Int32Array, from: number, to: number, marks: Uint8Array): void {
    const absent = this.#absent;
    for (let k = from; k < to; k++) {
      marks[k - from]! |= absent[at[k]! >> 5]! >>> (at[k]! & 31) & 1;
    }
  }
}

function wordsFor(length: number): number {
  return (length >> 5) + 1;
}

/** A bit for each start at which a meeting does not fit into the hours. */
function outsideHours(
  open: readonly Interval[],
  starts: Int32Array,
  duration: number,
): Int32Array {
  const absent = new Int32Array(wordsFor(starts.length));
  let outside = 0;
  for (const [opens, closes] of open) {
    setBits(absent, outside, firstFrom(starts, opens));
    outside = Math.max(outside, firstFrom(starts, closes - duration + 1));
  }
  setBits(absent, outside, starts.length);
  return absent;
}

/** The index of the first start at `minute` or later. */
function firstFrom(starts: Int32Array, minute: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < minute) low = middle + 1;
    else high = middle;
  }
  return low;
}
