-- pg_cron keeps the log of its jobs for ever.
insert into private.settings (name, value, meaning) values
  ('job_log_retention_days', 7, 'Runs of Convene''s jobs stay so long in cron.job_run_details'),
  ('wake_up_log_retention_hours', 24, 'Responses to wake-ups stay so long in net._http_response; pg_net itself keeps them six hours by default');

create function private.trim_logs() returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_jobs_before constant timestamptz := clock_timestamp() - make_interval(days => private.setting('job_log_retention_days')::integer);
  v_posted_before constant timestamptz := clock_timestamp() - make_interval(hours => private.setting('wake_up_log_retention_hours')::integer);
begin
  -- Only rows of Convene: other applications use the same tables. A role that may not delete leaves them to their owner.
  if coalesce(has_table_privilege(to_regclass('cron.job_run_details'), 'delete'), false) then
    execute $query$
      delete from cron.job_run_details as d
      using cron.job as j
      where j.jobid = d.jobid and j.jobname like 'convene-%' and d.start_time < $1
    $query$ using v_jobs_before;
  end if;
  if coalesce(has_table_privilege(to_regclass('net._http_response'), 'delete'), false) then
    execute $query$
      delete from net._http_response as r
      using private.posted_wake_ups as p
      where r.id = p.request_id and p.posted_at < $1 and r.created < $1
    $query$ using v_posted_before;
  end if;
  delete from private.posted_wake_ups as p where p.posted_at < v_posted_before;
end $$;
comment on function private.trim_logs() is
  'Deletes old runs of Convene''s jobs and old responses to its wake-ups (job_log_retention_days and wake_up_log_retention_hours of private.settings).';

revoke all on function private.trim_logs from public, anon, authenticated, service_role;
