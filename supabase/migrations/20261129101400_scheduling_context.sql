-- All data that a search reads from the database, in one round trip.
create function private.own_connections(p_participants jsonb, p_organizer_user_id uuid) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(
  jsonb_agg(
    to_jsonb(own) - 'level' || jsonb_build_object(
      'may_read_events', own.level = 'habits',
      'profile', case when own.level = 'habits' then p.profile end,
      'profile_is_due',
      own.level = 'habits'
        and (p.learned_at is null or p.learned_at < now() - interval '1 day')
        and (p.reading_since is null or p.reading_since < now() - interval '10 minutes'))),
  '[]')
from (
  select distinct on (lower(c.email)) c.*, sharing.level
  from private.sharing_users(
    array(select private.item_email(named) from private.named_people(p_participants) as named), p_organizer_user_id
  ) as sharing
  join private.google_connections as c on c.user_id = sharing.user_id
  where c.status = 'healthy' and (c.paused_until is null or c.paused_until <= now())
  -- If two users have the same Google account, the organizer is used, otherwise the first.
  order by lower(c.email), c.user_id is distinct from p_organizer_user_id, c.connected_at, c.user_id
) as own
left join private.calendar_profiles as p
  on p.user_id = own.user_id and p.google_account_id = own.google_account_id;
$$;
comment on function private.own_connections is
  'The healthy connections that may be used for the organizer: the organizer''s own, and those of participants who share '
  'with the organizer; each with may_read_events (the level habits), profile (encoded; null without that level) and profile_is_due.';

