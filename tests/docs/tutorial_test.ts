import assert from "node:assert/strict";
import { type Block, blocksIn, readPage } from "../support/markdown.ts";
import { promisesOf } from "../support/promises.ts";
import { type LocalStack, onStack, startAsPrinted } from "./local_stack.ts";
import { isAsPrinted } from "./printed_output.ts";
import { type Shell, startShell } from "./shell.ts";

const PAGE = "docs/tutorial.md";
const PATIENCE_MS = 30_000;

/** A command of the page, and what the page says that it prints. */
interface Step {
  readonly command: Block;
  readonly printed: string | null;
}

interface Tutorial {
  readonly stack: LocalStack;
  readonly shell: Shell;
  readonly first: Step;
  readonly rest: readonly Step[];
}

promisesOf<Tutorial>(PAGE, start, {
  "`task start` prints what the page shows": ({ stack, first }) => {
    assert.ok(isAsPrinted(first.printed ?? "", stack.printed), stack.printed);
  },

  "every command runs as it is written, in order, and prints what the page shows": async (
    { stack, shell, rest },
  ) => {
    assert.ok(rest.length >= 15, `only ${rest.length} commands were found`);
    for (const { command, printed } of rest) {
      const text = onStack(command.text, stack);
      const expected = onStack(printed ?? "", stack);
      const deadline = Date.now() + PATIENCE_MS;
      let output = await shell.run(text);
      while (isRead(text) && !isAsPrinted(expected, output) && Date.now() < deadline) {
        output = await shell.run(text);
      }
      assert.ok(
        isAsPrinted(expected, output),
        `${PAGE}:${command.line} printed\n${output}\nand not\n${expected}`,
      );
    }
  },
});

Deno.test("isAsPrinted() takes ... for any text and compares the rest", () => {
  assert.ok(isAsPrinted("a ... c\n...\nd", "a b c\n1\n2\nd\n"));
  for (const output of ["a b\nd", "a b c\nd", "x a b c\n1\nd", ""]) {
    assert.ok(!isAsPrinted("a ... c\n...\nd", output), output);
  }
});

async function start(resources: AsyncDisposableStack): Promise<Tutorial> {
  const [first, ...rest] = stepsOf(blocksIn(await readPage(PAGE)));
  assert.ok(first);
  const stack = await startAsPrinted(first.command.text, resources);
  const folder = await Deno.makeTempDir({ prefix: "convene-tutorial-" });
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  return { stack, shell: resources.use(startShell(folder)), first, rest };
}

function stepsOf(blocks: readonly Block[]): Step[] {
  return blocks.flatMap((command, index) => {
    if (command.language !== "sh") return [];
    const next = blocks[index + 1];
    return [{ command, printed: next?.language === "text" ? next.text : null }];
  });
}

/** A reader who is faster than Convene repeats a command that changes nothing. */
function isRead(text: string): boolean {
  return !/ -d | -X /.test(text);
}
