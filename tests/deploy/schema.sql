-- The schema of a migrated database: every object of public and private as the catalog has it, without
-- comments, sorted by kind and name. Written by "deno task db:dump"; compared by tests/deploy.

create extension btree_gist with schema extensions;

create table private.adopted_tables (
  table_name text not null,
  constraint adopted_tables_pkey PRIMARY KEY (table_name)
);

create table private.calendar_profiles (
  user_id uuid not null,
  google_account_id text not null,
  profile text,
  events_read integer,
  learned_at timestamp with time zone,
  reading_since timestamp with time zone,
  constraint calendar_profiles_pkey PRIMARY KEY (user_id),
  constraint calendar_profiles_profile_check CHECK ((length(profile) <= 4000)),
  constraint calendar_profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES private.google_connections(user_id) ON DELETE CASCADE
);
alter table private.calendar_profiles enable row level security;

create table private.fairness_ledger (
  participant_email text not null,
  with_email text not null,
  burden numeric(8,2) not null,
  meetings integer not null,
  updated_at timestamp with time zone not null default now(),
  constraint fairness_ledger_burden_check CHECK ((burden >= (0)::numeric)),
  constraint fairness_ledger_pkey PRIMARY KEY (participant_email, with_email)
);
alter table private.fairness_ledger enable row level security;

create table private.google_authorizations (
  state_hash text not null,
  user_id uuid not null,
  code_verifier_encrypted text not null,
  return_url text not null,
  expires_at timestamp with time zone not null,
  one_time_code_hash text,
  google_code_encrypted text,
  constraint google_authorizations_codes_come_together CHECK (((one_time_code_hash IS NULL) = (google_code_encrypted IS NULL))),
  constraint google_authorizations_one_time_code_hash_key UNIQUE (one_time_code_hash),
  constraint google_authorizations_pkey PRIMARY KEY (state_hash),
  constraint google_authorizations_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE
);
alter table private.google_authorizations enable row level security;

create table private.google_connections (
  user_id uuid not null,
  google_account_id text not null,
  email text not null,
  status text not null,
  status_reason text,
  granted_scopes text[] not null,
  refresh_token_encrypted text not null,
  access_token_encrypted text,
  access_token_expires_at timestamp with time zone,
  paused_until timestamp with time zone,
  connected_at timestamp with time zone not null default now(),
  last_refreshed_at timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  constraint google_connections_pkey PRIMARY KEY (user_id),
  constraint google_connections_reason_when_broken CHECK (((status = 'healthy'::text) = (status_reason IS NULL))),
  constraint google_connections_status_check CHECK ((status = ANY (ARRAY['healthy'::text, 'needs_reauth'::text]))),
  constraint google_connections_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE
);
alter table private.google_connections enable row level security;

create table private.installation (
  product text not null default 'convene'::text,
  installed_at timestamp with time zone not null default now(),
  constraint installation_pkey PRIMARY KEY (product),
  constraint installation_product_check CHECK ((product = 'convene'::text))
);
alter table private.installation enable row level security;

create table private.noted_burdens (
  meeting_id text not null,
  burdens jsonb not null,
  emails text[] not null,
  noted_at timestamp with time zone not null default now(),
  constraint noted_burdens_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(meeting_id) ON DELETE CASCADE,
  constraint noted_burdens_pkey PRIMARY KEY (meeting_id)
);
alter table private.noted_burdens enable row level security;

create table private.notification_secrets (
  target_id uuid not null,
  signing_secret text not null,
  constraint notification_secrets_pkey PRIMARY KEY (target_id),
  constraint notification_secrets_target_id_fkey FOREIGN KEY (target_id) REFERENCES public.notification_targets(target_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
alter table private.notification_secrets enable row level security;

create table private.settings (
  name text not null,
  value numeric not null,
  meaning text not null,
  constraint settings_pkey PRIMARY KEY (name),
  constraint settings_value_check CHECK ((value > (0)::numeric))
);
alter table private.settings enable row level security;

create table private.slot_holds (
  meeting_id text not null,
  participant_email text not null,
  organizer_user_id uuid,
  held tstzrange not null,
  expires_at timestamp with time zone default (now() + '00:15:00'::interval),
  created_at timestamp with time zone not null default now(),
  slot tstzrange not null,
  constraint slot_holds_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(meeting_id) ON DELETE CASCADE,
  constraint slot_holds_one_meeting_at_a_time EXCLUDE USING gist (participant_email WITH =, held WITH &&),
  constraint slot_holds_participant_email_check CHECK ((participant_email = lower(participant_email))),
  constraint slot_holds_pkey PRIMARY KEY (meeting_id, participant_email, held)
);
alter table private.slot_holds enable row level security;

create table public.meetings (
  meeting_id text not null default (gen_random_uuid())::text,
  organizer_user_id uuid default auth.uid(),
  title text,
  description text,
  location text,
  participants jsonb not null default '[]'::jsonb,
  constraints jsonb not null default '{}'::jsonb,
  recurrence text[],
  conference text not null default 'meet'::text,
  reminders jsonb,
  guests_can_modify boolean not null default false,
  guests_can_invite_others boolean not null default true,
  guests_can_see_other_guests boolean not null default true,
  target_calendar_id text not null default 'primary'::text,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  timezone text,
  score numeric(4,1),
  reasoning text,
  candidates jsonb not null default '[]'::jsonb,
  scheduled_at timestamp with time zone,
  scheduling_status text not null default 'pending'::text,
  scheduling_error text,
  scheduling_reason text,
  scheduling_details jsonb,
  scheduling_attempts integer not null default 0,
  scheduling_next_attempt_at timestamp with time zone,
  scheduling_lease_token uuid,
  scheduling_leased_until timestamp with time zone,
  google_event_id text,
  google_calendar_id text not null default 'primary'::text,
  writeback_status text,
  writeback_error text,
  writeback_attempted_at timestamp with time zone,
  writeback_succeeded_at timestamp with time zone,
  writeback_retry_count integer not null default 0,
  google_event_link text,
  writeback_attempts integer not null default 0,
  writeback_next_attempt_at timestamp with time zone,
  writeback_lease_token uuid,
  writeback_leased_until timestamp with time zone,
  writeback_outcome_unknown boolean not null default false,
  writeback_operation text not null default 'create'::text,
  desired_version integer not null default 1,
  written_version integer not null default 0,
  event_key uuid not null default gen_random_uuid(),
  event_generation integer not null default 1,
  google_account_id text,
  meet_link text,
  cancelled_at timestamp with time zone,
  organizer_email text,
  organizer_display_name text,
  organizer_self boolean,
  attendees jsonb not null default '[]'::jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  removed_participants text[] not null default '{}'::text[],
  meet_link_next_look_at timestamp with time zone,
  meet_link_looks integer not null default 0,
  meet_link_error text,
  writeback_looks integer not null default 0,
  writeback_lease_losses integer not null default 0,
  weights jsonb,
  allow_concessions boolean not null default false,
  scheduling_proposal jsonb,
  writeback_leased_version integer,
  event_settings_version integer not null default 1,
  scheduling_retry_count integer not null default 0,
  scheduling_waits integer not null default 0,
  scheduling_lease_losses integer not null default 0,
  constraint meetings_event_key_key UNIQUE (event_key),
  constraint meetings_organizer_user_id_fkey FOREIGN KEY (organizer_user_id) REFERENCES auth.users(id) ON DELETE SET NULL,
  constraint meetings_pkey PRIMARY KEY (meeting_id),
  constraint meetings_scheduling_status_check CHECK ((scheduling_status = ANY (ARRAY['pending'::text, 'retrying'::text, 'scheduled'::text, 'failed'::text]))),
  constraint meetings_score_check CHECK (((score >= (0)::numeric) AND (score <= (100)::numeric))),
  constraint meetings_writeback_operation_check CHECK ((writeback_operation = ANY (ARRAY['create'::text, 'update'::text, 'cancel'::text]))),
  constraint meetings_writeback_status_check CHECK ((writeback_status = ANY (ARRAY['pending'::text, 'created'::text, 'failed'::text, 'retrying'::text])))
);
alter table public.meetings enable row level security;

create table public.notification_targets (
  target_id uuid not null default gen_random_uuid(),
  owner_user_id uuid default auth.uid(),
  kind text not null,
  address text,
  signing_secret text,
  events text[] not null default '{created,failed,cancelled,given_up,needs_reauth}'::text[],
  enabled boolean not null default true,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint notification_targets_address_by_kind CHECK (
CASE kind
    WHEN 'email'::text THEN ((address IS NULL) OR (address ~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$'::text))
    ELSE ((address IS NOT NULL) AND (address ~* '^https?://[^[:space:]]+$'::text))
END),
  constraint notification_targets_address_check CHECK (((length(address) >= 3) AND (length(address) <= 2048))),
  constraint notification_targets_events_check CHECK ((events <@ '{created,failed,cancelled,given_up,needs_reauth}'::text[])),
  constraint notification_targets_kind_check CHECK ((kind = ANY (ARRAY['webhook'::text, 'slack'::text, 'teams'::text, 'email'::text]))),
  constraint notification_targets_owner_user_id_fkey FOREIGN KEY (owner_user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
  constraint notification_targets_pkey PRIMARY KEY (target_id),
  constraint notification_targets_secret_is_write_only CHECK ((signing_secret IS NULL))
);
alter table public.notification_targets enable row level security;

create table public.notifications (
  notification_id uuid not null default gen_random_uuid(),
  event text not null,
  transition_key text not null,
  meeting_id text,
  organizer_user_id uuid,
  kind text not null,
  target_id uuid,
  owner_user_id uuid,
  payload jsonb not null,
  status text not null default 'pending'::text,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone default now(),
  lease_token uuid,
  leased_until timestamp with time zone,
  error text,
  created_at timestamp with time zone not null default now(),
  sent_at timestamp with time zone,
  constraint notifications_event_check CHECK ((event = ANY (ARRAY['created'::text, 'failed'::text, 'cancelled'::text, 'given_up'::text, 'needs_reauth'::text]))),
  constraint notifications_kind_check CHECK ((kind = ANY (ARRAY['webhook'::text, 'slack'::text, 'teams'::text, 'email'::text, 'log'::text]))),
  constraint notifications_once_a_transition UNIQUE NULLS NOT DISTINCT (transition_key, target_id),
  constraint notifications_pkey PRIMARY KEY (notification_id),
  constraint notifications_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'retrying'::text, 'sent'::text, 'failed'::text])))
);
alter table public.notifications enable row level security;

create table public.task_calendar_events (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  task_id text,
  calendar_id text not null default 'primary'::text,
  calendar_event_id text not null,
  created_at timestamp with time zone not null default now(),
  event_link text,
  event_start timestamp with time zone,
  event_end timestamp with time zone,
  event_title text,
  timezone text,
  is_all_day boolean not null default false,
  organizer_email text,
  organizer_display_name text,
  organizer_self boolean default true,
  attendees jsonb default '[]'::jsonb,
  recurrence_rule text,
  is_master_event boolean default false,
  recurrence_master_id text,
  recurrence_instance_date date,
  original_start_time text,
  is_exception boolean default false,
  exception_type text,
  series_update_scope text,
  sync_status text not null default 'synced'::text,
  sync_source text default 'convene'::text,
  sync_error text,
  last_synced_at timestamp with time zone,
  etag text,
  deleted_at timestamp with time zone,
  updated_at timestamp with time zone default now(),
  wanted jsonb,
  pending_change jsonb,
  event_key uuid not null default gen_random_uuid(),
  event_generation integer not null default 1,
  google_account_id text,
  lease_token uuid,
  leased_until timestamp with time zone,
  outcome_unknown boolean not null default false,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone,
  constraint task_calendar_events_pkey PRIMARY KEY (id),
  constraint task_calendar_events_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.tasks(id) ON DELETE SET NULL,
  constraint task_calendar_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE
);
alter table public.task_calendar_events enable row level security;

create table public.tasks (
  id text not null default (gen_random_uuid())::text,
  user_id uuid not null default auth.uid(),
  title text not null,
  description text,
  start_date timestamp with time zone,
  duration_minutes integer not null default 60,
  task_type text not null default 'single'::text,
  recurrence_pattern text,
  recurrence_ends date,
  status text not null default 'backlog'::text,
  deleted_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint tasks_duration_minutes_check CHECK (((duration_minutes >= 1) AND (duration_minutes <= 525600))),
  constraint tasks_pkey PRIMARY KEY (id),
  constraint tasks_recurrence_pattern_check CHECK ((recurrence_pattern = ANY (ARRAY['daily'::text, 'weekdays'::text, 'weekly'::text, 'biweekly'::text, 'monthly'::text, 'quarterly'::text, 'yearly'::text]))),
  constraint tasks_status_check CHECK ((status = ANY (ARRAY['backlog'::text, 'in_progress'::text, 'done'::text, 'blocked'::text]))),
  constraint tasks_task_type_check CHECK ((task_type = ANY (ARRAY['single'::text, 'recurring'::text]))),
  constraint tasks_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE
);
alter table public.tasks enable row level security;

create table public.writeback_ledger (
  ledger_id bigint not null generated always as identity,
  meeting_id text not null,
  organizer_user_id uuid,
  lease_token uuid,
  step text not null,
  at timestamp with time zone not null default clock_timestamp(),
  request jsonb,
  status integer,
  reason text,
  outcome text,
  decision text,
  duration_ms integer,
  constraint writeback_ledger_pkey PRIMARY KEY (ledger_id),
  constraint writeback_ledger_step_check CHECK ((step = ANY (ARRAY['claimed'::text, 'requested'::text, 'answered'::text, 'settled'::text])))
);
alter table public.writeback_ledger enable row level security;

CREATE INDEX idx_google_authorizations_user ON private.google_authorizations USING btree (user_id);
CREATE INDEX idx_google_connections_account ON private.google_connections USING btree (google_account_id);
CREATE INDEX idx_google_connections_email ON private.google_connections USING btree (lower(email));
CREATE INDEX idx_slot_holds_expiry ON private.slot_holds USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX idx_slot_holds_organizer ON private.slot_holds USING btree (organizer_user_id) WHERE (expires_at IS NULL);
CREATE INDEX idx_meetings_google_event_id ON public.meetings USING btree (google_event_id) WHERE (google_event_id IS NOT NULL);
CREATE INDEX idx_meetings_meet_link_due ON public.meetings USING btree (meet_link_next_look_at) WHERE (meet_link_next_look_at IS NOT NULL);
CREATE INDEX idx_meetings_organizer ON public.meetings USING btree (organizer_user_id, created_at DESC, meeting_id);
CREATE INDEX idx_meetings_scheduling_due ON public.meetings USING btree (scheduling_next_attempt_at) WHERE (scheduling_next_attempt_at IS NOT NULL);
CREATE INDEX idx_meetings_scheduling_leases ON public.meetings USING btree (scheduling_leased_until) WHERE ((scheduling_lease_token IS NOT NULL) AND (scheduling_next_attempt_at IS NOT NULL));
CREATE INDEX idx_meetings_writeback_due ON public.meetings USING btree (writeback_next_attempt_at) WHERE (writeback_next_attempt_at IS NOT NULL);
CREATE INDEX idx_meetings_writeback_leases ON public.meetings USING btree (organizer_user_id) WHERE (writeback_lease_token IS NOT NULL);
CREATE INDEX idx_meetings_writeback_queue ON public.meetings USING btree (organizer_user_id, ((writeback_status IS DISTINCT FROM 'pending'::text)), writeback_next_attempt_at, created_at) WHERE (writeback_next_attempt_at IS NOT NULL);
CREATE INDEX idx_meetings_writeback_status ON public.meetings USING btree (writeback_status) WHERE (writeback_status = ANY (ARRAY['pending'::text, 'retrying'::text, 'failed'::text]));
CREATE INDEX idx_notification_targets_owner ON public.notification_targets USING btree (owner_user_id);
CREATE INDEX idx_notifications_due ON public.notifications USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX idx_notifications_finished ON public.notifications USING btree (created_at) WHERE (next_attempt_at IS NULL);
CREATE INDEX idx_notifications_meeting ON public.notifications USING btree (meeting_id, created_at);
CREATE INDEX idx_notifications_owner ON public.notifications USING btree (owner_user_id, created_at DESC);
CREATE INDEX idx_task_calendar_events_attendees ON public.task_calendar_events USING gin (attendees);
CREATE INDEX idx_task_calendar_events_due ON public.task_calendar_events USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);
CREATE UNIQUE INDEX idx_task_calendar_events_event ON public.task_calendar_events USING btree (user_id, calendar_id, calendar_event_id);
CREATE INDEX idx_task_calendar_events_organizer_self ON public.task_calendar_events USING btree (organizer_self);
CREATE INDEX idx_task_calendar_events_task ON public.task_calendar_events USING btree (task_id);
CREATE INDEX idx_task_calendar_events_unknown ON public.task_calendar_events USING btree (user_id, calendar_id, event_start) WHERE ((organizer_email IS NULL) AND (deleted_at IS NULL));
CREATE INDEX idx_tasks_user ON public.tasks USING btree (user_id, start_date);
CREATE INDEX idx_writeback_ledger_meeting ON public.writeback_ledger USING btree (meeting_id, ledger_id);
CREATE INDEX idx_writeback_ledger_requests ON public.writeback_ledger USING btree (at) INCLUDE (organizer_user_id) WHERE (step = 'requested'::text);

-- private.due_meet_links (meeting_id text, due_at timestamp with time zone)
create view private.due_meet_links with (security_invoker = true) as
select m.meeting_id, m.meet_link_next_look_at as due_at
from public.meetings as m
where m.meet_link_next_look_at <= now()
  and m.meet_link_looks < 8
  and exists (
    select from private.google_connections as c
    where c.user_id = m.organizer_user_id
      and c.google_account_id = m.google_account_id
      and c.status = 'healthy'
      and (c.paused_until is null or c.paused_until <= now())
  );

-- private.due_notifications (notification_id uuid, target_id uuid, attempts integer, due_at timestamp with time zone, created_at timestamp with time zone)
create view private.due_notifications with (security_invoker = true) as
select n.notification_id, n.target_id, n.attempts, n.next_attempt_at as due_at, n.created_at
from public.notifications as n
where n.next_attempt_at <= now() and (n.leased_until is null or n.leased_until <= now());

-- private.due_schedulings (meeting_id text, organizer_user_id uuid, due_at timestamp with time zone, created_at timestamp with time zone)
create view private.due_schedulings with (security_invoker = true) as
select m.meeting_id, m.organizer_user_id, m.scheduling_next_attempt_at as due_at, m.created_at
from public.meetings as m
where m.scheduling_next_attempt_at <= now()
  and (m.scheduling_leased_until is null or m.scheduling_leased_until <= now());

-- private.due_writebacks (meeting_id text, organizer_user_id uuid, is_retry boolean, due_at timestamp with time zone, created_at timestamp with time zone, is_abandoned boolean)
create view private.due_writebacks with (security_invoker = true) as
select
  m.meeting_id,
  m.organizer_user_id,
  m.writeback_status is distinct from 'pending' as is_retry,
  m.writeback_next_attempt_at as due_at,
  m.created_at,
  m.writeback_lease_token is not null as is_abandoned
from public.meetings as m
where m.writeback_next_attempt_at <= now()
  and (m.writeback_leased_until is null or m.writeback_leased_until <= now())
  and not exists (
    select from private.google_connections as c
    where c.user_id = m.organizer_user_id and (c.paused_until > now() or c.status <> 'healthy')
  );

-- public.v_events_with_declined_guests (id uuid, user_id uuid, task_id text, calendar_id text, calendar_event_id text, event_title text, event_start timestamp with time zone, event_link text, declined_count bigint, declined_emails jsonb)
create view public.v_events_with_declined_guests with (security_invoker = true) as
select
  e.id, e.user_id, e.task_id, e.calendar_id, e.calendar_event_id, e.event_title, e.event_start, e.event_link,
  count(*) as declined_count,
  jsonb_agg(guest.value ->> 'email' order by guest.value ->> 'email') as declined_emails
from public.task_calendar_events as e
cross join lateral jsonb_array_elements(e.attendees) as guest (value)
where e.deleted_at is null and guest.value ->> 'responseStatus' = 'declined'
group by e.id;

-- public.v_frequent_collaborators (user_id uuid, email text, display_name text, events bigint, accepted bigint, declined bigint, latest_event_start timestamp with time zone)
create view public.v_frequent_collaborators with (security_invoker = true) as
select
  e.user_id,
  lower(guest.value ->> 'email') as email,
  max(guest.value ->> 'displayName') as display_name,
  count(*) as events,
  count(*) filter (where guest.value ->> 'responseStatus' = 'accepted') as accepted,
  count(*) filter (where guest.value ->> 'responseStatus' = 'declined') as declined,
  max(e.event_start) as latest_event_start
