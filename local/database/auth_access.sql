-- As on a hosted project: policies and functions of any caller may use auth.uid() and its siblings,
-- while the tables of schema auth stay closed.
grant usage on schema auth to anon, authenticated, service_role;
