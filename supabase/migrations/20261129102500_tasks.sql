select private.set_aside('tasks');

create table public.tasks (
  id text primary key default gen_random_uuid()::text,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null,
  description text,
  start_date timestamptz,
  duration_minutes integer not null default 60 check (duration_minutes between 1 and 525600),
  task_type text not null default 'single' check (task_type in ('single', 'recurring')),
  recurrence_pattern text
    check (recurrence_pattern in ('daily', 'weekdays', 'weekly', 'biweekly', 'monthly', 'quarterly', 'yearly')),
  recurrence_ends date,
  assignees jsonb not null default '[]',
  status text not null default 'backlog' check (status in ('backlog', 'in_progress', 'done', 'blocked')),
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.tasks is 'A task, single or recurring; its time on the calendar is in task_calendar_events.';
comment on column public.tasks.id is 'Id of the task.';
comment on column public.tasks.user_id is 'The user whose task it is.';
comment on column public.tasks.title is 'Title of the task and of its event.';
comment on column public.tasks.description is 'Description of the task.';
comment on column public.tasks.start_date is
  'When the task is planned to start; task-events/reschedule moves its event there.';
comment on column public.tasks.duration_minutes is 'Duration, 1 to 525600 minutes.';
comment on column public.tasks.task_type is 'single or recurring.';
comment on column public.tasks.recurrence_pattern is
  'For recurring tasks: daily, weekdays, weekly, biweekly, monthly, quarterly or yearly, counted from start_date.';
comment on column public.tasks.recurrence_ends is
  'The last day on which a recurring task may start, in the time zone of the event; null is without end.';
comment on column public.tasks.assignees is
  'Who does the task with its user: e-mail addresses, or {email, name, optional}, or {user_id} of a user who shares availability with the '
  'task''s user. The event invites them, and task-events/schedule finds a time for all of them.';
comment on column public.tasks.status is 'backlog, in_progress, done or blocked.';
comment on column public.tasks.deleted_at is 'When the task was deleted; the row stays.';
comment on column public.tasks.created_at is 'When the row was inserted.';
comment on column public.tasks.updated_at is 'When the row last changed.';

create index idx_tasks_user on public.tasks (user_id, start_date);

alter table public.tasks enable row level security;

create policy "users read their tasks" on public.tasks
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "users insert their tasks" on public.tasks
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy "users change their tasks" on public.tasks
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy "users delete their tasks" on public.tasks
  for delete to authenticated
  using (user_id = (select auth.uid()));

revoke all on public.tasks from public, anon, authenticated, service_role;

select private.complete_adopted('tasks');
select private.index_as_text('tasks', 'id');

create function private.tasks_touch() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;
comment on function private.tasks_touch is 'Trigger: sets updated_at.';

create trigger tasks_touch
  before update on public.tasks
  for each row execute function private.tasks_touch();

revoke all on function private.tasks_touch from public, anon, authenticated, service_role;
