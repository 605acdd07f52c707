import assert from "node:assert/strict";
import { deliveryOf } from "../../../shared/notifications/delivery.ts";

const NOW = new Date("2035-01-01T00:00:00Z");

const TABLE: [
  status: number,
  retry_after: string | null,
  outcome: string,
  spends: boolean,
  wait: number | null,
][] = [
  [200, null, "sent", true, null],
  [202, null, "sent", true, null],
  [204, "60", "sent", true, null],
  [301, null, "reject", true, null],
  [307, null, "reject", true, null],
  [400, null, "reject", true, null],
  [401, null, "reject", true, null],
  [403, null, "reject", true, null],
  [404, null, "reject", true, null],
  [409, null, "reject", true, null],
  [410, null, "reject", true, null],
  [408, null, "retry", true, null],
  [429, null, "retry", false, 60],
  [429, "7", "retry", false, 7],
  [429, "Mon, 01 Jan 2035 00:02:00 GMT", "retry", false, 120],
  [429, "Mon, 01 Jan 2034 00:02:00 GMT", "retry", false, 0],
  [429, "soon", "retry", false, 60],
  [429, "999999", "retry", false, 21600],
  [500, null, "retry", true, null],
  [503, "30", "retry", true, 30],
];

for (const [status, retry_after, outcome, spends_attempt, not_before_seconds] of TABLE) {
  Deno.test(`deliveryOf() makes ${outcome} of ${status} with Retry-After ${retry_after}`, () => {
    const { error, ...settled } = deliveryOf({ status, retry_after }, NOW);
    assert.deepEqual(settled, { outcome, spends_attempt, not_before_seconds });
    if (outcome === "sent") assert.equal(error, null);
    else assert.match(error ?? "", /^[a-z_0-9]+: [A-Z].*\.$/);
  });
}

Deno.test("deliveryOf() tries again what a channel names as temporary", () => {
  assert.equal(deliveryOf({ status: 409, retry_after: null }, NOW, [409]).outcome, "retry");
});
