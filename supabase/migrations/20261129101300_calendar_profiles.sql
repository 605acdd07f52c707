create table private.calendar_profiles (
  user_id uuid primary key references private.google_connections (user_id) on delete cascade,
  google_account_id text not null,
  profile text check (length(profile) <= 4000),
  events_read integer,
  learned_at timestamptz,
  reading_since timestamptz
);

comment on table private.calendar_profiles is
  'Habits of a user, counted from a year of events. No title, guest or date of an event is stored. Deleted with the '
  'connection.';
comment on column private.calendar_profiles.user_id is 'The user.';
comment on column private.calendar_profiles.google_account_id is
  'The account whose events were counted; not used after the user has connected another one.';
comment on column private.calendar_profiles.profile is
  'Encoded by the edge functions: acceptances by weekday and half-hour, typical length and gap. Null until first '
  'learned.';
comment on column private.calendar_profiles.events_read is 'Events that were counted.';
comment on column private.calendar_profiles.learned_at is 'When the profile was last computed.';
comment on column private.calendar_profiles.reading_since is
  'When a worker began to read the events; after ten minutes another worker may read them.';

alter table private.calendar_profiles enable row level security;

create function public.claim_profile_readings(p_user_ids uuid[]) returns setof uuid
language sql set search_path = '' as $$
insert into private.calendar_profiles as p (user_id, google_account_id, reading_since)
select c.user_id, c.google_account_id, now()
from private.google_connections as c
where c.user_id = any (p_user_ids)
order by c.user_id
on conflict (user_id) do update
  set google_account_id = excluded.google_account_id,
      profile = case when p.google_account_id = excluded.google_account_id then p.profile end,
      reading_since = now()
  where p.google_account_id <> excluded.google_account_id
    or ((p.learned_at is null or p.learned_at < now() - interval '1 day')
      and (p.reading_since is null or p.reading_since < now() - interval '10 minutes'))
returning p.user_id;
$$;
comment on function public.claim_profile_readings is
  'Those of these users whose events the caller is to read: their profile is older than a day, and no other worker '
  'reads it.';

create function public.save_calendar_profile(
  p_user_id uuid, p_google_account_id text, p_profile text, p_events_read integer
) returns boolean
language plpgsql set search_path = '' as $$
begin
  update private.calendar_profiles as p
  set profile = p_profile, events_read = p_events_read, learned_at = now(), reading_since = null
  where p.user_id = p_user_id and p.google_account_id = p_google_account_id;
  return found;
end $$;
comment on function public.save_calendar_profile is
  'Stores a profile. False when the connection was deleted or now has another account.';

revoke all on private.calendar_profiles from public, anon, authenticated, service_role;
revoke all on function
  public.claim_profile_readings,
  public.save_calendar_profile
from public, anon, authenticated, service_role;
