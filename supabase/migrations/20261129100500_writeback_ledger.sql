create table public.writeback_ledger (
  ledger_id bigint generated always as identity primary key,
  meeting_id text not null,
  organizer_user_id uuid,
  lease_token uuid,
  step text not null check (step in ('claimed', 'requested', 'answered', 'settled')),
  at timestamptz not null default clock_timestamp(),
  request jsonb,
  status integer,
  reason text,
  outcome text,
  decision text,
  duration_ms integer,
  request_id uuid default private.request_id()
);

comment on table public.writeback_ledger is
  'Append-only record of every write-back: one row for each step, joined by lease_token. Rows stay when their meeting is deleted.';
comment on column public.writeback_ledger.ledger_id is 'Order of the steps.';
comment on column public.writeback_ledger.meeting_id is 'The meeting; it may have been deleted since.';
comment on column public.writeback_ledger.organizer_user_id is 'The organizer at that time, who may read the row.';
comment on column public.writeback_ledger.lease_token is 'Lease under which the step was made.';
comment on column public.writeback_ledger.step is
  'claimed: a worker leased the row; requested: a request to Google; answered: Google''s response; settled: the '
  'decision.';
comment on column public.writeback_ledger.at is 'When the step was made.';
comment on column public.writeback_ledger.request is '{method, event_id, calendar_id}, and of a patch fields (the fields that it sends) and overwritten (what people had set before); never a token.';
comment on column public.writeback_ledger.status is 'HTTP status; null when no response came.';
comment on column public.writeback_ledger.reason is 'Google''s reason, e.g. duplicate or rateLimitExceeded.';
comment on column public.writeback_ledger.outcome is 'done, retry, unknown, reconnect or reject.';
comment on column public.writeback_ledger.decision is 'State of the row after settlement, or what the worker did next.';
comment on column public.writeback_ledger.duration_ms is 'Duration of the request in milliseconds.';
comment on column public.writeback_ledger.request_id is
  'Request to an edge function in which the step was stored, as in its header x-request-id and in the log. Null: stored by SQL.';

create index idx_writeback_ledger_meeting on public.writeback_ledger (meeting_id, ledger_id);
create index idx_writeback_ledger_requests on public.writeback_ledger (at) include (organizer_user_id)
  where step = 'requested';

alter table public.writeback_ledger enable row level security;

create policy "organizers read their ledger" on public.writeback_ledger
  for select to authenticated
  using (organizer_user_id = (select auth.uid()));

create function private.refuse_ledger_update() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'writeback_ledger is append-only'
    using errcode = '55000', hint = 'Insert a new row instead.';
end $$;
comment on function private.refuse_ledger_update is 'Trigger: refuses any update of the ledger.';

create trigger writeback_ledger_append_only
  before update on public.writeback_ledger
  for each statement execute function private.refuse_ledger_update();

create function private.record_steps(p_meeting public.meetings, p_lease_token uuid, p_steps jsonb) returns void
language sql set search_path = '' as $$
  insert into public.writeback_ledger
    (meeting_id, organizer_user_id, lease_token, step, at, request, status, reason, outcome, decision, duration_ms)
  select
    p_meeting.meeting_id, p_meeting.organizer_user_id, p_lease_token,
    step.step, coalesce(step.at, clock_timestamp()),
    step.request, step.status, step.reason, step.outcome, step.decision, step.duration_ms
  from jsonb_to_recordset(p_steps) as step (
    step text, at timestamptz, request jsonb, status integer, reason text, outcome text, decision text, duration_ms integer);
$$;
comment on function private.record_steps is
  'Appends steps of a lease to the ledger: [{step, at, request, status, reason, outcome, decision, duration_ms}].';

-- Deletes in the order of the primary key, so that no further index is needed, and a limited number of rows at a time,
-- so that a run after a long break does not block other statements.
create function private.trim_ledger(p_rows integer default 20000) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_before timestamptz := now() - make_interval(days => private.setting('ledger_retention_days')::integer);
  v_deleted integer;
begin
  delete from public.writeback_ledger as l
  where l.ledger_id in (
    select oldest.ledger_id
    from (select o.ledger_id, o.at from public.writeback_ledger as o order by o.ledger_id limit p_rows) as oldest
    where oldest.at < v_before
  );
  get diagnostics v_deleted = row_count;
  return v_deleted;
end $$;
comment on function private.trim_ledger is
  'Deletes steps older than ledger_retention_days (private.settings), at most p_rows of them; returns how many.';

revoke all on public.writeback_ledger from public, anon, authenticated, service_role;
revoke all on sequence public.writeback_ledger_ledger_id_seq from public, anon, authenticated, service_role;
revoke all on function
  private.refuse_ledger_update,
  private.record_steps,
  private.trim_ledger
from public, anon, authenticated, service_role;
