import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { anchorsOf, blocksIn, linksIn, readPage } from "../support/markdown.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const INDEX = "docs/README.md";
const KINDS = ["Tutorial", "How-to", "Reference", "Explanation"];

/** Written for readers and generated; every other file of docs/ is a page or a picture of one. */
const CONTRACT = "openapi.json";

Deno.test("docs/README.md has four kinds, and every page of docs/ once", async () => {
  const index = await readPage(INDEX);
  const sections = index.split(/^## /m).slice(1);
  assert.deepEqual(sections.map((section) => /^[\w-]+/.exec(section)?.[0]), KINDS);
  const listed = sections.flatMap((section) =>
    [...section.matchAll(/^- \[([\w.-]+)\]\(([\w.-]+)\): \S/gm)].map(([, name, target]) => {
      assert.equal(name, target, "a page is listed under its own name");
      return target;
    })
  );
  const pages = (await filesOf("docs")).filter((path) => /\.(md|json)$/.test(path))
    .map((path) => path.slice("docs/".length)).filter((name) => name !== "README.md");
  assert.ok(pages.includes(CONTRACT));
  assert.deepEqual(listed.toSorted(), pages.toSorted());
});

Deno.test("every link of every page leads to a file, and to a heading of it", async () => {
  const pages = await markdownFiles();
  assert.ok(pages.length > 25, `only ${pages.length} pages were found`);
  const broken: string[] = [];
  for (const page of pages) {
    for (const link of linksIn(await readPage(page))) {
      if (/^[a-z]+:/.test(link)) continue;
      const complaint = await complaintAbout(page, link);
      if (complaint !== null) broken.push(`${page}: ${link} ${complaint}`);
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("every picture and every other file of docs/ is shown by a page", async () => {
  const shown = new Set<string>();
  for (const page of await markdownFiles()) {
    for (const link of linksIn(await readPage(page))) {
      shown.add(normalize(join(dirname(page), link.split("#")[0] ?? "")));
    }
  }
  const files = (await filesOf("docs")).filter((path) => path !== INDEX);
  assert.deepEqual(files.filter((path) => !shown.has(path)), []);
});

Deno.test("docs/functions.md has every edge function", async () => {
  const page = await readPage("docs/functions.md");
  const listed = [...page.matchAll(/^\| `([a-z-]+)` /gm)].map(([, name]) => name);
  const functions = [...Deno.readDirSync(`${ROOT}supabase/functions`)]
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  assert.deepEqual(listed.toSorted(), functions.toSorted());
});

Deno.test("anchorsOf() names headings as GitHub does", () => {
  const page =
    "# What `a_b` is, and why?\n## 1. Ana's side\n## Limits\n```\n# no\n```\n## Limits\n";
  assert.deepEqual([...anchorsOf(page)], [
    "what-a_b-is-and-why",
    "1-anas-side",
    "limits",
    "limits-1",
  ]);
});

Deno.test("linksIn() finds links and pictures, and none in code", () => {
  const page = '[a](b.md#c) `[x](no)` <img src="d.svg">\n```ts\nf[0](no)\n```\n![e](f.svg)';
  assert.deepEqual(linksIn(page), ["b.md#c", "f.svg", "d.svg"]);
});

Deno.test("blocksIn() knows language, heading and line", () => {
  assert.deepEqual(blocksIn("# A\n\n- b\n\n  ```sh\n  ls\n  ```\n"), [
    { language: "sh", text: "ls", heading: "A", line: 5 },
  ]);
});

async function complaintAbout(page: string, link: string): Promise<string | null> {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (target.startsWith("..")) return "leaves the repository";
  try {
    if ((await Deno.stat(`${ROOT}${target}`)).isDirectory) {
      return anchor === undefined ? null : "is an anchor of a folder";
    }
  } catch {
    return "leads to no file";
  }
  if (anchor === undefined || anchorsOf(await readPage(target)).has(anchor)) return null;
  return "leads to no heading";
}

async function markdownFiles(): Promise<string[]> {
  const folders = ["docs", "packages/google-calendar-emulator", "client"];
  const nested = await Promise.all(folders.map(filesOf));
  const top = [...Deno.readDirSync(ROOT)].map(({ name }) => name);
  return [...top, ...nested.flat()].filter((path) => path.endsWith(".md"));
}

async function filesOf(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}${folder}`)) {
    if (name === "node_modules") continue;
    if (isDirectory) files.push(...await filesOf(`${folder}/${name}`));
    else files.push(`${folder}/${name}`);
  }
  return files;
}
