/**
 * What the ledger costs when it is large, partitioned by month and as one table, on a real Postgres.
 * Linux only: it reads processor times from /proc.
 * Run: deno task bench:scale; --help has its options.
 */
import { startPlatform } from "../../local/platform.ts";
import { printLine } from "../../local/output.ts";
import { forgetMeetings, manyMeetings } from "../support/many_meetings.ts";
import { bootPostgres } from "../support/postgres_boot.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { connectedUser } from "../support/queue.ts";
import { stackOf } from "../support/stack.ts";
import { addPastMonths, fillLedger, mergeMonths, openLedger, sizesOf } from "./scale/ledgers.ts";
import {
  claimDue,
  compare,
  type Cost,
  costOf,
  readSteps,
  storeSteps,
} from "./scale/measurements.ts";
import { meetingRows } from "./scale/meeting_rows.ts";
import { fillReplies, replyCost } from "./scale/replies.ts";
import { taskOptions, wholeNumberOption } from "../../local/command_line.ts";

const { rows, replies } = taskOptions(
  `Measures what the ledger costs when it is large, partitioned by month and as one table, on a real Postgres. Linux
only.

Usage: deno task bench:scale [options]

  --rows N     steps of the ledger in each of two databases (default: 1_000_000); about 700 MB of disk for
               each million
  --replies N  stored replies of guests (default: a tenth of the rows)
  --help       this text

Takes about 20 seconds with --rows 100_000, and longer with more rows. Exit code: 2 an option is wrong.`,
  { rows: { type: "string", default: "1_000_000" }, replies: { type: "string" } },
  (values) => {
    const rows = wholeNumberOption("--rows", values.rows);
    const replies = values.replies === undefined
      ? Math.max(1, Math.floor(rows / 10))
      : wholeNumberOption("--replies", values.replies);
    return { rows, replies };
  },
);

/** With ledger_retention_days at its default there are rows of this month and of the three before. */
const MONTHS = 3;
/** Five years, where nothing is ever dropped. */
const KEPT_MONTHS = 57;

const booted = await bootPostgres({
  // As on a server that must survive a power cut, but that this one need not wait for its disk.
  settings: { full_page_writes: "on", max_wal_size: "2GB", checkpoint_timeout: "1h" },
});
const server = await startPostgresServer(booted.admin_url);
const { name, url } = await server.createDatabase();
{
  await using platform = await startPlatform({
    database: { kind: "url", url },
    background: { net: false, cron: false },
  });
  const stack = stackOf(platform, true);
  const { tables, google_requests } = await meetingRows(stack);
  table(
    ["rows of one meeting with three guests", "rows", "bytes"],
    tables.map(({ name, rows, bytes }) => [name, rows.toFixed(2), `${bytes}`]),
  );
  printLine(`${google_requests.toFixed(2)} requests to Google a meeting\n`);
  // Its rows would be among those that are claimed below.
  await forgetMeetings(stack);
  const users = [];
  for (let n = 0; n < 100; n++) users.push(await connectedUser(stack));
  await manyMeetings(stack, users, 1000);
}
const copy = await server.createDatabase({ template: name });
const one = await openLedger("one table", copy.url);
const months = await openLedger("months", url);
const ledgers = [one, months];
await mergeMonths(one);
await addPastMonths(months, MONTHS);
printLine(`Postgres ${server.version}, ${rows} steps in each database, load ${load()}\n`);

const empty_replies = await replyCost(months, 0);
for (const ledger of ledgers) {
  const began = performance.now();
  await fillLedger(ledger, rows, MONTHS);
  const { table, indexes } = await sizesOf(ledger);
  printLine(
    `${ledger.name}: ${gigabytes(table)} GB and ${gigabytes(indexes)} GB of indexes, ${
      Math.round((table + indexes) / rows)
    } bytes a step, filled in ${Math.round((performance.now() - began) / 1000)} s`,
  );
}
printLine();

const lines: string[][] = [];
const goals: string[][] = [];
report("store 1,000 steps", await compare(ledgers, storeSteps), 1.2);
report("read the attempts of 200 meetings", await compare(ledgers, readSteps(rows / 4)), 3);
report("claim 100 due writes", await compare(ledgers, claimDue), 1.2);
await addPastMonths(months, KEPT_MONTHS);
report(
  "read the attempts of 200 meetings, 5 years of months",
  await compare(ledgers, readSteps(rows / 4)),
);
report("store 1,000 steps, 5 years of months", await compare(ledgers, storeSteps), 1.2);
report("claim 100 due writes, 5 years of months", await compare(ledgers, claimDue));
table(
  ["", "one table, CPU ms", "months, CPU ms", "months / one", "WAL kB", "pages read"],
  lines,
);

