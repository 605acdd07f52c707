-- What no client may ever see lives here: PostgREST does not serve this schema.

create schema if not exists private;
comment on schema private is 'Convene: credentials, triggers and jobs. Not exposed over REST.';
revoke all on schema private from public, anon, authenticated;
