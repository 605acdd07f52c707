import type { FunctionsWorker } from "../../local/platform.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Random } from "./random.ts";

export interface PoolOptions {
  size: number;
  /** So many workers are killed in all, each within its first `WITHIN_POINTS` points. */
  kills: number;
  /** How long workers wait for Google. */
  timeout_ms: number;
}

/** Worker processes that die by SIGKILL and are replaced. */
export interface WorkerPool {
  readonly killed: number;
  /** Calls that a function answered with 500: nothing that happens here is unexpected. */
  readonly surprises: readonly string[];
  /** Posts to a function of some worker with the automations key; that worker may die meanwhile. */
  post(name: string, body: unknown): Promise<void>;
  /** Resolves when no worker has work under way and the killed ones have been replaced. */
  settled(): Promise<void>;
  /**
   * Replaces all workers, which must have nothing under way, by as many that live on and wait for
   * Google as long as the product does: on a busy machine a short wait alone could use up attempts.
   */
  renew(): Promise<void>;
  /** Ends all workers at once, so that nobody waits for them to finish. */
  end(): void;
}

/** A worker passes about ten points a meeting, so most die in the middle of some meeting's work. */
const WITHIN_POINTS = 120;

export async function startWorkerPool(
  stack: ChaosStack,
  random: Random,
  options: PoolOptions,
): Promise<WorkerPool> {
  const workers: FunctionsWorker[] = [];
  const replacements = new Set<Promise<void>>();
  const surprises: string[] = [];
  let killed = 0;
  let planned = 0;
  let killing = true;

  async function start(): Promise<void> {
    const worker = await stack.platform.startWorker();
    if (killing) {
      const is_doomed = planned < options.kills;
      if (is_doomed) planned++;
      stack.plans.set(worker.pid, {
        timeout_ms: options.timeout_ms,
        stop_at_point: is_doomed ? 1 + random.below(WITHIN_POINTS) : null,
      });
    }
    workers.push(worker);
  }

  function end(): void {
    for (const worker of workers.splice(0)) worker.kill();
  }

  stack.at_stop.handle = async ({ pid }) => {
    const index = workers.findIndex((worker) => worker.pid === pid);
    const [worker] = index === -1 || !killing ? [] : workers.splice(index, 1);
    if (worker === undefined) return;
    worker.kill();
    killed++;
    const replacement = start().finally(() => replacements.delete(replacement));
    replacements.add(replacement);
    // The process is dying; an answer would let it take another step.
    await new Promise(() => {});
  };

  async function someWorker(): Promise<FunctionsWorker> {
    while (workers.length === 0) await Promise.race(replacements);
    return random.pick(workers);
  }

  await Promise.all(Array.from({ length: options.size }, start));
  return {
    get killed() {
      return killed;
    },
    surprises,
    async post(name, body) {
      const { functions_url } = await someWorker();
      const status = await statusOf(`${functions_url}/${name}`, {
        method: "POST",
        headers: { apikey: stack.platform.automations_key, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (status === 500) surprises.push(`${name} answered 500 to ${JSON.stringify(body)}`);
    },
    async settled() {
      do {
        await Promise.all(replacements);
        await Promise.all(workers.map((worker) => statusOf(`${worker.functions_url}/idle`)));
      } while (replacements.size > 0);
    },
    async renew() {
      killing = false;
      end();
      await Promise.all(Array.from({ length: options.size }, start));
    },
    end,
  };
}

/** Null when the gateway could not reach the worker, or it died before its answer was complete. */
async function statusOf(url: string, init: RequestInit = {}): Promise<number | null> {
  try {
    const answer = await fetch(url, init);
    await answer.arrayBuffer();
    return answer.status === 502 ? null : answer.status;
  } catch {
    return null;
  }
}
