create view public.v_writeback_status with (security_invoker = true) as
select
  m.meeting_id,
  coalesce(m.scheduled_at, m.created_at) as scheduled_at,
  m.writeback_status,
  m.writeback_attempted_at,
  m.writeback_succeeded_at,
  m.writeback_retry_count,
  m.google_event_id,
  m.google_event_link,
  m.writeback_error,
  s.state,
  s.stage,
  s.reason,
  m.cancelled_at
from public.meetings as m
cross join private.meeting_state(m) as s
where m.writeback_status is not null or m.scheduling_status = 'failed'
order by scheduled_at desc;
comment on view public.v_writeback_status is
  'Every write-back and every failed search with its state, newest first; a user sees their own meetings.';
comment on column public.v_writeback_status.meeting_id is 'The meeting.';
comment on column public.v_writeback_status.scheduled_at is
  'When the slot was chosen or given, otherwise when the meeting was inserted.';
comment on column public.v_writeback_status.writeback_status is
  'pending, retrying, created or failed; null for a search that failed.';
comment on column public.v_writeback_status.writeback_attempted_at is 'When the last attempt began.';
comment on column public.v_writeback_status.writeback_succeeded_at is 'When the event was known to exist.';
comment on column public.v_writeback_status.writeback_retry_count is 'Failed attempts.';
comment on column public.v_writeback_status.google_event_id is 'Google event id.';
comment on column public.v_writeback_status.google_event_link is 'Link to the event on Google Calendar.';
comment on column public.v_writeback_status.writeback_error is 'Last error: code, colon, sentence.';
comment on column public.v_writeback_status.state is
  'searching, waiting, pending, retrying, created, changing, cancelling, cancelled or failed.';
comment on column public.v_writeback_status.stage is 'search or write; null when nothing is left to do.';
comment on column public.v_writeback_status.reason is 'Code of why the meeting waits, is retried or failed.';
comment on column public.v_writeback_status.cancelled_at is 'When the meeting was cancelled.';

create function public.read_meeting(p_meeting_id text, p_user_id uuid default null, p_attempts boolean default false)
returns jsonb
language sql volatile set search_path = '' as $$
select private.meeting_json(m) || jsonb_build_object(
  'waits_for', (
    select private.work_limit(w) from private.work as w
    where w.kind in ('search', 'write') and w.subject_id = m.meeting_id and w.lease_token is null and w.due_at < 'infinity'
    order by w.kind desc
    limit 1),
  'move', private.last_move_json(m.meeting_id),
  'to_invite', (
    select coalesce(jsonb_agg(g.key order by g.key), '[]')
    from private.event_state as es
    cross join jsonb_each(es.named_fields -> 'guests') as g
    where es.kind = 'meeting' and es.subject_id = m.meeting_id
      and g.value ->> 'change' = 'added' and (g.value ->> 'version')::integer > m.written_version),
  'account_email', private.account_email(m.organizer_user_id),
  'is_stuck', (
    select not private.can_wake()
    from private.work as w
    where w.kind in ('search', 'write') and w.subject_id = m.meeting_id and w.due_at < 'infinity'
    limit 1) is true) || case
  when p_attempts then jsonb_build_object(
    'steps',
    coalesce((
      select jsonb_agg(to_jsonb(l) - 'organizer_user_id' order by l.ledger_id)
      from public.writeback_ledger as l
      where l.meeting_id = m.meeting_id
    ), '[]'))
  else '{}'
end
from public.meetings as m
where m.meeting_id = p_meeting_id and (p_user_id is null or m.organizer_user_id = p_user_id);
$$;
comment on function public.read_meeting is
  'One meeting, with waits_for (the budget for which its work waits: limit, allowed, until; null: none), move (private.last_move_json), to_invite (addresses in lower case that a change has added and that are not written yet), account_email (private.account_email), is_stuck (work is due, but no function can be called) and its ledger as steps if p_attempts; null when there is none or it is another user''s (p_user_id '
  'null: any user''s).';

-- A page has no candidates: with 190 people they have a hundred kilobytes for each meeting.
create function public.list_meetings(
  p_user_id uuid default null,
  p_limit integer default 50,
  p_before timestamptz default null,
  p_before_meeting_id text default null,
  p_state text default null,
  p_reason text default null,
  p_since timestamptz default null
) returns jsonb
language sql volatile set search_path = '' as $$
select jsonb_build_object(
  'meetings',
  coalesce((
    select jsonb_agg(
      to_jsonb(page)
        - array['candidates', 'scheduling_details', 'participants', 'constraints', 'attendees', 'description', 'reasoning']
        -- The title of an event without one names its participants.
        || jsonb_build_object('participants', case when coalesce(trim(page.title), '') = '' then page.participants else '[]' end)
      order by page.created_at desc, page.meeting_id desc)
    from (
      select m.*, s.state, s.stage, s.reason, s.until
      from public.meetings as m
      cross join private.meeting_state(m) as s
      where (p_user_id is null or m.organizer_user_id = p_user_id)
        and (p_before is null or (m.created_at, m.meeting_id) < (p_before, coalesce(p_before_meeting_id, '')))
        and (p_since is null or m.created_at >= p_since)
        and (p_state is null or s.state = p_state)
        and (p_reason is null or s.reason = p_reason)
      order by m.created_at desc, m.meeting_id desc
      limit p_limit
    ) as page
  ), '[]'),
  'counts',
  (
    select coalesce(jsonb_object_agg(counted.state, counted.meetings), '{}')
    from (
      select s.state, count(*) as meetings
      from public.meetings as m
      cross join private.meeting_state(m) as s
      where (p_user_id is null or m.organizer_user_id = p_user_id)
        and (p_since is null or m.created_at >= p_since)
      group by s.state
    ) as counted
  )
);
$$;
comment on function public.list_meetings is
  '{meetings: newest first, without the large fields (candidates, attendees and the like), counts: {state: number}}; the page after '
  '(p_before, p_before_meeting_id), of one state or reason, created at p_since or later (as are those counted). p_user_id null: of all users.';

create function public.read_queue(p_meeting_ids text[] default null)
returns table (kind text, meeting_id text, due_at timestamptz, attempts integer, deferrals integer, is_leased boolean)
language sql stable security definer set search_path = '' as $$
select w.kind, w.subject_id, nullif(w.due_at, 'infinity'), w.attempts, w.deferrals, coalesce(w.leased_until > now(), false)
from private.work as w
join public.meetings as m on m.meeting_id = w.subject_id
where w.kind in ('search', 'write', 'meet_link')
  and m.organizer_user_id = (select auth.uid())
  and (p_meeting_ids is null or w.subject_id = any (p_meeting_ids))
order by w.due_at, w.subject_id;
$$;
comment on function public.read_queue(text[]) is
  'Due work of the caller''s own meetings (all, or the given ones): when, and how often it has failed. Security definer: users have no rights on the queue.';

revoke all on public.v_writeback_status from public, anon, authenticated, service_role;
revoke all on function
  public.read_meeting,
  public.list_meetings,
  public.read_queue
from public, anon, authenticated, service_role;
