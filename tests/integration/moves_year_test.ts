import assert from "node:assert/strict";
import { seededRandom } from "../chaos/random.ts";
import { setting, startingAfresh } from "../support/queue.ts";
import { promise } from "../support/stack.ts";
import { overlapsAny, SimulatedYear } from "../support/simulated_year.ts";

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const QUARTER = HOUR / 4;
/** Far below what the queue allows; the whole year is one minute for it. */
const NO_BUDGET = 1_000_000;

promise(
  "a simulated year of declines",
  startingAfresh({
    "never moves into the freeze, more than max_moves times, within the cooldown, or onto a conflict":
      async (
        stack,
      ) => {
        const budgets = [
          "searches_per_minute",
          "google_requests_per_minute_per_user",
          "google_requests_per_minute",
          "guests_invited_per_day",
        ];
        const usual = await stack.platform.sql<{ name: string; value: number }>(
          "select name, value from private.settings where name = any ($1::text[])",
          [`{${budgets.join(",")}}`],
        );
        for (const name of budgets) await setting(stack, name, NO_BUDGET);
        try {
          const organizer = await stack.organizer();
          const random = seededRandom(20261130);
          const year = new SimulatedYear(stack, organizer, random);
          let checked = 0;
          const counts = new Map<string, number>();
          const last = new Map<string, number>();
          for (let passed = 0; passed < YEAR;) {
            await year.beginMeetings();
            const step = (96 + random.below(145)) * QUARTER;
            await year.pass(step);
            passed += step;
            for (const [id, at] of last) last.set(id, at - step);
            await year.reply();
            await year.work();
            for (const { meeting, at, from, to } of year.moves.slice(checked)) {
              const { meeting_id, rules } = meeting;
              const count = (counts.get(meeting_id) ?? 0) + 1;
              counts.set(meeting_id, count);
              assert.ok(count <= rules.max_moves, `moved ${count} times of ${rules.max_moves}`);
              assert.ok(to[0] > at + rules.freeze_hours * HOUR, "moved into the freeze");
              assert.ok(from[0] > at + rules.freeze_hours * HOUR, "moved out of the freeze");
              const before = last.get(meeting_id) ?? -Infinity;
              assert.ok(
                at >= before + rules.cooldown_minutes * 60_000,
                "moved within the cooldown",
              );
              last.set(meeting_id, at);
              for (const email of year.requiredPeople) {
                assert.ok(
                  !overlapsAny(to, year.busyOf(email)),
                  `moved onto a conflict of ${email}`,
                );
              }
              const length = from[1] - from[0];
              assert.equal(to[1] - to[0], length);
              assert.ok(
                !overlapsAny(to, [[from[0] - length, from[1] + length]]),
                "moved next door",
              );
            }
            checked = year.moves.length;
          }
          const reached = Object.fromEntries(year.kept);
          assert.ok(checked >= 60, `${checked} moves`);
          for (const reason of ["freeze", "max_moves", "reply_changed", "rejected"]) {
            assert.ok((reached[reason] ?? 0) > 0, `${reason} in ${JSON.stringify(reached)}`);
          }
        } finally {
          for (const { name, value } of usual) await setting(stack, name, value);
        }
      },
  }),
  // Hundreds of rounds of an embedded database would take minutes.
  { databases: "only postgres" },
);
