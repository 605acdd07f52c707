import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { textProblem } from "@shared/http/json_text.ts";
import { LIMITS } from "@shared/schemas/limits.ts";

const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");

/** What the scan says, found the slow way: by looking at the parsed value. */
function problemOfValue(value: unknown, depth = 0): string | null {
  if (typeof value === "string") return isStorable(value) ? null : "unstorable";
  if (typeof value !== "object" || value === null) return null;
  if (depth === LIMITS.nesting_depth) return "nesting_depth";
  const is_list = Array.isArray(value);
  for (const [key, inner] of Object.entries(value)) {
    if (!isStorable(key)) return "unstorable";
    const problem = problemOfValue(inner, depth + 1);
    if (problem !== null) return problem;
  }
  const size = Object.keys(value).length;
  return is_list
    ? size > LIMITS.list_items ? "list_items" : null
    : size > LIMITS.object_keys
    ? "object_keys"
    : null;
}

const kindOf = (text: string) => {
  const problem = textProblem(text);
  return problem?.kind === "limit" ? problem.limit : problem?.kind ?? null;
};

const leaf = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constantFrom('"', "\\", "\\u0000", "[{", "\ud83d", "\udc00", "\0", "🐀", "\\ud83d", "a,b"),
  fc.string({ unit: "binary" }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 20, depthSize: "max" },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("\ud800", "é\0")), tie("value"), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}));

Deno.test("textProblem() finds in the text what is wrong with the value, however it is escaped", () => {
  fc.assert(
    fc.property(value, (parsed) => {
      const plain = JSON.stringify(parsed);
      const escaped = plain.replaceAll(
        /[^ -~]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      for (const text of [plain, escaped, JSON.stringify(parsed, null, 2)]) {
        assert.equal(kindOf(text), problemOfValue(parsed), text);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("textProblem() names the place", () => {
  const list = (length: number) => `[${"1,".repeat(length - 1)}1]`;
  const object = (keys: number) =>
    `{${Array.from({ length: keys }, (_, index) => `"k${index}":0`).join()}}`;
  const deep = "[".repeat(LIMITS.nesting_depth);
  // Each list counts its items and itself, and the outer one is the first value.
  const full = Math.floor((LIMITS.values - 1) / (LIMITS.list_items + 1));
  const rest = LIMITS.values - 1 - full * (LIMITS.list_items + 1);
  const cases: [text: string, kind: string | null, path?: string][] = [
    ['{"title":"\\\\ud83d\\udc00"}', "unstorable", "title"],
    ['{"title":"\\ud83d\\udc00"}', null],
    ['{"title":"\\\\ud83d"}', null],
    ['{"a":[{"b":"x"},{"b":"\\u0000"}]}', "unstorable", "a[1].b"],
    ['{"a":{"\\ud800":1}}', "unstorable", "a"],
    [list(LIMITS.list_items), null],
    [list(LIMITS.list_items + 1), "list_items", "body"],
    [`{"a":{"busy":${list(LIMITS.list_items + 1)}}}`, "list_items", "a.busy"],
    [object(LIMITS.object_keys), null],
    [`[0,${object(LIMITS.object_keys + 1)}]`, "object_keys", "[1]"],
    [deep, null],
    [`${deep}[`, "nesting_depth", "[0]".repeat(LIMITS.nesting_depth)],
    [`{"${"k".repeat(LIMITS.key_characters)}":1}`, null],
    [`{"a":{"${"k".repeat(LIMITS.key_characters + 1)}":1}}`, "key_characters", "a"],
    [`{"a":"${"x".repeat(LIMITS.string_characters)}"}`, null],
    [`{"a":"${"x".repeat(LIMITS.string_characters + 1)}"}`, "string_characters", "a"],
    [`[${Array(100).fill(list(LIMITS.list_items)).join()}]`, "values", `[${full}][${rest}]`],
    ['{"a":"', null],
    ["]]", null],
    ['"\\', null],
  ];
  for (const [text, kind, path] of cases) {
    const label = text.slice(0, 60);
    assert.equal(kindOf(text), kind, label);
    if (kind !== null) {
      assert.equal(textProblem(text)?.path.slice(0, 48), path?.slice(0, 48), label);
    }
  }
});
