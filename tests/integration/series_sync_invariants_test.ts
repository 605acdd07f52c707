import assert from "node:assert/strict";
import * as fc from "../unit/fast_check.ts";
import { TOKEN_KEYS } from "../support/connected_organizer.ts";
import { startCutLines } from "../support/cut_lines.ts";
import { randomRuns } from "../support/random_runs.ts";
import { promise } from "../support/stack.ts";
import { checkSeriesSync } from "../support/sync_invariants/check_series_sync.ts";
import { seriesInWords, seriesSequences } from "../support/sync_invariants/series_steps.ts";

const MOST_STEPS = 8;
const SIZE = randomRuns({ runs: 15, seed: 20261130, most_ms: 45_000 });

const lines = startCutLines();

promise("the invariants of the sync of series", {
  "whatever people and Convene change, divide and delete in a series, and whatever dies meanwhile: every row equals its event, and no guest is invited twice":
    async (stack) => {
      lines.passTo({ database: stack.platform.api_url, google: stack.platform.google_url });
      const result = await fc.check(
        fc.asyncProperty(
          seriesSequences(MOST_STEPS),
          (steps) => checkSeriesSync(stack, lines, steps),
        ),
        SIZE,
      );
      if (!result.failed) return;
      assert.ok(
        result.counterexample !== null,
        `only ${result.numRuns} runs were possible in time`,
      );
      const [steps = []] = result.counterexample;
      assert.fail(
        `These steps violate the invariants:\n${seriesInWords(steps)}\n${result.errorInstance}`,
      );
    },
}, {
  background: { push: true },
  environment: {
    SUPABASE_URL: lines.database_url,
    GOOGLE_CALENDAR_URL: `${lines.google_url}/calendar/v3`,
    CONVENE_TOKEN_KEYS: TOKEN_KEYS,
  },
});
