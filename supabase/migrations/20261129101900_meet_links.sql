create function private.meetings_expect_meet_link() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.conference <> 'meet' or new.meet_link is not null or new.cancelled_at is not null then
    new.meet_link_next_look_at := null;
    new.meet_link_error := case when new.meet_link is null then new.meet_link_error end;
  elsif old.writeback_lease_token is not null and (
    old.writeback_status is distinct from 'created'
    -- A conference that a change has added.
    or old.written_version < new.event_settings_version and new.written_version >= new.event_settings_version
  ) then
    new.meet_link_looks := 0;
    new.meet_link_error := null;
    new.meet_link_next_look_at := clock_timestamp() + interval '15 seconds';
  end if;
  return new;
end $$;
comment on function private.meetings_expect_meet_link is
  'Trigger: a written event whose Meet link is missing is read again until Google has made the link.';

create trigger meetings_expect_meet_link
  before update on public.meetings
  for each row
  when (new.writeback_status = 'created')
  execute function private.meetings_expect_meet_link();

-- A meeting without a conference has no link to it, also while its event still shows one.
create function private.meetings_drop_meet_link() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.meet_link := null;
  return new;
end $$;
comment on function private.meetings_drop_meet_link is
  'Trigger: a meeting without conference has no Meet link, even while its event still shows one.';

-- In the order of names it comes before meetings_expect_meet_link, which reads the link.
create trigger meetings_drop_meet_link
  before update on public.meetings
  for each row
  when (new.conference = 'none' and new.meet_link is not null)
  execute function private.meetings_drop_meet_link();

create view private.due_meet_links with (security_invoker = true) as
select m.meeting_id, m.meet_link_next_look_at as due_at
from public.meetings as m
where m.meet_link_next_look_at <= now()
  and m.meet_link_looks < 8
  and exists (
    select from private.google_connections as c
    where c.user_id = m.organizer_user_id
      and c.google_account_id = m.google_account_id
      and c.status = 'healthy'
      and (c.paused_until is null or c.paused_until <= now())
  );
comment on view private.due_meet_links is
  'Written events whose Meet link was missing when last read and that are due to be read again.';
comment on column private.due_meet_links.meeting_id is 'The meeting.';
comment on column private.due_meet_links.due_at is 'Since when the read is due.';

create function public.claim_meet_links(p_limit integer default 20) returns jsonb
language sql set search_path = '' as $$
with due as (
  select d.meeting_id
  from private.due_meet_links as d
  order by d.due_at
  limit p_limit
  for update skip locked
), claimed as (
  update public.meetings as m
  set
    meet_link_looks = m.meet_link_looks + 1,
    -- Half a minute, then twice as long each time: should this look be lost, the next one is due anyway.
    meet_link_next_look_at = clock_timestamp() + make_interval(secs => 30 * 2 ^ m.meet_link_looks)
  from due
  where m.meeting_id = due.meeting_id
  returning m.*
)
select coalesce(jsonb_agg(jsonb_build_object('meeting', to_jsonb(claimed), 'connection', to_jsonb(c))), '[]')
from claimed
join private.google_connections as c on c.user_id = claimed.organizer_user_id;
$$;
comment on function public.claim_meet_links is
  '[{meeting, connection}]: events to read for their Meet link now. Each claim moves the due time of the next read; '
  'settle with settle_meet_links.';

create function public.settle_meet_links(p_looks jsonb) returns integer
language sql set search_path = '' as $$
with look as (
  select l.*
  from jsonb_to_recordset(p_looks) as l (
    meeting_id text, looks integer, meet_link text, error text, is_over boolean, look_token uuid, steps jsonb)
), settled as (
  update public.meetings as m
  set
    meet_link = coalesce(look.meet_link, m.meet_link),
    meet_link_error = look.error,
    meet_link_next_look_at = case when not look.is_over then m.meet_link_next_look_at end
  from look
  where m.meeting_id = look.meeting_id and m.meet_link_looks = look.looks
  returning m.meeting_id
), recorded as (
  select private.record_steps(m, look.look_token, look.steps)
  from look
  join public.meetings as m on m.meeting_id = look.meeting_id
)
select (select count(*) from settled)::integer from (select count(*) from recorded) as written;
$$;
comment on function public.settle_meet_links is
  'Ends reads for Meet links: [{meeting_id, looks, meet_link, error, is_over, look_token, steps}]. A read that a '
  'later one has overtaken changes nothing but is recorded in the ledger. Returns how many counted.';

revoke all on private.due_meet_links from public, anon, authenticated, service_role;
revoke all on function
  private.meetings_expect_meet_link,
  private.meetings_drop_meet_link,
  public.claim_meet_links,
  public.settle_meet_links
from public, anon, authenticated, service_role;
