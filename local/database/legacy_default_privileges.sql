-- Projects created before Supabase changed its defaults grant everything on every new object of
-- schema public. Migrations must be right on those projects too, so tests run under both regimes.
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public
  grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public
  grant all on sequences to anon, authenticated, service_role;
