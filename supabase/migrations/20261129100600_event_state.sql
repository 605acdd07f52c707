-- State that must be kept after the work row is deleted: if an unknown outcome or the account of the first attempt were
-- lost, a later attempt could create a second event.

create table private.event_state (
  kind text not null check (kind in ('meeting', 'task_event')),
  subject_id text not null,
  google_account_id text,
  google_calendar_id text,
  outcome_unknown_since timestamptz,
  removed_participants text[] not null default '{}',
  settings_version integer not null default 1,
  search_request jsonb,
  wanted jsonb,
  pending_change jsonb,
  primary key (kind, subject_id)
);

comment on table private.event_state is
  'State of an event that is not in its public row. Created when there is something to store, deleted only with its subject.';
comment on column private.event_state.kind is 'meeting (public.meetings) or task_event (public.task_calendar_events).';
comment on column private.event_state.subject_id is 'Primary key of the subject, as text.';
comment on column private.event_state.google_account_id is
  'Google account (sub) that the event is written with. Fixed at the first attempt, so that every later one addresses the same event.';
comment on column private.event_state.google_calendar_id is 'Calendar of the event; fixed together with the account.';
comment on column private.event_state.outcome_unknown_since is
  'When a request was sent that may have taken effect without a response: the next attempt verifies before it writes. Null: the outcome is known.';
comment on column private.event_state.removed_participants is
  'Addresses that a change removed while the event may still show them. Guests who were added on Google are not among them and stay.';
comment on column private.event_state.settings_version is
  'The desired_version at which conference, reminders or guest permissions last changed; they are written to an event with an earlier version.';
comment on column private.event_state.search_request is
  'Request of a repeated search: columns of the meeting, replaced together with the slot when it is found; null when no search runs.';
comment on column private.event_state.wanted is 'Of a task event: the request that scheduled it; a later attempt writes the same.';
comment on column private.event_state.pending_change is
  'Of a task event: the change plan in progress, stored before the first request to Google, so that an interrupted change is completed.';

alter table private.event_state enable row level security;
revoke all on private.event_state from public, anon, authenticated, service_role;
