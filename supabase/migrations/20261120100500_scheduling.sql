-- The scheduling queue: rows without a slot. Same discipline as write-back, with a lease of its own.

create view private.due_schedulings with (security_invoker = true) as
select m.meeting_id, m.organizer_user_id, m.scheduling_next_attempt_at as due_at, m.created_at
from public.meetings as m
where m.scheduling_next_attempt_at <= now()
  and (m.scheduling_leased_until is null or m.scheduling_leased_until <= now());
comment on view private.due_schedulings is 'Meetings that wait for a slot and that nobody is working on.';
revoke all on private.due_schedulings from public, anon, authenticated, service_role;
grant select, update on private.due_schedulings to service_role;

create function public.claim_schedulings(p_limit integer default 10, p_lease_seconds integer default 60)
returns setof public.meetings
language sql set search_path = '' as $$
with due as (
  select d.meeting_id
  from private.due_schedulings as d
  order by d.due_at, d.created_at
  limit p_limit
  for update skip locked
)
update public.meetings as m
set
  scheduling_lease_token = gen_random_uuid(),
  scheduling_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
  scheduling_attempts = m.scheduling_attempts + 1
from due
where m.meeting_id = due.meeting_id
returning m.*;
$$;
comment on function public.claim_schedulings(integer, integer) is
  'Leases meetings that wait for a slot, oldest first. Settle with settle_scheduling before the lease ends.';

create function public.begin_scheduling(
  p_meeting_id text,
  p_user_id uuid default null,
  p_meeting jsonb default null,
  p_reschedule boolean default false,
  p_lease_seconds integer default 60
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_connection jsonb;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found then
    if p_meeting is null then
      return jsonb_build_object('decision', 'not_found');
    end if;
    if not p_meeting ? 'participants' then
      return jsonb_build_object('decision', 'incomplete', 'path', 'participants');
    elsif coalesce(p_user_id::text, p_meeting ->> 'organizer_user_id') is null then
      return jsonb_build_object('decision', 'incomplete', 'path', 'organizer_user_id');
    end if;
    begin
      v_meeting := private.insert_leased_meeting(p_meeting_id, p_user_id, p_meeting, p_lease_seconds);
    exception
      when foreign_key_violation then
        return jsonb_build_object('decision', 'incomplete', 'path', 'organizer_user_id');
    end;
    if v_meeting.meeting_id is null then
      -- Somebody inserted the same id between the look and the insert.
      return jsonb_build_object('decision', 'in_progress', 'retry_after_seconds', 1);
    end if;
  elsif p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled', 'meeting', to_jsonb(v_meeting));
  elsif v_meeting.scheduling_leased_until > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'in_progress', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from v_meeting.scheduling_leased_until - clock_timestamp())));
  elsif v_meeting.scheduling_status = 'scheduled' and not p_reschedule then
    return jsonb_build_object('decision', 'scheduled', 'meeting', to_jsonb(v_meeting));
  else
    update public.meetings as m
    set
      title = case when p_meeting ? 'title' then p_meeting ->> 'title' else m.title end,
      description = case when p_meeting ? 'description' then p_meeting ->> 'description' else m.description end,
      location = case when p_meeting ? 'location' then p_meeting ->> 'location' else m.location end,
      participants = coalesce(p_meeting -> 'participants', m.participants),
      constraints = coalesce(p_meeting -> 'constraints', m.constraints),
      scheduling_lease_token = gen_random_uuid(),
      scheduling_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
      scheduling_attempts = m.scheduling_attempts + 1
    where m.meeting_id = p_meeting_id
    returning m.* into v_meeting;
  end if;

  select to_jsonb(c) into v_connection from private.google_connections as c where c.user_id = v_meeting.organizer_user_id;
  return jsonb_build_object('decision', 'claimed', 'meeting', to_jsonb(v_meeting), 'connection', v_connection);
end $$;
comment on function public.begin_scheduling(text, uuid, jsonb, boolean, integer) is
  'One round trip before a meeting is scheduled: {decision, meeting, connection, retry_after_seconds}. An unknown id is inserted '
  'from p_meeting, already leased, so it does not wake schedule again. '
  'decision: claimed, scheduled, in_progress, cancelled, not_found (also for another user''s), or incomplete: a new meeting '
  'lacks participants or an organizer that exists (path).';

