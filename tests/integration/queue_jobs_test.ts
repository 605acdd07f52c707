import assert from "node:assert/strict";
import type { Row } from "../support/meetings.ts";
import { manyMeetings } from "../support/many_meetings.ts";
import {
  claimSlice,
  connectedUser,
  loseLeases,
  setting,
  startingAfresh,
} from "../support/queue.ts";
import { promise } from "../support/stack.ts";

promise(
  "queue: jobs",
  startingAfresh({
    "a batch that is used up calls for another one if anything is left": async (stack) => {
      const posted = async () => {
        const rows = await stack.platform.sql<{ body: string }>(
          "delete from net.http_request_queue returning convert_from(body, 'utf8') as body",
        );
        return rows.map(({ body }) => JSON.parse(body));
      };
      const finish = async (wake: boolean) => {
        const [row] = await stack.platform.sql<{ remaining: number }>(
          "select (public.finish_batch('write', $1) ->> 'remaining')::integer as remaining",
          [wake],
        );
        return row?.remaining;
      };
      await posted();
      assert.equal(await finish(true), 0);
      assert.deepEqual(await posted(), []);
      await manyMeetings(stack, [await connectedUser(stack)], 2);
      assert.equal(await finish(false), 2);
      assert.deepEqual(await posted(), []);
      assert.equal(await finish(true), 2);
      assert.deepEqual(await posted(), [{ batch: true, background: true }]);
    },

    "the ledger loses what is older than its retention, and nothing else": async (stack) => {
      await stack.platform.sql("delete from public.writeback_ledger");
      await stack.platform.sql(
        `insert into public.writeback_ledger (meeting_id, step, at)
       select 'old', 'claimed', now() - interval '91 days' from generate_series(1, 7)
       union all select 'kept', 'claimed', now() - interval '89 days' from generate_series(1, 3)`,
      );
      const trim = "select private.trim_ledger(5) as deleted";
      assert.equal((await stack.platform.sql<Row>(trim))[0]?.deleted, 5);
      assert.equal((await stack.platform.sql<Row>(trim))[0]?.deleted, 2);
      assert.equal((await stack.platform.sql<Row>(trim))[0]?.deleted, 0);
      const left = await stack.platform.sql<Row>("select meeting_id from public.writeback_ledger");
      assert.deepEqual(left.map(({ meeting_id }) => meeting_id), ["kept", "kept", "kept"]);
      await setting(stack, "ledger_retention_days", 30);
      assert.equal((await stack.platform.sql<Row>(trim))[0]?.deleted, 3);
      await setting(stack, "ledger_retention_days", 90);
    },

    "each job calls write-back once for what is its own, and an idle system not at all": async (
      stack,
    ) => {
      const user = await connectedUser(stack);
      const calls = async () => {
        await stack.platform.sql("delete from net.http_request_queue");
        await stack.platform.runCron();
        return (await stack.platform.sql<{ url: string }>(
          "select url from net.http_request_queue where url like '%/write-back'",
        ))
          .map(({ url }) => url.split("/").at(-1));
      };
      assert.deepEqual(await calls(), [], "idle");
      await manyMeetings(stack, [user], 2);
      assert.deepEqual(await calls(), ["write-back"], "due");
      await claimSlice(stack, 10);
      assert.deepEqual(await calls(), [], "being worked on");
      await loseLeases(stack);
      assert.deepEqual(await calls(), ["write-back"], "abandoned");
      await manyMeetings(stack, [user], 1);
      assert.deepEqual(await calls(), ["write-back"], "abandoned and due");
    },
  }),
  { functions: "none" },
);
