-- What somebody's past answers show about when they like to meet, in a few hundred characters. Events are read,
-- counted and forgotten: no title, guest or date of them is ever stored.
create table private.calendar_profiles (
  user_id uuid primary key references private.google_connections (user_id) on delete cascade,
  google_account_id text not null,
  profile text check (length(profile) <= 4000),
  events_read integer,
  learned_at timestamptz,
  reading_since timestamptz
);

comment on table private.calendar_profiles is
  'One row a user: their habits as counted from a year of events, never the events. Forgotten with the connection.';
comment on column private.calendar_profiles.google_account_id is
  'Whose events were counted; after the user has connected another account they say nothing.';
comment on column private.calendar_profiles.profile is
  'Encoded by the functions: answers by weekday and half-hour, typical length and gap. Null until first learned.';
comment on column private.calendar_profiles.reading_since is
  'Somebody reads the events now; whoever died while doing so is forgotten after ten minutes.';

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
comment on function public.claim_profile_readings(uuid[]) is
  'Which of these users the caller is to learn a profile of: those whose profile is older than a day and that nobody reads now.';

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
comment on function public.save_calendar_profile(uuid, text, text, integer) is
  'Keeps what a year of events shows. False when the user has left, or connected another account meanwhile.';

revoke all on private.calendar_profiles from public, anon, authenticated, service_role;
revoke all on function
  public.claim_profile_readings,
  public.save_calendar_profile
from public, anon, authenticated, service_role;
