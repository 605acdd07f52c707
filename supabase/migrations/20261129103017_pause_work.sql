-- Pausing and resuming work. After the wake-ups, because work that is resumed is processed at once.

create function public.pause_work(
  p_reason text,
  p_kind text default null,
  p_user_id uuid default null,
  p_until timestamptz default null,
  p_paused_by text default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  if p_kind = 'announcement' or not exists (select from private.work_kinds as k where k.kind = coalesce(p_kind, k.kind)) then
    raise exception 'p_kind: there is no kind of work %', p_kind using
      errcode = '22023',
      hint = 'One of ' || (select string_agg(k.kind, ', ' order by k.kind) from private.work_kinds as k where k.kind <> 'announcement') || '.';
  elsif p_until <= clock_timestamp() then
    raise exception 'p_until: % has passed', p_until using errcode = '22023', hint = 'Name a later time, or none.';
  end if;
  insert into private.pauses as p (kind, user_id, reason, paused_by, until)
  values (p_kind, p_user_id, p_reason, coalesce(p_paused_by, current_user), p_until)
  on conflict (kind, user_id) do update
  set reason = excluded.reason, paused_by = excluded.paused_by, paused_at = excluded.paused_at, until = excluded.until;
  return private.pauses_json();
end $$;
comment on function public.pause_work(text, text, uuid, timestamptz, text) is
  'Pauses everything, the work of one kind (p_kind), of one user (p_user_id), or of one kind of one user, until p_until or resume_work. What '
  'is leased now is completed; the other rows stay in the queue as they are. Returns all pauses in force: [{kind, user_id, reason, paused_by, '
  'paused_at, until}]. Raises 22023 for an unknown kind or a time that has passed, 23503 for an unknown user.';

create function public.resume_work(p_kind text default null, p_user_id uuid default null) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_resumed integer;
begin
  delete from private.pauses as p
  where (p_kind is null or p.kind = p_kind) and (p_user_id is null or p.user_id = p_user_id);
  get diagnostics v_resumed = row_count;
  perform private.wake_for_rest(due.kind)
  from (select distinct on (k.wakes) d.kind from private.due_work as d join private.work_kinds as k on k.kind = d.kind) as due
  where v_resumed > 0;
  return jsonb_build_object('resumed', v_resumed, 'pauses', private.pauses_json());
end $$;
comment on function public.resume_work(text, uuid) is
  'Ends every pause; with p_kind those of that kind, with p_user_id those of that user. What was due is processed at once. {resumed: number of '
  'pauses that ended, pauses: those that are still in force}.';

revoke all on function public.pause_work(text, text, uuid, timestamptz, text), public.resume_work(text, uuid)
from public, anon, authenticated, service_role;
