import assert from "node:assert/strict";
import { connectGoogle } from "../../local/connect_google.ts";
import { PROBES } from "../../local/deploy/verify.ts";
import { functionsToUpload } from "../../local/deploy/functions_to_upload.ts";
import { promisesOf } from "../support/promises.ts";
import type { HostedStandIn } from "./hosted_stand_in.ts";
import { PAGE_PROMISES } from "./deploy_page.ts";
import { blocksOf } from "./page_blocks.ts";
import { assertSays, rehearse } from "./rehearsal.ts";

Deno.test("deno task deploy calls every function that is uploaded when it verifies", async () => {
  assert.deepEqual(Object.keys(PROBES).sort(), (await functionsToUpload()).names);
});

promisesOf("deno task deploy", rehearse, {
  async "refuses a half-configured project by naming all that is missing, and changes nothing"(
    { project, deploy, give },
  ) {
    await give({
      GOOGLE_CLIENT_ID: "client.example",
      GOOGLE_WEBHOOK_URL: "http://app.example/push",
    });
    await project.sql("create table public.tasks (id text primary key)");
    await project.sql("create table public.notifications (id text primary key)");
    const { code, output } = await deploy();
    assert.equal(code, 2, output);
    assertSays(
      output,
      "GOOGLE_CLIENT_SECRET is missing",
      `supabase/.env.${project.ref}`,
      "CONVENE_APP_URLS is missing",
      "GOOGLE_WEBHOOK_URL is no https address",
      "no secret key named automations",
      "public.notifications",
    );
    await project.sql("drop table public.tasks, public.notifications");
    assert.deepEqual(project.changes.filter((change) => change !== "query"), []);
    assert.deepEqual([...project.secrets], []);
    const [row] = await project.sql<{ is_empty: boolean }>(
      "select to_regnamespace('private') is null as is_empty",
    );
    assert.equal(row?.is_empty, true);
  },

  async "prints what it would do with --dry-run, and does nothing of it"(
    { project, deploy, prepare, given },
  ) {
    await prepare();
    const before = project.changes.length;
    const { code, output } = await deploy("--dry-run");
    assert.equal(code, 0, output);
    assertSays(
      output,
      `$ supabase link --project-ref ${project.ref}`,
      "$ supabase db push --remote",
      "$ supabase secrets set",
      "$ supabase functions deploy google-auth",
      "store convene_functions_url, convene_automations_key in Vault",
      "Nothing was changed (--dry-run).",
    );
    assert.ok(!output.includes(given.GOOGLE_CLIENT_SECRET ?? ""), "a secret is printed");
    assert.deepEqual(project.changes.slice(before).filter((change) => change !== "query"), []);
  },

  async "finds tables that a migration lets Convene adopt, and runs no migration before it deploys"(
    { project, deploy, prepare, checkout },
  ) {
    await prepare();
    await project.sql("create table public.tasks (id text primary key, user_id uuid, title text)");
    await project.sql("create table public.profiles (id text primary key)");
    await using own = new AsyncDisposableStack();
    const migration = async (name: string, text: string) => {
      const path = `supabase/migrations/${name}.sql`;
      await checkout.write(path, text);
      own.defer(() => Deno.remove(`${checkout.directory}/${path}`));
    };
    await migration("20250101000000_app", "create table public.profiles (id text primary key);");

    const taken = await deploy("--dry-run");
    assert.equal(taken.code, 2, taken.output);
    assertSays(taken.output, "public.tasks");

    await migration(
      "20261128000000_convene_adoption",
      (await blocksOf("docs/adopting.md")).get("Adopt a table")?.[0]?.text
        .replace("('meetings'), ('tasks'), ('task_calendar_events')", "('tasks')") ?? "",
    );
    const { code, output } = await deploy("--dry-run");
    assert.equal(code, 0, output);
    const [row] = await project.sql<{ is_empty: boolean }>(
      "select to_regnamespace('private') is null as is_empty",
    );
    assert.equal(row?.is_empty, true);
    await project.sql("drop table public.tasks, public.profiles");
  },

  async "deploys everything from nothing, verifies it, and the first meeting becomes an event"(
    { project, deploy, deployed, checkout },
  ) {
    const { code, output } = await deployed();
    assert.equal(code, 0, output);
    assertSays(
      output,
      "Deployed.",
      "pg_net reaches schedule",
      "pg_cron runs convene-sweep",
      "Everything works.",
    );

    const kept = await Deno.readTextFile(`${checkout.directory}/supabase/.env.${project.ref}`);
    assert.ok(kept.includes(`CONVENE_TOKEN_KEYS=${project.secrets.get("CONVENE_TOKEN_KEYS")}\n`));

    const email = "organizer@north.example";
    await project.google.createAccount({ email, timezone: "UTC", freebusy: "public", events: [] });
    const user = await project.createUser(email);
    await connectGoogle(`${project.api_url}/functions/v1`, user.access_token, project.google, {
      email,
    });
    const smoke = await deploy(`--verify-only --smoke ${user.user_id}`);
    assert.equal(smoke.code, 0, smoke.output);
    assertSays(smoke.output, "written, cancelled and deleted");
    const events = await project.google.events({ calendar_id: email });
    assert.deepEqual(events.map(({ status }) => status), ["cancelled"]);
    assert.deepEqual(await project.google.mails({}), []);
    assert.deepEqual(await project.sql("select meeting_id from public.meetings"), []);
  },

  async "changes nothing the second time, and says so"({ project, deploy, deployed }) {
    await deployed();
    const [keys, vault] = await stored(project);
    const before = project.changes.length;
    const { code, output } = await deploy();
    assert.equal(code, 0, output);
    assertSays(output, "Nothing was changed: all of it is deployed already.", "Everything works.");
    assert.deepEqual(project.changes.slice(before).filter((change) => change !== "query"), []);
    assert.deepEqual(await stored(project), [keys, vault]);
  },

  async "never overwrites the token keys, and sets only the secret that differs"(
    { project, deploy, deployed, give, given },
  ) {
    await deployed();
    const keys = project.secrets.get("CONVENE_TOKEN_KEYS") ?? "";
    await give({ ...given, CONVENE_TOKEN_KEYS: `k2:${btoa("0123456789abcdef0123456789abcdef")}` });
    const refused = await deploy();
    assert.equal(refused.code, 2, refused.output);
    assertSays(refused.output, "is never overwritten", "Rotate keys and secrets");

    await give({ ...given, CONVENE_APP_URLS: "https://other.example/" });
    const before = project.changes.length;
    const { code, output } = await deploy();
    assert.equal(code, 0, output);
    assertSays(output, "Secrets: CONVENE_APP_URLS\n", "Deployed.");
    assert.deepEqual(
      project.changes.slice(before).filter((change) => change !== "query"),
      ["secret CONVENE_APP_URLS"],
    );
    assert.equal(project.secrets.get("CONVENE_TOKEN_KEYS"), keys);
  },

  async "finds a wrong key, a client secret and a redirect that Google refuses"(
    { project, deploy, deployed, give, given },
  ) {
    await deployed();
    await project.sql(
      "select vault.update_secret(id, 'sb_secret_of_nothing') from vault.secrets where name = 'convene_automations_key'",
    );
    await give({ ...given, GOOGLE_CLIENT_SECRET: "wrong" });
    const wrong = await deploy("--verify-only", {
      GOOGLE_REDIRECT_URL: "https://elsewhere.example/callback",
    });
    assert.equal(wrong.code, 1, wrong.output);
    assertSays(
      wrong.output,
      "FAILED  Google accepts the client id and the redirect URI https://elsewhere.example/callback: redirect_uri_mismatch",
      "FAILED  Google accepts the client secret: invalid_client",
      "FAILED  pg_net reaches schedule: HTTP 401: the key is refused",
    );

    await give({ ...given, GOOGLE_CLIENT_ID: "unknown.example" });
    const repaired = await deploy("", { GOOGLE_CLIENT_ID: "unknown.example" });
    assert.equal(repaired.code, 1, repaired.output);
    assertSays(
      repaired.output,
      "Vault: convene_automations_key\n",
      ": invalid_client: compare GOOGLE_CLIENT_ID",
      "ok      pg_net reaches schedule",
    );
    await give(given);
  },

  ...PAGE_PROMISES,
});

async function stored(project: HostedStandIn): Promise<unknown[]> {
  return [
    project.secrets.get("CONVENE_TOKEN_KEYS"),
    await project.sql("select name, secret, updated_at from vault.decrypted_secrets order by name"),
  ];
}