from public.task_calendar_events as e
cross join lateral jsonb_array_elements(e.attendees) as guest (value)
where e.deleted_at is null
  and not coalesce((guest.value ->> 'self')::boolean, false)
  and not coalesce((guest.value ->> 'resource')::boolean, false)
group by 1, 2;

-- public.v_organizing_by_month (user_id uuid, month date, organizing bigint, attending bigint, unknown bigint)
create view public.v_organizing_by_month with (security_invoker = true) as
select
  e.user_id,
  date_trunc('month', e.event_start at time zone 'UTC')::date as month,
  count(*) filter (where e.organizer_self) as organizing,
  count(*) filter (where not e.organizer_self) as attending,
  count(*) filter (where e.organizer_self is null) as unknown
from public.task_calendar_events as e
where e.deleted_at is null and e.event_start is not null
group by 1, 2;

-- public.v_writeback_status (meeting_id text, scheduled_at timestamp with time zone, writeback_status text, writeback_attempted_at timestamp with time zone, writeback_succeeded_at timestamp with time zone, writeback_retry_count integer, google_event_id text, google_event_link text, writeback_error text)
create view public.v_writeback_status with (security_invoker = true) as
select
  m.meeting_id,
  coalesce(m.scheduled_at, m.created_at) as scheduled_at,
  m.writeback_status,
  m.writeback_attempted_at,
  m.writeback_succeeded_at,
  m.writeback_retry_count,
  m.google_event_id,
  m.google_event_link,
  m.writeback_error
from public.meetings as m
where m.writeback_status is not null
order by scheduled_at desc;

CREATE OR REPLACE FUNCTION private.accept_proposal(p_meeting_id text)
 RETURNS public.meetings
 LANGUAGE sql
 SET search_path TO ''
AS $function$
update public.meetings as m
set
  (title, description, location, participants, constraints, recurrence, weights, allow_concessions, conference, reminders,
    guests_can_modify, guests_can_invite_others, guests_can_see_other_guests, target_calendar_id, event_settings_version) = (
    select
      p.title, p.description, p.location, p.participants, p.constraints, p.recurrence, p.weights, p.allow_concessions, p.conference,
      p.reminders, p.guests_can_modify, p.guests_can_invite_others, p.guests_can_see_other_guests, p.target_calendar_id,
      -- The version that the slot found for the proposal will have.
      case
        when m.starts_at is not null
          and (p.conference, p.reminders, p.guests_can_modify, p.guests_can_invite_others, p.guests_can_see_other_guests)
            is distinct from (m.conference, m.reminders, m.guests_can_modify, m.guests_can_invite_others, m.guests_can_see_other_guests)
        then m.desired_version + 1
        else m.event_settings_version
      end
    from private.as_proposed(m) as p
  ),
  scheduling_proposal = null
where m.meeting_id = p_meeting_id
returning m.*;
$function$;

