-- Tries every right of every role on every object of public and private, in a database that is made for it.
-- Loaded by tests/support/access/database_access.ts.
create schema access_trial;

-- The value that planted rows have in a column of this name and type, as SQL.
create function access_trial.value_of(p_column text, p_type text, p_owner uuid, p_email text) returns text
language sql as $$
  select case
    when p_type = 'uuid' and p_column ~ 'user_id$|^owner_id$' then format('%L::uuid', p_owner)
    when p_type = 'uuid' then '''00000000-0000-4000-8000-000000000001''::uuid'
    when p_type = 'text' and p_column ~ 'email$' then format('%L', p_email)
    when p_type = 'text' then '''planted'''
    when p_type like '%[]' then format('''{}''::%s', p_type)
    when p_type = 'jsonb' then '''{}''::jsonb'
    when p_type = 'boolean' then 'false'
    when p_type like 'timestamp%' then 'now()'
    when p_type = 'date' then 'current_date'
    when p_type = 'tstzrange' then 'tstzrange(now(), now() + interval ''1 hour'')'
    when p_type ~ '^(smallint|integer|bigint|numeric)' then '1'
    when p_type = 'bytea' then '''\x00''::bytea'
    when p_type = 'inet' then '''192.0.2.1''::inet'
    when p_type = 'interval' then 'interval ''1 hour'''
  end
$$;

-- One row of the owner in every table that has none, whatever its triggers, keys and constraints say.
-- `p_columns` overrides values: {"public.meetings": {"title": "'...'"}}.
create procedure access_trial.plant(p_owner uuid, p_email text, p_columns jsonb)
language plpgsql as $$
declare
  v_constraint record;
  v_table record;
  v_names text;
  v_values text;
  v_is_empty boolean;
  v_key text;
begin
  for v_constraint in
    select c.conrelid::regclass as relation, c.conname
      from pg_constraint as c
     where c.contype = 'c' and c.connamespace in ('public'::regnamespace, 'private'::regnamespace) and c.conrelid <> 0
       -- Those of a partition are dropped with those of its table.
       and c.coninhcount = 0
  loop
    execute format('alter table %s drop constraint %I', v_constraint.relation, v_constraint.conname);
  end loop;
  perform set_config('session_replication_role', 'replica', true);
  for v_table in
    select c.oid, format('%I.%I', n.nspname, c.relname) as name, c.relispartition, c.relpartbound
      from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     where n.nspname in ('public', 'private') and c.relkind in ('r', 'p')
  loop
    execute format('select not exists (select from %s)', v_table.name) into v_is_empty;
    continue when not v_is_empty;
    -- A row of a partition has a time within its bounds, that of the default one within no other's.
    v_key := case when v_table.relispartition then format('%L::timestamptz', coalesce(
      substring(pg_get_expr(v_table.relpartbound, v_table.oid) from 'FROM \(''(.+?)''\)'), '1970-01-01T00:00:00Z')) end;
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum),
           string_agg(coalesce(
             case when format_type(a.atttypid, null) like 'timestamp%' then v_key end,
             p_columns -> v_table.name ->> a.attname,
             access_trial.value_of(a.attname, format_type(a.atttypid, null), p_owner, p_email),
             'null'
           ), ', ' order by a.attnum)
      into v_names, v_values
      from pg_attribute as a
     where a.attrelid = v_table.oid and a.attnum > 0 and not a.attisdropped
       and a.attgenerated = '' and (a.attidentity = '' or v_table.relispartition)
       and (a.attnotnull or p_columns -> v_table.name ? a.attname
         or format_type(a.atttypid, null) in ('text', 'uuid'));
    execute format('insert into %s (%s) overriding system value values (%s)', v_table.name, v_names, v_values);
  end loop;
  perform set_config('session_replication_role', 'origin', true);
end $$;

-- What a statement does as a role: the number of rows, or the error. Nothing of it stays.
create function access_trial.try(p_role text, p_claims jsonb, p_statement text) returns text
language plpgsql as $$
declare
  v_rows bigint;
