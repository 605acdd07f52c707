import assert from "node:assert/strict";
import { escapeHtml } from "@shared/google/description.ts";
import { DESCRIPTION, escapedLength } from "@shared/schemas/description.ts";
import { LIMITS } from "@shared/schemas/limits.ts";

const MOST = LIMITS.description_characters;

Deno.test("escapedLength() is the length of the text that is written", () => {
  for (const text of ["", "plain", "a & b", "<b>bold</b>", "&amp;", "🙂 < &", "\n"]) {
    assert.equal(escapedLength(text), escapeHtml(text).length, text);
  }
});

Deno.test("a description is refused where Google would cut it, and says what counts", () => {
  assert.ok(DESCRIPTION.safeParse("x".repeat(MOST)).success);
  for (const text of ["x".repeat(MOST + 1), "<".repeat(MOST / 4 + 1), "🙂".repeat(MOST / 2 + 1)]) {
    const { error } = DESCRIPTION.safeParse(text);
    assert.match(error?.issues[0]?.message ?? "", /8192 characters/);
  }
});
