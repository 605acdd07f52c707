import type { Stack } from "./stack.ts";

/** Tables of schemas public and private whose rows belong to no user: each installation has its own. */
export const SHARED_TABLES: readonly string[] = [
  "private.adopted_tables",
  "private.budgets",
  "private.error_advice",
  "private.holiday_calendars",
  "private.holidays",
  "private.installation",
  "private.posted_wake_ups",
  "private.settings",
  "private.wake_ups",
  "private.work_kinds",
];

/** Columns that name the user to whom a row belongs. A row may have several: then it belongs to all of them. */
const USER_COLUMNS = ["organizer_user_id", "owner_user_id", "owner_id", "user_id"];

/** Whose a row without such a column is, by that of another table; `r` is the row as JSON. */
const USER_OF: Readonly<Record<string, string>> = {
  "auth.users": "select (r ->> 'id')::uuid",
  "private.event_state": `
    select m.organizer_user_id from public.meetings as m where r ->> 'kind' = 'meeting' and m.meeting_id = r ->> 'subject_id'
    union all
    select e.user_id from public.task_calendar_events as e where r ->> 'kind' = 'task_event' and e.id::text = r ->> 'subject_id'`,
  "private.moves":
    "select m.organizer_user_id from public.meetings as m where m.meeting_id = r ->> 'meeting_id'",
  "private.channels":
    "select s.user_id from private.sync_calendars as s where s.sync_id = r ->> 'sync_id'",
  "private.full_read_events":
    "select s.user_id from private.sync_calendars as s where s.sync_id = r ->> 'sync_id'",
  "private.notification_secrets":
    "select t.owner_user_id from public.notification_targets as t where t.target_id::text = r ->> 'target_id'",
};

/** Rows that a piece of work wrote or locked. */
export interface Touched {
  /** By transaction the users whose rows it inserted, updated or deleted. */
  written: string[][];
  /** The users whose rows all of it wrote or locked. */
  users: string[];
  /** The tables in which it wrote or locked rows of other users than `except`. */
  tablesOfOthers(except: string): string[];
}

/** Tables whose rows belong to no user by these rules; a new table has to be given a place. */
export async function tablesWithoutUser(stack: Stack): Promise<string[]> {
  const rows = await stack.platform.sql<{ name: string }>(
    `select format('%s.%s', n.nspname, c.relname) as name
     from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('public', 'private')
       and not exists (
         select from pg_attribute as a
         where a.attrelid = c.oid and a.attname = any ($1::text[]) and not a.attisdropped)
       and format('%s.%s', n.nspname, c.relname) <> all ($2::text[])
     order by 1`,
    [textArray(USER_COLUMNS), textArray(Object.keys(USER_OF))],
  );
  return rows.map(({ name }) => name);
}

/** Does `work` with triggers on every table that belongs to users; nothing else may run meanwhile. */
export async function watchingRows(
  stack: Stack,
  work: (touchedBy: (step: () => Promise<unknown>) => Promise<Touched>) => Promise<void>,
): Promise<void> {
  await stack.platform.sql("create schema touched");
  try {
    const branches = Object.entries(USER_OF).map(([table, users]) =>
      `when '${table}' then array(${users})`
    );
    await stack.platform.sql(
      `create function touched.users_of(p_table text, r jsonb) returns uuid[] language sql stable as $$
       select array_remove(case p_table ${branches.join("\n")}
         else array[${USER_COLUMNS.map((name) => `(r ->> '${name}')::uuid`).join()}] end, null) $$`,
    );
    await stack.platform.sql(
      "create table touched.writes (xid text, relation text, user_id uuid)",
    );
    await stack.platform.sql(
      `create function touched.note() returns trigger language plpgsql security definer set search_path = '' as $$
       begin
         insert into touched.writes
         select pg_catalog.pg_current_xact_id()::text, tg_argv[0], u
         from unnest(touched.users_of(tg_argv[0], to_jsonb(new)) || touched.users_of(tg_argv[0], to_jsonb(old))) as u;
         return null;
       end $$`,
    );
    const tables = await tablesOfUsers(stack);
    for (const table of tables.filter((name) => name !== "auth.users")) {
      await stack.platform.sql(
        `create trigger touched after insert or update or delete on ${table} for each row execute function touched.note('${table}')`,
      );
    }
    await work((step) => touchedBy(stack, tables, step));
  } finally {
    await stack.platform.sql("drop schema touched cascade");
  }
}

async function touchedBy(
  stack: Stack,
  tables: readonly string[],
  step: () => Promise<unknown>,
): Promise<Touched> {
  await stack.platform.sql("delete from touched.writes");
  const before = await versionsOf(stack, tables);
  await step();
  const after = await versionsOf(stack, tables);
  const writes = await stack.platform.sql<{ xid: string; relation: string; user_id: string }>(
    "select distinct xid, relation, user_id::text from touched.writes",
  );
  // A row that was locked has another xmax, and one that was rewritten another place.
  const locked = [...after.entries()].filter(([version]) => !before.has(version))
    .concat([...before.entries()].filter(([version]) => !after.has(version)))
    .map(([, row]) => row);
  const all = [...writes, ...locked];
  return {
    written: [...Map.groupBy(writes, ({ xid }) => xid).values()].map((rows) =>
      unique(rows.map(({ user_id }) => user_id))
    ),
    users: unique(all.map(({ user_id }) => user_id)),
    tablesOfOthers: (except) =>
      unique(all.filter(({ user_id }) => user_id !== except).map(({ relation }) => relation)),
  };
}

/** Every row of users by its physical version. */
async function versionsOf(stack: Stack, tables: readonly string[]) {
  const parts = tables.map((table) =>
    `select '${table}' as relation, concat_ws(' ', r.tableoid, r.ctid, r.xmin, r.xmax) as version, u.user_id::text
     from ${table} as r cross join unnest(touched.users_of('${table}', to_jsonb(r))) as u (user_id)`
  );
  const rows = await stack.platform.sql<{ relation: string; version: string; user_id: string }>(
    parts.join("\nunion all\n"),
  );
  return new Map(rows.map((row) => [`${row.version} ${row.user_id}`, row]));
}

async function tablesOfUsers(stack: Stack): Promise<string[]> {
  const rows = await stack.platform.sql<{ name: string }>(
    `select format('%s.%s', n.nspname, c.relname) as name
     from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition
       and (n.nspname in ('public', 'private') or c.oid = 'auth.users'::regclass)
       and format('%s.%s', n.nspname, c.relname) <> all ($1::text[])
     order by 1`,
    [textArray(SHARED_TABLES)],
  );
  return rows.map(({ name }) => name);
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}

function textArray(names: readonly string[]): string {
  return `{${names.join(",")}}`;
}
