import assert from "node:assert/strict";
import { manyOrganizers } from "../support/many_meetings.ts";
import { promise, type Stack } from "../support/stack.ts";
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

      const calls = Map.groupBy(
        await stack.platform.sql<{ url: string; at_ms: number }>(
          "select url, extract(epoch from at)::float8 * 1000 as at_ms from public.recorded_calls order by at",
        ),
        ({ url }) => url.split("/").at(-1),
      );
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
}, { only: "postgres", background: { net: true, cron: false } });

/** Every call that the database asks pg_net for, with its time. */
async function recordCalls(stack: Stack): Promise<void> {
  await stack.platform.sql(`
    create table public.recorded_calls (url text not null, at timestamptz not null default clock_timestamp())`);
  await stack.platform.sql(`
    create function public.record_call() returns trigger language plpgsql as $$
    begin
      insert into public.recorded_calls (url) values (new.url);
      return null;
    end $$`);
  await stack.platform.sql(`
    create trigger record_call after insert on net.http_request_queue
    for each row execute function public.record_call()`);
}
