-- Delivery of notifications, with the same leases as other work.

create function private.fail_poison_notifications() returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_ids text[] := array(
    select w.subject_id from private.work as w
    where w.kind = 'notification' and w.lease_token is not null and w.leased_until <= clock_timestamp()
      and w.crashes + 1 >= private.setting('max_attempts'));
begin
  if cardinality(v_ids) = 0 then
    return;
  end if;
  v_ids := array(
    select n.notification_id::text from public.notifications as n
    where n.notification_id = any (v_ids::uuid[]) order by n.notification_id for update skip locked);
  with ended as (
    delete from private.work as w
    where w.kind = 'notification' and w.subject_id = any (v_ids) and w.lease_token is not null
      and w.leased_until <= clock_timestamp() and w.crashes + 1 >= private.setting('max_attempts')
    returning w.subject_id
  )
  update public.notifications as n
  set status = 'failed', attempts = private.setting('max_attempts'), error = 'worker_lost: Processing crashed three times.'
  from ended as e
  where n.notification_id = e.subject_id::uuid;
end $$;
comment on function private.fail_poison_notifications() is 'Notifications that crashed their workers max_attempts times fail with worker_lost.';

create function public.claim_notifications(p_limit integer default 20, p_lease_seconds integer default null)
returns table (
  notification_id uuid, event text, kind text, payload jsonb, created_at timestamptz, lease_token uuid,
  target_wanted boolean, address text, signing_secret text
)
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[];
begin
  perform private.fail_poison_notifications();
  perform private.fan_out_announcements(p_limit);
  v_work := array(select w from private.claim_work('notification', p_limit, p_lease_seconds) as w);
  return query
  select
    n.notification_id, n.event, n.kind, n.payload, n.created_at, w.lease_token,
    n.kind = 'log' or coalesce(t.enabled, false), t.address, s.signing_secret
  from unnest(v_work) as w
  join public.notifications as n on n.notification_id = w.subject_id::uuid
  left join public.notification_targets as t on t.target_id = n.target_id
  left join private.notification_secrets as s on s.target_id = n.target_id;
end $$;
comment on function public.claim_notifications(integer, integer) is
  'Makes notifications of announcements, and leases due notifications, with their targets; users in turn. target_wanted: false once the target is gone or disabled. Settle '
  'each before its lease ends.';

create function public.settle_notification(
  p_notification_id uuid,
  p_lease_token uuid,
  p_outcome text,
  p_error text default null,
  p_spends_attempt boolean default true,
  p_not_before_seconds double precision default null
) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_notification public.notifications;
  v_work private.work;
begin
  select * into v_notification from public.notifications as n where n.notification_id = p_notification_id for update;
  select * into v_work from private.work as w
  where w.kind = 'notification' and w.subject_id = p_notification_id::text and w.lease_token = p_lease_token
  for update;
  if v_notification.notification_id is null or v_work.subject_id is null then
    return false;
  end if;
  v_work := private.next_work(
    v_work,
    case
      when p_outcome = 'sent' then 'done'
      -- A target that keeps asking to wait is given up after a day.
      when p_outcome <> 'retry' or v_notification.queued_at <= now() - interval '1 day' then 'reject'
      when p_spends_attempt then 'retry'
      else 'defer'
    end,
    p_not_before_seconds);
  perform private.store_work(v_work);
  update public.notifications as n
  set
    status = case when p_outcome = 'sent' then 'sent' when v_work.due_at is not null then 'retrying' else 'failed' end,
    attempts = v_work.attempts + case when p_outcome = 'sent' or p_outcome = 'reject' then 1 else 0 end,
    request_id = private.request_id(),
    error = case when p_outcome <> 'sent' then left(p_error, 2000) end,
    sent_at = case when p_outcome = 'sent' then clock_timestamp() end
  where n.notification_id = p_notification_id;
  return true;
end $$;
comment on function public.settle_notification(uuid, uuid, text, text, boolean, double precision) is
  'Settles a lease: p_outcome sent, retry (at most three attempts; p_spends_attempt false: the target asked to wait) or '
  'reject. False when the lease was lost; then nothing changes.';

revoke all on function
  private.fail_poison_notifications,
  public.claim_notifications,
  public.settle_notification
from public, anon, authenticated, service_role;