CREATE OR REPLACE FUNCTION private.announce_meetings(p_meeting_ids text[], p_events text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_added uuid[];
begin
  with added as (
    insert into public.notifications
      (event, transition_key, meeting_id, organizer_user_id, kind, target_id, owner_user_id, payload)
    select
      e.event, private.meeting_transition_key(m, e.event), m.meeting_id, m.organizer_user_id,
      t.kind, t.target_id, t.owner_user_id,
      private.meeting_notice(m)
        || case when e.event = 'given_up' then jsonb_build_object('operation', m.writeback_operation) else '{}' end
    from unnest(p_meeting_ids, p_events) as e (meeting_id, event)
    join public.meetings as m on m.meeting_id = e.meeting_id
    join public.notification_targets as t
      on t.enabled and e.event = any (t.events)
      and (t.owner_user_id is null or t.owner_user_id = m.organizer_user_id)
    on conflict do nothing
    returning notification_id
  )
  select array_agg(added.notification_id) into v_added from added;
  perform private.ring_for_notifications(v_added);
end $function$;

CREATE OR REPLACE FUNCTION private.as_proposed(p_meeting public.meetings)
 RETURNS public.meetings
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_populate_record(
  p_meeting,
  coalesce(p_meeting.scheduling_proposal, '{}')
    -- begin_scheduling refuses another calendar; a write that began since has frozen the one there was.
    - case when private.changes_frozen_calendar(p_meeting, p_meeting.scheduling_proposal) then array['target_calendar_id'] else '{}'::text[] end
);
$function$;

CREATE OR REPLACE FUNCTION private.burdens_of(p_emails text[])
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(jsonb_object_agg(carried.participant_email, carried.burden), '{}')
from (
  select
    l.participant_email,
    round(sum(private.faded(l.burden, l.updated_at)) / greatest(cardinality(p_emails) - 1, 1), 1) as burden
  from private.fairness_ledger as l
  where l.participant_email = any (p_emails) and l.with_email = any (p_emails)
  group by l.participant_email
) as carried
where carried.burden > 0;
$function$;

CREATE OR REPLACE FUNCTION private.can_write_with(p_meeting public.meetings, p_google_account_id text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select p_meeting.google_account_id is null
  or p_meeting.google_account_id = p_google_account_id
  or p_meeting.writeback_status = 'failed' and not p_meeting.writeback_outcome_unknown
$function$;

CREATE OR REPLACE FUNCTION private.change_problem(p_changes jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  (
    select jsonb_build_object('path', key, 'message', 'Unknown field')
    from jsonb_object_keys(p_changes) as key
    where key not in ('title', 'description', 'location', 'participants', 'starts_at', 'ends_at', 'timezone')
    limit 1
  ),
  (
    select jsonb_build_object('path', key, 'message', 'Expected a value')
    from jsonb_each(p_changes) as given (key, value)
    where key in ('participants', 'starts_at', 'ends_at', 'timezone') and jsonb_typeof(value) = 'null'
    limit 1
  ),
  case
    when (p_changes ? 'starts_at') <> (p_changes ? 'ends_at') then
      jsonb_build_object(
        'path', case when p_changes ? 'starts_at' then 'ends_at' else 'starts_at' end,
        'message', 'A new time needs both starts_at and ends_at')
  end
)
$function$;

CREATE OR REPLACE FUNCTION private.changes_frozen_calendar(p_meeting public.meetings, p_proposal jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select coalesce(
  p_proposal ? 'target_calendar_id'
    and p_meeting.google_account_id is not null
    and (p_meeting.writeback_status in ('pending', 'retrying', 'created') or p_meeting.writeback_outcome_unknown)
    and p_proposal ->> 'target_calendar_id' not in (p_meeting.target_calendar_id, p_meeting.google_calendar_id),
  false)
$function$;

CREATE OR REPLACE FUNCTION private.choose_abandoned_scheduling()
 RETURNS text
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select m.meeting_id
from public.meetings as m
where m.scheduling_lease_token is not null
  and m.scheduling_next_attempt_at <= clock_timestamp()
  and m.scheduling_leased_until <= clock_timestamp()
  and not exists (
    select from public.meetings as other
    where other.scheduling_lease_token is not null
      and other.scheduling_next_attempt_at is not null
      and other.scheduling_leased_until > clock_timestamp()
      and other.scheduling_lease_losses > 0
  )
order by m.scheduling_leased_until, m.meeting_id
limit 1
for update of m skip locked;
$function$;

CREATE OR REPLACE FUNCTION private.choose_abandoned_writeback()
 RETURNS text
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select m.meeting_id
from public.meetings as m
where m.writeback_lease_token is not null
  and m.writeback_leased_until <= clock_timestamp()
  and m.writeback_next_attempt_at <= clock_timestamp()
  and (
    m.organizer_user_id is null
    or m.organizer_user_id in (select o.user_id from private.open_organizers() as o where o.requests_left >= 2)
  )
  and not exists (
    select from public.meetings as other
    where other.writeback_lease_token is not null
      and other.writeback_leased_until > clock_timestamp()
      and other.writeback_lease_losses > 0
  )
order by m.writeback_leased_until, m.meeting_id
limit 1
for update of m skip locked;
$function$;

CREATE OR REPLACE FUNCTION private.choose_writebacks(p_limit integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
 ROWS 100
 SET search_path TO ''
AS $function$
begin
  return query
  with organizers as materialized (
    select o.user_id, o.account, o.requests_left from private.open_organizers() as o
  ), project as materialized (
    select private.quota('google_requests_per_minute') - coalesce(sum(s.requests), 0)::integer as requests_left
    from private.requests_spent() as s
  ), candidates as (
    select
      next.meeting_id, o.user_id, o.account, o.requests_left, next.is_retry, next.due_at, next.created_at, next.requests
    from organizers as o
    cross join lateral (
      select
        m.meeting_id, m.writeback_status is distinct from 'pending' as is_retry, m.writeback_next_attempt_at as due_at,
        m.created_at,
        case when m.writeback_operation = 'create' and not m.writeback_outcome_unknown then 1 else 2 end as requests
      from public.meetings as m
      where m.organizer_user_id = o.user_id
        and m.writeback_next_attempt_at <= clock_timestamp()
        and m.writeback_lease_token is null
      order by (m.writeback_status is distinct from 'pending'), m.writeback_next_attempt_at, m.created_at
      limit private.writeback_slice()
    ) as next
    where o.requests_left > 0
    union all
    -- Meetings of nobody: no request is made for them, only the reason told.
    (
      select m.meeting_id, null, '', 1000, m.writeback_status is distinct from 'pending', m.writeback_next_attempt_at, m.created_at, 0
      from public.meetings as m
      where m.organizer_user_id is null
        and m.writeback_next_attempt_at <= clock_timestamp()
        and m.writeback_lease_token is null
      order by m.writeback_next_attempt_at
      limit private.writeback_slice()
    )
  ), ranked as (
    select
      c.*,
      (row_number() over (partition by c.user_id order by c.is_retry, c.due_at, c.created_at, c.meeting_id) - 1) / 3 as round,
      sum(c.requests) over (partition by c.account order by c.is_retry, c.due_at, c.created_at, c.meeting_id) as account_so_far,
      sum(c.requests) over (partition by c.account) as account_in_all
    from candidates as c
  ), affordable as (
    select r.*, sum(r.requests) over (order by r.round, r.is_retry, r.due_at, r.created_at, r.meeting_id) as project_so_far
    from ranked as r
    where r.account_so_far <= r.requests_left
      -- An organizer at the limit waits until a whole slice fits again: statements grow with slices, not rows.
      and (
        r.account_in_all <= r.requests_left
        or r.requests_left >= least(private.writeback_slice(), private.quota('google_requests_per_minute_per_user'))
      )
  )
  select a.meeting_id
  from affordable as a, project as p
  where a.project_so_far <= p.requests_left
  -- Three a time of each organizer, so that nobody's hundred meetings keep somebody else's one waiting.
  order by a.round, a.is_retry, a.due_at, a.created_at, a.meeting_id
  limit p_limit;
end $function$;

CREATE OR REPLACE FUNCTION private.chosen_candidate(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select p_meeting.candidates -> 0
where (p_meeting.candidates -> 0 ->> 'start_time')::timestamptz = p_meeting.starts_at
  and (p_meeting.candidates -> 0 ->> 'end_time')::timestamptz = p_meeting.ends_at
$function$;

CREATE OR REPLACE FUNCTION private.claim_writebacks(p_limit integer, p_lease_seconds integer, p_abandoned boolean)
 RETURNS SETOF public.meetings
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return query select l.* from private.lease_writebacks(private.lock_writebacks(p_limit, p_abandoned), p_lease_seconds) as l;
end $function$;

CREATE OR REPLACE FUNCTION private.complete_adopted(p_table text)
 RETURNS text[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_documented oid := to_regclass(format('public.%I', p_table));
  v_own oid := to_regclass(format('private.%I', p_table));
  v_added smallint[];
  v_names text[];
  v_statements text[];
  v_statement text;
begin
  if not private.is_adopted(p_table) then
    return '{}';
  end if;
  with missing as (
    select
      d.attnum, d.attname,
      format('alter table public.%I add column %I %s%s%s', p_table, d.attname, format_type(d.atttypid, d.atttypmod),
        ' default ' || pg_get_expr(f.adbin, f.adrelid), case when d.attnotnull then ' not null' end) as added,
      format('comment on column public.%I.%I is %L', p_table, d.attname, col_description(d.attrelid, d.attnum)) as described
    from pg_attribute as d
    left join pg_attrdef as f on f.adrelid = d.attrelid and f.adnum = d.attnum
    where d.attrelid = v_documented and d.attnum > 0 and not d.attisdropped
      and not exists (
        select from pg_attribute as own
        where own.attrelid = v_own and own.attnum > 0 and not own.attisdropped and own.attname = d.attname)
  )
  select
    coalesce(array_agg(m.attnum), '{}'),
    coalesce(array_agg(m.attname::text), '{}'),
    coalesce(array_agg(m.added order by m.attnum), '{}') || coalesce(array_agg(m.described order by m.attnum), '{}')
  into v_added, v_names, v_statements
  from missing as m;
  -- A constraint comes along where it is about added columns only: the application's rows keep the rules they had.
  v_statements := v_statements || array(
    select format('alter table public.%I add %s', p_table, pg_get_constraintdef(c.oid))
    from pg_constraint as c
    where c.conrelid = v_documented and c.contype in ('c', 'u', 'f') and c.conkey <@ v_added
    order by c.conname);
  v_statements := v_statements || array(
    select regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX ', ' INDEX IF NOT EXISTS ')
    from pg_index as i
    join pg_class as c on c.oid = i.indexrelid
    where i.indrelid = v_documented
      and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
    order by c.relname);

  execute format('drop table public.%I', p_table);
  execute format('alter table private.%I set schema public', p_table);
  foreach v_statement in array v_statements loop
    execute v_statement;
  end loop;
  return v_names;
end $function$;

CREATE OR REPLACE FUNCTION private.connection_failures()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN ARRAY['invalid_grant'::text, 'invalid_credentials'::text, 'insufficient_permissions'::text, 'not_connected'::text, 'wrong_account'::text];

CREATE OR REPLACE FUNCTION private.costs_of(p_meeting public.meetings)
 RETURNS TABLE(burdens jsonb, emails text[])
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
with coming as (
  select lower(p.value ->> 'email') as email, max(coalesce((p.value ->> 'burden')::numeric, 0)) as burden
  from jsonb_array_elements(p_meeting.candidates -> 0 -> 'participant_availability') as p
  where p.value ->> 'status' in ('free', 'tentative')
  group by 1
)
select jsonb_object_agg(c.email, c.burden) filter (where c.burden > 0), array_agg(c.email)
from coming as c
-- Among more than 20 people turns mean little, and the pairs would be many.
where jsonb_array_length(p_meeting.candidates -> 0 -> 'participant_availability') between 2 and 20
$function$;

CREATE OR REPLACE FUNCTION private.expire_slot_holds()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
delete from private.slot_holds as h
where (h.meeting_id, h.participant_email, h.held) in (
  select e.meeting_id, e.participant_email, e.held
  from private.slot_holds as e
  where e.expires_at <= now()
  for update skip locked
);
$function$;

CREATE OR REPLACE FUNCTION private.faded(p_burden numeric, p_since timestamp with time zone)
 RETURNS numeric
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN (p_burden * (0.5 ^ (GREATEST(EXTRACT(epoch FROM (now() - p_since)), (0)::numeric) / ((90)::numeric * 86400.0))));

CREATE OR REPLACE FUNCTION private.give_up_killing_searches()
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
update public.meetings as m
set
  scheduling_status = 'failed',
  scheduling_error = 'search_abandoned',
  scheduling_reason =
    'The workers that searched for a time ended three times before they had one. Ask for fewer people, a shorter window or less busy time at once, then schedule the meeting again.',
  scheduling_details = null,
  scheduling_next_attempt_at = null,
  scheduling_lease_token = null,
  scheduling_leased_until = null,
  scheduling_lease_losses = 0,
  scheduling_retry_count = 0,
  scheduling_waits = 0
where m.meeting_id in (
  select a.meeting_id
  from public.meetings as a
  where a.scheduling_lease_token is not null
    and a.scheduling_next_attempt_at is not null
    and a.scheduling_leased_until <= clock_timestamp()
    and a.scheduling_lease_losses >= 2
  for update skip locked
);
$function$;

CREATE OR REPLACE FUNCTION private.google_connections_announce()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_added uuid[];
begin
  with added as (
    insert into public.notifications (event, transition_key, organizer_user_id, kind, target_id, owner_user_id, payload)
    select
      'needs_reauth', concat_ws(':', 'needs_reauth', new.user_id, extract(epoch from new.connected_at)), new.user_id,
      t.kind, t.target_id, t.owner_user_id,
      jsonb_build_object('user_id', new.user_id, 'email', new.email, 'reason', new.status_reason)
    from (
      select 'log' as kind, null::uuid as target_id, null::uuid as owner_user_id
      union all
      select w.kind, w.target_id, w.owner_user_id
      from public.notification_targets as w
      where w.enabled and 'needs_reauth' = any (w.events)
        and (w.owner_user_id is null or w.owner_user_id = new.user_id)
    ) as t
    on conflict do nothing
    returning notification_id
  )
  select array_agg(added.notification_id) into v_added from added;
  perform private.ring_for_notifications(v_added);
  return null;
exception
  when others then
    raise log 'convene could not announce the connection of %: %', new.user_id, sqlerrm;
    return null;
end $function$;

CREATE OR REPLACE FUNCTION private.hold_first_free(p_meeting public.meetings, p_held text[], p_candidates jsonb, p_occurrences jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_index integer := -1;
  v_candidate jsonb;
  v_is_free boolean := false;
begin
  perform private.lock_people(p_held);
  -- The constraint cannot know what time it is: what has expired must be gone.
  delete from private.slot_holds as h
  where (h.meeting_id, h.participant_email, h.held) in (
    select e.meeting_id, e.participant_email, e.held
    from private.slot_holds as e
    where e.participant_email = any (p_held) and e.expires_at <= clock_timestamp()
    for update skip locked
  );

  -- Nearly always the first is free, and the others are not checked.
  foreach v_candidate in array array(select c from jsonb_array_elements(p_candidates) as c) loop
    v_index := v_index + 1;
    v_is_free := not exists (
      select
      from private.promises_of(v_candidate, p_held, p_occurrences -> v_index) as p
      join private.slot_holds as h on h.participant_email = p.email and h.held && p.held
      where h.meeting_id <> p_meeting.meeting_id
    );
    exit when v_is_free;
  end loop;
  if not v_is_free then
    return null;
  end if;

  delete from private.slot_holds as h where h.meeting_id = p_meeting.meeting_id;
  -- The caller makes the write-back due in the same transaction, so this one does not expire.
  insert into private.slot_holds (meeting_id, participant_email, organizer_user_id, held, slot, expires_at)
  select
    p_meeting.meeting_id, p.email, p_meeting.organizer_user_id, p.held,
    tstzrange((v_candidate ->> 'start_time')::timestamptz, (v_candidate ->> 'end_time')::timestamptz),
    null
  from private.promises_of(v_candidate, p_held, p_occurrences -> v_index) as p
  -- Occurrences of one series may overlap each other: a whole day, every day, when the clocks go forward.
  on conflict do nothing;
  return v_index;
end $function$;

CREATE OR REPLACE FUNCTION private.hold_slot_again(p_meeting public.meetings)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_chosen jsonb := private.chosen_candidate(p_meeting);
  v_held text[];
begin
  if v_chosen is null then
    return not exists (
      select from private.slot_holds as h
      where h.participant_email in (select e from private.participant_emails(p_meeting.participants) as e)
        and h.held && tstzrange(p_meeting.starts_at, p_meeting.ends_at)
        and h.meeting_id <> p_meeting.meeting_id
        and (h.expires_at is null or h.expires_at > clock_timestamp())
    );
  end if;
  v_held := array(
    select distinct lower(a.value ->> 'email')
    from jsonb_array_elements(v_chosen -> 'participant_availability') as a
    where a.value ->> 'status' <> 'unknown'
    except select unnest(p_meeting.removed_participants)
    -- People whose busy time came with the request were not read from a calendar.
    except
    select lower(p.value ->> 'email')
    from jsonb_array_elements(p_meeting.participants) as p
    where jsonb_typeof(p.value) = 'object' and (p.value ? 'busy' or p.value -> 'calendar_summary' ? 'busy_slots')
  );
  return private.hold_first_free(
    p_meeting, v_held, jsonb_build_array(v_chosen), jsonb_build_array(private.occurrences_of(v_chosen))) is not null;
end $function$;

CREATE OR REPLACE FUNCTION private.holds_too_many(p_meeting public.meetings)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select count(*) >= 250
from (
  select distinct h.meeting_id, h.held
  from private.slot_holds as h
  where h.organizer_user_id = p_meeting.organizer_user_id
    and h.expires_at is null
    and h.meeting_id <> p_meeting.meeting_id
) as promised;
$function$;

CREATE OR REPLACE FUNCTION private.index_as_text(p_table text, p_column text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- The cast of text and varchar to text is none, so any index of the column serves.
  if (
    select a.atttypid not in ('text'::regtype, 'varchar'::regtype)
    from pg_attribute as a
    where a.attrelid = format('public.%I', p_table)::regclass and a.attname = p_column
  ) then
    execute format(
      'create index if not exists %I on public.%I ((%I::text))',
      format('idx_%s_%s_text', p_table, p_column), p_table, p_column);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.insert_leased_meeting(p_meeting_id text, p_user_id uuid, p_meeting jsonb, p_lease_seconds integer)
 RETURNS public.meetings
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into public.meetings (
  meeting_id, organizer_user_id, title, description, location, participants, constraints, recurrence, weights,
  allow_concessions, conference, reminders, guests_can_modify, guests_can_invite_others, guests_can_see_other_guests,
  target_calendar_id, scheduling_lease_token, scheduling_leased_until, scheduling_attempts
)
select
  p_meeting_id, coalesce(p_user_id, given.organizer_user_id), given.title, given.description, given.location,
  given.participants, coalesce(given.constraints, '{}'), given.recurrence, given.weights,
  coalesce(given.allow_concessions, false), coalesce(given.conference, 'meet'), given.reminders,
  coalesce(given.guests_can_modify, false), coalesce(given.guests_can_invite_others, true),
  coalesce(given.guests_can_see_other_guests, true), coalesce(given.target_calendar_id, 'primary'),
  gen_random_uuid(), clock_timestamp() + make_interval(secs => p_lease_seconds), 1
from jsonb_populate_record(null::public.meetings, p_meeting) as given
on conflict (meeting_id) do nothing
returning *;
$function$;

CREATE OR REPLACE FUNCTION private.is_adopted(p_table text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select exists (select from private.adopted_tables as a where a.table_name = p_table);
$function$;

CREATE OR REPLACE FUNCTION private.is_deleted(p_event public.task_calendar_events)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select p_event.deleted_at is not null or p_event.sync_status::text = 'cancelled';
$function$;

CREATE OR REPLACE FUNCTION private.is_email(p_value text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN COALESCE(((length(p_value) <= 254) AND (regexp_replace(p_value, '[^\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff<>()\[\]\\,;:@".]+'::text, 'a'::text, 'g'::text) ~ '^a(\.a)*@a(\.a)+$'::text)), false);

CREATE OR REPLACE FUNCTION private.is_signing_secret(p_secret text)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return p_secret ~ '^whsec_[A-Za-z0-9+/]+={0,2}$' and octet_length(decode(substr(p_secret, 7), 'base64')) between 24 and 64;
exception
  when invalid_parameter_value then
    return false;
end $function$;

CREATE OR REPLACE FUNCTION private.is_timezone(p_value text)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  if p_value = any (string_to_array(
    'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran '
    'Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK '
    'Singapore Turkey UCT UTC Universal W-SU WET Zulu', ' '))
  then
    return true;
  elsif p_value ~ '^Etc/GMT(0|[+-]0|[+]([1-9]|1[0-2])|-([1-9]|1[0-4]))$' then
    return true;
  elsif p_value is null or p_value !~ '^[A-Z][A-Za-z_-]*(/[A-Z][A-Za-z_-]*)+$' then
    return false;
  end if;
  perform pg_catalog.timezone(p_value, now());
  return true;
exception
  when invalid_parameter_value then
    return false;
end $function$;

CREATE OR REPLACE FUNCTION private.is_unwritten(p_event public.task_calendar_events)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select p_event.wanted is not null and p_event.sync_status::text in ('pending', 'failed');
$function$;

CREATE OR REPLACE FUNCTION private.lease_task_event(p_id uuid, p_lease_seconds integer)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
update public.task_calendar_events as e
set
  -- A former lease that nobody settled may have reached Google.
  outcome_unknown = e.outcome_unknown or e.lease_token is not null,
  lease_token = gen_random_uuid(),
  leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
  attempts = e.attempts + 1,
  google_account_id = coalesce(
    e.google_account_id,
    (select c.google_account_id from private.google_connections as c where c.user_id = e.user_id))
where e.id = p_id
returning to_jsonb(e);
$function$;

CREATE OR REPLACE FUNCTION private.lease_writebacks(p_meeting_ids text[], p_lease_seconds integer)
 RETURNS SETOF public.meetings
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  return query
  with leased as (
    update public.meetings as m
    set
      writeback_lease_token = gen_random_uuid(),
      writeback_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
      writeback_attempted_at = clock_timestamp(),
      writeback_attempts = m.writeback_attempts + 1,
      writeback_lease_losses = m.writeback_lease_losses + case when m.writeback_lease_token is null then 0 else 1 end,
      writeback_retry_count = case
        when m.writeback_lease_token is null then m.writeback_retry_count
        else greatest(m.writeback_retry_count, least(3, m.writeback_retry_count + 1))
      end,
      writeback_status = case
        when m.writeback_lease_token is not null and m.writeback_status = 'pending' then 'retrying'
        else m.writeback_status
      end,
      writeback_outcome_unknown = m.writeback_outcome_unknown or m.writeback_lease_token is not null,
      google_calendar_id = case when m.google_account_id is null then m.target_calendar_id else m.google_calendar_id end,
      google_account_id = coalesce(
        m.google_account_id,
        (select c.google_account_id from private.google_connections as c where c.user_id = m.organizer_user_id))
    where m.meeting_id = any (p_meeting_ids)
    returning m.*
  ), recorded as (
    insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, request)
    select
      l.meeting_id, l.organizer_user_id, l.writeback_lease_token, 'claimed',
      jsonb_build_object(
        'operation', l.writeback_operation, 'generation', l.event_generation,
        'attempt', l.writeback_attempts, 'outcome_unknown', l.writeback_outcome_unknown)
    from leased as l
  )
  select * from leased;
end $function$;

CREATE OR REPLACE FUNCTION private.lock_people(p_emails text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_bucket integer;
begin
  for v_bucket in
    select distinct abs(hashtext(email) % 32) as bucket from unnest(p_emails) as email order by bucket
  loop
    -- The first number keeps these apart from other people's advisory locks.
    perform pg_advisory_xact_lock(1668246898, v_bucket);
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION private.lock_writebacks(p_limit integer, p_abandoned boolean)
 RETURNS text[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[];
begin
  -- One claim at a time, to its commit: two at once would both grant the same room under the quotas.
  perform pg_advisory_xact_lock(hashtextextended('convene.claim_writebacks', 0));
  if p_abandoned and p_limit > 0 then
    v_ids := array(
      select a.id from (select private.choose_abandoned_writeback() as id) as a where a.id is not null);
  end if;
  if coalesce(cardinality(v_ids), 0) = 0 then
    v_ids := array(
      select m.meeting_id
      from public.meetings as m
      where m.meeting_id = any (array(select private.choose_writebacks(p_limit)))
        and m.writeback_lease_token is null
        and m.writeback_next_attempt_at <= clock_timestamp()
      for update skip locked);
  end if;
  return v_ids;
end $function$;

CREATE OR REPLACE FUNCTION private.meeting_event(p_writeback_status text, p_scheduling_status text, p_writeback_error text, p_cancelled_at timestamp with time zone, p_next_attempt_at timestamp with time zone, p_lease_token uuid, p_written_version integer, p_desired_version integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN CASE WHEN (p_cancelled_at IS NOT NULL) THEN CASE WHEN ((p_next_attempt_at IS NOT NULL) OR (p_lease_token IS NOT NULL)) THEN NULL::text WHEN ((p_writeback_error IS NULL) AND ((p_writeback_status IS DISTINCT FROM 'created'::text) OR (p_written_version >= p_desired_version))) THEN 'cancelled'::text ELSE 'given_up'::text END WHEN (p_writeback_status = 'created'::text) THEN CASE WHEN ((p_next_attempt_at IS NULL) AND (p_lease_token IS NULL) AND (p_written_version < p_desired_version)) THEN 'given_up'::text ELSE 'created'::text END WHEN (p_writeback_status = 'failed'::text) THEN 'failed'::text WHEN ((p_writeback_status IS NULL) AND (p_scheduling_status = 'failed'::text)) THEN 'failed'::text ELSE NULL::text END;

CREATE OR REPLACE FUNCTION private.meeting_notice(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'meeting_id', p_meeting.meeting_id,
  'title', p_meeting.title,
  'participants', (
    select coalesce(jsonb_agg(jsonb_build_object('email', case jsonb_typeof(p) when 'object' then p -> 'email' else p end, 'name', p -> 'name')), '[]')
    from jsonb_array_elements(case jsonb_typeof(p_meeting.participants) when 'array' then p_meeting.participants else '[]' end) as p
  ),
  'start_time', p_meeting.starts_at,
  'end_time', p_meeting.ends_at,
  'timezone', p_meeting.timezone,
  'google_event_id', p_meeting.google_event_id,
  'google_event_link', p_meeting.google_event_link,
  'meet_link', p_meeting.meet_link,
  'organizer_email', (
    select coalesce(c.email, u.email)
    from auth.users as u left join private.google_connections as c on c.user_id = u.id
    where u.id = p_meeting.organizer_user_id
  ),
  'error', coalesce(p_meeting.writeback_error, p_meeting.scheduling_error || ': ' || coalesce(p_meeting.scheduling_reason, ''))
)
$function$;

CREATE OR REPLACE FUNCTION private.meeting_problem(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  case
    when length(p_meeting.meeting_id) not between 1 and 200 then
      jsonb_build_object('path', 'meeting_id', 'message', 'Expected 1 to 200 characters')
    when length(p_meeting.title) > 1000 then
      jsonb_build_object('path', 'title', 'message', 'Expected at most 1000 characters')
    when length(p_meeting.description) > 8000 then
      jsonb_build_object('path', 'description', 'message', 'Expected at most 8000 characters')
    when length(p_meeting.location) > 1000 then
      jsonb_build_object('path', 'location', 'message', 'Expected at most 1000 characters')
    when p_meeting.conference not in ('meet', 'none') then
      jsonb_build_object('path', 'conference', 'message', 'Expected meet or none')
    when length(p_meeting.target_calendar_id) not between 1 and 300 or p_meeting.target_calendar_id in ('.', '..') then
      jsonb_build_object('path', 'target_calendar_id', 'message', 'Expected the id of a calendar, or primary')
    when jsonb_typeof(p_meeting.constraints) <> 'object' then
      jsonb_build_object('path', 'constraints', 'message', 'Expected an object')
  end,
  private.participants_problem(p_meeting.participants),
  private.reminders_problem(p_meeting.reminders),
  private.slot_problem(p_meeting)
)
$function$;

CREATE OR REPLACE FUNCTION private.meeting_transition_key(p_meeting public.meetings, p_event text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select concat_ws(':', p_event, p_meeting.meeting_id, case
  when p_event = 'created' then 'g' || p_meeting.event_generation
  -- After a requeue a meeting may fail again, and that is news: another attempt, another transition.
  when p_event = 'failed' and p_meeting.writeback_status is null then 's' || p_meeting.scheduling_attempts
  when p_event = 'failed' then 'a' || extract(epoch from p_meeting.writeback_attempted_at)
  when p_event = 'given_up' then 'v' || p_meeting.desired_version || 'a' || extract(epoch from p_meeting.writeback_attempted_at)
end)
$function$;

CREATE OR REPLACE FUNCTION private.meetings_announce_inserted()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.announce_meetings(array[new.meeting_id], array['failed']);
  return null;
exception
  when others then
    raise log 'convene could not announce meeting %: %', new.meeting_id, sqlerrm;
    return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_announce_updated()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_meeting_ids text[];
  v_events text[];
begin
  if not exists (select from public.notification_targets as t where t.enabled) then
    return null;
  end if;
  select array_agg(a.meeting_id), array_agg(a.event) into v_meeting_ids, v_events
  from (
    select
      n.meeting_id,
      private.meeting_event(
        n.writeback_status, n.scheduling_status, n.writeback_error, n.cancelled_at,
        n.writeback_next_attempt_at, n.writeback_lease_token, n.written_version, n.desired_version) as event,
      private.meeting_event(
        o.writeback_status, o.scheduling_status, o.writeback_error, o.cancelled_at,
        o.writeback_next_attempt_at, o.writeback_lease_token, o.written_version, o.desired_version) as event_before
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    -- Cheap, and enough to pass over a claim, and over a change that was requeued: its event is no news.
    where n.writeback_status is distinct from o.writeback_status
      or n.scheduling_status is distinct from o.scheduling_status
      or n.cancelled_at is not null
      or n.writeback_status = 'created' and n.writeback_next_attempt_at is null and n.written_version < n.desired_version
  ) as a
  where a.event is not null and a.event is distinct from a.event_before;
  if v_meeting_ids is not null then
    perform private.announce_meetings(v_meeting_ids, v_events);
  end if;
  return null;
exception
  when others then
    raise log 'convene could not announce meetings: %', sqlerrm;
    return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_detach()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if new.writeback_next_attempt_at is not null then
    new.writeback_status := case when new.writeback_status = 'created' then 'created' else 'failed' end;
    new.writeback_error := 'organizer_deleted: The organizer''s account was deleted before Google Calendar was told.';
    new.writeback_next_attempt_at := null;
  end if;
  if new.scheduling_next_attempt_at is not null then
    new.scheduling_status := 'failed';
    new.scheduling_error := 'organizer_deleted';
    new.scheduling_reason := 'The organizer''s account was deleted before a time was found.';
    new.scheduling_next_attempt_at := null;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_drop_meet_link()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.meet_link := null;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_expect_meet_link()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if new.conference <> 'meet' or new.meet_link is not null or new.cancelled_at is not null then
    new.meet_link_next_look_at := null;
    new.meet_link_error := case when new.meet_link is null then new.meet_link_error end;
  elsif old.writeback_lease_token is not null and (
    old.writeback_status is distinct from 'created'
    -- A conference that a change has added.
    or old.written_version < new.event_settings_version and new.written_version >= new.event_settings_version
  ) then
    new.meet_link_looks := 0;
    new.meet_link_error := null;
    new.meet_link_next_look_at := clock_timestamp() + interval '15 seconds';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_follow_changes()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_released boolean := old.writeback_lease_token is not null and new.writeback_lease_token is null;
  v_idle boolean := old.writeback_lease_token is null and old.writeback_next_attempt_at is null;
  v_code text;
begin
  if new.participants is distinct from old.participants then
    new.removed_participants := array(
      (select unnest(old.removed_participants) union select private.participant_emails(old.participants))
      except select private.participant_emails(new.participants));
  end if;

  -- Whatever was to be done before, a cancelled meeting has one operation left.
  if new.cancelled_at is not null then
    new.writeback_operation := 'cancel';
  end if;

  -- A change has its own three attempts, whatever the event took to be written; so has a cancellation.
  if new.writeback_status = 'created' and new.desired_version > old.desired_version and v_idle then
    new.writeback_retry_count := 0;
    new.writeback_attempts := 0;
    new.writeback_error := null;
  end if;
  if new.desired_version > old.desired_version and (v_idle or new.cancelled_at is distinct from old.cancelled_at) then
    new.writeback_looks := 0;
    new.writeback_lease_losses := 0;
  end if;

  if new.writeback_lease_token is distinct from old.writeback_lease_token then
    new.writeback_leased_version := case when new.writeback_lease_token is not null then new.desired_version end;
  end if;
  if not v_released then
    return new;
  end if;
  v_code := split_part(new.writeback_error, ':', 1);

  if new.writeback_error is not null
    and new.writeback_next_attempt_at is null
    and new.desired_version > old.writeback_leased_version
  then
    -- What failed for good is not what is wanted by now.
    new.writeback_error := null;
    new.writeback_retry_count := 0;
    new.writeback_attempts := 0;
    new.writeback_looks := 0;
    if new.writeback_status = 'failed' and new.cancelled_at is not null then
      new.writeback_status := null;
    else
      new.writeback_status := case when new.writeback_status = 'failed' then 'pending' else new.writeback_status end;
      new.writeback_next_attempt_at := clock_timestamp();
    end if;
  elsif v_code = 'account_changed' and not new.writeback_outcome_unknown then
    -- The next claim notes the account and the calendar anew.
    new.google_account_id := null;
  elsif new.writeback_next_attempt_at is null and v_code = any (private.connection_failures()) then
    perform from private.google_connections as c
    where c.user_id = new.organizer_user_id and c.status = 'healthy' and private.can_write_with(new, c.google_account_id)
    -- Locked, so that either this sees a connection that is just being made, or that finds this row settled.
    for share;
    if found then
      new.google_account_id := case when new.writeback_status = 'failed' then null else new.google_account_id end;
      new.writeback_status := case when new.writeback_status = 'failed' then 'pending' else new.writeback_status end;
      new.writeback_retry_count := 0;
      new.writeback_attempts := 0;
      new.writeback_next_attempt_at := clock_timestamp();
    end if;
  end if;

  if new.writeback_status = 'created' then
    if new.written_version >= new.desired_version then
      new.removed_participants := '{}';
      if new.cancelled_at is not null and new.google_event_id is null then
        -- Cancelled before any event existed: nothing was ever created.
        new.writeback_status := null;
        new.writeback_succeeded_at := null;
      end if;
    elsif new.writeback_next_attempt_at is null
      and (new.writeback_outcome_unknown
        or new.writeback_retry_count < 3 and v_code in ('google_unavailable', 'rate_limited', 'out_of_time'))
    then
      -- The event stays created whatever becomes of its change, but the change is not given up so soon.
      new.writeback_next_attempt_at := clock_timestamp() + private.writeback_backoff(new.writeback_retry_count);
    end if;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_keep_holds()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  with changed as (
    select
      n.meeting_id,
      n.starts_at,
      n.ends_at,
      n.removed_participants,
      n.cancelled_at is not null or n.writeback_status is not distinct from 'failed' as has_ended,
      coalesce(n.writeback_status in ('pending', 'retrying'), false) or n.writeback_next_attempt_at is not null as is_due
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    where (n.writeback_status is not null or o.writeback_status is not null)
      and (n.writeback_status, n.writeback_next_attempt_at is null, n.cancelled_at, n.starts_at, n.ends_at, n.removed_participants)
        is distinct from
        (o.writeback_status, o.writeback_next_attempt_at is null, o.cancelled_at, o.starts_at, o.ends_at, o.removed_participants)
  ), given_back as (
    delete from private.slot_holds as h
    using changed as c
    where h.meeting_id = c.meeting_id
      and (
        c.has_ended
        or (lower(h.slot), upper(h.slot)) is distinct from (c.starts_at, c.ends_at)
        -- A removed participant is free again at once.
        or h.participant_email = any (c.removed_participants)
      )
  )
  update private.slot_holds as h
  -- The calendar shows a written event, but a search under way may have read it before.
  set expires_at = case when not c.is_due then clock_timestamp() + interval '5 minutes' end
  from changed as c
  where h.meeting_id = c.meeting_id
    and not c.has_ended
    and (lower(h.slot), upper(h.slot)) is not distinct from (c.starts_at, c.ends_at)
    and h.participant_email <> all (c.removed_participants);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_note_burden()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_noted private.noted_burdens;
  v_burdens jsonb;
  v_emails text[];
begin
  if new.writeback_status = 'created' and new.cancelled_at is null and jsonb_typeof(new.candidates -> 0 -> 'participant_availability') = 'array' then
    select c.burdens, c.emails into v_burdens, v_emails from private.costs_of(new) as c;
  end if;
  select * into v_noted from private.noted_burdens as n where n.meeting_id = new.meeting_id for update;
  if found then
    if v_burdens = v_noted.burdens and v_noted.emails @> v_emails and v_emails @> v_noted.emails then
      return null;
    elsif old.ends_at <= clock_timestamp() then
      -- It has taken place, and has cost what it cost.
      return null;
    end if;
    perform private.return_burden(v_noted);
  end if;
  if v_burdens is null then
    return null;
  end if;
  insert into private.noted_burdens (meeting_id, burdens, emails) values (new.meeting_id, v_burdens, v_emails);
  insert into private.fairness_ledger as l (participant_email, with_email, burden, meetings)
  select mine.email, other.email, mine.burden::numeric, 1
  from jsonb_each_text(v_burdens) as mine (email, burden)
  join unnest(v_emails) as other (email) on other.email <> mine.email
  order by mine.email, other.email
  on conflict (participant_email, with_email) do update
    set burden = private.faded(l.burden, l.updated_at) + excluded.burden,
        meetings = l.meetings + 1,
        updated_at = now();
  return null;
exception
  -- The event exists on the calendar; storing that matters more than the fairness of the next one.
  when data_exception or deadlock_detected then
    raise log 'convene could not note the burden of %: %', new.meeting_id, sqlerrm;
    return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_refuse_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- Without an organizer there is no connection through which an event could be deleted.
  if old.organizer_user_id is not null and (
    old.writeback_lease_token is not null
    or old.writeback_outcome_unknown
    or (old.writeback_status = 'created' and (old.cancelled_at is null or old.written_version < old.desired_version))
  ) then
    raise exception 'meeting % has an event on Google Calendar, or may have one', old.meeting_id
      using errcode = '55006', hint = 'Cancel it first (DELETE meetings, or public.cancel_meeting); delete the row once nothing is due.';
  end if;
  return old;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_take_in()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_problem jsonb := private.meeting_problem(new);
begin
  if v_problem is not null then
    new.scheduling_status := 'failed';
    new.scheduling_error := 'invalid_request';
    new.scheduling_reason := format('%s: %s', v_problem ->> 'path', v_problem ->> 'message');
    new.scheduling_details := v_problem;
  elsif new.starts_at is not null then
    new.timezone := coalesce(new.timezone, 'UTC');
    new.scheduling_status := 'scheduled';
    new.scheduled_at := now();
    new.writeback_status := 'pending';
    new.writeback_next_attempt_at := now();
  else
    new.scheduling_next_attempt_at := now();
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_touch()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.updated_at := now();
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_wake()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.wake(
    tg_argv[0],
    jsonb_build_object(
      'type', tg_op,
      'table', tg_table_name,
      'schema', tg_table_schema,
      'record', to_jsonb(new) - 'candidates',
      'old_record', case when tg_op = 'UPDATE' then to_jsonb(old) - 'candidates' end
    )
  );
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.notification_backoff(p_attempts integer)
 RETURNS interval
 LANGUAGE sql
 SET search_path TO ''
RETURN make_interval(secs => (random() * LEAST((1800)::double precision, ((300)::double precision * ((6)::double precision ^ (GREATEST((p_attempts - 1), 0))::double precision)))));

CREATE OR REPLACE FUNCTION private.notification_targets_keep_secret()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  new.updated_at := now();
  if new.signing_secret is not null then
    if new.kind <> 'webhook' then
      raise exception 'Only a webhook is signed' using errcode = '22023', hint = 'Leave signing_secret out.';
    elsif not private.is_signing_secret(new.signing_secret) then
      raise exception 'signing_secret is not a signing secret'
        using errcode = '22023', hint = 'Send whsec_ and the base64 of 24 to 64 random bytes.';
    end if;
    insert into private.notification_secrets as s (target_id, signing_secret)
    values (new.target_id, new.signing_secret)
    on conflict (target_id) do update set signing_secret = excluded.signing_secret;
    new.signing_secret := null;
  elsif tg_op = 'INSERT' and new.kind = 'webhook' then
    raise exception 'A webhook needs a signing_secret'
      using errcode = '22023', hint = 'Send whsec_ and the base64 of 24 to 64 random bytes.';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.occurrences_of(p_candidate jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_agg(
  jsonb_build_object(
    'start_time', o.value,
    'end_time', (o.value #>> '{}')::timestamptz
      + ((p_candidate ->> 'end_time')::timestamptz - (p_candidate ->> 'start_time')::timestamptz))
  order by o.ordinality)
from jsonb_array_elements(p_candidate -> 'recurrence' -> 'start_times') with ordinality as o
where not exists (
  select from jsonb_array_elements(p_candidate -> 'recurrence' -> 'clashes') as c where c.value -> 'start_time' = o.value
)
$function$;

CREATE OR REPLACE FUNCTION private.open_organizers()
 RETURNS TABLE(user_id uuid, account text, requests_left integer)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
begin
  return query
  with recursive waiting (user_id) as (
    (
      select m.organizer_user_id
      from public.meetings as m
      where m.writeback_next_attempt_at is not null and m.organizer_user_id is not null
      order by m.organizer_user_id
      limit 1
    )
    union all
    select (
      select m.organizer_user_id
      from public.meetings as m
      where m.writeback_next_attempt_at is not null and m.organizer_user_id > w.user_id
      order by m.organizer_user_id
      limit 1
    )
    from waiting as w
    where w.user_id is not null
  ), spent as materialized (
    select s.account, s.requests from private.requests_spent() as s
  )
  select
    w.user_id,
    coalesce(c.google_account_id, w.user_id::text),
    private.quota('google_requests_per_minute_per_user') - coalesce(s.requests, 0)::integer
  from waiting as w
  left join private.google_connections as c on c.user_id = w.user_id
  left join spent as s on s.account = coalesce(c.google_account_id, w.user_id::text)
  where w.user_id is not null
    and (c.user_id is null or c.status = 'healthy' and (c.paused_until is null or c.paused_until <= clock_timestamp()))
    and not exists (
      select from public.meetings as busy
      where busy.organizer_user_id = w.user_id
        and busy.writeback_lease_token is not null
        and busy.writeback_leased_until > clock_timestamp()
    );
end $function$;

CREATE OR REPLACE FUNCTION private.own_connections(p_participants jsonb, p_organizer_user_id uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  jsonb_agg(
    to_jsonb(own) || jsonb_build_object(
      'profile', p.profile,
      'profile_is_due',
      (p.learned_at is null or p.learned_at < now() - interval '1 day')
        and (p.reading_since is null or p.reading_since < now() - interval '10 minutes'))),
  '[]')
from (
  select distinct on (lower(c.email)) c.*
  from private.google_connections as c
  where c.status = 'healthy'
    and (c.paused_until is null or c.paused_until <= now())
    and (
      c.user_id = p_organizer_user_id
      or lower(c.email) in (
        select distinct email from private.participant_emails(p_participants) as email
      )
    )
  -- Of two users with one Google account the organizer counts, else the first.
  order by lower(c.email), c.user_id is distinct from p_organizer_user_id, c.connected_at, c.user_id
) as own
left join private.calendar_profiles as p
  on p.user_id = own.user_id and p.google_account_id = own.google_account_id;
$function$;

CREATE OR REPLACE FUNCTION private.participant_emails(p_participants jsonb)
 RETURNS SETOF text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select lower(case jsonb_typeof(item) when 'string' then item #>> '{}' else item ->> 'email' end)
from jsonb_array_elements(case when jsonb_typeof(p_participants) = 'array' then p_participants else '[]' end) as item
where jsonb_typeof(item) in ('string', 'object')
$function$;

CREATE OR REPLACE FUNCTION private.participants_problem(p_participants jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_item jsonb;
  v_path text;
  v_index integer := 0;
begin
  if jsonb_typeof(p_participants) <> 'array' then
    return jsonb_build_object('path', 'participants', 'message', 'Expected a list');
  end if;
  if jsonb_array_length(p_participants) not between 1 and 200 then
    return jsonb_build_object('path', 'participants', 'message', 'Expected 1 to 200 participants');
  end if;
  for v_item in select value from jsonb_array_elements(p_participants) loop
    v_path := format('participants[%s]', v_index);
    v_index := v_index + 1;
    if jsonb_typeof(v_item) = 'object' then
      v_path := v_path || '.email';
      v_item := v_item -> 'email';
    end if;
    if jsonb_typeof(v_item) is distinct from 'string' or not private.is_email(v_item #>> '{}') then
      return jsonb_build_object('path', v_path, 'message', 'Expected an e-mail address');
    end if;
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.promises_of(p_candidate jsonb, p_held text[], p_occurrences jsonb)
 RETURNS TABLE(email text, held tstzrange)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select distinct lower(a.value ->> 'email'), tstzrange((p_candidate ->> 'start_time')::timestamptz, (p_candidate ->> 'end_time')::timestamptz)
from jsonb_array_elements(p_candidate -> 'participant_availability') as a
where a.value ->> 'status' = 'free' and lower(a.value ->> 'email') = any (p_held)
union all
-- A person who cannot come the first time is invited to the other occurrences all the same.
select person.email, tstzrange((o.value ->> 'start_time')::timestamptz, (o.value ->> 'end_time')::timestamptz)
from jsonb_array_elements(case jsonb_typeof(p_occurrences) when 'array' then p_occurrences else '[]' end) with ordinality as o
cross join unnest(p_held) as person (email)
where o.ordinality > 1 and not coalesce(o.value -> 'taken', '[]') ? person.email
$function$;

CREATE OR REPLACE FUNCTION private.put_task_event(p_event jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into public.task_calendar_events as e (
  user_id, task_id, calendar_id, calendar_event_id, event_key, event_link, event_start, event_end, event_title,
  timezone, is_all_day, organizer_email, organizer_display_name, organizer_self, attendees, recurrence_rule,
  is_master_event, recurrence_master_id, recurrence_instance_date, original_start_time, is_exception,
  exception_type, series_update_scope, sync_status, sync_source, last_synced_at, etag, deleted_at, google_account_id)
select
  r.user_id, r.task_id, r.calendar_id, r.calendar_event_id, coalesce(r.event_key, gen_random_uuid()), r.event_link,
  r.event_start, r.event_end, r.event_title, r.timezone, coalesce(r.is_all_day, false), r.organizer_email,
  r.organizer_display_name, r.organizer_self, coalesce(r.attendees, '[]'), r.recurrence_rule,
  coalesce(r.is_master_event, false), r.recurrence_master_id, r.recurrence_instance_date, r.original_start_time,
  coalesce(r.is_exception, false), r.exception_type, r.series_update_scope, coalesce(r.sync_status, 'synced'),
  coalesce(r.sync_source, 'convene'), r.last_synced_at, r.etag, r.deleted_at, r.google_account_id
from jsonb_populate_record(null::public.task_calendar_events, p_event) as r
on conflict (user_id, calendar_id, calendar_event_id) do update
set
  event_link = excluded.event_link, event_start = excluded.event_start, event_end = excluded.event_end,
  event_title = excluded.event_title, timezone = excluded.timezone, is_all_day = excluded.is_all_day,
  organizer_email = excluded.organizer_email, organizer_display_name = excluded.organizer_display_name,
  organizer_self = excluded.organizer_self, attendees = excluded.attendees, recurrence_rule = excluded.recurrence_rule,
  is_master_event = excluded.is_master_event, recurrence_master_id = excluded.recurrence_master_id,
  recurrence_instance_date = excluded.recurrence_instance_date, original_start_time = excluded.original_start_time,
  is_exception = excluded.is_exception, exception_type = excluded.exception_type,
  series_update_scope = excluded.series_update_scope, sync_status = excluded.sync_status,
  last_synced_at = excluded.last_synced_at, etag = excluded.etag, deleted_at = excluded.deleted_at;
$function$;

CREATE OR REPLACE FUNCTION private.quota(p_setting text)
 RETURNS integer
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN GREATEST(1, (floor((private.setting(p_setting) * 0.99)))::integer);

CREATE OR REPLACE FUNCTION private.quota_window()
 RETURNS interval
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN '00:01:00.5'::interval;

CREATE OR REPLACE FUNCTION private.record_steps(p_meeting public.meetings, p_lease_token uuid, p_steps jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into public.writeback_ledger
    (meeting_id, organizer_user_id, lease_token, step, at, request, status, reason, outcome, decision, duration_ms)
  select
    p_meeting.meeting_id, p_meeting.organizer_user_id, p_lease_token,
    step.step, coalesce(step.at, clock_timestamp()),
    step.request, step.status, step.reason, step.outcome, step.decision, step.duration_ms
  from jsonb_to_recordset(p_steps) as step (
    step text, at timestamptz, request jsonb, status integer, reason text, outcome text, decision text, duration_ms integer);
$function$;

CREATE OR REPLACE FUNCTION private.refuse_ledger_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  raise exception 'writeback_ledger is append-only'
    using errcode = '55000', hint = 'Insert a new row instead.';
end $function$;

CREATE OR REPLACE FUNCTION private.reminders_problem(p_reminders jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_item jsonb;
  v_unknown text;
  v_index integer := 0;
begin
  if p_reminders is null or jsonb_typeof(p_reminders) = 'null' then
    return null;
  end if;
  if jsonb_typeof(p_reminders) <> 'array' or jsonb_array_length(p_reminders) > 5 then
    return jsonb_build_object('path', 'reminders', 'message', 'Expected a list of at most 5 reminders');
  end if;
  for v_item in select value from jsonb_array_elements(p_reminders) loop
    if jsonb_typeof(v_item) <> 'object' then
      return jsonb_build_object('path', format('reminders[%s]', v_index), 'message', 'Expected an object');
    end if;
    if coalesce(v_item ->> 'method' not in ('email', 'popup'), true) then
      return jsonb_build_object('path', format('reminders[%s].method', v_index), 'message', 'Expected email or popup');
    end if;
    if jsonb_typeof(v_item -> 'minutes') is distinct from 'number'
      or (v_item ->> 'minutes')::numeric not between 0 and 40320
      or (v_item ->> 'minutes')::numeric % 1 <> 0
    then
      return jsonb_build_object('path', format('reminders[%s].minutes', v_index), 'message', 'Expected 0 to 40320 minutes');
    end if;
    select key into v_unknown from jsonb_object_keys(v_item) as key where key not in ('method', 'minutes') limit 1;
    if v_unknown is not null then
      return jsonb_build_object('path', format('reminders[%s].%s', v_index, v_unknown), 'message', 'Unknown field');
    end if;
    v_index := v_index + 1;
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.requests_spent()
 RETURNS TABLE(account text, requests bigint)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
begin
  return query
  select coalesce(c.google_account_id, spent.user_id::text), sum(spent.requests)::bigint
  from (
    select l.organizer_user_id as user_id, count(*) as requests
    from public.writeback_ledger as l
    where l.step = 'requested' and l.at > clock_timestamp() - private.quota_window()
    group by 1
    union all
    -- Leased and not settled: the requests are about to be made, or nobody has told of them yet.
    -- A new event is one request; everything else looks first.
    select m.organizer_user_id, sum(case when m.writeback_operation = 'create' and not m.writeback_outcome_unknown then 1 else 2 end)
    from public.meetings as m
    where m.writeback_lease_token is not null and m.writeback_leased_until > clock_timestamp()
    group by 1
  ) as spent
  left join private.google_connections as c on c.user_id = spent.user_id
  group by 1;
end $function$;

CREATE OR REPLACE FUNCTION private.resume_after_reconnect()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_ids text[];
  v_meeting public.meetings;
  v_way text;
  v_is_searched boolean := false;
begin
  v_ids := array(
    select m.meeting_id
    from public.meetings as m
    where m.organizer_user_id = new.user_id
      and split_part(m.writeback_error, ':', 1) = any (private.connection_failures())
      and m.writeback_lease_token is null
      and (
        m.writeback_status = 'failed'
        or m.writeback_status = 'retrying'
        or m.writeback_status = 'created' and m.written_version < m.desired_version
      )
      and private.can_write_with(m, new.google_account_id)
    order by m.meeting_id
    for update);
  -- All rows first, then all people at once: locked a meeting at a time, two transactions could deadlock.
  perform private.lock_people(array(
    select distinct lower(a.value ->> 'email')
    from public.meetings as m
    cross join jsonb_array_elements(coalesce(private.chosen_candidate(m) -> 'participant_availability', '[]')) as a
    where m.meeting_id = any (v_ids)));

  for v_meeting in select * from public.meetings as m where m.meeting_id = any (v_ids) order by m.meeting_id loop
    -- For a slot in the past, write-back reports slot_expired.
    v_way := case
      when v_meeting.writeback_status = 'failed' and v_meeting.starts_at > clock_timestamp() then private.way_back(v_meeting)
      else 'write'
    end;
    case v_way
      when 'search' then
        perform private.search_again(v_meeting.meeting_id);
        v_is_searched := true;
      when 'taken' then
        update public.meetings as m
        set writeback_error = 'slot_taken: Another meeting has been given the time. Change the time, or schedule the meeting again.'
        where m.meeting_id = v_meeting.meeting_id;
      else
        update public.meetings as m
        set
          writeback_status = case when m.writeback_status = 'failed' then 'pending' else m.writeback_status end,
          writeback_error = null,
          writeback_retry_count = 0,
          writeback_attempts = 0,
          writeback_looks = 0,
          writeback_next_attempt_at = clock_timestamp(),
          google_account_id = case
            when m.writeback_status = 'failed' and not m.writeback_outcome_unknown then null
            else m.google_account_id
          end
        where m.meeting_id = v_meeting.meeting_id;
    end case;
  end loop;

  update public.meetings as m
  set
    scheduling_status = 'pending',
    scheduling_error = null,
    scheduling_reason = null,
    scheduling_details = null,
    scheduling_next_attempt_at = clock_timestamp()
  where m.organizer_user_id = new.user_id
    and m.scheduling_status = 'failed'
    and m.scheduling_error = 'needs_reauth'
    and m.cancelled_at is null;
  if found or v_is_searched then
    perform private.wake_schedule();
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.return_burden(p_noted private.noted_burdens)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- In the order of the key, so that two meetings of the same people do not wait for each other in a circle.
  perform
  from private.fairness_ledger as l
  where p_noted.burdens ? l.participant_email and l.with_email = any (p_noted.emails)
  order by l.participant_email, l.with_email
  for update;
  update private.fairness_ledger as l
  set burden = greatest(0, private.faded(l.burden, l.updated_at)
        - private.faded((p_noted.burdens ->> l.participant_email)::numeric, p_noted.noted_at)),
      meetings = l.meetings - 1,
      updated_at = now()
  where p_noted.burdens ? l.participant_email and l.with_email = any (p_noted.emails);
  delete from private.fairness_ledger as l
  where p_noted.burdens ? l.participant_email and l.with_email = any (p_noted.emails) and l.meetings <= 0;
  delete from private.noted_burdens as n where n.meeting_id = p_noted.meeting_id;
end $function$;

CREATE OR REPLACE FUNCTION private.ring_for_notifications(p_added uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if p_added is not null and not exists (
    select from private.due_notifications as d where d.attempts = 0 and d.notification_id <> all (p_added)
  ) then
    perform private.wake('notify', '{"batch": true, "background": true}');
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.scheduling_context(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'meeting', to_jsonb(p_meeting),
  'connection', (
    select to_jsonb(c) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  ),
  'own_connections', private.own_connections(p_meeting.participants, p_meeting.organizer_user_id),
  'burdens', private.burdens_of(array(
    select distinct email from private.participant_emails(p_meeting.participants) as email
    union
    select lower(c.email) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  ))
);
$function$;

CREATE OR REPLACE FUNCTION private.search_again(p_meeting_id text)
 RETURNS public.meetings
 LANGUAGE sql
 SET search_path TO ''
AS $function$
update public.meetings as m
set
  starts_at = null,
  ends_at = null,
  timezone = null,
  score = null,
  reasoning = null,
  candidates = '[]',
  scheduled_at = null,
  scheduling_status = 'pending',
  scheduling_error = null,
  scheduling_reason = null,
  scheduling_details = null,
  scheduling_retry_count = 0,
  scheduling_waits = 0,
  scheduling_lease_losses = 0,
  scheduling_lease_token = null,
  scheduling_leased_until = null,
  scheduling_next_attempt_at = clock_timestamp(),
  writeback_status = null,
  writeback_error = null,
  writeback_retry_count = 0,
  writeback_attempts = 0,
  writeback_looks = 0,
  writeback_lease_losses = 0,
  writeback_next_attempt_at = null,
  event_generation = m.event_generation
    + case when split_part(m.writeback_error, ':', 1) = 'foreign_event' then 1 else 0 end,
  google_account_id = null
where m.meeting_id = p_meeting_id
returning m.*;
$function$;

CREATE OR REPLACE FUNCTION private.seconds_to_quota()
 RETURNS double precision
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with blocked as (
  select o.account, least(private.writeback_slice(), private.quota('google_requests_per_minute_per_user')) - o.requests_left as missing
  from private.open_organizers() as o
  where o.requests_left < private.writeback_slice()
    and exists (
      select from public.meetings as m
      where m.organizer_user_id = o.user_id
        and m.writeback_next_attempt_at <= clock_timestamp()
        and m.writeback_lease_token is null
    )
  union all
  select null, least(private.writeback_slice(), private.quota('google_requests_per_minute')) - (private.quota('google_requests_per_minute') - coalesce(sum(s.requests), 0)::integer)
  from private.requests_spent() as s
  having exists (select from private.due_writebacks)
)
select min(extract(epoch from freed.at + private.quota_window() - clock_timestamp()))
from blocked as b
cross join lateral (
  select l.at
  from public.writeback_ledger as l
  left join private.google_connections as c on c.user_id = l.organizer_user_id
  where l.step = 'requested'
    and l.at > clock_timestamp() - private.quota_window()
    and (b.account is null or coalesce(c.google_account_id, l.organizer_user_id::text) = b.account)
  order by l.at
  offset b.missing - 1
  limit 1
) as freed
where b.missing > 0;
$function$;

CREATE OR REPLACE FUNCTION private.set_aside(p_table text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if private.is_adopted(p_table) then
    execute format('alter table public.%I set schema private', p_table);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.setting(p_name text)
 RETURNS numeric
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_value numeric;
begin
  select s.value into strict v_value from private.settings as s where s.name = p_name;
  return v_value;
exception
  when no_data_found then
    raise exception 'private.settings has no "%"', p_name
      using errcode = '55000', hint = 'Insert the row again; the migration that made the table has the usual values.';
end $function$;

CREATE OR REPLACE FUNCTION private.slot_problem(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when (p_meeting.starts_at is null) <> (p_meeting.ends_at is null) then
    jsonb_build_object(
      'path', case when p_meeting.starts_at is null then 'starts_at' else 'ends_at' end,
      'message', 'A slot needs both starts_at and ends_at')
  when p_meeting.starts_at not between '1970-01-01T00:00:00Z' and '9999-01-01T00:00:00Z' then
    jsonb_build_object('path', 'starts_at', 'message', 'Expected an instant from 1970 to 9998')
  when p_meeting.ends_at not between '1970-01-01T00:00:00Z' and '9999-01-01T00:00:00Z' then
    jsonb_build_object('path', 'ends_at', 'message', 'Expected an instant from 1970 to 9998')
  when p_meeting.ends_at <= p_meeting.starts_at then
    jsonb_build_object('path', 'ends_at', 'message', 'Expected an end after the start')
  when p_meeting.timezone is not null and not private.is_timezone(p_meeting.timezone) then
    jsonb_build_object('path', 'timezone', 'message', 'Expected an IANA time zone, e.g. Europe/Paris')
end
$function$;

CREATE OR REPLACE FUNCTION private.sweep()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if exists (select from private.due_schedulings) then
    perform private.wake('schedule', '{"batch": true, "background": true}');
  end if;
  if exists (select from private.due_writebacks as due where not due.is_abandoned) then
    perform private.wake('write-back', '{"batch": true, "background": true}');
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.sweep_meet_links()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if exists (select from private.due_meet_links) then
    perform private.wake('meetings/meet-links', '{"batch": true, "background": true}');
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.sweep_notifications()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  delete from public.notifications as n
  where n.notification_id in (
    select o.notification_id from public.notifications as o
    where o.next_attempt_at is null and o.created_at < now() - interval '90 days'
    order by o.created_at
    limit 1000
  );
  if exists (select from private.due_notifications) then
    perform private.wake('notify', '{"batch": true, "background": true}');
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.sweep_task_events()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if exists (
    select from public.task_calendar_events as e
    where e.next_attempt_at <= now() and (e.leased_until is null or e.leased_until <= now())
  ) then
    perform private.wake('task-events', '{"batch": true, "background": true}');
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.take_over_leases()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if exists (select from private.due_writebacks as due where due.is_abandoned)
    and not exists (select from private.due_writebacks as due where not due.is_abandoned)
  then
    perform private.wake('write-back', '{"batch": true, "background": true}');
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.task_event_answer(p_decision text, p_event jsonb, p_user_id uuid)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'decision', p_decision,
  'event', p_event,
  'task', (select to_jsonb(t) from public.tasks as t where t.id::text = p_event ->> 'task_id'),
  'connection', (select to_jsonb(c) from private.google_connections as c where c.user_id = p_user_id),
  'retry_after_seconds', greatest(1, ceil(extract(epoch from (p_event ->> 'leased_until')::timestamptz - clock_timestamp())))
);
$function$;

CREATE OR REPLACE FUNCTION private.tasks_touch()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.updated_at := now();
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.trim_ledger(p_rows integer DEFAULT 20000)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION private.wake(p_function text, p_body jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_url text;
  v_key text;
begin
  select s.decrypted_secret into v_url from vault.decrypted_secrets as s where s.name = 'convene_functions_url';
  select s.decrypted_secret into v_key from vault.decrypted_secrets as s where s.name = 'convene_automations_key';
  if v_url is null or v_key is null then
    return;
  end if;
  perform net.http_post(
    url := v_url || '/' || p_function,
    body := p_body,
    headers := jsonb_build_object('Content-Type', 'application/json', 'apikey', v_key),
    timeout_milliseconds := 5000
  );
exception
  -- A wake-up that fails must not fail the statement that caused it.
  when others then
    raise log 'convene could not wake %: %', p_function, sqlerrm;
end $function$;

CREATE OR REPLACE FUNCTION private.wake_schedule()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select private.wake('schedule', '{"batch": true, "background": true}');
$function$;

CREATE OR REPLACE FUNCTION private.wake_write_back()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select private.wake('write-back', '{"batch": true, "background": true}');
$function$;

CREATE OR REPLACE FUNCTION private.way_back(p_meeting public.meetings)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_is_chosen boolean := private.chosen_candidate(p_meeting) is not null;
begin
  if p_meeting.cancelled_at is not null then
    return 'write';
  elsif p_meeting.writeback_outcome_unknown then
    -- The event may exist: the verification read comes first, whether or not the time is held by others.
    perform private.hold_slot_again(p_meeting);
    return 'write';
  elsif v_is_chosen and p_meeting.writeback_status = 'failed'
    and coalesce(p_meeting.writeback_attempted_at, '-infinity') < clock_timestamp() - interval '5 minutes'
  then
    return 'search';
  elsif private.hold_slot_again(p_meeting) then
    return 'write';
  elsif v_is_chosen and p_meeting.writeback_status = 'failed' then
    return 'search';
  end if;
  return 'taken';
end $function$;

CREATE OR REPLACE FUNCTION private.writeback_backoff(p_failures integer)
 RETURNS interval
 LANGUAGE sql
 SET search_path TO ''
RETURN make_interval(secs => (random() * LEAST((3600)::double precision, ((60)::double precision * ((4)::double precision ^ (LEAST(GREATEST((p_failures - 1), 0), 10))::double precision)))));

CREATE OR REPLACE FUNCTION private.writeback_slice()
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN 18;

CREATE OR REPLACE FUNCTION public.begin_event_change(p_user_id uuid, p_calendar_id text, p_calendar_event_id text, p_lease_seconds integer DEFAULT 120)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_event public.task_calendar_events;
begin
  insert into public.task_calendar_events (user_id, calendar_id, calendar_event_id, organizer_self, sync_source, sync_status)
  values (p_user_id, p_calendar_id, p_calendar_event_id, null, 'google', 'synced')
  on conflict (user_id, calendar_id, calendar_event_id) do nothing;
  select * into v_event
  from public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
  for update;
  if v_event.leased_until > clock_timestamp() then
    return private.task_event_answer('in_progress', to_jsonb(v_event), p_user_id);
  elsif private.is_unwritten(v_event) then
    return private.task_event_answer('unwritten', to_jsonb(v_event), p_user_id);
  elsif private.is_deleted(v_event) then
    return private.task_event_answer('deleted', to_jsonb(v_event), p_user_id);
  end if;
  return private.task_event_answer('claimed', private.lease_task_event(v_event.id, p_lease_seconds), p_user_id);
end $function$;

CREATE OR REPLACE FUNCTION public.begin_google_authorization(p_user_id uuid, p_state_hash text, p_code_verifier_encrypted text, p_return_url text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  delete from private.google_authorizations
   where expires_at < now() - interval '1 day';
  insert into private.google_authorizations
    (state_hash, user_id, code_verifier_encrypted, return_url, expires_at)
  values
    (p_state_hash, p_user_id, p_code_verifier_encrypted, p_return_url, now() + interval '10 minutes');
$function$;

CREATE OR REPLACE FUNCTION public.begin_scheduling(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_meeting jsonb DEFAULT NULL::jsonb, p_reschedule boolean DEFAULT false, p_lease_seconds integer DEFAULT 60)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found then
    if p_meeting is null then
      return jsonb_build_object('decision', 'not_found');
    end if;
    if not p_meeting ? 'participants' then
      return jsonb_build_object('decision', 'incomplete', 'path', 'participants');
    elsif coalesce(p_user_id::text, p_meeting ->> 'organizer_user_id') is null then
      return jsonb_build_object('decision', 'incomplete', 'path', 'organizer_user_id');
    end if;
    begin
      v_meeting := private.insert_leased_meeting(p_meeting_id, p_user_id, p_meeting, p_lease_seconds);
    exception
      when foreign_key_violation then
        return jsonb_build_object('decision', 'incomplete', 'path', 'organizer_user_id');
    end;
    if v_meeting.meeting_id is null then
      -- Somebody inserted the same id between the look and the insert.
      return jsonb_build_object('decision', 'in_progress', 'retry_after_seconds', 1);
    end if;
  elsif p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled', 'meeting', to_jsonb(v_meeting));
  elsif v_meeting.scheduling_leased_until > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'in_progress', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from v_meeting.scheduling_leased_until - clock_timestamp())));
  elsif v_meeting.scheduling_status = 'scheduled' and not p_reschedule then
    return jsonb_build_object('decision', 'scheduled', 'meeting', to_jsonb(v_meeting));
  elsif private.changes_frozen_calendar(v_meeting, p_meeting) then
    return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id', 'meeting', to_jsonb(v_meeting));
  else
    update public.meetings as m
    set
      scheduling_proposal = p_meeting - 'organizer_user_id',
      scheduling_lease_token = gen_random_uuid(),
      scheduling_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
      scheduling_attempts = m.scheduling_attempts + 1,
      scheduling_lease_losses = m.scheduling_lease_losses + case when m.scheduling_lease_token is null then 0 else 1 end
    where m.meeting_id = p_meeting_id
    returning m.* into v_meeting;
    if v_meeting.starts_at is null then
      -- Nothing was found for what the row says, so nothing is lost with it.
      v_meeting := private.accept_proposal(p_meeting_id);
    end if;
  end if;

  return jsonb_build_object('decision', 'claimed') || private.scheduling_context(private.as_proposed(v_meeting));
end $function$;

CREATE OR REPLACE FUNCTION public.begin_task_event(p_task_id text, p_user_id uuid, p_wanted jsonb, p_lease_seconds integer DEFAULT 120)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_task public.tasks;
  v_event public.task_calendar_events;
  v_key uuid := gen_random_uuid();
begin
  -- Callers for one task queue up here, so one task gets one event.
  select * into v_task from public.tasks as t where t.id::text = p_task_id for update;
  if not found or v_task.deleted_at is not null
    or (p_user_id is not null and v_task.user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;

  select * into v_event
  from public.task_calendar_events as e
  where e.task_id::text = p_task_id and not private.is_deleted(e) and not coalesce(e.is_exception, false)
  order by e.created_at desc
  limit 1
  for update;

  if not found then
    insert into public.task_calendar_events (
      user_id, task_id, calendar_id, calendar_event_id, event_key, organizer_self, wanted, sync_status, next_attempt_at)
    values (
      v_task.user_id, v_task.id, coalesce(p_wanted ->> 'calendar_id', 'primary'),
      'convene' || replace(v_key::text, '-', '') || 'g1', v_key, null, p_wanted, 'pending', clock_timestamp())
    returning * into v_event;
  elsif not private.is_unwritten(v_event) then
    return private.task_event_answer('exists', to_jsonb(v_event), v_task.user_id);
  elsif v_event.leased_until > clock_timestamp() then
    return private.task_event_answer('in_progress', to_jsonb(v_event), v_task.user_id);
  elsif v_event.lease_token is null and not v_event.outcome_unknown then
    -- Nothing of the former wish can be on Google, so the new one counts.
    update public.task_calendar_events as e
    set wanted = p_wanted, calendar_id = coalesce(p_wanted ->> 'calendar_id', 'primary'), sync_status = 'pending',
      google_account_id = null, next_attempt_at = clock_timestamp()
    where e.id = v_event.id;
  end if;

  return private.task_event_answer('claimed', private.lease_task_event(v_event.id, p_lease_seconds), v_task.user_id);
end $function$;

CREATE OR REPLACE FUNCTION public.begin_writeback(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_lease_seconds integer DEFAULT 120)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_connection jsonb;
begin
  -- Callers for one meeting queue up here, so exactly one of them gets the lease.
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  -- Candidates are most of what a row weighs, and neither an event nor an answer needs them.
  v_meeting.candidates := '[]';

  select to_jsonb(c) into v_connection from private.google_connections as c where c.user_id = v_meeting.organizer_user_id;

  if v_meeting.cancelled_at is null and v_meeting.writeback_status is null then
    return jsonb_build_object('decision', 'no_slot', 'meeting', to_jsonb(v_meeting));
  elsif v_meeting.writeback_leased_until > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'in_progress', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from v_meeting.writeback_leased_until - clock_timestamp())));
  elsif v_meeting.writeback_next_attempt_at is null then
    return jsonb_build_object(
      'decision', case
        when v_meeting.writeback_status = 'created' and v_meeting.written_version < v_meeting.desired_version then 'failed'
        when v_meeting.cancelled_at is not null then 'cancelled'
        else v_meeting.writeback_status
      end,
      'meeting', to_jsonb(v_meeting));
  elsif v_meeting.writeback_outcome_unknown
    and v_meeting.writeback_next_attempt_at > clock_timestamp()
    and (
      v_meeting.writeback_retry_count >= 3
      or v_meeting.cancelled_at is not null and v_meeting.writeback_status is distinct from 'created'
    )
  then
    -- The next look decides whether the meeting failed, or ever had an event to delete, so it must not come before
    -- the last request can have landed.
    return jsonb_build_object(
      'decision', 'in_progress', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from v_meeting.writeback_next_attempt_at - clock_timestamp())));
  elsif (v_connection ->> 'paused_until')::timestamptz > clock_timestamp() then
    return jsonb_build_object(
      'decision', 'paused', 'meeting', to_jsonb(v_meeting),
      'retry_after_seconds', ceil(extract(epoch from (v_connection ->> 'paused_until')::timestamptz - clock_timestamp())));
  end if;

  -- Asked for by name, a meeting need not wait out its backoff.
  select * into v_meeting from private.lease_writebacks(array[p_meeting_id], p_lease_seconds);
  v_meeting.candidates := '[]';
  return jsonb_build_object('decision', 'claimed', 'meeting', to_jsonb(v_meeting), 'connection', v_connection);
end $function$;

CREATE OR REPLACE FUNCTION public.cancel_meeting(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_expected_version integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_may_exist boolean;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'already_cancelled', 'meeting', to_jsonb(v_meeting));
  elsif p_expected_version <> v_meeting.desired_version then
    return jsonb_build_object('decision', 'version_conflict', 'meeting', to_jsonb(v_meeting));
  end if;

  -- A meeting that failed with a known outcome has no event, nor has one that was never leased.
  v_may_exist := v_meeting.writeback_outcome_unknown
    or v_meeting.writeback_lease_token is not null
    or coalesce(v_meeting.writeback_status, 'none') = 'created'
    or (coalesce(v_meeting.writeback_status, 'none') in ('pending', 'retrying') and v_meeting.writeback_attempted_at is not null);

  update public.meetings as m
  set
    cancelled_at = clock_timestamp(),
    desired_version = m.desired_version + 1,
    scheduling_next_attempt_at = null,
    scheduling_lease_token = null,
    scheduling_leased_until = null,
    writeback_operation = 'cancel',
    writeback_status = case when v_may_exist then m.writeback_status end,
    writeback_error = null,
    writeback_retry_count = 0,
    writeback_attempts = 0,
    writeback_outcome_unknown = v_may_exist and (m.writeback_outcome_unknown or m.writeback_status <> 'created'),
    -- A request whose response was lost may still take effect: the verification read comes later.
    writeback_next_attempt_at = case
      when v_may_exist and m.writeback_outcome_unknown and m.writeback_status <> 'created' then clock_timestamp() + interval '30 seconds'
      when v_may_exist then clock_timestamp()
    end
  where m.meeting_id = p_meeting_id
  returning m.* into v_meeting;
  return jsonb_build_object('decision', 'cancelled', 'meeting', to_jsonb(v_meeting));
end $function$;

CREATE OR REPLACE FUNCTION public.cancel_meetings_of_user(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_cancelled integer;
begin
  perform public.cancel_meeting(m.meeting_id)
  from public.meetings as m
  where m.organizer_user_id = p_user_id and m.cancelled_at is null and coalesce(m.ends_at > now(), true);
  get diagnostics v_cancelled = row_count;
  return jsonb_build_object(
    'cancelled', v_cancelled,
    'waiting', (
      select count(*)
      from public.meetings as m
      where m.organizer_user_id = p_user_id and m.cancelled_at is not null and m.writeback_next_attempt_at is not null
    ));
end $function$;

CREATE OR REPLACE FUNCTION public.change_meeting(p_meeting_id text, p_user_id uuid, p_changes jsonb, p_expected_version integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_changed public.meetings;
  v_problem jsonb := private.change_problem(p_changes);
  v_is_moved boolean;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled', 'meeting', to_jsonb(v_meeting));
  elsif p_expected_version <> v_meeting.desired_version then
    return jsonb_build_object('decision', 'version_conflict', 'meeting', to_jsonb(v_meeting));
  elsif v_problem is null then
    v_changed := jsonb_populate_record(v_meeting, p_changes);
    v_problem := private.meeting_problem(v_changed);
  end if;
  if v_problem is not null then
    return jsonb_build_object('decision', 'invalid', 'meeting', to_jsonb(v_meeting)) || v_problem;
  end if;

  v_is_moved := (v_changed.starts_at, v_changed.ends_at) is distinct from (v_meeting.starts_at, v_meeting.ends_at);
  if v_changed is not distinct from v_meeting then
    return jsonb_build_object('decision', 'unchanged', 'meeting', to_jsonb(v_meeting));
  elsif v_is_moved and v_changed.starts_at <= clock_timestamp() then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', to_jsonb(v_meeting));
  end if;

  update public.meetings as m
  set
    title = v_changed.title,
    description = v_changed.description,
    location = v_changed.location,
    participants = v_changed.participants,
    starts_at = v_changed.starts_at,
    ends_at = v_changed.ends_at,
    timezone = case when v_changed.starts_at is null then v_changed.timezone else coalesce(v_changed.timezone, 'UTC') end,
    desired_version = m.desired_version + 1,
    writeback_operation = case when m.writeback_status = 'created' then 'update' else m.writeback_operation end,
    writeback_status = case when m.writeback_status is null and v_is_moved then 'pending' else m.writeback_status end,
    writeback_next_attempt_at = case
      when m.writeback_status = 'created' or m.writeback_status is null and v_is_moved then clock_timestamp()
      else m.writeback_next_attempt_at
    end
  where m.meeting_id = p_meeting_id;

  if v_is_moved then
    -- A time that the caller gives has no score, and supersedes a search in progress.
    update public.meetings as m
    set
      score = null,
      reasoning = null,
      candidates = '[]',
      scheduled_at = clock_timestamp(),
      scheduling_status = 'scheduled',
      scheduling_error = null,
      scheduling_reason = null,
      scheduling_details = null,
      scheduling_next_attempt_at = null,
      scheduling_lease_token = null,
      scheduling_leased_until = null
    where m.meeting_id = p_meeting_id;
  elsif v_changed.participants <> v_meeting.participants then
    -- A search in progress is for people who no longer take part: it starts again.
    update public.meetings as m
    set scheduling_next_attempt_at = clock_timestamp(), scheduling_lease_token = null, scheduling_leased_until = null
    where m.meeting_id = p_meeting_id and m.scheduling_lease_token is not null and m.starts_at is null;
  end if;
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  return jsonb_build_object('decision', 'changed', 'meeting', to_jsonb(v_meeting));
end $function$;

CREATE OR REPLACE FUNCTION public.claim_meet_links(p_limit integer DEFAULT 20)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with due as (
  select d.meeting_id
  from private.due_meet_links as d
  order by d.due_at
  limit p_limit
  for update skip locked
), claimed as (
  update public.meetings as m
  set
    meet_link_looks = m.meet_link_looks + 1,
    -- Half a minute, then twice as long each time: should this look be lost, the next one is due anyway.
    meet_link_next_look_at = clock_timestamp() + make_interval(secs => 30 * 2 ^ m.meet_link_looks)
  from due
  where m.meeting_id = due.meeting_id
  returning m.*
)
select coalesce(jsonb_agg(jsonb_build_object('meeting', to_jsonb(claimed), 'connection', to_jsonb(c))), '[]')
from claimed
join private.google_connections as c on c.user_id = claimed.organizer_user_id;
$function$;

CREATE OR REPLACE FUNCTION public.claim_notifications(p_limit integer DEFAULT 20, p_lease_seconds integer DEFAULT 60)
 RETURNS TABLE(notification_id uuid, event text, kind text, payload jsonb, created_at timestamp with time zone, lease_token uuid, target_wanted boolean, address text, signing_secret text)
 LANGUAGE sql
 SET search_path TO ''
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.claim_profile_readings(p_user_ids uuid[])
 RETURNS SETOF uuid
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into private.calendar_profiles as p (user_id, google_account_id, reading_since)
select c.user_id, c.google_account_id, now()
from private.google_connections as c
where c.user_id = any (p_user_ids)
order by c.user_id
on conflict (user_id) do update
  set google_account_id = excluded.google_account_id,
      profile = case when p.google_account_id = excluded.google_account_id then p.profile end,
      reading_since = now()
  where p.google_account_id <> excluded.google_account_id
    or ((p.learned_at is null or p.learned_at < now() - interval '1 day')
      and (p.reading_since is null or p.reading_since < now() - interval '10 minutes'))
returning p.user_id;
$function$;

CREATE OR REPLACE FUNCTION public.claim_schedulings(p_limit integer DEFAULT 10, p_lease_seconds integer DEFAULT 60)
 RETURNS SETOF public.meetings
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[];
begin
  perform private.give_up_killing_searches();
  if p_limit > 0 then
    v_ids := array(
      select a.id from (select private.choose_abandoned_scheduling() as id) as a where a.id is not null);
  end if;
  if coalesce(cardinality(v_ids), 0) = 0 then
    v_ids := array(
      select m.meeting_id
      from public.meetings as m
      where m.scheduling_next_attempt_at <= clock_timestamp() and m.scheduling_lease_token is null
      order by m.scheduling_next_attempt_at, m.created_at
      limit p_limit
      for update skip locked);
  end if;
  return query
  update public.meetings as m
  set
    scheduling_lease_token = gen_random_uuid(),
    scheduling_leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
    scheduling_attempts = m.scheduling_attempts + 1,
    scheduling_lease_losses = m.scheduling_lease_losses + case when m.scheduling_lease_token is null then 0 else 1 end
  where m.meeting_id = any (v_ids)
  returning m.*;
end $function$;

CREATE OR REPLACE FUNCTION public.claim_task_events(p_limit integer DEFAULT 10, p_lease_seconds integer DEFAULT 120)
 RETURNS SETOF jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with due as (
  select e.id, e.user_id
  from public.task_calendar_events as e
  where e.next_attempt_at <= clock_timestamp()
    and (e.leased_until is null or e.leased_until <= clock_timestamp())
    and not exists (
      select from private.google_connections as c
      where c.user_id = e.user_id and c.paused_until > clock_timestamp()
    )
  order by e.next_attempt_at
  limit p_limit
  for update skip locked
)
select private.task_event_answer('claimed', private.lease_task_event(due.id, p_lease_seconds), due.user_id) from due;
$function$;

CREATE OR REPLACE FUNCTION public.claim_writeback_slice(p_limit integer, p_lease_seconds integer DEFAULT 120, p_abandoned boolean DEFAULT false)
 RETURNS json
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_claimed public.meetings[] := array[]::public.meetings[];
  v_meetings json;
  v_connections json;
  v_is_more boolean;
begin
  for v_meeting in select c.* from private.claim_writebacks(p_limit, p_lease_seconds, p_abandoned) as c loop
    -- Candidates are most of what a row weighs, and writing an event needs none of them.
    v_meeting.candidates := '[]';
    v_claimed := v_claimed || v_meeting;
  end loop;
  select coalesce(json_agg(c order by c.writeback_status is distinct from 'pending', c.writeback_next_attempt_at, c.created_at), '[]')
  into v_meetings
  from unnest(v_claimed) as c;
  select coalesce(json_agg(g), '[]') into v_connections
  from private.google_connections as g
  where g.user_id in (select c.organizer_user_id from unnest(v_claimed) as c);
  v_is_more := exists (select from private.due_writebacks);
  return json_build_object(
    'meetings', v_meetings,
    'connections', v_connections,
    'quota_seconds', case when v_is_more and cardinality(v_claimed) < p_limit then private.seconds_to_quota() end,
    'is_more', v_is_more
  );
end $function$;

CREATE OR REPLACE FUNCTION public.claim_writebacks(p_limit integer DEFAULT 10, p_lease_seconds integer DEFAULT 120)
 RETURNS SETOF public.meetings
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return query select l.* from private.lease_writebacks(private.lock_writebacks(p_limit, true), p_lease_seconds) as l;
end $function$;

CREATE OR REPLACE FUNCTION public.connect_google(p_user_id uuid, p_google_account_id text, p_email text, p_status text, p_status_reason text, p_granted_scopes text[], p_refresh_token_encrypted text, p_access_token_encrypted text, p_access_token_expires_at timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into private.google_connections as c (
    user_id, google_account_id, email, status, status_reason, granted_scopes,
    refresh_token_encrypted, access_token_encrypted, access_token_expires_at
  )
  values (
    p_user_id, p_google_account_id, p_email, p_status, p_status_reason, p_granted_scopes,
    p_refresh_token_encrypted, p_access_token_encrypted, p_access_token_expires_at
  )
  on conflict (user_id) do update
    set google_account_id = excluded.google_account_id,
        email = excluded.email,
        status = excluded.status,
        status_reason = excluded.status_reason,
        granted_scopes = excluded.granted_scopes,
        refresh_token_encrypted = excluded.refresh_token_encrypted,
        access_token_encrypted = excluded.access_token_encrypted,
        access_token_expires_at = excluded.access_token_expires_at,
        -- A pause belongs to the Google account, so only another account ends it.
        paused_until = case
          when c.google_account_id = excluded.google_account_id then c.paused_until
        end,
        connected_at = now(),
        last_refreshed_at = null,
        updated_at = now()
  returning c.paused_until;
$function$;

CREATE OR REPLACE FUNCTION public.discard_task_event(p_user_id uuid, p_calendar_id text, p_calendar_event_id text)
 RETURNS boolean
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with discarded as (
  update public.task_calendar_events as e
  set deleted_at = clock_timestamp(), sync_status = 'cancelled', next_attempt_at = null, updated_at = clock_timestamp()
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
    and private.is_unwritten(e) and e.deleted_at is null
    -- A request that may have landed is looked up first, by whoever schedules or by the sweep.
    and e.lease_token is null and not e.outcome_unknown
  returning e.id
)
select exists (select from discarded);
$function$;

CREATE OR REPLACE FUNCTION public.find_event_keys(p_event_keys uuid[])
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select m.event_key from public.meetings as m where m.event_key = any (p_event_keys);
$function$;

CREATE OR REPLACE FUNCTION public.find_google_authorization(p_state_hash text)
 RETURNS TABLE(user_id uuid, return_url text)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select a.user_id, a.return_url
    from private.google_authorizations a
   where a.state_hash = p_state_hash
     and a.one_time_code_hash is null
     and a.expires_at > now();
$function$;

CREATE OR REPLACE FUNCTION public.finish_writeback_batch(p_wake boolean DEFAULT false)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_remaining integer;
begin
  select count(*) into v_remaining from private.due_writebacks;
  if p_wake and v_remaining > 0 then
    perform private.wake_write_back();
  end if;
  return v_remaining;
end $function$;

CREATE OR REPLACE FUNCTION public.forget_google_connection(p_user_id uuid)
 RETURNS TABLE(refresh_token_encrypted text, account_used_by_others boolean)
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  delete from private.google_authorizations a where a.user_id = p_user_id;
  delete from private.google_connections c
   where c.user_id = p_user_id
  returning
    c.refresh_token_encrypted,
    exists (
      select from private.google_connections other
       where other.google_account_id = c.google_account_id
         and other.user_id <> c.user_id
    );
$function$;

CREATE OR REPLACE FUNCTION public.get_pending_writebacks(p_limit integer DEFAULT 10)
 RETURNS SETOF public.meetings
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select m.*
from private.due_writebacks as due
join public.meetings as m on m.meeting_id = due.meeting_id
order by due.is_retry, due.due_at, due.created_at
limit p_limit;
$function$;

CREATE OR REPLACE FUNCTION public.list_auditable_calendars(p_limit integer DEFAULT 50)
 RETURNS TABLE(user_id uuid, google_calendar_id text, calendars bigint)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select c.user_id, used.google_calendar_id, count(*) over () as calendars
from private.google_connections as c
cross join lateral (
  select 'primary' as google_calendar_id
  union
  -- The account's address is another name of its primary calendar.
  select nullif(m.google_calendar_id, c.email)
  from public.meetings as m
  where m.organizer_user_id = c.user_id and m.google_account_id = c.google_account_id
) as used
where c.status = 'healthy' and used.google_calendar_id is not null
order by c.user_id, used.google_calendar_id
limit p_limit;
$function$;

CREATE OR REPLACE FUNCTION public.list_auditable_meetings(p_limit integer DEFAULT 50, p_after text DEFAULT NULL::text, p_meeting_ids text[] DEFAULT NULL::text[])
 RETURNS SETOF public.meetings
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select m.*
from public.meetings as m
-- The account is stored before the first request: without it no request was ever made.
where m.google_account_id is not null
  and m.writeback_next_attempt_at is null
  and m.writeback_lease_token is null
  and case
    when p_meeting_ids is not null then m.meeting_id = any (p_meeting_ids)
    else m.recurrence is not null or m.ends_at > now() - interval '30 days'
  end
  and (p_after is null or m.meeting_id > p_after)
order by m.meeting_id
limit p_limit;
$function$;

CREATE OR REPLACE FUNCTION public.list_meetings(p_user_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 50, p_before timestamp with time zone DEFAULT NULL::timestamp with time zone, p_before_meeting_id text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'meetings',
  coalesce((
    select jsonb_agg(
      to_jsonb(page) - array['candidates', 'scheduling_details', 'scheduling_proposal', 'participants', 'constraints', 'attendees', 'description', 'reasoning']
      order by page.created_at desc, page.meeting_id desc)
    from (
      select m.*
      from public.meetings as m
      where (p_user_id is null or m.organizer_user_id = p_user_id)
        and (p_before is null or (m.created_at, m.meeting_id) < (p_before, coalesce(p_before_meeting_id, '')))
      order by m.created_at desc, m.meeting_id desc
      limit p_limit
    ) as page
  ), '[]'),
  'counts',
  (
    select coalesce(jsonb_object_agg(counted.status, counted.meetings), '{}')
    from (
      select coalesce(m.writeback_status, m.scheduling_status) as status, count(*) as meetings
      from public.meetings as m
      where p_user_id is null or m.organizer_user_id = p_user_id
      group by 1
    ) as counted
  )
);
$function$;

CREATE OR REPLACE FUNCTION public.list_unsynced_events(p_user_id uuid DEFAULT NULL::uuid, p_event_ids text[] DEFAULT NULL::text[], p_task_ids text[] DEFAULT NULL::text[], p_meeting_id text DEFAULT NULL::text, p_limit integer DEFAULT 1000)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
with wanted as (
  select 'task' as source, e.user_id, e.calendar_id, e.calendar_event_id, e.event_start, e.event_end
  from public.task_calendar_events as e
  where e.deleted_at is null and e.sync_status::text = 'synced' and p_meeting_id is null
    and (p_user_id is null or e.user_id = p_user_id)
    and (p_event_ids is null or e.calendar_event_id = any (p_event_ids) or e.id::text = any (p_event_ids))
    and (p_task_ids is null or e.task_id::text = any (p_task_ids))
    and (p_event_ids is not null or p_task_ids is not null
      -- Events of which Google reported nothing last time are read again by id only, so that a backfill ends.
      or (e.organizer_email is null and coalesce(e.sync_error, '') not in ('event_not_found', 'organizer_unknown')))
  union all
  select 'meeting', m.organizer_user_id, m.google_calendar_id, m.google_event_id, m.starts_at, m.ends_at
  from public.meetings as m
  where m.google_event_id is not null and m.cancelled_at is null and m.organizer_user_id is not null
    and p_task_ids is null
    and (p_user_id is null or m.organizer_user_id = p_user_id)
    and (p_meeting_id is null or m.meeting_id = p_meeting_id)
    and (p_event_ids is null or m.google_event_id = any (p_event_ids))
    and (p_meeting_id is not null or p_event_ids is not null or m.organizer_email is null)
), page as (
  select w.*
  from wanted as w
  order by w.source <> 'task', w.user_id, w.calendar_id, w.event_start, w.calendar_event_id
  limit p_limit
)
select coalesce(jsonb_agg(jsonb_build_object(
  'user_id', g.user_id,
  'calendar_id', g.calendar_id,
  'event_ids', g.event_ids,
  'time_min', g.time_min,
  'time_max', g.time_max,
  'complete_window', g.complete_window)), '[]')
from (
  select
    page.user_id, page.calendar_id,
    jsonb_agg(distinct page.calendar_event_id) as event_ids,
    min(page.event_start) as time_min,
    max(coalesce(page.event_end, page.event_start)) as time_max,
    bool_and(page.event_start is not null) as complete_window
  from page
  group by page.user_id, page.calendar_id
) as g;
$function$;

CREATE OR REPLACE FUNCTION public.mark_google_needs_reauth(p_user_id uuid, p_refresh_token_encrypted text, p_reason text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update private.google_connections c
     set status = 'needs_reauth',
         status_reason = p_reason,
         access_token_encrypted = null,
         access_token_expires_at = null,
         updated_at = now()
   where c.user_id = p_user_id
     and c.refresh_token_encrypted = p_refresh_token_encrypted;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.mark_writeback_failure(p_meeting_id text, p_error_message text, p_should_retry boolean DEFAULT true, p_lease_token uuid DEFAULT NULL::uuid, p_outcome_unknown boolean DEFAULT false, p_spends_attempt boolean DEFAULT true, p_not_before_seconds double precision DEFAULT NULL::double precision, p_event_generation integer DEFAULT NULL::integer, p_steps jsonb DEFAULT '[]'::jsonb)
 RETURNS boolean
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select (public.settle_writebacks(jsonb_build_array(jsonb_build_object(
  'meeting_id', p_meeting_id, 'lease_token', p_lease_token, 'outcome', 'failed', 'error', p_error_message,
  'should_retry', p_should_retry, 'outcome_unknown', p_outcome_unknown, 'spends_attempt', p_spends_attempt,
  'not_before_seconds', p_not_before_seconds, 'event_generation', p_event_generation, 'steps', p_steps
))) #>> '{0,settled}')::boolean;
$function$;

CREATE OR REPLACE FUNCTION public.mark_writeback_success(p_meeting_id text, p_google_event_id text, p_google_calendar_id text, p_google_event_link text, p_lease_token uuid DEFAULT NULL::uuid, p_event jsonb DEFAULT '{}'::jsonb, p_written_version integer DEFAULT NULL::integer, p_event_generation integer DEFAULT NULL::integer, p_steps jsonb DEFAULT '[]'::jsonb)
 RETURNS boolean
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select (public.settle_writebacks(jsonb_build_array(jsonb_build_object(
  'meeting_id', p_meeting_id, 'lease_token', p_lease_token, 'outcome', 'written', 'google_event_id', p_google_event_id,
  'google_calendar_id', p_google_calendar_id, 'google_event_link', p_google_event_link, 'event', p_event,
  'written_version', p_written_version, 'event_generation', p_event_generation, 'steps', p_steps
))) #>> '{0,settled}')::boolean;
$function$;

CREATE OR REPLACE FUNCTION public.pause_all_google_connections(p_until timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  -- Locked in one order: workers who hear of the limit at once must not wait for each other in a circle.
  with paused as (
    select c.user_id
      from private.google_connections c
     where c.paused_until is null or c.paused_until < p_until
     order by c.user_id
       for update
  )
  update private.google_connections c
     set paused_until = p_until,
         updated_at = now()
    from paused
   where c.user_id = paused.user_id;
$function$;

CREATE OR REPLACE FUNCTION public.pause_google_connection(p_user_id uuid, p_until timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  update private.google_connections c
     set paused_until = greatest(c.paused_until, p_until),
         updated_at = now()
   where c.user_id = p_user_id;
$function$;

CREATE OR REPLACE FUNCTION public.read_google_connection(p_user_id uuid)
 RETURNS TABLE(user_id uuid, google_account_id text, email text, status text, status_reason text, granted_scopes text[], refresh_token_encrypted text, access_token_encrypted text, access_token_expires_at timestamp with time zone, paused_until timestamp with time zone)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select c.user_id, c.google_account_id, c.email, c.status, c.status_reason, c.granted_scopes,
         c.refresh_token_encrypted, c.access_token_encrypted, c.access_token_expires_at,
         c.paused_until
    from private.google_connections c
   where c.user_id = p_user_id;
$function$;

CREATE OR REPLACE FUNCTION public.read_meeting(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_attempts boolean DEFAULT false)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select to_jsonb(m) || case
  when p_attempts then jsonb_build_object(
    'steps',
    coalesce((
      select jsonb_agg(to_jsonb(l) - 'organizer_user_id' order by l.ledger_id)
      from public.writeback_ledger as l
      where l.meeting_id = m.meeting_id
    ), '[]'))
  else '{}'
end
from public.meetings as m
where m.meeting_id = p_meeting_id and (p_user_id is null or m.organizer_user_id = p_user_id);
$function$;

CREATE OR REPLACE FUNCTION public.read_scheduling_context(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_meeting jsonb DEFAULT NULL::jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  if found then
    if p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
      return jsonb_build_object('decision', 'not_found');
    elsif private.changes_frozen_calendar(v_meeting, p_meeting) then
      return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id');
    end if;
    return jsonb_build_object('decision', 'stored')
      || private.scheduling_context(jsonb_populate_record(v_meeting, coalesce(p_meeting, '{}') - 'organizer_user_id'))
      || jsonb_build_object('meeting', to_jsonb(v_meeting));
  end if;
  if p_meeting is null then
    return jsonb_build_object('decision', 'not_found');
  end if;
  v_meeting := jsonb_populate_record(
    null::public.meetings,
    p_meeting || jsonb_build_object('organizer_user_id', coalesce(p_user_id::text, p_meeting ->> 'organizer_user_id')));
  return jsonb_build_object('decision', 'new') || (private.scheduling_context(v_meeting) - 'meeting');
end $function$;

CREATE OR REPLACE FUNCTION public.read_slot_holds(p_emails text[], p_from timestamp with time zone, p_to timestamp with time zone, p_meeting_id text DEFAULT NULL::text)
 RETURNS TABLE(participant_email text, starts_at timestamp with time zone, ends_at timestamp with time zone)
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select h.participant_email, lower(h.held), upper(h.held)
from private.slot_holds as h
where h.participant_email in (select lower(email) from unnest(p_emails) as email)
  and h.held && tstzrange(p_from, p_to)
  and h.meeting_id is distinct from p_meeting_id
  and (h.expires_at is null or h.expires_at > clock_timestamp());
$function$;

CREATE OR REPLACE FUNCTION public.read_task_event(p_user_id uuid, p_calendar_id text, p_calendar_event_id text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select to_jsonb(e)
from public.task_calendar_events as e
where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id;
$function$;

CREATE OR REPLACE FUNCTION public.read_task_events(p_user_id uuid, p_task_ids text[])
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(jsonb_agg(jsonb_build_object(
  'task', to_jsonb(t),
  'event', (
    select to_jsonb(e)
    from public.task_calendar_events as e
    where e.task_id::text = t.id::text and not private.is_deleted(e) and not coalesce(e.is_exception, false)
    order by e.created_at desc
    limit 1
  ))), '[]')
from public.tasks as t
where t.id::text = any (p_task_ids) and t.deleted_at is null and (p_user_id is null or t.user_id = p_user_id);
$function$;

CREATE OR REPLACE FUNCTION public.receive_google_code(p_state_hash text, p_one_time_code_hash text, p_google_code_encrypted text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update private.google_authorizations a
     set one_time_code_hash = p_one_time_code_hash,
         google_code_encrypted = p_google_code_encrypted,
         expires_at = now() + interval '10 minutes'
   where a.state_hash = p_state_hash
     and a.one_time_code_hash is null
     and a.expires_at > now();
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.refresh_written_event(p_meeting_id text, p_google_event_id text, p_google_event_link text, p_event jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update public.meetings as m
  set
    google_event_link = coalesce(p_google_event_link, m.google_event_link),
    meet_link = coalesce(p_event ->> 'meet_link', m.meet_link),
    organizer_email = coalesce(p_event ->> 'organizer_email', m.organizer_email),
    organizer_display_name = coalesce(p_event ->> 'organizer_display_name', m.organizer_display_name),
    organizer_self = coalesce((p_event ->> 'organizer_self')::boolean, m.organizer_self),
    attendees = coalesce(p_event -> 'attendees', m.attendees)
  where m.meeting_id = p_meeting_id
    and m.google_event_id = p_google_event_id
    and m.writeback_status = 'created'
    -- The worker that leases the row will store a newer response.
    and m.writeback_lease_token is null
    and m.writeback_next_attempt_at is null;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.requeue_meeting(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_code text;
  v_is_given_up boolean;
  v_way text;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  v_code := split_part(v_meeting.writeback_error, ':', 1);
  v_is_given_up := v_meeting.writeback_next_attempt_at is null and (
    v_meeting.writeback_status = 'failed'
    or v_meeting.writeback_status = 'created' and v_meeting.written_version < v_meeting.desired_version);
  if not coalesce(v_is_given_up, false) then
    return jsonb_build_object(
      'decision', case when v_meeting.cancelled_at is not null then 'cancelled' else coalesce(v_meeting.writeback_status, 'no_slot') end,
      'meeting', to_jsonb(v_meeting));
  elsif v_meeting.cancelled_at is null
    and v_meeting.starts_at <= clock_timestamp()
    and not v_meeting.writeback_outcome_unknown
    and (v_meeting.writeback_status = 'failed' or v_code = 'event_missing')
  then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', to_jsonb(v_meeting));
  end if;

  v_way := private.way_back(v_meeting);
  if v_way = 'taken' then
    return jsonb_build_object('decision', 'slot_taken', 'meeting', to_jsonb(v_meeting));
  elsif v_way = 'search' then
    v_meeting := private.search_again(p_meeting_id);
    perform private.wake_schedule();
    return jsonb_build_object('decision', 'requeued', 'meeting', to_jsonb(v_meeting));
  end if;

  if v_meeting.cancelled_at is null and v_meeting.writeback_status = 'created' and v_code = 'event_missing' then
    -- Created again, but only after a verification read: an event that is back is adopted instead.
    update public.meetings as m
    set
      writeback_status = 'pending',
      writeback_operation = 'create',
      writeback_outcome_unknown = true,
      written_version = 0,
      google_event_id = null,
      google_event_link = null,
      meet_link = null,
      attendees = '[]'
    where m.meeting_id = p_meeting_id;
  elsif v_meeting.writeback_status = 'failed' then
    update public.meetings as m
    set
      writeback_status = 'pending',
      -- A foreign event keeps our id taken; every other failure left the id free, or ours.
      event_generation = m.event_generation + case when v_code = 'foreign_event' then 1 else 0 end,
      -- Nothing was written with the former account, so another one may write.
      google_account_id = case when m.writeback_outcome_unknown then m.google_account_id end
    where m.meeting_id = p_meeting_id;
  end if;
  update public.meetings as m
  set
    writeback_error = null,
    writeback_retry_count = 0,
    writeback_attempts = 0,
    writeback_looks = 0,
    writeback_lease_losses = 0,
    writeback_next_attempt_at = clock_timestamp()
  where m.meeting_id = p_meeting_id
  returning m.* into v_meeting;
  return jsonb_build_object('decision', 'requeued', 'meeting', to_jsonb(v_meeting));
end $function$;

CREATE OR REPLACE FUNCTION public.save_calendar_profile(p_user_id uuid, p_google_account_id text, p_profile text, p_events_read integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update private.calendar_profiles as p
  set profile = p_profile, events_read = p_events_read, learned_at = now(), reading_since = null
  where p.user_id = p_user_id and p.google_account_id = p_google_account_id;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.save_google_access_token(p_user_id uuid, p_refresh_token_encrypted text, p_access_token_encrypted text, p_access_token_expires_at timestamp with time zone, p_new_refresh_token_encrypted text DEFAULT NULL::text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  update private.google_connections c
     set access_token_encrypted = p_access_token_encrypted,
         access_token_expires_at = p_access_token_expires_at,
         refresh_token_encrypted =
           coalesce(p_new_refresh_token_encrypted, c.refresh_token_encrypted),
         last_refreshed_at = now(),
         updated_at = now()
   where c.user_id = p_user_id
     and c.refresh_token_encrypted = p_refresh_token_encrypted;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.settle_meet_links(p_looks jsonb)
 RETURNS integer
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with look as (
  select l.*
  from jsonb_to_recordset(p_looks) as l (
    meeting_id text, looks integer, meet_link text, error text, is_over boolean, look_token uuid, steps jsonb)
), settled as (
  update public.meetings as m
  set
    meet_link = coalesce(look.meet_link, m.meet_link),
    meet_link_error = look.error,
    meet_link_next_look_at = case when not look.is_over then m.meet_link_next_look_at end
  from look
  where m.meeting_id = look.meeting_id and m.meet_link_looks = look.looks
  returning m.meeting_id
), recorded as (
  select private.record_steps(m, look.look_token, look.steps)
  from look
  join public.meetings as m on m.meeting_id = look.meeting_id
)
select (select count(*) from settled)::integer from (select count(*) from recorded) as written;
$function$;

CREATE OR REPLACE FUNCTION public.settle_notification(p_notification_id uuid, p_lease_token uuid, p_outcome text, p_error text DEFAULT NULL::text, p_spends_attempt boolean DEFAULT true, p_not_before_seconds double precision DEFAULT NULL::double precision)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.settle_scheduling(p_meeting_id text, p_lease_token uuid, p_slot jsonb DEFAULT NULL::jsonb, p_candidates jsonb DEFAULT '[]'::jsonb, p_error text DEFAULT NULL::text, p_reason text DEFAULT NULL::text, p_details jsonb DEFAULT NULL::jsonb, p_retry_after_seconds double precision DEFAULT NULL::double precision)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_index integer;
  v_chosen jsonb;
  v_is_put_off boolean;
  -- A meeting that failed with a known outcome has no event, so nothing of its last attempt binds the next one.
  v_is_free boolean;
begin
  select * into v_meeting from public.meetings as m
  where m.meeting_id = p_meeting_id and m.scheduling_lease_token = p_lease_token
  for update;
  if not found then
    return jsonb_build_object('decision', 'lease_lost');
  end if;

  if p_slot is null then
    v_is_put_off := p_retry_after_seconds is not null;
    update public.meetings as m
    set
      -- A meeting that has a slot keeps it when a new search finds none.
      scheduling_status = case
        when m.starts_at is not null then 'scheduled'
        when v_is_put_off then 'retrying'
        else 'failed'
      end,
      scheduling_error = p_error,
      scheduling_reason = p_reason,
      -- What was said of the slot stays with it.
      scheduling_details = case when m.starts_at is null then p_details else m.scheduling_details end,
      candidates = case when m.starts_at is null then p_candidates else m.candidates end,
      scheduling_next_attempt_at = case
        when m.starts_at is null then clock_timestamp() + make_interval(secs => p_retry_after_seconds)
      end,
      scheduling_retry_count = case
        when not v_is_put_off or m.starts_at is not null then 0
        when p_error = 'google_unavailable' then m.scheduling_retry_count + 1
        else m.scheduling_retry_count
      end,
      scheduling_waits = case
        when not v_is_put_off or m.starts_at is not null then 0
        when p_error = 'google_unavailable' then m.scheduling_waits
        else m.scheduling_waits + 1
      end,
      scheduling_lease_losses = 0,
      scheduling_proposal = null,
      scheduling_lease_token = null,
      scheduling_leased_until = null
    where m.meeting_id = p_meeting_id;
    return jsonb_build_object('decision', 'settled');
  end if;

  -- What was read under a lease that has ended is too old to promise anybody's time.
  if v_meeting.scheduling_leased_until <= clock_timestamp() then
    return jsonb_build_object('decision', 'lease_lost');
  elsif private.holds_too_many(v_meeting) then
    return jsonb_build_object('decision', 'too_many_holds');
  end if;
  v_index := private.hold_first_free(
    v_meeting, array(select distinct lower(email) from jsonb_array_elements_text(p_slot -> 'held') as email), p_candidates,
    p_slot -> 'occurrences');
  if v_index is null then
    return jsonb_build_object('decision', 'taken');
  end if;

  v_chosen := p_candidates -> v_index;
  v_is_free := coalesce(v_meeting.writeback_status = 'failed' and not v_meeting.writeback_outcome_unknown, false);
  perform private.accept_proposal(p_meeting_id);
  update public.meetings as m
  set
    starts_at = (v_chosen ->> 'start_time')::timestamptz,
    ends_at = (v_chosen ->> 'end_time')::timestamptz,
    timezone = p_slot ->> 'timezone',
    score = (v_chosen ->> 'score')::numeric,
    reasoning = v_chosen ->> 'reasoning',
    candidates = (
      select jsonb_agg(c.value order by c.ordinality)
      from jsonb_array_elements(p_candidates) with ordinality as c
      where c.ordinality > v_index and c.ordinality <= v_index + (p_slot ->> 'max_candidates')::integer
    ),
    scheduled_at = clock_timestamp(),
    scheduling_status = 'scheduled',
    scheduling_error = null,
    scheduling_reason = null,
    scheduling_details = p_details,
    scheduling_next_attempt_at = null,
    scheduling_retry_count = 0,
    scheduling_waits = 0,
    scheduling_lease_losses = 0,
    scheduling_lease_token = null,
    scheduling_leased_until = null,
    -- An event that exists, or may, is changed; where there is none, the queue starts afresh.
    writeback_status = case when m.writeback_status in ('created', 'retrying') then m.writeback_status else 'pending' end,
    writeback_operation = case when m.writeback_status = 'created' then 'update' else m.writeback_operation end,
    writeback_error = case when m.writeback_status in ('created', 'retrying') then m.writeback_error end,
    writeback_retry_count = case when m.writeback_status in ('created', 'retrying') then m.writeback_retry_count else 0 end,
    writeback_attempts = case when m.writeback_status in ('created', 'retrying') then m.writeback_attempts else 0 end,
    writeback_next_attempt_at = coalesce(m.writeback_next_attempt_at, clock_timestamp()),
    google_account_id = case when not v_is_free then m.google_account_id end,
    event_generation = m.event_generation
      + case when v_is_free and split_part(m.writeback_error, ':', 1) = 'foreign_event' then 1 else 0 end,
    desired_version = m.desired_version + case when m.starts_at is null then 0 else 1 end
  where m.meeting_id = p_meeting_id;
  return jsonb_build_object('decision', 'settled', 'candidate', v_index);
end $function$;

CREATE OR REPLACE FUNCTION public.settle_task_event(p_id uuid, p_lease_token uuid, p_changes jsonb, p_rows jsonb DEFAULT '[]'::jsonb, p_release boolean DEFAULT true, p_not_before_seconds double precision DEFAULT NULL::double precision, p_gone text[] DEFAULT '{}'::text[])
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_event public.task_calendar_events;
begin
  select * into v_event from public.task_calendar_events as e where e.id = p_id and e.lease_token = p_lease_token for update;
  if not found then
    return false;
  end if;
  v_event := jsonb_populate_record(v_event, p_changes);
  update public.task_calendar_events as e
  set
    calendar_event_id = v_event.calendar_event_id, event_link = v_event.event_link, event_start = v_event.event_start,
    event_end = v_event.event_end, event_title = v_event.event_title, timezone = v_event.timezone,
    is_all_day = v_event.is_all_day, organizer_email = v_event.organizer_email,
    organizer_display_name = v_event.organizer_display_name, organizer_self = v_event.organizer_self,
    attendees = v_event.attendees, recurrence_rule = v_event.recurrence_rule, is_master_event = v_event.is_master_event,
    recurrence_master_id = v_event.recurrence_master_id, recurrence_instance_date = v_event.recurrence_instance_date,
    original_start_time = v_event.original_start_time, is_exception = v_event.is_exception,
    exception_type = v_event.exception_type, series_update_scope = v_event.series_update_scope,
    sync_status = v_event.sync_status, sync_error = v_event.sync_error, last_synced_at = v_event.last_synced_at,
    etag = v_event.etag, deleted_at = v_event.deleted_at, pending_change = v_event.pending_change,
    event_generation = v_event.event_generation,
    outcome_unknown = case when p_release then v_event.outcome_unknown else e.outcome_unknown end,
    attempts = case when p_release and p_not_before_seconds is null then 0 else e.attempts end,
    -- While somebody works, the row is due when the lease ends: a worker that dies is followed by the sweep.
    next_attempt_at = case
      when not p_release then e.leased_until
      when p_not_before_seconds is not null then clock_timestamp() + make_interval(secs => p_not_before_seconds)
    end,
    lease_token = case when p_release then null else e.lease_token end,
    leased_until = case when p_release then null else e.leased_until end,
    updated_at = now()
  where e.id = p_id;
  -- The occurrences of a deleted series are gone with it.
  update public.task_calendar_events as e
  set deleted_at = clock_timestamp(), sync_status = 'cancelled'
  where e.user_id = v_event.user_id and e.calendar_id = v_event.calendar_id and e.deleted_at is null
    and (e.calendar_event_id = any (p_gone)
      or (v_event.deleted_at is not null and e.recurrence_master_id = v_event.calendar_event_id));
  perform private.put_task_event(r.value) from jsonb_array_elements(p_rows) as r;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.settle_writebacks(p_settlements jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_answers jsonb;
begin
  with given as materialized (
    select
      g.*,
      g.outcome = 'written' as is_written,
      g.outcome = 'failed' as is_failed,
      g.outcome = 'released' as is_released,
      case when g.outcome = 'failed' and coalesce(g.spends_attempt, true) then 1 else 0 end as spent,
      case when g.outcome = 'failed' and g.outcome_unknown and not g.spends_attempt then 1 else 0 end as looked
    from jsonb_to_recordset(p_settlements) as g (
      meeting_id text, lease_token uuid, outcome text, steps jsonb, event_generation integer,
      operation text, google_event_id text, google_calendar_id text, google_event_link text, event jsonb, written_version integer,
      error text, should_retry boolean, outcome_unknown boolean, spends_attempt boolean, not_before_seconds double precision)
    order by g.meeting_id
  ), settled as (
    update public.meetings as m
    set
      writeback_lease_token = null,
      writeback_leased_until = null,
      writeback_attempted_at = coalesce(m.writeback_attempted_at, clock_timestamp()),
      event_generation = coalesce(g.event_generation, m.event_generation),
      writeback_lease_losses = case when g.is_released then m.writeback_lease_losses else 0 end,
      writeback_looks = case when g.is_released then m.writeback_looks when g.looked = 1 then m.writeback_looks + 1 else 0 end,
      -- What supersedes it has attempts of its own.
      writeback_attempts = case
        when g.is_written and (g.written_version < m.desired_version or m.writeback_operation = 'cancel' and g.operation <> 'cancel') then 0
        when g.is_written or g.spent = 1 then m.writeback_attempts
        else greatest(m.writeback_attempts - 1, 0)
      end,
      writeback_retry_count = case
        when g.is_written and (g.written_version < m.desired_version or m.writeback_operation = 'cancel' and g.operation <> 'cancel') then 0
        else m.writeback_retry_count + g.spent
      end,
      writeback_status = case
        when g.is_released then m.writeback_status
        -- Cancelled before any event existed: nothing was ever created.
        when g.is_written and m.writeback_operation = 'cancel' and coalesce(g.google_event_id, m.google_event_id) is null then null
        when g.is_written or m.writeback_status = 'created' then 'created'
        -- Whether the event exists is not known yet, so no number of attempts may call it failed; and what costs
        -- no attempt cannot use up the last one.
        when g.outcome_unknown or g.should_retry and (g.spent = 0 or m.writeback_retry_count < 2) then 'retrying'
        else 'failed'
      end,
      writeback_error = case when g.is_released then m.writeback_error else left(g.error, 2000) end,
      writeback_outcome_unknown = case when g.is_released then m.writeback_outcome_unknown else g.is_failed and coalesce(g.outcome_unknown, false) end,
      writeback_next_attempt_at = case
        when g.is_released then m.writeback_next_attempt_at
        when g.is_written then case when (g.written_version < m.desired_version or m.writeback_operation = 'cancel' and g.operation <> 'cancel') then clock_timestamp() end
        when g.outcome_unknown or g.should_retry and (g.spent = 0 or m.writeback_retry_count < 2) then
          clock_timestamp() + coalesce(
            make_interval(secs => g.not_before_seconds),
            greatest(
              private.writeback_backoff(m.writeback_retry_count + g.spent + case when g.looked = 1 then m.writeback_looks + 1 else 0 end),
              -- A request whose answer is lost may still be on its way: the look comes after it can have landed.
              case when g.outcome_unknown and g.spent = 1 then interval '30 seconds' end))
      end,
      writeback_operation = case
        when g.is_written and m.writeback_operation = 'create' and (g.written_version < m.desired_version or m.writeback_operation = 'cancel' and g.operation <> 'cancel') then 'update'
        else m.writeback_operation
      end,
      google_event_id = coalesce(g.google_event_id, m.google_event_id),
      google_calendar_id = coalesce(g.google_calendar_id, m.google_calendar_id),
      google_event_link = case when g.is_written and g.operation is distinct from 'cancel' then g.google_event_link else m.google_event_link end,
      writeback_succeeded_at = case
        when g.is_written and g.operation is distinct from 'cancel' then clock_timestamp()
        else m.writeback_succeeded_at
      end,
      written_version = case when g.is_written then coalesce(g.written_version, m.desired_version) else m.written_version end,
      meet_link = coalesce(g.event ->> 'meet_link', m.meet_link),
      organizer_email = coalesce(g.event ->> 'organizer_email', m.organizer_email),
      organizer_display_name = coalesce(g.event ->> 'organizer_display_name', m.organizer_display_name),
      organizer_self = coalesce((g.event ->> 'organizer_self')::boolean, m.organizer_self),
      attendees = coalesce(g.event -> 'attendees', m.attendees)
    from given as g
    where m.meeting_id = g.meeting_id
      and case
        when g.lease_token is not null then m.writeback_lease_token = g.lease_token
        -- Without a token (the documented positional calls) only where nobody is at work and nothing is settled.
        when m.writeback_leased_until > clock_timestamp() then false
        when g.is_written then m.writeback_status is distinct from 'created'
        else m.writeback_status in ('pending', 'retrying')
      end
    returning
      m.meeting_id, m.organizer_user_id, m.writeback_status, m.writeback_attempted_at,
      g.lease_token, g.steps, g.is_released, g.error
  ), steps as (
    select
      s.meeting_id, s.organizer_user_id, s.lease_token, step.ordinality as place, step.step,
      -- A request was made between the claim and now, whatever the worker's clock says: the quotas count by it.
      least(greatest(coalesce(step.at, clock_timestamp()), s.writeback_attempted_at), clock_timestamp()) as at,
      step.request, step.status, step.reason, step.outcome, null as decision, step.duration_ms
    from settled as s
    cross join lateral rows from (
      jsonb_to_recordset(s.steps) as (
        step text, at timestamptz, request jsonb, status integer, reason text, outcome text, duration_ms integer)
    ) with ordinality as step
    union all
    select
      s.meeting_id, s.organizer_user_id, s.lease_token, 1000000, 'settled', clock_timestamp(), null, null,
      split_part(s.error, ':', 1), null,
      case when s.is_released then 'released' else coalesce(s.writeback_status, 'cancelled') end, null
    from settled as s
  ), recorded as (
    insert into public.writeback_ledger
      (meeting_id, organizer_user_id, lease_token, step, at, request, status, reason, outcome, decision, duration_ms)
    select
      e.meeting_id, e.organizer_user_id, e.lease_token, e.step, e.at, e.request, e.status, e.reason, e.outcome, e.decision, e.duration_ms
    from steps as e
    order by e.place
  )
  select coalesce(
    jsonb_agg(jsonb_build_object('meeting_id', g.meeting_id, 'settled', s.meeting_id is not null, 'writeback_status', s.writeback_status)),
    '[]')
  into v_answers
  from given as g
  left join settled as s on s.meeting_id = g.meeting_id;
  return v_answers;
end $function$;

CREATE OR REPLACE FUNCTION public.store_event_people(p_user_id uuid, p_calendar_id text, p_events jsonb, p_missing text[] DEFAULT '{}'::text[], p_read_at timestamp with time zone DEFAULT clock_timestamp())
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with given as (
  select g.*
  from jsonb_to_recordset(p_events) as g (
    calendar_event_id text, organizer_email text, organizer_display_name text, organizer_self boolean,
    attendees jsonb, etag text)
), known as (
  select
    e.id, g.*,
    (e.organizer_email, e.organizer_display_name, e.organizer_self, e.attendees)
      is distinct from (g.organizer_email, g.organizer_display_name, g.organizer_self, g.attendees) as changes,
    e.lease_token is not null or coalesce(e.last_synced_at > p_read_at, false) as is_newer
  from given as g
  join public.task_calendar_events as e
    on e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = g.calendar_event_id
), stored as (
  update public.task_calendar_events as e
  set
    organizer_email = k.organizer_email, organizer_display_name = k.organizer_display_name,
    organizer_self = k.organizer_self, attendees = k.attendees, etag = k.etag, last_synced_at = clock_timestamp(),
    sync_error = case when k.organizer_email is null then 'organizer_unknown' end
  from known as k
  where e.id = k.id and not k.is_newer
), noted as (
  update public.task_calendar_events as e
  set sync_error = 'event_not_found'
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = any (p_missing)
    and e.lease_token is null and coalesce(e.last_synced_at <= p_read_at, true)
), known_meetings as (
  select
    m.meeting_id, g.*,
    (m.organizer_email, m.organizer_display_name, m.organizer_self, m.attendees)
      is distinct from (g.organizer_email, g.organizer_display_name, g.organizer_self, g.attendees) as changes,
    m.writeback_lease_token is not null or coalesce(m.writeback_succeeded_at > p_read_at, false) as is_newer
  from given as g
  join public.meetings as m
    on m.organizer_user_id = p_user_id and m.google_calendar_id = p_calendar_id and m.google_event_id = g.calendar_event_id
), stored_meetings as (
  update public.meetings as m
  set
    organizer_email = k.organizer_email, organizer_display_name = k.organizer_display_name,
    organizer_self = k.organizer_self, attendees = k.attendees
  from known_meetings as k
  where m.meeting_id = k.meeting_id and k.changes and not k.is_newer
)
select coalesce(jsonb_object_agg(r.calendar_event_id, r.result), '{}')
from (
  select all_known.calendar_event_id, case when bool_or(all_known.changes) then 'updated' else 'unchanged' end as result
  from (
    select k.calendar_event_id, k.changes and not k.is_newer as changes from known as k
    union all
    select k.calendar_event_id, k.changes and not k.is_newer from known_meetings as k
  ) as all_known
  group by all_known.calendar_event_id
) as r;
$function$;

CREATE OR REPLACE FUNCTION public.use_google_authorization(p_one_time_code_hash text, p_user_id uuid)
 RETURNS TABLE(code_verifier_encrypted text, google_code_encrypted text)
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  with used as (
    delete from private.google_authorizations a
     where a.one_time_code_hash = p_one_time_code_hash
    returning a.user_id, a.expires_at, a.code_verifier_encrypted, a.google_code_encrypted
  )
  select u.code_verifier_encrypted, u.google_code_encrypted
    from used u
   where u.user_id = p_user_id
     and u.expires_at > now();
$function$;

CREATE TRIGGER google_connections_announce_inserted AFTER INSERT ON private.google_connections FOR EACH ROW WHEN ((new.status = 'needs_reauth'::text)) EXECUTE FUNCTION private.google_connections_announce();
CREATE TRIGGER google_connections_announce_updated AFTER UPDATE OF status ON private.google_connections FOR EACH ROW WHEN (((new.status = 'needs_reauth'::text) AND (old.status IS DISTINCT FROM 'needs_reauth'::text))) EXECUTE FUNCTION private.google_connections_announce();
CREATE TRIGGER google_connections_resume AFTER INSERT OR UPDATE OF status ON private.google_connections FOR EACH ROW WHEN ((new.status = 'healthy'::text)) EXECUTE FUNCTION private.resume_after_reconnect();
CREATE TRIGGER meetings_announce_inserted AFTER INSERT ON public.meetings FOR EACH ROW WHEN ((new.scheduling_status = 'failed'::text)) EXECUTE FUNCTION private.meetings_announce_inserted();
CREATE TRIGGER meetings_announce_updated AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_announce_updated();
CREATE TRIGGER meetings_detach BEFORE UPDATE OF organizer_user_id ON public.meetings FOR EACH ROW WHEN (((old.organizer_user_id IS NOT NULL) AND (new.organizer_user_id IS NULL))) EXECUTE FUNCTION private.meetings_detach();
CREATE TRIGGER meetings_drop_meet_link BEFORE UPDATE ON public.meetings FOR EACH ROW WHEN (((new.conference = 'none'::text) AND (new.meet_link IS NOT NULL))) EXECUTE FUNCTION private.meetings_drop_meet_link();
CREATE TRIGGER meetings_expect_meet_link BEFORE UPDATE ON public.meetings FOR EACH ROW WHEN ((new.writeback_status = 'created'::text)) EXECUTE FUNCTION private.meetings_expect_meet_link();
CREATE TRIGGER meetings_follow_changes BEFORE UPDATE ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_follow_changes();
CREATE TRIGGER meetings_keep_holds AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_keep_holds();
CREATE TRIGGER meetings_note_burden AFTER UPDATE ON public.meetings FOR EACH ROW WHEN ((((new.writeback_status = 'created'::text) OR (old.writeback_status = 'created'::text)) AND ((new.candidates <> '[]'::jsonb) OR (old.candidates <> '[]'::jsonb)) AND (((((new.writeback_status IS DISTINCT FROM old.writeback_status) OR (new.cancelled_at IS DISTINCT FROM old.cancelled_at)) OR (new.starts_at IS DISTINCT FROM old.starts_at)) OR (new.ends_at IS DISTINCT FROM old.ends_at)) OR (new.scheduled_at IS DISTINCT FROM old.scheduled_at)))) EXECUTE FUNCTION private.meetings_note_burden();
CREATE TRIGGER meetings_refuse_delete BEFORE DELETE ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_refuse_delete();
CREATE TRIGGER meetings_take_in BEFORE INSERT ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_take_in();
CREATE TRIGGER meetings_touch BEFORE UPDATE ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_touch();
CREATE TRIGGER meetings_wake_schedule AFTER INSERT ON public.meetings FOR EACH ROW WHEN (((new.scheduling_status = 'pending'::text) AND (new.scheduling_lease_token IS NULL))) EXECUTE FUNCTION private.meetings_wake('schedule');
CREATE TRIGGER meetings_wake_write_back_changed AFTER UPDATE ON public.meetings FOR EACH ROW WHEN (((new.writeback_operation <> 'create'::text) AND (new.writeback_lease_token IS NULL) AND (new.writeback_next_attempt_at <= clock_timestamp()) AND ((old.writeback_next_attempt_at IS NULL) OR (old.writeback_lease_token IS NOT NULL) OR (new.desired_version > old.desired_version)) AND ((new.writeback_status IS DISTINCT FROM 'pending'::text) OR (old.writeback_status = 'pending'::text)))) EXECUTE FUNCTION private.meetings_wake('write-back');
CREATE TRIGGER meetings_wake_write_back_inserted AFTER INSERT ON public.meetings FOR EACH ROW WHEN ((new.writeback_status = 'pending'::text)) EXECUTE FUNCTION private.meetings_wake('write-back');
CREATE TRIGGER meetings_wake_write_back_updated AFTER UPDATE OF writeback_status ON public.meetings FOR EACH ROW WHEN (((new.writeback_status = 'pending'::text) AND (old.writeback_status IS DISTINCT FROM 'pending'::text))) EXECUTE FUNCTION private.meetings_wake('write-back');
CREATE TRIGGER notification_targets_keep_secret BEFORE INSERT OR UPDATE ON public.notification_targets FOR EACH ROW EXECUTE FUNCTION private.notification_targets_keep_secret();
CREATE TRIGGER tasks_touch BEFORE UPDATE ON public.tasks FOR EACH ROW EXECUTE FUNCTION private.tasks_touch();
CREATE TRIGGER writeback_ledger_append_only BEFORE UPDATE ON public.writeback_ledger FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_ledger_update();

create policy "organizers insert their meetings" on public.meetings
  as permissive for insert to authenticated
  with check (organizer_user_id = ( SELECT auth.uid() AS uid));

create policy "organizers read their meetings" on public.meetings
  as permissive for select to authenticated
  using (organizer_user_id = ( SELECT auth.uid() AS uid));

create policy "owners change their targets" on public.notification_targets
  as permissive for update to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid))
  with check ((owner_user_id = ( SELECT auth.uid() AS uid)) AND ((kind <> 'email'::text) OR (address IS NULL)));

create policy "owners delete their targets" on public.notification_targets
  as permissive for delete to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid));

create policy "owners insert their targets" on public.notification_targets
  as permissive for insert to authenticated
  with check ((owner_user_id = ( SELECT auth.uid() AS uid)) AND ((kind <> 'email'::text) OR (address IS NULL)));

create policy "owners read their targets" on public.notification_targets
  as permissive for select to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid));

create policy "owners of targets read what they were sent" on public.notifications
  as permissive for select to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid));

create policy "users read their events" on public.task_calendar_events
  as permissive for select to authenticated
  using (user_id = ( SELECT auth.uid() AS uid));

create policy "users change their tasks" on public.tasks
  as permissive for update to authenticated
  using (user_id = ( SELECT auth.uid() AS uid))
  with check (user_id = ( SELECT auth.uid() AS uid));

create policy "users delete their tasks" on public.tasks
  as permissive for delete to authenticated
  using (user_id = ( SELECT auth.uid() AS uid));

create policy "users insert their tasks" on public.tasks
  as permissive for insert to authenticated
  with check (user_id = ( SELECT auth.uid() AS uid));

create policy "users read their tasks" on public.tasks
  as permissive for select to authenticated
  using (user_id = ( SELECT auth.uid() AS uid));

create policy "organizers read their ledger" on public.writeback_ledger
  as permissive for select to authenticated
  using (organizer_user_id = ( SELECT auth.uid() AS uid));

grant usage on schema private to service_role;
grant delete, insert, select, update on private.calendar_profiles to service_role;
grant select, update on private.due_meet_links to service_role;
grant select on private.due_notifications to service_role;
grant select, update on private.due_schedulings to service_role;
grant select, update on private.due_writebacks to service_role;
grant delete, insert, select, update on private.fairness_ledger to service_role;
grant delete, insert, select, update on private.google_authorizations to service_role;
grant delete, insert, select, update on private.google_connections to service_role;
grant delete, insert, select, update on private.noted_burdens to service_role;
grant select on private.notification_secrets to service_role;
grant insert, select, update on private.settings to service_role;
grant delete, insert, select, update on private.slot_holds to service_role;
grant select on public.meetings to authenticated;
grant delete, insert, select, update on public.meetings to service_role;
grant delete, select on public.notification_targets to authenticated;
grant delete, insert, select, update on public.notification_targets to service_role;
grant select on public.notifications to authenticated;
grant delete, insert, select, update on public.notifications to service_role;
grant select on public.task_calendar_events to authenticated;
grant delete, insert, select, update on public.task_calendar_events to service_role;
grant delete, select on public.tasks to authenticated;
grant delete, insert, select, update on public.tasks to service_role;
grant select on public.v_events_with_declined_guests to authenticated;
grant select on public.v_events_with_declined_guests to service_role;
grant select on public.v_frequent_collaborators to authenticated;
grant select on public.v_frequent_collaborators to service_role;
grant select on public.v_organizing_by_month to authenticated;
grant select on public.v_organizing_by_month to service_role;
grant select on public.v_writeback_status to authenticated;
grant select on public.v_writeback_status to service_role;
grant select on public.writeback_ledger to authenticated;
grant delete, insert, select on public.writeback_ledger to service_role;
grant insert (allow_concessions, conference, constraints, description, ends_at, guests_can_invite_others, guests_can_modify, guests_can_see_other_guests, location, meeting_id, organizer_user_id, participants, recurrence, reminders, starts_at, target_calendar_id, timezone, title, weights) on public.meetings to authenticated;
grant insert (address, enabled, events, kind, owner_user_id, signing_secret), update (address, enabled, events, signing_secret) on public.notification_targets to authenticated;
grant insert (description, duration_minutes, id, recurrence_ends, recurrence_pattern, start_date, status, task_type, title, user_id), update (deleted_at, description, duration_minutes, recurrence_ends, recurrence_pattern, start_date, status, task_type, title) on public.tasks to authenticated;
grant execute on function private.accept_proposal(text) to service_role;
grant execute on function private.as_proposed(public.meetings) to service_role;
grant execute on function private.burdens_of(text[]) to service_role;
grant execute on function private.can_write_with(public.meetings,text) to service_role;
grant execute on function private.change_problem(jsonb) to service_role;
grant execute on function private.changes_frozen_calendar(public.meetings,jsonb) to service_role;
grant execute on function private.choose_abandoned_scheduling() to service_role;
grant execute on function private.choose_abandoned_writeback() to service_role;
grant execute on function private.choose_writebacks(integer) to service_role;
grant execute on function private.chosen_candidate(public.meetings) to service_role;
grant execute on function private.claim_writebacks(integer,integer,boolean) to service_role;
grant execute on function private.connection_failures() to service_role;
grant execute on function private.faded(numeric,timestamp with time zone) to service_role;
grant execute on function private.give_up_killing_searches() to service_role;
grant execute on function private.hold_first_free(public.meetings,text[],jsonb,jsonb) to service_role;
grant execute on function private.hold_slot_again(public.meetings) to service_role;
grant execute on function private.holds_too_many(public.meetings) to service_role;
grant execute on function private.insert_leased_meeting(text,uuid,jsonb,integer) to service_role;
grant execute on function private.is_deleted(public.task_calendar_events) to service_role;
grant execute on function private.is_email(text) to service_role;
grant execute on function private.is_timezone(text) to service_role;
grant execute on function private.is_unwritten(public.task_calendar_events) to service_role;
grant execute on function private.lease_task_event(uuid,integer) to service_role;
grant execute on function private.lease_writebacks(text[],integer) to service_role;
grant execute on function private.lock_people(text[]) to service_role;
grant execute on function private.lock_writebacks(integer,boolean) to service_role;
grant execute on function private.meeting_problem(public.meetings) to service_role;
grant execute on function private.notification_backoff(integer) to service_role;
grant execute on function private.occurrences_of(jsonb) to service_role;
grant execute on function private.open_organizers() to service_role;
grant execute on function private.own_connections(jsonb,uuid) to service_role;
grant execute on function private.participant_emails(jsonb) to service_role;
grant execute on function private.participants_problem(jsonb) to service_role;
grant execute on function private.promises_of(jsonb,text[],jsonb) to service_role;
grant execute on function private.put_task_event(jsonb) to service_role;
grant execute on function private.quota(text) to service_role;
grant execute on function private.quota_window() to service_role;
grant execute on function private.record_steps(public.meetings,uuid,jsonb) to service_role;
grant execute on function private.reminders_problem(jsonb) to service_role;
grant execute on function private.requests_spent() to service_role;
grant execute on function private.scheduling_context(public.meetings) to service_role;
grant execute on function private.search_again(text) to service_role;
grant execute on function private.seconds_to_quota() to service_role;
grant execute on function private.setting(text) to service_role;
grant execute on function private.slot_problem(public.meetings) to service_role;
grant execute on function private.task_event_answer(text,jsonb,uuid) to service_role;
grant execute on function private.wake_schedule() to service_role;
grant execute on function private.wake_write_back() to service_role;
grant execute on function private.way_back(public.meetings) to service_role;
grant execute on function private.writeback_backoff(integer) to service_role;
grant execute on function private.writeback_slice() to service_role;
grant execute on function public.begin_event_change(uuid,text,text,integer) to service_role;
grant execute on function public.begin_google_authorization(uuid,text,text,text) to service_role;
grant execute on function public.begin_scheduling(text,uuid,jsonb,boolean,integer) to service_role;
grant execute on function public.begin_task_event(text,uuid,jsonb,integer) to service_role;
grant execute on function public.begin_writeback(text,uuid,integer) to service_role;
grant execute on function public.cancel_meeting(text,uuid,integer) to service_role;
grant execute on function public.cancel_meetings_of_user(uuid) to service_role;
grant execute on function public.change_meeting(text,uuid,jsonb,integer) to service_role;
grant execute on function public.claim_meet_links(integer) to service_role;
grant execute on function public.claim_notifications(integer,integer) to service_role;
grant execute on function public.claim_profile_readings(uuid[]) to service_role;
grant execute on function public.claim_schedulings(integer,integer) to service_role;
grant execute on function public.claim_task_events(integer,integer) to service_role;
grant execute on function public.claim_writeback_slice(integer,integer,boolean) to service_role;
grant execute on function public.claim_writebacks(integer,integer) to service_role;
grant execute on function public.connect_google(uuid,text,text,text,text,text[],text,text,timestamp with time zone) to service_role;
grant execute on function public.discard_task_event(uuid,text,text) to service_role;
grant execute on function public.find_event_keys(uuid[]) to service_role;
grant execute on function public.find_google_authorization(text) to service_role;
grant execute on function public.finish_writeback_batch(boolean) to service_role;
grant execute on function public.forget_google_connection(uuid) to service_role;
grant execute on function public.get_pending_writebacks(integer) to service_role;
grant execute on function public.list_auditable_calendars(integer) to service_role;
grant execute on function public.list_auditable_meetings(integer,text,text[]) to service_role;
grant execute on function public.list_meetings(uuid,integer,timestamp with time zone,text) to service_role;
grant execute on function public.list_unsynced_events(uuid,text[],text[],text,integer) to service_role;
grant execute on function public.mark_google_needs_reauth(uuid,text,text) to service_role;
grant execute on function public.mark_writeback_failure(text,text,boolean,uuid,boolean,boolean,double precision,integer,jsonb) to service_role;
grant execute on function public.mark_writeback_success(text,text,text,text,uuid,jsonb,integer,integer,jsonb) to service_role;
grant execute on function public.pause_all_google_connections(timestamp with time zone) to service_role;
grant execute on function public.pause_google_connection(uuid,timestamp with time zone) to service_role;
grant execute on function public.read_google_connection(uuid) to service_role;
grant execute on function public.read_meeting(text,uuid,boolean) to service_role;
grant execute on function public.read_scheduling_context(text,uuid,jsonb) to service_role;
grant execute on function public.read_slot_holds(text[],timestamp with time zone,timestamp with time zone,text) to service_role;
grant execute on function public.read_task_event(uuid,text,text) to service_role;
grant execute on function public.read_task_events(uuid,text[]) to service_role;
grant execute on function public.receive_google_code(text,text,text) to service_role;
grant execute on function public.refresh_written_event(text,text,text,jsonb) to service_role;
grant execute on function public.requeue_meeting(text,uuid) to service_role;
grant execute on function public.save_calendar_profile(uuid,text,text,integer) to service_role;
grant execute on function public.save_google_access_token(uuid,text,text,timestamp with time zone,text) to service_role;
grant execute on function public.settle_meet_links(jsonb) to service_role;
grant execute on function public.settle_notification(uuid,uuid,text,text,boolean,double precision) to service_role;
grant execute on function public.settle_scheduling(text,uuid,jsonb,jsonb,text,text,jsonb,double precision) to service_role;
grant execute on function public.settle_task_event(uuid,uuid,jsonb,jsonb,boolean,double precision,text[]) to service_role;
grant execute on function public.settle_writebacks(jsonb) to service_role;
grant execute on function public.store_event_people(uuid,text,jsonb,text[],timestamp with time zone) to service_role;
grant execute on function public.use_google_authorization(text,uuid) to service_role;

-- setting google_requests_per_minute = 10000
-- setting google_requests_per_minute_per_user = 600
-- setting ledger_retention_days = 90

select cron.schedule('convene-hold-expiry', '*/5 * * * *', 'select private.expire_slot_holds()');
select cron.schedule('convene-lease-takeover', '* * * * *', 'select private.take_over_leases()');
select cron.schedule('convene-ledger-retention', '*/15 * * * *', 'select private.trim_ledger()');
select cron.schedule('convene-meet-links', '* * * * *', 'select private.sweep_meet_links()');
select cron.schedule('convene-notify', '* * * * *', 'select private.sweep_notifications()');
select cron.schedule('convene-sweep', '* * * * *', 'select private.sweep()');
select cron.schedule('convene-sweep-task-events', '* * * * *', 'select private.sweep_task_events()');
