import type { Random } from "../../chaos/random.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Values that have hurt a parser, a database, a calendar or an escaping somewhere. */
const HOSTILE: readonly Json[] = [
  ...[null, true, false, 0, -1, 1e308, 1e-308, 2 ** 53, 0.1, [], {}, [[]], [null], { a: {} }],
  ...["", " ", "\u0000", "\ud83d", "\udc00x", "\uffff", "🙂".repeat(1001), "x".repeat(9001)],
  ...["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
  ...["0000-00-00", "10000-01-01T00:00:00Z", "infinity", "-infinity", "now", "2030-02-30"],
  ...["1969-12-31T23:59:59Z", "2201-01-01T00:00:00Z", "2035-01-08T25:00:00Z", "+275760-09-13"],
  ...["2035-01-08T09:00:60Z", "2035-01-08T09:00:00+23:59", "2035-01-08T09:00:00.123456789Z"],
  ...["1' or '1'='1", "'; drop table tasks; --", "$1", "%s%n", "../../etc/passwd", "<b>&amp;"],
  ...["Mars/Base", "Etc/GMT+14", "Asia/Kathmandu", "America/Argentina/ComodRivadavia"],
  ...["__proto__", "constructor", "toString", "a@b.example", `${"a".repeat(300)}@b.example`],
  ...[`${"a.".repeat(4000)}a@b.example`, "a@b", "@", "{}", "[]", "null", "1e5", "Infinity", "NaN"],
  ...["RRULE:FREQ=DAILY;COUNT=9999", "RRULE:FREQ=YEARLY;BYDAY=53MO;BYSETPOS=-366"],
  ...["RRULE:FREQ=DAILY;UNTIL=99991231", "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=9999"],
  ...["EXDATE:00010101T000000Z", "RRULE:FREQ=WEEKLY", "https://127.0.0.1/", "https://[::1]:5432/x"],
  ...["00000000-0000-0000-0000-000000000000", "whsec_", "primary", ".", "..", "monday", "all"],
];

/** Texts that are sent as they are. */
const RAW: readonly string[] = [
  '{"title":"\\\\ud83d\\udc00"}',
  '{"\\ud83d":1}',
  '{"\\u0000":1}',
  '{"title":"\\u0000"}',
  '{"__proto__":{"a":1},"constructor":{"prototype":1}}',
  ...["", " ", "null", "true", "0", '""', "[]", "{}", "{", "]", "1e999", "[1e999]", "-", '"', "{]"],
  ...["\ufeff{}", "{} {}", '{"a":1,"a":2}', "[,]", '{"a"}', "NaN", "'x'", '{"a":"\n"}', "\0"],
  "[".repeat(5000),
  '{"a":'.repeat(500),
  `[${"[],".repeat(20_000)}[]]`,
  `{"participants":[${'"a@b.example",'.repeat(6000)}""]}`,
];

/** A body made from one that is well-formed: changed in a few places, cut, repeated, or something else entirely. */
export function hostileBody(random: Random, template: Json): string {
  const kind = random.below(100);
  if (kind < 8) return JSON.stringify(template);
  if (kind < 14) return random.pick(RAW);
  if (kind < 18) return JSON.stringify(anyValue(random, 4));
  const value = structuredClone(template);
  const places = 1 + random.below(3);
  for (let place = 0; place < places; place++) change(random, value);
  const text = JSON.stringify(value);
  if (kind < 85) return text;
  return damaged(random, text);
}

/** A value for one field of a query string. */
export function hostileText(random: Random): string {
  const value = random.pick(HOSTILE);
  return typeof value === "string" ? value.slice(0, 4000) : JSON.stringify(value);
}

/** Changes one place anywhere in a value: replaces it, removes it, repeats it, or adds a neighbour. */
function change(random: Random, value: Json): void {
  if (typeof value !== "object" || value === null) return;
  const keys = Object.keys(value);
  const key = keys.length === 0 ? undefined : random.pick(keys);
  const inner = key === undefined ? undefined : (value as Record<string, Json>)[key];
  if (typeof inner === "object" && inner !== null && random.chance(0.6)) {
    return change(random, inner);
  }
  const action = random.below(10);
  if (Array.isArray(value)) {
    if (action < 3 && value.length > 0) {
      const item = value[random.below(value.length)]!;
      const times = random.pick([2, 8, 51, 201, 367, 1001, 5001]);
      const length = Math.min(times, Math.ceil(200_000 / (JSON.stringify(item).length + 1)));
      value.push(...Array.from({ length }, () => item));
    } else if (action < 8) value.splice(random.below(value.length + 1), 1, hostile(random));
    else value.push(hostile(random));
    return;
  }
  const target = value as Record<string, Json>;
  if (key !== undefined && action < 7) target[key] = hostile(random);
  else if (key !== undefined && action < 8) delete target[key];
  else if (action < 9) {
    const name = random.pick([
      "extra",
      "__proto__",
      "constructor",
      "id",
      "x".repeat(201),
      "\ud800",
    ]);
    Object.defineProperty(target, name, {
      value: hostile(random),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else for (let more = 0; more < 210; more++) target[`field_${more}`] = more;
}

function hostile(random: Random): Json {
  return random.chance(0.9) ? structuredClone(random.pick(HOSTILE)) : anyValue(random, 3);
}

function anyValue(random: Random, depth: number): Json {
  const kind = random.below(depth > 0 ? 7 : 5);
  if (kind < 5) return structuredClone(random.pick(HOSTILE));
  const items = Array.from({ length: random.below(4) }, () => anyValue(random, depth - 1));
  if (kind === 5) return items;
  return Object.fromEntries(
    items.map((item, index) => [random.pick(["a", "id", `k${index}`]), item]),
  );
}

/** Cut off, or with characters changed. */
function damaged(random: Random, text: string): string {
  if (random.chance(0.3)) return text.slice(0, random.below(text.length + 1));
  const letters = [...text.slice(0, 20_000)];
  for (let times = 1 + random.below(4); times > 0; times--) {
    letters[random.below(letters.length)] = random.pick([
      '"',
      "\\",
      "{",
      "}",
      "[",
      ",",
      ":",
      "\\u00",
      "\t",
    ]);
  }
  return letters.join("");
}

export type { Json };
