import assert from "node:assert/strict";
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
    const { should_retry, spends_attempt, outcome_unknown, not_before_seconds } = settlement;
    assert.deepEqual([should_retry, spends_attempt, not_before_seconds], [true, false, 1]);
    assert.equal(outcome_unknown, columns.outcome_unknown === true);
  });
}

Deno.test("attemptWriteback() leaves the outcome open when its time was used up by a look that came early", async () => {
  const { settlement, code } = await attempt({
    outcome_unknown: true,
    write_due_at: "2035-01-01T00:00:20Z",
  }, 1);
  assert.equal(code, "out_of_time");
  const { spends_attempt, outcome_unknown, not_before_seconds } = settlement;
  assert.deepEqual([spends_attempt, outcome_unknown, not_before_seconds], [false, true, 20]);
});

Deno.test("attemptWriteback() begins no write when the time was used up by the look before it", async () => {
  for (const [, columns] of CASES.slice(1)) {
    const { settlement, code, asked } = await attempt(columns, 1);
    assert.equal(code, "out_of_time");
    assert.deepEqual(asked, ["GET"]);
    assert.equal(settlement.spends_attempt, false);
    assert.equal(settlement.outcome_unknown, false, "the look has answered");
  }
});