begin
  -- Both forms, as auth.uid() of a hosted project reads the first that is there.
  perform set_config('request.jwt.claims', p_claims::text, true);
  perform set_config('request.jwt.claim.sub', coalesce(p_claims ->> 'sub', ''), true);
  perform set_config('role', p_role, true);
  execute p_statement;
  get diagnostics v_rows = row_count;
  raise exception using errcode = 'TRIED', message = v_rows::text;
exception
  when sqlstate 'TRIED' then return sqlerrm;
  when others then return sqlstate || ' ' || sqlerrm;
end $$;

-- 'refused', 'none' (allowed, and no row of the owner is reached) or 'reached'. Any other error came from the row.
create function access_trial.reach(p_relation text, p_result text) returns text
language sql as $$
  select case
    when p_result ~ '^42501 permission denied for (table|view|sequence) ' then 'refused'
    -- A trigger refuses every statement of the role, with a hint (private.refuse_change).
    when p_result ~ '^42501 forbidden: A user may not (update|delete) rows of ' then 'refused'
    when p_result = '42501 permission denied for schema ' || split_part(p_relation, '.', 1) then 'refused'
    -- A view over more than one row of a table can only be read.
    when p_result ~ '^(55000|0A000) cannot (insert into|update|delete from) (view|column) ' then 'refused'
    when p_result = '0' then 'none'
    else 'reached'
  end
$$;

-- One row for each role, object, column and operation. `p_roles`: [{"name", "role", "claims"}].
-- `p_inserts`: a whole row for each table that users may insert into, as SQL values by column.
create function access_trial.relations(p_roles jsonb, p_inserts jsonb)
returns table (object text, kind text, column_name text, place integer, role_name text, operation text, reach text)
language plpgsql as $$
declare
  v_relation record;
  v_role record;
  v_column record;
  v_result text;
  v_may_insert boolean;
begin
  for v_relation in
    select format('%I.%I', n.nspname, c.relname) as name, c.relkind, c.oid
      from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'S')
     order by format('%I.%I', n.nspname, c.relname) collate "C"
  loop
    if v_relation.relkind <> 'S' then
      execute format('select count(*) from %s', v_relation.name) into v_result;
      if v_result = '0' then
        raise exception '% has no row, so that a try would show nothing: plant one in database_access.ts', v_relation.name;
      end if;
    end if;
    for v_role in
      select r.value ->> 'name' as name, r.value ->> 'role' as role, r.value -> 'claims' as claims
        from jsonb_array_elements(p_roles) as r
    loop
      -- The months of a partitioned table are one on the page, open to whom one of them is.
      object := regexp_replace(v_relation.name, '_[0-9]{4}_[0-9]{2}$', '_yyyy_mm');
      kind := case v_relation.relkind when 'v' then 'view' when 'm' then 'view' when 'S' then 'sequence' else 'table' end;
      role_name := v_role.name;
      place := 0;
      column_name := '';
      if v_relation.relkind = 'S' then
        operation := 'read';
        reach := access_trial.reach(object, access_trial.try(v_role.role, v_role.claims, format('select last_value from %s', v_relation.name)));
        return next;
        operation := 'advance';
        reach := access_trial.reach(object, access_trial.try(v_role.role, v_role.claims, format('select nextval(%L)', v_relation.name)));
        return next;
        continue;
      end if;

      operation := 'delete';
      reach := access_trial.reach(object, access_trial.try(v_role.role, v_role.claims, format('delete from %s', v_relation.name)));
      return next;
      operation := 'truncate';
      reach := 'refused';
      if v_relation.relkind = 'r' then
        reach := access_trial.reach(object, access_trial.try(v_role.role, v_role.claims, format('truncate %s', v_relation.name)));
      end if;
      return next;
      operation := 'references or triggers';
      reach := case when has_table_privilege(v_role.role, v_relation.oid, 'references, trigger') then 'reached' else 'refused' end;
      return next;

      v_may_insert := false;
      for v_column in
        select a.attname::text as name, a.attnum::integer as place
          from pg_attribute as a
         where a.attrelid = v_relation.oid and a.attnum > 0 and not a.attisdropped
         order by a.attnum
      loop
        column_name := v_column.name;
        place := v_column.place;
        operation := 'read';
        reach := access_trial.reach(object, access_trial.try(v_role.role, v_role.claims,
          format('select %I from %s', v_column.name, v_relation.name)));
        return next;
        operation := 'update';
        reach := access_trial.reach(object, access_trial.try(v_role.role, v_role.claims,
          format('update %s set %I = default', v_relation.name, v_column.name)));
        return next;
        operation := 'insert';
        reach := access_trial.reach(object, access_trial.try(v_role.role, v_role.claims,
          format('insert into %s (%I) values (default)', v_relation.name, v_column.name)));
        v_may_insert := v_may_insert or reach <> 'refused';
        -- The rights of a column do not say for whom a row may be: the whole row is tried below.
        if reach <> 'refused' and v_role.role <> 'service_role' then
          reach := case when access_trial.inserts_for_owner(v_role.role, v_role.claims, v_relation.name, p_inserts)
            then 'reached' else 'none' end;
        end if;
        return next;
      end loop;
    end loop;
  end loop;
