-- The first file: refuses a database that it cannot install into, and records the installation.

do $$
begin
  if to_regclass('private.google_connections') is not null and to_regclass('private.installation') is null then
    raise exception 'This database was made by an unreleased version of Convene and cannot be upgraded: use an empty database.'
      using errcode = 'CV001', hint = 'Link a new project, or start with another --data directory; nothing was changed.';
  end if;
end $$;

-- PostgREST does not serve this schema: clients cannot reach what is in it.
create schema if not exists private;
comment on schema private is 'Convene: credentials, triggers and jobs. Not exposed over REST.';

create table private.installation (
  product text primary key default 'convene' check (product = 'convene'),
  installed_at timestamptz not null default now()
);
comment on table private.installation is
  'One row: the objects of Convene in this database were created by its own migrations.';
comment on column private.installation.product is 'Always convene.';
comment on column private.installation.installed_at is 'When the first migration ran.';

insert into private.installation default values;

alter table private.installation enable row level security;

revoke all on schema private from public, anon, authenticated;
revoke all on private.installation from public, anon, authenticated, service_role;
