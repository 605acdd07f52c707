import assert from "node:assert/strict";
import { join } from "node:path";
import { countTests, summarise, type TestCounts } from "../../local/tasks/test_counts.ts";

async function report(source: string): Promise<{ counts: TestCounts; success: boolean }> {
  const directory = await Deno.makeTempDir({ prefix: "convene-counts-" });
  try {
    await Deno.writeTextFile(join(directory, "some_test.ts"), source);
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-config", "--junit-path=report.xml", "some_test.ts"],
      cwd: directory,
      stdout: "null",
      stderr: "null",
    }).output();
    const xml = await Deno.readTextFile(join(directory, "report.xml"));
    return { counts: countTests(xml), success };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("countTests() counts tests and steps of a report that deno test wrote", async () => {
  const { counts, success } = await report(`
    Deno.test("passes", () => {});
    Deno.test({ name: "is skipped", ignore: true, fn() {} });
    Deno.test("has steps", async (t) => {
      await t.step("passes", async (t) => void await t.step("too", () => {}));
      await t.step({ name: "is skipped", ignore: true, fn() {} });
      await t.step("fails", () => { throw new Error("a <failure> & an <error>"); });
    });`);
  assert.equal(success, false);
  // The test with the failing step failed too.
  assert.deepEqual(counts, { passed: 3, failed: 2, skipped: 2 });
});

Deno.test("summarise() never says that nothing failed of a run that did not succeed", () => {
  const all = { passed: 12, failed: 0, skipped: 0 };
  assert.equal(summarise(all, true), "12 passed, 0 failed");
  assert.equal(summarise(all, false), "12 passed, 1 failed");
  assert.equal(
    summarise({ ...all, failed: 3, skipped: 2 }, false),
    "12 passed, 3 failed, 2 skipped",
  );
});
