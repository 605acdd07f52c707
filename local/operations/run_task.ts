import { printError } from "../output.ts";

/** Runs a task of operators with the command line and the environment; an error is one line and exit code 2. */
export async function runTask(
  task: (args: string[], environment: Record<string, string>) => Promise<number>,
): Promise<void> {
  try {
    Deno.exitCode = await task(Deno.args, Deno.env.toObject());
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 2;
  }
}
