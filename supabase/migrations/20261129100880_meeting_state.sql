-- What a meeting's state is to its readers: one word for the search, the write and the cancellation together.

create function private.meeting_state(
  p_meeting public.meetings,
  out state text,
  out stage text,
  out reason text,
  out until timestamptz
)
language sql volatile security definer set search_path = '' as $$
with queue as (
  select
    w.kind,
    w.attempts,
    case when w.lease_token is null then private.work_limit(w) end as budget,
    -- A paused connection postpones the work without changing its row.
    case when t.at > clock_timestamp() and coalesce(w.leased_until <= clock_timestamp(), true) then t.at end as earliest_at,
    t.paused_until > greatest(w.due_at, clock_timestamp()) as is_paused,
    case when coalesce(w.leased_until <= clock_timestamp(), true) then private.pause_end(w.kind, w.owner_id) end as pause_end
  from private.work as w
  left join private.google_connections as c on c.user_id = w.owner_id
  cross join lateral (
    select
      greatest(c.paused_until, case when w.kind = 'write' then c.writes_paused_until end) as paused_until,
      greatest(w.due_at, c.paused_until, case when w.kind = 'write' then c.writes_paused_until end) as at
  ) as t
  where w.kind in ('search', 'write')
    and w.subject_id = p_meeting.meeting_id
    and w.owner_id is not distinct from p_meeting.organizer_user_id
    and w.due_at < 'infinity'
    -- A user could call the function with a made-up row.
    and (auth.uid() is null or w.owner_id = auth.uid())
),
due as (
  select
    s.kind is not null as is_search_due,
    s.attempts as search_attempts,
    s.earliest_at as search_at,
    s.is_paused as is_search_paused,
    s.budget as search_budget,
    s.pause_end as search_pause_end,
    w.kind is not null as is_write_due,
    w.attempts as write_attempts,
    w.earliest_at as write_at,
    w.is_paused as is_write_paused,
    w.budget as write_budget,
    w.pause_end as write_pause_end,
    nullif(split_part(p_meeting.writeback_error, ':', 1), '') as write_error,
    coalesce(substring(p_meeting.scheduling_details ->> 'reason' from '^[a-z_]+$'), p_meeting.scheduling_error) as search_error,
    p_meeting.cancelled_at is not null as is_cancelled,
    p_meeting.cancelled_in_google_at is not null as is_cancelled_in_google,
    p_meeting.google_event_id is not null as has_event
  from (select) as one
  left join queue as s on s.kind = 'search'
  left join queue as w on w.kind = 'write'
),
decided as (
  select
    d.*,
    case
      when d.is_cancelled and d.is_write_due then 'cancelling'
      when d.is_cancelled and d.write_error is not null then 'failed'
      when d.is_cancelled then 'cancelled'
      when d.is_search_due then case
        when d.search_attempts > 0 then 'retrying'
        when d.search_pause_end is not null or d.search_budget is not null or d.search_at is not null then 'waiting'
        else 'searching'
      end
      when d.is_write_due and d.has_event then 'changing'
      when d.is_write_due then case
        when d.write_attempts > 0 then 'retrying'
        when d.write_pause_end is not null or d.write_budget is not null or d.write_at is not null then 'waiting'
        else 'pending'
      end
      when d.has_event then case
        when d.write_error is not null then 'failed'
        when d.is_cancelled_in_google then 'cancelled'
        else 'created'
      end
      when 'failed' in (p_meeting.writeback_status, p_meeting.scheduling_status) then 'failed'
      else coalesce(p_meeting.writeback_status, 'pending')
    end as state,
    case
      when d.is_search_due and not d.is_cancelled then 'search'
      when d.is_write_due or d.write_error is not null then 'write'
      when p_meeting.writeback_status is null and not d.is_cancelled then 'search'
      when p_meeting.writeback_status is distinct from 'created' and not d.is_cancelled then 'write'
    end as stage
  from due as d
)
select
  d.state,
  d.stage,
  case
    when d.state = 'cancelled' and not d.is_cancelled then 'cancelled_in_google'
    when d.state in ('created', 'cancelled') then null
    when d.stage = 'search' then case
      when d.search_pause_end is not null then 'processing_paused'
      when d.is_search_paused then 'connection_paused'
      when d.search_budget is not null then 'limit_reached'
      else d.search_error
    end
    when d.write_pause_end is not null then 'processing_paused'
    when d.is_write_paused then 'connection_paused'
    when d.write_budget is not null then 'limit_reached'
    else d.write_error
  end,
  case d.stage
    -- A pause without an end has no time.
    when 'search' then greatest(nullif(d.search_pause_end, 'infinity'), d.search_at, (d.search_budget ->> 'until')::timestamptz)
    else greatest(nullif(d.write_pause_end, 'infinity'), d.write_at, (d.write_budget ->> 'until')::timestamptz)
  end
from decided as d;
$$;
comment on function private.meeting_state(public.meetings) is
  'The state of a meeting as people read it. state: searching, waiting (until), pending, retrying, created, changing, cancelling, cancelled or '
  'failed; stage: search or write, null when nothing is left to do; reason: code of why it waits, is retried or failed; until: when it is '
  'continued, null for at once. A change or a cancellation that was given up is failed; a meeting whose event people deleted is cancelled, with the reason cancelled_in_google. Security definer: users have no rights on the queue.';

revoke all on function private.meeting_state(public.meetings) from public, anon, authenticated, service_role;
