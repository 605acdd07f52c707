import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** The imported file's path in the project, or nothing for a package or an unknown name. */
  readonly target: string | undefined;
  readonly line: number;
}

export interface SourceFile {
  /** In the project, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** Every TypeScript file below the given folders of the project in `root`, with what it imports. */
export async function readImportGraph(
  root: string,
  folders: readonly string[],
): Promise<SourceFile[]> {
  const paths: string[] = [];
  for (const folder of folders) await collect(join(root, folder), paths);

  const dependencies = await dependenciesOf(root, paths);
  return await Promise.all(
    paths.sort().map(async (path) => ({
      path: projectPath(root, path),
      text: await Deno.readTextFile(path),
      imports: (dependencies.get(path) ?? []).map((dependency) => ({
        specifier: dependency.specifier,
        target: targetOf(root, dependency),
        line: lineOf(dependency),
      })),
    })),
  );
}

async function collect(folder: string, paths: string[]): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) await collect(path, paths);
    else if (/\.tsx?$/.test(entry.name)) paths.push(path);
  }
}

interface Resolution {
  specifier?: string;
  span: { start: { line: number } };
}

interface Dependency {
  specifier: string;
  code?: Resolution;
  type?: Resolution;
}

/** Asks Deno once, through a file that imports all the others: it knows the import map and the syntax. */
async function dependenciesOf(
  root: string,
  paths: readonly string[],
): Promise<Map<string, Dependency[]>> {
  const directory = await Deno.makeTempDir({ prefix: "convene-imports-" });
  try {
    const entry = join(directory, "all.ts");
    await Deno.writeTextFile(
      entry,
      paths.map((path) => `import ${JSON.stringify(pathToFileURL(path).href)};\n`).join(""),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", `--config=${join(root, "deno.json")}`, entry],
      cwd: root,
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`deno info failed: ${decoder.decode(stderr)}`);
    const info: { modules: { specifier: string; dependencies?: Dependency[] }[] } = JSON.parse(
      decoder.decode(stdout),
    );
    return new Map(
      info.modules.filter((module) => module.specifier.startsWith("file:"))
        .map((module) => [fileURLToPath(module.specifier), module.dependencies ?? []]),
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function targetOf(root: string, { code, type }: Dependency): string | undefined {
  const resolved = code?.specifier ?? type?.specifier;
  if (!resolved?.startsWith("file:")) return undefined;
  const path = projectPath(root, fileURLToPath(resolved));
  return path.startsWith("..") || path.startsWith("node_modules/") ? undefined : path;
}

function lineOf({ code, type }: Dependency): number {
  return ((code ?? type)?.span.start.line ?? 0) + 1;
}

function projectPath(root: string, path: string): string {
  return relative(root, path).replaceAll("\\", "/");
}
