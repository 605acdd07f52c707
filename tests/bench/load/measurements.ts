/** What one kind of request took, and what went wrong. */
export interface Measured {
  operation: string;
  milliseconds: number[];
  errors: Map<string, number>;
}

/** Collects how long operations take, by their names. */
export class Measurements {
  readonly #measured = new Map<string, Measured>();

  /** Runs one operation. What it throws is counted as an error, by its first line. */
  async time(operation: string, work: () => Promise<void>): Promise<void> {
    const measured = this.#of(operation);
    const began = performance.now();
    try {
      await work();
      measured.milliseconds.push(performance.now() - began);
    } catch (error) {
      const [line = ""] = String(error).split("\n");
      measured.errors.set(line, (measured.errors.get(line) ?? 0) + 1);
    }
  }

  all(): Measured[] {
    return [...this.#measured.values()].sort((a, b) => a.operation < b.operation ? -1 : 1);
  }

  #of(operation: string): Measured {
    let measured = this.#measured.get(operation);
    if (measured === undefined) {
      measured = { operation, milliseconds: [], errors: new Map() };
      this.#measured.set(operation, measured);
    }
    return measured;
  }
}

export function quantile(values: readonly number[], share: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? NaN;
}
