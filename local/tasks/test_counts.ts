/** How many tests, steps included, ended how. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts the cases of a JUnit report as `deno test --junit-path` writes it. */
export function countTests(report: string): TestCounts {
  const count = (tag: string) => report.match(new RegExp(`<${tag}\\b`, "g"))?.length ?? 0;
  const [skipped, failed] = [count("skipped"), count("failure") + count("error")];
  return { passed: count("testcase") - skipped - failed, failed, skipped };
}

/**
 * The last line of a test run. A run that did not succeed has at least one failure, also when no test
 * of its own failed: a file did not compile, or threw outside of its tests.
 */
export function summarise(counts: TestCounts, success: boolean): string {
  const failed = success ? counts.failed : Math.max(1, counts.failed);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  return `${counts.passed} passed, ${failed} failed${skipped}`;
}
