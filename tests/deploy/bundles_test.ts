import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BundledFunction, bundleFunctions } from "../../local/functions/bundle_functions.ts";
import { startPlatform } from "../../local/platform.ts";
import { supabaseCliOrThrow } from "../../local/tasks/supabase_cli.ts";
import { cancel, change, onlyEvent, write } from "../support/changes.ts";
import { FUNCTION_ENVIRONMENT } from "../support/function_environment.ts";
import { eventsOf, mailsBy, WEEK } from "../support/meetings.ts";
import { toolCall } from "../support/mcp.ts";
import { migratedPostgres } from "../support/prepared_databases.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { promisesOf } from "../support/promises.ts";
import { callFunction, QUIET, stackOf } from "../support/stack.ts";
import { syncNow } from "../support/sync.ts";
import { scheduledTask } from "../support/tasks.ts";
import { serveDeployed } from "./deployed_function.ts";
import { startManagementApi } from "./management_api.ts";

/** What a start of one function may load, in bytes. */
const MOST_LOADED = 350_000;

interface Bundles {
  folder: string;
  functions: BundledFunction[];
}

promisesOf("bundled functions", async (resources): Promise<Bundles> => {
  const folder = await Deno.makeTempDir({ prefix: "convene-bundles-" });
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  return { folder, functions: await bundleFunctions(folder) };
}, {
  "none loads more than 350 kB when it starts": ({ functions }) => {
    assert.ok(functions.length >= 10);
    const large = functions.filter(({ static_bytes }) => static_bytes > MOST_LOADED);
    assert.deepEqual(large, []);
  },

  "the dates of all countries are loaded by the calls that need them": ({ functions }) => {
    const { static_bytes, dynamic_bytes } = functions.find(({ name }) => name === "holidays")!;
    assert.ok(static_bytes < MOST_LOADED && dynamic_bytes > 1_000_000);
  },

  "a meeting is found, written, changed, synced and cancelled, and holidays are computed": async (
    { folder },
  ) => {
    await using server = await startPostgresServer();
    await using platform = await startPlatform({
      ...QUIET,
      database: await migratedPostgres(server),
      functions_dir: pathToFileURL(join(folder, "supabase/functions/")),
    });
    const stack = stackOf(platform, true);
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    const found = await organizer.call("schedule", {
      body: { title: "Plan", participants: [organizer.email, guest], constraints: WEEK },
    });
    assert.equal(found.status, 200, JSON.stringify(found.body));
    const { meeting_id } = found.body;
    await write(organizer, meeting_id);
    await change(organizer, meeting_id, { title: "Plans" });
    await write(organizer, meeting_id);
    assert.equal((await onlyEvent(stack, organizer)).summary, "Plans");
    await syncNow(stack, organizer);
    const { body } = await organizer.call("status", { query: { meeting_id } });
    assert.equal(body.status, "created");
    const told = await organizer.call("mcp", toolCall("meeting_status", { meeting_id }));
    assert.equal(told.body.result.structuredContent.status, "created");
    await cancel(organizer, meeting_id);
    await write(organizer, meeting_id);
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.deepEqual(await mailsBy(stack, [guest]), [["invitation", "update", "cancellation"]]);

    const { error } = await organizer.client.from("scheduling_preferences").insert({
      owner_user_id: organizer.user_id,
      holiday_calendar: "DE-BY",
    } as never);
    assert.equal(error, null);
    const holidays = await callFunction(platform, "holidays", {
      apikey: platform.automations_key,
      body: { batch: true },
    });
    assert.equal(holidays.body.computed, 1);
    await scheduledTask(stack);
  },

  "supabase functions deploy uploads each as its own files alone, and they answer": async (
    { folder },
  ) => {
    await using api = await startManagementApi();
    for (const name of ["status", "holidays"]) {
      await supabaseCliOrThrow(
        ["functions", "deploy", name, "--use-api", `--remote=${api.project_ref}`],
        { root: folder, env: api.environment },
      );
      const deployment = api.deployments.get(name)!;
      const written = [...Deno.readDirSync(join(folder, "supabase/functions", name))];
      assert.deepEqual(
        deployment.files.toSorted(),
        written.map((file) => `supabase/functions/${name}/${file.name}`).sort(),
      );
      assert.equal(deployment.verify_jwt, false);
      await using served = await serveDeployed(deployment, FUNCTION_ENVIRONMENT);
      const response = await fetch(`${served.url}/${name}`, { method: "POST" });
      assert.deepEqual([response.status, (await response.json()).error], [401, "unauthenticated"]);
    }
  },
});
