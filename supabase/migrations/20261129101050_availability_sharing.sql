-- Whose Google connection may be used for whom. A user's own connection answers for that user; for another organizer only
-- after the user has allowed it here. Everyone else is read through the organizer's connection, where Google decides.
create table public.availability_sharing (
  id uuid primary key default gen_random_uuid(),
  owner_user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  grantee_kind text not null check (grantee_kind in ('person', 'domain', 'everybody')),
  grantee text,
  level text not null default 'busy' check (level in ('busy', 'habits')),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  constraint availability_sharing_one_row_a_grantee unique nulls not distinct (owner_user_id, grantee_kind, grantee),
  constraint availability_sharing_grantee
    check ((grantee_kind = 'everybody') = (grantee is null) and grantee = lower(grantee) and length(grantee) <= 254)
);

comment on table public.availability_sharing is
  'Which organizers may use a user''s own Google connection to see when that user is busy, or to learn their habits. '
  'Without a row no other user may.';
comment on column public.availability_sharing.id is 'Id of the permission.';
comment on column public.availability_sharing.owner_user_id is 'The user whose calendar it is about.';
comment on column public.availability_sharing.grantee_kind is
  'person: one address; domain: a Google Workspace organization, by Google''s claim hd, never by the end of an address; everybody.';
comment on column public.availability_sharing.grantee is 'The address or the domain, in lower case; null for everybody.';
comment on column public.availability_sharing.level is
  'busy: when the user is busy. habits: also what a year of events shows of the user''s habits, and fairness. Of several rows the highest level holds.';
comment on column public.availability_sharing.created_at is 'When the permission was given.';
comment on column public.availability_sharing.expires_at is 'When it ends; null: not before it is deleted.';

alter table public.availability_sharing enable row level security;

create policy "owners read their sharing" on public.availability_sharing
  for select to authenticated using (owner_user_id = (select auth.uid()));

create policy "owners insert their sharing" on public.availability_sharing
  for insert to authenticated with check (owner_user_id = (select auth.uid()));

create policy "owners change their sharing" on public.availability_sharing
  for update to authenticated
  using (owner_user_id = (select auth.uid()))
  with check (owner_user_id = (select auth.uid()));

create policy "owners delete their sharing" on public.availability_sharing
  for delete to authenticated using (owner_user_id = (select auth.uid()));

-- Security definer: users who insert over REST have no rights in schema private.
create function private.sharing_check() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.grantee := lower(btrim(new.grantee));
  -- A grantee is text and is matched when an organizer asks: a refusal of unknown addresses would tell who is a user.
  if new.grantee_kind = 'person' and not private.is_email(new.grantee) then
    raise exception 'The grantee of a person is an e-mail address' using errcode = '22023';
  elsif new.grantee_kind = 'domain' and (
    length(new.grantee) > 253
    or new.grantee !~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'
  ) then
    raise exception 'The grantee of a domain is a domain, e.g. north.example' using errcode = '22023';
  end if;
  return new;
end $$;
comment on function private.sharing_check() is 'Trigger: a grantee is stored in lower case, and is an address or a domain.';

create trigger sharing_check
  before insert or update on public.availability_sharing
  for each row
  execute function private.sharing_check();

create function private.is_grantee(p_sharing public.availability_sharing, p_organizer private.google_connections) returns boolean
language sql stable set search_path = '' as $$
select (p_sharing.expires_at is null or p_sharing.expires_at > now())
  and case p_sharing.grantee_kind
    when 'everybody' then true
    when 'person' then p_organizer.email_verified and p_sharing.grantee = lower(p_organizer.email)
    else p_sharing.grantee = p_organizer.hosted_domain
  end;
$$;
comment on function private.is_grantee(public.availability_sharing, private.google_connections) is
  'Whether a permission holds now for an organizer (all null: without a connection).';

create function private.sharing_users(p_emails text[], p_organizer_user_id uuid) returns table (user_id uuid, level text)
language sql stable set search_path = '' as $$
select c.user_id, case when c.user_id = p_organizer_user_id then 'habits' else allowed.level end
from private.google_connections as c
left join private.google_connections as o on o.user_id = p_organizer_user_id
cross join lateral (
  select case when bool_or(s.level = 'habits') then 'habits' when count(*) > 0 then 'busy' end as level
  from public.availability_sharing as s
  where s.owner_user_id = c.user_id
    and private.is_grantee(s, o)
) as allowed
where c.user_id = p_organizer_user_id
  -- A user who may not own the address does not answer for the person who does.
  or (lower(c.email) = any (p_emails) and c.email_verified and allowed.level is not null);
