import { supabaseCliOrThrow } from "./supabase_cli.ts";

/** Where the generated types are kept. */
export const DATABASE_TYPES = new URL("../../shared/database/types.ts", import.meta.url);

/** The TypeScript types of schema public as `supabase gen types` sees it at `url`, formatted. */
export async function generateDatabaseTypes(url: string): Promise<string> {
  const { stdout } = await supabaseCliOrThrow([
    "gen",
    "types",
    "--lang=typescript",
    "--schema=public",
    `--remote=${url}`,
  ]);
  return await format(stdout);
}

/** The CLI leaves its output unformatted, with all columns of a table on one line. */
async function format(source: string): Promise<string> {
  const formatter = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--no-config", "--line-width=100", "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = formatter.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { success, stdout, stderr } = await formatter.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`The generated types do not parse: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
