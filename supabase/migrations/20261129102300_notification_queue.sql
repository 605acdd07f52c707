create view private.due_notifications with (security_invoker = true) as
select n.notification_id, n.target_id, n.attempts, n.next_attempt_at as due_at, n.created_at
from public.notifications as n
where n.next_attempt_at <= now() and (n.leased_until is null or n.leased_until <= now());
comment on view private.due_notifications is 'Notifications that are due and that no live lease covers.';
comment on column private.due_notifications.notification_id is 'The notification.';
comment on column private.due_notifications.target_id is 'Its target.';
comment on column private.due_notifications.attempts is 'Attempts so far.';
comment on column private.due_notifications.due_at is 'Since when it is due.';
comment on column private.due_notifications.created_at is 'When the transition took place.';

-- The outbox's queue: same discipline as write-back, with leases of its own.

-- Exponential with full jitter: after the first failure up to five minutes, then up to half an hour.
create function private.notification_backoff(p_attempts integer) returns interval
language sql volatile set search_path = ''
return make_interval(secs => random() * least(1800, 300 * 6 ^ greatest(p_attempts - 1, 0)));
comment on function private.notification_backoff is
  'Delay before the next delivery: exponential with full jitter, up to five minutes after the first attempt, then up '
  'to half an hour.';

create function public.claim_notifications(p_limit integer default 20, p_lease_seconds integer default 60)
returns table (
  notification_id uuid, event text, kind text, payload jsonb, created_at timestamptz, lease_token uuid,
  target_wanted boolean, address text, signing_secret text
)
language sql set search_path = '' as $$
with lost as (
  -- Three workers died over it: it fails by itself instead of killing a fourth.
  update public.notifications as n
  set status = 'failed', error = 'worker_lost: Three deliveries were begun and none ended.', next_attempt_at = null,
    lease_token = null, leased_until = null
  where n.notification_id in (
    select s.notification_id from public.notifications as s
    where s.next_attempt_at <= now() and s.leased_until <= now() and s.attempts >= 3
    for update skip locked
  )
), waiting as (
  -- In turns, so that one target with a long queue does not hold up the others.
  select d.notification_id, row_number() over (partition by d.target_id order by d.due_at, d.created_at) as turn
  from private.due_notifications as d
), picked as (
  select n.notification_id
  from public.notifications as n
  join waiting as w on w.notification_id = n.notification_id
  -- Said again, because a row that somebody else has just leased is checked against this, not the view.
  where n.next_attempt_at <= now() and (n.leased_until is null or n.leased_until <= now()) and n.attempts < 3
  order by w.turn, n.next_attempt_at
  limit p_limit
  for update of n skip locked
), leased as (
  update public.notifications as n
  set lease_token = gen_random_uuid(),
    leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
    attempts = n.attempts + 1
  from picked
  where n.notification_id = picked.notification_id
  returning n.*
)
select
  l.notification_id, l.event, l.kind, l.payload, l.created_at, l.lease_token,
  l.kind = 'log' or coalesce(t.enabled, false), t.address, s.signing_secret
from leased as l
left join public.notification_targets as t on t.target_id = l.target_id
left join private.notification_secrets as s on s.target_id = l.target_id
$$;
comment on function public.claim_notifications is
  'Leases due notifications, with their targets. target_wanted: false once the target is gone or disabled. Settle '
  'each before its lease ends.';

create function public.settle_notification(
  p_notification_id uuid,
  p_lease_token uuid,
  p_outcome text,
  p_error text default null,
  p_spends_attempt boolean default true,
  p_not_before_seconds double precision default null
) returns boolean
language plpgsql set search_path = '' as $$
begin
  update public.notifications as n
  set
    status = verdict.status,
    attempts = verdict.attempts,
    error = case when verdict.status <> 'sent' then left(p_error, 2000) end,
    sent_at = case when verdict.status = 'sent' then clock_timestamp() end,
    next_attempt_at = case
      when verdict.status = 'retrying' then
        clock_timestamp() + coalesce(make_interval(secs => p_not_before_seconds), private.notification_backoff(verdict.attempts))
    end,
    lease_token = null,
    leased_until = null
  from (
    select
      counted.attempts,
      case
        when p_outcome = 'sent' then 'sent'
        -- A target that only ever asks to wait is given up after a day: by then it is no news.
        when p_outcome = 'retry' and counted.attempts < 3 and counted.created_at > now() - interval '1 day' then 'retrying'
        else 'failed'
      end as status
    from (
      select s.created_at, s.attempts - case when p_spends_attempt then 0 else 1 end as attempts
      from public.notifications as s
      where s.notification_id = p_notification_id
      for update
    ) as counted
  ) as verdict
  where n.notification_id = p_notification_id and n.lease_token = p_lease_token;
  return found;
end $$;
comment on function public.settle_notification is
  'Ends a lease: p_outcome sent, retry (three attempts in all; p_spends_attempt false: the target asked to wait) or '
  'reject. A lost lease changes nothing: false.';

revoke all on private.due_notifications from public, anon, authenticated, service_role;
revoke all on function
  private.notification_backoff,
  public.claim_notifications,
  public.settle_notification
from public, anon, authenticated, service_role;
