-- What must outlive the work rows: an unknown outcome or a frozen account that is lost makes a second event.

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
  'What Convene must remember of an event beyond its public row. Created when there is something to remember, deleted only with its subject.';
comment on column private.event_state.kind is 'meeting (public.meetings) or task_event (public.task_calendar_events).';
comment on column private.event_state.subject_id is 'Primary key of the subject, as text.';
comment on column private.event_state.google_account_id is
  'Google account (sub) that the event is written with. Frozen at the first attempt, so that every later one addresses the same event.';
comment on column private.event_state.google_calendar_id is 'Calendar of the event; frozen together with the account.';
comment on column private.event_state.outcome_unknown_since is
  'Since when a request may have taken effect without an answer: the next attempt verifies before it writes. Null: the outcome is known.';
comment on column private.event_state.removed_participants is
  'Addresses that a change took off the list while the event may still show them. Guests whom people added on Google are not among them and stay.';
comment on column private.event_state.settings_version is
  'The desired_version at which conference, reminders or guest permissions changed last; an event that shows an earlier one gets them.';
comment on column private.event_state.search_request is
  'What a repeated search was asked for: columns of the meeting. It replaces them together with the new slot; null when no search runs.';
comment on column private.event_state.wanted is 'Of a task event: what was asked for when it was scheduled; a later attempt writes the same.';
comment on column private.event_state.pending_change is
  'Of a task event: the change plan in progress, stored before Google is asked, so that an interrupted change is completed.';

alter table private.event_state enable row level security;
revoke all on private.event_state from public, anon, authenticated, service_role;
