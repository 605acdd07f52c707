import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { freeBusyQueries, mergeFreeBusy } from "@shared/google/free_busy.ts";
import type { FreeBusyQuery, FreeBusyReply } from "@shared/google/free_busy.ts";

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const START = Date.parse("2026-11-20T00:00:00Z");
const at = (hours: number) => new Date(START + hours * HOUR).toISOString();

function calendarNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `c${index}@team.example`);
}

Deno.test("freeBusyQueries() asks for each calendar and instant once, within Google's limits", () => {
  const counts = fc.integer({ min: 1, max: 130 });
  const lengths = fc.integer({ min: 1, max: 200 * 24 });
  fc.assert(
    fc.property(counts, lengths, (count, hours) => {
      const names = calendarNames(count);
      const queries = freeBusyQueries(at(0), at(hours), [...names, ...names]);
      const asked = new Map<string, { from: number; to: number }[]>();
      for (const { items, timeMin, timeMax } of queries) {
        assert.ok(items.length <= 50);
        assert.ok(Date.parse(timeMax) - Date.parse(timeMin) <= 60 * DAY);
        for (const { id } of items) {
          const range = { from: Date.parse(timeMin), to: Date.parse(timeMax) };
          asked.set(id, [...(asked.get(id) ?? []), range]);
        }
      }
      assert.deepEqual([...asked.keys()].sort(), names.sort());
      for (const ranges of asked.values()) {
        assert.equal(ranges[0]?.from, START);
        assert.equal(ranges.at(-1)?.to, START + hours * HOUR);
        for (const [index, range] of ranges.entries()) {
          if (index > 0) assert.equal(range.from, ranges[index - 1]?.to);
        }
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("freeBusyQueries() refuses an empty, reversed or unreadable range", () => {
  for (const [from, to] of [[at(1), at(1)], [at(2), at(1)], ["soon", at(1)], [at(1), "later"]]) {
    assert.throws(() => freeBusyQueries(from ?? "", to ?? "", ["a@x.example"]), RangeError);
  }
});

Deno.test("mergeFreeBusy() is the union of all answers, clipped, sorted and joined", () => {
  const spans = fc.array(fc.tuple(fc.integer({ min: -5, max: 40 }), fc.nat(8)), { maxLength: 12 });
  fc.assert(fc.property(spans, spans, (first, second) => {
    const answers = [first, second].map((list, index) => {
      const [from, to] = [index * 20, index * 20 + 20];
      return answer(from, to, list.map(([start, length]) => [start, start + length]));
    });
    const merged = mergeFreeBusy(answers).get("a@x.example");
    assert.ok(merged !== undefined && "busy" in merged);

    const hours = Array.from({ length: 40 }, (_, hour) => hour);
    const expected = hours.filter((hour) => {
      const list = hour < 20 ? first : second;
      return list.some(([start, length]) => start <= hour && hour < start + length);
    });
    const found = hours.filter((hour) =>
      merged.busy.some(({ start, end }) => start <= at(hour) && at(hour) < end)
    );
    assert.deepEqual(found, expected);
    for (const [index, { start, end }] of merged.busy.entries()) {
      assert.ok(start < end);
      const before = merged.busy[index - 1];
      if (before !== undefined) assert.ok(before.end < start);
    }
  }));
});

Deno.test("mergeFreeBusy() never takes an error, a gap or nonsense for free", () => {
  const busy = [{ start: at(1), end: at(2) }];
  const cases: [FreeBusyReply["calendars"], string][] = [
    [{}, "missing_from_answer"],
    [{ "A@x.example": { busy: [] } }, "missing_from_answer"],
    [{ "a@x.example": {} }, "missing_from_answer"],
    [{ "a@x.example": { errors: [{ reason: "notFound" }], busy: [] } }, "notFound"],
    [{ "a@x.example": { errors: [{ reason: "internalError" }], busy } }, "internalError"],
    [{ "a@x.example": { errors: [{}], busy } }, "unexplained_error"],
    [{ "a@x.example": { busy: [{ start: "soon", end: at(2) }] } }, "unreadable_busy_time"],
    [{ "a@x.example": { busy: [{ start: at(2), end: at(1) }] } }, "unreadable_busy_time"],
  ];
  for (const [calendars, reason] of cases) {
    const merged = mergeFreeBusy([{ query: query(0, 20), reply: { calendars } }]);
    assert.deepEqual(merged.get("a@x.example"), { unknown: reason });
  }
});

Deno.test("mergeFreeBusy() calls a calendar unknown if any part of the range is", () => {
  const good = answer(0, 20, [[1, 2]]);
  const bad = { query: query(20, 40), reply: { calendars: {} } };
  for (const answers of [[good, bad], [bad, good]]) {
    const merged = mergeFreeBusy(answers);
    assert.deepEqual(merged.get("a@x.example"), { unknown: "missing_from_answer" });
  }
});

Deno.test("mergeFreeBusy() is not fooled by calendars named like object members", () => {
  const range = { ...query(0, 20), items: [{ id: "constructor" }, { id: "__proto__" }] };
  const merged = mergeFreeBusy([{ query: range, reply: { calendars: {} } }]);
  assert.deepEqual(merged.get("constructor"), { unknown: "missing_from_answer" });
  assert.deepEqual(merged.get("__proto__"), { unknown: "missing_from_answer" });
});

function query(from: number, to: number): FreeBusyQuery {
  return { timeMin: at(from), timeMax: at(to), items: [{ id: "a@x.example" }] };
}

function answer(
  from: number,
  to: number,
  spans: [number, number][],
): { query: FreeBusyQuery; reply: FreeBusyReply } {
  const busy = spans.map(([start, end]) => ({ start: at(start), end: at(end) }));
  return { query: query(from, to), reply: { calendars: { "a@x.example": { busy } } } };
}
