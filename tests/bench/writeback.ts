/**
 * What write-back costs, beside one after the other and beside what Google's quotas allow at best. Linux only: it reads processor times from /proc.
 * Run: deno task bench:writeback; --help has its options.
 */
import { setting } from "../support/queue.ts";
import { startPlatform } from "../../local/platform.ts";
import { printLine } from "../../local/output.ts";
import { forgetMeetings, manyOrganizers } from "../support/many_meetings.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { stackOf } from "../support/stack.ts";
import { batchRun } from "./writeback/batch_runs.ts";
import {
  evenPaceSeconds,
  GOOGLE_MILLISECONDS,
  idealSeconds,
  leastSeconds,
} from "./writeback/ideal.ts";
import {
  addFinishedMeetings,
  addLedgerRows,
  type QueueCost,
  queueCost,
} from "./writeback/queue_cost.ts";
import { singleCost } from "./writeback/single_runs.ts";
import { verdict } from "./verdict.ts";
import { taskOptions } from "../../local/command_line.ts";

const PARTS = ["single", "batches", "queue"] as const;

const { only, is_quick } = taskOptions(
  `Measures write-back: one meeting, batches beside one after the other and beside Google's quotas, and the queue beside
a million finished meetings. Linux only.

Usage: deno task bench:writeback [options]

  --only PART  single, batches or queue (default: all); one meeting is measured in any case
  --quick      without the run that waits for Google's quota and without the million meetings
  --help       this text

Takes a minute and a half with --quick, and several times as long without. Exit code: 1 a goal is not met, 2 an option is wrong.`,
  { only: { type: "string" }, quick: { type: "boolean", default: false } },
  ({ only, quick }) => {
    const part = PARTS.find((part) => part === only);
    if (only === undefined || part !== undefined) return { only: part, is_quick: quick };
    throw new Error(`--only is ${PARTS.join(", ")}, not "${only}"`);
  },
);

const ROWS = 1000;
const MILLION = 1_000_000;
const LEDGER_ROWS = 10_000_000;
/** How much faster than one after the other 1,000 meetings have to be, by number of organizers. */
const SPEED_GOALS: ReadonlyMap<number, number> = new Map([[1, 1.8], [10, 18], [100, 150]]);

await using server = await startPostgresServer();
const { url } = await server.createDatabase();
await using platform = await startPlatform({
  database: { kind: "url", url },
  background: { net: false, cron: false },
});
const stack = stackOf(platform, true);
// One user writes more here than users may.
await setting(stack, "guests_invited_per_day", 1_000_000);
const organizers = await manyOrganizers(stack, 100);
await stack.google.fault({
  method: "POST",
  path_pattern: "^/calendar/v3/calendars/[^/]+/events$",
  answer_after_ms: GOOGLE_MILLISECONDS,
});

const single = await singleCost(stack, organizers[0]!);
const own_share = single.own_milliseconds / single.empty_rpc_milliseconds;
printLine(`Postgres ${server.version}, ${navigator.hardwareConcurrency} cores, load ${load()}\n`);
table(["one meeting by name", "ms"], [
  [
    "from request to answer, Google's 200 ms included (median)",
    single.whole_milliseconds.toFixed(1),
  ],
  ["our own share (least of 25)", single.own_milliseconds.toFixed(1)],
  ["one empty RPC through the same API (least of 25)", single.empty_rpc_milliseconds.toFixed(1)],
  // Judged by round trips, which tests/integration/round_trips_test.ts counts: two, and one to Google.
  ["own share / empty RPC (no goal)", own_share.toFixed(2)],
  ["one empty RPC after 200 ms of quiet (least of 25)", single.idle_rpc_milliseconds.toFixed(1)],
  [
    "own share / that RPC (no goal)",
    (single.own_milliseconds / single.idle_rpc_milliseconds).toFixed(2),
  ],
]);

const runs: string[][] = [];
for (const meetings of only === undefined || only === "batches" ? [100, ROWS] : []) {
  for (const users of [1, 10, 100]) {
    if (is_quick && meetings / users > 600) continue;
    const chosen = organizers.slice(0, users);
    const measured = await idealSeconds(stack, chosen, meetings);
    const ideal = evenPaceSeconds(meetings, users);
    const least = leastSeconds(meetings, users);
    const run = await batchRun(stack, chosen, meetings);
    const sequential = meetings * single.whole_milliseconds / 1000;
    const speed = sequential / run.seconds;
    const goal = meetings === ROWS ? SPEED_GOALS.get(users) : undefined;
    runs.push([
      `${meetings}`,
      `${users}`,
      run.seconds.toFixed(2),
      ideal.toFixed(2),
      judged(run.seconds / ideal, run.seconds / ideal <= 1.1),
      least.toFixed(2),
      (run.seconds / least).toFixed(2),
      measured.toFixed(2),
      (run.seconds / measured).toFixed(2),
      sequential.toFixed(0),
      goal === undefined ? speed.toFixed(1) : judged(speed, speed >= goal),
      judged(run.refused, run.refused === 0, 0),
      `${run.calls}`,
      run.cpu_milliseconds_a_row.toFixed(2),
    ]);
  }
}
table(
  [
    "N",
    "U",
    "s",
    "ideal s",
    "s / ideal",
    "least s",
    "s / least",
    "bare client s",
    "s / bare client",
    "sequential s",
    "speed-up",
    "refused",
    "calls",
    "CPU ms/row",
  ],
  runs,
);

if (only === undefined || only === "queue") await reportQueue();

async function reportQueue(): Promise<void> {
  await platform.sql("create extension if not exists pg_stat_statements");
  await platform.sql("alter system set pg_stat_statements.track = 'all'");
  await platform.sql("select pg_reload_conf()");
  await forgetMeetings(stack);
  await addFinishedMeetings(stack, 1, ROWS);
  const small = await queueCost(stack, url, organizers, ROWS);
  const costs: [string, QueueCost][] = [["1,000", small]];
  if (!is_quick) {
    await addFinishedMeetings(stack, ROWS + 1, MILLION);
    costs.push(["1,000,000", await queueCost(stack, url, organizers, ROWS)]);
    await addLedgerRows(stack, LEDGER_ROWS);
    costs.push([
      "1,000,000, ledger 10,000,000",
      await queueCost(stack, url, organizers, ROWS, { keep_ledger: true }),
    ]);
  }
  table(
    [
      "finished meetings",
      "claim CPU ms",
      "settle CPU ms",
      "bare statements CPU ms",
      "both / bare (goal: at most 2)",
    ],
    costs.map(([finished, cost]) => [
      finished,
      cost.claim.toFixed(1),
      cost.settle.toFixed(1),
      cost.bare.toFixed(1),
      judged(both(cost) / cost.bare, both(cost) / cost.bare <= 2),
    ]),
  );
  for (const [finished, cost] of costs.slice(1)) {
    const growth = both(cost) / both(small);
    printLine(`From 1,000 to ${finished} finished meetings: x ${judged(growth, growth <= 1.2)}`);
  }
  printLine(`Statements for one claim and one settlement of ${ROWS} rows: ${small.statements}`);
}

function both({ claim, settle }: QueueCost): number {
  return claim + settle;
}

function judged(value: number, is_met: boolean, digits = 2): string {
  return `${value.toFixed(digits)} ${verdict(is_met)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const cells of [head, head.map(() => "---"), ...rows]) printLine(`| ${cells.join(" | ")} |`);
  printLine();
}

function load(): string {
  return Deno.loadavg()[0]?.toFixed(1) ?? "unknown";
}
