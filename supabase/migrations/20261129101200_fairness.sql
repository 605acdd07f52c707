-- A meeting across time zones is at an inconvenient hour for some people. The ledger stores their inconvenience for
-- each group, so that the next inconvenient hour goes to another person.
create table private.fairness_ledger (
  organizer_user_id uuid not null references auth.users (id) on delete cascade,
  participant_email text not null,
  with_email text not null,
  burden numeric(8, 2) not null check (burden >= 0),
  meetings integer not null,
  updated_at timestamptz not null default now(),
  primary key (organizer_user_id, participant_email, with_email)
);

comment on table private.fairness_ledger is
  'Inconvenience that an organizer''s meetings with with_email have cost participant_email, in points that halve every 90 '
  'days. Only of the organizer and of users who share their habits with the organizer; addresses in lower case.';
comment on column private.fairness_ledger.organizer_user_id is 'The organizer, who alone sees what the entry leads to.';
comment on column private.fairness_ledger.participant_email is 'The person who bore it.';
comment on column private.fairness_ledger.with_email is 'Another person of the same meetings.';
comment on column private.fairness_ledger.burden is 'Points at updated_at.';
comment on column private.fairness_ledger.meetings is 'Number of meetings in burden.';
comment on column private.fairness_ledger.updated_at is 'When burden was last computed.';

alter table private.fairness_ledger enable row level security;

create table private.noted_burdens (
  meeting_id text primary key references public.meetings (meeting_id) on delete cascade,
  organizer_user_id uuid not null references auth.users (id) on delete cascade,
  burdens jsonb not null,
  emails text[] not null,
  noted_at timestamptz not null default now()
);

comment on table private.noted_burdens is
  'Points that each meeting has added to the fairness ledger: they are subtracted when the meeting is cancelled or moved '
  'before it takes place.';
comment on column private.noted_burdens.meeting_id is 'The meeting.';
comment on column private.noted_burdens.organizer_user_id is 'The organizer of the meeting, whose entries hold it.';
comment on column private.noted_burdens.burdens is '{address: points} of those who bear some.';
comment on column private.noted_burdens.emails is 'Addresses of all who come.';
comment on column private.noted_burdens.noted_at is 'When it was added.';

alter table private.noted_burdens enable row level security;

create function private.faded(p_burden numeric, p_since timestamptz) returns numeric
language sql stable set search_path = ''
return p_burden * 0.5 ^ (greatest(extract(epoch from now() - p_since), 0) / (90 * 86400.0))::numeric;
comment on function private.faded is 'Points of p_burden that remain after the time since p_since: half after 90 days.';

create function private.burdens_of(p_organizer_user_id uuid, p_emails text[]) returns jsonb
language sql stable set search_path = '' as $$
with concerned as (
  select private.sharing_emails(p_emails, p_organizer_user_id, 'habits') as emails
)
select coalesce(jsonb_object_agg(carried.participant_email, carried.burden), '{}')
from (
  select
    l.participant_email,
    round(sum(private.faded(l.burden, l.updated_at)) / greatest(max(cardinality(c.emails)) - 1, 1), 1) as burden
  from private.fairness_ledger as l
  cross join concerned as c
  where l.organizer_user_id = p_organizer_user_id
    and l.participant_email = any (c.emails) and l.with_email = any (c.emails)
  group by l.participant_email
) as carried
where carried.burden > 0;
$$;
comment on function private.burdens_of is
  'What the organizer''s earlier meetings have cost each of these people, on average over the others: {email: points}. '
  'Only of those who share their habits with the organizer.';

create function private.costs_of(p_meeting public.meetings) returns table (burdens jsonb, emails text[])
language sql stable set search_path = '' as $$
with people as (
  select lower(p.value ->> 'email') as email, max(coalesce((p.value ->> 'burden')::numeric, 0)) as burden
  from jsonb_array_elements(p_meeting.candidates -> 0 -> 'participant_availability') as p
  where p.value ->> 'status' in ('free', 'tentative')
  group by 1
), coming as (
  select p.email, p.burden
  from people as p
  where p.email = any (private.sharing_emails(array(select q.email from people as q), p_meeting.organizer_user_id, 'habits'))
)
select jsonb_object_agg(c.email, c.burden) filter (where c.burden > 0), array_agg(c.email)
from coming as c
-- For more than 20 people the number of pairs would be large, and taking turns matters little.
where jsonb_array_length(p_meeting.candidates -> 0 -> 'participant_availability') between 2 and 20
$$;
comment on function private.costs_of is
  'Which of those who share their habits with the organizer come at the chosen slot, and what it costs them: {address: points} of those '
  'whom it costs any; nulls where that is unknown or not counted.';

