-- The id of the request in which a function of the API is called. Edge functions send it with every call.
create function private.request_id() returns uuid
language sql stable set search_path = '' as $$
select substring(
  nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-convene-request-id'
  from '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')::uuid;
$$;
comment on function private.request_id() is
  'Id of the request to an edge function that this transaction is a part of; null outside of one (PostgREST sets request.headers).';

revoke all on function private.request_id() from public, anon, authenticated, service_role;
