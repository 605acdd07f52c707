import type { FunctionsWorker } from "../../local/platform.ts";
import type { CallInit } from "../support/stack.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Random } from "./random.ts";
import type { Pause } from "./worker_plan.ts";

export interface PoolOptions {
  size: number;
  /** Number of workers that are killed in all, each within its first `WITHIN_POINTS` points. */
  kills: number;
  /** Deadline of the workers' requests to Google, in real milliseconds. */
  timeout_ms: number;
  /** Runs while a worker is paused before a request that changes an event. */
  beforePatch: (pause: Pause) => Promise<void>;
}

/** Worker processes that are killed by SIGKILL and replaced. */
export interface WorkerPool {
  /** Number of workers killed so far. */
  readonly killed: number;
  /** Responses with status 500 or `invalid_request`: no fault of a run may lead to one of them. */
  readonly unexpected_responses: readonly string[];
  /** Calls a function on a random worker, with the automations key; null: the worker died meanwhile. */
  call(name: string, request: CallInit): Promise<{ status: number; body: unknown } | null>;
  /** Calls with POST and accepts every outcome. */
  post(name: string, body: unknown): Promise<void>;
  /** Resolves when no worker has work in progress and the killed ones have been replaced. */
  idle(): Promise<void>;
  /**
   * Replaces all workers, which must be idle, by as many that are not killed and that have the
   * product's deadline: on a busy machine a short deadline alone could use up attempts.
   */
  replaceAll(): Promise<void>;
  /** Kills all workers, so that the end of a run does not wait for their shutdown. */
  end(): void;
}

/** A worker passes about ten points a meeting, so most are killed while they process a meeting. */
const WITHIN_POINTS = 120;

/** What a meeting says whose workers were killed max_attempts times: no fault of the function, if so many were killed. */
const CRASHED = /^Processing crashed (\d+) times; /;

/** Batches wait up to three seconds for rows that dead workers have leased, too long for a round. */
const WAIT_SPEEDUP = 20;

export async function startWorkerPool(
  stack: ChaosStack,
  random: Random,
  options: PoolOptions,
): Promise<WorkerPool> {
  const workers: FunctionsWorker[] = [];
  const replacements = new Set<Promise<void>>();
  const unexpected_responses: string[] = [];
  let killed = 0;
  let planned = 0;
  let killing = true;

  async function start(): Promise<void> {
    const worker = await stack.platform.startWorker();
    if (killing) {
      const will_be_killed = planned < options.kills;
      if (will_be_killed) planned++;
      stack.plans.set(worker.pid, {
        timeout_ms: options.timeout_ms,
        wait_speedup: WAIT_SPEEDUP,
        pause_at: ["before patch"],
        pause_at_nth_point: will_be_killed ? 1 + random.below(WITHIN_POINTS) : null,
      });
    }
    workers.push(worker);
  }

  function end(): void {
    for (const worker of workers.splice(0)) worker.kill();
  }

  stack.on_pause.handle = async (pause) => {
    const index = workers.findIndex(({ pid }) => pid === pause.pid);
    if (index === -1 || !killing) return;
    if (stack.plans.get(pause.pid)?.pause_at_nth_point !== pause.nth) {
      await options.beforePatch(pause);
      return;
    }
    const [worker] = workers.splice(index, 1);
    if (worker === undefined) return;
    worker.kill();
    killed++;
    const replacement = start().finally(() => replacements.delete(replacement));
    replacements.add(replacement);
    // The process is being killed; a response would let it take another step.
    await new Promise(() => {});
  };

  async function someWorker(): Promise<FunctionsWorker> {
    while (workers.length === 0) await Promise.race(replacements);
    return random.pick(workers);
  }

  async function call(name: string, request: CallInit) {
    const url = new URL(`${(await someWorker()).functions_url}/${name}`);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      url.searchParams.set(key, value);
    }
    const response = await responseOf(url, {
      method: request.method ?? "POST",
      headers: { apikey: stack.platform.automations_key, "content-type": "application/json" },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const { error, message } = (response?.body ?? {}) as { error?: unknown; message?: unknown };
    const crashes = Number(CRASHED.exec(String(message))?.[1] ?? Infinity);
    const is_internal = response?.status === 500 && killed < crashes;
    if (is_internal || error === "invalid_request") {
      unexpected_responses.push(
        `${name} returned ${JSON.stringify(response)} for ${JSON.stringify(request)}`,
      );
    }
    return response;
  }

  await Promise.all(Array.from({ length: options.size }, start));
  return {
    get killed() {
      return killed;
    },
    unexpected_responses,
    call,
    async post(name, body) {
      await call(name, { body });
    },
    async idle() {
      do {
        await Promise.all(replacements);
        // Push messages arrive at the process of the gateway.
        const urls = [stack.platform, ...workers].map(({ functions_url }) => functions_url);
        await Promise.all(urls.map((url) => responseOf(`${url}/idle`)));
      } while (replacements.size > 0);
    },
    async replaceAll() {
      killing = false;
      end();
      await Promise.all(Array.from({ length: options.size }, start));
    },
    end,
  };
}

/** Null if the gateway could not reach the worker, or the worker died before its response ended. */
async function responseOf(
  url: URL | string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown } | null> {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    if (response.status === 502) return null;
    const is_json = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, body: is_json ? JSON.parse(text) : text };
  } catch {
    return null;
  }
}
