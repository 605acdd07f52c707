import assert from "node:assert/strict";
import type * as z from "zod/mini";
import fc from "../fast_check.ts";
import { kindOf } from "@shared/schemas/kinds.ts";
import { PARTICIPANT_OBJECT } from "@shared/schemas/participant.ts";
import { PREFERENCES } from "@shared/schemas/preferences.ts";

/** Mostly valid, so that a problem is seldom hidden by another one. */
const mostly = (valid: fc.Arbitrary<unknown>, ...others: unknown[]) =>
  fc.oneof(
    { weight: 12, arbitrary: valid },
    { weight: 1, arbitrary: fc.constantFrom(null, 7, "x", {}, [], ...others) },
  );

const fields = (arbitraries: Record<string, fc.Arbitrary<unknown>>, required: string[] = []) =>
  fc.tuple(
    fc.record(arbitraries, { requiredKeys: required }),
    mostly(fc.constant({}), { unknown: 1 }, JSON.parse('{"__proto__": {"days": []}}')),
  ).map(([object, more]) => mixed(object, more));

const weekday = mostly(fc.constantFrom("monday", "sunday"), "Monday", "FRIDAY", "montag");
const weekdays = mostly(fc.array(weekday, { maxLength: 8 }));
const hour = mostly(fc.constantFrom(0, 8.5, 24), -1, 24.5, NaN, Infinity);
const time = mostly(fc.constantFrom("00:00", "09:30", "24:00"), "24:01", "9:30", "09:30\n");
const zone = mostly(fc.constantFrom("UTC", "Europe/Paris"), "Mars/Base", "Z".repeat(65));

const times = fields({
  preferred_days: weekdays,
  preferred_hours_start: hour,
  preferred_hours_end: hour,
});
const categories = mostly(fc.dictionary(
  fc.constantFrom("review", "", "__proto__", "c".repeat(100), "c".repeat(101), "😀".repeat(60)),
  mostly(times),
));
const open_hours = mostly(fc.array(
  mostly(fields({ days: weekdays, start: time, end: time, timezone: zone })),
  { maxLength: 4 },
));

for (
  const [name, schema, values] of [
    ["days of the week", PREFERENCES.shape.preferred_days, weekdays],
    ["categories", PREFERENCES.shape.event_categories, categories],
    ["too many categories", PREFERENCES.shape.event_categories, fc.constant(tooMany())],
    ["open hours", PARTICIPANT_OBJECT.shape.open_hours, open_hours],
    ["too many open hours", PARTICIPANT_OBJECT.shape.open_hours, fc.constant(Array(51).fill(1))],
  ] as [string, z.ZodMiniOptional<z.ZodMiniType>, fc.Arbitrary<unknown>][]
) {
  Deno.test(`a faster check says of ${name} what their schema says`, () => {
    const fast = schema._zod.def.innerType as z.ZodMiniType;
    const plain = kindOf(fast)?.same_as as z.ZodMiniType;
    fc.assert(
      fc.property(values, (value) => {
        const expected = plain.safeParse(value);
        const found = fast.safeParse(value);
        assert.equal(found.success, expected.success);
        assert.deepEqual(plainly(found.data), plainly(expected.data));
        assert.deepEqual(firstOf(found), firstOf(expected));
      }),
      { numRuns: 2_000 },
    );
  });
}

/** What tells a caller the problem: where it is, and its message. */
function firstOf({ error }: { error?: z.core.$ZodError }) {
  const issue = error?.issues[0];
  if (issue === undefined) return null;
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  return { path: [...issue.path, ...unknown], message: issue.message };
}

/** As JSON: a schema makes objects without a prototype. */
function plainly(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** Of what is no object, the value itself. `__proto__` stays a field, as in parsed JSON. */
function mixed(object: object, more: unknown): unknown {
  const extra = typeof more === "object" && more !== null ? Object.entries(more) : [];
  return Object.fromEntries([...Object.entries(object), ...extra]);
}

function tooMany(): unknown {
  return Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`c${index}`, {}]));
}
