import assert from "node:assert/strict";
import type { DemoReport } from "../../local/demo/report.ts";

/** Runs `deno task demo --json` with more arguments as a person would; the report and the exit code. */
export async function runDemo(...args: string[]): Promise<{ code: number; report: DemoReport }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "demo", "--json", ...args],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
  }).output();
  const printed = new TextDecoder().decode(stdout);
  assert.equal(printed.trimEnd().split("\n").length, 1, printed + new TextDecoder().decode(stderr));
  return { code, report: JSON.parse(printed) as DemoReport };
}
