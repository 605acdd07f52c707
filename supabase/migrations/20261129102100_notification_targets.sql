-- Addresses that receive notifications about meetings and connections.
create table public.notification_targets (
  target_id uuid primary key default gen_random_uuid(),
  owner_user_id uuid default auth.uid() references auth.users (id) on delete cascade,
  kind text not null check (kind in ('webhook', 'slack', 'teams', 'email')),
  address text check (length(address) between 3 and 2048),
  signing_secret text,
  events text[] not null default '{created,failed,cancelled,given_up,needs_reauth,moved,cancelled_in_google,conflict,proposed}'
    check (events <@ array[
      'created', 'failed', 'cancelled', 'given_up', 'needs_reauth',
      'replied', 'moved', 'rescheduled', 'cancelled_in_google', 'conflict', 'proposed'
    ]),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint notification_targets_address_by_kind check (
    case kind
      when 'email' then address is null or address ~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$'
      else address is not null and address ~* '^https?://[^[:space:]]+$'
    end
  ),
  -- The secret itself is kept where no client can read it.
  constraint notification_targets_secret_is_write_only check (signing_secret is null)
);

comment on table public.notification_targets is
  'Addresses that are notified when a meeting becomes created, failed or cancelled, when its change or cancellation is '
  'given up, when its time meets a conflict or another time is proposed, or when a user has to connect Google again.';
comment on column public.notification_targets.target_id is 'Id of the target.';
comment on column public.notification_targets.owner_user_id is
  'The user whose meetings are notified; null: those of all users (only a secret key can insert such a target).';
comment on column public.notification_targets.kind is
  'webhook (signed, Standard Webhooks), slack (incoming webhook), teams (Workflows webhook) or email.';
comment on column public.notification_targets.address is
  'An https URL; for email an address, or null: the organizer of the meeting.';
comment on column public.notification_targets.signing_secret is
  'Write-only, for kind webhook: whsec_ and the base64 of 24 to 64 random bytes. Always null when read.';
comment on column public.notification_targets.events is
  'Event types to deliver: any of created, failed, cancelled, given_up, needs_reauth, replied, moved, rescheduled, '
  'cancelled_in_google, conflict, proposed. The default leaves out replied and rescheduled.';
comment on column public.notification_targets.enabled is 'Whether notifications are delivered.';
comment on column public.notification_targets.created_at is 'When the row was inserted.';
comment on column public.notification_targets.updated_at is 'When the row last changed.';

create index idx_notification_targets_owner on public.notification_targets (owner_user_id);

alter table public.notification_targets enable row level security;

-- With mail to any address Convene would be an open relay, so users can choose only the organizer.
create policy "owners read their targets" on public.notification_targets
  for select to authenticated using (owner_user_id = (select auth.uid()));

create policy "owners insert their targets" on public.notification_targets
  for insert to authenticated
  with check (owner_user_id = (select auth.uid()) and (kind <> 'email' or address is null));

create policy "owners change their targets" on public.notification_targets
  for update to authenticated
  using (owner_user_id = (select auth.uid()))
  with check (owner_user_id = (select auth.uid()) and (kind <> 'email' or address is null));

create policy "owners delete their targets" on public.notification_targets
  for delete to authenticated using (owner_user_id = (select auth.uid()));

create table private.notification_secrets (
  -- Deferred: a BEFORE trigger stores the secret before the row of its target exists.
  target_id uuid primary key references public.notification_targets (target_id)
    on delete cascade deferrable initially deferred,
  signing_secret text not null
);

comment on table private.notification_secrets is 'Signing secrets of webhooks. Write-only for users.';
comment on column private.notification_secrets.target_id is 'The target.';
comment on column private.notification_secrets.signing_secret is 'whsec_ and the base64 of 24 to 64 random bytes.';

alter table private.notification_secrets enable row level security;

create function private.is_signing_secret(p_secret text) returns boolean
language plpgsql immutable set search_path = '' as $$
begin
  return p_secret ~ '^whsec_[A-Za-z0-9+/]+={0,2}$' and octet_length(decode(substr(p_secret, 7), 'base64')) between 24 and 64;
exception
  when invalid_parameter_value then
    return false;
end $$;
comment on function private.is_signing_secret is 'Whether a text is whsec_ and the base64 of 24 to 64 bytes.';

-- Security definer: the role that writes a target has no rights in this schema.
create function private.notification_targets_keep_secret() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.updated_at := now();
  if new.signing_secret is not null then
    if new.kind <> 'webhook' then
      raise exception 'Only a webhook is signed' using errcode = '22023', hint = 'Leave signing_secret out.';
    elsif not private.is_signing_secret(new.signing_secret) then
      raise exception 'signing_secret is not a signing secret'
        using errcode = '22023', hint = 'Send whsec_ and the base64 of 24 to 64 random bytes.';
    end if;
    insert into private.notification_secrets as s (target_id, signing_secret)
    values (new.target_id, new.signing_secret)
    on conflict (target_id) do update set signing_secret = excluded.signing_secret;
    new.signing_secret := null;
  elsif tg_op = 'INSERT' and new.kind = 'webhook' then
    raise exception 'A webhook needs a signing_secret'
      using errcode = '22023', hint = 'Send whsec_ and the base64 of 24 to 64 random bytes.';
  end if;
  return new;
end $$;
comment on function private.notification_targets_keep_secret is
  'Trigger: moves the signing secret of a target to private.notification_secrets and refuses a webhook without one.';

create trigger notification_targets_keep_secret
  before insert or update on public.notification_targets
  for each row execute function private.notification_targets_keep_secret();

revoke all on public.notification_targets, private.notification_secrets from public, anon, authenticated, service_role;
revoke all on function
  private.is_signing_secret,
  private.notification_targets_keep_secret
from public, anon, authenticated, service_role;
