import { printLine } from "../output.ts";
import { checkEdgeRuntime } from "./edge_runtime.ts";

const { success, output } = await checkEdgeRuntime();
printLine(output.trim());
if (!success) Deno.exitCode = 1;
