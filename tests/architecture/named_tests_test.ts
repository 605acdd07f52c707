import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const PAGES = ["docs/exactly-once.md", "docs/changes.md", "docs/security.md"];

/** A file in backticks and a colon, then one or more names in double quotes. */
const REFERENCE = /`(tests\/[\w/.]+_test\.ts)`: ((?:"[^"]+"(?:, )?)+)/g;
const NAME = /"[^"]+"/g;

for (const path of PAGES) {
  Deno.test(`every test that ${path} names exists`, async () => {
    const page = oneLine(await readPage(path));
    const references = [...page.matchAll(REFERENCE)];
    assert.ok(references.length >= 10, `only ${references.length} references were found`);
    for (const [, file = "", names = ""] of references) {
      const source = await Deno.readTextFile(new URL(file, ROOT));
      for (const [name] of names.matchAll(NAME)) {
        assert.ok(isTestIn(source, name), `${file} has no test named ${name}`);
      }
    }
    const quoted_names = page.match(/"[^"]{25,}"/g)?.length ?? 0;
    const referred = references.flatMap(([, , names = ""]) => names.match(NAME) ?? []);
    assert.equal(referred.length, quoted_names, "a quoted name stands without its file");
  });

  Deno.test(`every claim of ${path} names a test`, async () => {
    const paragraphs = (await readPage(path)).split("\n\n").map(oneLine);
    const claims = paragraphs.filter((paragraph) => /^\*\*\d+\. /.test(paragraph));
    assert.ok(claims.length >= 10, `only ${claims.length} claims were found`);
    for (const claim of claims) {
      assert.ok(claim.search(REFERENCE) >= 0, `no test holds "${claim.slice(0, 60)}..."`);
    }
  });
}

const REGISTERED = [
  'Deno.test("a b",',
  'Deno.test(\n  "a b",',
  'onBothDatabases("a b",',
  'promisesOf(\n  "a b",\n  start,',
  'promise("a", { "a b": () => {',
  'promisesOf("a", start, { async "a b"({',
];

Deno.test("isTestIn() knows tests and promises, and no other text", () => {
  for (const source of REGISTERED) assert.ok(isTestIn(source, '"a b"'), source);
  assert.ok(!isTestIn('assert.equal(code, "a b");', '"a b"'));
});

/** Whether the quoted name is that of a test, of a promise, or of a part with its promises. */
function isTestIn(source: string, quoted: string): boolean {
  const literal = quoted.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(
    `(?:Deno\\.test|onBothDatabases|promisesOf)\\(\\s*${literal}|${literal}:|async ${literal}\\(`,
  ).test(source);
}

async function readPage(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
