-- Google creates a Meet link some seconds after the event, sometimes never. The event is read again until it shows one.
-- These reads spend no attempt of the write-back, and their number is limited.

create function private.meetings_expect_meet_link() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_expected text[];
begin
  delete from private.work as w
  using new_meetings as n
  where w.kind = 'meet_link' and w.subject_id = n.meeting_id
    and (n.conference <> 'meet' or n.meet_link is not null or n.cancelled_at is not null);

  v_expected := array(
    select n.meeting_id
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = n.meeting_id
    where n.conference = 'meet' and n.meet_link is null and n.cancelled_at is null
      and n.google_event_id is not null and n.organizer_user_id is not null
      -- The write has stored that the calendar allows none.
      and coalesce(n.meet_link_error not like 'conference_refused:%', true)
      and (
        o.google_event_id is null
        -- A change has named the conference.
        or (es.named_fields ->> 'conference')::integer > o.written_version and n.written_version >= (es.named_fields ->> 'conference')::integer
      )
    order by n.meeting_id);
  if cardinality(v_expected) = 0 then
    return null;
  end if;
  insert into private.work (kind, subject_id, owner_id, due_at)
  select 'meet_link', n.meeting_id, n.organizer_user_id, clock_timestamp() + interval '15 seconds'
  from new_meetings as n
  where n.meeting_id = any (v_expected)
  on conflict (kind, subject_id) do update
  set due_at = excluded.due_at, attempts = 0, crashes = 0, deferrals = 0;
  if exists (select from new_meetings as n where n.meeting_id = any (v_expected) and n.meet_link_error is not null) then
    update public.meetings as m set meet_link_error = null where m.meeting_id = any (v_expected);
  end if;
  return null;
end $$;
comment on function private.meetings_expect_meet_link() is 'Trigger: makes an event due for a read when its conference has no link yet.';

create trigger meetings_expect_meet_link
  after update on public.meetings
  referencing old table as old_meetings new table as new_meetings
  for each statement execute function private.meetings_expect_meet_link();

create function public.claim_meet_links(p_limit integer default 20, p_lease_seconds integer default null) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[] := array(select w from private.claim_work('meet_link', p_limit, p_lease_seconds) as w);
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'meeting', to_jsonb(m) || jsonb_build_object(
        'candidates', '[]'::jsonb, 'participants', private.as_guests(m.participants),
        'lease_token', w.lease_token, 'reads', w.deferrals + w.crashes + 1, 'google_account_id', es.google_account_id),
      'connection', to_jsonb(c)) order by w.due_at, w.subject_id), '[]')
    from unnest(v_work) as w
    join public.meetings as m on m.meeting_id = w.subject_id
    join private.google_connections as c on c.user_id = w.owner_id
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id);
end $$;
comment on function public.claim_meet_links(integer, integer) is
  'Leases events that are due to be read for their Meet link: [{meeting, connection}]; meeting.reads includes this read. Settle with settle_meet_links.';

create function public.settle_meet_links(p_reads jsonb) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_given jsonb;
  v_meeting public.meetings;
  v_work private.work;
  v_settled integer := 0;
begin
  for v_given in select g.value from jsonb_array_elements(p_reads) as g (value) order by g.value ->> 'meeting_id' loop
    select * into v_meeting from public.meetings as m where m.meeting_id = v_given ->> 'meeting_id' for update;
    continue when not found;
    perform private.record_steps(v_meeting, (v_given ->> 'lease_token')::uuid, v_given -> 'steps');
    select * into v_work from private.work as w
    where w.kind = 'meet_link' and w.subject_id = v_meeting.meeting_id and w.lease_token = (v_given ->> 'lease_token')::uuid
    for update;
    continue when not found;
    perform private.store_work(private.next_work(
      v_work,
      case when (v_given ->> 'is_over')::boolean then 'done' else 'defer' end,
      (v_given ->> 'not_before_seconds')::double precision));
    update public.meetings as m
    set meet_link = coalesce(v_given ->> 'meet_link', m.meet_link), meet_link_error = v_given ->> 'error'
    where m.meeting_id = v_meeting.meeting_id;
    v_settled := v_settled + 1;
  end loop;
  return v_settled;
end $$;
comment on function public.settle_meet_links(jsonb) is
  'Settles reads for Meet links: [{meeting_id, lease_token, meet_link, error, is_over, not_before_seconds, steps}]. A read with a lost lease '
  'is recorded in the ledger and changes nothing else. Returns the number of settled reads.';

revoke all on function
  private.meetings_expect_meet_link,
  public.claim_meet_links,
  public.settle_meet_links
from public, anon, authenticated, service_role;
