import { until } from "../support/until.ts";
import type { ChaosStack } from "./chaos_stack.ts";

/** Lets a test hold workers at their stops and do something meanwhile. */
export interface Gates {
  /** Resolves when the worker stands at the point. */
  reached(pid: number, point: string): Promise<void>;
  /** Lets the worker go on from the point where it stands. */
  open(pid: number, point: string): void;
}

/** Every stop of every worker of the stack is a gate from now on. */
export function holdAtStops(stack: ChaosStack): Gates {
  const standing = new Map<string, () => void>();
  stack.at_stop.handle = ({ pid, point }) =>
    new Promise((resolve) => void standing.set(`${pid} ${point}`, resolve));
  return {
    reached: async (pid, point) => {
      await until(`worker ${pid} ${point}`, () => Promise.resolve(standing.has(`${pid} ${point}`)));
    },
    open(pid, point) {
      standing.get(`${pid} ${point}`)?.();
      standing.delete(`${pid} ${point}`);
    },
  };
}
