-- Leases of calendars that are due to be read: by the sweep, or at once by a push message of Google.

create function private.begin_full_read(p_calendar private.sync_calendars) returns void
language plpgsql volatile set search_path = '' as $$
begin
  delete from private.full_read_events as f where f.sync_id = p_calendar.sync_id;
  insert into private.full_read_events (sync_id, event_id)
  select p_calendar.sync_id, m.google_event_id
  from public.meetings as m
  left join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
  where m.organizer_user_id = p_calendar.user_id and m.google_calendar_id = p_calendar.calendar_id
    and m.google_event_id is not null and m.cancelled_at is null and m.cancelled_in_google_at is null
    and coalesce(es.google_account_id, p_calendar.google_account_id) = p_calendar.google_account_id
  union
  select p_calendar.sync_id, e.calendar_event_id
  from public.task_calendar_events as e
  left join private.event_state as es on es.kind = 'task_event' and es.subject_id = e.id::text
  where e.user_id = p_calendar.user_id and e.calendar_id = p_calendar.calendar_id
    and e.sync_status::text = 'synced' and e.deleted_at is null
    -- An unchanged occurrence has no resource of its own in a list of series.
    and (e.recurrence_master_id is null or coalesce(e.is_exception, false))
    and coalesce(es.google_account_id, p_calendar.google_account_id) = p_calendar.google_account_id;
  update private.sync_calendars as s set cursor = null, page_token = null where s.sync_id = p_calendar.sync_id;
end $$;
comment on function private.begin_full_read(private.sync_calendars) is
  'Stores which events a full read is expected to show, before its first page, and clears the cursor. Events written later are not among them.';

create function private.leased_sync_json(p_sync_id text, p_push boolean) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_calendar private.sync_calendars;
  v_connection private.google_connections;
  v_work private.work;
  v_channel_id text;
begin
  select * into strict v_calendar from private.sync_calendars as s where s.sync_id = p_sync_id for update;
  select * into v_connection from private.google_connections as c where c.user_id = v_calendar.user_id;
  select * into strict v_work from private.work as w where w.kind = 'sync' and w.subject_id = p_sync_id;
  if v_calendar.cursor is null and v_calendar.page_token is null then
    perform private.begin_full_read(v_calendar);
  end if;
  if p_push and coalesce(v_calendar.channel_retry_at <= clock_timestamp(), true) and not exists (
    select from private.channels as ch
    where ch.sync_id = p_sync_id
      -- Google may end channels sooner than asked: one that lives shorter than the overlap is replaced in its second half.
      and coalesce(
        ch.expires_at - least(
          make_interval(hours => private.setting('channel_overlap_hours')::integer), (ch.expires_at - ch.opened_at) / 2)
          > clock_timestamp(),
        -- Requested, and not answered yet.
        ch.opened_at > clock_timestamp() - interval '5 minutes'))
  then
    insert into private.channels (channel_id, sync_id) values (gen_random_uuid()::text, p_sync_id)
    returning channel_id into v_channel_id;
  end if;
  return jsonb_build_object(
    'sync_id', p_sync_id, 'lease_token', v_work.lease_token, 'calendar_id', v_calendar.calendar_id, 'cursor', v_calendar.cursor,
    'page_token', v_calendar.page_token, 'unverified', v_calendar.unverified, 'new_channel_id', v_channel_id,
    'connection', to_jsonb(v_connection));
end $$;
comment on function private.leased_sync_json(text, boolean) is
  'A leased calendar as its worker reads it: {sync_id, lease_token, calendar_id, cursor, page_token, unverified, new_channel_id, connection}. '
  'new_channel_id: a push channel to open first, where p_push allows channels and none lasts.';

create function public.claim_syncs(p_limit integer default 10, p_push boolean default false, p_lease_seconds integer default null)
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[];
begin
  -- A calendar that crashed its workers is read again when it is due the next time.
  delete from private.work as w
  where w.kind = 'sync' and w.crashes >= private.setting('max_attempts') and w.leased_until <= clock_timestamp();
  -- Another account was connected, or the user was deleted, since the work became due.
  delete from private.work as w
  where w.kind = 'sync' and coalesce(w.leased_until <= clock_timestamp(), true) and not exists (
    select from private.sync_calendars as s
    join private.google_connections as c on c.user_id = s.user_id and c.google_account_id = s.google_account_id
    where s.sync_id = w.subject_id);
  v_work := array(select w from private.claim_work('sync', p_limit, p_lease_seconds) as w);
  return (
    select coalesce(jsonb_agg(private.leased_sync_json(w.subject_id, p_push) order by w.due_at, w.subject_id), '[]')
    from unnest(v_work) as w);
end $$;
comment on function public.claim_syncs(integer, boolean, integer) is
  'Leases calendars that are due to be read (private.leased_sync_json). p_push: push channels may be opened.';

