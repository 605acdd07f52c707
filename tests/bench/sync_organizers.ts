/**
 * The backfill of 10,000 rows over 20 calendars: how many calls of Google's it takes a calendar and
 * how many statements, beside what is allowed. Run: deno task bench:sync-organizer
 * Ends with code 1 if a row stays unread or a goal is missed.
 */
import { printLine } from "../../local/output.ts";
import { startPlatform } from "../../local/platform.ts";
import { connectedOrganizer, TOKEN_KEYS } from "../support/connected_organizer.ts";
import { startCountingProxy } from "../support/counting_proxy.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { callFunction, stackOf } from "../support/stack.ts";
import { backfillCost } from "../support/backfill_cost.ts";
import { unsyncedEvents } from "../support/unsynced_events.ts";
import { verdict } from "./verdict.ts";
import { taskOptions } from "../../local/command_line.ts";

taskOptions(
  `Measures the backfill of organizers of 10,000 rows over 20 calendars, in calls of Google and in statements.

Usage: deno task bench:sync-organizer

  --help  this text

Takes about ten seconds. Exit code: 1 a row stays unread or a goal is not met, 2 an option is wrong.`,
  {},
);

/** Twenty calendars, one of them with more events than a page holds. */
const EVENTS = [2600, ...Array.from({ length: 18 }, () => 400), 200];

await using server = await startPostgresServer();
const { url } = await server.createDatabase();
await using api = startCountingProxy();
await using platform = await startPlatform({
  database: { kind: "url", url },
  background: { net: false, cron: false },
  environment: { SUPABASE_URL: api.url, CONVENE_TOKEN_KEYS: TOKEN_KEYS },
});
api.passTo(platform.api_url);
const stack = stackOf(platform, true);
const calendars: { email: string; events: number }[] = [];
for (const events of EVENTS) {
  const organizer = await connectedOrganizer(stack);
  await unsyncedEvents(stack, organizer, events);
  calendars.push({ email: organizer.email, events });
}
const rows = EVENTS.reduce((sum, events) => sum + events, 0);

const cost = await backfillCost(stack, api, calendars, async () => {
  const { body } = await callFunction(platform, "task-events/sync-organizer", {
    body: { backfill: true, limit: rows },
    apikey: platform.automations_key,
  });
  return body;
});

const { updated, seconds } = cost;
printLine(
  `Postgres ${server.version}, ${navigator.hardwareConcurrency} cores; ${rows} rows over ` +
    `${calendars.length} calendars in ${seconds.toFixed(1)} s, ${
      (rows / seconds).toFixed(0)
    } rows/s\n`,
);
printLine("| goal | measured | allowed | |");
printLine("| --- | ---: | ---: | --- |");
printLine(`| rows with an organizer | ${updated} | ${rows} | ${verdict(updated === rows)} |`);
for (const [label, { calls, allowed }] of Object.entries(cost.google)) {
  printLine(`| Google calls, ${label} | ${calls} | ${allowed} | ${verdict(calls <= allowed)} |`);
}
printLine(
  `| statements that store, for ${cost.pages} pages | ${cost.stores} | ${cost.pages} | ${
    verdict(cost.stores <= cost.pages)
  } |`,
);
printLine(
  `| other statements: the list, and a connection a calendar | ${cost.others} | ${
    1 + calendars.length
  } | ${verdict(cost.others <= 1 + calendars.length)} |`,
);
