-- The queue: one narrow table for everything that is due. A worker leases a row, and only the lease's token settles it.
-- Here are its rows: how they become due, and what is stored after a lease. The next files choose rows and lease them.
-- Lock order everywhere: connection, subject row, work, event state. A claim locks only work rows (skip locked) and reads
-- the subject afterwards, so it never waits for a change, cancellation or settlement.

-- No index holds a lease column, so a claim is a HOT update. fillfactor leaves room for it on the page.
create table private.work (
  kind text not null references private.work_kinds (kind),
  subject_id text not null,
  owner_id uuid,
  priority smallint not null default 0,
  requests smallint not null default 1,
  due_at timestamptz not null,
  attempts integer not null default 0,
  crashes integer not null default 0,
  deferrals integer not null default 0,
  lease_token uuid,
  leased_at timestamptz,
  leased_until timestamptz,
  leased_version integer,
  google_account_id text,
  google_calendar_id text,
  time_taken jsonb,
  spends integer not null default 0,
  request_id uuid,
  cause text check ((cause is not null) = (kind = 'conflict_check') and cause in ('named', 'seen', 'unwritten')),
  primary key (kind, subject_id)
) with (fillfactor = 70);

comment on table private.work is 'The only queue: a row exists while something is due or leased.';
comment on column private.work.kind is 'Kind of work; private.work_kinds has the function that processes it.';
comment on column private.work.subject_id is 'Key of the meeting, task event, announcement or notification, as text.';
comment on column private.work.owner_id is
  'The organizer or user; of a notification to a target without an owner, the target. A claim takes rows of the owners in turn. Null: the row has no owner.';
comment on column private.work.priority is '0: first write of a new meeting; 1: everything else.';
comment on column private.work.requests is 'Requests to Google that processing the row is expected to take.';
comment on column private.work.due_at is
  'When it is due. If it is set during a lease, the row is due again after the settlement. infinity: only leased, never due.';
comment on column private.work.attempts is 'Failed attempts, at most max_attempts of private.settings.';
comment on column private.work.crashes is 'Consecutive leases that expired without a settlement; the row is reclaimed alone, and fails after max_attempts.';
comment on column private.work.deferrals is 'Consecutive postponements that spent no attempt; the backoff grows with them.';
comment on column private.work.lease_token is 'Token of the current lease; every settlement is fenced by it. Null: not leased.';
comment on column private.work.leased_at is 'When the lease began.';
comment on column private.work.leased_until is 'When another worker may reclaim the row.';
comment on column private.work.request_id is 'Request to an edge function that leased the row last (private.request_id).';
comment on column private.work.leased_version is 'desired_version that the lease is for; a failure of it does not count for a later one.';
comment on column private.work.google_account_id is 'Account that the lease uses; the first settlement stores it in private.event_state.';
comment on column private.work.google_calendar_id is 'Calendar that the lease uses; stored with the account.';
comment on column private.work.time_taken is
  'Of a leased write whose time another meeting holds: {people, is_searched}. is_searched: a search found the time, so the write may only '
  'adopt an event; otherwise it is written with a warning. Null: no other meeting holds the time.';

comment on column private.work.cause is
  'Of a conflict_check: named (the caller named the time), seen (another event may take it) or unwritten (a search found the time, longer ago than a hold lasts, and the '
  'event is not written yet). Null: other kinds.';
comment on column private.work.spends is
  'Of a write: guests whom it will invite. What the first lease spends of the owner''s budget; 0 once it is spent.';

create index idx_work_queue on private.work (kind, owner_id, priority, due_at);

alter table private.work enable row level security;
revoke all on private.work from public, anon, authenticated, service_role;

create function private.backoff(p_failures integer) returns interval
language sql volatile set search_path = '' as $$
select make_interval(secs => random() * least(
  private.setting('backoff_max_seconds'),
  private.setting('backoff_first_seconds') * private.setting('backoff_factor') ^ least(greatest(p_failures - 1, 0), 10)
)::double precision);
$$;
comment on function private.backoff(integer) is
  'Delay before the next attempt, exponential with full jitter: anything up to backoff_first_seconds after the first failure, backoff_factor times that after each further one, backoff_max_seconds at most.';

