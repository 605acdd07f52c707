import assert from "node:assert/strict";
import { blocksIn, readPage } from "../support/markdown.ts";
import { promisesOf } from "../support/promises.ts";
import { type LocalStack, onStack, ROOT, startAsPrinted } from "./local_stack.ts";
import { isAsPrinted } from "./printed_output.ts";

const [START, RUN, PRINTED, PROGRAM] = blocksIn(await readPage("README.md"))
  .filter(({ heading }) => heading === "Quick start").map(({ text }) => text);
const MOST_LINES = 10;

promisesOf<LocalStack>("the quick start of README.md", (resources) => {
  assert.ok(START);
  return startAsPrinted(START, resources);
}, {
  "runs as it is written against `task start`, and another time": async (stack) => {
    assert.ok(RUN && PRINTED);
    const first = await run(RUN, stack);
    assert.ok(first.success && isAsPrinted(PRINTED, first.output), first.output);
    const second = await run(RUN, stack);
    assert.ok(second.success, second.output);
    assert.equal(second.output.match(/https:\/\/meet\.google\.com\//g)?.length, 2);
  },
});

Deno.test("README.md shows docs/quick_start.ts, which has ten lines", async () => {
  const program = (await readPage("docs/quick_start.ts")).trim();
  assert.equal(PROGRAM, program);
  const lines = program.split("\n").filter((line) => line !== "");
  assert.ok(lines.length <= MOST_LINES, `${lines.length} lines`);
});

async function run(command: string, stack: LocalStack) {
  const [, ...args] = onStack(command, stack).replace(/^npx -y deno@[\d.]+/, "deno").split(" ");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, stack.api_url, stack.google_url],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const errors = success ? "" : decoder.decode(stderr);
  return { success, output: decoder.decode(stdout) + errors };
}
