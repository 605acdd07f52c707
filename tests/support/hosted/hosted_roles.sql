-- Run as the superuser supabase_admin, in a database that looks like a fresh project: afterwards its
-- roles have the rights that they have on hosted Supabase. Follows the migrations of
-- github.com/supabase/postgres (demote-postgres, the timeouts of authenticator, the scripts that run
-- after an extension was created). Safe to repeat: roles belong to the cluster.
do $$
begin
  if to_regrole('postgres') is null then
    create role postgres login nosuperuser createdb createrole replication bypassrls;
  end if;
  if to_regrole('authenticator') is null then
    create role authenticator login noinherit;
  end if;
end
$$;
alter role anon inherit;
alter role authenticated inherit;
alter role service_role inherit;
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres with admin option;
-- As dumps of roles of hosted projects have it; the settings of pg_cron are read with the first.
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';

do $$
begin
  execute pg_catalog.format(
    'alter database %I owner to postgres', pg_catalog.current_database()
  );
end
$$;

grant usage on schema auth to postgres;
grant all on schema extensions to postgres;
grant all on all tables in schema auth, extensions to postgres;
grant all on all sequences in schema auth, extensions to postgres;
grant all on all routines in schema auth, extensions to postgres;

-- The CLI creates it as postgres with the first push; lite has made one already.
drop schema if exists supabase_migrations cascade;

-- Of every extension, or of the stand-in for it.
grant usage on schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
grant all on all tables in schema cron to postgres with grant option;
revoke all on table cron.job from postgres;
grant select on table cron.job to postgres with grant option;
revoke trigger on cron.job_run_details from postgres;
-- pg_cron's own workers write the runs; beside the stand-in the local platform does it as postgres.
grant usage on sequence cron.runid_seq to postgres;

grant usage on schema vault to postgres with grant option;
grant select, delete on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant execute on function vault.create_secret, vault.update_secret to postgres with grant option;

-- REST and auth log in as two roles on hosted Supabase; the local API plays both on one connection.
grant usage on schema auth to authenticator;
grant all on all tables in schema auth to authenticator;
grant all on all sequences in schema auth to authenticator;

-- Restores switch triggers off with it.
do $$
begin
  -- Parameters have privileges since Postgres 15.
  if current_setting('server_version_num')::integer >= 150000 then
    grant set on parameter session_replication_role to postgres;
  end if;
end
$$;
