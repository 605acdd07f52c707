/** The emulator's own time: real by default, shifted or frozen on request. Instants are epoch
 * milliseconds. */
export class Clock {
  #offset_ms = 0;
  #frozen_ms: number | null = null;

  now(): number {
    return this.#frozen_ms ?? Date.now() + this.#offset_ms;
  }

  /** Sets the time, standing still unless `ticking`; null returns to real time. */
  set(instant_ms: number | null, ticking: boolean): void {
    this.#frozen_ms = null;
    this.#offset_ms = 0;
    if (instant_ms === null) return;
    if (ticking) this.#offset_ms = instant_ms - Date.now();
    else this.#frozen_ms = instant_ms;
  }

  advance(seconds: number): void {
    if (this.#frozen_ms === null) this.#offset_ms += seconds * 1000;
    else this.#frozen_ms += seconds * 1000;
  }

  isFrozen(): boolean {
    return this.#frozen_ms !== null;
  }
}
