import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const PAGE = "docs/exactly-once.md";

/** A file in backticks and a colon, then one or more names in double quotes. */
const REFERENCE = /`(tests\/[\w/.]+_test\.ts)`: ((?:"[^"]+"(?:, )?)+)/g;

Deno.test(`every test that ${PAGE} names exists`, async () => {
  const page = (await Deno.readTextFile(new URL(PAGE, ROOT))).replaceAll(/\s+/g, " ");
  const references = [...page.matchAll(REFERENCE)];
  assert.ok(references.length >= 10, `only ${references.length} references were found`);
  for (const [, file = "", names = ""] of references) {
    const source = await Deno.readTextFile(new URL(file, ROOT));
    for (const [quoted] of names.matchAll(/"[^"]+"/g)) {
      assert.ok(source.includes(quoted), `${file} has no test named ${quoted}`);
    }
  }
  const quoted_names = page.match(/"[^"]{25,}"/g)?.length ?? 0;
  const referred = references.flatMap(([, , names = ""]) => names.match(/"[^"]+"/g) ?? []);
  assert.equal(referred.length, quoted_names, "a quoted name stands without its file");
});
