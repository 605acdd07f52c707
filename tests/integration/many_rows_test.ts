import assert from "node:assert/strict";
import { manyOrganizers } from "../support/many_meetings.ts";
import { recordCalls, recordedCalls } from "../support/recorded_calls.ts";
import { promise } from "../support/stack.ts";
import { until } from "../support/until.ts";

const ROWS = 1000;

promise("many rows at once", {
  "one statement that inserts 1,000 rows leads to at most two calls a second of each function":
    async (stack) => {
      const organizers = await manyOrganizers(stack, 20);
      await recordCalls(stack);
      await stack.platform.sql(
        `insert into public.meetings (organizer_user_id, title, participants, constraints)
         select ($1::uuid[])[1 + n % 20], 'Meeting ' || n,
           jsonb_build_array(jsonb_build_object('email', 'guest@north.example', 'busy', '[]'::jsonb)),
           '{"duration_minutes": 30, "earliest_date": "2035-01-08", "latest_date": "2035-02-08"}'
         from generate_series(0, $2::integer - 1) as n`,
        [`{${organizers.map(({ user_id }) => user_id).join(",")}}`, ROWS],
      );
      await until("all are created", async () => {
        const [counted] = await stack.platform.sql<{ created: number; due: number }>(
          `select (select count(*)::int from public.meetings where writeback_status = 'created') as created,
                  (select count(*)::int from private.work where kind in ('search', 'write')) as due`,
        );
        return counted?.created === ROWS && counted.due === 0;
      }, 240);

      const calls = await recordedCalls(stack);
      assert.deepEqual([...calls.keys()].toSorted(), ["schedule", "write-back"]);
      for (const [name, times] of calls) {
        for (const [index, { at_ms }] of times.entries()) {
          const third = times[index + 2];
          assert.ok(
            third === undefined || third.at_ms - at_ms >= 1000,
            `${name}: three in a second`,
          );
        }
      }
    },
}, { databases: "only postgres", background: { net: true, cron: false } });
