import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { formatInstant, parseDate, parseInstant } from "@shared/time/instants.ts";

const minute = fc.integer({ min: -5_000_000, max: 200_000_000 });
const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });

Deno.test("parseInstant() reads back what formatInstant() writes, and agrees with Date.parse", () => {
  fc.assert(fc.property(minute, offset, (minute, offset) => {
    const text = formatInstant(minute, offset);
    assert.equal(parseInstant(text), minute);
    assert.equal(Date.parse(text), minute * 60_000);
  }));
});

Deno.test("parseInstant() agrees with Date.parse about thousandths of a second", () => {
  const milliseconds = fc.integer({ min: -3e11, max: 12e12 });
  const ends = fc.constantFrom("Z", "z", "+05:45", "-09:30");
  fc.assert(fc.property(milliseconds, ends, (milliseconds, end) => {
    const text = new Date(milliseconds).toISOString().replace("Z", end);
    assert.ok(Math.abs(parseInstant(text) * 60_000 - Date.parse(text.toUpperCase())) < 0.1, text);
  }));
});

Deno.test("parseInstant() reads every form of RFC 3339 and keeps seconds", () => {
  const noon = Date.UTC(2030, 0, 7, 12) / 60_000;
  for (
    const [text, expected] of [
      ["2030-01-07T12:00:00Z", noon],
      ["2030-01-07t12:00:00z", noon],
      ["2030-01-07T12:00:00.000Z", noon],
      ["2030-01-07T12:00:00.000000+00:00", noon],
      ["2030-01-07T07:00:00-05:00", noon],
      ["2030-01-07T17:45:00+05:45", noon],
      ["2030-01-07T12:00:30Z", noon + 0.5],
      ["2030-01-07T12:00:30.5Z", noon + 30.5 / 60],
      ["2030-01-07T17:45:30+05:45", noon + 0.5],
      ["2028-02-29T00:00:00Z", Date.UTC(2028, 1, 29) / 60_000],
    ] as const
  ) assert.ok(Math.abs(parseInstant(text) - expected) < 1e-6, text);
});

Deno.test("parseInstant() refuses what is no instant", () => {
  for (
    const text of [
      "",
      "2030-01-07",
      "2030-01-07T12:00:00",
      "2030-01-07 12:00:00Z",
      "2030-01-07T24:00:00Z",
      "2030-01-07T12:60:00Z",
      "2030-01-07T12:00:61Z",
      "2030-13-07T12:00:00Z",
      "2030-00-07T12:00:00Z",
      "2030-02-29T12:00:00Z",
      "2030-01-32T12:00:00Z",
      "2030-01-00T12:00:00Z",
      "2030-01-07T1a:00:00Z",
      "20x0-01-07T12:00:00Z",
      "2030/01/07T12:00:00Z",
      "2030-01-07T12-00-00Z",
      "2030-01-07T12:00:00+24:00",
      "2030-01-07T12:00:00+01:60",
      "2030-01-07T12:00:00*01:00",
      "2030-01-07T12:00:00+0100",
      "2030-01-07T12:00Z",
      "2030-01-07T12:00:00.Z",
      "2030-01-07T12:00:00.5",
      "2030-01-07T12:00:00.5Zx",
      "2030-01-07T12:00:00.5x0Z",
      "2030-01-07T12:00:00.5+24:00",
      "2030-01-07T12:00:00.5+01:0",
      "+2030-01-07T12:00:0Z",
    ]
  ) assert.ok(Number.isNaN(parseInstant(text)), text);
});

Deno.test("parseDate() reads every day there is and no other", () => {
  fc.assert(fc.property(fc.integer({ min: -30_000, max: 200_000 }), (day) => {
    const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    assert.equal(parseDate(text), day);
  }));
  for (const text of ["2030-02-29", "2030-1-07", "2030-01-07T", "", "tomorrow!!", "0000-01-01"]) {
    assert.ok(Number.isNaN(parseDate(text)), text);
  }
});
