import assert from "node:assert/strict";
import type { LocalDatabase } from "../../local/database/local_database.ts";
import { openPgliteDatabase } from "../../local/database/pglite_database.ts";
import { openPostgresDatabase } from "../../local/database/postgres_database.ts";
import { type PreparedProject, startPlatform } from "../../local/platform.ts";
import { hostedPglite } from "../support/hosted/hosted_pglite.ts";
import {
  HOSTED_SUPERUSER,
  hostedProject,
  preparedProject,
} from "../support/hosted/hosted_project.ts";
import { eventsOf, insertMeeting, mailsBy, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import {
  embeddedPostgres,
  installedPostgres,
  type PostgresBinaries,
} from "../support/postgres_binaries.ts";
import { type BootedPostgres, bootPostgres } from "../support/postgres_boot.ts";
import { type PostgresServer, startPostgresServer } from "../support/postgres_server.ts";
import { type Stack, stackOf } from "../support/stack.ts";
import { LEFT_BEHIND, uninstall } from "../support/uninstalled.ts";
import { until } from "../support/until.ts";

type OpenProject = () => Promise<PreparedProject & AsyncDisposable>;

interface Version {
  name: string;
  /** Of the server, as `show server_version_num` begins. */
  major?: number;
  superuser: OpenProject;
  hosted: OpenProject;
}

const servers: { booted: BootedPostgres; server: PostgresServer }[] = [];

function onServer(name: string, find: () => Promise<PostgresBinaries>, major?: number): Version {
  let starting: Promise<PostgresServer> | undefined;
  const start = async () => {
    const booted = await bootPostgres({ binaries: await find(), superuser: HOSTED_SUPERUSER });
    const server = await startPostgresServer(booted.admin_url);
    servers.push({ booted, server });
    return server;
  };
  const started = () => starting ??= start();
  return {
    name,
    ...(major === undefined ? {} : { major }),
    superuser: async () => {
      const { url } = await (await started()).createDatabase();
      return await preparedProject(await openPostgresDatabase(url));
    },
    hosted: async () => {
      const server = await started();
      // The real pg_cron can be created in this one database, which exists from the start.
      return await hostedProject(
        server.has_pg_cron
          ? server.admin_url.replace(/\/postgres$/, `/${server.cron_database}`)
          : (await server.createDatabase()).url,
      );
    },
  };
}

const installed = await installedPostgres();
const VERSIONS: Version[] = [
  ...(installed ? [onServer("the installed Postgres", () => Promise.resolve(installed))] : []),
  onServer("Postgres 17", () => embeddedPostgres(17), 17),
  onServer("Postgres 18", () => embeddedPostgres(18), 18),
  {
    name: "PGlite",
    major: 17,
    superuser: async () => await preparedProject(await openPgliteDatabase()),
    hosted: hostedPglite,
  },
];

const REGIMES = {
  "as superuser": "superuser",
  "with the roles of hosted Supabase": "hosted",
} as const;

Deno.test.afterAll(async () => {
  for (const { booted, server } of servers) {
    await server.stop();
    await booted.stop();
  }
});

for (const version of VERSIONS) {
  for (const [regime, kind] of Object.entries(REGIMES)) {
    Deno.test({
      name:
        `migrations, the helper contract, insert to event and uninstalling hold on ${version.name} ${regime}`,
      // The server outlives the test that starts it, and PGlite sets the exit code until it is closed.
      sanitizeOps: false,
      sanitizeResources: false,
      sanitizeExit: false,
      async fn() {
        await using project = await version[kind]();
        await assertServer(project.owner, version.major);
        if (kind === "hosted") await assertHostedRoles(project);
        const before = await project.owner.query(LEFT_BEHIND);
        await using platform = await startPlatform({
          project,
          strict_google: true,
          background: { net: false, cron: false },
        });
        const stack = stackOf(platform, version.name !== "PGlite");
        await helperContract(stack, project.api);
        await insertToEvent(stack);
        await platform.settled();
        await uninstall(project.owner);
        assert.deepEqual(await project.owner.query(LEFT_BEHIND), before);
      },
    });
  }
}

async function assertServer(database: LocalDatabase, major: number | undefined): Promise<void> {
  const [row] = await database.query<{ version: string }>(
    "select current_setting('server_version_num') as version",
  );
  if (major !== undefined) assert.equal(Math.floor(Number(row?.version) / 10_000), major);
}

/** A regime that were a superuser in disguise would prove nothing. */
async function assertHostedRoles({ owner, api }: PreparedProject): Promise<void> {
  const who = `select session_user::text as session, rolsuper as is_superuser,
    pg_has_role('service_role', 'usage') as inherits
    from pg_roles where rolname = current_user`;
  assert.deepEqual(await owner.query(who), [
    { session: "postgres", is_superuser: false, inherits: true },
  ]);
  assert.deepEqual(await api.query(who), [
    { session: "authenticator", is_superuser: false, inherits: false },
  ]);
  await assert.rejects(owner.query("update cron.job set active = false"), /permission denied/);
  await assert.rejects(owner.query("insert into vault.secrets (secret) values ('x')"), /denied/);
  await assert.rejects(owner.query("create table auth.ours (id integer)"), /permission denied/);
}

async function helperContract(stack: Stack, login: LocalDatabase): Promise<void> {
  const asService = <T>(text: string, params: unknown[] = []): Promise<T[]> =>
    login.transaction(async (session) => {
      await session.execute("set local role service_role");
      return await session.query<T>(text, params);
    });
  const organizer = await stack.organizer({ connected: false });
  const ids: string[] = [];
  for (let count = 0; count < 3; count++) {
    ids.push(await insertMeeting(organizer, { participants: ["guest@north.example"], ...SLOT }));
  }
  const [succeeds, fails, waits] = ids as [string, string, string];

  const due = await asService<{ meeting_id: string }>(
    "select meeting_id from get_pending_writebacks(10)",
  );
  assert.deepEqual(due.map(({ meeting_id }) => meeting_id), ids);

  const [success] = await asService<{ settled: boolean }>(
    "select mark_writeback_success($1, 'xyz789', 'primary', 'https://calendar.example/xyz') as settled",
    [succeeds],
  );
  assert.equal(success?.settled, true);
  const created = await rowOf(stack, succeeds);
  assert.deepEqual(
    [created.writeback_status, created.google_event_id, created.writeback_retry_count],
    ["created", "xyz789", 0],
  );

  const statuses = [];
  for (let failure = 0; failure < 3; failure++) {
    await asService("select mark_writeback_failure($1, 'no answer', true)", [fails]);
    statuses.push((await rowOf(stack, fails)).writeback_status);
  }
  assert.deepEqual(statuses, ["retrying", "retrying", "failed"]);

  const claimed = await asService<{ meeting_id: string }>(
    "select meeting_id from claim_writebacks(10, 120)",
  );
  assert.deepEqual(claimed.map(({ meeting_id }) => meeting_id), [waits]);
  assert.deepEqual(await asService("select * from get_pending_writebacks(10)"), []);
  await stack.platform.sql("delete from net.http_request_queue where true");
  // The next insert would wake no function that was just called, and those calls were never sent.
  await stack.platform.sql("update private.wake_ups set called_at = '-infinity' where true");
}

async function insertToEvent(stack: Stack): Promise<void> {
  const organizer = await stack.organizer();
  const guests = [await stack.guest(), await stack.guest()];
  const by_webhook = await insertMeeting(organizer, { participants: guests, constraints: WEEK });
  await written(stack, by_webhook);

  const by_sweep = await insertMeeting(organizer, {
    participants: guests,
    ...SLOT,
    starts_at: "2035-01-09T10:00:00Z",
    ends_at: "2035-01-09T10:30:00Z",
  });
  await stack.platform.sql("delete from net.http_request_queue where true");
  await stack.platform.runCron();
  await written(stack, by_sweep);

  assert.equal((await eventsOf(stack, organizer)).length, 2);
  assert.deepEqual(
    await mailsBy(stack, guests),
    guests.map(() => ["invitation", "invitation"]),
  );
}

/** Delivers wake-ups until the meeting is written: a function that is woken answers before it works. */
async function written(stack: Stack, meeting_id: string): Promise<void> {
  await until(`the event of ${meeting_id}`, async () => {
    await stack.platform.drainNet();
    const { writeback_status, writeback_error } = await rowOf(stack, meeting_id);
    assert.equal(writeback_error, null);
    return writeback_status === "created";
  });
}
