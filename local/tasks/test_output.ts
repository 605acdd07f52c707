import { REASON_OF } from "../../tests/support/promises.ts";
import type { TestCounts } from "./test_counts.ts";

export interface TestFailure {
  /** A test's name, or the file's path where no test is to blame. */
  readonly name: string;
  /** As `deno test` prints it. */
  readonly reason: string;
}

/** Reads what `deno test` prints about one file, line by line. */
export interface TestOutput {
  read(line: string): void;
  /** Deno's own sums, or what had ended until then where the process did not come so far. */
  counts(): TestCounts;
  /** Every failure whose reason has been read. */
  failures(): TestFailure[];
  /** Those whose reason was not among what `say` has heard. */
  unheard(): TestFailure[];
}

const BLOCK_START = /^-{7} (?:.+ )?output -{7}$/;
const BLOCK_END = /^(.*?)-{5} (?:.+ )?output end -{5}$/;
/** A slow test's name is in the line before, with the remark that it is slow. */
const RESULT = /^(?:(.+) \.\.\.)? (ok|FAILED|ignored) \(([^)]+)\)$/;
const SLOW = /^(.+) \.\.\.'.*' has been running for over \((.+)\)$/;
const SUMS = /^(?:ok|FAILED) \| (\d+) passed \| (\d+) failed(?: \| (\d+) ignored)?/;
const REASONS_START = " ERRORS ";
const REASONS_END = " FAILURES ";
const FAILURE = /^(.+) => \.{1,2}\/\S+:\d+:\d+$/;
const UNCAUGHT = /^(\.{1,2}\/.+) \(uncaught error\)$/;

/**
 * `say` hears at once what should be printed: which tests fail and which are slow, and what a test
 * printed: one that failed, or each of them if `is_verbose`.
 */
export function testOutput(say: (text: string) => void, is_verbose: boolean): TestOutput {
  const heard = new Set<string>();
  const failures: { name: string; lines: string[] }[] = [];
  let block: string[] | undefined;
  const ended = { ok: 0, FAILED: 0, ignored: 0 };
  let sums: TestCounts | undefined;
  let slow = "";
  let printed: string[] = [];
  let place: "tests" | "reasons" | "end" = "tests";

  function sayPrinted() {
    if (printed.length > 0) say(printed.join("\n"));
    printed = [];
  }

  function endBlock(lines: string[]) {
    block = undefined;
    for (const line of lines) {
      if (line.startsWith(REASON_OF)) heard.add(line.slice(REASON_OF.length));
    }
    printed.push(...lines);
    if (is_verbose) sayPrinted();
  }

  function readInBlock(lines: string[], line: string) {
    const end = BLOCK_END.exec(line);
    if (end === null) return void lines.push(line);
    // A line that was not finished, or the name of the test that is running.
    if (end[1] !== "" && !end[1]!.endsWith(" ...")) lines.push(end[1]!);
    endBlock(lines);
  }

  function readReason(line: string) {
    const name = (FAILURE.exec(line) ?? UNCAUGHT.exec(line))?.[1];
    if (name !== undefined) failures.push({ name, lines: [line] });
    else failures.at(-1)?.lines.push(line);
  }

  function readResult(line: string) {
    const [, slow_name, duration] = SLOW.exec(line) ?? [];
    if (slow_name !== undefined) {
      slow = slow_name;
      return say(`${slow_name} has been running for ${duration}`);
    }
    const [, name = slow, result, seconds] = RESULT.exec(line) ?? [];
    if (result !== "ok" && result !== "FAILED" && result !== "ignored") return;
    ended[result] += 1;
    if (result === "FAILED") sayPrinted();
    printed = [];
    if (result === "FAILED") say(`FAILED ${name} (${seconds})`);
  }

  function readSums(line: string) {
    const [, passed, failed, skipped = 0] = SUMS.exec(line) ?? [];
    if (passed === undefined) return;
    sums = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
  }

  const read = (line: string) => {
    if (line === REASONS_START) {
      // What is printed after the last test has no end of its own when it fails.
      if (block !== undefined) endBlock(block);
      sayPrinted();
      place = "reasons";
    } else if (block !== undefined) readInBlock(block, line);
    else if (place === "tests" && BLOCK_START.test(line)) block = [];
    else if (line === REASONS_END) place = "end";
    else if (SUMS.test(line)) readSums(line);
    else if (place === "reasons") readReason(line);
    else readResult(line);
  };
  const all = () =>
    failures.map(({ name, lines }) => ({ name, reason: lines.join("\n").trimEnd() }));
  return {
    read,
    counts: () => sums ?? { passed: ended.ok, failed: ended.FAILED, skipped: ended.ignored },
    failures: all,
    unheard: () => all().filter(({ name }) => !heard.has(name)),
  };
}
