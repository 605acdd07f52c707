-- Replaces pg_cron where the extension cannot be created. Tables, signatures, policies and
-- privileges follow pg_cron 1.6; local/background/cron_runner.ts runs the jobs.
create schema cron;

create sequence cron.jobid_seq;
create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport int not null default coalesce(inet_server_port(), 5432),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create sequence cron.runid_seq;
create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

-- pg_cron refuses what it cannot parse when the job is scheduled, not when it should run.
create function cron._check_schedule(p_schedule text) returns void
language plpgsql set search_path = '' as $$
declare
  v_fields text[] := pg_catalog.regexp_split_to_array(pg_catalog.btrim(p_schedule), '\s+');
begin
  if p_schedule ~ '^\s*([1-9]|[1-5][0-9])\s+seconds?\s*$' then
    return;
  end if;
  if p_schedule is null or pg_catalog.cardinality(v_fields) <> 5 or exists (
    select from pg_catalog.unnest(v_fields) as field where field !~ '^[0-9A-Za-z*/,-]+$'
  ) then
    raise exception 'invalid schedule: %', p_schedule
      using hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
end
$$;

-- pg_cron takes the current role. These functions run as their owner, so it is the role that was set, if any: the CLI logs
-- in as another role and sets the owner of the migrations.
create function cron._caller() returns text
language sql stable set search_path = '' as $$
  select coalesce(nullif(pg_catalog.current_setting('role', true), 'none'), session_user::text)
$$;

create function cron.schedule(schedule text, command text) returns bigint
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  v_job_id bigint;
begin
  perform cron._check_schedule(schedule.schedule);
  insert into cron.job (schedule, command, username)
  values (schedule.schedule, schedule.command, cron._caller())
  returning jobid into v_job_id;
  return v_job_id;
end
$$;

create function cron.schedule(job_name text, schedule text, command text) returns bigint
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  v_job_id bigint;
begin
  perform cron._check_schedule(schedule.schedule);
  insert into cron.job (jobname, schedule, command, username)
  values (schedule.job_name, schedule.schedule, schedule.command, cron._caller())
  on conflict on constraint jobname_username_uniq do update
    set schedule = excluded.schedule, command = excluded.command
  returning jobid into v_job_id;
  return v_job_id;
end
$$;

create function cron.unschedule(job_id bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from cron.job where jobid = unschedule.job_id and username = cron._caller();
  if not found then
    raise exception 'could not find valid entry for job ''%''', unschedule.job_id;
  end if;
  return true;
end
$$;

create function cron.unschedule(job_name text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from cron.job where jobname = unschedule.job_name and username = cron._caller();
  if not found then
    raise exception 'could not find valid entry for job ''%''', unschedule.job_name;
  end if;
  return true;
end
$$;

create function cron.alter_job(
  job_id bigint,
  schedule text default null,
  command text default null,
  database text default null,
  username text default null,
  active boolean default null
) returns void
language plpgsql set search_path = '' as $$
#variable_conflict use_column
begin
  if alter_job.schedule is not null then
    perform cron._check_schedule(alter_job.schedule);
  end if;
  update cron.job
     set schedule = coalesce(alter_job.schedule, schedule),
         command = coalesce(alter_job.command, command),
         database = coalesce(alter_job.database, database),
         username = coalesce(alter_job.username, username),
         active = coalesce(alter_job.active, active)
   where jobid = alter_job.job_id;
end
$$;
revoke all on function cron.alter_job(bigint, text, text, text, text, boolean) from public;

grant select on cron.job to public;
grant select, delete on cron.job_run_details to public;
grant select on sequence cron.jobid_seq, cron.runid_seq to public;
