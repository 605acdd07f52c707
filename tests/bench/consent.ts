/**
 * Prints how long the refusal of a dry run takes for a user who shares nothing and for an address that belongs to no user,
 * asked in turns: the time must not tell which is which. Run: deno task bench:consent
 */
import { startPlatform } from "../../local/platform.ts";
import { WEEK } from "../support/meetings.ts";
import { type Organizer, stackOf } from "../support/stack.ts";
import { verdict } from "./verdict.ts";
import { taskOptions } from "../../local/command_line.ts";

taskOptions(
  `Measures whether the time of a refusal tells a user who shares nothing from an address that belongs to no user.

Usage: deno task bench:consent

  --help  this text

Takes about a quarter of a minute. Exit code: 1 a goal is not met, 2 an option is wrong.`,
  {},
);

const PAIRS = 200;
const WARM_UP = 30;
/** The goal: the medians differ by at most so much. */
const GOAL_PERCENT = 5;

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

await using platform = await startPlatform({ background: { net: false, cron: false } });
const stack = stackOf(platform, false);
await platform.sql(
  "update private.settings set value = 1e6 where name in ('searches_per_minute', 'google_reads_for_others_per_hour')",
);
const organizer = await stack.organizer();
const silent = await stack.organizer({ freebusy: "private" });
const unknown = silent.email.replace("organizer-", "unknown00-");

for (let round = 0; round < WARM_UP; round++) {
  await ask(organizer, silent.email);
  await ask(organizer, unknown);
}
const times = { user: [] as number[], unknown: [] as number[] };
for (let pair = 0; pair < PAIRS; pair++) {
  // Each goes first as often as the other.
  const turns = [["user", silent.email], ["unknown", unknown]] as const;
  for (const [who, email] of pair % 2 === 0 ? turns : turns.toReversed()) {
    const began = performance.now();
    await ask(organizer, email);
    times[who].push(performance.now() - began);
  }
}
const [user, nothing] = [median(times.user), median(times.unknown)];
const percent = Math.abs(user - nothing) / Math.min(user, nothing) * 100;
print(`${PAIRS} pairs of refusals`);
print(`a user who shares nothing  p50 ${user.toFixed(2)} ms`);
print(`an unknown address         p50 ${nothing.toFixed(2)} ms`);
print(
  `difference                 ${percent.toFixed(1)} % (goal: at most ${GOAL_PERCENT} %) ${
    verdict(percent <= GOAL_PERCENT)
  }`,
);

async function ask({ call }: Organizer, email: string): Promise<void> {
  const { body } = await call("schedule", {
    body: { participants: [email], constraints: WEEK, dry_run: true },
  });
  if (body.error !== "calendar_unreadable") throw new Error(JSON.stringify(body));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
