-- What an operator has to know, in one call. Each part is a function with rows of one shape; the worst row is the state of
-- the whole. pg_net and pg_cron may be absent, so their tables are named only in dynamic statements.

create type private.health_check as (
  area text,
  name text,
  reason text,
  status text,
  count bigint,
  since timestamptz,
  details jsonb,
  what_to_do text
);

create function private.health_of_wake_ups() returns setof private.health_check
language plpgsql volatile security definer set search_path = '' as $$
begin
  return query
  select
    'vault', e.name, case when e.value is null then 'entry_missing' end, case when e.value is null then 'failing' else 'ok' end,
    null::bigint, null::timestamptz, '{}'::jsonb, e.what_to_do
  from private.vault_entries() as e;

  if to_regclass('net._http_response') is null or to_regclass('net.http_request_queue') is null then
    return query select
      'wake_ups', 'pg_net', 'extension_missing', 'failing', null::bigint, null::timestamptz, '{}'::jsonb,
      'create extension pg_net with schema extensions;';
    return;
  end if;
  return query execute $query$
    with posted as (
      select
        p.wakes,
        p.posted_at,
        q.id is not null as is_queued,
        case
          when r.id is null then null
          when r.timed_out then 'timeout'
          when r.status_code is null then 'unreachable'
          else r.status_code::text
        end as response,
        -- A function that answers about a meeting is there.
        case
          when r.timed_out then 'timeout'
          when r.status_code in (401, 403) then 'key_refused'
          when r.status_code = 404 and r.content not like '%"error":"%\_not\_found"%' then 'function_missing'
          when r.status_code >= 500 then 'function_failed'
          when r.id is not null and r.status_code is null then 'unreachable'
        end as problem
      from private.posted_wake_ups as p
      -- After a crash or a new installation of pg_net its ids begin again.
      left join net._http_response as r on r.id = p.request_id and r.created > p.posted_at - interval '1 minute'
      left join net.http_request_queue as q on q.id = p.request_id
      where p.posted_at > clock_timestamp() - interval '15 minutes'
    ), called as (
      select
        p.wakes,
        count(*) as calls,
        max(p.posted_at) as last_posted_at,
        (array_agg(p.problem order by p.posted_at desc) filter (where p.response is not null))[1] as last_problem,
        bool_or(p.is_queued and p.posted_at < clock_timestamp() - interval '1 minute') as is_stuck
      from posted as p
      group by p.wakes
    ), judged as (
      select
        c.*,
        case when c.is_stuck then 'pg_net_stopped' else c.last_problem end as reason,
        (
          select coalesce(jsonb_object_agg(n.response, n.calls), '{}')
          from (select p.response, count(*) as calls from posted as p where p.wakes = c.wakes and p.response is not null group by 1) as n
        ) as responses
      from called as c
    )
    select
      'wake_ups', j.wakes, j.reason,
      case when j.reason is null then 'ok' when j.reason in ('timeout', 'function_failed') then 'degraded' else 'failing' end,
      j.calls, j.last_posted_at, jsonb_build_object('responses', j.responses),
      case j.reason
        when 'pg_net_stopped' then 'Start the worker of pg_net again: select net.worker_restart();'
        when 'key_refused' then
          'select vault.update_secret(id, ''<the secret key named automations>'') from vault.secrets where name = ''convene_automations_key'';'
        when 'function_missing' then 'Deploy the function, and compare the Vault entry convene_functions_url with the address of the project.'
        when 'unreachable' then 'Compare the Vault entry convene_functions_url with the address of the project.'
        when 'function_failed' then 'Read the log of the function.'
        when 'timeout' then 'Read the log of the function; it took more than five seconds to answer.'
      end
    from judged as j
    order by j.wakes
  $query$;
end $$;
comment on function private.health_of_wake_ups() is
  'Whether functions can be called (Vault entries), and how they answered in the last 15 minutes: details.responses {HTTP status, timeout or '
  'unreachable: number}; the last response of a function decides.';

