-- An event that was never written has nothing on Google to delete: only its row is given up.

create function public.discard_task_event(p_user_id uuid, p_calendar_id text, p_calendar_event_id text)
returns boolean
language sql set search_path = '' as $$
with discarded as (
  update public.task_calendar_events as e
  set deleted_at = clock_timestamp(), sync_status = 'deleted', next_attempt_at = null, updated_at = clock_timestamp()
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
    and e.sync_status in ('pending', 'failed') and e.deleted_at is null
    -- A request that may have landed is looked up first, by whoever schedules or by the sweep.
    and e.lease_token is null and not e.outcome_unknown
  returning e.id
)
select exists (select from discarded);
$$;
comment on function public.discard_task_event(uuid, text, text) is
  'Marks an event that is not on Google (never written, or refused for good) as deleted; false while that is not certain.';

revoke all on function public.discard_task_event(uuid, text, text) from public, anon, authenticated, service_role;
grant execute on function public.discard_task_event(uuid, text, text) to service_role;
