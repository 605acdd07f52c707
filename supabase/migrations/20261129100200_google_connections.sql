create table private.google_connections (
  user_id uuid primary key references auth.users (id) on delete cascade,
  google_account_id text not null,
  email text not null,
  email_verified boolean not null default false,
  hosted_domain text check (hosted_domain = lower(hosted_domain)),
  status text not null check (status in ('healthy', 'needs_reauth')),
  status_reason text,
  granted_scopes text[] not null,
  refresh_token_encrypted text not null,
  access_token_encrypted text,
  access_token_expires_at timestamptz,
  paused_until timestamptz,
  writes_paused_until timestamptz,
  connected_at timestamptz not null default now(),
  last_refreshed_at timestamptz,
  updated_at timestamptz not null default now(),
  constraint google_connections_reason_when_broken
    check ((status = 'healthy') = (status_reason is null))
);

comment on table private.google_connections is
  'The Google account of a user, one row a user. Tokens are encrypted by the edge functions.';
comment on column private.google_connections.user_id is 'The user who connected the account.';
comment on column private.google_connections.google_account_id is
  'Google''s stable id of the account (sub); its e-mail address may change.';
comment on column private.google_connections.email is
  'Address of the account, which is also the id of its primary calendar.';
comment on column private.google_connections.email_verified is
  'Whether Google says that the address is verified (claim email_verified); only then it stands for a person.';
comment on column private.google_connections.hosted_domain is
  'Domain of the account''s Google Workspace organization (Google''s claim hd), in lower case; null where there is none.';
comment on column private.google_connections.status is
  'healthy, or needs_reauth: Google refuses the grant until the user connects again.';
comment on column private.google_connections.status_reason is
  'Why the user has to connect again: invalid_grant, insufficient_permissions, invalid_credentials or token_unreadable; '
  'null while healthy.';
comment on column private.google_connections.granted_scopes is 'OAuth scopes that the user granted.';
comment on column private.google_connections.refresh_token_encrypted is
  'Refresh token, AES-256-GCM, bound to user_id and column; the text before the second dot names format and key.';
comment on column private.google_connections.access_token_encrypted is
  'Access token, encrypted in the same way; null when none is cached.';
comment on column private.google_connections.access_token_expires_at is
  'When Google stops accepting the access token, by the clock of the function that fetched it.';
comment on column private.google_connections.paused_until is
  'Google asked this account, or the whole project, to slow down: nothing is sent for the user before this time.';
comment on column private.google_connections.writes_paused_until is
  'After an invitation limit (quotaExceeded): nothing is written for the user before this time; reads are not paused.';
comment on column private.google_connections.connected_at is 'When the user last gave consent.';
comment on column private.google_connections.last_refreshed_at is
  'When an access token was last refreshed; null since the last consent.';
comment on column private.google_connections.updated_at is 'When the row last changed.';

create index idx_google_connections_account on private.google_connections (google_account_id);
create index idx_google_connections_email on private.google_connections (lower(email));

-- No policies: only the service role, which bypasses row level security, reads or writes these rows.
alter table private.google_connections enable row level security;

create table private.google_authorizations (
  state_hash text primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  code_verifier_encrypted text not null,
  return_url text not null check (length(return_url) <= 2048),
  expires_at timestamptz not null,
  one_time_code_hash text unique,
  google_code_encrypted text,
  constraint google_authorizations_codes_come_together
    check ((one_time_code_hash is null) = (google_code_encrypted is null))
);

comment on table private.google_authorizations is
  'Google consents in progress: inserted by initiate, completed by callback, deleted by complete or one day after '
  'they expired.';
comment on column private.google_authorizations.state_hash is
  'SHA-256 of the OAuth state; the state itself is not stored.';
comment on column private.google_authorizations.user_id is 'The user who started the consent.';
comment on column private.google_authorizations.code_verifier_encrypted is
  'PKCE verifier, encrypted and bound to user_id and column.';
comment on column private.google_authorizations.return_url is
  'Where callback redirects the browser; checked against the allow-list again at that time.';
