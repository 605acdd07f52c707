import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = new URL("../../", import.meta.url);
const FUNCTIONS = new URL("supabase/functions/", PROJECT);

/** One function as it is uploaded. Sizes are bytes. */
export interface BundledFunction {
  name: string;
  /** What every start of the function loads. */
  static_bytes: number;
  /** What single requests load besides, by dynamic imports. */
  dynamic_bytes: number;
}

/**
 * Writes each function of the project as bundled, minified JavaScript to `<folder>/supabase/functions/<name>/index.js`,
 * with the versions of the lockfile, and a `config.toml` that names them: a project folder for the Supabase CLI, whose own
 * bundling would resolve packages again and upload them whole. The folder must be empty. Throws with what `deno bundle`
 * said.
 */
export async function bundleFunctions(folder: string): Promise<BundledFunction[]> {
  const bundled: BundledFunction[] = [];
  for (const name of await functionNames()) {
    bundled.push(await bundleFunction(name, join(folder, "supabase/functions", name)));
  }
  const config = await Deno.readTextFile(new URL("supabase/config.toml", PROJECT));
  await Deno.writeTextFile(join(folder, "supabase/config.toml"), configOfBundles(config));
  return bundled;
}

/** One function of a folder of functions, as `index.js` in another. */
export async function bundleFunction(
  name: string,
  folder: string,
  functions = FUNCTIONS,
): Promise<BundledFunction> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--platform=deno",
      "--minify",
      "--code-splitting",
      `--outdir=${folder}`,
      fileURLToPath(new URL(`${name}/index.ts`, functions)),
    ],
    cwd: fileURLToPath(PROJECT),
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${name} is not bundled:\n${new TextDecoder().decode(stderr)}`);
  const sizes = new Map<string, number>();
  for await (const { name: file } of Deno.readDir(folder)) {
    await separateImports(join(folder, file));
    sizes.set(file, (await Deno.stat(join(folder, file))).size);
  }
  const loaded = await staticImports(folder, "index.js");
  const sum = (files: Iterable<string>) =>
    [...files].reduce((bytes, file) => bytes + sizes.get(file)!, 0);
  const static_bytes = sum(loaded);
  return { name, static_bytes, dynamic_bytes: sum(sizes.keys()) - static_bytes };
}

async function functionNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(FUNCTIONS)) {
    if (entry.isDirectory) names.push(entry.name);
  }
  return names.sort();
}

/** The CLI uploads what it finds imported, and it only finds `import {`, with a space. */
async function separateImports(path: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replaceAll(/\bimport(?=\{[^{}]*\}from"\.\/)/g, "import "));
}

/** The files of a folder that load with one of them. */
async function staticImports(folder: string, file: string, found = new Set<string>()) {
  found.add(file);
  const text = await Deno.readTextFile(join(folder, file));
  for (const [, imported = ""] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) {
    if (!found.has(imported)) await staticImports(folder, imported, found);
  }
  return found;
}

function configOfBundles(config: string): string {
  return config
    .replaceAll(/^import_map = .*\n/gm, "")
    .replaceAll(/^(entrypoint = ".*)\/index\.ts"$/gm, '$1/index.js"');
}
