import { until } from "../support/until.ts";
import type { ChaosStack } from "./chaos_stack.ts";

/** Lets a test pause workers at named points and act meanwhile. */
export interface Breakpoints {
  /** Resolves when the worker is paused at the point. */
  reached(pid: number, point: string): Promise<void>;
  /** Lets the paused worker continue. */
  resume(pid: number, point: string): void;
}

/** From now on every paused worker of the stack waits until it is resumed. */
export function pauseAtBreakpoints(stack: ChaosStack): Breakpoints {
  const paused = new Map<string, () => void>();
  stack.on_pause.handle = ({ pid, point }) =>
    new Promise((resolve) => void paused.set(`${pid} ${point}`, resolve));
  return {
    reached: async (pid, point) => {
      await until(`worker ${pid} ${point}`, () => Promise.resolve(paused.has(`${pid} ${point}`)));
    },
    resume(pid, point) {
      paused.get(`${pid} ${point}`)?.();
      paused.delete(`${pid} ${point}`);
    },
  };
}
