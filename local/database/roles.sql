-- The three roles of Supabase's API, as a hosted project has them before its first migration.
-- service_role reads past row level security; none of them can log in.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      begin
        execute pg_catalog.format(
          'create role %I nologin noinherit %s', v_role,
          case when v_role = 'service_role' then 'bypassrls' end
        );
      exception
        -- Roles belong to the cluster: another database may be preparing itself at this moment.
        when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;

  if not (select rolbypassrls from pg_catalog.pg_roles where rolname = 'service_role') then
    alter role service_role bypassrls;
  end if;
end
$$;

-- The REST server logs in as the owner and switches to the caller's role for each request.
do $$
begin
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute pg_catalog.format('grant anon, authenticated, service_role to %I', current_user);
  end if;
end
$$;

create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role;
grant usage on schema public to anon, authenticated, service_role;

do $$
begin
  execute pg_catalog.format(
    'alter database %I set search_path to "$user", public, extensions',
    pg_catalog.current_database()
  );
end
$$;
set search_path to "$user", public, extensions;