-- The organizer's own rows say whom they chose: no calendar, and nothing of other organizers, is used.
create function private.group_turns(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(jsonb_object_agg(turn.email, turn.count), '{}')
from (
  select email, count(*)
  from (
    select m.participants
    from public.meetings as m
    where jsonb_path_exists(p_meeting.participants, '$[*].any_of')
      and m.organizer_user_id = p_meeting.organizer_user_id and m.meeting_id is distinct from p_meeting.meeting_id
      and m.created_at > now() - make_interval(days => private.setting('group_turns_days')::integer) and m.starts_at is not null and m.cancelled_at is null
    order by m.created_at desc, m.meeting_id
    limit private.setting('group_turns_meetings')::integer
  ) as recent
  cross join lateral jsonb_array_elements(case jsonb_typeof(recent.participants) when 'array' then recent.participants else '[]' end) as item
  cross join lateral private.chosen_emails(item) as email
  where private.is_group(item)
  group by email
) as turn
where turn.email in (select private.item_email(named) from private.named_people(p_meeting.participants) as named);
$$;
comment on function private.group_turns(public.meetings) is
  'In how many of the organizer''s latest meetings (settings group_turns_days, group_turns_meetings) groups chose each of the people whom this one names: {address in lower case: count}.';

create function private.scheduling_context(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'meeting', to_jsonb(p_meeting),
  'connection', (
    select to_jsonb(c) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  ),
  'own_connections', private.own_connections(p_meeting.participants, p_meeting.organizer_user_id),
  'preferences', private.remembered_preferences(p_meeting.participants, p_meeting.organizer_user_id),
  'burdens', private.burdens_of(p_meeting.organizer_user_id, array(
    select distinct private.item_email(named) from private.named_people(p_meeting.participants) as named
    union
    select lower(c.email) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  )),
  'turns', private.group_turns(p_meeting)
);
$$;
comment on function private.scheduling_context is
  '{meeting, connection, own_connections, preferences, burdens, turns}: the row, its organizer''s Google connection, those that may be used for '
  'the organizer, the preferences that may be, the inconvenience that the organizer''s earlier meetings have cost each of the same people, and private.group_turns.';

create function private.new_meeting(p_user_id uuid, p_meeting jsonb) returns public.meetings
language sql stable set search_path = '' as $$
select jsonb_populate_record(
  null::public.meetings,
  p_meeting || jsonb_build_object('organizer_user_id', coalesce(p_user_id::text, p_meeting ->> 'organizer_user_id')))
$$;
comment on function private.new_meeting(uuid, jsonb) is 'A meeting that is not stored yet, as its caller (null: a secret key) requests it.';

create function private.search_context(
  p_meeting public.meetings, p_is_new_search boolean, p_opens_meeting boolean default false
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_organizer constant uuid := p_meeting.organizer_user_id;
  v_context jsonb;
begin
  if p_opens_meeting and private.has_open_meetings(v_organizer, floor(private.setting('open_meetings'))::integer) then
    return private.search_refusal(v_organizer, 'open_meetings');
  elsif p_is_new_search and not private.spend(v_organizer, 'searches_per_minute', 1) then
    return private.search_refusal(v_organizer, 'searches_per_minute');
  end if;
  v_context := private.scheduling_context(p_meeting);
  if not private.spend(v_organizer, 'google_reads_for_others_per_hour', (
    -- The busy time; beside an event of the meeting also the list that tells it from others; and a year of events where habits are learned.
    select count(*)::integer * case when p_meeting.google_event_id is null then 1 else 2 end
      + count(*) filter (where own @> '{"profile_is_due": true}')::integer
    from jsonb_array_elements(v_context -> 'own_connections') as own
    where own ->> 'user_id' is distinct from v_organizer::text))
  then
    return private.search_refusal(v_organizer, 'google_reads_for_others_per_hour');
  end if;
  return v_context;
end $$;
comment on function private.search_context(public.meetings, boolean, boolean) is
  'private.scheduling_context, after the organizer''s budgets have paid for the search; or private.search_refusal. p_is_new_search false: the '
  'claim has spent the search already. p_opens_meeting: a slot leads to a further open meeting.';

create function private.search_refusal(p_organizer_user_id uuid, p_budget text) returns jsonb
language sql volatile set search_path = '' as $$
select jsonb_build_object('decision', 'limit_reached') || private.limit_reached(p_organizer_user_id, p_budget);
$$;
comment on function private.search_refusal(uuid, text) is '{decision: limit_reached, limit, allowed, until, retry_after_seconds}.';

create function public.read_scheduling_context(
  p_meeting_id text, p_user_id uuid default null, p_meeting jsonb default null, p_is_new_search boolean default true
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_meeting public.meetings;
  v_context jsonb;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  if found then
    if p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
      return jsonb_build_object('decision', case when p_meeting ? 'participants' then 'taken' else 'not_found' end);
    elsif private.frozen_calendar_differs(v_meeting, p_meeting) then
      return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id');
    end if;
    v_context := private.search_context(
      jsonb_populate_record(v_meeting, coalesce(p_meeting, '{}') - 'organizer_user_id'), p_is_new_search);
    return jsonb_build_object('decision', 'stored')
      || v_context
      || jsonb_build_object(
        'meeting', private.leased_search_json(v_meeting, null) || jsonb_build_object('move', private.move_search_json(v_meeting)));
  end if;
  if p_meeting is null then
    return jsonb_build_object('decision', 'not_found');
  end if;
  return jsonb_build_object('decision', 'new', 'description_details', private.text_setting('description_details'))
    || (private.search_context(private.new_meeting(p_user_id, p_meeting), p_is_new_search) - 'meeting');
end $$;
comment on function public.read_scheduling_context is
  'Data for a search of a meeting (of p_user_id, if given) with the changes of p_meeting; stores nothing but what it spends: '
  '{decision, meeting (as stored), connection, own_connections, preferences, burdens, turns}. decision: stored, new (no such meeting, so '
  'none is returned, but description_details as it would be stored where p_meeting has none), frozen (path), limit_reached (limit, allowed, '
  'until, retry_after_seconds), not_found, or taken: the id of a new meeting (p_meeting has participants) is another user''s. '
  'p_is_new_search false: claim_schedulings has spent the search.';

revoke all on function
  private.group_turns,
  private.own_connections,
  private.scheduling_context,
  private.new_meeting,
  private.search_context,
  private.search_refusal,
  public.read_scheduling_context
from public, anon, authenticated, service_role;
