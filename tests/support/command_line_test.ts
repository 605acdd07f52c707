import assert from "node:assert/strict";
import { readCommandLine, readOptions, wholeNumberOption } from "../../local/command_line.ts";
import project from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);
const AT_ONCE = 3;

Deno.test("every task prints what it does, its options and how it ends for --help, and names the nearest of a wrong option", async () => {
  const queue = Object.entries(project.tasks);
  assert.ok(queue.length > 20);
  const problems: string[] = [];
  const next = async () => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      problems.push(...await problemsOf(...task));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  assert.deepEqual(problems, []);
});

async function problemsOf(name: string, command: string): Promise<string[]> {
  const program = /^deno run -A (\S+\.ts)$/.exec(command)?.[1];
  if (program === undefined) return [`${name} is no program: --help would run it`];
  const help = await run(program, "--help");
  const wrong = await run(program, "--hepl");
  return [
    ...(help.code === 0 && help.stderr === "" ? [] : [`${name} --help: ${help.stderr}`]),
    ...(help.stdout.includes(`deno task ${name}`) ? [] : [`${name} --help: no usage`]),
    ...(/^ {2}--help\b/m.test(help.stdout) ? [] : [`${name} --help: no options`]),
    ...(wrong.code !== 0 ? [] : [`${name} accepts --hepl`]),
    ...((wrong.stderr + wrong.stdout).includes("Did you mean --help?")
      ? []
      : [`${name} --hepl: ${wrong.stderr}`]),
  ];
}

async function run(program: string, option: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program, option],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const OPTIONS = {
  rows: { type: "string", default: "5" },
  quick: { type: "boolean", default: false },
} as const;

Deno.test("options have defaults, take their value after a space or =, and begin after two dashes", () => {
  assert.deepEqual({ ...readOptions([], OPTIONS) }, { rows: "5", quick: false });
  for (const args of [["--rows", "7"], ["--rows=7"], ["--", "--rows", "7"]]) {
    assert.equal(readOptions(args, OPTIONS).rows, "7");
  }
  assert.deepEqual(readCommandLine(["a", "--quick", "b"], OPTIONS).positionals, ["a", "b"]);
});

Deno.test("a wrong command line is refused with a sentence", () => {
  for (
    const [args, message] of [
      [["--row", "7"], '"--row" is no option of this task. Did you mean --rows?'],
      [["-x"], '"-x" is no option of this task. It has --rows, --quick'],
      [["seven"], 'This task takes options alone, not "seven"; --help lists them'],
      [["--rows"], /'--rows <value>' argument missing/],
      [["--quick=yes"], /'--quick' does not take an argument/],
    ] as const
  ) {
    assert.throws(() => readOptions(args, OPTIONS), { message });
  }
});

Deno.test("a number of an option is whole and may have underscores", () => {
  assert.equal(wholeNumberOption("--rows", "1_000"), 1000);
  for (const text of ["", "0", "-1", "1.5", "many", "1e99"]) {
    assert.throws(() => wholeNumberOption("--rows", text), /^Error: --rows needs a whole number/);
  }
});
