-- Replaces pg_net where the extension cannot be created. Signatures, defaults, unlogged tables
-- and privileges follow pg_net 0.20; local/background/net_worker.ts plays its background worker.
create schema net;

create domain net.http_method as text
  check (value ilike 'get' or value ilike 'post' or value ilike 'delete');

create unlogged table net.http_request_queue (
  id bigserial,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds int not null
);

create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out bool,
  error_msg text,
  created timestamptz not null default now()
);
create index on net._http_response (created);

-- Percent-encodes everything but RFC 3986's unreserved characters, byte by byte.
create function net._urlencode_string(string varchar) returns text
language sql immutable as $$
  select coalesce(pg_catalog.string_agg(
    case
      when v_byte between 48 and 57 or v_byte between 65 and 90 or v_byte between 97 and 122
        or v_byte in (45, 46, 95, 126)
      then pg_catalog.chr(v_byte)
      else '%' || pg_catalog.upper(pg_catalog.lpad(pg_catalog.to_hex(v_byte), 2, '0'))
    end, '' order by v_position), '')
  from (
    select v_position, pg_catalog.get_byte(v_bytes, v_position) as v_byte
    from (select pg_catalog.convert_to(string, 'UTF8') as v_bytes) as source,
      lateral pg_catalog.generate_series(0, pg_catalog.length(v_bytes) - 1) as v_position
  ) as bytes
$$;

create function net._url_with_params(url text, params jsonb) returns text
language sql immutable as $$
  select case
    when v_query is null then url
    else url || case when pg_catalog.strpos(url, '?') > 0 then '&' else '?' end || v_query
  end
  from (
    select pg_catalog.string_agg(
      net._urlencode_string(key) || '=' || net._urlencode_string(value), '&') as v_query
    from pg_catalog.jsonb_each_text(params)
  ) as encoded
$$;

create function net.http_get(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000
) returns bigint
language plpgsql as $$
declare
  v_request_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values ('GET', net._url_with_params(url, params), headers, timeout_milliseconds)
  returning id into v_request_id;
  return v_request_id;
end
$$;

create function net.http_post(
  url text,
  body jsonb default '{}'::jsonb,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{"Content-Type": "application/json"}'::jsonb,
  timeout_milliseconds int default 5000
) returns bigint
language plpgsql as $$
declare
  v_content_type text := (
    select given.value
    from pg_catalog.jsonb_each_text(coalesce(headers, '{}'::jsonb)) as given
    where pg_catalog.lower(given.key) = 'content-type'
    limit 1
  );
  v_headers jsonb := headers;
  v_request_id bigint;
begin
  if v_content_type is null then
    v_headers := headers || '{"Content-Type": "application/json"}'::jsonb;
  elsif v_content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;

  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'POST', net._url_with_params(url, params), v_headers,
    pg_catalog.convert_to(body::text, 'UTF8'), timeout_milliseconds
  )
  returning id into v_request_id;
  return v_request_id;
end
$$;

create function net.http_delete(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000,
  body jsonb default null
) returns bigint
language plpgsql as $$
declare
  v_request_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'DELETE', net._url_with_params(url, params), headers,
    pg_catalog.convert_to(body::text, 'UTF8'), timeout_milliseconds
  )
  returning id into v_request_id;
  return v_request_id;
end
$$;

-- pg_net grants its schema to all roles; it is protected because REST never exposes it.
grant usage on schema net to public;
grant all on all sequences in schema net to public;
grant all on all tables in schema net to public;
