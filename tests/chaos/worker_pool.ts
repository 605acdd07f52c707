import type { FunctionsWorker } from "../../local/platform.ts";
import type { CallInit } from "../support/stack.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Random } from "./random.ts";
import type { Stop } from "./worker_plan.ts";

export interface PoolOptions {
  size: number;
  /** So many workers are killed in all, each within its first `WITHIN_POINTS` points. */
  kills: number;
  /** How long workers wait for Google. */
  timeout_ms: number;
  /** What happens while a worker stands before a request that changes an event. */
  beforePatch: (stop: Stop) => Promise<void>;
}

/** Worker processes that die by SIGKILL and are replaced. */
export interface WorkerPool {
  readonly killed: number;
  /** Calls that a function answered with 500, or as ours: nothing that happens here is unexpected. */
  readonly surprises: readonly string[];
  /** A function of some worker, with the automations key; null: that worker has died meanwhile. */
  ask(name: string, request: CallInit): Promise<{ status: number; body: unknown } | null>;
  /** Posts, and whatever comes of it is fine. */
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

/** Batches wait up to three seconds for rows that dead workers hold; a storm has no time for that. */
const HASTE = 20;

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
        haste: HASTE,
        stop_at: ["before patch"],
        stop_at_point: is_doomed ? 1 + random.below(WITHIN_POINTS) : null,
      });
    }
    workers.push(worker);
  }

  function end(): void {
    for (const worker of workers.splice(0)) worker.kill();
  }

  stack.at_stop.handle = async (stop) => {
    const index = workers.findIndex(({ pid }) => pid === stop.pid);
    if (index === -1 || !killing) return;
    if (stack.plans.get(stop.pid)?.stop_at_point !== stop.nth) {
      await options.beforePatch(stop);
      return;
    }
    const [worker] = workers.splice(index, 1);
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

  async function ask(name: string, request: CallInit) {
    const url = new URL(`${(await someWorker()).functions_url}/${name}`);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      url.searchParams.set(key, value);
    }
    const answer = await answerOf(url, {
      method: request.method ?? "POST",
      headers: { apikey: stack.platform.automations_key, "content-type": "application/json" },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const error = (answer?.body as { error?: unknown } | null | undefined)?.error;
    if (answer?.status === 500 || error === "invalid_request") {
      surprises.push(`${name} answered ${JSON.stringify(answer)} to ${JSON.stringify(request)}`);
    }
    return answer;
  }

  await Promise.all(Array.from({ length: options.size }, start));
  return {
    get killed() {
      return killed;
    },
    surprises,
    ask,
    async post(name, body) {
      await ask(name, { body });
    },
    async settled() {
      do {
        await Promise.all(replacements);
        await Promise.all(workers.map((worker) => answerOf(`${worker.functions_url}/idle`)));
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
async function answerOf(
  url: URL | string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown } | null> {
  try {
    const answer = await fetch(url, init);
    const text = await answer.text();
    if (answer.status === 502) return null;
    const is_json = answer.headers.get("content-type")?.includes("json") === true;
    return { status: answer.status, body: is_json ? JSON.parse(text) : text };
  } catch {
    return null;
  }
}
