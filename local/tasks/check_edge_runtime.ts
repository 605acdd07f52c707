import { printLine } from "../output.ts";
import { canRunEdgeDeno, checkEdgeRuntime, EDGE_DENO } from "./edge_runtime.ts";

if (await canRunEdgeDeno()) {
  const { success, output } = await checkEdgeRuntime();
  printLine(output.trim());
  if (!success) Deno.exitCode = 1;
} else {
  printLine(`Skipped: ${EDGE_DENO} comes through npx, which is not here`);
}
