import { fileURLToPath } from "node:url";

/** The version that the tasks and tests are written for; its flags and output change often. */
export const SUPABASE_CLI = "supabase@3.1.0";

export const PROJECT_ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface CliResult {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the Supabase CLI (from npm, no Docker) on the project in `root`. It sees neither the login nor
 * the settings of the person at this machine, so that nothing here can touch a hosted project.
 */
export async function supabaseCli(
  args: readonly string[],
  options: { root?: string; env?: Record<string, string> } = {},
): Promise<CliResult> {
  const home = await Deno.makeTempDir({ prefix: "convene-supabase-" });
  try {
    const { success, stdout, stderr } = await new Deno.Command("npx", {
      args: ["-y", SUPABASE_CLI, ...args, "--workdir", options.root ?? PROJECT_ROOT, "--yes"],
      env: {
        SUPABASE_HOME: home,
        SUPABASE_NO_KEYRING: "1",
        SUPABASE_NO_UPDATE_NOTIFIER: "1",
        SUPABASE_TELEMETRY_DISABLED: "1",
        SUPABASE_ACCESS_TOKEN: "",
        SUPABASE_PROFILE: "",
        ...options.env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("The Supabase CLI comes from npm: install Node.js, which brings npx");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** Like `supabaseCli`, but a failure is an error with all that the CLI said. */
export async function supabaseCliOrThrow(
  args: readonly string[],
  options: { root?: string; env?: Record<string, string> } = {},
): Promise<CliResult> {
  const result = await supabaseCli(args, options);
  if (result.success) return result;
  throw new Error(
    `supabase ${args.slice(0, 2).join(" ")} failed:\n${result.stdout}${result.stderr}`,
  );
}
