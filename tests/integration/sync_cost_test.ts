import assert from "node:assert/strict";
import { startPlatform } from "../../local/platform.ts";
import { connectedOrganizer, TOKEN_KEYS } from "../support/connected_organizer.ts";
import { startCountingProxy } from "../support/counting_proxy.ts";
import { migratedPglite } from "../support/prepared_databases.ts";
import { promisesOf } from "../support/promises.ts";
import { stackOf } from "../support/stack.ts";
import { declined, measuredCalendar, PAGE } from "../support/sync_cost.ts";

promisesOf(
  "what keeping up with Google costs",
  async (resources) => {
    const api = resources.use(startCountingProxy());
    const platform = resources.use(
      await startPlatform({
        database: await migratedPglite(),
        strict_google: true,
        background: { net: false, cron: false },
        environment: { SUPABASE_URL: api.url, CONVENE_TOKEN_KEYS: TOKEN_KEYS },
      }),
    );
    api.passTo(platform.api_url);
    return { api, stack: stackOf(platform, false) };
  },
  {
    // bench:sync asserts the same of 10,000 events: only the number of pages depends on it.
    async "a full read is one call and one statement a page, and one changed event is one call and two statements"(
      { api, stack },
    ) {
      const organizer = await connectedOrganizer(stack);
      const cost = await measuredCalendar(stack, api, organizer, PAGE + 1);
      assert.equal(cost.unknown, 0);
      assert.deepEqual(cost.full.calls, ["watch", "list", "list"]);
      // The first message of the channel may arrive at any time.
      assert.deepEqual(cost.full.statements.filter((name) => name !== "receive_push"), [
        "claim_syncs",
        "save_channel",
        "store_sync_page",
        "store_sync_page",
      ]);
      assert.equal(await declined(stack), 1);
      assert.deepEqual(cost.one_change.calls, ["list since"]);
      assert.deepEqual(cost.one_change.statements, ["claim_syncs", "store_sync_page"]);
    },
  },
  // PGlite keeps its own state in the process's exit code until it is closed.
  { sanitizeExit: false },
);
