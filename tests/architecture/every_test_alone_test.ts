import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const FOLDERS = ["tests/", "packages/"];
const SEEDED = "tests/unit/fast_check.ts";

Deno.test("no test has steps, which a filter could not reach", async () => {
  const folders = FOLDERS.map((folder) => filesIn(new URL(folder, ROOT)));
  const files = (await Promise.all(folders)).flat();
  assert.ok(files.some(({ pathname }) => pathname.endsWith("/every_test_alone_test.ts")));
  const with_steps: string[] = [];
  for (const file of files) {
    if (hasSteps(await Deno.readTextFile(file))) {
      with_steps.push(file.pathname.slice(ROOT.pathname.length));
    }
  }
  assert.deepEqual(with_steps, [], "register promises instead: tests/support/promises.ts");
});

Deno.test("hasSteps() notices a step, however its test is called", () => {
  const call = "step(";
  for (const test of ["t.", "test.", "context\n    .", "t?."]) {
    assert.equal(hasSteps(`await ${test}${call}"a", () => {})`), true, test);
  }
  assert.equal(hasSteps("first_step(); this.stepper()"), false);
});

Deno.test("no property test of the project draws other values in each run", async () => {
  const random: string[] = [];
  for (const file of await filesIn(new URL("tests/", ROOT))) {
    const path = file.pathname.slice(ROOT.pathname.length);
    const imports_it = /^(import|export) .*from "fast-check";$/m.test(
      await Deno.readTextFile(file),
    );
    if (imports_it && path !== SEEDED) random.push(path);
  }
  assert.deepEqual(random, [], `import ${SEEDED} instead`);
});

function hasSteps(source: string): boolean {
  return /\.step\s*\(/.test(source);
}

async function filesIn(folder: URL): Promise<URL[]> {
  const files: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name === "node_modules") continue;
    if (isDirectory) files.push(...await filesIn(new URL(`${name}/`, folder)));
    else if (name.endsWith(".ts")) files.push(new URL(name, folder));
  }
  return files;
}
