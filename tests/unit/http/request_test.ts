import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { readBody } from "@shared/http/request.ts";

function bodyOf(text: string): Request {
  return new Request("http://localhost/", { method: "POST", body: text });
}

async function refused(text: string): Promise<string> {
  try {
    await readBody(bodyOf(text));
  } catch (thrown) {
    assert.ok(thrown instanceof HttpFault);
    return thrown.code;
  }
  return "accepted";
}

Deno.test("readBody() gives back whatever JSON of storable text it was sent", async () => {
  const storable = fc.string({ unit: "grapheme" }).filter((text) =>
    !text.includes("\0") && text.isWellFormed()
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(storable, fc.integer())), async (value) => {
      const escaped = JSON.stringify(value).replace(
        /[^ -~]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      assert.deepEqual(await readBody(bodyOf(JSON.stringify(value))), value);
      assert.deepEqual(await readBody(bodyOf(escaped)), value);
    }),
  );
});

Deno.test("readBody() refuses what Postgres cannot store, and takes what only looks like it", async () => {
  for (const text of ['{"a":"\\u0000"}', '{"a":"\\ud800"}', '{"a":"x\\uDC00y"}', "{", ""]) {
    assert.equal(await refused(text), "invalid_request", text);
  }
  for (const text of ['{"a":"\\\\u0000"}', '{"a":"\\ud83d\\ude00"}', '"\\\\\\\\ud800"']) {
    assert.equal(await refused(text), "accepted", text);
  }
});

Deno.test("readBody() takes an empty body where the route says what it means", async () => {
  assert.deepEqual(await readBody(bodyOf(""), { empty: {} }), {});
  assert.deepEqual(await readBody(bodyOf(" \n"), { empty: {} }), {});
});
