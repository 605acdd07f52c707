import { call } from "./call.ts";
import type { Database } from "./call.ts";

export type HealthStatus = "ok" | "degraded" | "failing";

/** One row of `convene_health()`; the first one (area `overall`) has the worst status. */
export interface HealthCheck {
  area:
    | "overall"
    | "vault"
    | "wake_ups"
    | "jobs"
    | "queue"
    | "failed"
    | "connections"
    | "paused"
    | "channels"
    | "storage";
  name: string;
  /** Why it is not ok, or the code of what failed. */
  reason: string | null;
  status: HealthStatus;
  count: number | null;
  /** RFC 3339. */
  since: string | null;
  details: Record<string, unknown>;
  what_to_do: string | null;
}

/** The state of Convene: every check, the overall one first. */
export function readHealth(database: Database): Promise<HealthCheck[]> {
  return call(database, "convene_health", {});
}
