import type { HealthCheck, HealthStatus } from "@shared/database/health.ts";

import { shownInstant } from "@shared/time/shown_time.ts";

type Check = Omit<HealthCheck, "area">;

/** The fields of `details` that are instants. */
const INSTANTS = ["latest", "until", "writes_until"];

/**
 * The worst status, the checks that are not ok, and all checks by their area. Instants are RFC 3339;
 * what `count`, `since` and `details` are depends on the area.
 */
export function healthResponse([overall, ...checks]: readonly HealthCheck[]): {
  status: HealthStatus;
  reasons: Pick<HealthCheck, "area" | "name" | "reason" | "status" | "what_to_do">[];
  checks: Partial<Record<HealthCheck["area"], Check[]>>;
} {
  if (overall?.area !== "overall") throw new Error("convene_health() has no overall status");
  const by_area: Partial<Record<HealthCheck["area"], Check[]>> = {};
  for (const { area, ...check } of checks) (by_area[area] ??= []).push(shownCheck(check));
  return {
    status: overall.status,
    reasons: checks.filter(({ status }) => status !== "ok").map(
      ({ area, name, reason, status, what_to_do }) => ({ area, name, reason, status, what_to_do }),
    ),
    checks: by_area,
  };
}

function shownCheck(check: Check): Check {
  const { since, details } = check;
  const shown = Object.entries(details).map(([name, value]) =>
    INSTANTS.includes(name) && typeof value === "string"
      ? [name, shownInstant(value)]
      : [name, value]
  );
  return { ...check, since: shownInstant(since), details: Object.fromEntries(shown) };
}
