/**
 * One bit a minute for the whole group: marking costs a few words an interval however many people there are, and
 * asking whether a meeting fits reads a few words.
 */
export class BusyMap {
  readonly #from: number;
  readonly #minutes: number;
  readonly #words: Int32Array;

  /** A map of the minutes between two instants, all clear. */
  constructor(from: number, to: number) {
    this.#from = from;
    this.#minutes = to - from;
    this.#words = new Int32Array(((to - from) >> 5) + 1);
  }

  /** Marks the minutes from `from` until `to` (exclusive); what lies outside the map is left out. */
  mark(from: number, to: number): void {
    setBits(
      this.#words,
      Math.max(from - this.#from, 0),
      Math.min(to - this.#from, this.#minutes),
    );
  }

  /** Whether no minute from `from` until `to` (exclusive) is marked. Both lie inside the map. */
  isClear(from: number, to: number): boolean {
    const first = from - this.#from;
    const last = to - this.#from - 1;
    const words = this.#words;
    const first_word = first >> 5;
    const last_word = last >> 5;
    const head = -1 << (first & 31);
    const tail = -1 >>> (31 - (last & 31));
    if (first_word === last_word) return (words[first_word]! & head & tail) === 0;
    if ((words[first_word]! & head) !== 0 || (words[last_word]! & tail) !== 0) return false;
    for (let word = first_word + 1; word < last_word; word++) {
      if (words[word] !== 0) return false;
    }
    return true;
  }
}

/** Sets the bits from `from` until `to` (exclusive), of which each word has 32. */
export function setBits(words: Int32Array, from: number, to: number): void {
  if (to <= from) return;
  const last = to - 1;
  const first_word = from >> 5;
  const last_word = last >> 5;
  const head = -1 << (from & 31);
  const tail = -1 >>> (31 - (last & 31));
  if (first_word === last_word) {
    words[first_word]! |= head & tail;
    return;
  }
  words[first_word]! |= head;
  for (let word = first_word + 1; word < last_word; word++) words[word] = -1;
  words[last_word]! |= tail;
}
