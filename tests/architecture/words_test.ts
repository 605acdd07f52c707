import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

/** Folders and files that keep to the words of docs/glossary.md: all of them. */
const KEPT: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "client",
  "docs",
  "local",
  "packages",
  "shared",
  "supabase",
  "tests",
];

/** Where the names of the glossary are looked up. */
const CODE: readonly string[] = ["supabase", "shared", "client", "local", "packages", "tests"];

/** Names that others have given: a public reason code, and a user of Unix. */
const GIVEN = /meets_wishes|"nobody"/g;

/** Metaphors and personifications, each with the term that replaces it. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ["anew", "again"],
  ["by itself", "automatically or separately"],
  ["doorbell", "wake-up"],
  ["doorbells", "wake-ups"],
  ["goes on", "continues"],
  ["handicap", "disabled safeguard"],
  ["handicaps", "disabled safeguards"],
  ["killing search", "poison row"],
  ["killing searches", "poison rows"],
  ["landed unheard", "outcome unknown"],
  ["law", "invariant"],
  ["laws", "invariants"],
  ["mood", "fault profile"],
  ["moods", "fault profiles"],
  ["nobody", "no user, no guest or no worker"],
  ["of before", "existing"],
  ["ring", "wake or enqueue"],
  ["rings", "wakes or enqueues"],
  ["somebody", "a user, a guest or a worker"],
  ["storm", "scenario or load"],
  ["storms", "scenarios or load"],
  ["town", "fixture"],
  ["towns", "fixtures"],
  ["untold", "unacknowledged"],
  ["warden", "process supervisor"],
  ["wardens", "process supervisors"],
  ["weather", "fault profile"],
  ["whoever", "the user, guest or worker that"],
  ["wholeness", "fragmentation"],
  ["wish", "preference or change request"],
  ["wishes", "preferences or change requests"],
]);

Deno.test("texts and names use the terms of docs/glossary.md", async () => {
  const found: string[] = [];
  for (const path of KEPT) {
    const files = await textFiles(path);
    assert.ok(files.length > 0, `${path} has no TypeScript, SQL or Markdown file`);
    for (const file of files) {
      const text = await read(file);
      found.push(
        ...replacedWords(file).map((word) => `${file} is named "${word}": ${advice(word)}`),
        ...text.split("\n").flatMap((line, index) =>
          replacedWords(line).map((word) => `${file}:${index + 1} has "${word}": ${advice(word)}`)
        ),
      );
    }
  }
  assert.deepEqual(found, []);
});

Deno.test("every name in docs/glossary.md exists in the code", async () => {
  const names = (await read("docs/glossary.md")).split("\n")
    .filter((line) => line.startsWith("| "))
    .flatMap((line) => [...(line.split("|").at(-2) ?? "").matchAll(/`([^`]+)`/g)])
    .map(([, name = ""]) => name.replace(/\(\)$/, "").replace(/^[A-Z]+ /, ""));
  assert.ok(names.length > 50, `only ${names.length} names were found`);
  const missing = new Set(names);
  for (const file of (await Promise.all(CODE.map(textFiles))).flat()) {
    const text = await read(file);
    for (const name of missing) if (text.includes(name)) missing.delete(name);
  }
  assert.deepEqual([...missing], []);
});

Deno.test("replacedWords() finds whole words in sentences and in every kind of name", () => {
  for (
    const [text, expected] of [
      ["Nobody's doorbell rings.", ["nobody", "doorbell", "rings"]],
      ["rows of before", ["of before"]],
      ["deliverDoorbells(MOST_STORMS, untold_events)", ["doorbells", "storms", "untold"]],
      ["memory_law.ts", ["law"]],
      ["strings, flaws, brainstorming, withdrawal, downtown: beforehand, during", []],
    ] as const
  ) assert.deepEqual(replacedWords(text), expected);
});

/** In lower case, in the order of the text. Names are split at underscores and capitals. */
function replacedWords(text: string): string[] {
  const words = text.replaceAll(GIVEN, "").replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, " ").replaceAll(
    "_",
    " ",
  ).toLowerCase();
  return [...words.matchAll(PATTERN)].map(([word]) => word);
}

const PATTERN = new RegExp(`\\b(?:${[...REPLACED.keys()].join("|")})\\b`, "g");

function advice(word: string): string {
  return `write ${REPLACED.get(word)}`;
}

/** TypeScript, SQL and Markdown files below a folder, or the file itself, without this one. */
async function textFiles(path: string): Promise<string[]> {
  if (/\.\w+$/.test(path)) return [path];
  const files: string[] = [];
  for await (const { name, isDirectory } of entriesOf(path)) {
    const child = `${path}/${name}`;
    if (isDirectory) files.push(...await textFiles(child));
    else if (/\.(ts|sql|md)$/.test(name) && new URL(child, ROOT).href !== import.meta.url) {
      files.push(child);
    }
  }
  return files.sort();
}

/** Nothing for a folder that does not exist; the callers notice that. */
async function* entriesOf(path: string): AsyncGenerator<Deno.DirEntry> {
  const folder = fileURLToPath(new URL(path, ROOT));
  if (!await isFolder(folder)) return;
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name !== "node_modules" && !entry.name.startsWith(".")) yield entry;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}