create function private.next_work(
  p_work private.work,
  p_verdict text,
  p_not_before_seconds double precision default null
) returns private.work
language plpgsql volatile set search_path = '' as $$
declare
  v_next private.work := p_work;
  v_is_final boolean;
begin
  v_next.lease_token := null;
  v_next.leased_at := null;
  v_next.leased_until := null;
  v_next.leased_version := null;
  v_next.google_account_id := null;
  v_next.google_calendar_id := null;
  if p_verdict = 'released' then
    return v_next;
  end if;
  v_next.crashes := 0;
  if p_verdict = 'done' then
    v_is_final := true;
  else
    v_next.priority := 1;
    v_next.attempts := p_work.attempts + case when p_verdict in ('retry', 'unknown') then 1 else 0 end;
    v_next.deferrals := case when p_verdict in ('defer', 'unverified') then p_work.deferrals + 1 else 0 end;
    v_is_final := p_verdict = 'reject'
      or p_verdict = 'retry' and v_next.attempts >= private.setting('max_attempts');
  end if;

  if not v_is_final then
    v_next.due_at := clock_timestamp() + coalesce(
      make_interval(secs => p_not_before_seconds),
      greatest(
        private.backoff(v_next.attempts + v_next.deferrals),
        -- A request whose response was lost may still take effect; verification comes after that.
        case when p_verdict = 'unknown' then make_interval(secs => private.setting('landing_seconds')::double precision) end));
  elsif p_work.lease_token is not null and p_work.due_at > p_work.leased_at and p_work.due_at < 'infinity' then
    -- Made due during the lease: the worker processed an older state of the subject.
    v_next.priority := 1;
    v_next.attempts := 0;
    v_next.deferrals := 0;
  else
    v_next.due_at := null;
  end if;
  return v_next;
end $$;
comment on function private.next_work(private.work, text, double precision) is
  'State of a work row of any kind after a lease; due_at null: nothing is left to do. p_verdict: done; retry (spends an attempt, the last one is final); '
  'unknown (spends one, is never final); defer and unverified (spend none); reject (final); released (nothing was tried). '
  'p_not_before_seconds replaces the backoff.';

create function private.store_work(p_work private.work) returns void
language plpgsql set search_path = '' as $$
begin
  if p_work.due_at is null then
    delete from private.work as w where w.kind = p_work.kind and w.subject_id = p_work.subject_id;
    return;
  end if;
  insert into private.work as w select p_work.*
  on conflict (kind, subject_id) do update
  set
    owner_id = excluded.owner_id, priority = excluded.priority, requests = excluded.requests, due_at = excluded.due_at,
    attempts = excluded.attempts, crashes = excluded.crashes, deferrals = excluded.deferrals,
    lease_token = excluded.lease_token, leased_at = excluded.leased_at, leased_until = excluded.leased_until,
    leased_version = excluded.leased_version, google_account_id = excluded.google_account_id,
    google_calendar_id = excluded.google_calendar_id;
end $$;
comment on function private.store_work(private.work) is 'Stores a work row as private.next_work returned it; a row without due_at is deleted.';

create function private.enqueue(p_kind text, p_subject_id text, p_owner_id uuid, p_due_at timestamptz default clock_timestamp())
returns void
language sql set search_path = '' as $$
insert into private.work as w (kind, subject_id, owner_id, due_at)
values (p_kind, p_subject_id, p_owner_id, p_due_at)
on conflict (kind, subject_id) do update
set due_at = case when w.lease_token is null then least(w.due_at, excluded.due_at) else excluded.due_at end;
$$;
comment on function private.enqueue(text, text, uuid, timestamptz) is
  'Makes a subject due. The due time of a waiting row only moves earlier; a leased row becomes due again after the settlement.';

revoke all on function
  private.backoff(integer), private.next_work(private.work, text, double precision), private.store_work(private.work),
  private.enqueue(text, text, uuid, timestamptz)
from public, anon, authenticated, service_role;
