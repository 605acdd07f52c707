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
};

promise("the catalog", promises);
