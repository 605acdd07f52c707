-- Adopted tables: tables of the application that its own migration names (docs/adopting.md). The migration of such a
-- table first moves the application's table to another schema. At its end it moves the table back and adds the missing
-- columns, constraints and indexes of the documented table. Nothing else about the table changes.

create table if not exists private.adopted_tables (
  table_name text primary key
);
comment on table private.adopted_tables is
  'Tables of schema public that belong to the application and that Convene uses: meetings, tasks, task_calendar_events.';
comment on column private.adopted_tables.table_name is 'Name of the table, without its schema.';

create function private.is_adopted(p_table text) returns boolean
language sql stable set search_path = '' as $$
select exists (select from private.adopted_tables as a where a.table_name = p_table);
$$;
comment on function private.is_adopted(text) is
  'Whether that table of schema public belongs to the application: Convene does not change its grants and policies.';

create function private.set_aside(p_table text) returns void
language plpgsql set search_path = '' as $$
begin
  if private.is_adopted(p_table) then
    execute format('alter table public.%I set schema private', p_table);
  end if;
end $$;
comment on function private.set_aside(text) is
  'Moves an adopted table out of schema public, with its indexes, so that the documented table can be created.';

create function private.index_as_text(p_table text, p_column text) returns void
language plpgsql set search_path = '' as $$
begin
  -- Casting text or varchar to text changes nothing, so an existing index of the column can be used.
  if (
    select a.atttypid not in ('text'::regtype, 'varchar'::regtype)
    from pg_attribute as a
    where a.attrelid = format('public.%I', p_table)::regclass and a.attname = p_column
  ) then
    execute format(
      'create index if not exists %I on public.%I ((%I::text))',
      format('idx_%s_%s_text', p_table, p_column), p_table, p_column);
  end if;
end $$;
comment on function private.index_as_text(text, text) is
  'Ids are compared as text, because the application chose their type: creates an index on the cast where one is needed.';

create function private.complete_adopted(p_table text) returns text[]
language plpgsql set search_path = '' as $$
declare
  v_documented oid := to_regclass(format('public.%I', p_table));
  v_own oid := to_regclass(format('private.%I', p_table));
  v_added smallint[];
  v_names text[];
  v_statements text[];
  v_statement text;
begin
  if not private.is_adopted(p_table) then
    return array[]::text[];
  end if;
  with missing as (
    select
      d.attnum, d.attname,
      format('alter table public.%I add column %I %s%s%s', p_table, d.attname, format_type(d.atttypid, d.atttypmod),
        ' default ' || pg_get_expr(f.adbin, f.adrelid), case when d.attnotnull then ' not null' end) as added,
      format('comment on column public.%I.%I is %L', p_table, d.attname, col_description(d.attrelid, d.attnum)) as described
    from pg_attribute as d
    left join pg_attrdef as f on f.adrelid = d.attrelid and f.adnum = d.attnum
    where d.attrelid = v_documented and d.attnum > 0 and not d.attisdropped
      and not exists (
        select from pg_attribute as own
        where own.attrelid = v_own and own.attnum > 0 and not own.attisdropped and own.attname = d.attname)
  )
  select
    coalesce(array_agg(m.attnum), '{}'),
    coalesce(array_agg(m.attname::text), '{}'),
    coalesce(array_agg(m.added order by m.attnum), '{}') || coalesce(array_agg(m.described order by m.attnum), '{}')
  into v_added, v_names, v_statements
  from missing as m;
  -- Only constraints on added columns are copied: existing rows may violate the others.
  v_statements := v_statements || array(
    select format('alter table public.%I add %s', p_table, pg_get_constraintdef(c.oid))
    from pg_constraint as c
    where c.conrelid = v_documented and c.contype in ('c', 'u', 'f') and c.conkey <@ v_added
    order by c.conname);
  v_statements := v_statements || array(
    select regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX ', ' INDEX IF NOT EXISTS ')
    from pg_index as i
    join pg_class as c on c.oid = i.indexrelid
    where i.indrelid = v_documented
      and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
    order by c.relname);

  execute format('drop table public.%I', p_table);
  execute format('alter table private.%I set schema public', p_table);
  foreach v_statement in array v_statements loop
    execute v_statement;
  end loop;
  return v_names;
end $$;
comment on function private.complete_adopted(text) is
  'Puts an adopted table back in place of the documented one and adds the columns, constraints and indexes that it lacks. '
  'Returns the names of the added columns.';

revoke all on private.adopted_tables from public, anon, authenticated, service_role;
revoke all on function
  private.is_adopted,
  private.set_aside,
  private.index_as_text,
  private.complete_adopted
from public, anon, authenticated, service_role;
