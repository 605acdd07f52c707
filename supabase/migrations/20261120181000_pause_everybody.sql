create function public.pause_all_google_connections(p_until timestamptz) returns void
language sql set search_path = '' as $$
  -- Locked in one order: workers who hear of the limit at once must not wait for each other in a circle.
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
comment on function public.pause_all_google_connections(timestamptz) is
  'Google''s limit for the whole project is used up: nothing is sent for anybody before p_until; longer pauses stay.';

comment on column private.google_connections.paused_until is
  'Google asked this user, or everybody, to slow down; nothing is sent for them before.';

revoke all on function public.pause_all_google_connections(timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.pause_all_google_connections(timestamptz) to service_role;