create function private.health_of_jobs() returns setof private.health_check
language plpgsql volatile security definer set search_path = '' as $$
begin
  if to_regclass('cron.job') is null then
    return query select
      'jobs', 'pg_cron', 'extension_missing', 'failing', null::bigint, null::timestamptz, '{}'::jsonb,
      'create extension pg_cron with schema pg_catalog; then execute the last migration again.';
    return;
  end if;
  return query execute $query$
    with expected as (
      -- Of type name in older versions of pg_cron.
      select j.jobname::text, j.jobid, j.active from cron.job as j where j.jobname like 'convene-%'
      union
      select e.name, null, null
      from unnest(array['convene-sweep', 'convene-sync']) as e (name)
      where not exists (select from cron.job as j where j.jobname = e.name)
    ), judged as (
      select
        e.jobname,
        e.jobname in ('convene-sweep', 'convene-sync') as is_needed,
        d.start_time,
        d.return_message,
        case
          when e.jobid is null then 'job_missing'
          when not e.active then 'job_paused'
          when d.status = 'failed' then 'job_failed'
          -- Other jobs have a quarter of an hour, and where pg_cron keeps no log nothing is known.
          when e.jobname in ('convene-sweep', 'convene-sync')
            and coalesce(current_setting('cron.log_run', true), 'on') = 'on'
            and coalesce(d.start_time, '-infinity') < clock_timestamp() - interval '5 minutes' then 'job_not_running'
        end as reason
      from expected as e
      left join lateral (
        select r.status, r.start_time, r.return_message
        from cron.job_run_details as r
        where r.jobid = e.jobid and r.status in ('succeeded', 'failed')
        order by r.runid desc
        limit 1
      ) as d on true
    )
    select
      'jobs', j.jobname, j.reason,
      case when j.reason is null then 'ok' when j.is_needed then 'failing' else 'degraded' end,
      null::bigint, j.start_time,
      case when j.reason = 'job_failed' then jsonb_build_object('message', j.return_message) else '{}' end,
      case j.reason
        when 'job_missing' then 'Execute the last migration again: it creates the jobs.'
        when 'job_paused' then format('select cron.alter_job(jobid, active := true) from cron.job where jobname = %L;', j.jobname)
        when 'job_failed' then 'details.message has the error; the next run repeats the work.'
        when 'job_not_running' then 'pg_cron has not run the job for five minutes: check that its worker runs and that cron.database_name is this database.'
      end
    from judged as j
    order by j.jobname
  $query$;
end $$;
comment on function private.health_of_jobs() is 'The last run of each job of pg_cron (since); details.message is the error of a run that failed.';

create function private.health_of_queue() returns setof private.health_check
language sql volatile security definer set search_path = '' as $$
select
  'queue', k.kind, case when judged.status <> 'ok' then 'queue_delayed' end, judged.status, coalesce(due.rows, 0), due.oldest,
  jsonb_build_object(
    'leased', coalesce(all_rows.leased, 0),
    'waiting', coalesce(all_rows.waiting, 0),
    'blocked', coalesce(all_rows.ready, 0) - coalesce(all_rows.paused, 0) - coalesce(due.rows, 0),
    'paused', coalesce(all_rows.paused, 0)),
  case when judged.status <> 'ok' then
    'See the areas vault, wake_ups and jobs. If they are ok, the queue is longer than Google''s quotas allow at once; it continues.'
  end
