import assert from "node:assert/strict";
import { join } from "node:path";

const PROMISES = new URL("promises.ts", import.meta.url).href;

/** What a test file says in which order that registers promises; `log` prints a line. */
async function sayings(source: string, filter?: string): Promise<string[]> {
  const directory = await Deno.makeTempDir({ prefix: "convene-promises-" });
  try {
    const log = join(directory, "log");
    await Deno.writeTextFile(log, "");
    await Deno.writeTextFile(
      join(directory, "some_test.ts"),
      `import { promisesOf } from ${JSON.stringify(PROMISES)};
      const log = (line) => Deno.writeTextFileSync("log", line + "\\n", { append: true });
      const subject = (name) => (resources) => {
        log("start " + name);
        resources.defer(() => log("stop " + name));
        return name;
      };
      ${source}`,
    );
    await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-config", "--no-check", ...(filter ? [`--filter=${filter}`] : [])],
      cwd: directory,
      stdout: "null",
      stderr: "null",
    }).output();
    return (await Deno.readTextFile(log)).trimEnd().split("\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const TWO_PARTS = `
  for (const part of ["one", "two"]) {
    promisesOf(part, subject(part), {
      first: (name) => log("first of " + name),
      fails: () => { log("fails"); throw new Error(); },
      last: (name) => log("last of " + name),
    }, { afterEach: () => log("cleared") });
  }
  Deno.test("neither", () => log("neither"));`;

Deno.test("promisesOf() starts a part with its first promise and stops it after its last one", async () => {
  const part = (name: string) => [
    `start ${name}`,
    `first of ${name}`,
    "cleared",
    "fails",
    "cleared",
    `last of ${name}`,
    "cleared",
    `stop ${name}`,
  ];
  assert.deepEqual(await sayings(TWO_PARTS), [...part("one"), ...part("two"), "neither"]);
});

Deno.test("promisesOf() starts only what a filtered promise needs, and stops it", async () => {
  assert.deepEqual(await sayings(TWO_PARTS, "two: first"), [
    "start two",
    "first of two",
    "cleared",
    "stop two",
  ]);
  assert.deepEqual(await sayings(TWO_PARTS, "first"), [
    "start one",
    "first of one",
    "cleared",
    "stop one",
    "start two",
    "first of two",
    "cleared",
    "stop two",
  ]);
});

Deno.test("promisesOf() stops what was started of a subject that does not start, and tries once", async () => {
  const source = `
    promisesOf("bad", (resources) => { subject("half")(resources); throw new Error("no") }, {
      first: () => log("first"),
      last: () => log("last"),
    });
    promisesOf("good", subject("good"), { first: () => log("first") });`;
  assert.deepEqual(await sayings(source), [
    "start half",
    "stop half",
    "start good",
    "first",
    "stop good",
  ]);
});
