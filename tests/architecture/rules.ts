import type { Import, SourceFile } from "./import_graph.ts";

/**
 * What each room of shared/ may import of ours. Functions may import all of them. A new room needs a
 * line here; a new arrow needs a reason, because each one makes the rooms harder to tell apart.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  http: ["database", "meetings"],
  writeback: ["connections", "google", "database", "meetings"],
  tracking: ["connections", "google", "database", "meetings"],
  sync: ["connections", "google", "database", "meetings"],
  notifications: ["database", "meetings"],
  // It compares what write-back composes with what is there.
  audit: ["connections", "google", "database", "writeback"],
  connections: ["google", "database"],
  scheduling: [],
  // The words of a meeting are checked as the search reads them: zones, weekdays, windows.
  meetings: ["scheduling"],
  google: [],
  database: [],
};

/** The one file that may write to the console: the edge runtime has no other log. */
const LOG = "shared/http/log.ts";

/** The sentences about everything in these files that the house does not allow; empty if all is well. */
export function violations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [
    ...file.imports.flatMap((one) => {
      const complaint = complain(file, one);
      return complaint === undefined ? [] : [`${file.path}:${one.line} ${complaint}`];
    }),
    ...(isProduct(file.path) ? defaultImports(file) : []),
    ...(isProduct(file.path) && file.path !== LOG ? consoleUses(file) : []),
  ]);
}

function complain(file: SourceFile, { specifier, target }: Import): string | undefined {
  if (target === undefined) {
    return /^\.|^@shared\//.test(specifier)
      ? `imports ${specifier}, which is not in the project`
      : undefined;
  }
  const [package_from, package_to] = [packageOf(file.path), packageOf(target)];
  if (package_from !== package_to) {
    if (package_from !== undefined) return `imports ${target}: a package stands alone`;
    if (package_to !== undefined && target.split("/").length > 3) {
      return `imports ${target}: only the files at the top of a package are public`;
    }
  }
  if (target.startsWith("tests/") && file.path.startsWith("local/")) {
    // The tasks start the same throw-away Postgres as the tests do.
    const allowed = file.path.startsWith("local/tasks/") && target.startsWith("tests/support/");
    return allowed ? undefined : `imports ${target}: local/ runs without tests/`;
  }
  if (!isProduct(file.path)) return undefined;
  if (!isProduct(target)) return `imports ${target}: the product runs without it`;
  if (!/\.(ts|json)$/.test(specifier)) {
    return `imports ${specifier} without its extension: the deployment would not upload it`;
  }

  const [from, to] = [roomOf(file.path), roomOf(target)];
  if (from === to) return undefined;
  if (!specifier.startsWith("@shared/")) return `imports ${specifier}: across rooms use @shared/`;
  return arrowComplaint(from, to);
}

function arrowComplaint(from: string, to: string): string | undefined {
  if (to.startsWith("functions/")) return `imports ${to}: nothing points at a function`;
  if (!(to in ROOMS)) return `imports shared/${to}, a room that the rules do not know`;
  if (from.startsWith("functions/")) return undefined;
  const allowed = ROOMS[from];
  if (allowed === undefined) return `is in shared/${from}, a room that the rules do not know`;
  return allowed.includes(to) ? undefined : `imports shared/${to}, which ${from} may not know`;
}

/** The deployment's scanner misses a default import that stands before a list over several lines. */
function defaultImports({ path, text }: SourceFile): string[] {
  const pattern = /^\s*import\s+(?:type\s+(?!from\b))?(?!type\b)[A-Za-z_$][\w$]*\s*(?:,|from\b)/gm;
  return [...text.matchAll(pattern)].map((match) =>
    `${path}:${lineAt(text, match)} has a default import; import by name`
  );
}

function consoleUses({ path, text }: SourceFile): string[] {
  return [...text.matchAll(/\bconsole\s*[.[]/g)].map((match) =>
    `${path}:${lineAt(text, match)} uses the console; log through ${LOG}`
  );
}

function lineAt(text: string, match: RegExpExecArray): number {
  const whole_match_start = match.index + (match[0].length - match[0].trimStart().length);
  return text.slice(0, whole_match_start).split("\n").length;
}

function isProduct(path: string): boolean {
  return path.startsWith("shared/") || path.startsWith("supabase/");
}

/** "one" for packages/one/..., nothing elsewhere. */
function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}

/** "google" for shared/google/..., "functions/status" for a function's own folder. */
function roomOf(path: string): string {
  const [top = "", second = "", third = ""] = path.split("/");
  return top === "shared" ? second : `${second}/${third}`;
}