create function public.receive_push(
  p_channel_id text, p_resource_id text, p_is_first boolean, p_push boolean default true, p_lease_seconds integer default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_calendar private.sync_calendars;
  v_work private.work;
begin
  select s.* into v_calendar
  from private.channels as ch
  join private.sync_calendars as s on s.sync_id = ch.sync_id
  join private.google_connections as c on c.user_id = s.user_id and c.google_account_id = s.google_account_id
  where ch.channel_id = p_channel_id and c.status = 'healthy';
  if not found then
    return jsonb_build_object('received', 'unknown');
  end if;
  if p_is_first then
    update private.channels as ch set resource_id = coalesce(ch.resource_id, p_resource_id) where ch.channel_id = p_channel_id;
    return jsonb_build_object('received', 'first');
  end if;
  -- A sync that ends meanwhile deletes the row that the insert found.
  loop
    -- Leased in the same statement, so no worker is woken for the inserted row.
    insert into private.work (kind, subject_id, owner_id, priority, requests, due_at)
    values ('sync', v_calendar.sync_id, v_calendar.user_id, 0, 1, 'infinity')
    on conflict (kind, subject_id) do nothing;
    select * into v_work from private.work as w where w.kind = 'sync' and w.subject_id = v_calendar.sync_id for update;
    exit when found;
  end loop;
  if v_work.leased_until > clock_timestamp()
    or private.pause_end('sync', v_calendar.user_id) is not null
    or private.paused_until((select c from private.google_connections as c where c.user_id = v_calendar.user_id), false) > clock_timestamp()
  then
    update private.work as w
    set due_at = case when w.due_at = 'infinity' or w.lease_token is not null then clock_timestamp() else w.due_at end
    where w.kind = 'sync' and w.subject_id = v_calendar.sync_id;
    return jsonb_build_object('received', 'remembered');
  end if;
  perform private.lease_work('sync', array[v_calendar.sync_id], p_lease_seconds);
  update private.work as w set due_at = w.leased_at where w.kind = 'sync' and w.subject_id = v_calendar.sync_id;
  return jsonb_build_object('received', 'claimed', 'sync', private.leased_sync_json(v_calendar.sync_id, p_push));
end $$;
comment on function public.receive_push(text, text, boolean, boolean, integer) is
  'A message of a push channel: {received, sync}. received: claimed (sync is leased), remembered (a sync is in flight or paused, and one more is '
  'due), first (the channel''s first message) or unknown. The caller has checked the channel''s token.';

create function public.save_channel(
  p_channel_id text, p_resource_id text, p_expires_at timestamptz, p_error text default null
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  if p_error is null then
    update private.channels as ch
    set resource_id = coalesce(p_resource_id, ch.resource_id), expires_at = p_expires_at
    where ch.channel_id = p_channel_id;
    if not found then
      return false;
    end if;
  end if;
  update private.sync_calendars as s
  set
    channel_error = left(p_error, 500),
    channel_retry_at = case
      when p_error is not null then clock_timestamp() + make_interval(hours => private.setting('channel_retry_hours')::integer)
    end
  where s.sync_id = (select ch.sync_id from private.channels as ch where ch.channel_id = p_channel_id);
  if p_error is not null then
    delete from private.channels as ch where ch.channel_id = p_channel_id;
  end if;
  return true;
end $$;
comment on function public.save_channel(text, text, timestamptz, text) is
  'Stores what Google answered to a request for a push channel; with p_error the channel is forgotten. False: the user has disconnected meanwhile, and the channel is to be stopped.';

create function public.take_channels(p_user_id uuid) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_channels jsonb;
begin
  delete from private.work as w
  using private.sync_calendars as s
  where w.kind = 'sync' and w.subject_id = s.sync_id and s.user_id = p_user_id;
  with taken as (
    delete from private.channels as ch
    using private.sync_calendars as s
    where s.sync_id = ch.sync_id and s.user_id = p_user_id
    returning ch.channel_id, ch.resource_id
  )
  select coalesce(jsonb_agg(jsonb_build_object('channel_id', t.channel_id, 'resource_id', t.resource_id)), '[]')
  into v_channels from taken as t;
  return v_channels;
end $$;
comment on function public.take_channels(uuid) is
  'Forgets the push channels of a user and returns them to be stopped: [{channel_id, resource_id}]. No sync of the user is due afterwards.';

revoke all on function
  private.begin_full_read(private.sync_calendars),
  private.leased_sync_json(text, boolean),
  public.claim_syncs(integer, boolean, integer),
  public.receive_push(text, text, boolean, boolean, integer),
  public.save_channel(text, text, timestamptz, text),
  public.take_channels(uuid)
from public, anon, authenticated, service_role;
