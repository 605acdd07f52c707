import assert from "node:assert/strict";
import postgres from "postgres";
import { startPlatform } from "../../local/platform.ts";
import { checkOf, healthOf } from "../support/operations.ts";
import { pendingMeeting } from "../support/meetings.ts";
import { write } from "../support/changes.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { migratedPostgres } from "../support/prepared_databases.ts";
import { setting } from "../support/queue.ts";
import { callFunction, promise, type Stack, stackOf } from "../support/stack.ts";

const LEDGER = "public.writeback_ledger";
const DEFAULT = "private.writeback_ledger_default";

promise("the months of the ledger", {
  "each step is in the partition of its UTC month, and one without a month is stored all the same":
    async (stack) => {
      await withMonths(stack, async () => {
        const [this_month, next] = await monthsAhead(stack);
        await addStep(stack, "first", `${this_month}-01T00:00:00Z`);
        await addStep(stack, "last", `${next}-01T00:00:00Z`, "- interval '1 microsecond'");
        await addStep(stack, "next", `${next}-01T00:00:00Z`);
        await addStep(stack, "too-early", "2001-02-03T00:00:00Z");
        await addStep(stack, "too-late", "2101-02-03T00:00:00Z");
        assert.deepEqual(await partitionsOf(stack), {
          first: partition(this_month!),
          last: partition(this_month!),
          next: partition(next!),
          "too-early": DEFAULT,
          "too-late": DEFAULT,
        });
      });
    },

  "the maintenance job creates this month and the three next, and moves the steps that came before them":
    async (stack) => {
      await withMonths(stack, async () => {
        const months = await monthsAhead(stack);
        assert.deepEqual(await monthsOf(stack), months);
        for (const month of months) await stack.platform.sql(`drop table ${partition(month)}`);
        for (const [index, month] of months.entries()) {
          await addStep(stack, `early-${index}`, `${month}-15T12:00:00Z`);
        }
        await addStep(stack, "other", "2001-02-03T00:00:00Z");
        const before = await steps(stack);
        const { platform } = stack;
        assert.equal((await monthsOf(stack)).length, 0);
        const health = checkOf(await healthOf(stack), "storage", LEDGER);
        assert.deepEqual([health.status, health.reason], ["degraded", "ledger_month_missing"]);

        await setting(stack, "ledger_retention_days", 365 * 200);
        try {
          await platform.runCron();
        } finally {
          await setting(stack, "ledger_retention_days", 90);
        }
        assert.deepEqual(await monthsOf(stack), months);
        assert.deepEqual(await partitionsOf(stack), {
          ...Object.fromEntries(months.map((month, n) => [`early-${n}`, partition(month)])),
          other: DEFAULT,
        });
        assert.deepEqual(await steps(stack), before);
        assert.equal(checkOf(await healthOf(stack), "storage", LEDGER).status, "ok");
        const [again] = await platform.sql("select private.extend_ledger() as created");
        assert.equal(again?.created, 0);
      });
    },

  "a month that waited too long for its partition stays where it is, and the next ones are created":
    async (stack) => {
      await withMonths(stack, async () => {
        const [this_month, next] = await monthsAhead(stack);
        for (const month of [this_month, next]) {
          await stack.platform.sql(`drop table ${partition(month!)}`);
        }
        await stack.platform.sql(
          `insert into ${LEDGER} (meeting_id, step, at)
           select 'crowd', 'requested', $1::timestamptz from generate_series(1, 20001)`,
          [`${this_month}-01T00:00:00Z`],
        );
        await stack.platform.sql("select private.extend_ledger()");
        assert.ok(!(await monthsOf(stack)).includes(this_month!));
        assert.ok((await monthsOf(stack)).includes(next!));
        assert.deepEqual(await partitionsOf(stack), { crowd: DEFAULT });
      });
    },

  "a month is dropped when its last step is older than the retention, and none where that is null":
    async (stack) => {
      await withMonths(stack, async () => {
        const old = ["2003-01", "2003-02"];
        for (const month of old) await createMonth(stack, month);
        await addStep(stack, "january", "2003-01-31T23:59:59Z");
        await addStep(stack, "february", "2003-02-01T00:00:00Z");
        const keep = async (days: number | null) => {
          await stack.platform.sql(
            "update private.settings set value = $1::numeric where name = 'ledger_retention_days'",
            [days],
          );
          await stack.platform.sql("select private.trim_ledger()");
          return Object.keys(await partitionsOf(stack));
        };
        const daysSince = async (instant: string) => {
          const [row] = await stack.platform.sql<{ days: number }>(
            "select ceil(extract(epoch from now() - $1::timestamptz) / 86400)::integer as days",
            [instant],
          );
          return row!.days;
        };
        try {
          assert.deepEqual(await keep(null), ["february", "january"]);
          // The last step of January is not yet so old, although all other days of it are.
          assert.deepEqual(await keep(await daysSince("2003-02-01T00:00:00Z")), [
            "february",
            "january",
          ]);
          assert.deepEqual(await keep(await daysSince("2003-02-02T00:00:00Z") - 1), ["february"]);
          assert.ok(!(await monthsOf(stack)).includes("2003-01"));
          assert.deepEqual(await keep(90), []);
          assert.deepEqual(await monthsOf(stack), await monthsAhead(stack));
        } finally {
          await setting(stack, "ledger_retention_days", 90);
        }
      });
    },

  "a meeting shows its attempts from all months": async (stack) => {
    await withMonths(stack, async () => {
      const { organizer, meeting_id } = await pendingMeeting(stack);
      await write(organizer, meeting_id);
      await createMonth(stack, "2003-01");
      await stack.platform.sql(
        `insert into ${LEDGER} (meeting_id, organizer_user_id, step, at)
         values ($1, $2::uuid, 'claimed', '2003-01-31T23:00:00Z')`,
        [meeting_id, organizer.user_id],
      );
      const { body } = await callFunction(stack.platform, "status", {
        access_token: organizer.access_token,
        query: { meeting_id, attempts: "true" },
      });
      assert.ok(JSON.stringify(body).includes("2003-01-31T23:00:00Z"), JSON.stringify(body));
      const { data } = await organizer.client.from("writeback_ledger").select("step")
        .eq("meeting_id", meeting_id);
      assert.ok((data ?? []).length > 1);
    });
  },

  "a month is as append-only as the ledger, and no role reaches it around the ledger's policy":
    async (stack) => {
      const { platform } = stack;
      const names = [...(await monthsOf(stack)).map(partition), DEFAULT];
      const organizer = await stack.organizer({ connected: false });
      for (const name of names) {
        await assert.rejects(platform.sql(`update ${name} set reason = 'x'`), /append-only/);
        const [rights] = await platform.sql<Record<string, boolean>>(
          `select c.relrowsecurity as is_protected,
             exists (select from unnest('{anon,authenticated,service_role}'::text[]) as role
               where has_table_privilege(role, c.oid, 'select, insert, update, delete, truncate, references, trigger')
                 or has_any_column_privilege(role, c.oid, 'select, insert, update')) as is_open
           from pg_class as c where c.oid = $1::text::regclass`,
          [name],
        );
        assert.deepEqual(rights, { is_protected: true, is_open: false }, name);
        const [schema, table] = name.split(".");
        for (const profile of [schema!, "public"]) {
          for (const apikey of [platform.publishable_key, platform.secret_key]) {
            const response = await fetch(`${platform.api_url}/rest/v1/${table}`, {
              headers: {
                apikey,
                "accept-profile": profile,
                ...(apikey === platform.publishable_key
                  ? { authorization: `Bearer ${organizer.access_token}` }
                  : {}),
              },
            });
            await response.body?.cancel();
            assert.ok([403, 404, 406].includes(response.status), `${name} ${response.status}`);
          }
        }
      }
    },
}, { databases: "both" });

