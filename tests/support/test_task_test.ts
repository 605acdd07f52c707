import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../local/tasks/supabase_cli.ts";
import { findTestFiles, readTestArguments } from "../../local/tasks/test_arguments.ts";
import { summarise } from "../../local/tasks/test_counts.ts";
import { runTestFile, type TestFileResult } from "../../local/tasks/test_file.ts";

const PROMISES = new URL("promises.ts", import.meta.url).href;

/** Runs `source` as a test file; `said` is what a reader sees meanwhile. */
async function run(
  source: string,
  args: string[] = [],
  is_verbose = false,
): Promise<TestFileResult & { said: string }> {
  const directory = await Deno.makeTempDir({ prefix: "convene-test-task-" });
  try {
    const file = join(directory, "some_test.ts");
    await Deno.writeTextFile(file, source);
    const said: string[] = [];
    const result = await runTestFile(file, {
      args: ["test", "-A", "--no-check", ...args],
      env: {},
      is_verbose,
      say: (text) => said.push(text),
      signal: new AbortController().signal,
    });
    return { ...result, said: said.join("\n") };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a test run counts what passed, failed and was skipped, not what a filter left out", async () => {
  const source = `
    Deno.test("passes", () => {});
    Deno.test("passes ... FAILED (1s)", () => console.log("passes ... FAILED (1s)"));
    Deno.test({ name: "is skipped", ignore: true, fn() {} });
    Deno.test("fails", () => { throw new Error("a <failure> & an <error>"); });`;
  assert.deepEqual((await run(source)).counts, { passed: 2, failed: 1, skipped: 1 });
  assert.deepEqual((await run(source, ["--filter=is skipped"])).counts, {
    passed: 0,
    failed: 0,
    skipped: 1,
  });
});

Deno.test("a test run says at once which test failed, and why when its file ends", async () => {
  const source = `
    Deno.test("fails", () => { console.log("printed first"); throw new Error("the reason") });
    Deno.test("passes", () => console.log("printed by the next"));`;
  const { said, unheard, failures } = await run(source);
  assert.match(said, /^printed first\nFAILED fails \(.+\)$/);
  const verbose = await run(source, [], true);
  assert.match(verbose.said, /^printed first\nFAILED fails \(.+\)\nprinted by the next$/);
  assert.equal(unheard.length, 1);
  assert.match(unheard[0]!.reason, /^fails => .*\nerror: Error: the reason\n/);
  assert.deepEqual(failures, unheard);
});

Deno.test("a test run says why a promise failed before the next one begins, and again at the end", async () => {
  const { said, unheard, failures } = await run(
    `
    import { promisesOf } from ${JSON.stringify(PROMISES)};
    promisesOf("part", () => 1, {
      fails() { throw new Error("the reason", { cause: new Error("its cause") }) },
      passes() { console.log("printed by the next") },
    });`,
    [],
    true,
  );
  assert.match(
    said,
    /^Reason of .* part: fails\nError: the reason\n[^]*its cause\n[^]*FAILED part: fails .*\nprinted by the next$/,
  );
  assert.deepEqual(unheard, []);
  assert.match(failures[0]!.reason, /Error: the reason\n/);
});

Deno.test("a file that does not load, throws outside of its tests or is killed has a reason too", async () => {
  const sources: [string, RegExp][] = [
    [`Deno.test("never runs", () => {}); throw new Error("at load");`, /Error: at load/],
    [`Deno.test.afterAll(() => { throw new Error("late") }); Deno.test("a", () => {});`, /late/],
    [`Deno.test("is killed", () => Deno.kill(Deno.pid, "SIGKILL"));`, /signal SIGKILL/],
  ];
  for (const [source, reason] of sources) {
    const { counts, unheard } = await run(source);
    assert.equal(counts.failed, 1, source);
    assert.equal(unheard.length, 1, source);
    assert.match(unheard[0]!.reason, reason);
  }
});

Deno.test("deno task test without a Postgres says so once, and that something failed", async () => {
  using unused = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = unused.addr;
  unused.close();
  const { code, output } = await task(["tests/support/test_task_test.ts", "--no-check"], {
    CONVENE_TEST_POSTGRES_URL: `postgres://postgres@127.0.0.1:${port}/postgres`,
  });
  assert.equal(output.match(/ECONNREFUSED/g)?.length, 1, output);
  assert.equal(output.trimEnd().split("\n").at(-1), "0 passed, 1 failed");
  assert.equal(code, 1);
});

Deno.test("deno task test whose filter matches nothing fails", async () => {
  const { code, output } = await task(
    ["tests/architecture", "--no-check", "--database", "pglite", "--filter", "a name of no test"],
  );
  assert.match(output, /No test's name matches the filter "a name of no test"/);
  assert.equal(output.trimEnd().split("\n").at(-1), "0 passed, 1 failed");
  assert.equal(code, 1);
});

async function task(args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "local/tasks/test.ts", ...args],
    cwd: PROJECT_ROOT,
    env,
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stderr) + decoder.decode(stdout) };
}

Deno.test("readTestArguments() tells paths, filters and databases from options of deno test", () => {
  const none = { help: false, paths: [], filter: undefined, database: undefined, others: [] };
  assert.deepEqual(readTestArguments([]), none);
  assert.deepEqual(readTestArguments(["--help"]), { ...none, help: true });
  assert.deepEqual(
    readTestArguments(["tests/unit", "--filter", "two words", "--database=pglite", "--shuffle=7"]),
    {
      ...none,
      paths: ["tests/unit"],
      filter: "two words",
      database: "pglite",
      others: ["--shuffle=7"],
    },
  );
  assert.throws(() => readTestArguments(["--database", "mysql"]), /"mysql", not "pglite"/);
  assert.throws(() => readTestArguments(["--filter"]), /--filter needs a value/);
});

Deno.test("findTestFiles() finds the tests of folders and files, and refuses a path without any", async () => {
  const found = await findTestFiles(PROJECT_ROOT, ["tests/architecture", "tests/architecture/"]);
  assert.ok(found.includes("tests/architecture/arrows_test.ts"));
  assert.ok(found.every((file) => file.endsWith("_test.ts")));
  assert.equal(new Set(found).size, found.length);
  const absolute = await findTestFiles(PROJECT_ROOT, [
    join(PROJECT_ROOT, "tests/support/test_task_test.ts"),
  ]);
  assert.deepEqual(absolute, ["tests/support/test_task_test.ts"]);
  await assert.rejects(findTestFiles(PROJECT_ROOT, ["tests/nowhere"]), /no test file in tests\/no/);
});

Deno.test("summarise() names skipped tests only where there are some", () => {
  assert.equal(summarise({ passed: 12, failed: 0, skipped: 0 }), "12 passed, 0 failed");
  assert.equal(summarise({ passed: 12, failed: 3, skipped: 2 }), "12 passed, 3 failed, 2 skipped");
});
