-- Reminders, conference and guest permissions of an event that exists are changed with it when a new search names them.
-- What people have changed on Google meanwhile stays otherwise: a change of the title must not bring old reminders back.
alter table public.meetings add column event_settings_version integer not null default 1;
comment on column public.meetings.event_settings_version is
  'The desired_version at which conference, reminders or guest permissions changed last; an event that shows an earlier one gets them.';

-- Whether a proposal names another calendar than the one that holds the event, or may: Google has it under an id
-- that belongs to that calendar.
create function private.changes_frozen_calendar(p_meeting public.meetings, p_proposal jsonb) returns boolean
language sql immutable set search_path = '' as $$
select coalesce(
  p_proposal ? 'target_calendar_id'
    and p_meeting.google_account_id is not null
    and (p_meeting.writeback_status in ('pending', 'retrying', 'created') or p_meeting.writeback_outcome_unknown)
    and p_proposal ->> 'target_calendar_id' not in (p_meeting.target_calendar_id, p_meeting.google_calendar_id),
  false)
$$;

create or replace function private.as_proposed(p_meeting public.meetings) returns public.meetings
language sql stable set search_path = '' as $$
select jsonb_populate_record(
  p_meeting,
  coalesce(p_meeting.scheduling_proposal, '{}')
    -- begin_scheduling refuses another calendar; a write that began since has frozen the one there was.
    - case when private.changes_frozen_calendar(p_meeting, p_meeting.scheduling_proposal) then array['target_calendar_id'] else '{}'::text[] end
);
$$;

create or replace function private.accept_proposal(p_meeting_id text) returns public.meetings
language sql set search_path = '' as $$
update public.meetings as m
set
  (title, description, location, participants, constraints, recurrence, weights, allow_concessions, conference, reminders,
    guests_can_modify, guests_can_invite_others, guests_can_see_other_guests, target_calendar_id, event_settings_version) = (
    select
      p.title, p.description, p.location, p.participants, p.constraints, p.recurrence, p.weights, p.allow_concessions, p.conference,
      p.reminders, p.guests_can_modify, p.guests_can_invite_others, p.guests_can_see_other_guests, p.target_calendar_id,
      -- The version that the slot found for the proposal will have.
      case
        when m.starts_at is not null
          and (p.conference, p.reminders, p.guests_can_modify, p.guests_can_invite_others, p.guests_can_see_other_guests)
            is distinct from (m.conference, m.reminders, m.guests_can_modify, m.guests_can_invite_others, m.guests_can_see_other_guests)
        then m.desired_version + 1
        else m.event_settings_version
      end
    from private.as_proposed(m) as p
  ),
  scheduling_proposal = null
where m.meeting_id = p_meeting_id
returning m.*;
$$;

-- A meeting without a conference has no link to it, also while its event still shows one.
create function private.meetings_drop_meet_link() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.meet_link := null;
  return new;
end $$;

-- In the order of names it comes before meetings_expect_meet_link, which reads the link.
create trigger meetings_drop_meet_link
  before update on public.meetings
  for each row
  when (new.conference = 'none' and new.meet_link is not null)
  execute function private.meetings_drop_meet_link();

revoke all on function
  private.changes_frozen_calendar(public.meetings, jsonb), private.meetings_drop_meet_link()
from public, anon, authenticated, service_role;
grant execute on function private.changes_frozen_calendar(public.meetings, jsonb) to service_role;

create or replace function private.meetings_expect_meet_link() returns trigger
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