Deno.test("where another session keeps the ledger locked, maintenance gives up, and steps are stored meanwhile", async () => {
  await using server = await startPostgresServer();
  const database = await migratedPostgres(server);
  assert.ok(database.kind === "url");
  await using platform = await startPlatform({ database, background: { net: false, cron: false } });
  const stack = stackOf(platform, true);
  await forgetPastMonths(stack);
  const [this_month] = await monthsAhead(stack);
  await stack.platform.sql(`drop table ${partition(this_month!)}`);
  await createMonth(stack, "2003-01");
  const reader = postgres(database.url, { max: 1, onnotice: () => {} });
  try {
    await reader.begin(async (session) => {
      await session.unsafe(`select count(*) from ${LEDGER}`);
      const [extended] = await platform.sql("select private.extend_ledger() as created");
      assert.equal(extended?.created, 0);
      await platform.sql("select private.trim_ledger()");
      assert.equal((await monthsOf(stack))[0], "2003-01");
      await addStep(stack, "meanwhile", `${this_month}-01T00:00:00Z`);
    });
  } finally {
    await reader.end();
  }
  await platform.sql("select private.extend_ledger(), private.trim_ledger()");
  assert.deepEqual(await monthsOf(stack), await monthsAhead(stack));
  assert.deepEqual(await partitionsOf(stack), { meanwhile: partition(this_month!) });
});