create function private.insert_leased_meeting(p_meeting_id text, p_user_id uuid, p_meeting jsonb, p_lease_seconds integer)
returns public.meetings
language sql set search_path = '' as $$
insert into public.meetings (
  meeting_id, organizer_user_id, title, description, location, participants, constraints, conference, reminders,
  guests_can_modify, guests_can_invite_others, guests_can_see_other_guests, target_calendar_id,
  scheduling_lease_token, scheduling_leased_until, scheduling_attempts
)
select
  p_meeting_id, coalesce(p_user_id, given.organizer_user_id), given.title, given.description, given.location,
  given.participants, coalesce(given.constraints, '{}'), coalesce(given.conference, 'meet'), given.reminders,
  coalesce(given.guests_can_modify, false), coalesce(given.guests_can_invite_others, true),
  coalesce(given.guests_can_see_other_guests, true), coalesce(given.target_calendar_id, 'primary'),
  gen_random_uuid(), clock_timestamp() + make_interval(secs => p_lease_seconds), 1
from jsonb_populate_record(null::public.meetings, p_meeting) as given
on conflict (meeting_id) do nothing
returning *;
$$;

create function public.settle_scheduling(
  p_meeting_id text,
  p_lease_token uuid,
  p_slot jsonb default null,
  p_candidates jsonb default '[]',
  p_error text default null,
  p_reason text default null,
  p_details jsonb default null,
  p_retry_after_seconds double precision default null
) returns boolean
language plpgsql set search_path = '' as $$
begin
  if p_slot is null then
    update public.meetings as m
    set
      -- A meeting that has a slot keeps it when a new search finds none.
      scheduling_status = case
        when m.starts_at is not null then 'scheduled'
        when p_retry_after_seconds is not null then 'retrying'
        else 'failed'
      end,
      scheduling_error = p_error,
      scheduling_reason = p_reason,
      scheduling_details = p_details,
      candidates = p_candidates,
      scheduling_next_attempt_at = case
        when m.starts_at is null then clock_timestamp() + make_interval(secs => p_retry_after_seconds)
      end,
      scheduling_lease_token = null,
      scheduling_leased_until = null
    where m.meeting_id = p_meeting_id and m.scheduling_lease_token = p_lease_token;
    return found;
  end if;

  update public.meetings as m
  set
    starts_at = (p_slot ->> 'starts_at')::timestamptz,
    ends_at = (p_slot ->> 'ends_at')::timestamptz,
    timezone = p_slot ->> 'timezone',
    score = (p_slot ->> 'score')::numeric,
    reasoning = p_slot ->> 'reasoning',
    candidates = p_candidates,
    scheduled_at = clock_timestamp(),
    scheduling_status = 'scheduled',
    scheduling_error = null,
    scheduling_reason = null,
    scheduling_details = p_details,
    scheduling_next_attempt_at = null,
    scheduling_lease_token = null,
    scheduling_leased_until = null,
    -- An event that exists, or may, is changed; where there is none, the queue starts afresh.
    writeback_status = case when m.writeback_status in ('created', 'retrying') then m.writeback_status else 'pending' end,
    writeback_operation = case when m.writeback_status = 'created' then 'update' else m.writeback_operation end,
    writeback_error = case when m.writeback_status in ('created', 'retrying') then m.writeback_error end,
    writeback_retry_count = case when m.writeback_status in ('created', 'retrying') then m.writeback_retry_count else 0 end,
    writeback_attempts = case when m.writeback_status in ('created', 'retrying') then m.writeback_attempts else 0 end,
    writeback_next_attempt_at = coalesce(m.writeback_next_attempt_at, clock_timestamp()),
    desired_version = m.desired_version + case when m.starts_at is null then 0 else 1 end
  where m.meeting_id = p_meeting_id and m.scheduling_lease_token = p_lease_token;
  return found;
end $$;
comment on function public.settle_scheduling(text, uuid, jsonb, jsonb, text, text, jsonb, double precision) is
  'Ends a scheduling lease. p_slot {starts_at, ends_at, timezone, score, reasoning} makes write-back due; without it the meeting '
  'failed with p_error (code) and p_reason (sentence), or is tried again after p_retry_after_seconds. A lost lease changes nothing: false.';

revoke all on function
  private.insert_leased_meeting(text, uuid, jsonb, integer),
  public.claim_schedulings(integer, integer),
  public.begin_scheduling(text, uuid, jsonb, boolean, integer),
  public.settle_scheduling(text, uuid, jsonb, jsonb, text, text, jsonb, double precision)
from public, anon, authenticated, service_role;
grant execute on function
  private.insert_leased_meeting(text, uuid, jsonb, integer),
  public.claim_schedulings(integer, integer),
  public.begin_scheduling(text, uuid, jsonb, boolean, integer),
  public.settle_scheduling(text, uuid, jsonb, jsonb, text, text, jsonb, double precision)
to service_role;
