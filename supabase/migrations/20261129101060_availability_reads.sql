-- Who has used whose connection: what a permission was used for is shown to the user who gave it.
create table public.availability_reads (
  read_id bigint generated always as identity primary key,
  owner_user_id uuid not null references auth.users (id) on delete cascade,
  reader_email text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  read_at timestamptz not null default now()
);

comment on table public.availability_reads is
  'Searches of other organizers that read a user''s busy time with the user''s own connection; the user reads them.';
comment on column public.availability_reads.read_id is 'Number of the read.';
comment on column public.availability_reads.owner_user_id is 'The user whose busy time was read.';
comment on column public.availability_reads.reader_email is 'The organizer: address of the connected Google account, or else of the user.';
comment on column public.availability_reads.window_start is 'Start of the time whose busy intervals were read.';
comment on column public.availability_reads.window_end is 'End of that time.';
comment on column public.availability_reads.read_at is 'When it was read.';

create index idx_availability_reads_owner on public.availability_reads (owner_user_id, read_at desc);
create index idx_availability_reads_age on public.availability_reads (read_at);

alter table public.availability_reads enable row level security;

create policy "owners read who read their availability" on public.availability_reads
  for select to authenticated using (owner_user_id = (select auth.uid()));

-- Security definer: the functions do not read auth.users.
create function private.note_availability_reads(p_read jsonb, p_from timestamptz, p_to timestamptz) returns void
language sql volatile security definer set search_path = '' as $$
insert into public.availability_reads (owner_user_id, reader_email, window_start, window_end)
select o.id::uuid, coalesce(c.email, u.email), p_from, p_to
from jsonb_array_elements_text(p_read -> 'owner_user_ids') as o (id)
join auth.users as u on u.id = (p_read ->> 'organizer_user_id')::uuid
left join private.google_connections as c on c.user_id = u.id
where exists (select from auth.users as owner where owner.id = o.id::uuid)
order by o.id;
$$;
comment on function private.note_availability_reads is
  'Stores that an organizer reads the busy time of users with their own connections. p_read: {organizer_user_id, '
  'owner_user_ids}, or null: no such connection is used.';

create function private.forget_availability_reads() returns void
language sql volatile security definer set search_path = '' as $$
delete from public.availability_reads as r
where r.read_id in (
  select o.read_id
  from public.availability_reads as o
  where o.read_at < now() - make_interval(days => private.setting('availability_read_days')::integer)
  order by o.read_at
  limit 10000
);
$$;
comment on function private.forget_availability_reads() is
  'Deletes what is older than availability_read_days, at most ten thousand rows.';

revoke all on public.availability_reads from public, anon, authenticated, service_role;
revoke all on sequence public.availability_reads_read_id_seq from public, anon, authenticated, service_role;
revoke all on function private.note_availability_reads, private.forget_availability_reads
from public, anon, authenticated, service_role;
