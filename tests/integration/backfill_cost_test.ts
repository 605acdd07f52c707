import assert from "node:assert/strict";
import { startPlatform } from "../../local/platform.ts";
import { backfillCost } from "../support/backfill_cost.ts";
import { migratedPglite } from "../support/prepared_databases.ts";
import { connectedOrganizer, TOKEN_KEYS } from "../support/connected_organizer.ts";
import { startCountingProxy } from "../support/counting_proxy.ts";
import { callFunction, stackOf } from "../support/stack.ts";
import { unsyncedEvents } from "../support/unsynced_events.ts";

Deno.test({
  name: "a backfill asks Google once a page and the database once a page, whatever the calendar",
  // PGlite keeps its own state in the process's exit code until it is closed.
  sanitizeExit: false,
  async fn() {
    await using api = startCountingProxy();
    await using platform = await startPlatform({
      database: await migratedPglite(),
      strict_google: true,
      background: { net: false, cron: false },
      environment: { SUPABASE_URL: api.url, CONVENE_TOKEN_KEYS: TOKEN_KEYS },
    });
    api.passTo(platform.api_url);
    const stack = stackOf(platform, false);
    const calendars: { email: string; events: number }[] = [];
    // The first calendar fills more than a page; the last ones have a row or two.
    for (const events of [2501, 40, 6, 4, 2, 1]) {
      const organizer = await connectedOrganizer(stack);
      await unsyncedEvents(stack, organizer, events);
      if (events > 5) {
        await platform.sql(
          `insert into public.task_calendar_events
             (user_id, calendar_event_id, event_start, organizer_self, sync_status)
           values ($1, 'gone0', '2035-01-08T10:00:00Z', null, 'synced')`,
          [organizer.user_id],
        );
      }
      calendars.push({ email: organizer.email, events });
    }
    const cost = await backfillCost(stack, api, calendars, async () => {
      const { body } = await callFunction(platform, "task-events/sync-organizer", {
        body: { backfill: true, limit: 3000 },
        apikey: platform.automations_key,
      });
      return body;
    });
    assert.deepEqual([cost.updated, cost.missing, cost.failed], [2554, 3, 0]);
    for (const [calendar, { calls, allowed }] of Object.entries(cost.google)) {
      assert.ok(calls <= allowed, `${calls} calls for ${calendar}`);
    }
    assert.ok(cost.stores <= cost.pages, `${cost.stores} statements for ${cost.pages} pages`);
    assert.ok(cost.others <= 1 + calendars.length, `${cost.others} other statements`);
  },
});
