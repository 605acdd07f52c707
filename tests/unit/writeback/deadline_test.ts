import assert from "node:assert/strict";
import { waitOf } from "@shared/failures/failure.ts";
import { attemptOn, LEASED_ROW } from "./attempts.ts";

const CASES: [what: string, columns: Partial<typeof LEASED_ROW>][] = [
  ["a new event", {}],
  ["an event that may exist", { writeback_status: "retrying", outcome_unknown: true }],
  ["a change", { writeback_status: "created", operation: "update", desired_version: 2 }],
];

/** One attempt whose time is used up after `checks` questions for it; Google knows no event. */
async function attempt(columns: Partial<typeof LEASED_ROW>, checks: number) {
  const { settlement, result, sent } = await attemptOn(
    columns,
    ({ method }) =>
      method === "GET" && columns.operation === "update"
        ? Response.json({ id: "convene1", status: "confirmed", etag: '"1"' })
        : new Response("{}", { status: 404 }),
    { has_time: () => checks-- > 0 },
  );
  assert.ok(settlement.outcome === "failed" && !result.success);
  return { settlement, code: result.failure?.code, asked: sent.map(({ method }) => method) };
}

for (const [what, columns] of CASES) {
  Deno.test(`attemptWriteback() sends nothing for ${what} once its time is used up, and spends nothing`, async () => {
    const { settlement, code, asked } = await attempt(columns, 0);
    assert.equal(code, "out_of_time");
    assert.deepEqual(asked, []);
    const verdict = columns.outcome_unknown === true ? "unverified" : "defer";
    assert.equal(settlement.failure.verdict, verdict);
    assert.equal(waitOf(settlement.failure), 1);
  });
}

Deno.test("attemptWriteback() leaves the outcome unknown when an early verification used up its time", async () => {
  const { settlement, code } = await attempt({
    outcome_unknown: true,
    write_due_at: "2035-01-01T00:00:20Z",
  }, 1);
  assert.equal(code, "out_of_time");
  assert.equal(settlement.failure.verdict, "unverified");
  assert.equal(waitOf(settlement.failure), 20);
});

Deno.test("attemptWriteback() begins no write when the verification before it used up the time", async () => {
  for (const [, columns] of CASES.slice(1)) {
    const { settlement, code, asked } = await attempt(columns, 1);
    assert.equal(code, "out_of_time");
    assert.deepEqual(asked, ["GET"]);
    assert.equal(settlement.failure.verdict, "defer", "the verification read was answered");
  }
});
