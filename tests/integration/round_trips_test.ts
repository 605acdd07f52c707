import assert from "node:assert/strict";
import { type Platform, startPlatform } from "../../local/platform.ts";
import { migratedPglite } from "../support/prepared_databases.ts";
import { connectedOrganizer, TOKEN_KEYS } from "../support/connected_organizer.ts";
import { startCountingProxy } from "../support/counting_proxy.ts";
import { WEEK } from "../support/meetings.ts";
import { manyMeetings } from "../support/many_meetings.ts";
import { promisesOf } from "../support/promises.ts";
import { callFunction, stackOf } from "../support/stack.ts";
import { until } from "../support/until.ts";

promisesOf(
  "what write-backs ask of the database and of Google",
  async (resources) => {
    const api = resources.use(startCountingProxy());
    const platform = resources.use(
      await startPlatform({
        database: await migratedPglite(),
        strict_google: true,
        background: { net: false, cron: false },
        environment: { SUPABASE_URL: api.url, CONVENE_TOKEN_KEYS: TOKEN_KEYS },
      }),
    );
    api.passTo(platform.api_url);
    const stack = stackOf(platform, false);
    const ofGoogle = async () =>
      (await stack.google.requests()).map(({ method, path }) => `${method} ${path}`);
    return { api, platform, stack, ofGoogle };
  },
  {
    async "a single write-back is two round trips and one request to Google"(
      { api, stack, ofGoogle },
    ) {
      const organizer = await connectedOrganizer(stack);
      const [meeting_id] = await manyMeetings(stack, [organizer], 1);
      const before = (await ofGoogle()).length;
      api.takePaths();
      const answer = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.deepEqual(api.takePaths(), [
        "/rest/v1/rpc/begin_writeback",
        "/rest/v1/rpc/settle_writebacks",
      ]);
      assert.deepEqual((await ofGoogle()).slice(before), [
        "POST /calendar/v3/calendars/primary/events",
      ]);
    },

    async "a search asks the same for a user who shares nothing and for an unknown address"(
      { api, platform, stack, ofGoogle },
    ) {
      const organizer = await connectedOrganizer(stack);
      const victim = await connectedOrganizer(stack, { freebusy: "private" });
      const unknown = `unknown-${crypto.randomUUID().slice(0, 8)}@north.example`;
      await platform.sql("set track_functions = 'all'");
      const asked = async (email: string, more: Record<string, unknown>) => {
        const before = (await ofGoogle()).length;
        const done_before = await databaseWork(platform);
        api.takePaths();
        const { status, body } = await organizer.call("schedule", {
          body: { participants: [email], constraints: WEEK, ...more },
        });
        return {
          status,
          error: body.error,
          fields: Object.keys(body.details ?? {}),
          sql: api.takePaths(),
          work: workSince(done_before, await databaseWork(platform)),
          google: (await ofGoogle()).slice(before),
        };
      };
      // The first search of an organizer also learns their own habits, once.
      await asked(unknown, {});
      await until(
        "the organizer's profile",
        async () =>
          (await platform.sql(
            "select from private.calendar_profiles where user_id = $1 and reading_since is null",
            [
              organizer.user_id,
            ],
          )).length > 0,
      );
      for (const more of [{ dry_run: true }, {}, { dry_run: true, allow_concessions: true }]) {
        const [of_victim, of_unknown] = [
          await asked(victim.email, more),
          await asked(unknown, more),
        ];
        assert.equal(of_victim.error, "calendar_unreadable");
        assert.ok(of_victim.sql.length > 0 && of_victim.google.length > 0);
        assert.ok(of_victim.work["calls of own_connections"]! > 0);
        assert.ok(of_victim.work["updates of budget_spending"]! > 0);
        assert.deepEqual(of_victim, of_unknown, JSON.stringify(more));
      }
    },

    async "a batch's round trips grow with slices, not with rows"(
      { api, platform, stack, ofGoogle },
    ) {
      const organizers = [
        await connectedOrganizer(stack),
        await connectedOrganizer(stack),
        await connectedOrganizer(stack),
      ];
      const asked = async (rows: number) => {
        await manyMeetings(stack, organizers, rows);
        const before = (await ofGoogle()).length;
        api.takePaths();
        const answer = await callFunction(platform, "write-back", {
          apikey: platform.automations_key,
          body: { batch: true },
        });
        assert.equal(answer.body.succeeded, rows, JSON.stringify(answer.body));
        assert.equal((await ofGoogle()).length - before, rows);
        return api.takePaths().length;
      };
      // One slice each: a claim that finds the rows, one that finds no more, and the count at the end,
      // and a claim and a settlement for each organizer who ends alone. Row by row it would be 108.
      const few = await asked(3);
      const many = await asked(54);
      assert.ok(few <= 15 && many <= 15, `${few} round trips for 3 rows, ${many} for 54`);
    },
  },
  // PGlite keeps its own state in the process's exit code until it is closed.
  { sanitizeExit: false },
);

type Work = Record<string, number>;

/**
 * What the database has done so far, also inside its functions: calls of each function, and rows written to each table.
 * PGlite has one session, so the flush reaches the statistics of all requests.
 */
async function databaseWork(platform: Platform): Promise<Work> {
  await platform.sql("select pg_stat_force_next_flush()");
  const [row] = await platform.sql<{ work: Work }>(`
    select jsonb_object_agg(w.what, w.times) as work
    from (
      select 'calls of ' || f.funcname as what, f.calls as times
      from pg_stat_user_functions as f where f.schemaname in ('private', 'public')
      union all
      select counted.what || t.relname, counted.times
      from pg_stat_user_tables as t, lateral (values
        ('inserts into ', t.n_tup_ins), ('updates of ', t.n_tup_upd), ('deletes from ', t.n_tup_del)
      ) as counted (what, times)
      where t.schemaname in ('private', 'public')
    ) as w`);
  return row?.work ?? {};
}

function workSince(before: Work, after: Work): Work {
  return Object.fromEntries(
    Object.entries(after).map(([what, times]) => [what, times - (before[what] ?? 0)] as const)
      .filter(([, times]) => times !== 0),
  );
}
