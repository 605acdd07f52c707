-- The kinds of work in the queue. Later files add theirs.
create table private.work_kinds (
  kind text primary key,
  wakes text not null,
  uses_google boolean not null,
  is_write boolean not null,
  requires_connection boolean not null,
  one_worker_per_owner boolean not null,
  budget text references private.budgets (budget),
  spends integer not null default 0
);

comment on table private.work_kinds is 'The kinds of work and the rules that differ between them.';
comment on column private.work_kinds.kind is 'search, conflict_check, write, meet_link, task_event, announcement or notification; later files add some.';
comment on column private.work_kinds.wakes is 'Edge function (and path) that processes the kind.';
comment on column private.work_kinds.uses_google is
  'Requests go to Google with the owner''s account: leases count against its quota, and paused or broken connections wait.';
comment on column private.work_kinds.is_write is
  'It writes to calendars: it also waits while only the owner''s writes are paused (an invitation limit).';
comment on column private.work_kinds.requires_connection is
  'Work of owners without a connection is not claimed. If false, it is claimed and fails with not_connected.';
comment on column private.work_kinds.budget is 'Budget of the owner that a claim spends; rows that cost more than is left wait. Null: none.';
comment on column private.work_kinds.spends is 'What each row costs of it, in addition to private.work.spends.';
comment on column private.work_kinds.one_worker_per_owner is 'Work of an owner is not claimed while another lease of the kind and owner is live.';

insert into private.work_kinds (kind, wakes, uses_google, is_write, requires_connection, one_worker_per_owner, budget, spends) values
  ('search', 'schedule', false, false, false, false, 'searches_per_minute', 1),
  ('conflict_check', 'schedule/conflicts', false, false, false, false, 'conflict_checks_per_minute', 1),
  ('write', 'write-back', true, true, false, true, 'guests_invited_per_day', 0),
  ('meet_link', 'meetings/meet-links', true, false, true, false, null, 0),
  ('task_event', 'task-events', true, true, false, false, null, 0),
  ('announcement', 'notify', false, false, false, false, 'notifications_per_hour', 1),
  ('notification', 'notify', false, false, false, false, null, 0);

alter table private.work_kinds enable row level security;
revoke all on private.work_kinds from public, anon, authenticated, service_role;
