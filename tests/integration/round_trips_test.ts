import assert from "node:assert/strict";
import { startPlatform } from "../../local/platform.ts";
import { migratedPglite } from "../support/prepared_databases.ts";
import { connectedOrganizer, TOKEN_KEYS } from "../support/connected_organizer.ts";
import { startCountingProxy } from "../support/counting_proxy.ts";
import { manyMeetings } from "../support/many_meetings.ts";
import { promisesOf } from "../support/promises.ts";
import { callFunction, stackOf } from "../support/stack.ts";

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
