-- All data that a search reads from the database, in one round trip.
create function private.own_connections(p_participants jsonb, p_organizer_user_id uuid) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  jsonb_agg(
    to_jsonb(own) - 'level' || jsonb_build_object(
      'profile', case when own.level = 'habits' then p.profile end,
      'profile_is_due',
      own.level = 'habits'
        and (p.learned_at is null or p.learned_at < now() - interval '1 day')
        and (p.reading_since is null or p.reading_since < now() - interval '10 minutes'))),
  '[]')
from (
  select distinct on (lower(c.email)) c.*, sharing.level
  from private.google_connections as c
  cross join lateral (select private.sharing_level(c.user_id, p_organizer_user_id) as level) as sharing
  where sharing.level is not null
    and c.status = 'healthy'
    and (c.paused_until is null or c.paused_until <= now())
    and (
      c.user_id = p_organizer_user_id
      or lower(c.email) in (
        select distinct email from private.participant_emails(p_participants) as email
      )
    )
  -- If two users have the same Google account, the organizer is used, otherwise the first.
  order by lower(c.email), c.user_id is distinct from p_organizer_user_id, c.connected_at, c.user_id
) as own
left join private.calendar_profiles as p
  on p.user_id = own.user_id and p.google_account_id = own.google_account_id;
$$;
comment on function private.own_connections is
  'The healthy connections that may be used for the organizer: the organizer''s own, and those of participants who share '
  'with the organizer; each with profile (encoded; null without the level habits) and profile_is_due.';

create function private.scheduling_context(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'meeting', to_jsonb(p_meeting),
  'connection', (
    select to_jsonb(c) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  ),
  'own_connections', private.own_connections(p_meeting.participants, p_meeting.organizer_user_id),
  'burdens', private.burdens_of(p_meeting.organizer_user_id, array(
    select distinct email from private.participant_emails(p_meeting.participants) as email
    union
    select lower(c.email) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  ))
);
$$;
comment on function private.scheduling_context is
  '{meeting, connection, own_connections, burdens}: the row, its organizer''s Google connection, those that may be used for '
  'the organizer, and the inconvenience that the organizer''s earlier meetings have cost each of the same people.';

create function public.read_scheduling_context(p_meeting_id text, p_user_id uuid default null, p_meeting jsonb default null)
returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_meeting public.meetings;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  if found then
    if p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
      return jsonb_build_object('decision', 'not_found');
    elsif private.frozen_calendar_differs(v_meeting, p_meeting) then
      return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id');
    end if;
    return jsonb_build_object('decision', 'stored')
      || private.scheduling_context(jsonb_populate_record(v_meeting, coalesce(p_meeting, '{}') - 'organizer_user_id'))
      || jsonb_build_object('meeting', private.leased_search_json(v_meeting, null));
  end if;
  if p_meeting is null then
    return jsonb_build_object('decision', 'not_found');
  end if;
  v_meeting := jsonb_populate_record(
    null::public.meetings,
    p_meeting || jsonb_build_object('organizer_user_id', coalesce(p_user_id::text, p_meeting ->> 'organizer_user_id')));
  return jsonb_build_object('decision', 'new') || (private.scheduling_context(v_meeting) - 'meeting');
end $$;
comment on function public.read_scheduling_context is
  'Data for a search of a meeting (of p_user_id, if given) with the changes of p_meeting; stores nothing: '
  '{decision, meeting (as stored), connection, own_connections, burdens}. decision: stored, new (no such meeting, so '
  'none is returned), frozen (path) or not_found.';

revoke all on function
  private.own_connections,
  private.scheduling_context,
  public.read_scheduling_context
from public, anon, authenticated, service_role;
