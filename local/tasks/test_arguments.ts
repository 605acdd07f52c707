import { join, relative, resolve } from "node:path";
import { closestOf } from "@shared/std/closest.ts";

/** What `deno task test` was asked for. */
export interface TestArguments {
  readonly help: boolean;
  /** Files and folders, as given. */
  readonly paths: readonly string[];
  /** What a test's name must contain, or a pattern between slashes. */
  readonly filter: string | undefined;
  /** What to use where a test runs on either. */
  readonly database: "pglite" | "postgres" | "both" | undefined;
  /** Everything else that begins with "-"; it goes to `deno test` as it is. */
  readonly others: readonly string[];
}

export const TEST_USAGE = `deno task test [paths] [--filter text] [--database pglite|postgres|both]

Runs the tests, several files at once, with one Postgres server for all of them.
The reason of a failure is printed when its test fails or its file ends, and again at the end.
What a test printed is shown when it fails, or always where only one file runs.
The last line is "N passed, N failed[, N skipped]"; the exit code is 1 when anything failed.

  paths       Files and folders. Default: tests/ and packages/
  --filter    Only tests whose name contains the text, or matches it where it is "/a pattern/".
  --database  For tests that run on either. Default: Postgres, and for those of the main job both.
              The variable CONVENE_TEST_DATABASE does the same, also for "deno test".
  --help      Prints this.

Other options go to "deno test" as they are. Examples:

  deno task test tests/integration/status_test.ts
  deno task test tests/integration --filter "status says what to do about an error"
  deno task test tests/integration --filter "/^status on Postgres: /"
  deno task test tests/platform --database pglite`;

const OWN_OPTIONS = ["--filter", "--database", "--help"];

const TEST_FILE = /_test\.ts$/;

function isDatabase(text: string): text is NonNullable<TestArguments["database"]> {
  return ["pglite", "postgres", "both"].includes(text);
}

/** Throws an Error with one sentence about an argument that is not understood. */
export function readTestArguments(args: readonly string[]): TestArguments {
  const paths: string[] = [];
  const others: string[] = [];
  let [help, filter, database]: [boolean, string?, string?] = [false];
  for (let index = 0; index < args.length; index++) {
    const [, name = "", given] = /^(--[\w-]+)(?:=(.*))?$/s.exec(args[index]!) ?? [];
    const value = () => {
      const found = given ?? args[++index];
      if (found === undefined) throw new Error(`${name} needs a value. See --help.`);
      return found;
    };
    if (name === "--help" || args[index] === "-h") help = true;
    else if (name === "--filter") filter = value();
    else if (name === "--database") database = value();
    else if (args[index] === "--") continue;
    else if (args[index]!.startsWith("-")) others.push(optionOfDeno(args[index]!, name));
    else paths.push(args[index]!);
  }
  if (database !== undefined && !isDatabase(database)) {
    throw new Error(`--database is "${database}", not "pglite", "postgres" or "both". See --help.`);
  }
  return { help, paths, filter, database, others };
}

/** An option that this task passes on; one that is nearly an own one would fail in every file. */
function optionOfDeno(argument: string, name: string): string {
  const closest = closestOf(name, OWN_OPTIONS);
  if (closest === undefined) return argument;
  throw new Error(`"${name}" is no option of this task. Did you mean ${closest}?`);
}

/** The test files in these paths, relative to `root`, in order. Throws for a path that has none. */
export async function findTestFiles(root: string, paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const files = await testFilesIn(resolve(root, path));
    if (files.length === 0) throw new Error(`There is no test file in ${path}. See --help.`);
    for (const file of files) found.add(relative(root, file));
  }
  return [...found].sort();
}

async function testFilesIn(path: string): Promise<string[]> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  if (info.isFile) return [path];
  const files: string[] = [];
  for await (const entry of Deno.readDir(path)) {
    const inner = join(path, entry.name);
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory) files.push(...await testFilesIn(inner));
    else if (TEST_FILE.test(entry.name)) files.push(inner);
  }
  return files;
}
