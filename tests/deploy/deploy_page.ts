import assert from "node:assert/strict";
import { connectGoogle } from "../../local/connect_google.ts";
import { blocksOf, filledIn } from "./page_blocks.ts";
import { assertSays, type Rehearsal } from "./rehearsal.ts";

const PAGE = await blocksOf("docs/deploy.md");
const README = await blocksOf("README.md");

/** Executes the blocks below a heading, as printed, except for what the reader fills in. */
async function follow(
  rehearsal: Rehearsal,
  heading: string,
  values: Record<string, string> = {},
): Promise<string> {
  const { project, checkout } = rehearsal;
  const blocks = PAGE.get(heading);
  assert.ok(blocks, `docs/deploy.md has no commands below "${heading}"`);
  let said = "";
  for (const { language, text } of blocks) {
    const filled = filledIn(text, {
      ...values,
      "https://<ref>.supabase.co": project.api_url,
      "<ref>": project.ref,
      "<client id>": project.google_secrets.GOOGLE_CLIENT_ID ?? "",
      "<client secret>": project.google_secrets.GOOGLE_CLIENT_SECRET ?? "",
      "<automations key>": project.keys.get("automations") ?? "",
      "<new signing secret>": `whsec_${btoa("0123456789abcdef0123456789abcdef")}`,
    });
    if (language === "sql") {
      await project.sql(filled);
      continue;
    }
    const { GOOGLE_CLIENT_ID: _id, GOOGLE_CLIENT_SECRET: _secret, ...addresses } =
      project.google_secrets;
    const { code, output } = await checkout.run(filled, {
      ...project.environment,
      // Google is the emulator, and the project is on this machine.
      ...addresses,
      SUPABASE_URL: project.api_url,
      DATABASE_URL: project.database_url,
    });
    assert.equal(code, 0, `${filled}\n${output}`);
    said += output;
  }
  return said;
}

export const PAGE_PROMISES: Record<string, (rehearsal: Rehearsal) => Promise<void>> = {
  async "docs/deploy.md: Supabase's side, by hand and by the task, is true as printed"(rehearsal) {
    const { project, prepare } = rehearsal;
    await prepare();
    assertSays(await follow(rehearsal, "2. Supabase's side"), "Everything works.");
    await project.sql("delete from vault.secrets where true");
    await follow(rehearsal, "The same by hand");
    const rows = await project.sql<{ name: string; decrypted_secret: string }>(
      "select name, decrypted_secret from vault.decrypted_secrets order by name",
    );
    assert.deepEqual(rows.map(({ decrypted_secret }) => decrypted_secret), [
      project.keys.get("automations"),
      `${project.api_url}/functions/v1`,
    ]);
  },

  "README.md prints no command of a deployment that docs/deploy.md does not"() {
    const known = [...PAGE.values()].flat().map(({ text }) => text).join("\n");
    const printed = (README.get("Deploy it to Supabase") ?? []).map(({ text }) => text);
    assert.ok(printed.length > 0);
    for (const text of printed) assert.ok(known.includes(text), `Not in docs/deploy.md:\n${text}`);
    return Promise.resolve();
  },

  async "docs/deploy.md: the first event, and rotated keys with which connections still work"(
    rehearsal,
  ) {
    const { project } = rehearsal;
    const user = await connectedUser(rehearsal);
    const values = { "<user id>": user.user_id };
    assertSays(
      await follow(rehearsal, "3. The first event", values),
      "written, cancelled and deleted",
    );

    const before = project.secrets.get("CONVENE_TOKEN_KEYS") ?? "";
    await project.sql(
      `insert into public.notification_targets (owner_user_id, kind, address, signing_secret)
       values ('${user.user_id}', 'webhook', 'https://hooks.example/convene', 'whsec_${
        btoa("fedcba9876543210fedcba9876543210")
      }')`,
    );
    const [target] = await project.sql<{ target_id: string }>(
      "select target_id from public.notification_targets",
    );
    // The file as an operator keeps it.
    await rehearsal.give({ ...rehearsal.given, CONVENE_TOKEN_KEYS: before });
    await follow(rehearsal, "Rotate keys and secrets", { "<target id>": target?.target_id ?? "" });
    const after = project.secrets.get("CONVENE_TOKEN_KEYS") ?? "";
    assert.match(after, /^k2:/);
    assert.ok(after.endsWith(`,${before}`));
    assertSays(
      await follow(rehearsal, "3. The first event", values),
      "written, cancelled and deleted",
    );
  },

  async "docs/deploy.md: yesterday's dump and the doctor end consistent"(rehearsal) {
    const { project, checkout } = rehearsal;
    const { email } = await connectedUser(rehearsal);
    const [dump, restore, doctor] = PAGE.get("Backup and restore") ?? [];
    assert.ok(dump && restore && doctor);
    const env = {
      ...project.environment,
      SUPABASE_URL: project.api_url,
      DATABASE_URL: project.database_url,
    };
    const run = async (text: string) => {
      const filled = filledIn(text, {
        "https://<ref>.supabase.co": project.api_url,
        "<automations key>": project.keys.get("automations") ?? "",
      });
      return await checkout.run(filled, env);
    };
    const must = async (text: string) => {
      const { code, output } = await run(text);
      assert.equal(code, 0, output);
      return output;
    };
    const moved = await writtenMeeting(rehearsal, email, inDays(10, 10));
    const cancelled = await writtenMeeting(rehearsal, email, inDays(11, 10));
    await must(dump.text);
    const [change] = await project.sql<{ decision: string }>(
      `select change_meeting('${moved}', null, '{"starts_at": "${inDays(10, 15)}", "ends_at": "${
        inDays(10, 16)
      }"}') ->> 'decision' as decision`,
    );
    assert.equal(change?.decision, "changed");
    await stateReached(rehearsal, moved, "created");
    await project.sql(`select cancel_meeting('${cancelled}')`);
    await stateReached(rehearsal, cancelled, "cancelled");
    const added = await writtenMeeting(rehearsal, email, inDays(12, 10));

    await must(restore.text);
    assert.deepEqual(
      await project.sql(`select from public.meetings where meeting_id = '${added}'`),
      [],
    );
    const { code, output } = await run(doctor.text);
    assert.ok(code === 0 || code === 1, output);
    const [row] = await project.sql<{ starts_at: Date }>(
      `select starts_at from public.meetings where meeting_id = '${moved}'`,
    );
    assert.equal(row?.starts_at.toISOString(), inDays(10, 15), output);
    assertSays(await must(doctor.text), "Nothing is wrong.");
  },

  async "docs/deploy.md: uninstalling leaves the neighbour's tables, and stops where they need Convene"(
    rehearsal,
  ) {
    const { project, checkout } = rehearsal;
    await rehearsal.deployed();
    await project.sql("create table public.neighbours (id bigint primary key, name text)");
    await project.sql("insert into public.neighbours values (1, 'kept')");
    await project.sql(
      "create view public.neighbours_meetings as select meeting_id from public.meetings",
    );
    const script = PAGE.get("Uninstall")?.[0]?.text ?? "";
    const refused = await checkout.run(script, project.environment);
    assert.notEqual(refused.code, 0);
    assertSays(refused.output, "Nothing was removed", "view neighbours_meetings");
    await project.sql("drop view public.neighbours_meetings");

    await follow(rehearsal, "Uninstall");
    assert.deepEqual(await project.sql("select name from public.neighbours"), [{ name: "kept" }]);
    assert.deepEqual(
      await project.sql(
        `select c.oid::regclass::text as name from pg_class as c
         where c.relnamespace in ('public'::regnamespace, to_regnamespace('private')) and c.relkind in ('r', 'p', 'v', 'S')
         union all select p.oid::regprocedure::text from pg_proc as p
         where p.pronamespace in ('public'::regnamespace, to_regnamespace('private'))
           and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
         union all select jobname::text from cron.job where jobname like 'convene-%'
         union all select name from vault.secrets`,
      ),
      [{ name: "neighbours" }],
    );
    assert.ok(!project.secrets.has("CONVENE_TOKEN_KEYS"));
    // It can be installed again.
    const again = await checkout.run("supabase db push --remote", project.environment);
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(
      await project.sql(
        "select count(*)::integer as jobs from cron.job where jobname like 'convene-%'",
      ),
      [{ jobs: 7 }],
    );
  },
};