$$;
comment on function private.sharing_users(text[], uuid) is
  'Whose own connection an organizer may use, and for what: level is busy, or habits (which includes busy). The organizer, and of the users '
  'with these verified addresses (lower case) those who share with the organizer. Every use of a connection for another user asks here, once for all '
  'people: otherwise the number of calls would tell which addresses belong to users.';

create function private.sharing_organizers(p_user_id uuid) returns setof uuid
language sql stable set search_path = '' as $$
select o.user_id
from (
  -- Permissions and connections are many, so each kind is joined by what it names.
  select s as sharing, o.user_id
  from public.availability_sharing as s
  join private.google_connections as o on lower(o.email) = s.grantee
  where s.owner_user_id = p_user_id and s.grantee_kind = 'person'
  union all
  select s, o.user_id
  from public.availability_sharing as s
  join private.google_connections as o on o.hosted_domain = s.grantee
  where s.owner_user_id = p_user_id and s.grantee_kind = 'domain'
  union all
  select s, o.user_id
  from public.availability_sharing as s
  cross join private.google_connections as o
  where s.owner_user_id = p_user_id and s.grantee_kind = 'everybody'
) as named
join private.google_connections as o on o.user_id = named.user_id
where o.user_id <> p_user_id and private.is_grantee(named.sharing, o)
  and exists (select from private.google_connections as c where c.user_id = p_user_id and c.email_verified)
group by o.user_id;
$$;
comment on function private.sharing_organizers(uuid) is
  'The other organizers who may see when a user is busy: private.sharing_users the other way round.';

create function private.sharing_emails(p_emails text[], p_organizer_user_id uuid, p_level text default 'busy') returns text[]
language sql stable set search_path = '' as $$
select coalesce(array_agg(distinct lower(c.email)), '{}')
from private.sharing_users(p_emails, p_organizer_user_id) as sharing
join private.google_connections as c on c.user_id = sharing.user_id
where lower(c.email) = any (p_emails) and c.email_verified and sharing.level in ('habits', p_level);
$$;
comment on function private.sharing_emails(text[], uuid, text) is
  'Those of these addresses (lower case) that belong, verified, to the organizer or to users who share with the organizer, at p_level or a higher one.';

create function public.allow_availability(
  p_user_id uuid, p_grantee_kind text, p_grantee text, p_level text, p_expires_at timestamptz default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_row public.availability_sharing;
begin
  insert into public.availability_sharing as s (owner_user_id, grantee_kind, grantee, level, expires_at)
  values (p_user_id, p_grantee_kind, p_grantee, p_level, p_expires_at)
  on conflict on constraint availability_sharing_one_row_a_grantee do update
  set level = excluded.level, expires_at = excluded.expires_at
  returning s.* into strict v_row;
  return to_jsonb(v_row);
exception
  when sqlstate 'PT429' then
    return jsonb_build_object('limit', 'availability_permissions', 'allowed', private.setting('availability_permissions'));
end $$;
comment on function public.allow_availability(uuid, text, text, text, timestamptz) is
  'Gives a permission, or changes the one that the grantee has; returns the row, or {limit, allowed}: the user has given too many.';

create function public.revoke_availability(p_user_id uuid, p_id uuid) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  delete from public.availability_sharing as s where s.owner_user_id = p_user_id and s.id = p_id;
  return found;
end $$;
comment on function public.revoke_availability(uuid, uuid) is 'Takes a permission back. False when the user has none with this id.';

create function public.list_availability_sharing(p_user_id uuid) returns setof public.availability_sharing
language sql stable set search_path = '' as $$
select s.* from public.availability_sharing as s where s.owner_user_id = p_user_id order by s.created_at, s.id;
$$;
comment on function public.list_availability_sharing(uuid) is 'The permissions that a user has given, also those that have ended.';

revoke all on public.availability_sharing from public, anon, authenticated, service_role;
revoke all on function
  private.sharing_check,
  private.is_grantee,
  private.sharing_users,
  private.sharing_organizers,
  private.sharing_emails,
  public.allow_availability,
  public.revoke_availability,
  public.list_availability_sharing
from public, anon, authenticated, service_role;