comment on column private.google_authorizations.expires_at is
  'Ten minutes for the consent page, then ten more to finish.';
comment on column private.google_authorizations.one_time_code_hash is
  'SHA-256 of the code with which only the user who started can finish; null before callback.';
comment on column private.google_authorizations.google_code_encrypted is
  'Google''s authorization code, encrypted and bound to user_id and column; exchanged by complete only.';

create index idx_google_authorizations_user on private.google_authorizations (user_id);

alter table private.google_authorizations enable row level security;

create function public.begin_google_authorization(
  p_user_id uuid,
  p_state_hash text,
  p_code_verifier_encrypted text,
  p_return_url text
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_open_until timestamptz[];
begin
  delete from private.google_authorizations as a where a.expires_at < now() - interval '1 day';
  -- Two requests of one user would not see each other's rows.
  perform pg_advisory_xact_lock(hashtextextended('convene.open_authorizations.' || p_user_id, 0));
  v_open_until := array(
    select a.expires_at from private.google_authorizations as a
    where a.user_id = p_user_id and a.expires_at > clock_timestamp() order by a.expires_at);
  if cardinality(v_open_until) >= private.setting('open_authorizations') then
    return jsonb_build_object(
      'limit', 'open_authorizations', 'allowed', private.setting('open_authorizations'),
      'retry_after_seconds', ceil(extract(epoch from v_open_until[1] - clock_timestamp())));
  end if;
  insert into private.google_authorizations
    (state_hash, user_id, code_verifier_encrypted, return_url, expires_at)
  values
    (p_state_hash, p_user_id, p_code_verifier_encrypted, p_return_url, now() + interval '10 minutes');
  return null;
end $$;
comment on function public.begin_google_authorization is
  'Stores that a user starts Google''s consent; or returns {limit, allowed, retry_after_seconds}: the user has too many open ones. '
  'Also deletes consents that expired more than a day ago.';

create function public.find_google_authorization(p_state_hash text)
returns table (user_id uuid, return_url text)
language sql stable set search_path = '' as $$
  select a.user_id, a.return_url
    from private.google_authorizations a
   where a.state_hash = p_state_hash
     and a.one_time_code_hash is null
     and a.expires_at > now();
$$;
comment on function public.find_google_authorization is
  'User and return URL of the consent with this state. No row when the state is unknown, expired or already has a code.';

create function public.receive_google_code(
  p_state_hash text,
  p_one_time_code_hash text,
  p_google_code_encrypted text
) returns boolean
language plpgsql set search_path = '' as $$
begin
  update private.google_authorizations a
     set one_time_code_hash = p_one_time_code_hash,
         google_code_encrypted = p_google_code_encrypted,
         expires_at = now() + interval '10 minutes'
   where a.state_hash = p_state_hash
     and a.one_time_code_hash is null
     and a.expires_at > now();
  return found;
end $$;
comment on function public.receive_google_code is
  'Stores the authorization code that Google sent for a state. False when the state is unknown, expired or used.';

create function public.use_google_authorization(p_one_time_code_hash text, p_user_id uuid)
returns table (code_verifier_encrypted text, google_code_encrypted text)
language sql set search_path = '' as $$
  with used as (
    delete from private.google_authorizations a
     where a.one_time_code_hash = p_one_time_code_hash
    returning a.user_id, a.expires_at, a.code_verifier_encrypted, a.google_code_encrypted
  )
  select u.code_verifier_encrypted, u.google_code_encrypted
    from used u
   where u.user_id = p_user_id
     and u.expires_at > now();
$$;
comment on function public.use_google_authorization is
  'Consumes a one-time code and returns verifier and authorization code. A row for the user who started only; an '
  'attempt by another user consumes the code as well.';

create function public.connect_google(
  p_user_id uuid,
  p_google_account_id text,
  p_email text,
  p_email_verified boolean,
  p_hosted_domain text,
  p_status text,
  p_status_reason text,
  p_granted_scopes text[],
  p_refresh_token_encrypted text,
  p_access_token_encrypted text,
  p_access_token_expires_at timestamptz
) returns jsonb
language sql set search_path = '' as $$
  insert into private.google_connections as c (
    user_id, google_account_id, email, email_verified, hosted_domain, status, status_reason, granted_scopes,
    refresh_token_encrypted, access_token_encrypted, access_token_expires_at
  )
  values (
    p_user_id, p_google_account_id, p_email, coalesce(p_email_verified, false), lower(p_hosted_domain), p_status, p_status_reason, p_granted_scopes,
    p_refresh_token_encrypted, p_access_token_encrypted, p_access_token_expires_at
  )
  on conflict (user_id) do update
    set google_account_id = excluded.google_account_id,
        email = excluded.email,
        email_verified = excluded.email_verified,
        hosted_domain = excluded.hosted_domain,
        status = excluded.status,
        status_reason = excluded.status_reason,
        granted_scopes = excluded.granted_scopes,
        refresh_token_encrypted = excluded.refresh_token_encrypted,
        access_token_encrypted = excluded.access_token_encrypted,
        access_token_expires_at = excluded.access_token_expires_at,
        -- A pause belongs to the Google account, so it stays unless another account is connected.
        paused_until = case
          when c.google_account_id = excluded.google_account_id then c.paused_until
        end,
        writes_paused_until = case
          when c.google_account_id = excluded.google_account_id then c.writes_paused_until
        end,
        connected_at = now(),
        last_refreshed_at = null,
        updated_at = now()
  returning jsonb_build_object('paused_until', c.paused_until, 'writes_paused_until', c.writes_paused_until);
$$;
comment on function public.connect_google is
  'Stores a user''s grant and replaces an earlier one. Returns the pauses of the account: {paused_until, writes_paused_until}.';

create function public.read_google_connection(p_user_id uuid)
returns table (
  user_id uuid,
  google_account_id text,
  email text,
  status text,
  status_reason text,
  granted_scopes text[],
  refresh_token_encrypted text,
  access_token_encrypted text,
  access_token_expires_at timestamptz,
  paused_until timestamptz,
  writes_paused_until timestamptz
)
language sql stable set search_path = '' as $$
  select c.user_id, c.google_account_id, c.email, c.status, c.status_reason, c.granted_scopes,
         c.refresh_token_encrypted, c.access_token_encrypted, c.access_token_expires_at,
         c.paused_until, c.writes_paused_until
    from private.google_connections c
   where c.user_id = p_user_id;
$$;
comment on function public.read_google_connection is
  'A user''s Google connection with its encrypted tokens; no row when there is none.';

-- The next two functions are fenced by the refresh token that the caller used: after the user has connected again, a
-- late response about the old grant changes nothing.
create function public.save_google_access_token(
  p_user_id uuid,
  p_refresh_token_encrypted text,
  p_access_token_encrypted text,
  p_access_token_expires_at timestamptz,
  p_new_refresh_token_encrypted text default null,
  p_email text default null,
  p_email_verified boolean default null,
  p_hosted_domain text default null
) returns boolean
language plpgsql set search_path = '' as $$
begin
  update private.google_connections c
     set access_token_encrypted = p_access_token_encrypted,
         access_token_expires_at = p_access_token_expires_at,
         refresh_token_encrypted =
           coalesce(p_new_refresh_token_encrypted, c.refresh_token_encrypted),
         email = coalesce(p_email, c.email),
         email_verified = case when p_email is null then c.email_verified else coalesce(p_email_verified, false) end,
         hosted_domain = case when p_email is null then c.hosted_domain else lower(p_hosted_domain) end,
         -- Google gave an access token, so the refresh token could be opened.
         status = case when c.status_reason = 'token_unreadable' then 'healthy' else c.status end,
         status_reason = nullif(c.status_reason, 'token_unreadable'),
         last_refreshed_at = now(),
         updated_at = now()
   where c.user_id = p_user_id
     and c.refresh_token_encrypted = p_refresh_token_encrypted;
  return found;
end $$;
comment on function public.save_google_access_token is
  'Stores a refreshed access token, after a change of keys the refresh token encrypted with the new key, and the claims '
  'about the account that came with it (p_email null: none came). Ends token_unreadable. False '
  'when the user has connected again since p_refresh_token_encrypted was read.';

create function public.mark_google_needs_reauth(
  p_user_id uuid,
  p_refresh_token_encrypted text,
  p_reason text
) returns boolean
language plpgsql set search_path = '' as $$
begin
  update private.google_connections c
     set status = 'needs_reauth',
         status_reason = p_reason,
         access_token_encrypted = null,
         access_token_expires_at = null,
         updated_at = now()
   where c.user_id = p_user_id
     and c.refresh_token_encrypted = p_refresh_token_encrypted;
  return found;
end $$;
comment on function public.mark_google_needs_reauth is
  'Stores that Google refuses this grant until the user connects again. False when the user already did.';

create function public.pause_google_connection(p_user_id uuid, p_until timestamptz, p_writes_only boolean default false) returns void
language sql set search_path = '' as $$
  update private.google_connections c
     set paused_until = case when p_writes_only then c.paused_until else greatest(c.paused_until, p_until) end,
         writes_paused_until = case when p_writes_only then greatest(c.writes_paused_until, p_until) else c.writes_paused_until end,
         updated_at = now()
   where c.user_id = p_user_id;
$$;
comment on function public.pause_google_connection is
  'Google asked this user to slow down until p_until, or (p_writes_only) limited the user''s writes; of two pauses the longer one holds.';

create function public.pause_all_google_connections(p_until timestamptz) returns void
language sql set search_path = '' as $$
  -- Locked in one order: workers that receive this error at the same time must not deadlock.
  with paused as (
    select c.user_id
      from private.google_connections c
     where c.paused_until is null or c.paused_until < p_until
     order by c.user_id
       for update
  )
  update private.google_connections c
     set paused_until = p_until,
         updated_at = now()
    from paused
   where c.user_id = paused.user_id;
$$;
comment on function public.pause_all_google_connections is
  'Google''s limit for the whole project is reached: nothing is sent for any user before p_until; longer pauses stay.';

create function public.forget_google_connection(p_user_id uuid)
returns table (refresh_token_encrypted text, account_used_by_others boolean)
language sql set search_path = '' as $$
  delete from private.google_authorizations a where a.user_id = p_user_id;
  delete from private.google_connections c
   where c.user_id = p_user_id
  returning
    c.refresh_token_encrypted,
    exists (
      select from private.google_connections other
       where other.google_account_id = c.google_account_id
         and other.user_id <> c.user_id
    );
$$;
comment on function public.forget_google_connection is
  'Deletes a user''s connection and returns its refresh token for revocation. Revoking ends the grant of every user '
  'who connected the same Google account (account_used_by_others).';

create function private.account_email(p_user_id uuid) returns text
language sql stable set search_path = '' as $$
select lower(c.email) from private.google_connections as c where c.user_id = p_user_id;
$$;
comment on function private.account_email(uuid) is
  'Address of the Google account that a user has connected, in lower case; null without one. On a secondary calendar Google marks the guest with this '
  'address neither as organizer nor as self.';

create function private.unverified_email(p_user_id uuid) returns text
language sql stable set search_path = '' as $$
select lower(c.email) from private.google_connections as c where c.user_id = p_user_id and not c.email_verified;
$$;
comment on function private.unverified_email(uuid) is
  'The address of a user''s Google account, in lower case, if Google has not verified it: it may be another person''s. Null otherwise.';

revoke all on private.google_connections, private.google_authorizations from public, anon, authenticated, service_role;
revoke all on function
  public.begin_google_authorization,
  public.find_google_authorization,
  public.receive_google_code,
  public.use_google_authorization,
  public.connect_google,
  public.read_google_connection,
  public.save_google_access_token,
  public.mark_google_needs_reauth,
  public.pause_google_connection,
  public.pause_all_google_connections,
  public.forget_google_connection,
  private.account_email(uuid),
  private.unverified_email(uuid)
from public, anon, authenticated, service_role;
