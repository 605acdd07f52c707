-- A change of a meeting's time or recurrence names times that no search found. Until the event is written they are held as
-- those of a search are, so that no search takes them meanwhile.

create function private.series_of(p_meeting public.meetings) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'starts_at', p_meeting.starts_at, 'ends_at', p_meeting.ends_at, 'timezone', coalesce(p_meeting.timezone, 'UTC'),
  'recurrence', p_meeting.recurrence, 'recurrence_horizon', p_meeting.constraints -> 'recurrence_horizon')
$$;
comment on function private.series_of(public.meetings) is
  'On what the occurrences of a meeting depend: {starts_at, ends_at, timezone, recurrence, recurrence_horizon}.';

create function private.people_to_hold(p_meeting public.meetings) returns text[]
language sql stable set search_path = '' as $$
with people as (
  select array(
    select private.participant_emails(p_meeting.participants)
    union
    select email from private.account_email(p_meeting.organizer_user_id) as email where email is not null) as emails
)
select array(
  select person.email
  from people, unnest(people.emails) as person (email)
  where person.email = any (private.sharing_emails(people.emails, p_meeting.organizer_user_id))
    -- The search that found the former time was allowed to read this person's calendar.
    or exists (
      select from private.slot_holds as h
      where h.meeting_id = p_meeting.meeting_id and h.participant_email = person.email and not h.by_consent))
$$;
comment on function private.people_to_hold(public.meetings) is
  'Whose time a change may hold: of the organizer, of people who share with the organizer, and of those whose time the meeting holds by a search.';

create function private.apart(p_occurrences jsonb) returns setof tstzrange
language sql immutable set search_path = '' as $$
select o.held
from (
  select occurrence.held, max(upper(occurrence.held)) over (order by occurrence.held rows between unbounded preceding and 1 preceding) as former_end
  from (
    select tstzrange((o.value ->> 'start_time')::timestamptz, (o.value ->> 'end_time')::timestamptz) as held
    from jsonb_array_elements(p_occurrences) as o
  ) as occurrence
) as o
where lower(o.held) >= coalesce(o.former_end, '-infinity')
$$;
comment on function private.apart(jsonb) is
  'Times of occurrences [{start_time, end_time}] without those that begin before a former one ends: 24 hours every day, on the day of a clock change.';

create function private.hold_changed_times(p_meeting public.meetings, p_people text[], p_occurrences jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_id constant text := p_meeting.meeting_id;
  v_all tstzrange[] := array(select private.apart(p_occurrences));
  v_added tstzrange[];
  v_own_email constant text := private.account_email(p_meeting.organizer_user_id);
  v_at_limit text[];
  v_is_held boolean := private.may_hold(p_meeting.organizer_user_id)
    and exists (select from private.work as w where w.kind = 'write' and w.subject_id = v_id);
begin
  perform private.lock_people(p_people || p_meeting.organizer_user_id::text);
  perform private.end_expired_holds(p_people);
  delete from private.slot_holds as h where h.meeting_id = v_id and h.held <> all (v_all);
  -- Of a time that stays, the search has said who can come.
  v_added := array(
    select t from unnest(v_all) as t
    where not exists (select from private.slot_holds as h where h.meeting_id = v_id and h.held = t));
  v_is_held := v_is_held
    and cardinality(v_all) + private.times_held(p_meeting.organizer_user_id, v_id) <= private.setting('holds_per_organizer');
  v_at_limit := private.people_at_limit(
    array(select e from unnest(p_people) as e where e is distinct from v_own_email), cardinality(v_all), v_id);

  insert into private.slot_holds (
    meeting_id, participant_email, organizer_user_id, held, slot, expires_at, by_consent, is_own, is_given)
  select
    v_id, person.email, p_meeting.organizer_user_id, t, tstzrange(p_meeting.starts_at, p_meeting.ends_at),
    clock_timestamp() + make_interval(mins => private.setting('hold_minutes')::integer),
    person.email = any (private.sharing_emails(p_people, p_meeting.organizer_user_id)),
    coalesce(person.email = v_own_email, false), true
  from unnest(v_added) as t
  cross join unnest(p_people) as person (email)
  where v_is_held and person.email <> all (v_at_limit)
    -- A transaction that deletes such a hold may wait for these people, so the constraint must not wait for it.
    and not exists (
      select from private.slot_holds as other
      where other.participant_email = person.email and other.held && t and other.state in ('active', 'written'))
  on conflict do nothing;

  -- What could not be reserved is reserved by the claim of the write, if it is free then; otherwise the write says so.
  insert into private.slot_holds (
    meeting_id, participant_email, organizer_user_id, held, slot, state, expires_at, by_consent, is_own, is_given)
  select
    v_id, person.email, p_meeting.organizer_user_id, t, tstzrange(p_meeting.starts_at, p_meeting.ends_at), 'ended', clock_timestamp(),
    person.email = any (private.sharing_emails(p_people, p_meeting.organizer_user_id)),
    coalesce(person.email = v_own_email, false), true
  from unnest(v_added) as t
  cross join unnest(p_people) as person (email)
  on conflict on constraint slot_holds_one_row_a_time do nothing;
end $$;
comment on function private.hold_changed_times(public.meetings, text[], jsonb) is
  'Holds the times [{start_time, end_time}] of a changed meeting for these people instead of its former ones. The caller has locked the meeting.';

revoke all on function
  private.series_of,
  private.people_to_hold,
  private.apart,
  private.hold_changed_times
from public, anon, authenticated, service_role;