async function connectedUser(rehearsal: Rehearsal): Promise<{ email: string; user_id: string }> {
  const { project } = rehearsal;
  await rehearsal.deployed();
  const email = `first-${crypto.randomUUID().slice(0, 8)}@north.example`;
  await project.google.createAccount({ email, timezone: "UTC", freebusy: "public", events: [] });
  const { user_id, access_token } = await project.createUser(email);
  await connectGoogle(`${project.api_url}/functions/v1`, access_token, project.google, { email });
  return { email, user_id };
}

/** The doctor searches for orphaned events in the next 400 days. */
function inDays(days: number, hour: number): string {
  const day = new Date(Date.now() + days * 86_400_000);
  return new Date(day.setUTCHours(hour, 0, 0, 0)).toISOString();
}

async function writtenMeeting(
  rehearsal: Rehearsal,
  email: string,
  starts_at: string,
): Promise<string> {
  const [row] = await rehearsal.project.sql<{ meeting_id: string }>(
    `insert into public.meetings (organizer_user_id, title, participants, starts_at, ends_at, timezone)
     select c.user_id, 'Planning', jsonb_build_array('guest@south.example'), '${starts_at}', '${starts_at}'::timestamptz + interval '30 minutes', 'UTC'
     from private.google_connections as c where c.email = '${email}' returning meeting_id`,
  );
  assert.ok(row);
  await stateReached(rehearsal, row.meeting_id, "created");
  return row.meeting_id;
}

async function stateReached(
  { project }: Rehearsal,
  meeting_id: string,
  state: string,
): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (true) {
    const [row] = await project.sql<{ state: string; reason: string | null }>(
      `select s.state, s.reason from public.meetings as m cross join private.meeting_state(m) as s where m.meeting_id = '${meeting_id}'`,
    );
    if (row?.state === state) return;
    assert.notEqual(row?.state, "failed", JSON.stringify(row));
    assert.ok(Date.now() < deadline, `${meeting_id} is ${JSON.stringify(row)}, not ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