/** With an empty ledger; afterwards its months are those of a new installation again. */
async function withMonths(stack: Stack, work: () => Promise<void>): Promise<void> {
  await stack.platform.sql(`truncate ${LEDGER}`);
  await forgetPastMonths(stack);
  try {
    await work();
  } finally {
    await stack.platform.sql(`truncate ${LEDGER}`);
    await stack.platform.sql("select private.extend_ledger(), private.trim_ledger()");
  }
}

/** A database that was migrated last month, an hour ago, has that month too. */
async function forgetPastMonths(stack: Pick<Stack, "platform">): Promise<void> {
  const [this_month] = await monthsAhead(stack);
  for (const month of await monthsOf(stack)) {
    if (month < this_month!) await stack.platform.sql(`drop table ${partition(month)}`);
  }
}

/** This month and the three next, in UTC, as YYYY-MM. */
async function monthsAhead(stack: Pick<Stack, "platform">): Promise<string[]> {
  const rows = await stack.platform.sql<{ month: string }>(
    `select to_char(date_trunc('month', now() at time zone 'UTC') + make_interval(months => n), 'YYYY-MM') as month
     from generate_series(0, 3) as n order by n`,
  );
  return rows.map(({ month }) => month);
}

async function monthsOf(stack: Pick<Stack, "platform">): Promise<string[]> {
  const rows = await stack.platform.sql<{ month: string }>(
    "select to_char(m.month, 'YYYY-MM') as month from private.ledger_months() as m",
  );
  return rows.map(({ month }) => month);
}

function partition(month: string): string {
  return `private.writeback_ledger_${month.replace("-", "_")}`;
}

async function createMonth(stack: Stack, month: string): Promise<void> {
  await stack.platform.sql(
    `select private.attach_ledger_partition($1,
       $2::timestamp at time zone 'UTC', ($2::timestamp + interval '1 month') at time zone 'UTC', 'A month.')`,
    [partition(month).split(".")[1]!, `${month}-01`],
  );
}

async function addStep(stack: Stack, meeting_id: string, at: string, shift = ""): Promise<void> {
  await stack.platform.sql(
    `insert into ${LEDGER} (meeting_id, step, at) values ($1, 'claimed', $2::timestamptz ${shift})`,
    [meeting_id, at],
  );
}

/** By meeting the partition that has its step. */
async function partitionsOf(stack: Stack): Promise<Record<string, string>> {
  const rows = await stack.platform.sql<{ meeting_id: string; name: string }>(
    `select distinct meeting_id, tableoid::regclass::text as name from ${LEDGER} order by 1`,
  );
  return Object.fromEntries(rows.map(({ meeting_id, name }) => [meeting_id, name]));
}

async function steps(stack: Stack): Promise<unknown> {
  return await stack.platform.sql(
    `select to_jsonb(l)::text as row from ${LEDGER} as l order by l.ledger_id`,
  );
}
