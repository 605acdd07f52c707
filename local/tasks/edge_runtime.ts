import { dirname, join } from "node:path";
import { PROJECT_ROOT } from "./supabase_cli.ts";

/** Supabase's Edge Runtime is built on this line of Deno. */
export const EDGE_DENO = "deno@2.1.4";

const PRODUCT = ["shared", "supabase/functions"];
const UNIT_TESTS = "tests/unit";

/**
 * Type-checks shared/ and the functions and runs the unit tests under the edge runtime's Deno.
 * Returns its output; `success` is false as soon as one of the two fails. An Error without npx.
 */
export async function checkEdgeRuntime(): Promise<{ success: boolean; output: string }> {
  const directory = await Deno.makeTempDir({ prefix: "convene-edge-" });
  try {
    const product: string[] = [];
    for (const folder of PRODUCT) await copyFolder(folder, directory, product);
    const tests: string[] = [];
    await copyFolder(UNIT_TESTS, directory, tests);
    await writeConfiguration(directory, [...product, ...tests]);

    const check = await edgeDeno(directory, ["check", "--no-lock", ...product]);
    if (!check.success) return check;
    const test = await edgeDeno(directory, ["test", "-A", "--no-lock", UNIT_TESTS]);
    return { success: test.success, output: check.output + test.output };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Copies, because in the project itself the old Deno stumbles over the lockfile and node_modules. */
async function copyFolder(folder: string, directory: string, copied: string[]): Promise<void> {
  for await (const entry of Deno.readDir(join(PROJECT_ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      await copyFolder(path, directory, copied);
    } else {
      await Deno.mkdir(dirname(join(directory, path)), { recursive: true });
      await Deno.copyFile(join(PROJECT_ROOT, path), join(directory, path));
      if (path.endsWith(".ts")) copied.push(path);
    }
  }
}

/** The project's import map as far as these files use it, since the old Deno installs all of it. */
async function writeConfiguration(directory: string, files: readonly string[]): Promise<void> {
  const sources = await Promise.all(files.map((file) => Deno.readTextFile(join(directory, file))));
  const { imports, compilerOptions }: {
    imports: Record<string, string>;
    compilerOptions: Record<string, unknown>;
  } = JSON.parse(await Deno.readTextFile(join(PROJECT_ROOT, "deno.json")));
  const used = Object.entries(imports).filter(([name]) => {
    const quoted = name.endsWith("/") ? `"${name}` : `"${name}"`;
    return sources.some((source) => source.includes(quoted));
  });
  await Deno.writeTextFile(
    join(directory, "deno.json"),
    JSON.stringify({
      nodeModulesDir: "none",
      imports: Object.fromEntries(used),
      compilerOptions,
    }),
  );
}

async function edgeDeno(
  directory: string,
  args: string[],
): Promise<{ success: boolean; output: string }> {
  const command = new Deno.Command("npx", {
    args: ["-y", EDGE_DENO, ...args],
    cwd: directory,
    env: {
      // It reads a package.json of any directory above, and trusts no certificate of the machine.
      DENO_NO_PACKAGE_JSON: "1",
      DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") ?? "mozilla,system",
      NO_COLOR: "1",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  try {
    const { success, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    return { success, output: decoder.decode(stderr) + decoder.decode(stdout) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`${EDGE_DENO} comes from npm: install Node.js, which brings npx`);
  }
}
