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
  duration_ms integer
);

comment on table public.writeback_ledger is
  'Append-only: one row a step of every write-back, joined by lease_token. Rows outlive their meeting.';
comment on column public.writeback_ledger.step is
  'claimed: a worker took the row; requested: what was asked of Google; answered: what came back; settled: what was decided.';
comment on column public.writeback_ledger.request is '{method, event_id, calendar_id}; never a token or a body.';
comment on column public.writeback_ledger.status is 'HTTP status; null when no answer came.';
comment on column public.writeback_ledger.reason is 'Google''s reason, e.g. duplicate or rateLimitExceeded.';
comment on column public.writeback_ledger.outcome is 'done, retry, unknown, reconnect or reject.';
comment on column public.writeback_ledger.decision is 'What the row became, or what the worker did next.';

create index idx_writeback_ledger_meeting on public.writeback_ledger (meeting_id, ledger_id);

create function private.refuse_ledger_update() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'writeback_ledger is append-only'
    using errcode = '55000', hint = 'Insert a new row instead.';
end $$;
revoke all on function private.refuse_ledger_update() from public, anon, authenticated, service_role;

create trigger writeback_ledger_append_only
  before update on public.writeback_ledger
  for each statement execute function private.refuse_ledger_update();

alter table public.writeback_ledger enable row level security;

create policy "organizers read their ledger" on public.writeback_ledger
  for select to authenticated
  using (organizer_user_id = (select auth.uid()));

revoke all on public.writeback_ledger from public, anon, authenticated, service_role;
revoke all on sequence public.writeback_ledger_ledger_id_seq from public, anon, authenticated, service_role;
grant select on public.writeback_ledger to authenticated;
grant select, insert, delete on public.writeback_ledger to service_role;
