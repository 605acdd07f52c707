import { startPlatform } from "../../local/platform.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { type Stack, stackOf } from "../support/stack.ts";
import { startWarden } from "./process_supervisor.ts";
import type { Stop, WorkerPlan } from "./worker_plan.ts";

/** All of Convene on a real Postgres, its functions in processes that obey a warden. */
export interface ChaosStack extends Stack {
  /** What a worker does at its points, by process id; set before its first request. */
  plans: Map<number, Partial<WorkerPlan>>;
  /** Called when a worker stands at a stop. */
  at_stop: { handle: (stop: Stop) => Promise<void> };
}

const UNDISTURBED: WorkerPlan = {
  timeout_ms: 20_000,
  haste: 1,
  stop_at_point: null,
  stop_at: [],
  handicap: null,
};

/** Starts a stack, hands it to `work`, and stops all of it. Nothing in it works by itself. */
export async function withChaosStack<T>(work: (stack: ChaosStack) => Promise<T>): Promise<T> {
  const plans: ChaosStack["plans"] = new Map();
  const at_stop: ChaosStack["at_stop"] = { handle: () => Promise.resolve() };
  await using warden = startWarden(
    (pid) => ({ ...UNDISTURBED, ...plans.get(pid) }),
    (stop) => at_stop.handle(stop),
  );
  await using server = await startPostgresServer();
  const { url } = await server.createDatabase();
  await using platform = await startPlatform({
    strict_google: true,
    background: { net: false, cron: false },
    database: { kind: "url", url },
    functions_dir: new URL("functions/", import.meta.url),
    environment: { CHAOS_WARDEN_URL: warden.url },
  });
  return await work({ ...stackOf(platform, true), plans, at_stop });
}
