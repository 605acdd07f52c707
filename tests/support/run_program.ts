import { fileURLToPath } from "node:url";
import type { Stack } from "./stack.ts";

/** Runs a program of local/ against the stack, with its address and key as options; `--key` among `args` replaces the key. */
export async function runProgram(stack: Stack, path: string, ...args: string[]) {
  const program = fileURLToPath(new URL(`../../local/${path}`, import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      program,
      "--url",
      stack.platform.api_url,
      ...(args.includes("--key") ? [] : ["--key", stack.platform.automations_key]),
      ...args,
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
