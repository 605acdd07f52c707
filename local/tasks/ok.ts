import { taskOptions } from "../command_line.ts";
import { PROJECT_ROOT } from "./supabase_cli.ts";

taskOptions(
  `Checks format, lint and types and runs the fast tests, which need no server: before every commit. The first check that
fails ends it.

Usage: deno task ok

  --help  this text

Takes about a minute. Exit code: that of the check that failed.`,
  {},
);

const CHECKS = [
  ["fmt", "--check"],
  ["lint"],
  ["check"],
  ["test", "-A", "--parallel", "tests/unit", "tests/intake", "tests/architecture"],
];

for (const args of CHECKS) {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: PROJECT_ROOT,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (code !== 0) Deno.exit(code);
}
