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

create table private.event_state (
  kind text not null,
  subject_id text not null,
  google_account_id text,
  google_calendar_id text,
  outcome_unknown_since timestamp with time zone,
  removed_participants text[] not null default '{}'::text[],
  settings_version integer not null default 1,
  search_request jsonb,
  wanted jsonb,
  pending_change jsonb,
  constraint event_state_kind_check CHECK ((kind = ANY (ARRAY['meeting'::text, 'task_event'::text]))),
  constraint event_state_pkey PRIMARY KEY (kind, subject_id)
);
alter table private.event_state enable row level security;

create table private.fairness_ledger (
  organizer_user_id uuid not null,
  participant_email text not null,
  with_email text not null,
  burden numeric(8,2) not null,
  meetings integer not null,
  updated_at timestamp with time zone not null default now(),
  constraint fairness_ledger_burden_check CHECK ((burden >= (0)::numeric)),
  constraint fairness_ledger_organizer_user_id_fkey FOREIGN KEY (organizer_user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
  constraint fairness_ledger_pkey PRIMARY KEY (organizer_user_id, participant_email, with_email)
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
  email_verified boolean not null default false,
  hosted_domain text,
  status text not null,
  status_reason text,
  granted_scopes text[] not null,
  refresh_token_encrypted text not null,
  access_token_encrypted text,
  access_token_expires_at timestamp with time zone,
  paused_until timestamp with time zone,
  writes_paused_until timestamp with time zone,
  connected_at timestamp with time zone not null default now(),
  last_refreshed_at timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  constraint google_connections_hosted_domain_check CHECK ((hosted_domain = lower(hosted_domain))),
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
  organizer_user_id uuid not null,
  burdens jsonb not null,
  emails text[] not null,
  noted_at timestamp with time zone not null default now(),
  constraint noted_burdens_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(meeting_id) ON DELETE CASCADE,
  constraint noted_burdens_organizer_user_id_fkey FOREIGN KEY (organizer_user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
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
  by_consent boolean not null default false,
  constraint slot_holds_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(meeting_id) ON DELETE CASCADE,
  constraint slot_holds_one_meeting_at_a_time EXCLUDE USING gist (participant_email WITH =, held WITH &&),
  constraint slot_holds_participant_email_check CHECK ((participant_email = lower(participant_email))),
  constraint slot_holds_pkey PRIMARY KEY (meeting_id, participant_email, held)
);
alter table private.slot_holds enable row level security;

create table private.wake_ups (
  wakes text not null,
  called_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  constraint wake_ups_pkey PRIMARY KEY (wakes)
);
alter table private.wake_ups enable row level security;

create table private.work (
  kind text not null,
  subject_id text not null,
  owner_id uuid,
  priority smallint not null default 0,
  requests smallint not null default 1,
  due_at timestamp with time zone not null,
  attempts integer not null default 0,
  crashes integer not null default 0,
  deferrals integer not null default 0,
  lease_token uuid,
  leased_at timestamp with time zone,
  leased_until timestamp with time zone,
  leased_version integer,
  google_account_id text,
  google_calendar_id text,
  constraint work_kind_fkey FOREIGN KEY (kind) REFERENCES private.work_kinds(kind),
  constraint work_pkey PRIMARY KEY (kind, subject_id)
);
alter table private.work enable row level security;

create table private.work_kinds (
  kind text not null,
  wakes text not null,
  uses_google boolean not null,
  is_write boolean not null,
  requires_connection boolean not null,
  one_worker_per_owner boolean not null,
  constraint work_kinds_pkey PRIMARY KEY (kind)
);
alter table private.work_kinds enable row level security;

create table public.availability_sharing (
  id uuid not null default gen_random_uuid(),
  owner_user_id uuid not null default auth.uid(),
  grantee_kind text not null,
  grantee text,
  level text not null default 'busy'::text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  constraint availability_sharing_grantee CHECK ((((grantee_kind = 'everybody'::text) = (grantee IS NULL)) AND (grantee = lower(grantee)) AND (length(grantee) <= 254))),
  constraint availability_sharing_grantee_kind_check CHECK ((grantee_kind = ANY (ARRAY['person'::text, 'domain'::text, 'everybody'::text]))),
  constraint availability_sharing_level_check CHECK ((level = ANY (ARRAY['busy'::text, 'habits'::text]))),
  constraint availability_sharing_one_row_a_grantee UNIQUE NULLS NOT DISTINCT (owner_user_id, grantee_kind, grantee),
  constraint availability_sharing_owner_user_id_fkey FOREIGN KEY (owner_user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
  constraint availability_sharing_pkey PRIMARY KEY (id)
);
alter table public.availability_sharing enable row level security;

create table public.meetings (
  meeting_id text not null default (gen_random_uuid())::text,
  organizer_user_id uuid default auth.uid(),
  title text,
  description text,
  location text,
  participants jsonb not null default '[]'::jsonb,
  constraints jsonb not null default '{}'::jsonb,
  recurrence text[],
  weights jsonb,
  allow_concessions boolean not null default false,
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
  google_event_id text,
  google_calendar_id text not null default 'primary'::text,
  writeback_status text,
  writeback_error text,
  writeback_attempted_at timestamp with time zone,
  writeback_succeeded_at timestamp with time zone,
  writeback_retry_count integer not null default 0,
  google_event_link text,
  desired_version integer not null default 1,
  written_version integer not null default 0,
  event_key uuid not null default gen_random_uuid(),
  event_generation integer not null default 1,
  meet_link text,
  meet_link_error text,
  cancelled_at timestamp with time zone,
  organizer_email text,
  organizer_display_name text,
  organizer_self boolean,
  attendees jsonb not null default '[]'::jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint meetings_event_key_key UNIQUE (event_key),
  constraint meetings_organizer_user_id_fkey FOREIGN KEY (organizer_user_id) REFERENCES auth.users(id) ON DELETE SET NULL,
  constraint meetings_pkey PRIMARY KEY (meeting_id),
  constraint meetings_scheduling_status_check CHECK ((scheduling_status = ANY (ARRAY['pending'::text, 'retrying'::text, 'scheduled'::text, 'failed'::text]))),
  constraint meetings_score_check CHECK (((score >= (0)::numeric) AND (score <= (100)::numeric))),
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
  event_key uuid not null default gen_random_uuid(),
  event_generation integer not null default 1,
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
CREATE INDEX idx_work_queue ON private.work USING btree (kind, owner_id, priority, due_at);
CREATE INDEX idx_meetings_google_event_id ON public.meetings USING btree (google_event_id) WHERE (google_event_id IS NOT NULL);
CREATE INDEX idx_meetings_organizer ON public.meetings USING btree (organizer_user_id, created_at DESC, meeting_id);
CREATE INDEX idx_meetings_writeback_status ON public.meetings USING btree (writeback_status) WHERE (writeback_status = ANY (ARRAY['pending'::text, 'retrying'::text, 'failed'::text]));
CREATE INDEX idx_notification_targets_owner ON public.notification_targets USING btree (owner_user_id);
CREATE INDEX idx_notifications_finished ON public.notifications USING btree (created_at) WHERE (status = ANY (ARRAY['sent'::text, 'failed'::text]));
CREATE INDEX idx_notifications_meeting ON public.notifications USING btree (meeting_id, created_at);
CREATE INDEX idx_notifications_owner ON public.notifications USING btree (owner_user_id, created_at DESC);
CREATE INDEX idx_task_calendar_events_attendees ON public.task_calendar_events USING gin (attendees);
CREATE UNIQUE INDEX idx_task_calendar_events_event ON public.task_calendar_events USING btree (user_id, calendar_id, calendar_event_id);
CREATE INDEX idx_task_calendar_events_organizer_self ON public.task_calendar_events USING btree (organizer_self);
CREATE INDEX idx_task_calendar_events_task ON public.task_calendar_events USING btree (task_id);
CREATE INDEX idx_task_calendar_events_unknown ON public.task_calendar_events USING btree (user_id, calendar_id, event_start) WHERE ((organizer_email IS NULL) AND (deleted_at IS NULL));
CREATE INDEX idx_tasks_user ON public.tasks USING btree (user_id, start_date);
CREATE INDEX idx_writeback_ledger_meeting ON public.writeback_ledger USING btree (meeting_id, ledger_id);
CREATE INDEX idx_writeback_ledger_requests ON public.writeback_ledger USING btree (at) INCLUDE (organizer_user_id) WHERE (step = 'requested'::text);

-- private.due_work (kind text, subject_id text, owner_id uuid, priority smallint, due_at timestamp with time zone, is_expired_lease boolean)
create view private.due_work with (security_invoker = true) as
select w.kind, w.subject_id, w.owner_id, w.priority, w.due_at, w.lease_token is not null as is_expired_lease
from private.work as w
join private.work_kinds as k on k.kind = w.kind
left join private.google_connections as c on k.uses_google and c.user_id = w.owner_id
where w.due_at <= clock_timestamp()
  and (w.leased_until is null or w.leased_until <= clock_timestamp())
  and (
    not k.uses_google
    or w.owner_id is null
    or c.user_id is null and not k.requires_connection
    or c.status = 'healthy' and coalesce(private.paused_until(c, k.is_write), '-infinity') <= clock_timestamp()
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

CREATE OR REPLACE FUNCTION private.accept_search_request(p_meeting_id text)
 RETURNS public.meetings
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_before public.meetings;
  v_after public.meetings;
begin
  select * into v_before from public.meetings as m where m.meeting_id = p_meeting_id;
  v_after := private.as_requested(v_before);
  update public.meetings as m
  set
    title = v_after.title, description = v_after.description, location = v_after.location, participants = v_after.participants,
    constraints = v_after.constraints, recurrence = v_after.recurrence, weights = v_after.weights,
    allow_concessions = v_after.allow_concessions, conference = v_after.conference, reminders = v_after.reminders,
    guests_can_modify = v_after.guests_can_modify, guests_can_invite_others = v_after.guests_can_invite_others,
    guests_can_see_other_guests = v_after.guests_can_see_other_guests, target_calendar_id = v_after.target_calendar_id,
    -- A meeting without conference has no link, even while its event still shows one.
    meet_link = case when v_after.conference <> 'none' then m.meet_link end
  where m.meeting_id = p_meeting_id
  returning m.* into v_after;
  update private.event_state as es
  set
    search_request = null,
    settings_version = case
      when v_before.starts_at is not null
        and (v_after.conference, v_after.reminders, v_after.guests_can_modify, v_after.guests_can_invite_others, v_after.guests_can_see_other_guests)
          is distinct from
          (v_before.conference, v_before.reminders, v_before.guests_can_modify, v_before.guests_can_invite_others, v_before.guests_can_see_other_guests)
      -- The version that the meeting will have with the slot of this search.
      then v_before.desired_version + 1
      else es.settings_version
    end
  where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  return v_after;
end $function$;

CREATE OR REPLACE FUNCTION private.announce_meetings(p_meeting_ids text[], p_events text[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
insert into public.notifications
  (event, transition_key, meeting_id, organizer_user_id, kind, target_id, owner_user_id, payload)
select
  e.event, private.meeting_transition_key(m, e.event), m.meeting_id, m.organizer_user_id,
  t.kind, t.target_id, t.owner_user_id,
  private.meeting_notice(m)
    || case when e.event = 'given_up' then jsonb_build_object('operation', private.write_operation(m)) else '{}' end
from unnest(p_meeting_ids, p_events) as e (meeting_id, event)
join public.meetings as m on m.meeting_id = e.meeting_id
join public.notification_targets as t
  on t.enabled and e.event = any (t.events)
  and (t.owner_user_id is null or t.owner_user_id = m.organizer_user_id)
on conflict do nothing;
$function$;

CREATE OR REPLACE FUNCTION private.apply_write_event(p_meeting_id text, p_event jsonb)
 RETURNS public.meetings
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_state private.write_state;
  v_meeting public.meetings;
begin
  foreach v_state in array private.lock_write_states(array[p_meeting_id]) loop
    perform private.store_write_states(array[private.next_write_state(v_state, p_event)]);
  end loop;
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  return v_meeting;
end $function$;

CREATE OR REPLACE FUNCTION private.as_requested(p_meeting public.meetings)
 RETURNS public.meetings
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_populate_record(
  p_meeting,
  coalesce(es.search_request, '{}')
    -- begin_scheduling refuses another calendar, but a write may have begun since then.
    - case when private.frozen_calendar_differs(p_meeting, es.search_request) then array['target_calendar_id'] else '{}'::text[] end
)
from (select 1) as one
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id;
$function$;

CREATE OR REPLACE FUNCTION private.backoff(p_failures integer)
 RETURNS interval
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select make_interval(secs => random() * least(
  private.setting('backoff_max_seconds'),
  private.setting('backoff_first_seconds') * private.setting('backoff_factor') ^ least(greatest(p_failures - 1, 0), 10)
)::double precision);
$function$;

CREATE OR REPLACE FUNCTION private.burdens_of(p_organizer_user_id uuid, p_emails text[])
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
with concerned as (
  select private.sharing_emails(p_emails, p_organizer_user_id) as emails
)
select coalesce(jsonb_object_agg(carried.participant_email, carried.burden), '{}')
from (
  select
    l.participant_email,
    round(sum(private.faded(l.burden, l.updated_at)) / greatest(max(cardinality(c.emails)) - 1, 1), 1) as burden
  from private.fairness_ledger as l
  cross join concerned as c
  where l.organizer_user_id = p_organizer_user_id
    and l.participant_email = any (c.emails) and l.with_email = any (c.emails)
  group by l.participant_email
) as carried
where carried.burden > 0;
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

CREATE OR REPLACE FUNCTION private.choose_work(p_kind text, p_limit integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
 ROWS 100
 SET search_path TO ''
AS $function$
declare
  v_slice constant integer := private.setting('slice_rows');
  v_quota constant integer := private.quota('google_requests_per_minute_per_user');
  v_uses_google boolean := (select k.uses_google from private.work_kinds as k where k.kind = p_kind);
begin
  return query
  with owners as materialized (
    select o.owner_id, o.account, o.requests_left from private.open_owners(p_kind) as o
  ), project as materialized (
    select case
      when v_uses_google then
        private.quota('google_requests_per_minute') - (select coalesce(sum(s.requests), 0)::integer from private.requests_spent() as s)
      else 2147483647
    end as requests_left
  ), candidates as (
    select next.subject_id, o.owner_id, o.account, o.requests_left, next.priority, next.due_at, next.requests
    from owners as o
    cross join lateral (
      select w.subject_id, w.priority, w.due_at, w.requests
      from private.work as w
      where w.kind = p_kind and w.owner_id = o.owner_id and w.due_at <= clock_timestamp() and w.lease_token is null
      order by w.priority, w.due_at, w.subject_id
      limit v_slice
    ) as next
    where o.requests_left > 0
    union all
    -- Without an owner no request is made; only the reason is stored.
    (
      select w.subject_id, null, '', 1000, w.priority, w.due_at, 0
      from private.work as w
      where w.kind = p_kind and w.owner_id is null and w.due_at <= clock_timestamp() and w.lease_token is null
      order by w.due_at
      limit v_slice
    )
  ), ranked as (
    select
      c.*,
      (row_number() over (partition by c.owner_id order by c.priority, c.due_at, c.subject_id) - 1) / 3 as round,
      sum(c.requests) over (partition by c.account order by c.priority, c.due_at, c.subject_id) as account_so_far,
      sum(c.requests) over (partition by c.account) as account_in_all
    from candidates as c
  ), affordable as (
    select r.*, sum(r.requests) over (order by r.round, r.priority, r.due_at, r.subject_id) as project_so_far
    from ranked as r
    where r.account_so_far <= r.requests_left
      -- An owner at the limit waits until a whole slice fits again, which needs fewer statements than single rows.
      and (
        r.account_in_all <= r.requests_left
        or r.requests_left >= least(v_slice, v_quota)
      )
  )
  select a.subject_id
  from affordable as a, project as p
  where a.project_so_far <= p.requests_left
  -- Three of each owner in turn, so that one owner's long queue delays no other.
  order by a.round, a.priority, a.due_at, a.subject_id
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

CREATE OR REPLACE FUNCTION private.claim_work(p_kind text, p_limit integer, p_lease_seconds integer, p_reclaim boolean DEFAULT true)
 RETURNS SETOF private.work
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[] := array[]::text[];
begin
  if p_limit < 1 then
    return;
  end if;
  -- One claim at a time, until its commit: two concurrent claims would both use the same rest of the quotas, which all
  -- kinds that use Google share.
  perform pg_advisory_xact_lock(hashtextextended(
    'convene.claim_work.' || (select case when k.uses_google then 'google' else k.kind end from private.work_kinds as k where k.kind = p_kind), 0));
  if p_reclaim then
    v_ids := array(select r.id from (select private.reclaim_work(p_kind) as id) as r where r.id is not null);
  end if;
  if cardinality(v_ids) = 0 then
    v_ids := array(
      select w.subject_id
      from private.work as w
      where w.kind = p_kind
        and w.subject_id = any (array(select private.choose_work(p_kind, p_limit)))
        and w.lease_token is null
        and w.due_at <= clock_timestamp()
      for update skip locked);
  end if;
  return query select l.* from private.lease_work(p_kind, v_ids, p_lease_seconds) as l;
end $function$;

CREATE OR REPLACE FUNCTION private.claim_writes(p_limit integer, p_lease_seconds integer, p_reclaim boolean)
 RETURNS private.work[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[];
begin
  v_work := array(
    select w from private.claim_work('write', p_limit, p_lease_seconds, p_reclaim) as w order by w.priority, w.due_at, w.subject_id);
  perform private.record_claims(v_work);
  return v_work;
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
    return array[]::text[];
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
  -- Only constraints on added columns are copied: existing rows may violate the others.
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
AS $function$
select array['invalid_grant', 'invalid_credentials', 'insufficient_permissions', 'not_connected', 'wrong_account'];
$function$;

CREATE OR REPLACE FUNCTION private.costs_of(p_meeting public.meetings)
 RETURNS TABLE(burdens jsonb, emails text[])
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
with people as (
  select lower(p.value ->> 'email') as email, max(coalesce((p.value ->> 'burden')::numeric, 0)) as burden
  from jsonb_array_elements(p_meeting.candidates -> 0 -> 'participant_availability') as p
  where p.value ->> 'status' in ('free', 'tentative')
  group by 1
), coming as (
  select p.email, p.burden
  from people as p
  where p.email = any (private.sharing_emails(array(select q.email from people as q), p_meeting.organizer_user_id))
)
select jsonb_object_agg(c.email, c.burden) filter (where c.burden > 0), array_agg(c.email)
from coming as c
-- For more than 20 people the number of pairs would be large, and taking turns matters little.
where jsonb_array_length(p_meeting.candidates -> 0 -> 'participant_availability') between 2 and 20
$function$;

CREATE OR REPLACE FUNCTION private.due_write(p_state private.write_state, p_due_at timestamp with time zone, p_restarts boolean)
 RETURNS private.write_state
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  s private.write_state := p_state;
  w private.work := p_state.work;
begin
  if w.subject_id is null then
    w.kind := 'write';
    w.subject_id := s.meeting_id;
    w.owner_id := s.organizer_user_id;
    w.attempts := 0;
    w.crashes := 0;
    w.deferrals := 0;
  elsif p_restarts then
    w.attempts := 0;
    w.deferrals := 0;
    if coalesce(w.leased_until <= clock_timestamp(), true) then
      w.crashes := 0;
    end if;
  end if;
  w.due_at := p_due_at;
  w.priority := case when s.status = 'pending' and s.event_id is null and not s.is_cancelled then 0 else 1 end;
  s.work := w;
  return s;
end $function$;

CREATE OR REPLACE FUNCTION private.enqueue(p_kind text, p_subject_id text, p_owner_id uuid, p_due_at timestamp with time zone DEFAULT clock_timestamp())
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into private.work as w (kind, subject_id, owner_id, due_at)
values (p_kind, p_subject_id, p_owner_id, p_due_at)
on conflict (kind, subject_id) do update
set due_at = case when w.lease_token is null then least(w.due_at, excluded.due_at) else excluded.due_at end;
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

CREATE OR REPLACE FUNCTION private.fail_poison_notifications()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[] := array(
    select w.subject_id from private.work as w
    where w.kind = 'notification' and w.lease_token is not null and w.leased_until <= clock_timestamp()
      and w.crashes + 1 >= private.setting('max_attempts'));
begin
  if cardinality(v_ids) = 0 then
    return;
  end if;
  v_ids := array(
    select n.notification_id::text from public.notifications as n
    where n.notification_id = any (v_ids::uuid[]) order by n.notification_id for update skip locked);
  with ended as (
    delete from private.work as w
    where w.kind = 'notification' and w.subject_id = any (v_ids) and w.lease_token is not null
      and w.leased_until <= clock_timestamp() and w.crashes + 1 >= private.setting('max_attempts')
    returning w.subject_id
  )
  update public.notifications as n
  set status = 'failed', attempts = private.setting('max_attempts'), error = 'worker_lost: Processing crashed three times.'
  from ended as e
  where n.notification_id = e.subject_id::uuid;
end $function$;

CREATE OR REPLACE FUNCTION private.fail_poison_searches()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[] := array(
    select w.subject_id from private.work as w
    where w.kind = 'search' and w.lease_token is not null and w.leased_until <= clock_timestamp()
      and w.due_at <= clock_timestamp() and w.crashes + 1 >= private.setting('max_attempts')
    order by w.subject_id);
begin
  if cardinality(v_ids) = 0 then
    return;
  end if;
  v_ids := array(
    select m.meeting_id from public.meetings as m where m.meeting_id = any (v_ids) order by m.meeting_id for update skip locked);
  v_ids := array(
    select w.subject_id from private.work as w
    where w.kind = 'search' and w.subject_id = any (v_ids) and w.lease_token is not null and w.leased_until <= clock_timestamp()
      and w.crashes + 1 >= private.setting('max_attempts')
    for update skip locked);
  -- No request was sent for a meeting without a slot, so there is nothing to verify.
  delete from private.work as w where w.kind = 'search' and w.subject_id = any (v_ids);
  update public.meetings as m
  set
    scheduling_status = 'failed',
    scheduling_error = 'search_abandoned',
    scheduling_reason =
      'Processing crashed three times before a time was found. Ask for fewer people, a shorter window or less busy time at once, then schedule the meeting again.',
    scheduling_details = null
  where m.meeting_id = any (v_ids);
end $function$;

CREATE OR REPLACE FUNCTION private.fail_poison_task_events()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[] := array(
    select w.subject_id from private.work as w
    where w.kind = 'task_event' and w.lease_token is not null and w.leased_until <= clock_timestamp()
      and w.due_at <= clock_timestamp() and w.crashes + 1 >= private.setting('max_attempts'));
begin
  if cardinality(v_ids) = 0 then
    return;
  end if;
  v_ids := array(
    select e.id::text from public.task_calendar_events as e
    where e.id = any (v_ids::uuid[]) order by e.id for update skip locked);
  v_ids := array(
    select w.subject_id from private.work as w
    where w.kind = 'task_event' and w.subject_id = any (v_ids) and w.lease_token is not null
      and w.leased_until <= clock_timestamp() and w.crashes + 1 >= private.setting('max_attempts')
    for update skip locked);
  delete from private.work as w where w.kind = 'task_event' and w.subject_id = any (v_ids);
  -- An unknown outcome stays unknown: the next call that schedules or changes the event verifies first.
  perform private.store_task_event_state(id, '{"outcome_unknown": true}') from unnest(v_ids) as id;
  update public.task_calendar_events as e
  set
    sync_status = case when e.sync_status::text = 'pending' then 'failed' else e.sync_status end,
    sync_error = 'internal: Processing crashed ' || private.setting('max_attempts') || ' times. Schedule or change the event again.'
  where e.id = any (v_ids::uuid[]);
end $function$;

CREATE OR REPLACE FUNCTION private.forget_notifications()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
delete from public.notifications as n
where n.notification_id in (
  select o.notification_id
  from public.notifications as o
  where o.status in ('sent', 'failed')
    and o.created_at < now() - make_interval(days => private.setting('notification_retention_days')::integer)
  order by o.created_at
  limit 1000
);
$function$;

CREATE OR REPLACE FUNCTION private.frozen_calendar_differs(p_meeting public.meetings, p_request jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  (
    select p_request ? 'target_calendar_id'
      and coalesce(es.google_account_id, w.google_account_id) is not null
      and (
        p_meeting.writeback_status in ('pending', 'retrying', 'created')
        or es.outcome_unknown_since is not null
        or w.crashes > 0
      )
      and p_request ->> 'target_calendar_id' not in (
        p_meeting.target_calendar_id, coalesce(es.google_calendar_id, w.google_calendar_id, p_meeting.google_calendar_id))
    from (select 1) as one
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id
    left join private.work as w on w.kind = 'write' and w.subject_id = p_meeting.meeting_id
  ),
  false)
$function$;

CREATE OR REPLACE FUNCTION private.google_connections_announce()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
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
  on conflict do nothing;
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
  -- An exclusion constraint cannot depend on the current time, so expired holds are deleted first.
  delete from private.slot_holds as h
  where (h.meeting_id, h.participant_email, h.held) in (
    select e.meeting_id, e.participant_email, e.held
    from private.slot_holds as e
    where e.participant_email = any (p_held) and e.expires_at <= clock_timestamp()
    for update skip locked
  );

  -- The first is nearly always free, so the others are not read.
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
  insert into private.slot_holds (meeting_id, participant_email, organizer_user_id, held, slot, expires_at, by_consent)
  select
    p_meeting.meeting_id, p.email, p_meeting.organizer_user_id, p.held,
    tstzrange((v_candidate ->> 'start_time')::timestamptz, (v_candidate ->> 'end_time')::timestamptz),
    null,
    p.email = any (private.sharing_emails(p_held, p_meeting.organizer_user_id))
  from private.promises_of(v_candidate, p_held, p_occurrences -> v_index) as p
  -- Occurrences of one series may overlap: 24 hours every day, on the day of a clock change.
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
    except
    select unnest(es.removed_participants) from private.event_state as es where es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id
    -- The calendar of a participant with given busy time was not read.
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
  -- Casting text or varchar to text changes nothing, so an existing index of the column can be used.
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
 RETURNS SETOF public.meetings
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with inserted as (
  insert into public.meetings (
    meeting_id, organizer_user_id, title, description, location, participants, constraints, recurrence, weights,
    allow_concessions, conference, reminders, guests_can_modify, guests_can_invite_others, guests_can_see_other_guests,
    target_calendar_id
  )
  select
    p_meeting_id, coalesce(p_user_id, given.organizer_user_id), given.title, given.description, given.location,
    given.participants, coalesce(given.constraints, '{}'), given.recurrence, given.weights,
    coalesce(given.allow_concessions, false), coalesce(given.conference, 'meet'), given.reminders,
    coalesce(given.guests_can_modify, false), coalesce(given.guests_can_invite_others, true),
    coalesce(given.guests_can_see_other_guests, true), coalesce(given.target_calendar_id, 'primary')
  from jsonb_populate_record(null::public.meetings, p_meeting) as given
  on conflict (meeting_id) do nothing
  returning *
), leased as (
  -- Leased in the same statement: a row that is due without a lease would wake a worker.
  insert into private.work (kind, subject_id, owner_id, due_at, lease_token, leased_at, leased_until)
  select
    'search', i.meeting_id, i.organizer_user_id, clock_timestamp(), gen_random_uuid(), clock_timestamp(),
    clock_timestamp() + private.lease_length('search', p_lease_seconds)
  from inserted as i
)
select * from inserted;
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

CREATE OR REPLACE FUNCTION private.is_time_to_wake(p_function text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- An insert never waits here. While or just after another transaction wakes the function, no second wake-up is needed:
  -- the function checks the queue again before it ends (shared/http/look_once_more.ts).
  perform from private.wake_ups as w
  where w.wakes = p_function and w.called_at < clock_timestamp() - make_interval(secs => private.setting('wake_up_seconds')::double precision)
  for update skip locked;
  if not found then
    return false;
  end if;
  update private.wake_ups as w set called_at = clock_timestamp() where w.wakes = p_function;
  return true;
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
select p_event.sync_status::text in ('pending', 'failed') and exists (
  select from private.event_state as es
  where es.kind = 'task_event' and es.subject_id = p_event.id::text and es.wanted is not null);
$function$;

CREATE OR REPLACE FUNCTION private.lease_length(p_kind text, p_lease_seconds integer)
 RETURNS interval
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select make_interval(secs => coalesce(p_lease_seconds, private.setting(p_kind || '_lease_seconds'))::double precision);
$function$;

CREATE OR REPLACE FUNCTION private.lease_task_event(p_id text, p_owner_id uuid, p_lease_seconds integer)
 RETURNS private.work
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work;
begin
  -- Leased but not due: it becomes due when a change plan is stored.
  insert into private.work (kind, subject_id, owner_id, requests, due_at)
  values ('task_event', p_id, p_owner_id, 2, 'infinity')
  on conflict (kind, subject_id) do nothing;
  select * into v_work from private.lease_work('task_event', array[p_id], p_lease_seconds);
  perform private.store_task_event_state(p_id, jsonb_build_object(
    'google_account_id', coalesce(
      (select es.google_account_id from private.event_state as es where es.kind = 'task_event' and es.subject_id = p_id),
      (select c.google_account_id from private.google_connections as c where c.user_id = p_owner_id))));
  return v_work;
end $function$;

CREATE OR REPLACE FUNCTION private.lease_work(p_kind text, p_subject_ids text[], p_lease_seconds integer)
 RETURNS SETOF private.work
 LANGUAGE sql
 SET search_path TO ''
AS $function$
update private.work as w
set
  lease_token = gen_random_uuid(),
  leased_at = began.at,
  leased_until = began.at + began.length,
  -- A row that is leased before its backoff is over counts as due now: only a later time makes it due again.
  due_at = case when w.due_at < 'infinity' then least(w.due_at, began.at) else w.due_at end,
  -- An expired lease spends an attempt, but never makes the row fail without a verification.
  crashes = w.crashes + case when w.lease_token is null then 0 else 1 end,
  attempts = w.attempts + case when w.lease_token is not null and w.attempts < began.max_attempts then 1 else 0 end,
  -- Of a write, before the first request: always the account and the calendar of the first attempt.
  google_account_id = case
    when p_kind = 'write' then coalesce(es.google_account_id, w.google_account_id, c.google_account_id)
    else w.google_account_id
  end,
  google_calendar_id = case
    when p_kind <> 'write' then w.google_calendar_id
    when es.google_account_id is not null then es.google_calendar_id
    when w.google_account_id is not null then w.google_calendar_id
    else m.target_calendar_id
  end,
  leased_version = case when p_kind = 'write' then m.desired_version else w.leased_version end,
  -- A first insert is one request; everything else reads the event before it writes.
  requests = case
    when p_kind <> 'write' then w.requests
    when m.google_event_id is null and m.cancelled_at is null and w.crashes = 0 and w.lease_token is null
      and es.outcome_unknown_since is null then 1
    else 2
  end
from (
  select clock_timestamp() as at, private.lease_length(p_kind, p_lease_seconds) as length, private.setting('max_attempts') as max_attempts
  offset 0
) as began
cross join unnest(p_subject_ids) as leased (id)
left join public.meetings as m on p_kind = 'write' and m.meeting_id = leased.id
left join private.event_state as es on p_kind = 'write' and es.kind = 'meeting' and es.subject_id = leased.id
left join private.google_connections as c on c.user_id = m.organizer_user_id
where w.kind = p_kind and w.subject_id = leased.id
returning w.*;
$function$;

CREATE OR REPLACE FUNCTION private.leased_meetings(p_work private.work[])
 RETURNS TABLE(place bigint, meeting jsonb)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select
  w.ordinality,
  to_jsonb(m) || jsonb_build_object(
    -- Candidates are most of the size of a row, and neither an event nor a response needs them.
    'candidates', '[]'::jsonb,
    'lease_token', w.lease_token,
    'lease_seconds', extract(epoch from w.leased_until - w.leased_at),
    'operation', private.write_operation(m),
    'write_due_at', w.due_at,
    'search_due_at', null,
    'attempts', w.attempts,
    'max_attempts', settings.max_attempts,
    'crashes', w.crashes,
    'outcome_unknown', w.crashes > 0 or es.outcome_unknown_since is not null,
    'google_account_id', w.google_account_id,
    'google_calendar_id', w.google_calendar_id,
    'removed_participants', coalesce(to_jsonb(es.removed_participants), '[]'),
    'settings_version', coalesce(es.settings_version, 1))
from (select private.setting('max_attempts') as max_attempts offset 0) as settings
cross join unnest(p_work) with ordinality as w
join public.meetings as m on m.meeting_id = w.subject_id
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id
-- Computed once a row, however often a caller names it.
offset 0;
$function$;

CREATE OR REPLACE FUNCTION private.leased_search_json(p_meeting public.meetings, p_work private.work)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select private.meeting_json(p_meeting) || jsonb_build_object(
  'lease_token', p_work.lease_token, 'attempts', p_work.attempts, 'max_attempts', private.setting('max_attempts'),
  'lease_seconds', extract(epoch from p_work.leased_until - p_work.leased_at),
  'settings_version', coalesce(es.settings_version, 1),
  'google_account_id', coalesce(es.google_account_id, w.google_account_id))
from (select 1) as one
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id
left join private.work as w on w.kind = 'write' and w.subject_id = p_meeting.meeting_id;
$function$;

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
    -- The first number separates these locks from advisory locks of the application.
    perform pg_advisory_xact_lock(1668246898, v_bucket);
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION private.lock_write_states(p_meeting_ids text[])
 RETURNS private.write_state[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform from public.meetings as m where m.meeting_id = any (p_meeting_ids) order by m.meeting_id for update;
  perform from private.work as w
  where w.kind = 'write' and w.subject_id = any (p_meeting_ids) order by w.subject_id for update;
  return array(
    select row(
      m.meeting_id, m.organizer_user_id, m.writeback_status, m.writeback_error, m.writeback_retry_count, m.writeback_attempted_at,
      m.writeback_succeeded_at, m.google_event_id, m.event_generation, m.desired_version, m.written_version,
      m.starts_at is not null, m.cancelled_at is not null,
      coalesce(es.google_account_id, w.google_account_id), coalesce(es.google_calendar_id, w.google_calendar_id),
      -- A lease that expired unsettled may have reached Google.
      coalesce(es.outcome_unknown_since is not null or w.crashes > 0 or w.leased_until <= clock_timestamp(), false),
      coalesce(es.removed_participants, '{}'), null::jsonb, null::jsonb, w
    )::private.write_state
    from public.meetings as m
    left join private.work as w on w.kind = 'write' and w.subject_id = m.meeting_id
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
    where m.meeting_id = any (p_meeting_ids));
end $function$;

CREATE OR REPLACE FUNCTION private.meeting_event(p_meeting public.meetings)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when p_meeting.cancelled_at is not null then
    case
      when due.is_due then null
      when p_meeting.writeback_error is null
        and (p_meeting.google_event_id is null or p_meeting.written_version >= p_meeting.desired_version)
      then 'cancelled'
      else 'given_up'
    end
  when p_meeting.google_event_id is not null then
    case when not due.is_due and p_meeting.written_version < p_meeting.desired_version then 'given_up' else 'created' end
  when p_meeting.writeback_status = 'failed' then 'failed'
  when p_meeting.writeback_status is null and p_meeting.scheduling_status = 'failed' then 'failed'
end
from (
  select exists (select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting.meeting_id) as is_due
) as due;
$function$;

CREATE OR REPLACE FUNCTION private.meeting_json(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select to_jsonb(p_meeting) || jsonb_build_object(
  'write_due_at', (select w.due_at from private.work as w where w.kind = 'write' and w.subject_id = p_meeting.meeting_id),
  'search_due_at', (
    select w.due_at from private.work as w
    where w.kind = 'search' and w.subject_id = p_meeting.meeting_id and w.due_at < 'infinity'));
$function$;

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
  -- A meeting that fails again after a requeue is notified again, so the key has the time of the attempt.
  when p_event = 'failed' and p_meeting.writeback_status is null then 's' || extract(epoch from transaction_timestamp())
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
    select n.meeting_id, private.meeting_event(n) as event, o.google_event_id is not null as had_event
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    -- Only transitions of this statement: a new target receives no notification of earlier ones.
    where (
      n.writeback_status, n.scheduling_status, n.writeback_error, n.writeback_retry_count, n.writeback_attempted_at,
      n.cancelled_at, n.written_version, n.google_event_id)
      is distinct from (
      o.writeback_status, o.scheduling_status, o.writeback_error, o.writeback_retry_count, o.writeback_attempted_at,
      o.cancelled_at, o.written_version, o.google_event_id)
  ) as a
  where a.event is not null and not (a.event = 'created' and a.had_event);
  if v_meeting_ids is not null then
    perform private.announce_meetings(v_meeting_ids, v_events);
  end if;
  return null;
exception
  when others then
    raise log 'convene could not announce meetings: %', sqlerrm;
    return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_check_pending()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if new.cancelled_at is not null then
    raise exception 'cancelled: meeting % was cancelled', new.meeting_id
      using errcode = '55000', hint = 'A cancelled meeting stays cancelled. Insert a new one.';
  elsif new.starts_at is null or new.ends_at is null then
    raise exception 'no_slot: meeting % has no slot to write', new.meeting_id
      using errcode = '55000', hint = 'Set starts_at and ends_at in the same statement, or let schedule find a time.';
  end if;
  new.timezone := coalesce(new.timezone, 'UTC');
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_detach()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.apply_write_event(new.meeting_id, '{"type": "organizer_deleted"}');
  delete from private.work as w
  where w.kind in ('search', 'meet_link') and w.subject_id = new.meeting_id and coalesce(w.leased_until <= clock_timestamp(), true);
  update public.meetings as m
  set
    scheduling_status = 'failed',
    scheduling_error = 'organizer_deleted',
    scheduling_reason = 'The organizer''s account was deleted before a time was found.'
  where m.meeting_id = new.meeting_id and m.starts_at is null and m.scheduling_status in ('pending', 'retrying');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_enqueue()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  insert into private.work (kind, subject_id, owner_id, priority, requests, due_at)
  select
    case when n.writeback_status = 'pending' then 'write' else 'search' end, n.meeting_id, n.organizer_user_id,
    0, 1, clock_timestamp()
  from new_meetings as n
  where n.writeback_status in ('pending', 'retrying')
    or n.writeback_status is null and n.starts_at is null and n.scheduling_status in ('pending', 'retrying')
  order by n.meeting_id
  on conflict (kind, subject_id) do nothing;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_expect_meet_link()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_expected text[];
begin
  delete from private.work as w
  using new_meetings as n
  where w.kind = 'meet_link' and w.subject_id = n.meeting_id
    and (n.conference <> 'meet' or n.meet_link is not null or n.cancelled_at is not null);

  v_expected := array(
    select n.meeting_id
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = n.meeting_id
    where n.conference = 'meet' and n.meet_link is null and n.cancelled_at is null
      and n.google_event_id is not null and n.organizer_user_id is not null
      and (
        o.google_event_id is null
        -- A change has added the conference.
        or o.written_version < coalesce(es.settings_version, 1) and n.written_version >= coalesce(es.settings_version, 1)
      )
    order by n.meeting_id);
  if cardinality(v_expected) = 0 then
    return null;
  end if;
  insert into private.work (kind, subject_id, owner_id, due_at)
  select 'meet_link', n.meeting_id, n.organizer_user_id, clock_timestamp() + interval '15 seconds'
  from new_meetings as n
  where n.meeting_id = any (v_expected)
  on conflict (kind, subject_id) do update
  set due_at = excluded.due_at, attempts = 0, crashes = 0, deferrals = 0;
  if exists (select from new_meetings as n where n.meeting_id = any (v_expected) and n.meet_link_error is not null) then
    update public.meetings as m set meet_link_error = null where m.meeting_id = any (v_expected);
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_forget()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if tg_op = 'TRUNCATE' then
    delete from private.work as w where w.kind in ('search', 'write', 'meet_link');
    delete from private.event_state as es where es.kind = 'meeting';
    return null;
  end if;
  delete from private.work as w
  using old_meetings as o
  where w.kind in ('search', 'write', 'meet_link') and w.subject_id = o.meeting_id;
  delete from private.event_state as es
  using old_meetings as o
  where es.kind = 'meeting' and es.subject_id = o.meeting_id;
  return null;
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
      case
        when n.participants is distinct from o.participants then
          array(select private.participant_emails(o.participants) except select private.participant_emails(n.participants))
        else '{}'
      end as removed,
      n.cancelled_at is not null or n.writeback_status is not distinct from 'failed' as has_ended,
      exists (select from private.work as w where w.kind = 'write' and w.subject_id = n.meeting_id) as is_due
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    where (n.writeback_status is not null or o.writeback_status is not null)
      and (n.writeback_status, n.writeback_error, n.desired_version, n.written_version, n.cancelled_at, n.starts_at, n.ends_at, n.participants)
        is distinct from
        (o.writeback_status, o.writeback_error, o.desired_version, o.written_version, o.cancelled_at, o.starts_at, o.ends_at, o.participants)
  ), given_back as (
    delete from private.slot_holds as h
    using changed as c
    where h.meeting_id = c.meeting_id
      and (
        c.has_ended
        or (lower(h.slot), upper(h.slot)) is distinct from (c.starts_at, c.ends_at)
        -- A removed participant is free again immediately.
        or h.participant_email = any (c.removed)
      )
  )
  update private.slot_holds as h
  -- A search in progress may have read the calendar before the event was written.
  set expires_at = case when not c.is_due then clock_timestamp() + interval '5 minutes' end
  from changed as c
  where h.meeting_id = c.meeting_id
    and not c.has_ended
    and (lower(h.slot), upper(h.slot)) is not distinct from (c.starts_at, c.ends_at)
    and h.participant_email <> all (c.removed);
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
  if new.writeback_status = 'created' and new.cancelled_at is null and new.organizer_user_id is not null
    and jsonb_typeof(new.candidates -> 0 -> 'participant_availability') = 'array' then
    select c.burdens, c.emails into v_burdens, v_emails from private.costs_of(new) as c;
  end if;
  select * into v_noted from private.noted_burdens as n where n.meeting_id = new.meeting_id for update;
  if found then
    if v_burdens = v_noted.burdens and v_noted.emails @> v_emails and v_emails @> v_noted.emails then
      return null;
    elsif old.ends_at <= clock_timestamp() then
      -- The meeting has taken place, so its points stay.
      return null;
    end if;
    perform private.return_burden(v_noted);
  end if;
  if v_burdens is null then
    return null;
  end if;
  insert into private.noted_burdens (meeting_id, organizer_user_id, burdens, emails)
  values (new.meeting_id, new.organizer_user_id, v_burdens, v_emails);
  insert into private.fairness_ledger as l (organizer_user_id, participant_email, with_email, burden, meetings)
  select new.organizer_user_id, mine.email, other.email, mine.burden::numeric, 1
  from jsonb_each_text(v_burdens) as mine (email, burden)
  join unnest(v_emails) as other (email) on other.email <> mine.email
  order by mine.email, other.email
  on conflict (organizer_user_id, participant_email, with_email) do update
    set burden = private.faded(l.burden, l.updated_at) + excluded.burden,
        meetings = l.meetings + 1,
        updated_at = now();
  return null;
exception
  -- An error here must not undo the settlement: the event exists on the calendar.
  when data_exception or deadlock_detected then
    raise log 'convene could not note the burden of %: %', new.meeting_id, sqlerrm;
    return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_refuse_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- Without an organizer there is no connection through which an event could be deleted.
  if old.organizer_user_id is not null and (
    old.google_event_id is not null and (old.cancelled_at is null or old.written_version < old.desired_version)
    or exists (
      select from private.work as w
      where w.kind = 'write' and w.subject_id = old.meeting_id and (w.lease_token is not null or w.crashes > 0))
    or exists (
      select from private.event_state as es
      where es.kind = 'meeting' and es.subject_id = old.meeting_id and es.outcome_unknown_since is not null)
  ) then
    raise exception 'meeting % has an event on Google Calendar, or may have one', old.meeting_id
      using errcode = '55006', hint = 'Cancel it first (DELETE meetings, or public.cancel_meeting); delete the row once nothing is due.';
  end if;
  return old;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_remove_participants()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  insert into private.event_state as es (kind, subject_id, removed_participants)
  select
    'meeting', n.meeting_id,
    array(select private.participant_emails(o.participants) except select private.participant_emails(n.participants))
  from new_meetings as n
  join old_meetings as o on o.meeting_id = n.meeting_id
  where n.participants is distinct from o.participants
  order by n.meeting_id
  on conflict (kind, subject_id) do update
  set removed_participants = array(
    (select unnest(es.removed_participants) union select unnest(excluded.removed_participants))
    except select private.participant_emails((select m.participants from public.meetings as m where m.meeting_id = es.subject_id)));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_set_status()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if current_setting('convene.is_storing', true) = 'true' then
    return null;
  end if;
  perform private.apply_write_event(
    new.meeting_id, jsonb_build_object('type', 'set_' || new.writeback_status, 'former', old.writeback_status));
  if new.writeback_status = 'pending' and new.scheduling_status <> 'scheduled' then
    -- The caller gave the slot: a search would only replace it.
    delete from private.work as w where w.kind = 'search' and w.subject_id = new.meeting_id;
    update public.meetings as m
    set scheduling_status = 'scheduled', scheduling_error = null, scheduling_reason = null, scheduled_at = coalesce(m.scheduled_at, now())
    where m.meeting_id = new.meeting_id;
  end if;
  return null;
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
    new.writeback_status := case when new.google_event_id is null then 'pending' else coalesce(new.writeback_status, 'created') end;
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

CREATE OR REPLACE FUNCTION private.next_work(p_work private.work, p_verdict text, p_not_before_seconds double precision DEFAULT NULL::double precision)
 RETURNS private.work
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION private.next_write_state(p_state private.write_state, p_event jsonb)
 RETURNS private.write_state
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  s private.write_state := p_state;
  w constant private.work := p_state.work;
  v_now constant timestamptz := clock_timestamp();
  v_verdict constant text := p_event ->> 'verdict';
  v_code text;
  v_is_idle constant boolean := w.subject_id is null;
  v_is_leased constant boolean := coalesce(w.leased_until > v_now, false);
  v_event_exists constant boolean := p_state.event_id is not null;
  v_is_final boolean;
  v_is_superseded boolean;
  v_may_exist boolean;
begin
  case p_event ->> 'type'

    when 'written' then
      s.written_version := coalesce((p_event ->> 'written_version')::integer, s.desired_version);
      v_is_superseded := s.written_version < s.desired_version
        or s.is_cancelled and p_event ->> 'operation' <> 'cancel';
      s.event_id := coalesce(p_event ->> 'google_event_id', s.event_id);
      s.event_generation := coalesce((p_event ->> 'event_generation')::integer, s.event_generation);
      s.google_calendar_id := coalesce(p_event ->> 'google_calendar_id', s.google_calendar_id);
      s.error := null;
      s.outcome_unknown := false;
      if s.written_version >= s.desired_version then
        s.removed_participants := '{}';
      end if;
      s.retry_count := coalesce(w.attempts, s.retry_count);
      s.attempted_at := coalesce(w.leased_at, s.attempted_at, v_now);
      if s.is_cancelled and s.event_id is null then
        -- Cancelled before any event existed.
        s.status := null;
        s.succeeded_at := null;
      else
        s.status := 'created';
        if p_event ->> 'operation' is distinct from 'cancel' then
          s.succeeded_at := v_now;
        end if;
      end if;
      s.shown := coalesce(p_event -> 'event', '{}');
      if p_event ->> 'operation' is distinct from 'cancel' then
        s.shown := s.shown || jsonb_build_object('google_event_link', p_event -> 'google_event_link');
      end if;
      if not v_is_idle then
        s.work := private.next_work(w, 'done');
      end if;
      if v_is_superseded then
        s.work.due_at := null;
        s := private.due_write(s, v_now, true);
        s.retry_count := 0;
      end if;

    when 'failed' then
      s.event_generation := coalesce((p_event ->> 'event_generation')::integer, s.event_generation);
      s.error := left(p_event ->> 'error', 2000);
      s.outcome_unknown := v_verdict in ('unknown', 'unverified');
      s.attempted_at := coalesce(w.leased_at, s.attempted_at, v_now);
      v_code := split_part(s.error, ':', 1);
      if v_is_idle then
        s := private.due_write(s, v_now, true);
      end if;
      s.work := private.next_work(s.work, v_verdict, (p_event ->> 'not_before_seconds')::double precision);
      s.retry_count := (s.work).attempts
        + case when v_verdict = 'reject' and coalesce((p_event ->> 'spends_attempt')::boolean, true) then 1 else 0 end;
      v_is_final := v_verdict = 'reject' or v_verdict = 'retry' and (s.work).attempts >= private.setting('max_attempts');
      v_is_superseded := v_is_final and coalesce(s.desired_version > w.leased_version, false) or v_is_final and (s.work).due_at is not null;
      if v_is_superseded then
        -- The attempt that failed for good was for an older version.
        s.error := null;
        s.retry_count := 0;
        s.work.due_at := null;
        s.status := case when v_event_exists then 'created' when not s.is_cancelled then 'pending' end;
        if v_event_exists or not s.is_cancelled then
          s := private.due_write(s, v_now, true);
        end if;
      elsif not v_is_final then
        s.status := case when v_event_exists then 'created' else 'retrying' end;
        if v_code = 'account_changed' and not s.outcome_unknown then
          -- The next claim stores the current account and calendar.
          s.google_account_id := null;
          s.google_calendar_id := null;
        end if;
      elsif v_code = any (private.connection_failures())
        and p_event ->> 'healthy_account_id' is not null
        and (s.google_account_id is null or not v_event_exists or s.google_account_id = p_event ->> 'healthy_account_id')
      then
        -- The user has connected again since the attempt began.
        if not v_event_exists then
          s.status := 'pending';
          s.google_account_id := null;
          s.google_calendar_id := null;
        end if;
        s.retry_count := 0;
        s := private.due_write(s, v_now, true);
      else
        s.status := case when v_event_exists then 'created' else 'failed' end;
        if v_event_exists
          and s.written_version < s.desired_version
          and s.retry_count < private.setting('max_attempts')
          and v_code in ('google_unavailable', 'rate_limited', 'out_of_time')
        then
          -- The event stays created even if its change is given up, but the change has attempts left.
          s.work.due_at := v_now + private.backoff(s.retry_count);
        end if;
      end if;

    when 'released' then
      s.attempted_at := coalesce(w.leased_at, s.attempted_at);
      s.work := private.next_work(w, 'released');

    when 'slot_found' then
      -- A meeting that failed with a known outcome has no event, so the next attempt may use another account and calendar.
      if s.status = 'failed' and not s.outcome_unknown then
        s.google_account_id := null;
        s.google_calendar_id := null;
        s.event_generation := s.event_generation + case when split_part(s.error, ':', 1) = 'foreign_event' then 1 else 0 end;
      end if;
      s.desired_version := s.desired_version + case when s.has_slot then 1 else 0 end;
      s.has_slot := true;
      s.slot := p_event -> 'slot';
      if not v_event_exists and s.status is distinct from 'retrying' then
        s.status := 'pending';
        s.error := null;
        s.retry_count := 0;
        s := private.due_write(s, coalesce(w.due_at, v_now), true);
      elsif v_is_idle then
        s.error := null;
        s.retry_count := 0;
        s := private.due_write(s, v_now, true);
      end if;

    when 'changed' then
      s.desired_version := s.desired_version + 1;
      if v_event_exists then
        if v_is_idle then
          s.error := null;
          s.retry_count := 0;
        end if;
        s := private.due_write(s, v_now, v_is_idle);
      elsif s.status is null and (p_event ->> 'is_moved')::boolean then
        s.has_slot := true;
        s.status := 'pending';
        s := private.due_write(s, v_now, true);
      end if;

    when 'cancelled' then
      -- A meeting that failed with a known outcome has no event, and one that was never attempted has none.
      v_may_exist := s.outcome_unknown or v_is_leased or v_event_exists
        or coalesce(s.status in ('pending', 'retrying'), false) and s.attempted_at is not null;
      s.is_cancelled := true;
      s.desired_version := s.desired_version + 1;
      s.error := null;
      s.retry_count := 0;
      if not v_may_exist then
        s.status := null;
        s.work.due_at := null;
      else
        -- A request whose response was lost may still take effect: the verification comes after that.
        s := private.due_write(
          s,
          v_now + case
            when p_state.outcome_unknown and not v_event_exists then
              make_interval(secs => private.setting('landing_seconds')::double precision)
            else interval '0'
          end,
          true);
        s.outcome_unknown := s.outcome_unknown or not v_event_exists;
      end if;

    when 'requeued' then
      v_code := split_part(s.error, ':', 1);
      if v_event_exists and v_code = 'event_missing' and not s.is_cancelled then
        -- Written again only after a verification: an event that was restored is adopted instead.
        s.status := 'pending';
        s.outcome_unknown := true;
        s.written_version := 0;
        s.event_id := null;
        s.shown := '{"forget": true}';
      elsif not v_event_exists and s.status is distinct from 'retrying' then
        -- The status is created, but the id of the event is unknown: whether it exists is verified.
        s.outcome_unknown := s.outcome_unknown or s.status = 'created';
        s.status := case when not s.is_cancelled then 'pending' else s.status end;
        -- Only after foreign_event is the id taken by another event.
        s.event_generation := s.event_generation + case when v_code = 'foreign_event' then 1 else 0 end;
        if not s.outcome_unknown then
          -- The former account has written nothing.
          s.google_account_id := null;
          s.google_calendar_id := null;
        end if;
      end if;
      s.error := null;
      s.retry_count := 0;
      s := private.due_write(s, v_now, true);

    when 'set_pending' then
      -- Caused by a plain UPDATE, which has already set the status; p_event.former is the previous status. The statement
      -- may also have changed columns that the event shows: with a new version the event is compared and guests are
      -- notified only of a difference.
      s.desired_version := s.desired_version + case when v_event_exists then 1 else 0 end;
      if v_is_leased then
        s := private.due_write(s, v_now, false);
      elsif not v_is_idle then
        -- The time of an unknown outcome stays: a verification is too early until the request can have taken effect.
        s := private.due_write(s, case when s.outcome_unknown then w.due_at else least(w.due_at, v_now) end, false);
      else
        v_code := split_part(s.error, ':', 1);
        if not v_event_exists then
          s.event_generation := s.event_generation + case when v_code = 'foreign_event' then 1 else 0 end;
          if p_event ->> 'former' = 'created' then
            s.outcome_unknown := true;
          elsif not s.outcome_unknown then
            s.google_account_id := null;
            s.google_calendar_id := null;
          end if;
        end if;
        s.error := null;
        s.retry_count := 0;
        s := private.due_write(s, v_now, true);
      end if;

    when 'set_failed' then
      -- Caused by a plain UPDATE. An existing event stays created, and its change or deletion stays due.
      s.status := case when v_event_exists then 'created' when not s.is_cancelled then 'failed' end;
      if not v_event_exists and not s.is_cancelled then
        -- A worker that is processing the row may still settle it with its lease, or die with its request on the way.
        s.work.due_at := case when v_is_leased then 'infinity'::timestamptz end;
        s.outcome_unknown := s.outcome_unknown or v_is_leased or p_event ->> 'former' = 'created';
      end if;

    when 'organizer_deleted' then
      if not v_is_idle then
        s.status := case when v_event_exists then 'created' else 'failed' end;
        s.error := 'organizer_deleted: The organizer''s account was deleted before Google Calendar was updated.';
        -- A worker that is processing the row may still settle it with its lease.
        s.organizer_user_id := null;
        s.work.owner_id := null;
        s.work.due_at := case when v_is_leased then 'infinity'::timestamptz end;
      end if;

    when 'search_again' then
      s.event_generation := s.event_generation + case when split_part(s.error, ':', 1) = 'foreign_event' then 1 else 0 end;
      s.status := null;
      s.error := null;
      s.retry_count := 0;
      s.google_account_id := null;
      s.google_calendar_id := null;
      s.work.due_at := null;
  end case;
  return s;
end $function$;

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

CREATE OR REPLACE FUNCTION private.notifications_enqueue()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  insert into private.work (kind, subject_id, owner_id, due_at)
  select 'notification', n.notification_id::text, n.target_id, clock_timestamp()
  from new_notifications as n
  where n.status in ('pending', 'retrying');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.notifications_forget()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  delete from private.work as w
  using old_notifications as o
  where w.kind = 'notification' and w.subject_id = o.notification_id::text;
  return null;
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

CREATE OR REPLACE FUNCTION private.open_owners(p_kind text)
 RETURNS TABLE(owner_id uuid, account text, requests_left integer)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
declare
  v_rules private.work_kinds;
  v_quota constant integer := private.quota('google_requests_per_minute_per_user');
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  return query
  with recursive waiting (owner_id) as (
    (
      select w.owner_id from private.work as w
      where w.kind = p_kind and w.owner_id is not null
      order by w.owner_id
      limit 1
    )
    union all
    select (
      select w.owner_id from private.work as w
      where w.kind = p_kind and w.owner_id > before.owner_id
      order by w.owner_id
      limit 1
    )
    from waiting as before
    where before.owner_id is not null
  ), busy as materialized (
    select distinct w.owner_id from private.work as w
    where v_rules.one_worker_per_owner and w.kind = p_kind and w.lease_token is not null and w.leased_until > clock_timestamp()
  ), spent as materialized (
    select s.account, s.requests from private.requests_spent() as s where v_rules.uses_google
  )
  select
    o.owner_id,
    coalesce(c.google_account_id, o.owner_id::text),
    case when v_rules.uses_google then v_quota - coalesce(s.requests, 0)::integer else 2147483647 end
  from waiting as o
  left join private.google_connections as c on c.user_id = o.owner_id
  left join spent as s on s.account = coalesce(c.google_account_id, o.owner_id::text)
  where o.owner_id is not null
    and (
      not v_rules.uses_google
      or c.user_id is null and not v_rules.requires_connection
      or c.status = 'healthy' and coalesce(private.paused_until(c, v_rules.is_write), '-infinity') <= clock_timestamp()
    )
    and not exists (select from busy as b where b.owner_id = o.owner_id);
end $function$;

CREATE OR REPLACE FUNCTION private.own_connections(p_participants jsonb, p_organizer_user_id uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  jsonb_agg(
    to_jsonb(own) - 'level' || jsonb_build_object(
      'profile', case when own.level = 'habits' then p.profile end,
      'profile_is_due',
      own.level = 'habits'
        and (p.learned_at is null or p.learned_at < now() - interval '1 day')
        and (p.reading_since is null or p.reading_since < now() - interval '10 minutes'))),
  '[]')
from (
  select distinct on (lower(c.email)) c.*, sharing.level
  from private.google_connections as c
  cross join lateral (select private.sharing_level(c.user_id, p_organizer_user_id) as level) as sharing
  where sharing.level is not null
    and c.status = 'healthy'
    and (c.paused_until is null or c.paused_until <= now())
    and (
      c.user_id = p_organizer_user_id
      or lower(c.email) in (
        select distinct email from private.participant_emails(p_participants) as email
      )
    )
  -- If two users have the same Google account, the organizer is used, otherwise the first.
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

CREATE OR REPLACE FUNCTION private.paused_until(p_connection private.google_connections, p_is_write boolean)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select case when p_is_write then greatest(p_connection.paused_until, p_connection.writes_paused_until) else p_connection.paused_until end
$function$;

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
-- People who cannot come to the first occurrence are still invited to the others.
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
with stored as (
insert into public.task_calendar_events as e (
  user_id, task_id, calendar_id, calendar_event_id, event_key, event_link, event_start, event_end, event_title,
  timezone, is_all_day, organizer_email, organizer_display_name, organizer_self, attendees, recurrence_rule,
  is_master_event, recurrence_master_id, recurrence_instance_date, original_start_time, is_exception,
  exception_type, series_update_scope, sync_status, sync_source, last_synced_at, etag, deleted_at)
select
  r.user_id, r.task_id, r.calendar_id, r.calendar_event_id, coalesce(r.event_key, gen_random_uuid()), r.event_link,
  r.event_start, r.event_end, r.event_title, r.timezone, coalesce(r.is_all_day, false), r.organizer_email,
  r.organizer_display_name, r.organizer_self, coalesce(r.attendees, '[]'), r.recurrence_rule,
  coalesce(r.is_master_event, false), r.recurrence_master_id, r.recurrence_instance_date, r.original_start_time,
  coalesce(r.is_exception, false), r.exception_type, r.series_update_scope, coalesce(r.sync_status, 'synced'),
  coalesce(r.sync_source, 'convene'), r.last_synced_at, r.etag, r.deleted_at
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
  last_synced_at = excluded.last_synced_at, etag = excluded.etag, deleted_at = excluded.deleted_at
returning e.id
)
select private.store_task_event_state(stored.id::text, jsonb_build_object('google_account_id', p_event -> 'google_account_id'))
from stored
where p_event ->> 'google_account_id' is not null
  and not exists (select from private.event_state as es where es.kind = 'task_event' and es.subject_id = stored.id::text);
$function$;

CREATE OR REPLACE FUNCTION private.quota(p_setting text)
 RETURNS integer
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select greatest(1, floor(private.setting(p_setting) * 0.99)::integer);
$function$;

CREATE OR REPLACE FUNCTION private.quota_window()
 RETURNS interval
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select interval '60.5 seconds' $function$;

CREATE OR REPLACE FUNCTION private.reclaim_work(p_kind text)
 RETURNS text
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select w.subject_id
from private.work as w
where w.kind = p_kind
  and w.lease_token is not null
  and w.leased_until <= clock_timestamp()
  and w.due_at <= clock_timestamp()
  and (
    w.owner_id is null
    or w.owner_id in (select o.owner_id from private.open_owners(p_kind) as o where o.requests_left >= 2)
  )
  -- One at a time: a poison row must not end the leases of other rows.
  and not exists (
    select from private.work as other
    where other.kind = p_kind and other.lease_token is not null and other.leased_until > clock_timestamp() and other.crashes > 0
  )
order by w.leased_until, w.subject_id
limit 1
for update of w skip locked;
$function$;

CREATE OR REPLACE FUNCTION private.record_claims(p_work private.work[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, request)
select
  w.subject_id, w.owner_id, w.lease_token, 'claimed',
  jsonb_build_object(
    'operation', private.write_operation(m), 'generation', m.event_generation,
    'attempt', w.attempts + 1, 'outcome_unknown', w.crashes > 0 or es.outcome_unknown_since is not null)
from unnest(p_work) as w
join public.meetings as m on m.meeting_id = w.subject_id
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id;
$function$;

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
declare
  -- A volatile function in the condition would keep the index from being used.
  v_since constant timestamptz := clock_timestamp() - private.quota_window();
begin
  return query
  select coalesce(c.google_account_id, spent.user_id::text), sum(spent.requests)::bigint
  from (
    select l.organizer_user_id as user_id, count(*) as requests
    from public.writeback_ledger as l
    where l.step = 'requested' and l.at > v_since
    group by 1
    union all
    -- Leased and not settled: the requests will be made, or are not in the ledger yet.
    select w.owner_id, sum(w.requests)
    from private.work as w
    join private.work_kinds as k on k.kind = w.kind and k.uses_google
    where w.lease_token is not null and w.leased_until > clock_timestamp()
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
  v_state private.write_state;
  v_meeting public.meetings;
  v_way text;
begin
  v_ids := array(
    select m.meeting_id
    from public.meetings as m
    where m.organizer_user_id = new.user_id
      and split_part(m.writeback_error, ':', 1) = any (private.connection_failures())
      and not exists (
        select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id and w.lease_token is not null)
    order by m.meeting_id
    for update);
  -- All rows are locked first, then all people: locking one meeting after the other could deadlock.
  perform private.lock_people(array(
    select distinct lower(a.value ->> 'email')
    from public.meetings as m
    cross join jsonb_array_elements(coalesce(private.chosen_candidate(m) -> 'participant_availability', '[]')) as a
    where m.meeting_id = any (v_ids)));

  foreach v_state in array private.lock_write_states(v_ids) loop
    -- An event that exists or may exist can be changed only with the account of its first attempt.
    continue when (v_state.work).lease_token is not null
      or not coalesce(split_part(v_state.error, ':', 1) = any (private.connection_failures()), false)
      or v_state.google_account_id <> new.google_account_id and (v_state.event_id is not null or v_state.outcome_unknown)
      or v_state.event_id is not null and v_state.written_version >= v_state.desired_version
      or v_state.event_id is null and coalesce(v_state.status not in ('failed', 'retrying'), true);
    select * into v_meeting from public.meetings as m where m.meeting_id = v_state.meeting_id;
    -- The write refuses a slot that has passed, with its own error.
    v_way := case
      when v_state.status = 'failed' and v_meeting.starts_at > clock_timestamp() then private.way_back(v_meeting, v_state.outcome_unknown)
      else 'write'
    end;
    case v_way
      when 'search' then
        perform private.search_again(v_meeting.meeting_id);
      when 'taken' then
        update public.meetings as m
        set writeback_error = 'slot_taken: Another meeting has been given the time. Change the time, or schedule the meeting again.'
        where m.meeting_id = v_meeting.meeting_id;
      else
        perform private.apply_write_event(v_meeting.meeting_id, '{"type": "requeued"}');
    end case;
  end loop;

  for v_meeting in
    update public.meetings as m
    set scheduling_status = 'pending', scheduling_error = null, scheduling_reason = null, scheduling_details = null
    where m.organizer_user_id = new.user_id
      and m.scheduling_status = 'failed'
      and m.scheduling_error = 'needs_reauth'
      and m.cancelled_at is null
    returning m.*
  loop
    perform private.enqueue('search', v_meeting.meeting_id, v_meeting.organizer_user_id);
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.return_burden(p_noted private.noted_burdens)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- In the order of the key, so that two meetings of the same people do not deadlock.
  perform
  from private.fairness_ledger as l
  where l.organizer_user_id = p_noted.organizer_user_id and p_noted.burdens ? l.participant_email and l.with_email = any (p_noted.emails)
  order by l.participant_email, l.with_email
  for update;
  update private.fairness_ledger as l
  set burden = greatest(0, private.faded(l.burden, l.updated_at)
        - private.faded((p_noted.burdens ->> l.participant_email)::numeric, p_noted.noted_at)),
      meetings = l.meetings - 1,
      updated_at = now()
  where l.organizer_user_id = p_noted.organizer_user_id and p_noted.burdens ? l.participant_email and l.with_email = any (p_noted.emails);
  delete from private.fairness_ledger as l
  where l.organizer_user_id = p_noted.organizer_user_id and p_noted.burdens ? l.participant_email and l.with_email = any (p_noted.emails) and l.meetings <= 0;
  delete from private.noted_burdens as n where n.meeting_id = p_noted.meeting_id;
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
  'burdens', private.burdens_of(p_meeting.organizer_user_id, array(
    select distinct email from private.participant_emails(p_meeting.participants) as email
    union
    select lower(c.email) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  ))
);
$function$;

CREATE OR REPLACE FUNCTION private.search_again(p_meeting_id text)
 RETURNS public.meetings
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
begin
  perform private.apply_write_event(p_meeting_id, '{"type": "search_again"}');
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
    scheduling_details = null
  where m.meeting_id = p_meeting_id
  returning m.* into v_meeting;
  delete from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  perform private.enqueue('search', p_meeting_id, v_meeting.organizer_user_id);
  return v_meeting;
end $function$;

CREATE OR REPLACE FUNCTION private.seconds_to_quota()
 RETURNS double precision
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with slice as (
  select private.setting('slice_rows')::integer as rows
), blocked as (
  select o.account, least(slice.rows, private.quota('google_requests_per_minute_per_user')) - o.requests_left as missing
  from private.open_owners('write') as o, slice
  where o.requests_left < slice.rows
    and exists (
      select from private.work as w
      where w.kind = 'write' and w.owner_id = o.owner_id and w.due_at <= clock_timestamp() and w.lease_token is null
    )
  union all
  select
    null,
    least(slice.rows, private.quota('google_requests_per_minute'))
      - (private.quota('google_requests_per_minute') - (select coalesce(sum(s.requests), 0)::integer from private.requests_spent() as s))
  from slice
  where exists (select from private.due_work as d where d.kind = 'write')
)
select min(extract(epoch from freed.at + private.quota_window() - clock_timestamp()))
from blocked as b
cross join lateral (
  select l.at
  from public.writeback_ledger as l
  left join private.google_connections as c on c.user_id = l.organizer_user_id
  where l.step = 'requested'
    and l.at > (select clock_timestamp() - private.quota_window())
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
  select s.value into v_value from private.settings as s where s.name = p_name;
  if v_value is null then
    raise exception 'private.settings has no "%"', p_name
      using errcode = '55000', hint = 'Insert the row again; the migration that made the table has the usual values.';
  end if;
  return v_value;
end $function$;

CREATE OR REPLACE FUNCTION private.sharing_check()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  new.grantee := lower(btrim(new.grantee));
  -- A grantee is text and is matched when an organizer asks: a refusal of unknown addresses would tell who is a user.
  if new.grantee_kind = 'person' and not private.is_email(new.grantee) then
    raise exception 'The grantee of a person is an e-mail address' using errcode = '22023';
  elsif new.grantee_kind = 'domain' and (
    length(new.grantee) > 253
    or new.grantee !~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'
  ) then
    raise exception 'The grantee of a domain is a domain, e.g. north.example' using errcode = '22023';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.sharing_emails(p_emails text[], p_organizer_user_id uuid)
 RETURNS text[]
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(array_agg(distinct lower(c.email)), '{}')
from private.google_connections as c
where lower(c.email) = any (p_emails) and private.sharing_level(c.user_id, p_organizer_user_id) is not null;
$function$;

CREATE OR REPLACE FUNCTION private.sharing_ends_holds()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- A hold whose event is written says no more than the calendar does, and ends soon.
  delete from private.slot_holds as h
  using private.google_connections as c
  where c.user_id = old.owner_user_id
    and h.participant_email = lower(c.email)
    and h.by_consent
    and h.expires_at is null
    and private.sharing_level(old.owner_user_id, h.organizer_user_id) is null;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.sharing_level(p_owner_user_id uuid, p_organizer_user_id uuid)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when p_owner_user_id = p_organizer_user_id then 'habits'
  else (
    select case when bool_or(s.level = 'habits') then 'habits' when count(*) > 0 then 'busy' end
    from public.availability_sharing as s
    left join private.google_connections as o on o.user_id = p_organizer_user_id
    where s.owner_user_id = p_owner_user_id
      and (s.expires_at is null or s.expires_at > now())
      and case s.grantee_kind
        when 'everybody' then true
        when 'person' then o.email_verified and s.grantee = lower(o.email)
        else s.grantee = o.hosted_domain
      end)
end;
$function$;

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

CREATE OR REPLACE FUNCTION private.store_task_event_state(p_id text, p_state jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into private.event_state as es (kind, subject_id, wanted, pending_change, google_account_id, outcome_unknown_since)
values (
  'task_event', p_id, nullif(p_state -> 'wanted', 'null'), nullif(p_state -> 'pending_change', 'null'), p_state ->> 'google_account_id',
  case when (p_state ->> 'outcome_unknown')::boolean then clock_timestamp() end)
on conflict (kind, subject_id) do update
set
  wanted = case when p_state ? 'wanted' then excluded.wanted else es.wanted end,
  pending_change = case when p_state ? 'pending_change' then excluded.pending_change else es.pending_change end,
  google_account_id = case when p_state ? 'google_account_id' then excluded.google_account_id else es.google_account_id end,
  outcome_unknown_since = case
    when not p_state ? 'outcome_unknown' then es.outcome_unknown_since
    when excluded.outcome_unknown_since is not null then coalesce(es.outcome_unknown_since, excluded.outcome_unknown_since)
  end;
$function$;

CREATE OR REPLACE FUNCTION private.store_work(p_work private.work)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION private.store_write_states(p_states private.write_state[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  delete from private.work as w
  using unnest(p_states) as s
  where w.kind = 'write' and w.subject_id = (s.work).subject_id and (s.work).due_at is null;

  insert into private.work as w (
    kind, subject_id, owner_id, priority, requests, due_at, attempts, crashes, deferrals,
    lease_token, leased_at, leased_until, leased_version, google_account_id, google_calendar_id)
  select
    'write', (s.work).subject_id, (s.work).owner_id, (s.work).priority,
    -- A first insert is one request; everything else reads the event before it writes.
    case when s.event_id is null and not s.is_cancelled and not s.outcome_unknown then 1 else 2 end,
    (s.work).due_at, (s.work).attempts, (s.work).crashes, (s.work).deferrals,
    (s.work).lease_token, (s.work).leased_at, (s.work).leased_until, (s.work).leased_version,
    (s.work).google_account_id, (s.work).google_calendar_id
  from unnest(p_states) as s
  where (s.work).due_at is not null
  on conflict (kind, subject_id) do update
  set
    owner_id = excluded.owner_id, priority = excluded.priority, requests = excluded.requests, due_at = excluded.due_at,
    attempts = excluded.attempts, crashes = excluded.crashes, deferrals = excluded.deferrals,
    lease_token = excluded.lease_token, leased_at = excluded.leased_at, leased_until = excluded.leased_until,
    leased_version = excluded.leased_version, google_account_id = excluded.google_account_id,
    google_calendar_id = excluded.google_calendar_id;

  insert into private.event_state as es (
    kind, subject_id, google_account_id, google_calendar_id, outcome_unknown_since, removed_participants)
  select
    'meeting', s.meeting_id, s.google_account_id, s.google_calendar_id,
    case when s.outcome_unknown then clock_timestamp() end, s.removed_participants
  from unnest(p_states) as s
  where s.google_account_id is not null
    or s.outcome_unknown
    or exists (select from private.event_state as known where known.kind = 'meeting' and known.subject_id = s.meeting_id)
  on conflict (kind, subject_id) do update
  set
    google_account_id = excluded.google_account_id,
    google_calendar_id = excluded.google_calendar_id,
    outcome_unknown_since = case
      when excluded.outcome_unknown_since is not null then coalesce(es.outcome_unknown_since, excluded.outcome_unknown_since)
    end,
    removed_participants = excluded.removed_participants;

  -- Stored last, because the triggers on meetings read the remaining work. private.meetings_set_status must ignore this
  -- update: only a writeback_status that an application sets is an event.
  perform set_config('convene.is_storing', 'true', true);
  update public.meetings as m
  set
    writeback_status = s.status,
    writeback_error = s.error,
    writeback_retry_count = s.retry_count,
    writeback_attempted_at = s.attempted_at,
    writeback_succeeded_at = s.succeeded_at,
    google_event_id = s.event_id,
    google_calendar_id = coalesce(s.google_calendar_id, m.google_calendar_id),
    event_generation = s.event_generation,
    desired_version = s.desired_version,
    written_version = s.written_version,
    starts_at = coalesce((s.slot ->> 'starts_at')::timestamptz, m.starts_at),
    ends_at = coalesce((s.slot ->> 'ends_at')::timestamptz, m.ends_at),
    timezone = coalesce(s.slot ->> 'timezone', m.timezone),
    cancelled_at = case when s.is_cancelled then coalesce(m.cancelled_at, clock_timestamp()) end,
    google_event_link = case
      when s.shown ? 'google_event_link' then s.shown ->> 'google_event_link'
      when s.shown ? 'forget' then null
      else m.google_event_link
    end,
    meet_link = case
      when s.shown ? 'forget' or m.conference = 'none' then null
      else coalesce(s.shown ->> 'meet_link', m.meet_link)
    end,
    organizer_email = coalesce(s.shown ->> 'organizer_email', m.organizer_email),
    organizer_display_name = coalesce(s.shown ->> 'organizer_display_name', m.organizer_display_name),
    organizer_self = coalesce((s.shown ->> 'organizer_self')::boolean, m.organizer_self),
    attendees = case when s.shown ? 'forget' then '[]' else coalesce(s.shown -> 'attendees', m.attendees) end
  from unnest(p_states) as s
  where m.meeting_id = s.meeting_id;
  perform set_config('convene.is_storing', 'false', true);
end $function$;

CREATE OR REPLACE FUNCTION private.sweep()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- An expired search that is leased but not due: its caller no longer waits for the result.
  delete from private.work as w where w.due_at = 'infinity' and w.leased_until <= clock_timestamp() - interval '1 hour';
  -- Not combined with other wake-ups: the uncommitted wake-up of a long transaction must not delay the sweep.
  perform private.wake(k.wakes, '{"batch": true, "background": true}')
  from private.work_kinds as k
  where exists (select from private.due_work as d where d.kind = k.kind);
end $function$;

CREATE OR REPLACE FUNCTION private.task_event_json(p_event public.task_calendar_events)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select to_jsonb(p_event) || jsonb_build_object(
  'wanted', es.wanted,
  'pending_change', es.pending_change,
  'google_account_id', es.google_account_id,
  -- A lease that expired unsettled may have reached Google.
  'outcome_unknown', coalesce(es.outcome_unknown_since is not null or w.crashes > 0, false),
  'lease_token', w.lease_token,
  'lease_seconds', extract(epoch from w.leased_until - w.leased_at),
  'leased_until', w.leased_until)
from (select 1) as one
left join private.event_state as es on es.kind = 'task_event' and es.subject_id = p_event.id::text
left join private.work as w on w.kind = 'task_event' and w.subject_id = p_event.id::text;
$function$;

CREATE OR REPLACE FUNCTION private.task_event_response(p_decision text, p_event public.task_calendar_events, p_user_id uuid)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'decision', p_decision,
  'event', event.json,
  'task', (select to_jsonb(t) from public.tasks as t where t.id::text = event.json ->> 'task_id'),
  'connection', (select to_jsonb(c) from private.google_connections as c where c.user_id = p_user_id),
  'retry_after_seconds', greatest(1, ceil(extract(epoch from (event.json ->> 'leased_until')::timestamptz - clock_timestamp()))))
from (select case when p_event.id is not null then private.task_event_json(p_event) end as json) as event;
$function$;

CREATE OR REPLACE FUNCTION private.task_events_forget()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  delete from private.work as w
  using old_events as o
  where w.kind = 'task_event' and w.subject_id = o.id::text;
  delete from private.event_state as es
  using old_events as o
  where es.kind = 'task_event' and es.subject_id = o.id::text;
  return null;
end $function$;

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
  -- An error of the wake-up must not fail the statement that caused it.
  when others then
    raise log 'convene could not wake %: %', p_function, sqlerrm;
end $function$;

CREATE OR REPLACE FUNCTION private.wake_for_rest(p_kind text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select private.wake(k.wakes, '{"batch": true, "background": true}')
from private.work_kinds as k
where k.kind = p_kind and private.is_time_to_wake(k.wakes);
$function$;

CREATE OR REPLACE FUNCTION private.wake_worker(p_kind text, p_rows bigint, p_subject_id text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_function text;
begin
  select k.wakes into strict v_function from private.work_kinds as k where k.kind = p_kind;
  if not private.is_time_to_wake(v_function) then
    return;
  end if;
  perform private.wake(v_function, case
    when p_rows = 1 and p_kind in ('search', 'write') then jsonb_build_object(
      'type', 'INSERT', 'table', 'meetings', 'schema', 'public', 'record', jsonb_build_object('meeting_id', p_subject_id), 'old_record', null)
    else '{"batch": true, "background": true}'
  end);
end $function$;

CREATE OR REPLACE FUNCTION private.way_back(p_meeting public.meetings, p_outcome_unknown boolean)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_is_chosen boolean := private.chosen_candidate(p_meeting) is not null;
begin
  if p_meeting.cancelled_at is not null then
    return 'write';
  elsif p_outcome_unknown then
    -- The event may exist: verification comes first, even if another meeting holds the time.
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

CREATE OR REPLACE FUNCTION private.work_wake_inserted()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.wake_worker(due.kind, due.rows, due.subject_id)
  from (
    select w.kind, count(*) as rows, min(w.subject_id) as subject_id
    from new_work as w
    where w.lease_token is null and w.due_at <= clock_timestamp()
    group by w.kind
  ) as due;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.work_wake_updated()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.wake_worker(due.kind, due.rows, due.subject_id)
  from (
    select w.kind, count(*) as rows, min(w.subject_id) as subject_id
    from new_work as w
    join old_work as o on o.kind = w.kind and o.subject_id = w.subject_id
    -- Neither a claim nor a release makes a row due.
    where w.lease_token is null and w.due_at <= clock_timestamp() and w.due_at is distinct from o.due_at
    group by w.kind
  ) as due;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.write_event_of(p_settlement jsonb, p_healthy_account_id text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case p_settlement ->> 'outcome'
  when 'failed' then
    p_settlement - array['steps', 'meeting_id', 'lease_token', 'outcome'] || jsonb_build_object(
      'type', 'failed',
      'healthy_account_id', p_healthy_account_id,
      'verdict', case
        when (p_settlement ->> 'outcome_unknown')::boolean then
          case when coalesce((p_settlement ->> 'spends_attempt')::boolean, true) then 'unknown' else 'unverified' end
        when not coalesce((p_settlement ->> 'should_retry')::boolean, false) then 'reject'
        when coalesce((p_settlement ->> 'spends_attempt')::boolean, true) then 'retry'
        else 'defer'
      end)
  when 'written' then p_settlement - array['steps', 'meeting_id', 'lease_token', 'outcome'] || '{"type": "written"}'
  else '{"type": "released"}'
end
$function$;

CREATE OR REPLACE FUNCTION private.write_operation(p_meeting public.meetings)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select case
  when p_meeting.cancelled_at is not null then 'cancel'
  when p_meeting.google_event_id is not null then 'update'
  else 'create'
end
$function$;

CREATE OR REPLACE FUNCTION public.allow_availability(p_user_id uuid, p_grantee_kind text, p_grantee text, p_level text, p_expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS SETOF public.availability_sharing
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into public.availability_sharing as s (owner_user_id, grantee_kind, grantee, level, expires_at)
values (p_user_id, p_grantee_kind, p_grantee, p_level, p_expires_at)
on conflict on constraint availability_sharing_one_row_a_grantee do update
set level = excluded.level, expires_at = excluded.expires_at
returning s.*;
$function$;

CREATE OR REPLACE FUNCTION public.begin_event_change(p_user_id uuid, p_calendar_id text, p_calendar_event_id text, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_event public.task_calendar_events;
  v_work private.work;
begin
  insert into public.task_calendar_events (user_id, calendar_id, calendar_event_id, organizer_self, sync_source, sync_status)
  values (p_user_id, p_calendar_id, p_calendar_event_id, null, 'google', 'synced')
  on conflict (user_id, calendar_id, calendar_event_id) do nothing;
  select * into strict v_event
  from public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
  for update;
  select * into v_work from private.work as w where w.kind = 'task_event' and w.subject_id = v_event.id::text for update;
  if v_work.leased_until > clock_timestamp() then
    return private.task_event_response('in_progress', v_event, p_user_id);
  elsif private.is_unwritten(v_event) then
    return private.task_event_response('unwritten', v_event, p_user_id);
  elsif private.is_deleted(v_event) then
    return private.task_event_response('deleted', v_event, p_user_id);
  end if;
  perform private.lease_task_event(v_event.id::text, p_user_id, p_lease_seconds);
  return private.task_event_response('claimed', v_event, p_user_id);
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

CREATE OR REPLACE FUNCTION public.begin_scheduling(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_meeting jsonb DEFAULT NULL::jsonb, p_reschedule boolean DEFAULT false, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_work private.work;
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
      select * into v_meeting from private.insert_leased_meeting(p_meeting_id, p_user_id, p_meeting, p_lease_seconds);
    exception
      when foreign_key_violation then
        return jsonb_build_object('decision', 'incomplete', 'path', 'organizer_user_id');
    end;
    if v_meeting.meeting_id is null then
      -- The same id was inserted between the first read and the insert.
      return jsonb_build_object('decision', 'in_progress', 'retry_after_seconds', 1);
    end if;
    select * into v_work from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  elsif p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled', 'meeting', private.meeting_json(v_meeting));
  else
    select * into v_work from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id for update;
    if v_work.leased_until > clock_timestamp() then
      return jsonb_build_object(
        'decision', 'in_progress', 'meeting', private.meeting_json(v_meeting),
        'retry_after_seconds', ceil(extract(epoch from v_work.leased_until - clock_timestamp())));
    elsif v_meeting.scheduling_status = 'scheduled' and not p_reschedule then
      return jsonb_build_object('decision', 'scheduled', 'meeting', private.meeting_json(v_meeting));
    elsif private.frozen_calendar_differs(v_meeting, p_meeting) then
      return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id', 'meeting', private.meeting_json(v_meeting));
    end if;
    if v_work.subject_id is null then
      -- Leased but not due: if the caller disconnects, the queue does not repeat the search.
      insert into private.work (kind, subject_id, owner_id, due_at)
      values ('search', p_meeting_id, v_meeting.organizer_user_id, 'infinity');
    end if;
    select * into v_work from private.lease_work('search', array[p_meeting_id], p_lease_seconds);
    insert into private.event_state as es (kind, subject_id, search_request)
    values ('meeting', p_meeting_id, p_meeting - 'organizer_user_id')
    on conflict (kind, subject_id) do update set search_request = excluded.search_request;
    if v_meeting.starts_at is null then
      -- The row has no slot yet, so its request may be replaced.
      v_meeting := private.accept_search_request(p_meeting_id);
    end if;
  end if;

  v_meeting := private.as_requested(v_meeting);
  return jsonb_build_object('decision', 'claimed')
    || private.scheduling_context(v_meeting)
    || jsonb_build_object('meeting', private.leased_search_json(v_meeting, v_work));
end $function$;

CREATE OR REPLACE FUNCTION public.begin_task_event(p_task_id text, p_user_id uuid, p_wanted jsonb, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_task public.tasks;
  v_event public.task_calendar_events;
  v_work private.work;
  v_key uuid := gen_random_uuid();
  v_is_unknown boolean;
begin
  -- This lock serializes concurrent callers for one task, so it gets one event.
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
      user_id, task_id, calendar_id, calendar_event_id, event_key, organizer_self, sync_status)
    values (
      v_task.user_id, v_task.id, coalesce(p_wanted ->> 'calendar_id', 'primary'),
      'convene' || replace(v_key::text, '-', '') || 'g1', v_key, null, 'pending')
    returning * into v_event;
    perform private.store_task_event_state(v_event.id::text, jsonb_build_object('wanted', p_wanted));
  elsif not private.is_unwritten(v_event) then
    return private.task_event_response('exists', v_event, v_task.user_id);
  else
    select * into v_work from private.work as w where w.kind = 'task_event' and w.subject_id = v_event.id::text for update;
    v_is_unknown := exists (
      select from private.event_state as es
      where es.kind = 'task_event' and es.subject_id = v_event.id::text and es.outcome_unknown_since is not null);
    if v_work.leased_until > clock_timestamp() then
      return private.task_event_response('in_progress', v_event, v_task.user_id);
    elsif v_work.lease_token is null and not v_is_unknown then
      -- The former request cannot have taken effect, so the new one replaces it.
      update public.task_calendar_events as e
      set calendar_id = coalesce(p_wanted ->> 'calendar_id', 'primary'), sync_status = 'pending'
      where e.id = v_event.id
      returning * into v_event;
      perform private.store_task_event_state(v_event.id::text, jsonb_build_object('wanted', p_wanted, 'google_account_id', null));
    end if;
  end if;
  perform private.lease_task_event(v_event.id::text, v_task.user_id, p_lease_seconds);
  update private.work as w set due_at = w.leased_at where w.kind = 'task_event' and w.subject_id = v_event.id::text;
  return private.task_event_response('claimed', v_event, v_task.user_id);
end $function$;

CREATE OR REPLACE FUNCTION public.begin_writeback(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_state private.write_state;
  v_connection private.google_connections;
  v_work private.work[];
  v_due_at timestamptz;
  v_decision text;
  v_retry_at timestamptz;
begin
  -- This lock serializes concurrent callers for one meeting, so exactly one of them gets the lease.
  foreach v_state in array private.lock_write_states(array[p_meeting_id]) loop
    select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  end loop;
  if v_meeting.meeting_id is null or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  select * into v_connection from private.google_connections as c where c.user_id = v_meeting.organizer_user_id;

  if v_state.status is null and not v_state.is_cancelled then
    v_decision := 'no_slot';
  elsif (v_state.work).leased_until > clock_timestamp() then
    v_decision := 'in_progress';
    v_retry_at := (v_state.work).leased_until;
  elsif (v_state.work).subject_id is null
    and not v_state.is_cancelled
    and (v_state.status in ('pending', 'retrying') or v_state.status = 'created' and v_state.event_id is null)
  then
    -- The row was stored before Convene was installed, or with its triggers disabled.
    v_meeting := private.apply_write_event(p_meeting_id, jsonb_build_object('type', 'set_pending', 'former', v_state.status));
  elsif (v_state.work).subject_id is null then
    v_decision := case
      when v_state.event_id is not null and v_state.written_version < v_state.desired_version then 'failed'
      when v_state.is_cancelled then 'cancelled'
      else v_state.status
    end;
  elsif v_state.outcome_unknown
    and (v_state.work).due_at > clock_timestamp()
    and ((v_state.work).attempts >= private.setting('max_attempts') or v_state.is_cancelled and v_state.event_id is null)
  then
    -- The next verification decides whether the meeting failed or has an event to delete, so it waits until the last
    -- request can have taken effect.
    v_decision := 'in_progress';
    v_retry_at := (v_state.work).due_at;
  elsif private.paused_until(v_connection, true) > clock_timestamp() then
    v_decision := 'paused';
    v_retry_at := private.paused_until(v_connection, true);
  end if;

  if v_decision is not null then
    v_meeting.candidates := '[]';
    return jsonb_build_object('decision', v_decision, 'meeting', private.meeting_json(v_meeting))
      || case
        when v_retry_at is not null then
          jsonb_build_object('retry_after_seconds', ceil(extract(epoch from least(v_retry_at, clock_timestamp() + interval '1 day') - clock_timestamp())))
        else '{}'
      end;
  end if;

  -- A call with a meeting_id ignores the backoff; write_due_at is the due time that it would have had.
  v_due_at := (select w.due_at from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id);
  v_work := array(select w from private.lease_work('write', array[p_meeting_id], p_lease_seconds) as w);
  perform private.record_claims(v_work);
  v_work[1].due_at := v_due_at;
  return jsonb_build_object(
    'decision', 'claimed',
    'meeting', (select l.meeting from private.leased_meetings(v_work) as l),
    'connection', case when v_connection.user_id is not null then to_jsonb(v_connection) end);
end $function$;

CREATE OR REPLACE FUNCTION public.cancel_meeting(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_expected_version integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'already_cancelled', 'meeting', private.meeting_json(v_meeting));
  elsif p_expected_version <> v_meeting.desired_version then
    return jsonb_build_object('decision', 'version_conflict', 'meeting', private.meeting_json(v_meeting));
  end if;
  delete from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  v_meeting := private.apply_write_event(p_meeting_id, '{"type": "cancelled"}');
  return jsonb_build_object('decision', 'cancelled', 'meeting', private.meeting_json(v_meeting));
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
      where m.organizer_user_id = p_user_id and m.cancelled_at is not null
        and exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id)
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
    return jsonb_build_object('decision', 'cancelled', 'meeting', private.meeting_json(v_meeting));
  elsif p_expected_version <> v_meeting.desired_version then
    return jsonb_build_object('decision', 'version_conflict', 'meeting', private.meeting_json(v_meeting));
  elsif v_problem is null then
    v_changed := jsonb_populate_record(v_meeting, p_changes);
    v_problem := private.meeting_problem(v_changed);
  end if;
  if v_problem is not null then
    return jsonb_build_object('decision', 'invalid', 'meeting', private.meeting_json(v_meeting)) || v_problem;
  end if;

  v_is_moved := (v_changed.starts_at, v_changed.ends_at) is distinct from (v_meeting.starts_at, v_meeting.ends_at);
  if v_changed is not distinct from v_meeting then
    return jsonb_build_object('decision', 'unchanged', 'meeting', private.meeting_json(v_meeting));
  elsif v_is_moved and v_changed.starts_at <= clock_timestamp() then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', private.meeting_json(v_meeting));
  end if;

  if v_is_moved then
    -- A given time replaces the result of a search in progress.
    delete from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  elsif v_changed.participants <> v_meeting.participants and v_meeting.starts_at is null then
    -- A search in progress has the old participants: it loses its lease and starts again.
    update private.work as w
    set due_at = clock_timestamp(), lease_token = null, leased_at = null, leased_until = null
    where w.kind = 'search' and w.subject_id = p_meeting_id and w.lease_token is not null;
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
    -- A given time has no score.
    score = case when not v_is_moved then m.score end,
    reasoning = case when not v_is_moved then m.reasoning end,
    candidates = case when v_is_moved then '[]' else m.candidates end,
    scheduled_at = case when v_is_moved then clock_timestamp() else m.scheduled_at end,
    scheduling_status = case when v_is_moved then 'scheduled' else m.scheduling_status end,
    scheduling_error = case when not v_is_moved then m.scheduling_error end,
    scheduling_reason = case when not v_is_moved then m.scheduling_reason end,
    scheduling_details = case when not v_is_moved then m.scheduling_details end
  where m.meeting_id = p_meeting_id;
  v_meeting := private.apply_write_event(p_meeting_id, jsonb_build_object('type', 'changed', 'is_moved', v_is_moved));
  return jsonb_build_object('decision', 'changed', 'meeting', private.meeting_json(v_meeting));
end $function$;

CREATE OR REPLACE FUNCTION public.claim_meet_links(p_limit integer DEFAULT 20, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[] := array(select w from private.claim_work('meet_link', p_limit, p_lease_seconds) as w);
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'meeting', to_jsonb(m) || jsonb_build_object(
        'candidates', '[]'::jsonb, 'lease_token', w.lease_token, 'reads', w.deferrals + w.crashes + 1, 'google_account_id', es.google_account_id),
      'connection', to_jsonb(c)) order by w.due_at, w.subject_id), '[]')
    from unnest(v_work) as w
    join public.meetings as m on m.meeting_id = w.subject_id
    join private.google_connections as c on c.user_id = w.owner_id
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id);
end $function$;

CREATE OR REPLACE FUNCTION public.claim_notifications(p_limit integer DEFAULT 20, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS TABLE(notification_id uuid, event text, kind text, payload jsonb, created_at timestamp with time zone, lease_token uuid, target_wanted boolean, address text, signing_secret text)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[];
begin
  perform private.fail_poison_notifications();
  v_work := array(select w from private.claim_work('notification', p_limit, p_lease_seconds) as w);
  return query
  select
    n.notification_id, n.event, n.kind, n.payload, n.created_at, w.lease_token,
    n.kind = 'log' or coalesce(t.enabled, false), t.address, s.signing_secret
  from unnest(v_work) as w
  join public.notifications as n on n.notification_id = w.subject_id::uuid
  left join public.notification_targets as t on t.target_id = n.target_id
  left join private.notification_secrets as s on s.target_id = n.target_id;
end $function$;

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

CREATE OR REPLACE FUNCTION public.claim_schedulings(p_limit integer DEFAULT 10, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS SETOF jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[];
begin
  perform private.fail_poison_searches();
  v_work := array(select w from private.claim_work('search', p_limit, p_lease_seconds) as w);
  return query
  select private.leased_search_json(m, w)
  from unnest(v_work) as w
  join public.meetings as m on m.meeting_id = w.subject_id
  order by w.due_at, w.subject_id;
end $function$;

CREATE OR REPLACE FUNCTION public.claim_task_events(p_limit integer DEFAULT 10, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS SETOF jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[];
begin
  perform private.fail_poison_task_events();
  v_work := array(select w from private.claim_work('task_event', p_limit, p_lease_seconds) as w);
  return query
  select private.task_event_response('claimed', e, e.user_id)
  from unnest(v_work) as w
  join public.task_calendar_events as e on e.id::text = w.subject_id
  order by w.due_at, w.subject_id;
end $function$;

CREATE OR REPLACE FUNCTION public.claim_writeback_slice(p_limit integer, p_lease_seconds integer DEFAULT NULL::integer, p_reclaim boolean DEFAULT false)
 RETURNS json
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[] := private.claim_writes(p_limit, p_lease_seconds, p_reclaim);
  v_meetings json;
  v_connections json;
  v_is_more boolean;
begin
  select coalesce(json_agg(l.meeting order by l.place), '[]') into v_meetings from private.leased_meetings(v_work) as l;
  select coalesce(json_agg(g), '[]') into v_connections
  from private.google_connections as g
  where g.user_id in (select w.owner_id from unnest(v_work) as w);
  -- Saves the caller another claim to learn whether rows are left.
  v_is_more := exists (select from private.due_work as d where d.kind = 'write');
  return json_build_object(
    'meetings', v_meetings,
    'connections', v_connections,
    'quota_seconds', case when v_is_more and coalesce(cardinality(v_work), 0) < p_limit then private.seconds_to_quota() end,
    'is_more', v_is_more
  );
end $function$;

CREATE OR REPLACE FUNCTION public.claim_writebacks(p_limit integer DEFAULT 10, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS TABLE(meeting_id text, lease_token uuid, leased_until timestamp with time zone, operation text, attempts integer, outcome_unknown boolean, google_account_id text, google_calendar_id text, meeting jsonb)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[] := private.claim_writes(p_limit, p_lease_seconds, true);
begin
  return query
  select
    w.subject_id, w.lease_token, w.leased_until, l.meeting ->> 'operation', w.attempts,
    (l.meeting ->> 'outcome_unknown')::boolean, w.google_account_id, w.google_calendar_id, l.meeting
  from private.leased_meetings(v_work) as l
  join unnest(v_work) with ordinality as w on w.ordinality = l.place
  order by l.place;
end $function$;

CREATE OR REPLACE FUNCTION public.connect_google(p_user_id uuid, p_google_account_id text, p_email text, p_email_verified boolean, p_hosted_domain text, p_status text, p_status_reason text, p_granted_scopes text[], p_refresh_token_encrypted text, p_access_token_encrypted text, p_access_token_expires_at timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into private.google_connections as c (
    user_id, google_account_id, email, email_verified, hosted_domain, status, status_reason, granted_scopes,
    refresh_token_encrypted, access_token_encrypted, access_token_expires_at
  )
  values (
    p_user_id, p_google_account_id, p_email, coalesce(p_email_verified, false), lower(p_hosted_domain), p_status, p_status_reason, p_granted_scopes,
    p_refresh_token_encrypted, p_access_token_encrypted, p_access_token_expires_at
  )
  on conflict (user_id) do update
    set google_account_id = excluded.google_account_id,
        email = excluded.email,
        email_verified = excluded.email_verified,
        hosted_domain = excluded.hosted_domain,
        status = excluded.status,
        status_reason = excluded.status_reason,
        granted_scopes = excluded.granted_scopes,
        refresh_token_encrypted = excluded.refresh_token_encrypted,
        access_token_encrypted = excluded.access_token_encrypted,
        access_token_expires_at = excluded.access_token_expires_at,
        -- A pause belongs to the Google account, so it stays unless another account is connected.
        paused_until = case
          when c.google_account_id = excluded.google_account_id then c.paused_until
        end,
        writes_paused_until = case
          when c.google_account_id = excluded.google_account_id then c.writes_paused_until
        end,
        connected_at = now(),
        last_refreshed_at = null,
        updated_at = now()
  returning jsonb_build_object('paused_until', c.paused_until, 'writes_paused_until', c.writes_paused_until);
$function$;

CREATE OR REPLACE FUNCTION public.discard_task_event(p_user_id uuid, p_calendar_id text, p_calendar_event_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_event public.task_calendar_events;
begin
  select * into v_event
  from public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
    and private.is_unwritten(e) and e.deleted_at is null
  for update;
  if not found
    -- A request that may have taken effect is verified first, by the next call that schedules the task or by the sweep.
    or exists (
      select from private.work as w
      where w.kind = 'task_event' and w.subject_id = v_event.id::text and (w.lease_token is not null or w.crashes > 0))
    or exists (
      select from private.event_state as es
      where es.kind = 'task_event' and es.subject_id = v_event.id::text and es.outcome_unknown_since is not null)
  then
    return false;
  end if;
  delete from private.work as w where w.kind = 'task_event' and w.subject_id = v_event.id::text;
  update public.task_calendar_events as e
  set deleted_at = clock_timestamp(), sync_status = 'cancelled', updated_at = clock_timestamp()
  where e.id = v_event.id;
  return true;
end $function$;

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

CREATE OR REPLACE FUNCTION public.finish_batch(p_kind text, p_wake boolean DEFAULT false)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_remaining integer;
begin
  select count(*) into v_remaining from private.due_work as d where d.kind = p_kind;
  if p_wake and v_remaining > 0 then
    perform private.wake_for_rest(p_kind);
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
 SET search_path TO ''
AS $function$
select m.*
from private.due_work as due
join public.meetings as m on m.meeting_id = due.subject_id
where due.kind = 'write'
order by due.priority, due.due_at, due.subject_id
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
  -- The address of an account is also the id of its primary calendar.
  select nullif(m.google_calendar_id, c.email)
  from public.meetings as m
  join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
  where m.organizer_user_id = c.user_id and es.google_account_id = c.google_account_id
) as used
where c.status = 'healthy' and used.google_calendar_id is not null
order by c.user_id, used.google_calendar_id
limit p_limit;
$function$;

CREATE OR REPLACE FUNCTION public.list_auditable_meetings(p_limit integer DEFAULT 50, p_after text DEFAULT NULL::text, p_meeting_ids text[] DEFAULT NULL::text[])
 RETURNS SETOF jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select to_jsonb(m) || jsonb_build_object('google_account_id', es.google_account_id, 'outcome_unknown', es.outcome_unknown_since is not null)
from public.meetings as m
-- The account is stored at the first attempt: without it no request was sent to Google.
join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id and es.google_account_id is not null
where not exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id)
  and case
    when p_meeting_ids is not null then m.meeting_id = any (p_meeting_ids)
    else m.recurrence is not null or m.ends_at > now() - interval '30 days'
  end
  and (p_after is null or m.meeting_id > p_after)
order by m.meeting_id
limit p_limit;
$function$;

CREATE OR REPLACE FUNCTION public.list_availability_sharing(p_user_id uuid)
 RETURNS SETOF public.availability_sharing
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select s.* from public.availability_sharing as s where s.owner_user_id = p_user_id order by s.created_at, s.id;
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
      to_jsonb(page) - array['candidates', 'scheduling_details', 'participants', 'constraints', 'attendees', 'description', 'reasoning']
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
      -- Events that Google did not return last time are read again only by id, so that a backfill ends.
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
  -- Locked in one order: workers that receive this error at the same time must not deadlock.
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

CREATE OR REPLACE FUNCTION public.pause_google_connection(p_user_id uuid, p_until timestamp with time zone, p_writes_only boolean DEFAULT false)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  update private.google_connections c
     set paused_until = case when p_writes_only then c.paused_until else greatest(c.paused_until, p_until) end,
         writes_paused_until = case when p_writes_only then greatest(c.writes_paused_until, p_until) else c.writes_paused_until end,
         updated_at = now()
   where c.user_id = p_user_id;
$function$;

CREATE OR REPLACE FUNCTION public.read_google_connection(p_user_id uuid)
 RETURNS TABLE(user_id uuid, google_account_id text, email text, status text, status_reason text, granted_scopes text[], refresh_token_encrypted text, access_token_encrypted text, access_token_expires_at timestamp with time zone, paused_until timestamp with time zone, writes_paused_until timestamp with time zone)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select c.user_id, c.google_account_id, c.email, c.status, c.status_reason, c.granted_scopes,
         c.refresh_token_encrypted, c.access_token_encrypted, c.access_token_expires_at,
         c.paused_until, c.writes_paused_until
    from private.google_connections c
   where c.user_id = p_user_id;
$function$;

CREATE OR REPLACE FUNCTION public.read_meeting(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_attempts boolean DEFAULT false)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select private.meeting_json(m) || case
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

CREATE OR REPLACE FUNCTION public.read_queue(p_meeting_ids text[] DEFAULT NULL::text[])
 RETURNS TABLE(kind text, meeting_id text, due_at timestamp with time zone, attempts integer, deferrals integer, is_leased boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
select w.kind, w.subject_id, nullif(w.due_at, 'infinity'), w.attempts, w.deferrals, coalesce(w.leased_until > now(), false)
from private.work as w
join public.meetings as m on m.meeting_id = w.subject_id
where w.kind in ('search', 'write', 'meet_link')
  and m.organizer_user_id = (select auth.uid())
  and (p_meeting_ids is null or w.subject_id = any (p_meeting_ids))
order by w.due_at, w.subject_id;
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
    elsif private.frozen_calendar_differs(v_meeting, p_meeting) then
      return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id');
    end if;
    return jsonb_build_object('decision', 'stored')
      || private.scheduling_context(jsonb_populate_record(v_meeting, coalesce(p_meeting, '{}') - 'organizer_user_id'))
      || jsonb_build_object('meeting', private.leased_search_json(v_meeting, null));
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
select private.task_event_json(e)
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
    select private.task_event_json(e)
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
    -- The worker that processes the row will store a newer response of Google.
    and not exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id);
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.requeue_meeting(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_state private.write_state;
  v_meeting public.meetings;
  v_is_given_up boolean;
  v_way text;
begin
  foreach v_state in array private.lock_write_states(array[p_meeting_id]) loop
    select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  end loop;
  if v_meeting.meeting_id is null or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  v_is_given_up := (v_state.work).subject_id is null and coalesce(
    case
      when v_state.event_id is not null then v_state.written_version < v_state.desired_version
      -- Pending without a work row: an application stored it.
      else v_state.status = 'failed' or not v_state.is_cancelled and v_state.status is not null
    end,
    false);
  if not v_is_given_up then
    return jsonb_build_object(
      'decision', case when v_state.is_cancelled then 'cancelled' else coalesce(v_state.status, 'no_slot') end,
      'meeting', private.meeting_json(v_meeting));
  elsif not v_state.is_cancelled
    and v_meeting.starts_at <= clock_timestamp()
    and not v_state.outcome_unknown
    and (v_state.event_id is null or split_part(v_state.error, ':', 1) = 'event_missing')
  then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', private.meeting_json(v_meeting));
  end if;

  v_way := private.way_back(v_meeting, v_state.outcome_unknown);
  if v_way = 'taken' then
    return jsonb_build_object('decision', 'slot_taken', 'meeting', private.meeting_json(v_meeting));
  elsif v_way = 'search' then
    v_meeting := private.search_again(p_meeting_id);
  else
    v_meeting := private.apply_write_event(p_meeting_id, '{"type": "requeued"}');
  end if;
  return jsonb_build_object('decision', 'requeued', 'meeting', private.meeting_json(v_meeting));
end $function$;

CREATE OR REPLACE FUNCTION public.revoke_availability(p_user_id uuid, p_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  delete from public.availability_sharing as s where s.owner_user_id = p_user_id and s.id = p_id;
  return found;
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

CREATE OR REPLACE FUNCTION public.settle_meet_links(p_reads jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_given jsonb;
  v_meeting public.meetings;
  v_work private.work;
  v_settled integer := 0;
begin
  for v_given in select g.value from jsonb_array_elements(p_reads) as g (value) order by g.value ->> 'meeting_id' loop
    select * into v_meeting from public.meetings as m where m.meeting_id = v_given ->> 'meeting_id' for update;
    continue when not found;
    perform private.record_steps(v_meeting, (v_given ->> 'lease_token')::uuid, v_given -> 'steps');
    select * into v_work from private.work as w
    where w.kind = 'meet_link' and w.subject_id = v_meeting.meeting_id and w.lease_token = (v_given ->> 'lease_token')::uuid
    for update;
    continue when not found;
    perform private.store_work(private.next_work(
      v_work,
      case when (v_given ->> 'is_over')::boolean then 'done' else 'defer' end,
      (v_given ->> 'not_before_seconds')::double precision));
    update public.meetings as m
    set meet_link = coalesce(v_given ->> 'meet_link', m.meet_link), meet_link_error = v_given ->> 'error'
    where m.meeting_id = v_meeting.meeting_id;
    v_settled := v_settled + 1;
  end loop;
  return v_settled;
end $function$;

CREATE OR REPLACE FUNCTION public.settle_notification(p_notification_id uuid, p_lease_token uuid, p_outcome text, p_error text DEFAULT NULL::text, p_spends_attempt boolean DEFAULT true, p_not_before_seconds double precision DEFAULT NULL::double precision)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_notification public.notifications;
  v_work private.work;
begin
  select * into v_notification from public.notifications as n where n.notification_id = p_notification_id for update;
  select * into v_work from private.work as w
  where w.kind = 'notification' and w.subject_id = p_notification_id::text and w.lease_token = p_lease_token
  for update;
  if v_notification.notification_id is null or v_work.subject_id is null then
    return false;
  end if;
  v_work := private.next_work(
    v_work,
    case
      when p_outcome = 'sent' then 'done'
      -- A target that keeps asking to wait is given up after a day.
      when p_outcome <> 'retry' or v_notification.created_at <= now() - interval '1 day' then 'reject'
      when p_spends_attempt then 'retry'
      else 'defer'
    end,
    p_not_before_seconds);
  perform private.store_work(v_work);
  update public.notifications as n
  set
    status = case when p_outcome = 'sent' then 'sent' when v_work.due_at is not null then 'retrying' else 'failed' end,
    attempts = v_work.attempts + case when p_outcome = 'sent' or p_outcome = 'reject' then 1 else 0 end,
    error = case when p_outcome <> 'sent' then left(p_error, 2000) end,
    sent_at = case when p_outcome = 'sent' then clock_timestamp() end
  where n.notification_id = p_notification_id;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.settle_scheduling(p_meeting_id text, p_lease_token uuid, p_slot jsonb DEFAULT NULL::jsonb, p_candidates jsonb DEFAULT '[]'::jsonb, p_error text DEFAULT NULL::text, p_reason text DEFAULT NULL::text, p_details jsonb DEFAULT NULL::jsonb, p_verdict text DEFAULT 'reject'::text, p_not_before_seconds double precision DEFAULT NULL::double precision)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_work private.work;
  v_index integer;
  v_chosen jsonb;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  select * into v_work from private.work as w
  where w.kind = 'search' and w.subject_id = p_meeting_id and w.lease_token = p_lease_token
  for update;
  if v_meeting.meeting_id is null or v_work.subject_id is null then
    return jsonb_build_object('decision', 'lease_lost');
  end if;

  if p_slot is null then
    v_work := private.next_work(
      v_work,
      case
        -- A meeting keeps its slot when a new search finds none.
        when v_meeting.starts_at is not null then 'done'
        else p_verdict
      end,
      case
        -- Google asked to slow down again: the wait grows.
        when p_verdict = 'defer' and v_work.deferrals > 0 then
          greatest(p_not_before_seconds, extract(epoch from private.backoff(v_work.deferrals + 1)))
        else p_not_before_seconds
      end);
    perform private.store_work(v_work);
    update private.event_state as es set search_request = null where es.kind = 'meeting' and es.subject_id = p_meeting_id;
    update public.meetings as m
    set
      scheduling_status = case
        when m.starts_at is not null then 'scheduled'
        when v_work.due_at is not null then 'retrying'
        else 'failed'
      end,
      scheduling_error = p_error,
      scheduling_reason = p_reason,
      -- The details belong to the slot, which is kept.
      scheduling_details = case when m.starts_at is null then p_details else m.scheduling_details end,
      candidates = case when m.starts_at is null then p_candidates else m.candidates end
    where m.meeting_id = p_meeting_id;
    return jsonb_build_object(
      'decision', 'settled', 'retry_after_seconds', ceil(extract(epoch from v_work.due_at - clock_timestamp())));
  end if;

  -- The calendars that were read under an expired lease may have changed.
  if v_work.leased_until <= clock_timestamp() then
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
  perform private.accept_search_request(p_meeting_id);
  v_work.due_at := null;
  perform private.store_work(v_work);
  perform private.apply_write_event(p_meeting_id, jsonb_build_object(
    'type', 'slot_found',
    'slot', jsonb_build_object(
      'starts_at', v_chosen -> 'start_time', 'ends_at', v_chosen -> 'end_time', 'timezone', p_slot -> 'timezone')));
  update public.meetings as m
  set
    score = (v_chosen ->> 'score')::numeric,
    reasoning = v_chosen ->> 'reasoning',
    candidates = (
      select jsonb_agg(c.value - 'guest_reasoning' order by c.ordinality)
      from jsonb_array_elements(p_candidates) with ordinality as c
      where c.ordinality > v_index and c.ordinality <= v_index + (p_slot ->> 'max_candidates')::integer
    ),
    scheduled_at = clock_timestamp(),
    scheduling_status = 'scheduled',
    scheduling_error = null,
    scheduling_reason = null,
    -- What guests may read of the reasons stays beside them; an event is composed of the row.
    scheduling_details = coalesce(p_details, '{}') || jsonb_build_object('guest_reasoning', v_chosen -> 'guest_reasoning')
  where m.meeting_id = p_meeting_id;
  return jsonb_build_object('decision', 'settled', 'candidate', v_index);
end $function$;

CREATE OR REPLACE FUNCTION public.settle_task_event(p_id uuid, p_lease_token uuid, p_changes jsonb, p_rows jsonb DEFAULT '[]'::jsonb, p_release boolean DEFAULT true, p_verdict text DEFAULT 'done'::text, p_not_before_seconds double precision DEFAULT NULL::double precision, p_gone text[] DEFAULT '{}'::text[])
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_event public.task_calendar_events;
  v_work private.work;
begin
  select * into v_event from public.task_calendar_events as e where e.id = p_id for update;
  select * into v_work from private.work as w
  where w.kind = 'task_event' and w.subject_id = p_id::text and w.lease_token = p_lease_token
  for update;
  if v_event.id is null or v_work.subject_id is null then
    return false;
  end if;
  v_event := jsonb_populate_record(v_event, p_changes);
  if p_release then
    v_work := private.next_work(v_work, p_verdict, p_not_before_seconds);
  else
    -- From now on the row is due: if this worker dies, another one completes the change.
    v_work.due_at := v_work.leased_at;
  end if;
  perform private.store_work(v_work);
  perform private.store_task_event_state(
    p_id::text, case when p_release then p_changes else p_changes - 'outcome_unknown' end - 'google_account_id');
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
    etag = v_event.etag, deleted_at = v_event.deleted_at,
    event_generation = v_event.event_generation,
    updated_at = now()
  where e.id = p_id;
  -- Google deletes the occurrences with their series.
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
  v_given jsonb[] := array(select g.value from jsonb_array_elements(p_settlements) as g (value));
  v_ids text[] := array(select g ->> 'meeting_id' from unnest(v_given) as g);
  v_states private.write_state[];
  v_results jsonb;
begin
  -- Connections are locked first: a settlement either sees a concurrent connection, or the connection finds its meeting
  -- settled.
  perform from private.google_connections as c
  where c.user_id in (
    select m.organizer_user_id
    from unnest(v_given) as g
    join public.meetings as m on m.meeting_id = g ->> 'meeting_id'
    where split_part(g ->> 'error', ':', 1) = any (private.connection_failures()))
  order by c.user_id
  for share;
  v_states := private.lock_write_states(v_ids);

  with accepted as materialized (
    select
      s.meeting_id, s.organizer_user_id, (s.work).leased_at, g as settlement,
      private.next_write_state(
        s, private.write_event_of(g, (
          select c.google_account_id from private.google_connections as c
          where g ? 'error' and c.user_id = s.organizer_user_id and c.status = 'healthy'))) as next
    from unnest(v_given) as g
    join unnest(v_states) as s on s.meeting_id = g ->> 'meeting_id'
    where case
      when g ->> 'lease_token' is not null then (s.work).lease_token = (g ->> 'lease_token')::uuid
      -- Without a token (the documented positional calls) only where no worker holds a lease and nothing is settled.
      when (s.work).leased_until > clock_timestamp() then false
      when g ->> 'outcome' = 'written' then s.status is distinct from 'created'
      else s.status in ('pending', 'retrying')
    end
  ), stored as materialized (
    select private.store_write_states(array(select a.next from accepted as a order by a.meeting_id))
  ), steps as (
    select
      a.meeting_id, a.organizer_user_id, (a.settlement ->> 'lease_token')::uuid as lease_token, step.ordinality as place, step.step,
      -- The quotas count requests by this time. A request was sent between the claim and now, even if the worker's clock
      -- is wrong.
      least(greatest(coalesce(step.at, clock_timestamp()), coalesce(a.leased_at, '-infinity')), clock_timestamp()) as at,
      step.request, step.status, step.reason, step.outcome, null as decision, step.duration_ms
    from accepted as a
    cross join lateral rows from (
      jsonb_to_recordset(a.settlement -> 'steps') as (
        step text, at timestamptz, request jsonb, status integer, reason text, outcome text, duration_ms integer)
    ) with ordinality as step
    union all
    select
      a.meeting_id, a.organizer_user_id, (a.settlement ->> 'lease_token')::uuid, 1000000, 'settled', clock_timestamp(), null, null,
      split_part(a.settlement ->> 'error', ':', 1), null,
      case when a.settlement ->> 'outcome' = 'released' then 'released' else coalesce((a.next).status, 'cancelled') end, null
    from accepted as a
  ), recorded as (
    insert into public.writeback_ledger
      (meeting_id, organizer_user_id, lease_token, step, at, request, status, reason, outcome, decision, duration_ms)
    select
      e.meeting_id, e.organizer_user_id, e.lease_token, e.step, e.at, e.request, e.status, e.reason, e.outcome, e.decision, e.duration_ms
    from steps as e
    order by e.place
  )
  select coalesce(
    jsonb_agg(jsonb_build_object(
      'meeting_id', g ->> 'meeting_id', 'settled', a.meeting_id is not null, 'writeback_status', (a.next).status)),
    '[]')
  into v_results
  from stored, unnest(v_given) as g
  left join accepted as a on a.meeting_id = g ->> 'meeting_id';
  return v_results;
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
    exists (select from private.work as w where w.kind = 'task_event' and w.subject_id = e.id::text and w.lease_token is not null)
      or coalesce(e.last_synced_at > p_read_at, false) as is_newer
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
    and not exists (select from private.work as w where w.kind = 'task_event' and w.subject_id = e.id::text and w.lease_token is not null)
    and coalesce(e.last_synced_at <= p_read_at, true)
), known_meetings as (
  select
    m.meeting_id, g.*,
    (m.organizer_email, m.organizer_display_name, m.organizer_self, m.attendees)
      is distinct from (g.organizer_email, g.organizer_display_name, g.organizer_self, g.attendees) as changes,
    exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id and w.lease_token is not null)
      or coalesce(m.writeback_succeeded_at > p_read_at, false) as is_newer
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
CREATE TRIGGER work_wake_inserted AFTER INSERT ON private.work REFERENCING NEW TABLE AS new_work FOR EACH STATEMENT EXECUTE FUNCTION private.work_wake_inserted();
CREATE TRIGGER work_wake_updated AFTER UPDATE ON private.work REFERENCING OLD TABLE AS old_work NEW TABLE AS new_work FOR EACH STATEMENT EXECUTE FUNCTION private.work_wake_updated();
CREATE TRIGGER sharing_check BEFORE INSERT OR UPDATE ON public.availability_sharing FOR EACH ROW EXECUTE FUNCTION private.sharing_check();
CREATE TRIGGER sharing_ends_holds AFTER DELETE OR UPDATE ON public.availability_sharing FOR EACH ROW EXECUTE FUNCTION private.sharing_ends_holds();
CREATE TRIGGER meetings_announce_inserted AFTER INSERT ON public.meetings FOR EACH ROW WHEN ((new.scheduling_status = 'failed'::text)) EXECUTE FUNCTION private.meetings_announce_inserted();
CREATE TRIGGER meetings_announce_updated AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_announce_updated();
CREATE TRIGGER meetings_check_pending BEFORE UPDATE OF writeback_status ON public.meetings FOR EACH ROW WHEN (((new.writeback_status = 'pending'::text) AND (old.writeback_status IS DISTINCT FROM 'pending'::text))) EXECUTE FUNCTION private.meetings_check_pending();
CREATE TRIGGER meetings_detach AFTER UPDATE OF organizer_user_id ON public.meetings FOR EACH ROW WHEN (((old.organizer_user_id IS NOT NULL) AND (new.organizer_user_id IS NULL))) EXECUTE FUNCTION private.meetings_detach();
CREATE TRIGGER meetings_enqueue AFTER INSERT ON public.meetings REFERENCING NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_enqueue();
CREATE TRIGGER meetings_expect_meet_link AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_expect_meet_link();
CREATE TRIGGER meetings_forget AFTER DELETE ON public.meetings REFERENCING OLD TABLE AS old_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_forget();
CREATE TRIGGER meetings_forget_all AFTER TRUNCATE ON public.meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_forget();
CREATE TRIGGER meetings_keep_holds AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_keep_holds();
CREATE TRIGGER meetings_note_burden AFTER UPDATE ON public.meetings FOR EACH ROW WHEN ((((new.writeback_status = 'created'::text) OR (old.writeback_status = 'created'::text)) AND ((new.candidates <> '[]'::jsonb) OR (old.candidates <> '[]'::jsonb)) AND (((((new.writeback_status IS DISTINCT FROM old.writeback_status) OR (new.cancelled_at IS DISTINCT FROM old.cancelled_at)) OR (new.starts_at IS DISTINCT FROM old.starts_at)) OR (new.ends_at IS DISTINCT FROM old.ends_at)) OR (new.scheduled_at IS DISTINCT FROM old.scheduled_at)))) EXECUTE FUNCTION private.meetings_note_burden();
CREATE TRIGGER meetings_refuse_delete BEFORE DELETE ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_refuse_delete();
CREATE TRIGGER meetings_remove_participants AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_remove_participants();
CREATE TRIGGER meetings_set_failed AFTER UPDATE OF writeback_status ON public.meetings FOR EACH ROW WHEN (((new.writeback_status = 'failed'::text) AND (old.writeback_status IS DISTINCT FROM 'failed'::text))) EXECUTE FUNCTION private.meetings_set_status();
CREATE TRIGGER meetings_set_pending AFTER UPDATE OF writeback_status ON public.meetings FOR EACH ROW WHEN ((new.writeback_status = 'pending'::text)) EXECUTE FUNCTION private.meetings_set_status();
CREATE TRIGGER meetings_take_in BEFORE INSERT ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_take_in();
CREATE TRIGGER meetings_touch BEFORE UPDATE ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_touch();
CREATE TRIGGER notification_targets_keep_secret BEFORE INSERT OR UPDATE ON public.notification_targets FOR EACH ROW EXECUTE FUNCTION private.notification_targets_keep_secret();
CREATE TRIGGER notifications_enqueue AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS new_notifications FOR EACH STATEMENT EXECUTE FUNCTION private.notifications_enqueue();
CREATE TRIGGER notifications_forget AFTER DELETE ON public.notifications REFERENCING OLD TABLE AS old_notifications FOR EACH STATEMENT EXECUTE FUNCTION private.notifications_forget();
CREATE TRIGGER task_events_forget AFTER DELETE ON public.task_calendar_events REFERENCING OLD TABLE AS old_events FOR EACH STATEMENT EXECUTE FUNCTION private.task_events_forget();
CREATE TRIGGER tasks_touch BEFORE UPDATE ON public.tasks FOR EACH ROW EXECUTE FUNCTION private.tasks_touch();
CREATE TRIGGER writeback_ledger_append_only BEFORE UPDATE ON public.writeback_ledger FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_ledger_update();

create policy "owners change their sharing" on public.availability_sharing
  as permissive for update to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid))
  with check (owner_user_id = ( SELECT auth.uid() AS uid));

create policy "owners delete their sharing" on public.availability_sharing
  as permissive for delete to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid));

create policy "owners insert their sharing" on public.availability_sharing
  as permissive for insert to authenticated
  with check (owner_user_id = ( SELECT auth.uid() AS uid));

create policy "owners read their sharing" on public.availability_sharing
  as permissive for select to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid));

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
grant select on private.due_work to service_role;
grant delete, insert, select, update on private.event_state to service_role;
grant delete, insert, select, update on private.fairness_ledger to service_role;
grant delete, insert, select, update on private.google_authorizations to service_role;
grant delete, insert, select, update on private.google_connections to service_role;
grant delete, insert, select, update on private.noted_burdens to service_role;
grant select on private.notification_secrets to service_role;
grant insert, select, update on private.settings to service_role;
grant delete, insert, select, update on private.slot_holds to service_role;
grant delete, insert, select, update on private.work to service_role;
grant select on private.work_kinds to service_role;
grant delete, select on public.availability_sharing to authenticated;
grant delete, insert, select, update on public.availability_sharing to service_role;
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
grant insert (expires_at, grantee, grantee_kind, level, owner_user_id), update (expires_at, level) on public.availability_sharing to authenticated;
grant insert (allow_concessions, conference, constraints, description, ends_at, guests_can_invite_others, guests_can_modify, guests_can_see_other_guests, location, meeting_id, organizer_user_id, participants, recurrence, reminders, starts_at, target_calendar_id, timezone, title, weights) on public.meetings to authenticated;
grant insert (address, enabled, events, kind, owner_user_id, signing_secret), update (address, enabled, events, signing_secret) on public.notification_targets to authenticated;
grant insert (description, duration_minutes, id, recurrence_ends, recurrence_pattern, start_date, status, task_type, title, user_id), update (deleted_at, description, duration_minutes, recurrence_ends, recurrence_pattern, start_date, status, task_type, title) on public.tasks to authenticated;
grant execute on function private.accept_search_request(text) to service_role;
grant execute on function private.apply_write_event(text,jsonb) to service_role;
grant execute on function private.as_requested(public.meetings) to service_role;
grant execute on function private.backoff(integer) to service_role;
grant execute on function private.burdens_of(uuid,text[]) to service_role;
grant execute on function private.change_problem(jsonb) to service_role;
grant execute on function private.choose_work(text,integer) to service_role;
grant execute on function private.chosen_candidate(public.meetings) to service_role;
grant execute on function private.claim_work(text,integer,integer,boolean) to service_role;
grant execute on function private.claim_writes(integer,integer,boolean) to service_role;
grant execute on function private.connection_failures() to service_role;
grant execute on function private.due_write(private.write_state,timestamp with time zone,boolean) to service_role;
grant execute on function private.enqueue(text,text,uuid,timestamp with time zone) to service_role;
grant execute on function private.faded(numeric,timestamp with time zone) to service_role;
grant execute on function private.fail_poison_notifications() to service_role;
grant execute on function private.fail_poison_searches() to service_role;
grant execute on function private.fail_poison_task_events() to service_role;
grant execute on function private.frozen_calendar_differs(public.meetings,jsonb) to service_role;
grant execute on function private.hold_first_free(public.meetings,text[],jsonb,jsonb) to service_role;
grant execute on function private.hold_slot_again(public.meetings) to service_role;
grant execute on function private.holds_too_many(public.meetings) to service_role;
grant execute on function private.insert_leased_meeting(text,uuid,jsonb,integer) to service_role;
grant execute on function private.is_deleted(public.task_calendar_events) to service_role;
grant execute on function private.is_email(text) to service_role;
grant execute on function private.is_timezone(text) to service_role;
grant execute on function private.is_unwritten(public.task_calendar_events) to service_role;
grant execute on function private.lease_length(text,integer) to service_role;
grant execute on function private.lease_task_event(text,uuid,integer) to service_role;
grant execute on function private.lease_work(text,text[],integer) to service_role;
grant execute on function private.leased_meetings(private.work[]) to service_role;
grant execute on function private.leased_search_json(public.meetings,private.work) to service_role;
grant execute on function private.lock_people(text[]) to service_role;
grant execute on function private.lock_write_states(text[]) to service_role;
grant execute on function private.meeting_json(public.meetings) to service_role;
grant execute on function private.meeting_problem(public.meetings) to service_role;
grant execute on function private.next_work(private.work,text,double precision) to service_role;
grant execute on function private.next_write_state(private.write_state,jsonb) to service_role;
grant execute on function private.occurrences_of(jsonb) to service_role;
grant execute on function private.open_owners(text) to service_role;
grant execute on function private.own_connections(jsonb,uuid) to service_role;
grant execute on function private.participant_emails(jsonb) to service_role;
grant execute on function private.participants_problem(jsonb) to service_role;
grant execute on function private.paused_until(private.google_connections,boolean) to service_role;
grant execute on function private.promises_of(jsonb,text[],jsonb) to service_role;
grant execute on function private.put_task_event(jsonb) to service_role;
grant execute on function private.quota(text) to service_role;
grant execute on function private.quota_window() to service_role;
grant execute on function private.reclaim_work(text) to service_role;
grant execute on function private.record_claims(private.work[]) to service_role;
grant execute on function private.record_steps(public.meetings,uuid,jsonb) to service_role;
grant execute on function private.reminders_problem(jsonb) to service_role;
grant execute on function private.requests_spent() to service_role;
grant execute on function private.scheduling_context(public.meetings) to service_role;
grant execute on function private.search_again(text) to service_role;
grant execute on function private.seconds_to_quota() to service_role;
grant execute on function private.setting(text) to service_role;
grant execute on function private.sharing_emails(text[],uuid) to service_role;
grant execute on function private.sharing_level(uuid,uuid) to service_role;
grant execute on function private.slot_problem(public.meetings) to service_role;
grant execute on function private.store_task_event_state(text,jsonb) to service_role;
grant execute on function private.store_work(private.work) to service_role;
grant execute on function private.store_write_states(private.write_state[]) to service_role;
grant execute on function private.task_event_json(public.task_calendar_events) to service_role;
grant execute on function private.task_event_response(text,public.task_calendar_events,uuid) to service_role;
grant execute on function private.wake_for_rest(text) to service_role;
grant execute on function private.way_back(public.meetings,boolean) to service_role;
grant execute on function private.write_event_of(jsonb,text) to service_role;
grant execute on function private.write_operation(public.meetings) to service_role;
grant execute on function public.allow_availability(uuid,text,text,text,timestamp with time zone) to service_role;
grant execute on function public.begin_event_change(uuid,text,text,integer) to service_role;
grant execute on function public.begin_google_authorization(uuid,text,text,text) to service_role;
grant execute on function public.begin_scheduling(text,uuid,jsonb,boolean,integer) to service_role;
grant execute on function public.begin_task_event(text,uuid,jsonb,integer) to service_role;
grant execute on function public.begin_writeback(text,uuid,integer) to service_role;
grant execute on function public.cancel_meeting(text,uuid,integer) to service_role;
grant execute on function public.cancel_meetings_of_user(uuid) to service_role;
grant execute on function public.change_meeting(text,uuid,jsonb,integer) to service_role;
grant execute on function public.claim_meet_links(integer,integer) to service_role;
grant execute on function public.claim_notifications(integer,integer) to service_role;
grant execute on function public.claim_profile_readings(uuid[]) to service_role;
grant execute on function public.claim_schedulings(integer,integer) to service_role;
grant execute on function public.claim_task_events(integer,integer) to service_role;
grant execute on function public.claim_writeback_slice(integer,integer,boolean) to service_role;
grant execute on function public.claim_writebacks(integer,integer) to service_role;
grant execute on function public.connect_google(uuid,text,text,boolean,text,text,text,text[],text,text,timestamp with time zone) to service_role;
grant execute on function public.discard_task_event(uuid,text,text) to service_role;
grant execute on function public.find_event_keys(uuid[]) to service_role;
grant execute on function public.find_google_authorization(text) to service_role;
grant execute on function public.finish_batch(text,boolean) to service_role;
grant execute on function public.forget_google_connection(uuid) to service_role;
grant execute on function public.get_pending_writebacks(integer) to service_role;
grant execute on function public.list_auditable_calendars(integer) to service_role;
grant execute on function public.list_auditable_meetings(integer,text,text[]) to service_role;
grant execute on function public.list_availability_sharing(uuid) to service_role;
grant execute on function public.list_meetings(uuid,integer,timestamp with time zone,text) to service_role;
grant execute on function public.list_unsynced_events(uuid,text[],text[],text,integer) to service_role;
grant execute on function public.mark_google_needs_reauth(uuid,text,text) to service_role;
grant execute on function public.mark_writeback_failure(text,text,boolean,uuid,boolean,boolean,double precision,integer,jsonb) to service_role;
grant execute on function public.mark_writeback_success(text,text,text,text,uuid,jsonb,integer,integer,jsonb) to service_role;
grant execute on function public.pause_all_google_connections(timestamp with time zone) to service_role;
grant execute on function public.pause_google_connection(uuid,timestamp with time zone,boolean) to service_role;
grant execute on function public.read_google_connection(uuid) to service_role;
grant execute on function public.read_meeting(text,uuid,boolean) to service_role;
grant execute on function public.read_queue(text[]) to authenticated;
grant execute on function public.read_scheduling_context(text,uuid,jsonb) to service_role;
grant execute on function public.read_slot_holds(text[],timestamp with time zone,timestamp with time zone,text) to service_role;
grant execute on function public.read_task_event(uuid,text,text) to service_role;
grant execute on function public.read_task_events(uuid,text[]) to service_role;
grant execute on function public.receive_google_code(text,text,text) to service_role;
grant execute on function public.refresh_written_event(text,text,text,jsonb) to service_role;
grant execute on function public.requeue_meeting(text,uuid) to service_role;
grant execute on function public.revoke_availability(uuid,uuid) to service_role;
grant execute on function public.save_calendar_profile(uuid,text,text,integer) to service_role;
grant execute on function public.save_google_access_token(uuid,text,text,timestamp with time zone,text) to service_role;
grant execute on function public.settle_meet_links(jsonb) to service_role;
grant execute on function public.settle_notification(uuid,uuid,text,text,boolean,double precision) to service_role;
grant execute on function public.settle_scheduling(text,uuid,jsonb,jsonb,text,text,jsonb,text,double precision) to service_role;
grant execute on function public.settle_task_event(uuid,uuid,jsonb,jsonb,boolean,text,double precision,text[]) to service_role;
grant execute on function public.settle_writebacks(jsonb) to service_role;
grant execute on function public.store_event_people(uuid,text,jsonb,text[],timestamp with time zone) to service_role;
grant execute on function public.use_google_authorization(text,uuid) to service_role;

-- setting backoff_factor = 4
-- setting backoff_first_seconds = 60
-- setting backoff_max_seconds = 3600
-- setting google_requests_per_minute = 10000
-- setting google_requests_per_minute_per_user = 600
-- setting landing_seconds = 30
-- setting ledger_retention_days = 90
-- setting max_attempts = 3
-- setting meet_link_lease_seconds = 120
-- setting notification_lease_seconds = 60
-- setting notification_retention_days = 90
-- setting search_lease_seconds = 90
-- setting slice_rows = 18
-- setting task_event_lease_seconds = 120
-- setting wake_up_seconds = 0.5
-- setting write_lease_seconds = 120

select cron.schedule('convene-hold-expiry', '*/5 * * * *', 'select private.expire_slot_holds()');
select cron.schedule('convene-ledger-retention', '*/15 * * * *', 'select private.trim_ledger()');
select cron.schedule('convene-notification-retention', '*/15 * * * *', 'select private.forget_notifications()');
select cron.schedule('convene-sweep', '* * * * *', 'select private.sweep()');
