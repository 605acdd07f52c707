import { taskOptions } from "../command_line.ts";
import { printLine } from "../output.ts";
import { checkEdgeRuntime } from "./edge_runtime.ts";

taskOptions(
  `Type-checks shared/ and supabase/functions/ and runs the unit tests on Deno 2.1, the version that Supabase's edge
runtime is built on.

Usage: deno task check:edge-runtime

  --help  this text

Takes about a minute; the first run downloads that Deno. Exit code: 1 something failed.`,
  {},
);

const { success, output } = await checkEdgeRuntime();
printLine(output.trim());
if (!success) Deno.exitCode = 1;