from private.work_kinds as k
left join (
  select
    w.kind,
    count(*) filter (where w.leased_until > clock_timestamp()) as leased,
    count(*) filter (where w.due_at > clock_timestamp() and w.due_at < 'infinity' and w.lease_token is null) as waiting,
    count(*) filter (where w.due_at <= clock_timestamp() and coalesce(w.leased_until <= clock_timestamp(), true)) as ready,
    count(*) filter (where w.due_at <= clock_timestamp() and coalesce(w.leased_until <= clock_timestamp(), true)
      and exists (select from private.live_pauses as p where private.concerns(p, w.kind, w.owner_id))) as paused
  from private.work as w
  group by w.kind
) as all_rows on all_rows.kind = k.kind
left join (
  select d.kind, count(*) as rows, min(d.due_at) as oldest from private.due_work as d group by d.kind
) as due on due.kind = k.kind
cross join lateral (
  select case
    when due.oldest < clock_timestamp() - interval '1 hour' then 'failing'
    when due.oldest < clock_timestamp() - interval '5 minutes' then 'degraded'
    else 'ok'
  end as status
) as judged
order by k.kind;
$$;
comment on function private.health_of_queue() is
  'Per kind: how many rows can be claimed now (count) and since when the oldest is due (since); details {leased, waiting: due later, blocked: '
  'due, but the owner is paused by Google''s limits, has to connect again or has reached a limit, paused: due, but an operator has paused it}.';

create function private.health_of_failures() returns setof private.health_check
language sql volatile security definer set search_path = '' as $$
select
  'failed', f.kind, f.reason,
  -- A refusal concerns one row; what could have succeeded concerns the system, for a day.
  case when a.verdict not in ('reject', 'reconnect') and f.latest > clock_timestamp() - interval '1 day' then 'degraded' else 'ok' end,
  f.rows, f.oldest, jsonb_build_object('latest', f.latest), a.what_to_do
from (
  select w.kind, w.reason, count(*) as rows, min(w.failed_at) as oldest, max(w.failed_at) as latest
  from private.failed_work as w
  group by w.kind, w.reason
) as f
left join private.error_advice as a on a.code = f.reason
order by f.rows desc, f.kind, f.reason;
$$;
comment on function private.health_of_failures() is 'What was given up, by kind and reason: how many, since when, and what to do.';

create function private.health_of_connections() returns setof private.health_check
language sql volatile security definer set search_path = '' as $$
select
  'connections', c.status, c.status_reason, case when c.status_reason = 'token_unreadable' then 'degraded' else 'ok' end, count(*),
  min(case when c.status = 'healthy' then null else c.updated_at end), '{}'::jsonb, a.what_to_do
from private.google_connections as c
left join private.error_advice as a on a.code = c.status_reason
group by c.status, c.status_reason, a.what_to_do
union all
select 'paused', 'users', null, 'ok', count(*), null, '{}', null
from private.google_connections as c
where private.paused_until(c, true) > clock_timestamp()
union all
(
  select
    'paused', c.user_id::text,
    case when c.paused_until > clock_timestamp() then 'rate_limited' else 'invitation_limit' end,
    'ok', null, null,
    jsonb_build_object(
      'until', case when c.paused_until > clock_timestamp() then c.paused_until end,
      'writes_until', case when c.writes_paused_until > clock_timestamp() then c.writes_paused_until end),
    'Nothing: the work continues after the pause. To end it earlier see "Rate limits of Google" in docs/operations.md.'
  from private.google_connections as c
  where private.paused_until(c, true) > clock_timestamp()
  order by private.paused_until(c, true) desc
  limit 50
)
union all
select
  'channels', 'push', null, 'ok',
  (select count(distinct h.sync_id) from private.channels as h where h.expires_at > clock_timestamp()), null,
  jsonb_build_object('calendars', count(*), 'refused', count(s.channel_error)),
  case when count(s.channel_error) > 0 then 'Push needs the address of the functions over HTTPS (docs/sync.md); until then calendars are read by time.' end
from private.sync_calendars as s;
$$;
comment on function private.health_of_connections() is
  'Google connections by state, users who are paused (details {until, writes_until}; the 50 with the longest pauses by their id), and how many of '
  'the calendars (details {calendars, refused}) have a push channel.';

