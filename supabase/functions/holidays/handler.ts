import type { Database } from "@shared/database/call.ts";
import { claimHolidays, settleHolidays } from "@shared/database/scheduling_preferences.ts";
import { finishBatch } from "@shared/database/work.ts";
import { allowanceOf, drainWoken } from "@shared/http/drain.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { readJson } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { requireOwnPath } from "@shared/http/route_path.ts";
import type { Handler } from "@shared/http/serve.ts";
import { BATCH } from "@shared/schemas/webhook.ts";

export interface HandlerDependencies {
  database: Database;
  now: () => Date;
  inBackground: (work: Promise<unknown>) => void;
}

/** A calendar takes up to 0.1 s of CPU, and a function has 2 s. */
const DEFAULT_LIMIT = 10;
const WOKEN_ALLOWANCE = { rows: DEFAULT_LIMIT, slice_rows: DEFAULT_LIMIT, last_slice_ms: 60_000 };

/** Searches are for at most a year, and begin some years ahead. */
const YEARS_AHEAD = 5;

/** POST {batch, limit?, background?} computes the dates of the calendars of holidays that are due. Keys only. */
export function holidaysHandler(dependencies: HandlerDependencies): Handler {
  return async (request) => {
    requireOwnPath(request, "holidays");
    if (request.method !== "POST") {
      throw new HttpFault("method_not_allowed", "holidays answers POST.");
    }
    const { limit, background } = await readJson(request, BATCH);
    if (background !== true) {
      return json({ success: true, ...await computeDue(dependencies, limit ?? DEFAULT_LIMIT) });
    }
    const queue = {
      process: async (most: number) => {
        const { computed, failed } = await computeDue(dependencies, most);
        return computed + failed;
      },
      finish: (wake: boolean) => finishBatch(dependencies.database, "holidays", wake),
    };
    return accept(
      dependencies.inBackground,
      drainWoken(queue, allowanceOf(WOKEN_ALLOWANCE, limit)),
    );
  };
}

async function computeDue(
  { database, now }: HandlerDependencies,
  limit: number,
): Promise<{ computed: number; failed: number }> {
  const leased = await claimHolidays(database, limit);
  if (leased.length === 0) return { computed: 0, failed: 0 };
  // The rules of all countries are 1.5 MB, which a refused or an idle call does not need.
  const { holidayDates } = await import("./holiday_dates.ts");
  const first_year = now().getUTCFullYear();
  const years = Array.from({ length: YEARS_AHEAD + 1 }, (_, i) => first_year + i);
  let failed = 0;
  for (const one of leased) {
    const days = holidayDates(one.calendar, years);
    if (days === null) failed++;
    await settleHolidays(
      database,
      one,
      days === null
        ? {
          error:
            `No holidays are known of ${one.calendar}. Name a country (ISO 3166), e.g. US, or its part, e.g. DE-BY.`,
        }
        : { days, known_until: `${first_year + YEARS_AHEAD}-12-31` },
    );
  }
  return { computed: leased.length - failed, failed };
}
