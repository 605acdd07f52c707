import * as z from "zod/mini";
import { PROJECT_ROOT, SUPABASE_CLI } from "../tasks/supabase_cli.ts";
import { printLine } from "../output.ts";

const CLI_ERROR = z.object({
  error: z.object({ message: z.string(), suggestion: z.optional(z.nullable(z.string())) }),
});

/** A hosted project, reached through the Supabase CLI with the login of the person at this machine. */
export interface SupabaseProject {
  readonly ref: string;
  /** Runs a command that only reads. Throws what the CLI said. */
  read(args: readonly string[]): Promise<string>;
  /** The same, parsed; its output is one JSON value. */
  readJson(args: readonly string[]): Promise<unknown>;
  /**
   * Runs a command that changes something, after printing it; with --dry-run it is printed only. Throws what
   * the CLI said.
   */
  change(args: readonly string[], options?: { root?: string }): Promise<void>;
  /**
   * The rows of the last statement of `sql`, which only reads: the CLI takes a single SELECT for such, unless it
   * `has_blocks` of code.
   */
  query<Row>(sql: string, options?: { has_blocks?: boolean }): Promise<Row[]>;
  /** The rows of the last statement of `sql`, which changes something. `as` is printed instead of the text. */
  execute<Row>(sql: string, as: string): Promise<Row[]>;
}

/** Throws when there is no npx. Its CLI is the version that this repository is tested with. */
export async function openProject(ref: string, dry_run: boolean): Promise<SupabaseProject> {
  const cli = await findCli();

  async function run(args: readonly string[], root = PROJECT_ROOT): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command(cli, {
      args: [...args, "--workdir", root, "--yes", "--agent", "no"],
      cwd: root,
      env: { SUPABASE_NO_UPDATE_NOTIFIER: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    const output = decoder.decode(stdout);
    if (success) return output;
    throw new Error(
      `supabase ${args.slice(0, 2).join(" ")} failed: ${told(output + decoder.decode(stderr))}`,
    );
  }

  const readJson = async (args: readonly string[]): Promise<unknown> =>
    JSON.parse(await run([...args, "--output-format", "json"]));

  // The text goes through a file of this user: arguments of a process can be read by others.
  async function sql<Row>(text: string, flags: readonly string[]): Promise<Row[]> {
    const file = await Deno.makeTempFile({ prefix: "convene-", suffix: ".sql" });
    try {
      await Deno.writeTextFile(file, text);
      const rows = await readJson(["db", "query", `--remote=${ref}`, "--file", file, ...flags]);
      if (!Array.isArray(rows)) throw new Error("supabase db query returned no rows");
      return rows;
    } finally {
      await Deno.remove(file);
    }
  }

  return {
    ref,
    read: (args) => run(args),
    readJson,
    async change(args, { root } = {}) {
      printLine(`  $ supabase ${args.join(" ")}`);
      if (!dry_run) await run(args, root);
    },
    query: (text, { has_blocks = false } = {}) => sql(text, has_blocks ? [] : ["--read-only"]),
    async execute(text, as) {
      printLine(`  $ supabase db query --remote   # ${as}`);
      return dry_run ? [] : await sql(text, []);
    },
  };
}

async function findCli(): Promise<string> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("npx", {
      args: ["-y", "-p", SUPABASE_CLI, "-c", "command -v supabase"],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    const path = decoder.decode(stdout).trim();
    if (success && path !== "") return path;
    throw new Error(`npx cannot install ${SUPABASE_CLI}: ${decoder.decode(stderr).trim()}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("The Supabase CLI comes from npm: install Node.js, which brings npx");
  }
}

/** What the CLI said, without its lines about the target; where JSON was asked for, the message of its error. */
function told(output: string): string {
  const lines = output.split("\n").filter((line) =>
    !/^(Target:|Confirmed by --yes|Uploading asset)/.test(line)
  );
  const text = lines.join("\n").trim();
  const { success, data } = z.safeParse(CLI_ERROR, parsed(text));
  return success ? [data.error.message, data.error.suggestion ?? ""].join(" ").trim() : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