end $$;

-- Whether a role stores the owner's sample row: row level security may refuse it, and nothing else.
create function access_trial.inserts_for_owner(p_role text, p_claims jsonb, p_table text, p_inserts jsonb) returns boolean
language plpgsql as $$
declare
  v_row jsonb := p_inserts -> p_table;
  v_result text;
begin
  if v_row is null then
    raise exception 'users may insert into %: give a row of the owner in database_access.ts', p_table;
  end if;
  v_result := access_trial.try(p_role, p_claims, (
    select format('insert into %s (%s) values (%s)', p_table,
      string_agg(quote_ident(c.key), ', '), string_agg(c.value, ', '))
      from jsonb_each_text(v_row) as c
  ));
  if v_result = '1' then
    return true;
  elsif v_result ~ '^23505 ' then
    -- The row that is planted already: neither rights nor policies refuse it.
    return true;
  elsif v_result ~ '^42501 new row violates row-level security' then
    return false;
  end if;
  raise exception 'the row of the owner for % is refused otherwise: %', p_table, v_result;
end $$;

-- Each function of public and private: whether a role may call it, and whether it then shows the owner's rows.
create function access_trial.functions(p_roles jsonb)
returns table (object text, kind text, role_name text, reach text)
language plpgsql as $$
declare
  v_function record;
  v_role record;
  v_result text;
begin
  for v_function in
    select p.oid, p.prokind, p.proretset,
           format('%s.%s', n.nspname, regexp_replace(p.oid::regprocedure::text, '^' || n.nspname || '\.', '')) as signature,
           format('%I.%I', n.nspname, p.proname) as name,
           (select string_agg('null::' || format_type(t.oid, null), ', ' order by t.place)
              from unnest(p.proargtypes) with ordinality as t (oid, place)) as arguments,
           p.prorettype = 'trigger'::regtype as is_trigger
      from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
     where n.nspname in ('public', 'private')
       and not exists (select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
     order by format('%s.%s', n.nspname, regexp_replace(p.oid::regprocedure::text, '^' || n.nspname || '\.', '')) collate "C"
  loop
    for v_role in
      select r.value ->> 'name' as name, r.value ->> 'role' as role, r.value -> 'claims' as claims
        from jsonb_array_elements(p_roles) as r
    loop
      object := v_function.signature;
      kind := case when v_function.is_trigger then 'trigger' else 'function' end;
      role_name := v_role.name;
      v_result := access_trial.try(v_role.role, v_role.claims, format(
        case when v_function.prokind = 'p' then 'call %s(%s)' else 'select * from %s(%s)' end,
        v_function.name, coalesce(v_function.arguments, '')));
      -- A refusal of something inside the function is not one of the function.
      reach := case
        when v_result = '42501 permission denied for schema ' || split_part(v_function.name, '.', 1) then 'refused'
        when v_result = '42501 permission denied for function ' || trim(both '"' from split_part(v_function.name, '.', 2)) then 'refused'
        -- No statement calls one: the catalog has to do.
        when v_function.is_trigger and not (
          has_function_privilege(v_role.role, v_function.oid, 'execute')
          and has_schema_privilege(v_role.role, split_part(v_function.name, '.', 1), 'usage')
        ) then 'refused'
        when v_function.proretset and v_result = '0' and v_role.role <> 'service_role' then 'none'
        else 'reached'
      end;
      return next;
    end loop;
  end loop;
end $$;
