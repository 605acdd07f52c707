/** What to do to matching requests. Several parts combine: a delay with a status or a drop. */
export interface FaultRule {
  /** HTTP method; any when absent. */
  method?: string;
  /** Prefix of the decoded path, e.g. "/calendar/v3/freeBusy"; any when absent. */
  path?: string;
  /** Regular expression on the decoded path, as an alternative to `path`. */
  path_pattern?: string;
  /** Answer with this status instead of Google's. */
  status?: number;
  /** Google's reason (Calendar) or OAuth error code (token endpoint). */
  reason?: string;
  message?: string;
  retry_after_seconds?: number;
  /** With `status`: the request takes effect first, only its answer is replaced. */
  takes_effect?: boolean;
  /** Real milliseconds to wait, before the request takes effect. */
  delay_ms?: number;
  /** Real milliseconds to wait between effect and answer. */
  answer_delay_ms?: number;
  /** Real milliseconds from arrival to answer, the emulator's own work included; the effect is at once. */
  answer_after_ms?: number;
  /** Wait, before the request takes effect, until this fault is cleared. */
  hold?: boolean;
  /** Close the connection without an answer: before the request takes effect, or after it. */
  drop?: "before" | "after";
  /** Only the next n matching requests. */
  times?: number;
  /** Let the first n matching requests pass untouched. */
  skip?: number;
  /** Hit each matching request with this probability, repeatable through `seed`. */
  probability?: number;
  seed?: number;
}

export interface FaultState extends FaultRule {
  fault_id: number;
  /** Matching requests seen, and those that were hit. */
  matched: number;
  hits: number;
}

/** The faults of one emulator. The oldest rule that matches and is not used up decides. */
export class Faults {
  #faults: {
    state: FaultState;
    pattern: RegExp | null;
    random: () => number;
    cleared: PromiseWithResolvers<void>;
  }[] = [];
  #last_id = 0;

  add(rule: FaultRule): FaultState {
    const state: FaultState = { ...rule, fault_id: ++this.#last_id, matched: 0, hits: 0 };
    this.#faults.push({
      state,
      pattern: rule.path_pattern === undefined ? null : new RegExp(rule.path_pattern),
      random: seededRandom(rule.seed ?? 1),
      cleared: Promise.withResolvers(),
    });
    return state;
  }

  /** All of them, or one. Requests that they hold continue. */
  clear(fault_id?: number): void {
    const isMeant = ({ state }: { state: FaultState }) =>
      fault_id === undefined || state.fault_id === fault_id;
    for (const { cleared } of this.#faults.filter(isMeant)) cleared.resolve();
    this.#faults = this.#faults.filter((fault) => !isMeant(fault));
  }

  /** Resolves when the fault is there no longer. */
  async cleared(fault_id: number): Promise<void> {
    await this.#faults.find(({ state }) => state.fault_id === fault_id)?.cleared.promise;
  }

  list(): FaultState[] {
    return this.#faults.map(({ state }) => state);
  }

  /** True while some rule may still drop a connection. */
  hasDrops(): boolean {
    return this.#faults.some(({ state }) =>
      state.drop !== undefined && (state.times === undefined || state.hits < state.times)
    );
  }

  /** The fault that hits this request, counted; null when none does. */
  take(method: string, path: string): FaultState | null {
    for (const { state, pattern, random } of this.#faults) {
      if (state.method !== undefined && state.method.toUpperCase() !== method) continue;
      if (state.path !== undefined && !path.startsWith(state.path)) continue;
      if (pattern !== null && !pattern.test(path)) continue;
      if (state.times !== undefined && state.hits >= state.times) continue;
      state.matched++;
      if (state.matched <= (state.skip ?? 0)) continue;
      if (state.probability !== undefined && random() >= state.probability) continue;
      state.hits++;
      return state;
    }
    return null;
  }
}

/** mulberry32: small, fast, and the same sequence for the same seed everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
