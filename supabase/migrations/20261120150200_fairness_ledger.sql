-- Somebody always gets the hour that suits the others. What that has cost whom, among the same people, is kept here, so
-- that the next inconvenient hour is another one's.
create table private.fairness_ledger (
  participant_email text not null,
  with_email text not null,
  burden numeric(8, 2) not null check (burden >= 0),
  meetings integer not null,
  updated_at timestamptz not null default now(),
  primary key (participant_email, with_email)
);

comment on table private.fairness_ledger is
  'Points that meetings with with_email have cost participant_email, half as much after 90 days. Addresses in lower case.';

alter table private.fairness_ledger enable row level security;
revoke all on private.fairness_ledger from public, anon, authenticated, service_role;
grant select, insert, update, delete on private.fairness_ledger to service_role;

create function private.faded(p_burden numeric, p_since timestamptz) returns numeric
language sql stable set search_path = ''
return p_burden * 0.5 ^ (greatest(extract(epoch from now() - p_since), 0) / (90 * 86400.0))::numeric;

-- What earlier meetings have cost each of these people, on average over the others: {email: points}.
create function private.burdens_of(p_emails text[]) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(jsonb_object_agg(carried.participant_email, carried.burden), '{}')
from (
  select
    l.participant_email,
    round(sum(private.faded(l.burden, l.updated_at)) / greatest(cardinality(p_emails) - 1, 1), 1) as burden
  from private.fairness_ledger as l
  where l.participant_email = any (p_emails) and l.with_email = any (p_emails)
  group by l.participant_email
) as carried
where carried.burden > 0;
$$;

-- Security definer: whoever settles a write-back has no rights in this schema.
create function private.meetings_note_burden() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_people jsonb := new.candidates -> 0 -> 'participant_availability';
begin
  -- Among more than 20 nobody remembers whose turn it was, and the pairs would be many.
  if jsonb_typeof(v_people) is distinct from 'array' or jsonb_array_length(v_people) not between 2 and 20 then
    return null;
  end if;
  -- In the order of the key, so that two meetings of the same people do not wait for each other in a circle.
  insert into private.fairness_ledger as l (participant_email, with_email, burden, meetings)
  select mine.email, other.email, mine.burden, 1
  from (
    select lower(p.value ->> 'email') as email, max(coalesce((p.value ->> 'burden')::numeric, 0)) as burden
    from jsonb_array_elements(v_people) as p
    where p.value ->> 'status' in ('free', 'tentative')
    group by 1
  ) as mine
  join (
    select distinct lower(p.value ->> 'email') as email
    from jsonb_array_elements(v_people) as p
    where p.value ->> 'status' in ('free', 'tentative')
  ) as other on other.email <> mine.email
  where mine.burden > 0
  order by mine.email, other.email
  on conflict (participant_email, with_email) do update
    set burden = private.faded(l.burden, l.updated_at) + excluded.burden,
        meetings = l.meetings + 1,
        updated_at = now();
  return null;
exception
  -- The event stands on the calendar; whose turn it is next time is worth less than saying so.
  when data_exception then
    raise log 'convene could not note the burden of %: %', new.meeting_id, sqlerrm;
    return null;
end $$;

create trigger meetings_note_burden
  after update of writeback_status on public.meetings
  for each row
  when (new.writeback_status = 'created' and old.writeback_status is distinct from 'created')
  execute function private.meetings_note_burden();

revoke all on function
  private.faded(numeric, timestamptz), private.burdens_of(text[]),
  private.meetings_note_burden()
from public, anon, authenticated, service_role;
grant execute on function
  private.faded(numeric, timestamptz), private.participant_emails(jsonb), private.burdens_of(text[])
to service_role;
