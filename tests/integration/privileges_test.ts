import assert from "node:assert/strict";
import { insertMeeting, pendingMeeting, SLOT } from "../support/meetings.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";

const SYSTEM_COLUMNS = {
  google_event_id: "x",
  google_calendar_id: "other",
  writeback_status: "created",
  writeback_error: "x",
  writeback_attempted_at: "2030-01-01T00:00:00Z",
  writeback_succeeded_at: "2030-01-01T00:00:00Z",
  writeback_retry_count: 1,
  google_event_link: "x",
  scheduling_status: "scheduled",
  event_key: crypto.randomUUID(),
  desired_version: 7,
  score: 100,
};

const promises: Record<string, (stack: Stack) => Promise<void>> = {
  "anon has no right on any table, view or function": async (stack) => {
    const open = await stack.platform.sql(`
      select c.oid::regclass::text as name
        from pg_catalog.pg_class as c
       where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
         and c.relkind in ('r', 'v', 'm', 'p', 'S')
         and case c.relkind
           when 'S' then has_sequence_privilege('anon', c.oid, 'usage, select, update')
           else has_table_privilege('anon', c.oid, 'select, insert, update, delete, truncate')
             or has_any_column_privilege('anon', c.oid, 'select, insert, update')
         end
      union all
      select p.oid::regprocedure::text
        from pg_catalog.pg_proc as p
       where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
         and has_function_privilege('anon', p.oid, 'execute')
         and not exists (
           select from pg_catalog.pg_depend as d
            where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`);
    assert.deepEqual(open, []);
  },

  "anon is answered 42501 over REST": async (stack) => {
    const calls: [string, unknown?][] = [
      ["meetings"],
      ["writeback_ledger"],
      ["v_writeback_status"],
      ["rpc/get_pending_writebacks", { p_limit: 1 }],
      ["rpc/claim_writebacks", { p_limit: 1, p_lease_seconds: 60 }],
      ["rpc/read_google_connection", { p_user_id: crypto.randomUUID() }],
      ["rpc/change_meeting", {
        p_meeting_id: "x",
        p_user_id: null,
        p_changes: {},
        p_expected_version: null,
      }],
      ["rpc/cancel_meeting", { p_meeting_id: "x", p_user_id: null, p_expected_version: null }],
      ["rpc/requeue_meeting", { p_meeting_id: "x", p_user_id: null }],
      ["rpc/cancel_meetings_of_user", { p_user_id: crypto.randomUUID() }],
      ["rpc/claim_meet_links", { p_limit: 1 }],
      ["rpc/settle_meet_links", { p_reads: [] }],
      ["rpc/read_queue", { p_meeting_ids: null }],
      ["rpc/read_meeting", { p_meeting_id: "x", p_user_id: null, p_attempts: false }],
    ];
    for (const [path, body] of calls) {
      const response = await fetch(`${stack.platform.api_url}/rest/v1/${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { apikey: stack.platform.publishable_key, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = await response.json();
      assert.equal(answer.code, "42501", `${path}: ${JSON.stringify(answer)}`);
    }
  },

  "a signed-in user calls no helper but read_queue and two of views, and reads no credential":
    async (stack) => {
      const open = await stack.platform.sql(`
      select p.oid::regprocedure::text as name
        from pg_catalog.pg_proc as p
       where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
         and has_function_privilege('authenticated', p.oid, 'execute')
         and not exists (
           select from pg_catalog.pg_depend as d
            where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      union all
      select c.oid::regclass::text
        from pg_catalog.pg_class as c
       where c.relnamespace = 'private'::regnamespace and c.relkind in ('r', 'p', 'v')
         and has_table_privilege('authenticated', c.oid, 'select')
      order by name`);
      // The view of write-backs calls the state for users, of whom it returns only their own.
      assert.deepEqual(open, [
        { name: "private.meeting_state(meetings)" },
        { name: "private.own_email(uuid)" },
        { name: "read_queue(text[])" },
      ]);
    },

  "read_queue shows what is due for the caller's own meetings, and no others": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const searched = await insertMeeting(organizer, { participants: [organizer.email] });
    const stranger = await pendingMeeting(stack);
    const queue = async ({ client }: typeof organizer, ids?: string[]) => {
      const { data, error } = await client.rpc(
        "read_queue" as never,
        (ids === undefined ? {} : { p_meeting_ids: ids }) as never,
      );
      assert.equal(error, null, JSON.stringify(error));
      return data as unknown as Record<string, unknown>[];
    };
    const kinds = (rows: Record<string, unknown>[]) =>
      rows.map(({ kind, meeting_id, attempts, deferrals, is_leased }) => [
        kind,
        meeting_id,
        attempts,
        deferrals,
        is_leased,
      ]);
    assert.deepEqual(kinds(await queue(organizer)), [
      ["write", meeting_id, 0, 0, false],
      ["search", searched, 0, 0, false],
    ]);
    const named = await queue(organizer, [meeting_id, stranger.meeting_id]);
    assert.deepEqual(kinds(named), [["write", meeting_id, 0, 0, false]]);
    assert.ok(Date.parse(String(named[0]?.due_at)) <= Date.now() + 1_000);
    await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
    assert.equal((await queue(organizer, [meeting_id]))[0]?.is_leased, true);
    assert.deepEqual(await queue(organizer, [stranger.meeting_id]), []);
  },

  "a signed-in user cannot write a column that is the system's": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    for (const [column, value] of Object.entries(SYSTEM_COLUMNS)) {
      const inserted = await organizer.client.from("meetings").insert(
        { participants: [organizer.email], [column]: value } as never,
      );
      assert.equal(inserted.error?.code, "42501", `insert ${column}`);
      const updated = await organizer.client.from("meetings").update({ [column]: value } as never)
        .eq("meeting_id", meeting_id);
      assert.equal(updated.error?.code, "42501", `update ${column}`);
    }
    const deleted = await organizer.client.from("meetings").delete().eq("meeting_id", meeting_id);
    assert.equal(deleted.error?.code, "42501");
  },

  "a signed-in user inserts and reads only their own meetings": async (stack) => {
    const owner = await stack.organizer();
    const stranger = await stack.organizer();
    const mine = await insertMeeting(owner, { participants: [owner.email], ...SLOT });
    await owner.call("write-back", { body: { meeting_id: mine } });
    for (const table of ["meetings", "v_writeback_status", "writeback_ledger"]) {
      const read = async (client: typeof owner.client) =>
        (await client.from(table).select("meeting_id").eq("meeting_id", mine)).data ?? [];
      assert.ok((await read(owner.client)).length > 0, table);
      assert.deepEqual(await read(stranger.client), [], table);
    }
    const forged = await stranger.client.from("meetings").insert(
      { participants: [stranger.email], organizer_user_id: owner.user_id } as never,
    );
    assert.equal(forged.error?.code, "42501");
  },

  "the ledger cannot be rewritten by anybody": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await organizer.call("write-back", { body: { meeting_id } });
    await assert.rejects(
      stack.platform.sql("update public.writeback_ledger set reason = 'x' where meeting_id = $1", [
        meeting_id,
      ]),
      /append-only/,
    );
  },

  "every privilege is the same after a hundred requests": async (stack) => {
    const before = await privileges(stack);
    const organizer = await stack.organizer();
    for (let request = 0; request < 100; request++) {
      await organizer.client.from("meetings").select("meeting_id").limit(1);
    }
    await callFunction(stack.platform, "status", { apikey: stack.platform.secret_key });
    assert.deepEqual(await privileges(stack), before);
  },
};

promise("privileges of a new project", promises);
promise("privileges of an older project, which grants everything by default", promises, {
  default_privileges: "legacy-grant-all",
});

function privileges(stack: Stack) {
  return stack.platform.sql(`
    select n.nspname || '.' || c.relname as name, c.relacl::text as acl
      from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
     where n.nspname in ('public', 'private', 'auth', 'vault', 'net', 'cron')
    union all
    select a.attrelid::regclass::text || '.' || a.attname, a.attacl::text
      from pg_catalog.pg_attribute as a where a.attacl is not null
    union all
    select p.oid::regprocedure::text, p.proacl::text
      from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
     where n.nspname in ('public', 'private', 'auth', 'vault', 'net', 'cron')
    union all
    select nspname, nspacl::text from pg_catalog.pg_namespace
     order by 1, 2`);
}
