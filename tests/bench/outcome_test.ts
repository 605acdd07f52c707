import assert from "node:assert/strict";
import { outcomeOf, outcomeTable } from "./outcome.ts";
import { verdict } from "./verdict.ts";

const OUTPUT = `| T2 | 1.54 | met |
| least | 2 NOT MET | 3 met |
errors: 0 kinds: met
All goals of met meetings are met.
memory: NOT MET
`;

Deno.test("deno task bench counts every goal of a benchmark once", () => {
  assert.deepEqual(outcomeOf("load", OUTPUT, 1, 2), {
    name: "load",
    seconds: 2,
    met: 3,
    not_met: 2,
    code: 1,
  });
});

Deno.test("deno task bench tells a missed goal from a benchmark that broke", () => {
  const table = outcomeTable([
    outcomeOf("load", OUTPUT, 1, 100),
    outcomeOf("sync", "| pages | 5 | met |", 0, 10),
    outcomeOf("turns", "", 0, 10),
    outcomeOf("consent", "", 1, 10),
  ]);
  assert.deepEqual(table.split("\n").slice(2), [
    "| load | 1.7 min | 3 | 2 | NOT MET |",
    "| sync | 10 s | 1 | 0 | met |",
    "| turns | 10 s | 0 | 0 | no goal |",
    "| consent | 10 s | 0 | 0 | FAILED with code 1 |",
  ]);
});

Deno.test("a benchmark with a goal that is not met ends with code 1", () => {
  const before = Deno.exitCode;
  try {
    assert.equal(verdict(true), "met");
    assert.equal(Deno.exitCode, before);
    assert.equal(verdict(false), "NOT MET");
    assert.equal(Deno.exitCode, 1);
  } finally {
    Deno.exitCode = before;
  }
});
