-- State that must be kept after the work row is deleted: if an unknown outcome or the account of the first attempt were
-- lost, a later attempt could create a second event.

create table private.event_state (
  kind text not null check (kind in ('meeting', 'task_event')),
  subject_id text not null,
  google_account_id text,
  google_calendar_id text,
  outcome_unknown_since timestamptz,
  removed_participants text[] not null default '{}',
  search_request jsonb,
  wanted jsonb,
  pending_change jsonb,
  named_fields jsonb not null default '{}',
  written_fields jsonb,
  seen_event jsonb,
  is_unacknowledged boolean,
  rechecked_at timestamptz,
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
comment on column private.event_state.search_request is
  'Request of a repeated search: columns of the meeting, replaced together with the slot when it is found; null when no search runs.';
comment on column private.event_state.wanted is 'Of a task event: the request that scheduled it; a later attempt writes the same.';
comment on column private.event_state.pending_change is
  'Of a task event: the change plan in progress, stored before the first request to Google, so that an interrupted change is completed.';
comment on column private.event_state.named_fields is
  'Fields that changes have named since the event was created, each with the desired_version that last named it, stored when the change is asked for. time (start, end and '
  'zone; zone: the zone alone), recurrence and conference are one field each; guests: {address: {version, change: added | removed | changed}}.';
comment on column private.event_state.written_fields is
  'Fields as Convene last wrote them and Google returned them, by the names of named_fields; description is a mark of the text. Null: nothing is known to be written.';
comment on column private.event_state.seen_event is
  'The event as Google last showed it: calendar_id and Google''s own etag, sequence, updated, status, organizer, summary, location, description, start, end, recurrence, attendees, hangoutLink and eventType. Null: not read yet.';

comment on column private.event_state.is_unacknowledged is
  'The event was created by a wake-up, whose response no caller reads: the first call that waited for it reports it as created by that call. Null: no.';
comment on column private.event_state.rechecked_at is
  'When a check of the time that a search found was last requested before the first write (private.request_rechecks). Null: never.';

create index idx_event_state_pending_change on private.event_state (subject_id) where kind = 'task_event' and pending_change is not null;

alter table private.event_state enable row level security;
revoke all on private.event_state from public, anon, authenticated, service_role;

create function private.acknowledge_event(p_kind text, p_subject_id text) returns boolean
language sql volatile set search_path = '' as $$
with acknowledged as (
  update private.event_state as es set is_unacknowledged = null
  where es.kind = p_kind and es.subject_id = p_subject_id and es.is_unacknowledged
  returning es.subject_id
)
select exists (select from acknowledged)
$$;
comment on function private.acknowledge_event(text, text) is
  'Whether the event was created by a wake-up, and the caller, who waited for it, is the first to read so.';

revoke all on function private.acknowledge_event from public, anon, authenticated, service_role;
