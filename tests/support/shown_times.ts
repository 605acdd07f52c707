import assert from "node:assert/strict";

/** RFC 3339 with seconds and no fraction; UTC is written as Z. */
const SHOWN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-](?!00:00)\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A date-time in any form, also inside a sentence. */
const ANY_TIME = /\d{4}-\d{2}-\d{2}[Tt ]\d{1,2}:\d{2}[^\s,;)"]*/g;

/** Names of fields that are times. */
const TIME_FIELD = /(^|_)(at|until|since|time|start|end|start_times|latest)$/;

/** Fields with one of these names that are none, and fields that show what a caller or Google wrote. */
const NO_TIME = new Set(["working_hours_start", "working_hours_end"]);
const AS_GIVEN = new Set(["google_request", "request", "participants", "lunch"]);

/** What a walk over responses has seen: each field with a time, as "function: path". */
export type SeenTimes = Set<string>;

/** Checks every time of a response: its form, and beside a zone the offset of that zone. */
export function checkTimes(label: string, body: unknown, seen: SeenTimes): void {
  walk(body, label, null, (path, value, zone) => {
    const name = path.replaceAll(/\[\d+\]/g, "").split(".").at(-1) ?? "";
    // The arguments of a reason are words of its sentence.
    if (TIME_FIELD.test(name) && !NO_TIME.has(name) && !path.includes(".args.")) {
      assert.ok(SHOWN.test(value) || DAY.test(value), `${path}: ${value}`);
      seen.add(path.replaceAll(/\[\d+\]/g, "[]"));
      if (zone !== null && /(^|_)(start|end)_times?$/.test(name) && !DAY.test(value)) {
        assert.equal(offsetOf(value), offsetIn(value, zone), `${path}: ${value} in ${zone}`);
      }
      return;
    }
    for (const [text] of value.matchAll(ANY_TIME)) {
      assert.match(text.replace(/[.']$/, ""), SHOWN, `${path}: ${value}`);
    }
  });
}

/** Every text with its path and the zone of the innermost object that names one. */
function walk(
  value: unknown,
  path: string,
  zone: string | null,
  visit: (path: string, value: string, zone: string | null) => void,
): void {
  if (typeof value === "string") visit(path, value, zone);
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) walk(item, `${path}[${i}]`, zone, visit);
  } else if (typeof value === "object" && value !== null) {
    const named = "timezone" in value && typeof value.timezone === "string" ? value.timezone : zone;
    for (const [key, item] of Object.entries(value)) {
      if (!AS_GIVEN.has(key)) walk(item, `${path}.${key}`, named, visit);
    }
  }
}

function offsetOf(time: string): string {
  return time.endsWith("Z") ? "" : time.slice(-6);
}

/** As Intl says it, which the responses do not ask directly. */
function offsetIn(time: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(Date.parse(time));
  return parts.find(({ type }) => type === "timeZoneName")?.value.slice(3) ?? "";
}

/** The same value with every RFC 3339 instant in UTC and in whole seconds: what is stored, and what a response shows of it. */
export function inUtc<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value),
    (_, one) =>
      typeof one === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[^\s]*$/.test(one)
        ? `${new Date(one).toISOString().slice(0, 19)}Z`
        : one,
  );
}
