import type { Import, SourceFile } from "./import_graph.ts";

/** What every operation room may import besides the leaves. */
const BELOW_OPERATIONS = ["calendar_events", "connections", "google", "database", "schemas"];

/**
 * What each room of shared/ may import of ours besides the leaves. Functions may import all of them. Rooms of one level
 * do not import each other: what one starts in another goes through the queue. A new room needs a line here; a new arrow
 * needs a reason, because each one makes the folders harder to distinguish.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  finding_time: [...BELOW_OPERATIONS, "scheduling"],
  writeback: BELOW_OPERATIONS,
  task_events: BELOW_OPERATIONS,
  notifications: BELOW_OPERATIONS,
  audit: BELOW_OPERATIONS,
  sync: BELOW_OPERATIONS,
  calendar_events: ["connections", "google", "database"],
  connections: ["google", "database"],
  google: [],
  database: [],
  // For the limits, which are in one list.
  http: ["schemas"],
  scheduling: [],
  schemas: [],
  // Types alone.
  contract: [],
  failures: [],
  std: [],
  texts: [],
  time: [],
};

/** Every room may import these; `time` and `std` import nothing. */
const LEAVES = ["failures", "std", "texts", "time"];

/**
 * The folders inside a room, the lowest first: a file imports its own folder and those before it. Files at the top of
 * the room are its entry points; they import all of them, and none of these imports them.
 */
const INNER_ROOMS: Readonly<Record<string, readonly string[]>> = {
  scheduling: ["input", "availability", "scoring", "explaining", "alternatives"],
  task_events: ["plan", "execute"],
};

/** A forbidden arrow between two rooms, or a cycle (between two of its files), that is known and to be removed. */
export interface Exception {
  from: string;
  to: string;
  /** Who removes it: the room whose rebuilding does. */
  owner: string;
}

export const ALLOWED_ARROWS: readonly Exception[] = [];

/** The one file that may write to the console: the edge runtime has no other log. */
const LOG = "shared/http/log.ts";

export const ROOM_NAMES: readonly string[] = Object.keys(ROOMS);

/** The sentences about everything in these files that is not allowed; empty if all is well. */
export function violations(
  files: readonly SourceFile[],
  allowed: readonly Exception[] = [],
): string[] {
  return files.flatMap((file) => [
    ...file.imports.flatMap((one) => {
      const complaint = complain(file, one, allowed);
      return complaint === undefined ? [] : [`${file.path}:${one.line} ${complaint}`];
    }),
    ...(isProduct(file.path) ? defaultImports(file) : []),
    ...(isProduct(file.path) && file.path !== LOG ? consoleUses(file) : []),
  ]);
}

function complain(
  file: SourceFile,
  { specifier, target }: Import,
  allowed: readonly Exception[],
): string | undefined {
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
    const is_allowed = file.path.startsWith("local/tasks/") && target.startsWith("tests/support/");
    return is_allowed ? undefined : `imports ${target}: local/ runs without tests/`;
  }
  if (!isProduct(file.path)) return undefined;
  if (!isProduct(target)) return `imports ${target}: the product runs without it`;
  if (!/\.(ts|json)$/.test(specifier)) {
    return `imports ${specifier} without its extension: the deployment would not upload it`;
  }

  const [from, to] = [roomOf(file.path), roomOf(target)];
  if (from === to) return innerComplaint(from, file.path, target);
  if (!specifier.startsWith("@shared/")) return `imports ${specifier}: across rooms use @shared/`;
  if (allowed.some((one) => one.from === from && one.to === to)) return undefined;
  return arrowComplaint(from, to);
}

function arrowComplaint(from: string, to: string): string | undefined {
  if (to.startsWith("functions/")) return `imports ${to}: nothing points at a function`;
  if (!(to in ROOMS)) return `imports shared/${to}, a room that the rules do not know`;
  if (from.startsWith("functions/")) return undefined;
  const below = ROOMS[from];
  if (below === undefined) return `is in shared/${from}, a room that the rules do not know`;
  return below.includes(to) || (LEAVES.includes(to) && from !== "time" && from !== "std")
    ? undefined
    : `imports shared/${to}, which ${from} may not know`;
}

function innerComplaint(room: string, from: string, to: string): string | undefined {
  const order = INNER_ROOMS[room];
  if (order === undefined) return undefined;
  const [inner_from, inner_to] = [innerRoomOf(from), innerRoomOf(to)];
  for (const inner of [inner_from, inner_to]) {
    if (inner !== undefined && !order.includes(inner)) {
      return `is in or imports ${room}/${inner}, an inner room that the rules do not know`;
    }
  }
  if (inner_from === undefined) return undefined;
  if (inner_to === undefined) return `imports ${to}: ${room}/${inner_from} lies below the top`;
  return order.indexOf(inner_to) <= order.indexOf(inner_from)
    ? undefined
    : `imports ${room}/${inner_to}, which lies above ${room}/${inner_from}`;
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

/** "one" for packages/one/..., "client" for client/..., which is published too; nothing elsewhere. */
function packageOf(path: string): string | undefined {
  return path.startsWith("client/") ? "client" : /^packages\/([^/]+)\//.exec(path)?.[1];
}

/** "google" for shared/google/..., "functions/status" for a function's own folder. */
export function roomOf(path: string): string {
  const [top = "", second = "", third = ""] = path.split("/");
  return top === "shared" ? second : `${second}/${third}`;
}

/** "input" for shared/scheduling/input/..., nothing for a file at the top of its room. */
function innerRoomOf(path: string): string | undefined {
  const parts = path.split("/");
  return parts.length > 3 ? parts[2] : undefined;
}