// The oldest month with rows, by the statement that trimmed the ledger as one table, and by trim_ledger.
const [cut] = await one.sql<{ before: Date }[]>`
  select (date_trunc('month', now() at time zone 'UTC') - make_interval(months => ${
  MONTHS - 1
})) at time zone 'UTC' as before`;
let deleted = 0;
const deletion = await costOf(one, async () => {
  while (true) {
    const { count } = await one.sql`
      delete from public.writeback_ledger as l
      where l.ledger_id in (
        select oldest.ledger_id
        from (select o.ledger_id, o.at from public.writeback_ledger as o order by o.ledger_id limit 20000) as oldest
        where oldest.at < ${cut!.before})`;
    deleted += count;
    if (count === 0) break;
  }
});
const vacuum = await costOf(one, async () => {
  await one.sql`vacuum public.writeback_ledger`;
});
const retention = Math.floor((Date.now() - cut!.before.getTime()) / 86_400_000);
await months
  .sql`update private.settings set value = ${retention} where name = 'ledger_retention_days'`;
const before = await sizesOf(months);
const drop = await costOf(months, async () => {
  await months.sql`select private.trim_ledger()`;
});
const freed = bytes(before) - bytes(await sizesOf(months));
const after = await sizesOf(one);
table(["a month of " + deleted + " steps", "seconds", "WAL MB", "disk GB given back"], [
  ["deleted, 20,000 at a time", seconds(deletion), megabytes(deletion), ""],
  ["then vacuum", seconds(vacuum), megabytes(vacuum), "0"],
  ["dropped", seconds(drop), megabytes(drop), gigabytes(freed)],
]);
const ratio = (deletion.elapsed_ms + vacuum.elapsed_ms) / drop.elapsed_ms;
goals.push([
  "dropping a month against deleting it: >= 100 times",
  ratio.toFixed(0),
  met(ratio >= 100),
]);
printLine(`One table has ${gigabytes(bytes(after))} GB after that.\n`);

await fillReplies(months, replies);
const size = await sizesOf(months, "public.attendee_responses");
const full_replies = await replyCost(months, replies / 4);
const growth = full_replies / empty_replies;
printLine(
  `attendee_responses: ${replies} rows, ${Math.round(bytes(size) / replies)} bytes a row; ` +
    `100 events with one reply each: ${empty_replies.toFixed(1)} ms when empty, ${
      full_replies.toFixed(1)
    } ms\n`,
);
goals.push([
  `replies, ${replies} rows against none: <= 2 times`,
  growth.toFixed(2),
  met(growth <= 2),
]);
table(["goal", "measured", ""], goals);
await one.sql.end();
await months.sql.end();
await server.stop();
await booted.stop();

function report(what: string, [before, after]: Cost[], goal?: number): void {
  const ratio = after!.cpu_ms / before!.cpu_ms;
  lines.push([
    what,
    before!.cpu_ms.toFixed(1),
    after!.cpu_ms.toFixed(1),
    ratio.toFixed(2),
    `${before!.wal_kb.toFixed(0)} / ${after!.wal_kb.toFixed(0)}`,
    `${before!.pages_read} / ${after!.pages_read}`,
  ]);
  if (goal !== undefined) {
    goals.push([
      `${what}, months against one table: <= ${goal} times`,
      ratio.toFixed(2),
      met(ratio <= goal),
    ]);
  }
}

function met(is_met: boolean): string {
  return is_met ? "met" : "not met";
}

function bytes({ table, indexes }: { table: number; indexes: number }): number {
  return table + indexes;
}

function gigabytes(count: number): string {
  return (count / 1e9).toFixed(2);
}

function seconds({ elapsed_ms }: { elapsed_ms: number }): string {
  return (elapsed_ms / 1000).toFixed(2);
}

function megabytes({ wal_kb }: Cost): string {
  return (wal_kb / 1024).toFixed(1);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const cells of [head, head.map(() => "---"), ...rows]) printLine(`| ${cells.join(" | ")} |`);
  printLine();
}

function load(): string {
  return Deno.loadavg()[0]?.toFixed(1) ?? "unknown";
}
