-- Records the installation: the later migrations create objects of Convene.

-- PostgREST does not serve this schema: clients cannot reach what is in it.
do $$
begin
  -- If the application already has this schema, its grants stay unchanged.
  if to_regnamespace('private') is null then
    create schema private;
    comment on schema private is 'Convene: credentials, triggers and jobs. Not exposed over REST.';
    revoke all on schema private from public, anon, authenticated;
  end if;
end $$;

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

revoke all on private.installation from public, anon, authenticated, service_role;
