/**
 * How long one user waits while another has 1,500 rows to schedule, 1,500 failed ones and 300
 * targets, with limits that are raised out of the way. Run: deno task bench:turns
 */
import { printLine } from "../../local/output.ts";
import { startPlatform } from "../../local/platform.ts";
import { insertMeeting, rowOf, WEEK } from "../support/meetings.ts";
import { addTarget, SIGNING_SECRET } from "../support/notifications.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { setting } from "../support/queue.ts";
import { type Organizer, stackOf } from "../support/stack.ts";
import { until } from "../support/until.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";
import { taskOptions } from "../../local/command_line.ts";

taskOptions(
  `Measures how long one user waits while another has 1,500 rows to schedule, 1,500 failed ones and 300 notification
targets.

Usage: deno task bench:turns

  --help  this text

Takes about a quarter of a minute. Exit code: 1 a goal is not met, 2 an option is wrong.`,
  {},
);

const ROWS = 1500;
const TARGETS = 300;
const PATIENCE_SECONDS = 120;

await using server = await startPostgresServer();
const { url } = await server.createDatabase();
await using receiver = startReceiver();
await using platform = await startPlatform({
  database: { kind: "url", url },
  background: { net: true, cron: false },
});
const stack = stackOf(platform, true);
for (
  const limit of [
    "searches_per_minute",
    "notifications_per_hour",
    "guests_invited_per_day",
    "rows_inserted_per_minute",
    "notification_targets",
  ]
) await setting(stack, limit, 1_000_000);

const attacker = await stack.organizer();
const other = await stack.organizer();
const guest = await stack.guest();
await addTarget(other, receiver, "webhook");

const alone = await waitOf(other);
await insert(
  attacker,
  "notification_targets",
  Array.from({ length: TARGETS }, (_, index) => ({
    kind: "webhook",
    address: `${receiver.url}/attacker/${index}`,
    signing_secret: SIGNING_SECRET,
    events: ["failed"],
  })),
);
const failing_seconds = await insert(
  attacker,
  "meetings",
  Array.from({ length: ROWS }, () => ({ participants: ["guest@north.example"] })),
);
await stack.platform.sql(
  "update public.meetings set scheduling_status = 'failed', scheduling_error = 'no_common_slot' where organizer_user_id = $1",
  [attacker.user_id],
);
const searching_seconds = await insert(
  attacker,
  "meetings",
  Array.from({ length: ROWS }, () => ({ participants: [guest], constraints: WEEK })),
);
const beside = await waitOf(other);

printLine(`Postgres ${server.version}, ${navigator.hardwareConcurrency} cores\n`);
printLine("| step | seconds |");
printLine("| --- | ---: |");
printLine(
  `| insert of ${ROWS} rows that then fail, with ${TARGETS} targets | ${failing_seconds} |`,
);
printLine(`| insert of ${ROWS} rows to schedule | ${searching_seconds} |`);
printLine(`| another user's row becomes an event, alone | ${alone.created} |`);
printLine(`| and its notification arrives | ${alone.notified} |`);
printLine(`| another user's row becomes an event, beside them | ${beside.created} |`);
printLine(`| and its notification arrives | ${beside.notified} |`);

/** Seconds until a row of the user is an event, and until its notification has arrived. */
async function waitOf(organizer: Organizer) {
  const started = performance.now();
  const meeting_id = await insertMeeting(organizer, { participants: [guest], constraints: WEEK });
  await until("the event", async () => {
    return (await rowOf(stack, meeting_id)).writeback_status === "created";
  }, PATIENCE_SECONDS);
  const created = secondsSince(started);
  const has_arrived = () =>
    receiver.received.some(({ path, text }) => path === "/webhook" && text.includes(meeting_id));
  await until("the notification", () => Promise.resolve(has_arrived()), PATIENCE_SECONDS);
  return { created, notified: secondsSince(started) };
}

async function insert(organizer: Organizer, table: string, rows: unknown[]): Promise<string> {
  const started = performance.now();
  const { error } = await organizer.client.from(table).insert(rows as never);
  if (error !== null) throw new Error(JSON.stringify(error));
  return secondsSince(started);
}

function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
