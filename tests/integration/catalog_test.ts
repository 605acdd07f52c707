import assert from "node:assert/strict";
import { promise, type Stack } from "../support/stack.ts";

/** Functions with a SQL-standard body that take or return the row type of a table or view. */
const BOUND_TO_A_ROW_TYPE = `
  select p.oid::regprocedure::text as name
    from pg_catalog.pg_proc as p
   where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
     and p.prosqlbody is not null
     and exists (
       select
         from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype) as used (type)
         join pg_catalog.pg_type as t on t.oid = used.type
         left join pg_catalog.pg_type as element on element.oid = t.typelem
        where coalesce(nullif(t.typrelid, 0), element.typrelid, 0) <> 0
     )
   order by 1`;

const OURS = `('public'::regnamespace, 'private'::regnamespace)`;

const WITHOUT_COMMENT = `
  select 'schema private' as name where obj_description('private'::regnamespace, 'pg_namespace') is null
  union all
  select c.oid::regclass::text from pg_class as c
   where c.relkind in ('r', 'p', 'v') and c.relnamespace in ${OURS}
     and coalesce(obj_description(c.oid, 'pg_class'), '') = ''
  union all
  select format('%s.%s', c.oid::regclass, a.attname) from pg_class as c join pg_attribute as a on a.attrelid = c.oid
   where c.relkind in ('r', 'p', 'v') and c.relnamespace in ${OURS} and a.attnum > 0 and not a.attisdropped
     and coalesce(col_description(c.oid, a.attnum), '') = ''
  union all
  select p.oid::regprocedure::text from pg_proc as p
   where p.pronamespace in ${OURS} and coalesce(obj_description(p.oid, 'pg_proc'), '') = ''
  order by 1`;

const OVERLOADED = `
  select format('%I.%I', n.nspname, p.proname) as name
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
   where p.pronamespace in ${OURS}
   group by 1 having count(*) > 1 order by 1`;

/**
 * Functions declared less volatile than something they call, by the names in their text. Of overloaded
 * functions of Postgres the least volatile counts.
 */
const TOO_STRICT = `
  with ours as (
    select p.oid, p.provolatile,
           regexp_replace(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), '--[^\\n]*', '', 'g') as body
      from pg_proc as p
     where p.pronamespace in ${OURS}
  ), called as (
    select o.oid, coalesce(call.name[1], 'pg_catalog') as schema, call.name[2] as name
      from ours as o
      cross join lateral regexp_matches(o.body, '(?:\\m(public|private|pg_catalog)\\.)?\\m([a-z_0-9]+)\\s*\\(', 'g') as call (name)
  ), rated as (
    select c.oid, c.schema, c.name, min(array_position('{i,s,v}'::text[], f.provolatile::text)) as rank
      from called as c
      join pg_proc as f on f.proname = c.name and f.pronamespace = to_regnamespace(c.schema)
     group by 1, 2, 3
    union all
    select o.oid, '', 'a table', 2 from ours as o where o.body ~* '\\m(from|join)\\s+(public|private|auth|vault)\\.[a-z_]+\\s+as'
  )
  select o.oid::regprocedure::text as name, r.name as calls
    from ours as o join rated as r on r.oid = o.oid
   where array_position('{i,s,v}'::text[], o.provolatile::text) < r.rank
   order by 1, 2`;

const promises: Record<string, (stack: Stack) => Promise<void>> = {
  // Since the minor releases of November 2026 (15.20, 17.12, ...) Postgres refuses to alter a table
  // while such a function uses its row type. Not every server checks it, so the catalog is asked.
  "no function with a SQL-standard body binds the row type of a table": async ({ platform }) => {
    assert.deepEqual(await platform.sql(BOUND_TO_A_ROW_TYPE), []);
    for (
      const statement of [
        "create table public.bound (id int)",
        `create function public.of_row(p_row public.bound) returns int language sql
         return p_row.id`,
        `create function public.of_rows() returns setof public.bound language sql
         begin atomic select b from public.bound as b; end`,
        `create function public.of_list(p_rows public.bound[]) returns int language sql return 1`,
      ]
    ) await platform.sql(statement);
    try {
      const names = (await platform.sql(BOUND_TO_A_ROW_TYPE)).map((row) => row.name);
      assert.deepEqual(names, ["of_list(bound[])", "of_row(bound)", "of_rows()"]);
    } finally {
      await platform.sql("drop table public.bound cascade");
    }
  },

  "every table, column, view and function of public and private has a comment": async (
    { platform },
  ) => {
    assert.deepEqual(await platform.sql(WITHOUT_COMMENT), []);
    await platform.sql("create table public.silent (id int)");
    await platform.sql("create function private.silent() returns int language sql as 'select 1'");
    try {
      const names = (await platform.sql(WITHOUT_COMMENT)).map((row) => row.name);
      assert.deepEqual(names.sort(), ["private.silent()", "silent", "silent.id"]);
    } finally {
      await platform.sql("drop function private.silent()");
      await platform.sql("drop table public.silent");
    }
  },

  "no function has an overload": async ({ platform }) => {
    assert.deepEqual(await platform.sql(OVERLOADED), []);
    await platform.sql("create function private.setting() returns int language sql as 'select 1'");
    try {
      assert.deepEqual(await platform.sql(OVERLOADED), [{ name: "private.setting" }]);
    } finally {
      await platform.sql("drop function private.setting()");
    }
  },

  // A planner that believes a stricter promise may reuse a result that has changed.
  "no function promises to be less volatile than what it calls": async ({ platform }) => {
    assert.deepEqual(await platform.sql(TOO_STRICT), []);
    for (
      const [name, body] of [
        ["a_clock", "select clock_timestamp()::text"],
        ["a_json", "select jsonb_build_object('a', 1)::text"],
        ["a_reader", "select s.name from private.settings as s limit 1"],
      ]
    ) {
      const volatility = name === "a_clock" ? "stable" : "immutable";
      await platform.sql(
        `create function private.${name}() returns text language sql ${volatility} as $$ ${body} $$`,
      );
    }
    try {
      assert.deepEqual(await platform.sql(TOO_STRICT), [
        { name: "private.a_clock()", calls: "clock_timestamp" },
        { name: "private.a_json()", calls: "jsonb_build_object" },
        { name: "private.a_reader()", calls: "a table" },
      ]);
    } finally {
      for (const name of ["a_clock", "a_json", "a_reader"]) {
        await platform.sql(`drop function private.${name}()`);
      }
    }
  },
};

promise("the catalog", promises);
