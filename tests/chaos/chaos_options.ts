import { readOptions, wholeNumberOption } from "../../local/command_line.ts";

/** The command line of `deno task test:chaos`. */
export interface ChaosTaskOptions {
  help: boolean;
  /** In the order in which they run. */
  seeds: readonly number[];
  /** Meetings in a run. */
  meetings: number;
  /** Worker processes that run at the same time. */
  workers: number;
}

/** Small enough for `deno task test`, which runs these seeds too. */
export const DEFAULTS: ChaosTaskOptions = {
  help: false,
  seeds: [1, 2, 3],
  meetings: 40,
  workers: 4,
};

export const CHAOS_HELP =
  `Runs the deployed functions in worker processes, on a real Postgres and the Google Calendar emulator,
while requests fail, wake-ups and push messages are lost, leases and cursors expire and workers are
killed, and while organizers change title, time, place and guests in Google Calendar, move events to
another calendar and delete them. Then it checks
the invariants: every meeting has its one event or none and its row equals the event, every guest has
one invitation, no accepted change, no edit by people and no reply is lost, and the ledger explains
every request to Google (docs/exactly-once.md).

Usage: deno task test:chaos [options]

  --seed N      the first seed (default: 1); without --seeds it is the only one
  --seeds N     number of seeds, counted upwards from the first (default: ${DEFAULTS.seeds.length})
  --meetings N  meetings in a run (default: ${DEFAULTS.meetings})
  --workers N   worker processes that run at the same time (default: ${DEFAULTS.workers})
  --help        this text

A seed decides faults, kills, changes, edits and replies. The processes run in parallel, so two runs of one
seed are similar, not equal. A run of 40 meetings takes about half a minute. Each run prints one line with these counts:

  created, cancelled, deleted, failed, given_up
             final states of the meetings before the failed ones are requeued
  changes    changes and cancellations that were accepted
  replies    replies of guests to invitations
  edits      changes of organizers in Google Calendar
  deletions  events that they deleted there
  relocations  events that they moved there to another calendar of theirs
  pushes     messages of push channels in the rounds, whether they arrived or not
  pages      pages of changes that syncs asked Google for in the rounds
  adopted    events that a worker found and did not insert itself
  moved      claims whose time another meeting had been given, so that another time was searched
  rounds     rounds under faults
  killed     workers killed
  requests   requests to the Google Calendar API in these rounds
  faults     how many of these requests were hit by a fault

The first seed that violates an invariant ends the task. It is run again with fewer meetings and
workers, and the smallest run that still fails is printed as a command.

Examples:
  deno task test:chaos --seed 7 --meetings 200
  deno task test:chaos --seeds 20 --meetings 200 --workers 8

Exit code: 0 all invariants hold, 1 an invariant is violated or an option is wrong.`;

/** Reads the command line. Throws a sentence that names what is wrong. */
export function parseChaosOptions(args: readonly string[]): ChaosTaskOptions {
  const { help, ...texts } = readOptions(args, {
    seed: { type: "string" },
    seeds: { type: "string" },
    meetings: { type: "string" },
    workers: { type: "string" },
    help: { type: "boolean", default: false },
  });
  if (help) return { ...DEFAULTS, help };
  const number = (name: keyof typeof texts) => {
    const text = texts[name];
    return text === undefined ? undefined : wholeNumberOption(`--${name}`, text);
  };
  const seed = number("seed");
  const first = seed ?? 1;
  const count = number("seeds") ?? (seed === undefined ? DEFAULTS.seeds.length : 1);
  return {
    help: false,
    seeds: Array.from({ length: count }, (_, index) => first + index),
    meetings: number("meetings") ?? DEFAULTS.meetings,
    workers: number("workers") ?? DEFAULTS.workers,
  };
}

/** The command that repeats one run. */
export function commandFor(
  { seed, meetings, workers }: { seed: number; meetings: number; workers: number },
): string {
  return `deno task test:chaos --seed ${seed} --meetings ${meetings} --workers ${workers}`;
}
