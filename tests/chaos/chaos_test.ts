import assert from "node:assert/strict";
import { promisesOf } from "../support/promises.ts";
import { CHAOS_HELP, commandFor, DEFAULTS, parseChaosOptions } from "./chaos_options.ts";
import { type ChaosReport, runSeed } from "./run_seed.ts";
import { smallestFailure } from "./smallest_failure.ts";

type Count = Exclude<keyof ChaosReport, "violations">;

const { seeds, meetings, workers } = DEFAULTS;

/** Each seed runs once, for the first promise that needs its report. */
function reportsOfSeeds(): (seed: number) => Promise<ChaosReport> {
  const reports = new Map<number, Promise<ChaosReport>>();
  return (seed) => {
    const report = reports.get(seed) ?? runSeed({ seed, meetings, workers });
    reports.set(seed, report);
    return report;
  };
}

function hasNoViolations(seed: number) {
  return async (reportOf: (seed: number) => Promise<ChaosReport>) => {
    const { violations } = await reportOf(seed);
    if (violations.length === 0) return;
    const smallest = await smallestFailure({ seed, meetings, workers });
    assert.fail(`${violations.join("\n")}\nRepeat with: ${commandFor(smallest)}`);
  };
}

promisesOf(
  "under faults, kills, races, changes and cancellations every meeting ends with its one event, or none",
  reportsOfSeeds,
  {
    ...Object.fromEntries(seeds.map((seed) => [`seed ${seed}`, hasNoViolations(seed)])),
    async "the runs had enough kills, faults, changes, cancellations and replies"(reportOf) {
      const reports: ChaosReport[] = [];
      for (const seed of seeds) reports.push(await reportOf(seed));
      const sum = (name: Count) => reports.reduce((total, report) => total + report[name], 0);
      assert.ok(
        sum("killed") >= workers * seeds.length / 2,
        `${sum("killed")} workers were killed`,
      );
      assert.ok(
        sum("faults") > sum("requests") / 5,
        `${sum("faults")} of ${sum("requests")} faults`,
      );
      assert.ok(sum("adopted") > 0, "no event had to be adopted");
      // Whether a meeting loses its time depends on which one is written first, so `moved` may be 0 here;
      // held_again_test.ts and disabled_safeguards_test.ts make one lose it.
      assert.ok(
        sum("changes") > meetings * seeds.length,
        `${sum("changes")} changes were accepted`,
      );
      assert.ok(sum("cancelled") > 0, "no meeting was cancelled");
      assert.ok(sum("replies") > meetings, `${sum("replies")} replies were sent`);
      assert.ok(sum("edits") > meetings, `${sum("edits")} edits were made`);
      assert.ok(sum("relocations") > 0, "people moved no event to another calendar");
      assert.ok(sum("deletions") > 0, "people deleted no event");
      assert.ok(sum("pushes") > meetings, `${sum("pushes")} messages were sent`);
      assert.ok(sum("pages") > meetings, `${sum("pages")} pages were read`);
    },
  },
);

Deno.test("smallestFailure() halves meetings and workers while the run still fails", async () => {
  const tried: string[] = [];
  const smallest = await smallestFailure(
    { seed: 7, meetings: 200, workers: 8 },
    (options) => {
      tried.push(commandFor(options));
      const fails = options.meetings >= 25 && options.workers >= 2;
      return Promise.resolve({ violations: fails ? ["broken"] : [] });
    },
  );
  assert.deepEqual(smallest, { seed: 7, meetings: 25, workers: 2 });
  assert.equal(
    commandFor(smallest),
    "deno task test:chaos --seed 7 --meetings 25 --workers 2",
  );
  assert.equal(tried.length, 7);
});

Deno.test("parseChaosOptions() reads sizes and seeds, and names an unknown option or a wrong value", () => {
  assert.deepEqual(parseChaosOptions([]), DEFAULTS);
  assert.deepEqual(parseChaosOptions(["--seed", "9"]), { ...DEFAULTS, seeds: [9] });
  assert.deepEqual(
    parseChaosOptions(["--seed", "4", "--seeds", "2", "--meetings", "1000", "--workers", "8"]),
    { help: false, seeds: [4, 5], meetings: 1000, workers: 8 },
  );
  assert.equal(parseChaosOptions(["--help"]).help, true);
  assert.throws(() => parseChaosOptions(["--sead", "9"]), /"--sead" is no option/);
  assert.throws(() => parseChaosOptions(["--workers", "many"]), /--workers needs a whole number/);
});

/** All of them: the type check finds a missing one. */
const COUNTS: Record<Exclude<Count, "seconds">, true> = {
  created: true,
  cancelled: true,
  deleted: true,
  failed: true,
  given_up: true,
  changes: true,
  replies: true,
  edits: true,
  deletions: true,
  relocations: true,
  pushes: true,
  pages: true,
  adopted: true,
  moved: true,
  rounds: true,
  killed: true,
  requests: true,
  faults: true,
};

Deno.test("--help explains every option and every count that a run prints", () => {
  for (const word of ["--seed N", "--seeds N", "--meetings N", "--workers N", "--help"]) {
    assert.ok(CHAOS_HELP.includes(`\n  ${word} `), `${word} is not explained`);
  }
  for (const count of Object.keys(COUNTS)) assert.match(CHAOS_HELP, new RegExp(`\\b${count}\\b`));
});
