-- Users who signed in anonymously: anyone can make any number of them.

create function public.anonymous_users_allowed() returns boolean
language sql stable set search_path = '' as $$
select private.setting('anonymous_users_allowed') = 1;
$$;
comment on function public.anonymous_users_allowed() is
  'Whether users who signed in anonymously may connect a calendar and invite people; the functions ask for such users only.';

create function private.refuse_anonymous_users() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'is_anonymous' = 'true'
    and not public.anonymous_users_allowed()
  then
    raise exception 'Users who signed in anonymously may not schedule or invite'
      using errcode = '42501', hint = 'Sign in with an account, or set anonymous_users_allowed in private.settings to 1.';
  end if;
  return null;
end $$;
comment on function private.refuse_anonymous_users() is
  'Trigger: refuses the rows of users who signed in anonymously (claim is_anonymous) unless a setting allows them.';

create trigger meetings_refuse_anonymous_users
  before insert on public.meetings
  for each statement execute function private.refuse_anonymous_users();

revoke all on function public.anonymous_users_allowed, private.refuse_anonymous_users
from public, anon, authenticated, service_role;
