import { startPlatform } from "../../local/platform.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { migratedPostgres } from "../support/prepared_databases.ts";
import { type Stack, stackOf } from "../support/stack.ts";
import { startProcessSupervisor } from "./process_supervisor.ts";
import type { Pause, WorkerPlan } from "./worker_plan.ts";

/** All of Convene on a real Postgres, its functions in processes under a supervisor. */
export interface ChaosStack extends Stack {
  /** The plans of workers by process id; set before their first request. */
  plans: Map<number, Partial<WorkerPlan>>;
  /** Called when a worker is paused. */
  on_pause: { handle: (pause: Pause) => Promise<void> };
}

const DEFAULT_PLAN: WorkerPlan = {
  timeout_ms: 20_000,
  wait_speedup: 1,
  pause_at_nth_point: null,
  pause_at: [],
  disabled_safeguard: null,
};

/** Runs `work` on a stack of its own and stops the stack. Neither cron jobs nor wake-ups run in it. */
export async function withChaosStack<T>(work: (stack: ChaosStack) => Promise<T>): Promise<T> {
  await using resources = new AsyncDisposableStack();
  return await work(await startChaosStack(resources));
}

/** Starts a stack that stops when `resources` are disposed. Google sends push messages, if not told otherwise. */
export async function startChaosStack(
  resources: AsyncDisposableStack,
  { push = true }: { push?: boolean } = {},
): Promise<ChaosStack> {
  const plans: ChaosStack["plans"] = new Map();
  const on_pause: ChaosStack["on_pause"] = { handle: () => Promise.resolve() };
  const supervisor = resources.use(startProcessSupervisor(
    (pid) => ({ ...DEFAULT_PLAN, ...plans.get(pid) }),
    (pause) => on_pause.handle(pause),
  ));
  const server = resources.use(await startPostgresServer());
  const platform = resources.use(
    await startPlatform({
      strict_google: true,
      background: { net: false, cron: false, push },
      database: await migratedPostgres(server),
      functions_dir: new URL("functions/", import.meta.url),
      environment: { CHAOS_SUPERVISOR_URL: supervisor.url },
    }),
  );
  // The lease of a killed worker outlives every wait: callers need not find that out again and again.
  await platform.sql("update private.settings set value = 0.3 where name = 'lease_wait_seconds'");
  return { ...stackOf(platform, true), plans, on_pause };
}
