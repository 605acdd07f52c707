import { join } from "node:path";
import { PROJECT_ROOT, SUPABASE_CLI } from "../../local/tasks/supabase_cli.ts";

/** A fresh copy of the repository, in which commands run as its pages print them. */
export interface Checkout extends AsyncDisposable {
  readonly directory: string;
  /** Runs lines of a page with a shell that ends at the first error. */
  run(script: string, env: Record<string, string>): Promise<{ code: number; output: string }>;
  write(path: string, text: string): Promise<void>;
}

const NEEDED = ["deno.json", "deno.lock", "supabase", "shared", "local", "packages"];

export async function checkOut(): Promise<Checkout> {
  const directory = await Deno.makeTempDir({ prefix: "convene-checkout-" });
  for (const name of NEEDED) await copy(join(PROJECT_ROOT, name), join(directory, name));
  await Deno.remove(join(directory, "supabase/.temp"), { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.symlink(join(PROJECT_ROOT, "node_modules"), join(directory, "node_modules"));
  const bin = join(directory, ".bin");
  await Deno.mkdir(bin);
  // The pages name the programs that a newcomer has: npx fetches this Deno, and this CLI.
  await script(join(bin, "supabase"), `exec "${await cliPath()}" "$@" --yes --agent no`);
  const npx = await programPath("npx");
  await script(
    join(bin, "npx"),
    `case "$2" in deno@*) shift 2; exec "${Deno.execPath()}" "$@";; esac\nexec "${npx}" "$@"`,
  );

  return {
    directory,
    async run(text, env) {
      const { code, stdout, stderr } = await new Deno.Command("bash", {
        args: ["-euo", "pipefail", "-c", text],
        cwd: directory,
        env: {
          PATH: `${bin}:${Deno.env.get("PATH") ?? ""}`,
          NO_COLOR: "1",
          SUPABASE_HOME: join(directory, ".home"),
          SUPABASE_NO_KEYRING: "1",
          SUPABASE_NO_UPDATE_NOTIFIER: "1",
          SUPABASE_TELEMETRY_DISABLED: "1",
          ...env,
        },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).output();
      const decoder = new TextDecoder();
      return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
    },
    write: (path, text) => Deno.writeTextFile(join(directory, path), text),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

function cliPath(): Promise<string> {
  return outputOf("npx", ["-y", "-p", SUPABASE_CLI, "-c", "command -v supabase"]);
}

function programPath(name: string): Promise<string> {
  return outputOf("bash", ["-c", `command -v ${name}`]);
}

async function outputOf(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return new TextDecoder().decode(stdout).trim();
  throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

async function script(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
}

async function copy(from: string, to: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("cp", { args: ["-R", from, to] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
