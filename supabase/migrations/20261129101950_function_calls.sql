-- Calling edge functions with pg_net: what the call needs, and the call itself.
do $$
begin
  -- Supabase installs the extensions in these schemas if they exist already.
  if to_regnamespace('net') is null then
    create extension if not exists pg_net with schema extensions;
    -- Its queue holds the key that wakes functions. Where the extension belongs to another role, as on Supabase, only
    -- that role could revoke.
    if exists (
      select from pg_class as c
      where c.oid = to_regclass('net.http_request_queue') and pg_has_role(c.relowner, 'usage')
    ) then
      revoke all on net.http_request_queue, net._http_response from public, anon, authenticated;
    end if;
  end if;
  if to_regnamespace('vault') is null then
    -- Its control file names the schema, which is then created with it; "with schema vault" demands that it exists.
    create extension if not exists supabase_vault;
  end if;
end $$;

-- Unlogged as the tables of pg_net: after a crash their ids begin again.
create unlogged table private.posted_wake_ups (
  request_id bigint primary key,
  wakes text not null,
  posted_at timestamptz not null default clock_timestamp()
);
comment on table private.posted_wake_ups is 'Recent requests of pg_net that are wake-ups, because pg_net also sends requests of other applications.';
comment on column private.posted_wake_ups.request_id is 'Id of the request and of its response in net._http_response.';
comment on column private.posted_wake_ups.wakes is 'Edge function and path, as in private.work_kinds.';
comment on column private.posted_wake_ups.posted_at is 'When it was posted.';
alter table private.posted_wake_ups enable row level security;
revoke all on private.posted_wake_ups from public, anon, authenticated, service_role;

create function private.vault_entries() returns table (name text, value text, what_to_do text)
language sql volatile security definer set search_path = '' as $$
select
  e.name,
  v.value,
  case
    when v.value is not null then null
    when s.id is null then format('select vault.create_secret(%L, %L);', e.example, e.name)
    else format('select vault.update_secret(%L, %L);', s.id, e.example)
  end
from (
  values
    ('convene_functions_url', 'https://<project ref>.supabase.co/functions/v1'),
    ('convene_automations_key', '<the secret key named automations>')
) as e (name, example)
left join vault.decrypted_secrets as s on s.name = e.name
cross join lateral (select nullif(btrim(s.decrypted_secret), '')) as v (value);
$$;
comment on function private.vault_entries() is
  'The Vault entries that wake-ups need. value: null if the entry is missing or empty; what_to_do is then the statement that stores it.';

create function private.can_wake() returns boolean
language sql volatile security definer set search_path = '' as $$
select not exists (select from private.vault_entries() as e where e.value is null);
$$;
comment on function private.can_wake() is 'Whether functions can be called at all: false while a Vault entry is missing or empty.';

create function private.post_wake_up(p_function text, p_body jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_entries jsonb;
  v_missing text;
begin
  select jsonb_object_agg(e.name, e.value), string_agg(e.what_to_do, ' ') into v_entries, v_missing from private.vault_entries() as e;
  if v_missing is not null then
    raise exception 'the functions cannot be called: Vault entries are missing or empty' using errcode = '55000', hint = v_missing;
  end if;
  insert into private.posted_wake_ups as p (request_id, wakes)
  select
    net.http_post(
      url := (v_entries ->> 'convene_functions_url') || '/' || p_function,
      body := p_body,
      headers := jsonb_build_object('Content-Type', 'application/json', 'apikey', v_entries ->> 'convene_automations_key'),
      timeout_milliseconds := 5000),
    p_function
  on conflict (request_id) do update set wakes = excluded.wakes, posted_at = excluded.posted_at;
end $$;
comment on function private.post_wake_up(text, jsonb) is
  'Posts p_body to an edge function with pg_net. Raises 55000 while the Vault entries convene_functions_url and '
  'convene_automations_key are missing or empty; the hint is what to execute.';

create function private.wake(p_function text, p_body jsonb) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform private.post_wake_up(p_function, p_body);
exception
  -- An error of the wake-up must not fail the statement that caused it.
  when others then
    raise log 'convene could not wake %: %', p_function, sqlerrm;
end $$;
comment on function private.wake(text, jsonb) is
  'private.post_wake_up for triggers: what keeps it from being posted is logged and never fails the statement that calls it.';

revoke all on function
  private.vault_entries,
  private.can_wake,
  private.post_wake_up,
  private.wake
from public, anon, authenticated, service_role;
