import assert from "node:assert/strict";
import { chaosTask, commandFor, SMALL } from "./chaos_options.ts";
import { type ChaosReport, runSeed } from "./run_seed.ts";
import { smallestFailure } from "./smallest_failure.ts";

Deno.test("under faults, kills, races, changes and cancellations every meeting ends with its one event, or none", async (test) => {
  const reports: ChaosReport[] = [];
  const { seeds, meetings, workers } = SMALL;
  for (const seed of seeds) {
    const options = { seed, meetings, workers };
    await test.step(`seed ${seed}`, async () => {
      const report = await runSeed(options);
      reports.push(report);
      if (report.violations.length === 0) return;
      assert.fail(
        `${report.violations.join("\n")}\nRepeat with: ${
          commandFor(await smallestFailure(options))
        }`,
      );
    });
  }
  await test.step("and the storms were worth their name", () => {
    const sum = (name: Exclude<keyof ChaosReport, "violations">) =>
      reports.reduce((total, report) => total + report[name], 0);
    assert.ok(sum("killed") >= workers * seeds.length / 2, `${sum("killed")} workers were killed`);
    assert.ok(sum("faults") > sum("requests") / 5, `${sum("faults")} of ${sum("requests")} faults`);
    assert.ok(sum("adopted") > 0, "no event had to be adopted");
    assert.ok(sum("wishes") > meetings * seeds.length, `${sum("wishes")} wishes were accepted`);
    assert.ok(sum("cancelled") > 0, "no meeting was cancelled");
    assert.ok(sum("replies") > meetings, `${sum("replies")} invitations were answered`);
  });
});

Deno.test("smallestFailure() halves meetings and workers while the run still fails", async () => {
  const tried: string[] = [];
  const smallest = await smallestFailure({ seed: 7, meetings: 200, workers: 8 }, (options) => {
    tried.push(commandFor(options));
    const fails = options.meetings >= 25 && options.workers >= 2;
    return Promise.resolve({ violations: fails ? ["broken"] : [] });
  });
  assert.deepEqual(smallest, { seed: 7, meetings: 25, workers: 2 });
  assert.equal(
    commandFor(smallest),
    "deno task test:chaos --seed 7 --meetings 25 --workers 2",
  );
  assert.equal(tried.length, 7);
});

Deno.test("chaosTask() reads sizes and seeds, and says what it does not understand", () => {
  assert.deepEqual(chaosTask([]), SMALL);
  assert.deepEqual(chaosTask(["--seed", "9"]), { ...SMALL, seeds: [9] });
  assert.deepEqual(
    chaosTask(["--seed", "4", "--seeds", "2", "--meetings", "1000", "--workers", "8"]),
    { seeds: [4, 5], meetings: 1000, workers: 8 },
  );
  assert.throws(() => chaosTask(["--sead", "9"]), /"--sead" is no option/);
  assert.throws(() => chaosTask(["--workers", "many"]), /--workers needs a whole number/);
});