create function private.health_of_pauses() returns setof private.health_check
language sql volatile security definer set search_path = '' as $$
select
  'paused', concat_ws(' of ', coalesce(p.kind, 'everything'), p.user_id), 'processing_paused', 'degraded', null::bigint, p.paused_at,
  jsonb_build_object('kind', p.kind, 'user_id', p.user_id, 'paused_by', p.paused_by, 'why', p.reason, 'until', p.until),
  format('When the reason is over: select resume_work(%s);', concat_ws(
    ', ', 'p_kind => ' || quote_literal(p.kind), 'p_user_id => ' || quote_literal(p.user_id)))
from private.live_pauses as p
order by p.kind nulls first, p.user_id nulls first
limit 50;
$$;
comment on function private.health_of_pauses() is 'What operators have paused, since when; details {kind, user_id, paused_by, why, until}; at most 50.';

create function private.health_of_storage() returns setof private.health_check
language sql volatile security definer set search_path = '' as $$
select
  'storage', t.name, case when t.is_month_missing then 'ledger_month_missing' end, case when t.is_month_missing then 'degraded' else 'ok' end,
  size.rows,
  case when t.name = 'public.writeback_ledger' then (select l.at from public.writeback_ledger as l order by l.ledger_id limit 1) end,
  jsonb_build_object('bytes', size.bytes),
  case when t.is_month_missing then 'Let the job convene-ledger-retention run, or: select private.extend_ledger();' end
from (
  select
    named.name,
    named.name = 'public.writeback_ledger' and not exists (
      select from private.ledger_months() as m
      where m.month = date_trunc('month', clock_timestamp() at time zone 'UTC')::date) as is_month_missing
  from (values
    ('public.meetings'), ('public.writeback_ledger'), ('public.attendee_responses'), ('public.notifications'), ('private.work'),
    ('cron.job_run_details'), ('net._http_response')
  ) as named (name)
) as t
cross join lateral (
  select sum(greatest(c.reltuples, 0))::bigint as rows, sum(pg_total_relation_size(c.oid)) as bytes
  from pg_class as c
  where c.oid = to_regclass(t.name) or c.oid in (select part.relid from pg_partition_tree(to_regclass(t.name)) as part)
) as size
where to_regclass(t.name) is not null;
$$;
comment on function private.health_of_storage() is 'Size of what grows: estimated rows, details {bytes}; of the ledger also its oldest step (since), and whether this month has its partition.';

create function public.convene_health()
returns table (area text, name text, reason text, status text, count bigint, since timestamptz, details jsonb, what_to_do text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  v_checks private.health_check[];
begin
  v_checks := array(
    select c from private.health_of_wake_ups() as c
    union all select c from private.health_of_jobs() as c
    union all select c from private.health_of_queue() as c
    union all select c from private.health_of_failures() as c
    union all select c from private.health_of_connections() as c
    union all select c from private.health_of_pauses() as c
    union all select c from private.health_of_storage() as c);
  return query
  select
    'overall', 'convene', null::text,
    case when bool_or(c.status = 'failing') then 'failing' when bool_or(c.status = 'degraded') then 'degraded' else 'ok' end,
    count(*) filter (where c.status <> 'ok'), null::timestamptz, '{}'::jsonb, null::text
  from unnest(v_checks) as c;
  return query select c.* from unnest(v_checks) as c;
end $$;
comment on function public.convene_health() is
  'The state of Convene, one row for each check; the first row (area overall) has the worst status. status: ok, degraded or failing; reason: '
  'why it is not ok, or the code of what failed; count and since: as the area defines them; what_to_do: the next step. Areas: vault, wake_ups, '
  'jobs, queue, failed, connections, paused, channels, storage.';

revoke all on type private.health_check from public;
revoke all on function
  private.health_of_wake_ups,
  private.health_of_jobs,
  private.health_of_queue,
  private.health_of_failures,
  private.health_of_connections,
  private.health_of_pauses,
  private.health_of_storage,
  public.convene_health
from public, anon, authenticated, service_role;