create function private.return_burden(p_noted private.noted_burdens) returns void
language plpgsql set search_path = '' as $$
begin
  -- In the order of the key, so that two meetings of the same people do not deadlock.
  perform
  from private.fairness_ledger as l
  where l.organizer_user_id = p_noted.organizer_user_id and p_noted.burdens ? l.participant_email and l.with_email = any (p_noted.emails)
  order by l.participant_email, l.with_email
  for update;
  update private.fairness_ledger as l
  set burden = greatest(0, private.faded(l.burden, l.updated_at)
        - private.faded((p_noted.burdens ->> l.participant_email)::numeric, p_noted.noted_at)),
      meetings = l.meetings - 1,
      updated_at = now()
  where l.organizer_user_id = p_noted.organizer_user_id and p_noted.burdens ? l.participant_email and l.with_email = any (p_noted.emails);
  delete from private.fairness_ledger as l
  where l.organizer_user_id = p_noted.organizer_user_id and p_noted.burdens ? l.participant_email and l.with_email = any (p_noted.emails) and l.meetings <= 0;
  delete from private.noted_burdens as n where n.meeting_id = p_noted.meeting_id;
end $$;
comment on function private.return_burden is 'Subtracts the points of a meeting from the ledger.';

-- Security definer: the role that settles a write-back has no rights in this schema.
create function private.meetings_note_burden() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_noted private.noted_burdens;
  v_burdens jsonb;
  v_emails text[];
begin
  if new.writeback_status = 'created' and new.cancelled_at is null and new.organizer_user_id is not null
    and jsonb_typeof(new.candidates -> 0 -> 'participant_availability') = 'array' then
    select c.burdens, c.emails into v_burdens, v_emails from private.costs_of(new) as c;
  end if;
  select * into v_noted from private.noted_burdens as n where n.meeting_id = new.meeting_id for update;
  if found then
    if v_burdens = v_noted.burdens and v_noted.emails @> v_emails and v_emails @> v_noted.emails then
      return null;
    elsif old.ends_at <= clock_timestamp() then
      -- The meeting has taken place, so its points stay.
      return null;
    end if;
    perform private.return_burden(v_noted);
  end if;
  if v_burdens is null then
    return null;
  end if;
  insert into private.noted_burdens (meeting_id, organizer_user_id, burdens, emails)
  values (new.meeting_id, new.organizer_user_id, v_burdens, v_emails);
  insert into private.fairness_ledger as l (organizer_user_id, participant_email, with_email, burden, meetings)
  select new.organizer_user_id, mine.email, other.email, mine.burden::numeric, 1
  from jsonb_each_text(v_burdens) as mine (email, burden)
  join unnest(v_emails) as other (email) on other.email <> mine.email
  order by mine.email, other.email
  on conflict (organizer_user_id, participant_email, with_email) do update
    set burden = private.faded(l.burden, l.updated_at) + excluded.burden,
        meetings = l.meetings + 1,
        updated_at = now();
  return null;
exception
  -- An error here must not undo the settlement: the event exists on the calendar.
  when data_exception or deadlock_detected then
    raise log 'convene could not note the burden of %: %', new.meeting_id, sqlerrm;
    return null;
end $$;
comment on function private.meetings_note_burden is
  'Trigger: adds the inconvenience of a written meeting to the fairness ledger, and subtracts it when the meeting is '
  'cancelled or moved.';

create trigger meetings_note_burden
  after update on public.meetings
  for each row
  when (
    (new.writeback_status = 'created' or old.writeback_status = 'created')
    -- A slot that the caller gave has no candidates, so its cost is unknown.
    and (new.candidates <> '[]' or old.candidates <> '[]')
    -- Every choice of another slot sets scheduled_at.
    and (new.writeback_status, new.cancelled_at, new.starts_at, new.ends_at, new.scheduled_at)
      is distinct from
      (old.writeback_status, old.cancelled_at, old.starts_at, old.ends_at, old.scheduled_at)
  )
  execute function private.meetings_note_burden();

revoke all on private.fairness_ledger, private.noted_burdens from public, anon, authenticated, service_role;
revoke all on function
  private.faded,
  private.burdens_of,
  private.costs_of,
  private.return_burden,
  private.meetings_note_burden
from public, anon, authenticated, service_role;
