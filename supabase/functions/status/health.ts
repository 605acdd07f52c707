import type { Database } from "@shared/database/call.ts";
import { type HealthCheck, readHealth } from "@shared/database/health.ts";
import { requireKey } from "@shared/http/caller.ts";
import { readQuery } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import type { Caller } from "@shared/http/serve.ts";
import { healthResponse } from "./health_response.ts";
import { metricsText } from "./metrics.ts";
import { NO_QUERY } from "./request.ts";

/** GET /health returns the state of Convene (keys only). */
export async function health(
  database: Database,
  request: Request,
  caller: Caller,
): Promise<Response> {
  return json(healthResponse(await checks(database, request, caller)));
}

/** GET /metrics returns the same in Prometheus' text format, version 0.0.4. */
export async function metrics(
  database: Database,
  request: Request,
  caller: Caller,
): Promise<Response> {
  return new Response(metricsText(await checks(database, request, caller)), {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
  });
}

async function checks(
  database: Database,
  request: Request,
  caller: Caller,
): Promise<HealthCheck[]> {
  readQuery(request, NO_QUERY);
  requireKey(caller);
  return await readHealth(database);
}
