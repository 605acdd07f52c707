-- The schema of a migrated database: every object of public and private as the catalog has it, without
-- comments, sorted by kind and name. Written by "deno task db:dump"; compared by tests/deploy.

create extension btree_gist with schema extensions;

create table private.adopted_tables (
  table_name text not null,
  constraint adopted_tables_pkey PRIMARY KEY (table_name)
);

create table private.announcements (
  announcement_id uuid not null default gen_random_uuid(),
  event text not null,
  transition_key text not null,
  meeting_id text,
  organizer_user_id uuid,
  payload jsonb not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_target_id uuid,
  constraint announcements_pkey PRIMARY KEY (announcement_id),
  constraint announcements_transition_key_key UNIQUE (transition_key)
);
alter table private.announcements enable row level security;

create table private.budget_spending (
  user_id uuid not null,
  budget text not null,
  period_start timestamp with time zone not null,
  spent integer not null,
  constraint budget_spending_budget_fkey FOREIGN KEY (budget) REFERENCES private.budgets(budget),
  constraint budget_spending_pkey PRIMARY KEY (user_id, budget)
);
alter table private.budget_spending enable row level security;

create table private.budgets (
  budget text not null,
  period interval not null,
  constraint budgets_pkey PRIMARY KEY (budget)
);
alter table private.budgets enable row level security;

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

create table private.channels (
  channel_id text not null,
  sync_id text not null,
  resource_id text,
  opened_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone,
  constraint channels_pkey PRIMARY KEY (channel_id),
  constraint channels_sync_id_fkey FOREIGN KEY (sync_id) REFERENCES private.sync_calendars(sync_id) ON DELETE CASCADE
);
alter table private.channels enable row level security;

create table private.error_advice (
  code text not null,
  verdict text not null,
  what_to_do text not null,
  constraint error_advice_pkey PRIMARY KEY (code)
);
alter table private.error_advice enable row level security;

create table private.event_state (
  kind text not null,
  subject_id text not null,
  google_account_id text,
  google_calendar_id text,
  outcome_unknown_since timestamp with time zone,
  removed_participants text[] not null default '{}'::text[],
  search_request jsonb,
  wanted jsonb,
  pending_change jsonb,
  named_fields jsonb not null default '{}'::jsonb,
  written_fields jsonb,
  seen_event jsonb,
  is_unacknowledged boolean,
  rechecked_at timestamp with time zone,
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

create table private.full_read_events (
  sync_id text not null,
  event_id text not null,
  constraint full_read_events_pkey PRIMARY KEY (sync_id, event_id),
  constraint full_read_events_sync_id_fkey FOREIGN KEY (sync_id) REFERENCES private.sync_calendars(sync_id) ON DELETE CASCADE
);
alter table private.full_read_events enable row level security;

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
  constraint google_authorizations_return_url_check CHECK ((length(return_url) <= 2048)),
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

create table private.holiday_calendars (
  calendar text not null,
  known_until date,
  error text,
  constraint holiday_calendars_pkey PRIMARY KEY (calendar)
);
alter table private.holiday_calendars enable row level security;

create table private.holidays (
  calendar text not null,
  day date not null,
  name text not null,
  constraint holidays_calendar_fkey FOREIGN KEY (calendar) REFERENCES private.holiday_calendars(calendar) ON DELETE CASCADE,
  constraint holidays_pkey PRIMARY KEY (calendar, day)
);
alter table private.holidays enable row level security;

create table private.installation (
  product text not null default 'convene'::text,
  installed_at timestamp with time zone not null default now(),
  constraint installation_pkey PRIMARY KEY (product),
  constraint installation_product_check CHECK ((product = 'convene'::text))
);
alter table private.installation enable row level security;

create table private.moves (
  meeting_id text not null,
  version text not null,
  trigger text not null,
  decision text not null,
  reason text,
  at timestamp with time zone not null default clock_timestamp(),
  from_starts_at timestamp with time zone not null,
  from_ends_at timestamp with time zone not null,
  to_starts_at timestamp with time zone,
  to_ends_at timestamp with time zone,
  alternatives jsonb,
  conflicts jsonb,
  expires_at timestamp with time zone,
  accepted_starts_at timestamp with time zone,
  desired_version integer,
  constraint moves_check CHECK (((decision = 'kept'::text) = (reason IS NOT NULL))),
  constraint moves_check1 CHECK (((decision <> ALL (ARRAY['proposed'::text, 'moved'::text])) OR (to_starts_at IS NOT NULL))),
  constraint moves_decision_check CHECK ((decision = ANY (ARRAY['searching'::text, 'proposed'::text, 'moved'::text, 'kept'::text, 'rejected'::text]))),
  constraint moves_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(meeting_id) ON DELETE CASCADE,
  constraint moves_pkey PRIMARY KEY (meeting_id, version),
  constraint moves_trigger_check CHECK ((trigger = ANY (ARRAY['required_declined'::text, 'quorum_lost'::text, 'conflict'::text])))
);
alter table private.moves enable row level security;

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

create table private.pauses (
  pause_id bigint not null generated always as identity,
  kind text,
  user_id uuid,
  reason text not null,
  paused_by text not null,
  paused_at timestamp with time zone not null default clock_timestamp(),
  until timestamp with time zone,
  constraint pauses_kind_fkey FOREIGN KEY (kind) REFERENCES private.work_kinds(kind),
  constraint pauses_once UNIQUE NULLS NOT DISTINCT (kind, user_id),
  constraint pauses_pkey PRIMARY KEY (pause_id),
  constraint pauses_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
  constraint pauses_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE
);
alter table private.pauses enable row level security;

create table private.posted_wake_ups (
  request_id bigint not null,
  wakes text not null,
  posted_at timestamp with time zone not null default clock_timestamp(),
  constraint posted_wake_ups_pkey PRIMARY KEY (request_id)
);
alter table private.posted_wake_ups enable row level security;

create table private.settings (
  name text not null,
  value numeric,
  text_value text,
  meaning text not null,
  constraint settings_check CHECK (((name <> 'description_details'::text) OR (text_value = ANY (ARRAY['summary'::text, 'none'::text, 'full'::text])))),
  constraint settings_one_value_check CHECK (((num_nonnulls(value, text_value) = 1) OR ((name = 'ledger_retention_days'::text) AND (text_value IS NULL)))),
  constraint settings_pkey PRIMARY KEY (name),
  constraint settings_value_check CHECK (((value > (0)::numeric) OR ((value = (0)::numeric) AND (name ~~ '%\_allowed'::text))))
);
alter table private.settings enable row level security;

create table private.slot_holds (
  id bigint not null generated always as identity,
  meeting_id text,
  task_event_id uuid,
  participant_email text not null,
  organizer_user_id uuid,
  held tstzrange not null,
  slot tstzrange not null,
  state text not null default 'active'::text,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  by_consent boolean not null default false,
  is_own boolean not null default false,
  is_given boolean not null default false,
  constraint slot_holds_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES public.meetings(meeting_id) ON DELETE CASCADE,
  constraint slot_holds_of_one_subject CHECK ((num_nonnulls(meeting_id, task_event_id) = 1)),
  constraint slot_holds_one_meeting_at_a_time EXCLUDE USING gist (participant_email WITH =, held WITH &&) WHERE ((state = ANY (ARRAY['active'::text, 'written'::text]))),
  constraint slot_holds_one_row_a_time UNIQUE NULLS NOT DISTINCT (meeting_id, task_event_id, participant_email, held),
  constraint slot_holds_participant_email_check CHECK ((participant_email = lower(participant_email))),
  constraint slot_holds_pkey PRIMARY KEY (id),
  constraint slot_holds_state_check CHECK ((state = ANY (ARRAY['active'::text, 'ended'::text, 'written'::text, 'past'::text])))
);
alter table private.slot_holds enable row level security;

create table private.sync_calendars (
  sync_id text not null default (gen_random_uuid())::text,
  user_id uuid not null,
  google_account_id text not null,
  calendar_id text not null,
  cursor text,
  page_token text,
  unverified text[] not null default '{}'::text[],
  next_sync_at timestamp with time zone not null,
  synced_at timestamp with time zone,
  error text,
  channel_error text,
  channel_retry_at timestamp with time zone,
  constraint sync_calendars_pkey PRIMARY KEY (sync_id),
  constraint sync_calendars_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
  constraint sync_calendars_user_id_google_account_id_calendar_id_key UNIQUE (user_id, google_account_id, calendar_id)
);
alter table private.sync_calendars enable row level security;

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
  time_taken jsonb,
  spends integer not null default 0,
  request_id uuid,
  cause text,
  constraint work_check CHECK ((((cause IS NOT NULL) = (kind = 'conflict_check'::text)) AND (cause = ANY (ARRAY['named'::text, 'seen'::text, 'unwritten'::text])))),
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
  budget text,
  spends integer not null default 0,
  constraint work_kinds_budget_fkey FOREIGN KEY (budget) REFERENCES private.budgets(budget),
  constraint work_kinds_pkey PRIMARY KEY (kind)
);
alter table private.work_kinds enable row level security;

create table private.work_turns (
  kind text not null,
  owner_id uuid not null,
  taken_at timestamp with time zone not null,
  constraint work_turns_kind_fkey FOREIGN KEY (kind) REFERENCES private.work_kinds(kind),
  constraint work_turns_pkey PRIMARY KEY (kind, owner_id)
);
alter table private.work_turns enable row level security;

create table public.attendee_responses (
  kind text not null,
  subject_id text not null,
  email text not null,
  event_etag text not null,
  organizer_user_id uuid not null,
  response_status text not null,
  comment text,
  additional_guests integer not null default 0,
  responded_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null default clock_timestamp(),
  constraint attendee_responses_email_check CHECK ((email = lower(email))),
  constraint attendee_responses_kind_check CHECK ((kind = ANY (ARRAY['meeting'::text, 'task_event'::text]))),
  constraint attendee_responses_organizer_user_id_fkey FOREIGN KEY (organizer_user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
  constraint attendee_responses_pkey PRIMARY KEY (kind, subject_id, email, event_etag),
  constraint attendee_responses_response_status_check CHECK ((response_status = ANY (ARRAY['needsAction'::text, 'declined'::text, 'tentative'::text, 'accepted'::text])))
);
alter table public.attendee_responses enable row level security;

create table public.availability_reads (
  read_id bigint not null generated always as identity,
  owner_user_id uuid not null,
  reader_email text not null,
  window_start timestamp with time zone not null,
  window_end timestamp with time zone not null,
  read_at timestamp with time zone not null default now(),
  constraint availability_reads_owner_user_id_fkey FOREIGN KEY (owner_user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
  constraint availability_reads_pkey PRIMARY KEY (read_id)
);
alter table public.availability_reads enable row level security;

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
  description_details text,
  locale text,
  participants jsonb not null default '[]'::jsonb,
  constraints jsonb not null default '{}'::jsonb,
  recurrence text[],
  weights jsonb,
  allow_concessions boolean not null default false,
  auto_reschedule jsonb,
  on_conflict text not null default 'warn'::text,
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
  cancelled_in_google_at timestamp with time zone,
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
  events text[] not null default '{created,failed,cancelled,given_up,needs_reauth,moved,cancelled_in_google,conflict,proposed}'::text[],
  enabled boolean not null default true,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint notification_targets_address_by_kind CHECK (
CASE kind
    WHEN 'email'::text THEN ((address IS NULL) OR (address ~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$'::text))
    ELSE ((address IS NOT NULL) AND (address ~* '^https?://[^[:space:]]+$'::text))
END),
  constraint notification_targets_address_check CHECK (((length(address) >= 3) AND (length(address) <= 2048))),
  constraint notification_targets_events_check CHECK ((events <@ ARRAY['created'::text, 'failed'::text, 'cancelled'::text, 'given_up'::text, 'needs_reauth'::text, 'replied'::text, 'moved'::text, 'rescheduled'::text, 'cancelled_in_google'::text, 'conflict'::text, 'proposed'::text])),
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
  queued_at timestamp with time zone not null default now(),
  sent_at timestamp with time zone,
  request_id uuid,
  constraint notifications_event_check CHECK ((event = ANY (ARRAY['created'::text, 'failed'::text, 'cancelled'::text, 'given_up'::text, 'needs_reauth'::text, 'replied'::text, 'moved'::text, 'rescheduled'::text, 'cancelled_in_google'::text, 'conflict'::text, 'proposed'::text]))),
  constraint notifications_kind_check CHECK ((kind = ANY (ARRAY['webhook'::text, 'slack'::text, 'teams'::text, 'email'::text, 'log'::text]))),
  constraint notifications_once_a_transition UNIQUE NULLS NOT DISTINCT (transition_key, target_id),
  constraint notifications_pkey PRIMARY KEY (notification_id),
  constraint notifications_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'retrying'::text, 'sent'::text, 'failed'::text])))
);
alter table public.notifications enable row level security;

create table public.scheduling_preferences (
  owner_user_id uuid not null default auth.uid(),
  timezone text,
  open_hours jsonb,
  lunch jsonb,
  has_lunch boolean not null default true,
  buffer_before_minutes integer,
  buffer_after_minutes integer,
  minimum_notice_minutes integer,
  auto_reschedule jsonb,
  preferred_days text[],
  preferred_hours_start numeric(4,2),
  preferred_hours_end numeric(4,2),
  holiday_calendar text,
  holiday_dates date[] not null default '{}'::date[],
  out_of_office_days date[] not null default '{}'::date[],
  holidays_known_until date,
  holidays_error text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint scheduling_preferences_owner_user_id_fkey FOREIGN KEY (owner_user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
  constraint scheduling_preferences_pkey PRIMARY KEY (owner_user_id)
);
alter table public.scheduling_preferences enable row level security;

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
  assignees jsonb not null default '[]'::jsonb,
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
  request_id uuid default private.request_id(),
  constraint writeback_ledger_pkey PRIMARY KEY (ledger_id, at),
  constraint writeback_ledger_step_check CHECK ((step = ANY (ARRAY['claimed'::text, 'requested'::text, 'answered'::text, 'settled'::text])))
) partition by RANGE (at);
alter table public.writeback_ledger enable row level security;

create table private.writeback_ledger_default partition of public.writeback_ledger DEFAULT;
alter table private.writeback_ledger_default enable row level security;
create trigger writeback_ledger_append_only on private.writeback_ledger_default;

create table private.writeback_ledger_yyyy_mm partition of public.writeback_ledger FOR VALUES FROM ('...') TO ('...');
alter table private.writeback_ledger_yyyy_mm enable row level security;
create trigger writeback_ledger_append_only on private.writeback_ledger_yyyy_mm;

CREATE INDEX idx_channels_sync ON private.channels USING btree (sync_id);
CREATE INDEX idx_event_state_pending_change ON private.event_state USING btree (subject_id) WHERE ((kind = 'task_event'::text) AND (pending_change IS NOT NULL));
CREATE INDEX idx_google_authorizations_user ON private.google_authorizations USING btree (user_id);
CREATE INDEX idx_google_connections_account ON private.google_connections USING btree (google_account_id);
CREATE INDEX idx_google_connections_email ON private.google_connections USING btree (lower(email));
CREATE INDEX idx_moves_open ON private.moves USING btree (meeting_id) WHERE (decision = ANY (ARRAY['searching'::text, 'proposed'::text]));
CREATE INDEX idx_slot_holds_ended ON private.slot_holds USING btree (participant_email) WHERE (state = 'ended'::text);
CREATE INDEX idx_slot_holds_expiry ON private.slot_holds USING btree (expires_at) WHERE (state = ANY (ARRAY['active'::text, 'written'::text]));
CREATE INDEX idx_slot_holds_organizer ON private.slot_holds USING btree (organizer_user_id);
CREATE INDEX idx_slot_holds_past ON private.slot_holds USING btree (participant_email) WHERE (state = 'past'::text);
CREATE INDEX idx_slot_holds_task_event ON private.slot_holds USING btree (task_event_id) WHERE (task_event_id IS NOT NULL);
CREATE INDEX idx_sync_calendars_due ON private.sync_calendars USING btree (next_sync_at);
CREATE INDEX idx_work_queue ON private.work USING btree (kind, owner_id, priority, due_at);
CREATE INDEX idx_work_turns_taken ON private.work_turns USING btree (taken_at);
CREATE INDEX idx_attendee_responses_organizer ON public.attendee_responses USING btree (organizer_user_id, recorded_at DESC);
CREATE INDEX idx_availability_reads_age ON public.availability_reads USING btree (read_at);
CREATE INDEX idx_availability_reads_owner ON public.availability_reads USING btree (owner_user_id, read_at DESC);
CREATE INDEX idx_meetings_failed ON public.meetings USING btree (meeting_id) WHERE ((scheduling_status = 'failed'::text) OR (writeback_status = 'failed'::text) OR (writeback_error IS NOT NULL) OR (meet_link_error IS NOT NULL));
CREATE INDEX idx_meetings_google_event_id ON public.meetings USING btree (google_event_id) WHERE (google_event_id IS NOT NULL);
CREATE INDEX idx_meetings_open ON public.meetings USING btree (organizer_user_id, ends_at) WHERE ((google_event_id IS NOT NULL) AND (cancelled_at IS NULL));
CREATE INDEX idx_meetings_open_series ON public.meetings USING btree (organizer_user_id) WHERE ((google_event_id IS NOT NULL) AND (cancelled_at IS NULL) AND (recurrence IS NOT NULL));
CREATE INDEX idx_meetings_organizer ON public.meetings USING btree (organizer_user_id, created_at DESC, meeting_id);
CREATE INDEX idx_meetings_writeback_status ON public.meetings USING btree (writeback_status) WHERE (writeback_status = ANY (ARRAY['pending'::text, 'retrying'::text, 'failed'::text]));
CREATE INDEX idx_notification_targets_owner ON public.notification_targets USING btree (owner_user_id);
CREATE INDEX idx_notifications_finished ON public.notifications USING btree (created_at) WHERE (status = ANY (ARRAY['sent'::text, 'failed'::text]));
CREATE INDEX idx_notifications_meeting ON public.notifications USING btree (meeting_id, created_at);
CREATE INDEX idx_notifications_owner ON public.notifications USING btree (owner_user_id, created_at DESC);
CREATE INDEX idx_notifications_waiting ON public.notifications USING btree (organizer_user_id) WHERE (status = ANY (ARRAY['pending'::text, 'retrying'::text]));
CREATE INDEX idx_scheduling_preferences_holiday_calendar ON public.scheduling_preferences USING btree (holiday_calendar) WHERE (holiday_calendar IS NOT NULL);
CREATE INDEX idx_task_calendar_events_attendees ON public.task_calendar_events USING gin (attendees);
CREATE UNIQUE INDEX idx_task_calendar_events_event ON public.task_calendar_events USING btree (user_id, calendar_event_id, calendar_id);
CREATE INDEX idx_task_calendar_events_organizer_self ON public.task_calendar_events USING btree (organizer_self);
CREATE INDEX idx_task_calendar_events_task ON public.task_calendar_events USING btree (task_id);
CREATE INDEX idx_task_calendar_events_unknown ON public.task_calendar_events USING btree (user_id, calendar_id, event_start) WHERE ((organizer_email IS NULL) AND (deleted_at IS NULL));
CREATE INDEX idx_tasks_user ON public.tasks USING btree (user_id, start_date);
CREATE INDEX idx_writeback_ledger_meeting ON ONLY public.writeback_ledger USING btree (meeting_id, ledger_id);
CREATE INDEX idx_writeback_ledger_requests ON ONLY public.writeback_ledger USING btree (at) INCLUDE (organizer_user_id) WHERE (step = 'requested'::text);

-- private.due_work (kind text, subject_id text, owner_id uuid, priority smallint, due_at timestamp with time zone, is_expired_lease boolean)
create view private.due_work with (security_invoker = true) as
select w.kind, w.subject_id, w.owner_id, w.priority, w.due_at, w.lease_token is not null as is_expired_lease
from private.work as w
join private.work_kinds as k on k.kind = w.kind
left join private.google_connections as c on k.uses_google and c.user_id = w.owner_id
left join private.budgets as b on b.budget = k.budget
left join private.settings as allowed on allowed.name = k.budget
left join private.budget_spending as s
  on s.user_id = w.owner_id and s.budget = k.budget and s.period_start + b.period > clock_timestamp()
where w.due_at <= clock_timestamp()
  and (w.leased_until is null or w.leased_until <= clock_timestamp())
  and not exists (select from private.live_pauses as p where private.concerns(p, w.kind, w.owner_id))
  and (
    not k.uses_google
    or w.owner_id is null
    or c.user_id is null and not k.requires_connection
    or c.status = 'healthy' and coalesce(private.paused_until(c, k.is_write), '-infinity') <= clock_timestamp()
  )
  and (
    w.lease_token is not null
    or (s.user_id is null or k.spends + w.spends = 0 or s.spent + least(k.spends + w.spends, allowed.value) <= allowed.value)
    and not (
      private.takes_open_meeting(w.kind, w.priority)
      and exists (select from private.full_owners as f where f.user_id = w.owner_id)
    )
  );

-- private.failed_work (kind text, subject_id text, owner_id uuid, reason text, failed_at timestamp with time zone)
create view private.failed_work with (security_invoker = true) as
select
  'search' as kind,
  m.meeting_id as subject_id,
  m.organizer_user_id as owner_id,
  coalesce(substring(m.scheduling_details ->> 'reason' from '^[a-z_]+$'), m.scheduling_error) as reason,
  m.updated_at as failed_at
from public.meetings as m
where m.scheduling_status = 'failed'
  and m.writeback_status is null
  and m.cancelled_at is null
  and not exists (select from private.work as w where w.kind = 'search' and w.subject_id = m.meeting_id and w.due_at < 'infinity')
union all
select 'write', m.meeting_id, m.organizer_user_id, split_part(m.writeback_error, ':', 1), coalesce(m.writeback_attempted_at, m.updated_at)
from public.meetings as m
where (m.writeback_error is not null or m.writeback_status = 'failed' and m.cancelled_at is null)
  and not exists (
    select from private.work as w where w.kind in ('search', 'write') and w.subject_id = m.meeting_id and w.due_at < 'infinity')
union all
select 'meet_link', m.meeting_id, m.organizer_user_id, split_part(m.meet_link_error, ':', 1), coalesce(m.writeback_succeeded_at, m.updated_at)
from public.meetings as m
where m.meet_link_error is not null and m.meet_link is null and m.cancelled_at is null
  and not exists (select from private.work as w where w.kind = 'meet_link' and w.subject_id = m.meeting_id)
union all
select 'task_event', e.id::text, e.user_id, split_part(e.sync_error, ':', 1), coalesce(e.updated_at, e.created_at)
from public.task_calendar_events as e
where e.sync_status = 'failed' and e.deleted_at is null
  and not exists (select from private.work as w where w.kind = 'task_event' and w.subject_id = e.id::text and w.due_at < 'infinity')
union all
-- A change whose processing crashed: the event is as it was, or half changed.
select 'task_event', e.id::text, e.user_id, split_part(e.sync_error, ':', 1), coalesce(e.updated_at, e.created_at)
from private.event_state as es
join public.task_calendar_events as e on e.id = es.subject_id::uuid
where es.kind = 'task_event' and es.pending_change is not null
  and e.sync_status is distinct from 'failed' and e.deleted_at is null
  and not exists (select from private.work as w where w.kind = 'task_event' and w.subject_id = es.subject_id and w.due_at < 'infinity')
union all
-- The HTTP status of the target follows the code.
select 'notification', n.notification_id::text, n.owner_user_id, regexp_replace(split_part(n.error, ':', 1), '_\d+$', ''), n.queued_at
from public.notifications as n
where n.status = 'failed'
union all
select 'sync', s.sync_id, s.user_id, split_part(s.error, ':', 1), s.next_sync_at
from private.sync_calendars as s
where s.error is not null
  and not exists (select from private.work as w where w.kind = 'sync' and w.subject_id = s.sync_id);

-- private.full_owners (user_id uuid, until timestamp with time zone)
create view private.full_owners with (security_invoker = true) as
select s.user_id, s.period_start + b.period as until
from private.budget_spending as s
join private.budgets as b on b.budget = s.budget
where s.budget = 'open_meetings' and s.period_start + b.period > clock_timestamp();

-- private.live_pauses (kind text, user_id uuid, reason text, paused_by text, paused_at timestamp with time zone, until timestamp with time zone)
create view private.live_pauses with (security_invoker = true) as
select p.kind, p.user_id, p.reason, p.paused_by, p.paused_at, p.until
from private.pauses as p
where p.until is null or p.until > clock_timestamp();

-- public.v_calendar_events (kind text, user_id uuid, task_event_id uuid, task_id text, meeting_id text, calendar_id text, calendar_event_id text, event_title text, event_start timestamp with time zone, event_end timestamp with time zone, event_link text, organizer_email text, organizer_self boolean, attendees jsonb)
create view public.v_calendar_events with (security_invoker = true) as
select
  'task' as kind,
  e.user_id,
  e.id as task_event_id,
  e.task_id,
  null::text as meeting_id,
  e.calendar_id,
  e.calendar_event_id,
  e.event_title,
  e.event_start,
  e.event_end,
  e.event_link,
  e.organizer_email,
  e.organizer_self,
  e.attendees
from public.task_calendar_events as e
where e.deleted_at is null
union all
select
  'meeting',
  m.organizer_user_id,
  null,
  null,
  m.meeting_id,
  m.google_calendar_id,
  m.google_event_id,
  m.title,
  m.starts_at,
  m.ends_at,
  m.google_event_link,
  m.organizer_email,
  m.organizer_self,
  m.attendees
from public.meetings as m
where m.google_event_id is not null and m.cancelled_at is null and m.cancelled_in_google_at is null;

-- public.v_events_with_declined_guests (id uuid, user_id uuid, task_id text, calendar_id text, calendar_event_id text, event_title text, event_start timestamp with time zone, event_link text, declined_count bigint, declined_emails jsonb, kind text, meeting_id text)
create view public.v_events_with_declined_guests with (security_invoker = true) as
select
  e.task_event_id as id, e.user_id, e.task_id, e.calendar_id, e.calendar_event_id, e.event_title, e.event_start, e.event_link,
  guests.declined_count, guests.declined_emails,
  e.kind, e.meeting_id
from public.v_calendar_events as e
cross join lateral (
  select count(*) as declined_count, jsonb_agg(guest.value ->> 'email' order by guest.value ->> 'email') as declined_emails
  from jsonb_array_elements(e.attendees) as guest (value)
  where guest.value ->> 'responseStatus' = 'declined'
) as guests
where guests.declined_count > 0;

-- public.v_frequent_collaborators (user_id uuid, email text, display_name text, events bigint, accepted bigint, declined bigint, latest_event_start timestamp with time zone, meetings bigint, tasks bigint)
create view public.v_frequent_collaborators with (security_invoker = true) as
select
  e.user_id,
  lower(guest.value ->> 'email') as email,
  max(guest.value ->> 'displayName') as display_name,
  count(*) as events,
  count(*) filter (where guest.value ->> 'responseStatus' = 'accepted') as accepted,
  count(*) filter (where guest.value ->> 'responseStatus' = 'declined') as declined,
  max(e.event_start) as latest_event_start,
  count(*) filter (where e.kind = 'meeting') as meetings,
  count(*) filter (where e.kind = 'task') as tasks
from public.v_calendar_events as e
cross join lateral jsonb_array_elements(e.attendees) as guest (value)
where not coalesce((guest.value ->> 'self')::boolean, false)
  and not coalesce((guest.value ->> 'resource')::boolean, false)
  -- On a secondary calendar Google marks the user neither as self nor as organizer.
  and lower(guest.value ->> 'email') is distinct from private.own_email(e.user_id)
group by 1, 2;

-- public.v_organizing_by_month (user_id uuid, month date, organizing bigint, attending bigint, unknown bigint, meetings bigint, tasks bigint)
create view public.v_organizing_by_month with (security_invoker = true) as
select
  e.user_id,
  date_trunc('month', e.event_start at time zone 'UTC')::date as month,
  count(*) filter (where e.organizer_self) as organizing,
  count(*) filter (where not e.organizer_self) as attending,
  count(*) filter (where e.organizer_self is null) as unknown,
  count(*) filter (where e.kind = 'meeting') as meetings,
  count(*) filter (where e.kind = 'task') as tasks
from public.v_calendar_events as e
where e.event_start is not null
group by 1, 2;

-- public.v_writeback_status (meeting_id text, scheduled_at timestamp with time zone, writeback_status text, writeback_attempted_at timestamp with time zone, writeback_succeeded_at timestamp with time zone, writeback_retry_count integer, google_event_id text, google_event_link text, writeback_error text, state text, stage text, reason text, cancelled_at timestamp with time zone)
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
  m.writeback_error,
  s.state,
  s.stage,
  s.reason,
  m.cancelled_at
from public.meetings as m
cross join private.meeting_state(m) as s
where m.writeback_status is not null or m.scheduling_status = 'failed'
order by scheduled_at desc;

CREATE OR REPLACE FUNCTION private."limit"(p_name text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN ((private.limits() ->> p_name))::integer;

CREATE OR REPLACE FUNCTION private.accept_search_request(p_meeting_id text, p_choices jsonb DEFAULT NULL::jsonb)
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
    title = v_after.title, description = v_after.description, location = v_after.location,
    description_details = v_after.description_details, locale = v_after.locale,
    participants = case
      when p_choices is null then v_after.participants else private.with_choices(v_after.participants, p_choices)
    end,
    constraints = v_after.constraints, recurrence = v_after.recurrence, weights = v_after.weights,
    allow_concessions = v_after.allow_concessions, auto_reschedule = v_after.auto_reschedule, on_conflict = v_after.on_conflict, conference = v_after.conference, reminders = v_after.reminders,
    guests_can_modify = v_after.guests_can_modify, guests_can_invite_others = v_after.guests_can_invite_others,
    guests_can_see_other_guests = v_after.guests_can_see_other_guests, target_calendar_id = v_after.target_calendar_id,
    -- A meeting without conference has no link, even while its event still shows one.
    meet_link = case when v_after.conference <> 'none' then m.meet_link end
  where m.meeting_id = p_meeting_id
  returning m.* into v_after;
  update private.event_state as es
  set search_request = null
  where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  return v_after;
end $function$;

CREATE OR REPLACE FUNCTION private.account_email(p_user_id uuid)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select lower(c.email) from private.google_connections as c where c.user_id = p_user_id;
$function$;

CREATE OR REPLACE FUNCTION private.acknowledge_event(p_kind text, p_subject_id text)
 RETURNS boolean
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with acknowledged as (
  update private.event_state as es set is_unacknowledged = null
  where es.kind = p_kind and es.subject_id = p_subject_id and es.is_unacknowledged
  returning es.subject_id
)
select exists (select from acknowledged)
$function$;

CREATE OR REPLACE FUNCTION private.add_spending(p_budget text, p_user_ids uuid[], p_amounts integer[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_period interval;
begin
  select b.period into strict v_period from private.budgets as b where b.budget = p_budget;
  insert into private.budget_spending as s (user_id, budget, period_start, spent)
  select added.user_id, p_budget, clock_timestamp(), added.amount
  from unnest(p_user_ids, p_amounts) as added (user_id, amount)
  where added.user_id is not null and added.amount > 0
  order by added.user_id
  on conflict (user_id, budget) do update
  set
    period_start = case when s.period_start + v_period > clock_timestamp() then s.period_start else excluded.period_start end,
    spent = case when s.period_start + v_period > clock_timestamp() then s.spent else 0 end + excluded.spent;
end $function$;

CREATE OR REPLACE FUNCTION private.admit_permissions()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_limit constant numeric := private.setting('availability_permissions');
  v_owner_id uuid;
begin
  for v_owner_id in select distinct n.owner_user_id from new_rows as n order by 1 loop
    -- Two statements of one user would not see each other's rows.
    perform pg_advisory_xact_lock(hashtextextended('convene.availability_permissions.' || v_owner_id, 0));
    if (select count(*) from public.availability_sharing as s where s.owner_user_id = v_owner_id) > v_limit then
      perform private.refuse_over_limit(
        'availability_permissions', null,
        format('A user may give %s permissions. Delete one that is no longer needed, or name a domain.', v_limit));
    end if;
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.admit_rows()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  -- Null for secret keys and for SQL: what an operator inserts is not counted.
  v_user_id constant uuid := auth.uid();
  v_rows integer;
begin
  if v_user_id is null then
    return null;
  end if;
  select count(*) into v_rows from new_rows;
  if not private.spend(v_user_id, 'rows_inserted_per_minute', v_rows) then
    perform private.refuse_over_limit(
      'rows_inserted_per_minute',
      (private.limit_reached(v_user_id, 'rows_inserted_per_minute') ->> 'retry_after_seconds')::numeric,
      format('A user may insert %s rows a minute, and no statement may insert more. No row was inserted.', private.setting('rows_inserted_per_minute')));
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.admit_targets()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_limit constant numeric := private.setting('notification_targets');
  v_owner_id uuid;
begin
  for v_owner_id in select distinct n.owner_user_id from new_rows as n where n.owner_user_id is not null order by 1 loop
    -- Two statements of one user would not see each other's rows.
    perform pg_advisory_xact_lock(hashtextextended('convene.notification_targets.' || v_owner_id, 0));
    if (select count(*) from public.notification_targets as t where t.owner_user_id = v_owner_id) > v_limit then
      perform private.refuse_over_limit(
        'notification_targets', null, format('A user may have %s notification targets. Delete one that is no longer needed.', v_limit));
    end if;
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.adopt_seen_meeting(p_meeting_id text, p_seen jsonb, p_is_gone boolean)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  m public.meetings;
  v_new public.meetings;
  v_state private.event_state;
  v_response public.attendee_responses;
  v_is_resumed boolean;
  v_is_moved boolean;
  v_declined text[] := array[]::text[];
begin
  select * into strict m from public.meetings as f where f.meeting_id = p_meeting_id;
  select * into v_state from private.event_state as es where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  if p_is_gone then
    if m.cancelled_at is not null or m.cancelled_in_google_at is not null
      or p_seen ? 'updated' and private.is_older_event(p_seen, v_state.seen_event)
    then
      return false;
    end if;
    -- With the version in which it is deleted, so that a write which saw an earlier one does not bring it back.
    update private.event_state as es
    set seen_event = coalesce(es.seen_event, '{}') || p_seen
    where es.kind = 'meeting' and es.subject_id = p_meeting_id;
    -- Replies up to the deletion.
    perform private.record_responses('meeting', p_meeting_id, m.organizer_user_id, p_seen);
    delete from private.slot_holds as h where h.meeting_id = p_meeting_id;
    update public.meetings as u
    set
      cancelled_in_google_at = clock_timestamp(),
      -- A change that was given up: its requeue writes a new event, so the row says so.
      writeback_error = case
        when u.written_version < u.desired_version
          and not exists (select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id)
        then private.error_of_deleted_event(u.writeback_error)
        else u.writeback_error
      end
    where u.meeting_id = p_meeting_id
    returning * into v_new;
    perform private.announce_seen(v_new, 'cancelled_in_google', v_new.google_event_id, '{}');
    return true;
  end if;
  if private.hides_details(p_seen) or not private.record_seen_event('meeting', p_meeting_id, p_seen) then
    return false;
  end if;
  v_is_resumed := private.resume_change(m, coalesce(v_state.named_fields, '{}'), p_seen);
  if v_is_resumed then
    select * into strict m from public.meetings as f where f.meeting_id = p_meeting_id;
  end if;
  v_new := m;
  if not private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{title}')
    -- Without a title of its own the event has a composed one, which is a title only after people changed it. While a write is due,
    -- another one may be that write's own, whose response was lost: its settlement decides.
    and (m.title is not null
      or not (
        m.written_version < m.desired_version
        and exists (select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id))
      and coalesce(v_state.written_fields ->> 'title', v_state.seen_event ->> 'summary') <> coalesce(p_seen ->> 'summary', ''))
  then
    v_new.title := left(coalesce(p_seen ->> 'summary', ''), 1000);
  end if;
  if not private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{location}') then
    v_new.location := left(p_seen ->> 'location', 1000);
  end if;
  if not private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{time,zone}') then
    v_new.timezone := coalesce(p_seen #>> '{start,timeZone}', m.timezone);
    v_new.starts_at := coalesce(private.event_instant(p_seen -> 'start', v_new.timezone), m.starts_at);
    v_new.ends_at := coalesce(private.event_instant(p_seen -> 'end', v_new.timezone), m.ends_at);
  end if;
  if not private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{recurrence}') then
    v_new.recurrence := case
      when jsonb_typeof(p_seen -> 'recurrence') = 'array' then array(select jsonb_array_elements_text(p_seen -> 'recurrence'))
    end;
  end if;
  if not coalesce((p_seen ->> 'attendeesOmitted')::boolean, false) then
    v_new.attendees := coalesce(p_seen -> 'attendees', '[]');
  end if;
  if p_seen #>> '{organizer,email}' is not null then
    v_new.organizer_email := p_seen #>> '{organizer,email}';
    v_new.organizer_display_name := p_seen #>> '{organizer,displayName}';
    v_new.organizer_self := coalesce((p_seen #>> '{organizer,self}')::boolean, false);
  end if;
  v_new.meet_link := case
    when private.is_pending_field(m, coalesce(v_state.named_fields, '{}'), '{conference}') then m.meet_link
    when p_seen ->> 'hangoutLink' is not null then p_seen ->> 'hangoutLink'
    -- Google makes the link some time after the event; one that was there and is not was removed by people.
    when v_state.seen_event ->> 'hangoutLink' is null then m.meet_link
  end;
  v_new.google_calendar_id := coalesce(p_seen ->> 'calendar_id', m.google_calendar_id);
  -- The link names the calendar.
  v_new.google_event_link := coalesce(p_seen ->> 'htmlLink', m.google_event_link);
  v_new.cancelled_in_google_at := null;
  if v_new.google_calendar_id <> m.google_calendar_id then
    update private.event_state as es set google_calendar_id = v_new.google_calendar_id
    where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  end if;
  v_is_moved := (v_new.starts_at, v_new.ends_at) is distinct from (m.starts_at, m.ends_at)
    -- Whole days in another zone are the same days, which begin at another instant.
    and not (v_state.seen_event #>> '{start,date}' is not null and private.are_days_of(p_seen, m.starts_at, m.ends_at));
  if not v_is_moved then
    -- What was decided about these days stays decided.
    update private.moves as v
    set from_starts_at = v_new.starts_at, from_ends_at = v_new.ends_at
    where v.meeting_id = p_meeting_id and (v.from_starts_at, v.from_ends_at) = (m.starts_at, m.ends_at)
      and (v_new.starts_at, v_new.ends_at) is distinct from (m.starts_at, m.ends_at);
  end if;
  if v_new is distinct from m then
    -- What people changed on Google is no change that a caller names.
    perform set_config('convene.is_storing', 'true', true);
    update public.meetings as u
    set
      title = v_new.title, location = v_new.location, timezone = v_new.timezone, starts_at = v_new.starts_at, ends_at = v_new.ends_at,
      recurrence = v_new.recurrence, attendees = v_new.attendees, organizer_email = v_new.organizer_email,
      organizer_display_name = v_new.organizer_display_name, organizer_self = v_new.organizer_self, meet_link = v_new.meet_link,
      google_calendar_id = v_new.google_calendar_id, google_event_link = v_new.google_event_link, cancelled_in_google_at = v_new.cancelled_in_google_at
    where u.meeting_id = p_meeting_id;
    perform set_config('convene.is_storing', 'false', true);
  end if;
  for v_response in select * from private.record_responses('meeting', p_meeting_id, m.organizer_user_id, p_seen) loop
    continue when v_response.response_status = 'needsAction';
    if v_response.response_status = 'declined' then
      v_declined := v_declined || v_response.email;
    end if;
    perform private.announce_seen(v_new, 'replied', v_response.email || ':' || v_response.event_etag, jsonb_build_object('reply', jsonb_build_object(
      'email', v_response.email, 'response_status', v_response.response_status, 'comment', v_response.comment,
      'additional_guests', v_response.additional_guests)));
  end loop;
  if v_is_moved then
    perform private.announce_seen(v_new, 'moved', coalesce(p_seen ->> 'etag', p_seen ->> 'updated'), jsonb_build_object(
      'moved_from', jsonb_build_object('start_time', m.starts_at, 'end_time', m.ends_at, 'timezone', m.timezone)));
  else
    perform private.consider_replies(v_new, coalesce(p_seen ->> 'etag', p_seen ->> 'updated', ''), v_declined);
  end if;
  return v_is_resumed or v_new is distinct from m;
end $function$;

CREATE OR REPLACE FUNCTION private.adopt_seen_task_event(p_id uuid, p_seen jsonb, p_is_gone boolean)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  e public.task_calendar_events;
  v_new public.task_calendar_events;
begin
  select * into strict e from public.task_calendar_events as f where f.id = p_id;
  if p_is_gone then
    if private.is_deleted(e) then
      return false;
    end if;
    perform private.record_responses('task_event', p_id::text, e.user_id, p_seen);
    update public.task_calendar_events as u
    set deleted_at = clock_timestamp(), sync_status = 'cancelled', sync_error = 'cancelled_in_google', last_synced_at = clock_timestamp(),
      updated_at = clock_timestamp()
    where u.user_id = e.user_id and u.calendar_id = e.calendar_id and u.deleted_at is null
      and (u.id = p_id or u.recurrence_master_id = e.calendar_event_id);
    return true;
  end if;
  if private.hides_details(p_seen) or not private.record_seen_event('task_event', p_id::text, p_seen) then
    return false;
  end if;
  v_new := e;
  v_new.event_title := p_seen ->> 'summary';
  -- A whole day has no zone, and begins at midnight in UTC, as a change stores it.
  v_new.timezone := case when p_seen #>> '{start,date}' is null then coalesce(p_seen #>> '{start,timeZone}', e.timezone) end;
  v_new.event_start := coalesce(private.event_instant(p_seen -> 'start', v_new.timezone), e.event_start);
  v_new.event_end := coalesce(private.event_instant(p_seen -> 'end', v_new.timezone), e.event_end);
  v_new.is_all_day := p_seen #>> '{start,date}' is not null;
  v_new.recurrence_rule := case
    when jsonb_typeof(p_seen -> 'recurrence') = 'array'
      then nullif((select string_agg(line, e'\n') from jsonb_array_elements_text(p_seen -> 'recurrence') as line), '')
  end;
  v_new.is_master_event := v_new.recurrence_rule is not null;
  if not coalesce((p_seen ->> 'attendeesOmitted')::boolean, false) then
    v_new.attendees := coalesce(p_seen -> 'attendees', '[]');
  end if;
  v_new.organizer_email := p_seen #>> '{organizer,email}';
  v_new.organizer_display_name := p_seen #>> '{organizer,displayName}';
  v_new.organizer_self := case when v_new.organizer_email is not null then coalesce((p_seen #>> '{organizer,self}')::boolean, false) end;
  v_new.event_link := coalesce(p_seen ->> 'htmlLink', e.event_link);
  if not exists (
    select from public.task_calendar_events as other
    where other.user_id = e.user_id and other.calendar_id = p_seen ->> 'calendar_id' and other.calendar_event_id = e.calendar_event_id)
  then
    v_new.calendar_id := coalesce(p_seen ->> 'calendar_id', e.calendar_id);
  end if;
  if e.sync_error = 'cancelled_in_google' then
    -- People have restored what people had deleted.
    v_new.deleted_at := null;
    v_new.sync_status := 'synced';
  end if;
  update public.task_calendar_events as u
  set
    event_title = v_new.event_title, timezone = v_new.timezone, event_start = v_new.event_start, event_end = v_new.event_end,
    is_all_day = v_new.is_all_day, recurrence_rule = v_new.recurrence_rule, is_master_event = v_new.is_master_event,
    attendees = v_new.attendees, organizer_email = v_new.organizer_email, organizer_display_name = v_new.organizer_display_name,
    organizer_self = v_new.organizer_self, event_link = v_new.event_link, calendar_id = v_new.calendar_id,
    deleted_at = v_new.deleted_at, sync_status = v_new.sync_status,
    etag = p_seen ->> 'etag', sync_error = null, last_synced_at = clock_timestamp(), updated_at = clock_timestamp()
  where u.id = p_id;
  perform private.record_responses('task_event', p_id::text, e.user_id, p_seen);
  return v_new is distinct from e;
end $function$;

CREATE OR REPLACE FUNCTION private.announce_meetings(p_meeting_ids text[], p_events text[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
insert into private.announcements (event, transition_key, meeting_id, organizer_user_id, payload)
select
  e.event, private.meeting_transition_key(m, e.event), m.meeting_id, m.organizer_user_id,
  private.meeting_notice(m)
    || case when e.event = 'given_up' then jsonb_build_object('operation', private.write_operation(m)) else '{}' end
from unnest(p_meeting_ids, p_events) as e (meeting_id, event)
join public.meetings as m on m.meeting_id = e.meeting_id
where exists (select from private.subscribers(e.event, m.organizer_user_id, 'infinity', null, 1))
on conflict do nothing;
$function$;

CREATE OR REPLACE FUNCTION private.announce_seen(p_meeting public.meetings, p_event text, p_key text, p_details jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
insert into private.announcements (event, transition_key, meeting_id, organizer_user_id, payload)
select
  p_event, concat_ws(':', p_event, p_meeting.meeting_id, p_key), p_meeting.meeting_id, p_meeting.organizer_user_id,
  private.meeting_notice(p_meeting) || p_details
where exists (select from private.subscribers(p_event, p_meeting.organizer_user_id, 'infinity', null, 1))
on conflict do nothing;
$function$;

CREATE OR REPLACE FUNCTION private.announce_unchecked(p_meeting public.meetings)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_conflicts jsonb;
begin
  with seen as (
    update private.moves as v
    set alternatives = '[]'
    where v.meeting_id = p_meeting.meeting_id and v.trigger = 'conflict' and v.decision = 'kept' and v.reason = 'conflict'
      and v.from_starts_at = p_meeting.starts_at and v.from_ends_at = p_meeting.ends_at and v.alternatives is null
    returning v.at, v.version, v.conflicts
  )
  -- Sync may have seen several events, a row for each.
  select jsonb_agg(c.value order by s.at, s.version) into v_conflicts
  from seen as s cross join lateral jsonb_array_elements(s.conflicts) as c;
  if v_conflicts is not null then
    perform private.announce_seen(p_meeting, 'conflict', md5(concat_ws(' ', 'check', extract(epoch from p_meeting.starts_at), md5(v_conflicts::text))), jsonb_build_object(
      'conflict', jsonb_build_object('conflicts', v_conflicts, 'alternatives', jsonb_build_array())));
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.announcements_enqueue()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  insert into private.work (kind, subject_id, owner_id, due_at)
  select 'announcement', n.announcement_id::text, n.organizer_user_id, n.created_at
  from new_announcements as n;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.apart(p_occurrences jsonb)
 RETURNS SETOF tstzrange
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select o.held
from (
  select occurrence.held, max(upper(occurrence.held)) over (order by occurrence.held rows between unbounded preceding and 1 preceding) as former_end
  from (
    select tstzrange((o.value ->> 'start_time')::timestamptz, (o.value ->> 'end_time')::timestamptz) as held
    from jsonb_array_elements(p_occurrences) as o
  ) as occurrence
) as o
where lower(o.held) >= coalesce(o.former_end, '-infinity')
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

CREATE OR REPLACE FUNCTION private.are_days_of(p_seen jsonb, p_starts_at timestamp with time zone, p_ends_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  -- Midnight is 14 hours before that of UTC at the earliest, and 12 after it at the latest; clocks may change between start and end.
  d.start_offset between interval '-14 hours' and interval '12 hours'
    and d.end_offset - d.start_offset between interval '-1 hour' and interval '1 hour',
  false)
from (
  select
    p_starts_at - private.event_instant(jsonb_build_object('date', p_seen #> '{start,date}'), 'UTC') as start_offset,
    p_ends_at - private.event_instant(jsonb_build_object('date', p_seen #> '{end,date}'), 'UTC') as end_offset
) as d;
$function$;

CREATE OR REPLACE FUNCTION private.are_large(p_participants jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
-- As stored, compressed: ten or more times as much as text.
select coalesce(pg_column_size(p_participants) > 50000, false);
$function$;

CREATE OR REPLACE FUNCTION private.as_guests(p_participants jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when jsonb_typeof(p_participants) <> 'array' or pg_column_size(p_participants) < 2000 then p_participants
  else (
    select jsonb_agg(
      case
        when private.is_group(p.item) then p.item || jsonb_build_object('any_of', (
          select jsonb_agg(private.without_availability(member.item) order by member.place)
          from jsonb_array_elements(p.item -> 'any_of') with ordinality as member (item, place)))
        else private.without_availability(p.item)
      end
      order by p.place)
    from jsonb_array_elements(p_participants) with ordinality as p (item, place))
end
$function$;

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
    || case
      when es.search_request ? 'participants' then
        jsonb_build_object('participants', private.keep_choices(es.search_request -> 'participants', p_meeting.participants))
      else '{}'
    end
)
from (select 1) as one
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id;
$function$;

CREATE OR REPLACE FUNCTION private.assignees_problem(p_assignees jsonb)
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
  if jsonb_typeof(p_assignees) is distinct from 'array' then
    return jsonb_build_object('path', 'assignees', 'message', 'Expected a list');
  elsif jsonb_array_length(p_assignees) > private.limit('attendees') then
    return jsonb_build_object('path', 'assignees', 'message', format('Expected at most %s assignees', private.limit('attendees')));
  end if;
  for v_item in select value from jsonb_array_elements(p_assignees) loop
    v_path := format('assignees[%s]', v_index);
    v_index := v_index + 1;
    if jsonb_typeof(v_item) = 'object' and exists (
      select from jsonb_object_keys(case jsonb_typeof(v_item) when 'object' then v_item else '{}' end) as key
      where key <> all (case when v_item ? 'user_id' then array['user_id'] else array['email', 'name', 'optional'] end))
    then
      -- A field that nothing reads could hold megabytes.
      return jsonb_build_object('path', v_path, 'message', 'Expected an e-mail address, {email, name, optional} or {user_id}');
    elsif coalesce(jsonb_typeof(v_item -> 'name'), 'string') <> 'string' or coalesce(jsonb_typeof(v_item -> 'optional'), 'boolean') <> 'boolean' then
      return jsonb_build_object('path', v_path, 'message', 'Expected an e-mail address, {email, name, optional} or {user_id}');
    elsif length(v_item ->> 'name') > private.limit('name_characters') then
      return private.text_problem(v_item ->> 'name', v_path || '.name', 'name_characters');
    elsif jsonb_typeof(v_item) = 'object' and v_item ? 'user_id' then
      if coalesce(v_item ->> 'user_id', '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        return jsonb_build_object('path', v_path || '.user_id', 'message', 'Expected a user id (UUID)');
      end if;
    elsif private.item_email(v_item) is null or not private.is_email(private.item_email(v_item)) then
      return jsonb_build_object(
        'path', v_path || case jsonb_typeof(v_item) when 'object' then '.email' else '' end, 'message', 'Expected an e-mail address');
    end if;
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.attach_ledger_partition(p_name text, p_from timestamp with time zone, p_until timestamp with time zone, p_comment text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  execute format('create table private.%I (like public.writeback_ledger including constraints including comments)', p_name);
  execute format('comment on table private.%I is %L', p_name, p_comment);
  execute format('alter table private.%I enable row level security', p_name);
  execute format('revoke all on private.%I from public, anon, authenticated, service_role', p_name);
  execute format(
    'create trigger writeback_ledger_append_only before update on private.%I for each statement '
    'execute function private.refuse_ledger_update()', p_name);
  if p_from is null then
    execute format('alter table public.writeback_ledger attach partition private.%I default', p_name);
    return;
  end if;
  execute format(
    'with early as (delete from private.writeback_ledger_default as l where l.at >= $1 and l.at < $2 returning *) '
    'insert into private.%I select * from early', p_name)
  using p_from, p_until;
  execute format(
    'alter table public.writeback_ledger attach partition private.%I for values from (%L) to (%L)', p_name, p_from, p_until);
end $function$;

CREATE OR REPLACE FUNCTION private.auto_reschedule_problem(p_value jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case when p.problem is not null then
  p.problem || jsonb_build_object('path', concat_ws('.', 'auto_reschedule', nullif(p.problem ->> 'path', '')))
end
from (
  select case jsonb_typeof(p_value)
    when 'boolean' then
      case when p_value = 'true' then jsonb '{"path": "", "message": "Expected false or an object with on"}' end
    when 'object' then coalesce(
      case when coalesce(p_value -> 'on' not in ('"required_declined"', '"quorum_lost"'), true) then
        jsonb '{"path": "on", "message": "Expected required_declined or quorum_lost"}'
      end,
      private.whole_number_problem(p_value, 'quorum', 1, 100),
      private.whole_number_problem(p_value, 'max_moves', 1, 20),
      private.whole_number_problem(p_value, 'freeze_hours', 0, 720),
      private.whole_number_problem(p_value, 'cooldown_minutes', 0, 10080),
      case when jsonb_typeof(p_value -> 'approve') <> 'boolean' then
        jsonb '{"path": "approve", "message": "Expected true or false"}'
      end,
      private.whole_number_problem(p_value, 'window_days', 1, 60),
      (
        select private.problem(
          key, private.unknown_field_message('["on", "quorum", "max_moves", "freeze_hours", "cooldown_minutes", "approve", "window_days"]'))
        from jsonb_object_keys(p_value) as key
        where key not in ('on', 'quorum', 'max_moves', 'freeze_hours', 'cooldown_minutes', 'approve', 'window_days')
        order by key
        limit 1
      ))
    when 'null' then null
    else case when p_value is not null then jsonb '{"path": "", "message": "Expected false or an object with on"}' end
  end as problem
) as p;
$function$;

CREATE OR REPLACE FUNCTION private.availability_sharing_check_limits()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_problem jsonb := coalesce(
    private.text_problem(new.grantee, 'grantee', 'email_characters'),
    case when not private.is_in_years(new.expires_at) then
      jsonb_build_object('path', 'expires_at', 'message', private.expected_years())
    end);
begin
  if v_problem is not null then
    perform private.refuse_value(v_problem);
  end if;
  return new;
end $function$;

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

CREATE OR REPLACE FUNCTION private.begin_full_read(p_calendar private.sync_calendars)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  delete from private.full_read_events as f where f.sync_id = p_calendar.sync_id;
  insert into private.full_read_events (sync_id, event_id)
  select p_calendar.sync_id, m.google_event_id
  from public.meetings as m
  left join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
  where m.organizer_user_id = p_calendar.user_id and m.google_calendar_id = p_calendar.calendar_id
    and m.google_event_id is not null and m.cancelled_at is null and m.cancelled_in_google_at is null
    and coalesce(es.google_account_id, p_calendar.google_account_id) = p_calendar.google_account_id
  union
  select p_calendar.sync_id, e.calendar_event_id
  from public.task_calendar_events as e
  left join private.event_state as es on es.kind = 'task_event' and es.subject_id = e.id::text
  where e.user_id = p_calendar.user_id and e.calendar_id = p_calendar.calendar_id
    and e.sync_status::text = 'synced' and e.deleted_at is null
    -- An unchanged occurrence has no resource of its own in a list of series.
    and (e.recurrence_master_id is null or coalesce(e.is_exception, false))
    and coalesce(es.google_account_id, p_calendar.google_account_id) = p_calendar.google_account_id;
  update private.sync_calendars as s set cursor = null, page_token = null where s.sync_id = p_calendar.sync_id;
end $function$;

CREATE OR REPLACE FUNCTION private.best_times(p_candidates jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_agg(
  jsonb_build_object(
    'start_time', c.value -> 'start_time', 'end_time', c.value -> 'end_time', 'score', c.value -> 'score', 'reasoning', c.value -> 'reasoning')
  order by c.ordinality)
from jsonb_array_elements(p_candidates) with ordinality as c
where c.ordinality <= 3;
$function$;

CREATE OR REPLACE FUNCTION private.budget_ends(p_user_id uuid, p_budget text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select s.period_start + b.period
from private.budget_spending as s
join private.budgets as b on b.budget = s.budget
where s.user_id = p_user_id and s.budget = p_budget and s.period_start + b.period > clock_timestamp();
$function$;

CREATE OR REPLACE FUNCTION private.budget_left(p_user_id uuid, p_budget text)
 RETURNS integer
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select greatest(0, floor(private.setting(p_budget))::integer - coalesce((
  select s.spent
  from private.budget_spending as s
  join private.budgets as b on b.budget = s.budget
  where s.user_id = p_user_id and s.budget = p_budget and s.period_start + b.period > clock_timestamp()
), 0));
$function$;

CREATE OR REPLACE FUNCTION private.burdens_of(p_organizer_user_id uuid, p_emails text[])
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
with concerned as (
  select private.sharing_emails(p_emails, p_organizer_user_id, 'habits') as emails
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

CREATE OR REPLACE FUNCTION private.busy_instant(p_value text)
 RETURNS numeric
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN CASE WHEN ((p_value ~ '^.{10}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$'::text) AND private.is_date("left"(p_value, 10))) THEN ((EXTRACT(epoch FROM (((("left"(p_value, 10) || ' '::text) || substr(p_value, 12, 8)) || '+00'::text))::timestamp with time zone) + (COALESCE("substring"(p_value, '\.[0-9]+'::text), '0'::text))::numeric) - (CASE WHEN ("right"(p_value, 1) = ANY (ARRAY['Z'::text, 'z'::text])) THEN 0 ELSE (((substr("right"(p_value, 6), 1, 1) || '60'::text))::integer * (((substr("right"(p_value, 6), 2, 2))::integer * 60) + ("right"(p_value, 2))::integer)) END)::numeric) WHEN private.is_instant(p_value) THEN EXTRACT(epoch FROM (p_value)::timestamp with time zone) ELSE NULL::numeric END;

CREATE OR REPLACE FUNCTION private.busy_interval_problem(p_interval jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_from numeric;
  v_to numeric;
  v_unknown text;
begin
  if jsonb_typeof(p_interval) <> 'object' then
    return private.problem(p_path, 'Expected {start, end}');
  end if;
  v_from := case when jsonb_typeof(p_interval -> 'start') = 'string' then private.busy_instant(p_interval ->> 'start') end;
  v_to := case when jsonb_typeof(p_interval -> 'end') = 'string' then private.busy_instant(p_interval ->> 'end') end;
  if not coalesce(private.is_in_years(to_timestamp(v_from::double precision)), false) then
    return private.problem(p_path || '.start', private.expected_instant());
  elsif not coalesce(private.is_in_years(to_timestamp(v_to::double precision)), false) then
    return private.problem(p_path || '.end', private.expected_instant());
  elsif v_to < v_from then
    return private.problem(p_path || '.end', 'Expected an end after the start');
  elsif jsonb_typeof(p_interval -> 'tentative') <> 'boolean' then
    return private.problem(p_path || '.tentative', 'Expected true or false');
  elsif jsonb_typeof(p_interval -> 'timezone') <> 'string' or length(p_interval ->> 'timezone') > private.limit('timezone_characters') then
    return private.problem(p_path || '.timezone', 'Expected an IANA time zone, e.g. Europe/Paris');
  end if;
  select key into v_unknown
  from jsonb_object_keys(p_interval - array['start', 'end', 'tentative', 'timezone']) as key
  limit 1;
  return case when v_unknown is not null then
    private.problem(p_path || '.' || v_unknown, private.unknown_field_message('["start", "end", "tentative", "timezone"]'))
  end;
end $function$;

CREATE OR REPLACE FUNCTION private.busy_intervals(p_participants jsonb)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select coalesce(sum(jsonb_array_length(given.busy)), 0)
from private.named_people(p_participants) as item
cross join lateral (
  select case jsonb_typeof(item)
    when 'object' then coalesce(item -> 'busy', item -> 'calendar_summary' -> 'busy_slots')
  end as busy
) as given
where jsonb_typeof(given.busy) = 'array'
$function$;

CREATE OR REPLACE FUNCTION private.busy_problem(p_busy jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_usual constant text :=
    '^(197[1-9]|19[89][0-9]|20[0-9]{2}|21[0-9]{2})-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)'
    'T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-](0[0-9]|1[0-5]):[0-5][0-9])$';
  v_item jsonb;
  v_index integer;
  v_problem jsonb;
begin
  if jsonb_typeof(p_busy) <> 'array' then
    return private.problem(p_path, 'Expected a list of {start, end}');
  elsif jsonb_array_length(p_busy) > private.limit('busy') then
    return private.problem(p_path, format('Expected at most %s intervals', private.limit('busy')));
  end if;
  -- 40,000 intervals in one row are allowed: those in the usual form are recognized at once, and the others looked into.
  for v_item, v_index in
    select b.item, b.place - 1
    from jsonb_array_elements(p_busy) with ordinality as b (item, place)
    where not coalesce(
      case when jsonb_typeof(b.item) = 'object' then
        b.item - array['start', 'end', 'tentative'] = '{}'
        and coalesce(jsonb_typeof(b.item -> 'tentative') = 'boolean', true)
        and case when b.item ->> 'start' ~ v_usual and b.item ->> 'end' ~ v_usual then
          (b.item ->> 'start')::timestamptz <= (b.item ->> 'end')::timestamptz
        end
      end,
      false)
    order by b.place
  loop
    v_problem := private.busy_interval_problem(v_item, format('%s[%s]', p_path, v_index));
    exit when v_problem is not null;
  end loop;
  return v_problem;
end $function$;

CREATE OR REPLACE FUNCTION private.can_wake()
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select not exists (select from private.vault_entries() as e where e.value is null);
$function$;

CREATE OR REPLACE FUNCTION private.change_problem(p_changes jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  (
    select jsonb_build_object(
      'path', key,
      'message', format('Unknown field %s. A change may name %s', key, array_to_string(private.changeable_columns(), ', ')))
    from jsonb_object_keys(p_changes) as key
    where key <> all (private.changeable_columns())
    order by key
    limit 1
  ),
  (
    select jsonb_build_object('path', key, 'message', 'Expected a value')
    from jsonb_each(p_changes) as given (key, value)
    where key not in ('title', 'description', 'location', 'recurrence', 'weights', 'reminders', 'auto_reschedule') and jsonb_typeof(value) = 'null'
    order by key
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

CREATE OR REPLACE FUNCTION private.changeable_columns()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select array[
  'title', 'description', 'description_details', 'locale', 'location', 'participants', 'starts_at', 'ends_at', 'timezone', 'conference', 'recurrence',
  'constraints', 'weights', 'allow_concessions', 'target_calendar_id', 'reminders', 'auto_reschedule', 'on_conflict', 'guests_can_modify',
  'guests_can_invite_others', 'guests_can_see_other_guests']
$function$;

CREATE OR REPLACE FUNCTION private.choice_problem(p_participants jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'path', format('participants[%s].chosen', entry.place - 1),
  'message', format(
    'Expected %s of the members: a search chooses them with the time, or name them here', private.group_count(entry.item)))
from jsonb_array_elements(case when jsonb_path_exists(p_participants, '$[*].any_of') then p_participants else '[]' end)
  with ordinality as entry (item, place)
where private.is_group(entry.item) and private.group_type(entry.item) <> 'optional'
  and (select count(distinct email) from private.chosen_emails(entry.item) as email) < private.group_count(entry.item)
order by entry.place
limit 1
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
  v_rules private.work_kinds;
  v_uses_google boolean;
  v_allowed integer := 2147483647;
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  v_uses_google := v_rules.uses_google;
  if v_rules.budget is not null then
    v_allowed := floor(private.setting(v_rules.budget));
  end if;
  return query
  with owners as materialized (
    select o.* from private.open_owners(p_kind) as o
  ), project as materialized (
    select case
      when v_uses_google then
        private.quota('google_requests_per_minute') - (select coalesce(sum(s.requests), 0)::integer from private.requests_spent() as s)
      else 2147483647
    end as requests_left
  ), candidates as (
    select next.subject_id, o.owner_id, o.account, o.requests_left, next.priority, next.due_at, next.requests, next.cost, o.budget_left
    from owners as o
    cross join lateral (
      select w.subject_id, w.priority, w.due_at, w.requests, least(v_rules.spends + w.spends, v_allowed) as cost
      from private.work as w
      where w.kind = p_kind and w.owner_id = o.owner_id and w.due_at <= clock_timestamp() and w.lease_token is null
        and least(v_rules.spends + w.spends, v_allowed) <= o.budget_left
        and not (o.is_full and private.takes_open_meeting(p_kind, w.priority))
      order by w.priority, w.due_at, w.subject_id
      limit v_slice
    ) as next
    where o.requests_left > 0
    union all
    -- Without an owner no request is made; only the reason is stored.
    (
      select w.subject_id, null, '', 1000, w.priority, w.due_at, 0, 0, 0
      from private.work as w
      where w.kind = p_kind and w.owner_id is null and w.due_at <= clock_timestamp() and w.lease_token is null
        and private.pause_end(p_kind, null) is null
      order by w.due_at
      limit v_slice
    )
  ), ranked as (
    select
      c.*,
      coalesce(t.taken_at, '-infinity') as taken_at,
      (row_number() over (partition by c.owner_id order by c.priority, c.due_at, c.subject_id) - 1) / 3 as round,
      sum(c.cost) over (partition by c.owner_id order by c.priority, c.due_at, c.subject_id) as cost_so_far,
      sum(c.requests) over (partition by c.account order by c.priority, c.due_at, c.subject_id) as account_so_far,
      sum(c.requests) over (partition by c.account) as account_in_all
    from candidates as c
    left join private.work_turns as t on t.kind = p_kind and t.owner_id = private.turn_owner(c.owner_id)
  ), affordable as (
    select r.*, sum(r.requests) over (order by r.round, r.taken_at, r.priority, r.due_at, r.subject_id) as project_so_far
    from ranked as r
    where r.account_so_far <= r.requests_left
      and (r.cost = 0 or r.cost_so_far <= r.budget_left)
      -- An owner at the limit waits until a whole slice fits again, which needs fewer statements than single rows.
      and (
        r.account_in_all <= r.requests_left
        or r.requests_left >= least(v_slice, v_quota)
      )
  )
  select a.subject_id
  from affordable as a, project as p
  where a.project_so_far <= p.requests_left
  -- Three of each owner in turn, first of those who have waited longest since their last turn: neither one owner's long
  -- queue nor old rows of many owners delay another.
  order by a.round, a.taken_at, a.priority, a.due_at, a.subject_id
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

CREATE OR REPLACE FUNCTION private.chosen_emails(p_group jsonb)
 RETURNS SETOF text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select private.item_email(item)
from jsonb_array_elements(case when jsonb_typeof(p_group -> 'chosen') = 'array' then p_group -> 'chosen' else '[]' end) as item
where jsonb_typeof(item) = 'string'
$function$;

CREATE OR REPLACE FUNCTION private.chosen_problem(p_group jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  (
    select private.problem(format('%s.chosen[%s]', p_path, chosen.place - 1), 'Expected the address of a member (any_of)')
    from jsonb_array_elements(p_group -> 'chosen') with ordinality as chosen (item, place)
    where private.item_email(chosen.item) not in (
      select private.item_email(member) from jsonb_array_elements(p_group -> 'any_of') as member)
    order by chosen.place limit 1
  ),
  case when (select count(distinct email) from private.chosen_emails(p_group) as email) > private.group_count(p_group) then
    private.problem(p_path || '.chosen', format('Expected at most as many members as count, %s', private.group_count(p_group)))
  end)
$function$;

CREATE OR REPLACE FUNCTION private.claim_work(p_kind text, p_limit integer, p_lease_seconds integer, p_reclaim boolean DEFAULT true)
 RETURNS SETOF private.work
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[] := array[]::text[];
  v_chosen text[];
  v_work private.work[];
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
    loop
      v_chosen := array(select private.choose_work(p_kind, p_limit));
      if p_kind in ('search', 'conflict_check') then
        v_chosen := private.meetings_of_one_claim(v_chosen);
      end if;
      v_ids := array(
        select w.subject_id
        from private.work as w
        where w.kind = p_kind
          and w.subject_id = any (v_chosen)
          and w.lease_token is null
          and w.due_at <= clock_timestamp()
        for update skip locked);
      -- The rows of owners who turn out to be full wait, and others take their place.
      exit when not private.find_full_owners(p_kind, v_ids);
    end loop;
  end if;
  perform private.spend_for_work(p_kind, v_ids);
  v_work := array(select l from private.lease_work(p_kind, v_ids, p_lease_seconds) as l);
  perform private.take_turns(p_kind, array(select w.owner_id from unnest(v_work) as w));
  return query select w.* from unnest(v_work) as w;
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
  v_work := private.hold_for_writes(v_work);
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

CREATE OR REPLACE FUNCTION private.concerns(p_pause private.live_pauses, p_kind text, p_owner_id uuid)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select (p_pause.kind is null or p_pause.kind = case p_kind when 'announcement' then 'notification' else p_kind end)
  and (p_pause.user_id is null or p_pause.user_id = p_owner_id);
$function$;

CREATE OR REPLACE FUNCTION private.connection_failures()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select array['invalid_grant', 'invalid_credentials', 'insufficient_permissions', 'token_unreadable', 'not_connected', 'wrong_account'];
$function$;

CREATE OR REPLACE FUNCTION private.connections_expect_sync()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.expect_sync((
    select coalesce(jsonb_agg(jsonb_build_object(
      'user_id', new.user_id, 'google_account_id', new.google_account_id, 'calendar_id', e.calendar_id)), '[]')
    from (
      select m.google_calendar_id as calendar_id
      from public.meetings as m
      left join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
      where m.organizer_user_id = new.user_id and m.google_event_id is not null and m.cancelled_at is null
        and coalesce(es.google_account_id, new.google_account_id) = new.google_account_id
      union
      select t.calendar_id
      from public.task_calendar_events as t
      left join private.event_state as es on es.kind = 'task_event' and es.subject_id = t.id::text
      where t.user_id = new.user_id and t.sync_status::text = 'synced' and t.deleted_at is null
        and coalesce(es.google_account_id, new.google_account_id) = new.google_account_id
    ) as e));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.consider_conflicts(p_calendar private.sync_calendars, p_events jsonb, p_shared text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_email text := private.owner_email(p_calendar);
  v_version text;
  v_row record;
begin
  if p_shared is null then
    return;
  end if;
  for v_row in
    select m as meeting, t.event_id, t.starts_at, t.ends_at
    from private.touched_meetings(p_calendar.user_id, p_shared, p_events) as t
    join public.meetings as m on m.meeting_id = t.meeting_id
    where t.is_exact
    order by m.meeting_id, t.event_id
    for update of m
  loop
    continue when private.is_conflict_known(v_row.meeting, v_email, v_row.starts_at, v_row.ends_at);
    v_version := concat_ws(
      ' ', 'conflict',
      -- The organizer may know when a participant is busy, and nothing else of the event.
      case when (v_row.meeting).organizer_user_id = p_calendar.user_id then v_row.event_id else md5(p_calendar.user_id || v_row.event_id) end,
      v_row.starts_at);
    if (v_row.meeting).on_conflict = 'reschedule' then
      perform private.request_move(v_row.meeting, private.move_rules(v_row.meeting), v_version, 'conflict');
    else
      insert into private.moves (meeting_id, version, trigger, decision, reason, from_starts_at, from_ends_at, conflicts)
      values (
        (v_row.meeting).meeting_id, v_version, 'conflict', 'kept', 'conflict', (v_row.meeting).starts_at, (v_row.meeting).ends_at,
        jsonb_build_array(jsonb_build_object('email', v_email, 'type', 'required', 'is_certain', true, 'busy', jsonb_build_array(
          jsonb_build_object('start_time', v_row.starts_at, 'end_time', v_row.ends_at)))))
      on conflict do nothing;
      if found then
        -- It finds other times, and notifies.
        perform private.request_check((v_row.meeting).meeting_id, (v_row.meeting).organizer_user_id, 'seen');
      end if;
    end if;
  end loop;

  -- A full read shows every series, also those that the searches have seen.
  if p_calendar.cursor is not null then
    perform private.request_check(
      near.meeting_id, near.organizer_user_id, 'seen', clock_timestamp() + make_interval(mins => private.setting('series_check_minutes')::integer))
    from (
      select distinct t.meeting_id, t.organizer_user_id, t.meeting_starts_at
      from private.touched_meetings(p_calendar.user_id, p_shared, p_events) as t
      where not t.is_exact
        -- A series of Convene has its time reserved, and changes with every reply.
        and not exists (select from public.meetings as own where own.google_event_id = t.event_id)
      order by t.meeting_starts_at, t.meeting_id
      limit private.setting('conflict_checks_per_page')::integer
    ) as near;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.consider_replies(p_meeting public.meetings, p_version text, p_declined text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_rules jsonb;
  v_trigger text;
begin
  if cardinality(p_declined) = 0 or p_meeting.starts_at is null or p_meeting.cancelled_at is not null then
    return;
  end if;
  v_rules := private.move_rules(p_meeting);
  if v_rules is null or not p_declined && private.participants_of_type(p_meeting.participants, '{required,resource}') then
    return;
  end if;
  v_trigger := private.move_trigger(p_meeting, v_rules);
  if v_trigger is not null then
    perform private.request_move(p_meeting, v_rules, p_version, v_trigger);
  end if;
end $function$;

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
  where p.email = any (private.sharing_emails(array(select q.email from people as q), p_meeting.organizer_user_id, 'habits'))
)
select jsonb_object_agg(c.email, c.burden) filter (where c.burden > 0), array_agg(c.email)
from coming as c
-- For more than 20 people the number of pairs would be large, and taking turns matters little.
where jsonb_array_length(p_meeting.candidates -> 0 -> 'participant_availability') between 2 and 20
$function$;

CREATE OR REPLACE FUNCTION private.dates_problem(p_name text, p_parameters text, p_dates text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_parameter text;
  v_key text;
  v_text text;
  v_is_dates boolean := false;
  v_date text;
begin
  -- The text begins with a semicolon, where it has any.
  if p_parameters <> '' then
    foreach v_parameter in array case when p_parameters = ';' then array[''] else string_to_array(substr(p_parameters, 2), ';') end loop
      v_key := split_part(v_parameter, '=', 1);
      v_text := split_part(v_parameter, '=', 2);
      if v_key = 'VALUE' and v_text in ('DATE', 'DATE-TIME') then
        v_is_dates := v_text = 'DATE';
      elsif v_key = 'VALUE' then
        return format('%s has VALUE=DATE or VALUE=DATE-TIME, not %s', p_name, v_text);
      elsif v_key <> 'TZID' then
        return format('%s has the parameters TZID and VALUE, not %s', p_name, v_key);
      elsif not private.is_timezone(v_text) then
        return format('TZID=%s is no time zone. Expected an IANA name, e.g. Europe/Paris', v_text);
      end if;
    end loop;
  end if;
  foreach v_date in array string_to_array(p_dates, ',') loop
    if not private.is_stamp(v_date) or (v_is_dates and length(v_date) > 8) then
      return format(
        'Expected %s instead of "%s"',
        case when v_is_dates then 'a date such as 20301231' else 'a date-time such as 20301231T090000Z' end, v_date);
    end if;
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.days_list_problem(p_days jsonb, p_shape jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when jsonb_typeof(p_days) <> 'array' then private.problem(p_path, p_shape ->> 'expected')
  when jsonb_array_length(p_days) > (p_shape ->> 'most')::integer then private.problem(p_path, format('Expected at most %s dates', p_shape ->> 'most'))
  else (
    select private.problem(format('%s[%s]', p_path, day.place - 1), p_shape ->> 'expected_item')
    from jsonb_array_elements(p_days) with ordinality as day (item, place)
    where jsonb_typeof(day.item) <> 'string' or not private.is_day(day.item #>> '{}')
    order by day.place
    limit 1
  )
end
$function$;

CREATE OR REPLACE FUNCTION private.days_problem(p_days date[], p_path text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when array_ndims(p_days) > 1 then format('a list of dates, and no list of lists, in %s', p_path)
  when cardinality(p_days) > 366 then format('at most 366 dates in %s', p_path)
  when exists (select from unnest(p_days) as day where day is null or day not between '1970-01-01' and '2200-12-31') then
    format('dates from 1970 to 2200 in %s', p_path)
end
$function$;

CREATE OR REPLACE FUNCTION private.declined_people(p_meeting public.meetings)
 RETURNS text[]
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(array_agg(distinct lower(a.email)), array[]::text[])
from jsonb_to_recordset(case jsonb_typeof(p_meeting.attendees) when 'array' then p_meeting.attendees else '[]' end)
  as a (email text, "responseStatus" text, organizer boolean)
where a."responseStatus" = 'declined' and not coalesce(a.organizer, false)
  and lower(a.email) is distinct from private.account_email(p_meeting.organizer_user_id)
  -- A reply from before the last move declined another time.
  and exists (
    select from public.attendee_responses as r
    where r.kind = 'meeting' and r.subject_id = p_meeting.meeting_id and r.email = lower(a.email) and r.response_status = 'declined'
      and r.recorded_at > coalesce(private.last_moved_at(p_meeting.meeting_id), '-infinity'));
$function$;

CREATE OR REPLACE FUNCTION private.description_problem(p_text text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN CASE WHEN (private.escaped_length(p_text) > private."limit"('description_characters'::text)) THEN jsonb_build_object('path', 'description', 'message', format('Expected at most %s characters, with & counting as 5, < and > as 4, an emoji as 2'::text, private."limit"('description_characters'::text))) ELSE NULL::jsonb END;

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
  -- The guests may have changed: they are counted again.
  w.spends := null;
  w.priority := case when s.status = 'pending' and s.event_id is null and not s.is_cancelled then 0 else 1 end;
  s.work := w;
  return s;
end $function$;

CREATE OR REPLACE FUNCTION private.edge_problem(p_edge text, p_path text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN CASE WHEN ((NOT private.is_date(p_edge)) AND (p_edge !~ '[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]'::text)) THEN private.problem(p_path, format('Write a date such as 2030-01-07 or a date-time with offset such as 2030-01-07T09:00:00Z, not "%s"'::text, p_edge)) ELSE NULL::jsonb END;

CREATE OR REPLACE FUNCTION private.end_expired_holds(p_emails text[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with expired as materialized (
  select
    h.id,
    case
      when h.state = 'written' then case when private.is_awaited(h) then 'past' end
      -- No claim takes the time of a task again.
      when h.meeting_id is not null then 'ended'
    end as next
  from private.slot_holds as h
  where h.participant_email = any (p_emails) and h.state in ('active', 'written') and h.expires_at <= clock_timestamp()
  -- Another transaction that has locked a row renews or deletes it.
  for update skip locked
), removed as (
  delete from private.slot_holds as h
  using expired as e
  where e.next is null and h.id = e.id
)
update private.slot_holds as h
set state = e.next
from expired as e
where e.next is not null and h.id = e.id;
$function$;

CREATE OR REPLACE FUNCTION private.end_revoked_holds(p_meeting_ids text[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
delete from private.slot_holds as h
where h.meeting_id = any (p_meeting_ids)
  and h.by_consent
  and h.state in ('active', 'ended')
  and not (h.participant_email = any (private.sharing_emails(array[h.participant_email], h.organizer_user_id)));
$function$;

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

CREATE OR REPLACE FUNCTION private.enqueue_syncs()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  delete from private.channels as ch where ch.expires_at < clock_timestamp() - interval '1 day';
  insert into private.work (kind, subject_id, owner_id, priority, requests, due_at)
  select 'sync', s.sync_id, s.user_id, 1, 1, clock_timestamp()
  from private.sync_calendars as s
  join private.google_connections as c on c.user_id = s.user_id and c.google_account_id = s.google_account_id
  where s.next_sync_at <= clock_timestamp() and c.status = 'healthy'
  order by s.sync_id
  on conflict (kind, subject_id) do nothing;
end $function$;

CREATE OR REPLACE FUNCTION private.error_of_deleted_event(p_error text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select case
  -- Whether the event can be reached is decided first: where it cannot, a requeue must not write another one.
  when split_part(p_error, ':', 1) = any (private.connection_failures() || '{not_organizer,event_unreachable}') then p_error
  when p_error is not null then 'event_missing: The event was deleted on Google Calendar. Requeue the meeting to write a new one.'
end;
$function$;

CREATE OR REPLACE FUNCTION private.escaped_length(p_text text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN (((length(p_text) + regexp_count(p_text, '[\U00010000-\U0010FFFF]'::text)) + (4 * regexp_count(p_text, '&'::text))) + (3 * regexp_count(p_text, '[<>]'::text)));

CREATE OR REPLACE FUNCTION private.event_instant(p_time jsonb, p_zone text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when p_time ->> 'dateTime' is not null then (p_time ->> 'dateTime')::timestamptz
  when p_time ->> 'date' is not null then
    -- Google may know a zone that this database does not.
    (p_time ->> 'date')::date::timestamp at time zone case when private.is_timezone(p_zone) then p_zone else 'UTC' end
end;
$function$;

CREATE OR REPLACE FUNCTION private.event_key_of(p_event_id text)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select case when p_event_id ~ '^convene[0-9a-f]{32}g[0-9]+$' then substr(p_event_id, 8, 32)::uuid end;
$function$;

CREATE OR REPLACE FUNCTION private.event_spans(p_events jsonb)
 RETURNS TABLE(event_id text, starts_at timestamp with time zone, ends_at timestamp with time zone, is_exact boolean)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select
  g.value ->> 'id',
  -- Whole days begin and end elsewhere on Earth up to 14 hours earlier or later.
  coalesce((g.value #>> '{start,dateTime}')::timestamptz, (g.value #>> '{start,date}')::date::timestamp at time zone 'UTC' - interval '14 hours'),
  case
    when jsonb_typeof(g.value -> 'recurrence') = 'array' then 'infinity'
    else coalesce((g.value #>> '{end,dateTime}')::timestamptz, (g.value #>> '{end,date}')::date::timestamp at time zone 'UTC' + interval '14 hours')
  end,
  g.value #>> '{start,dateTime}' is not null and g.value -> 'recurrence' is null
from jsonb_array_elements(p_events) as g
where g.value ->> 'status' <> 'cancelled'
  and coalesce(g.value ->> 'transparency', 'opaque') <> 'transparent'
  and not exists (
    select from jsonb_array_elements(case jsonb_typeof(g.value -> 'attendees') when 'array' then g.value -> 'attendees' else '[]' end) as a
    where a.value -> 'self' = 'true' and a.value ->> 'responseStatus' = 'declined');
$function$;

CREATE OR REPLACE FUNCTION private.expect_holidays(p_calendar text)
 RETURNS private.holiday_calendars
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_calendar private.holiday_calendars;
begin
  insert into private.holiday_calendars as c (calendar) values (p_calendar) on conflict (calendar) do nothing;
  -- Locked until the preferences are committed: a settlement forgets calendars that no preferences name.
  select * into strict v_calendar from private.holiday_calendars as c where c.calendar = p_calendar for share;
  if v_calendar.known_until is null and v_calendar.error is null then
    perform private.enqueue('holidays', p_calendar, null);
  end if;
  return v_calendar;
end $function$;

CREATE OR REPLACE FUNCTION private.expect_sync(p_calendars jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into private.sync_calendars (user_id, google_account_id, calendar_id, next_sync_at)
select distinct c.user_id, c.google_account_id, c.calendar_id,
  clock_timestamp() + make_interval(secs => private.setting('sync_first_seconds')::double precision)
from jsonb_to_recordset(p_calendars) as c (user_id uuid, google_account_id text, calendar_id text)
where c.user_id is not null and c.google_account_id is not null
  and not exists (
    select from private.sync_calendars as known
    where known.user_id = c.user_id and known.google_account_id = c.google_account_id and known.calendar_id = c.calendar_id)
order by c.user_id, c.google_account_id, c.calendar_id
on conflict do nothing;
$function$;

CREATE OR REPLACE FUNCTION private.expected_instant()
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN format('Expected a date-time with an offset, e.g. 2030-01-07T09:00:00+01:00, from %s to %s'::text, private."limit"('first_year'::text), private."limit"('last_year'::text));

CREATE OR REPLACE FUNCTION private.expected_years()
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN format('Expected an instant from %s to %s'::text, private."limit"('first_year'::text), private."limit"('last_year'::text));

CREATE OR REPLACE FUNCTION private.expire_slot_holds()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.end_expired_holds(array(
    select distinct h.participant_email from private.slot_holds as h where h.state in ('active', 'written') and h.expires_at <= now()));
  delete from private.slot_holds as h
  where h.id in (
    select p.id
    from private.slot_holds as p
    where p.state = 'past' and not private.is_awaited(p)
    for update skip locked
  );
end $function$;

CREATE OR REPLACE FUNCTION private.extend_ledger(p_ahead integer DEFAULT 3)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  -- Moving more than these would keep the ledger locked for long; they stay in the default partition until they are trimmed.
  c_moved_requests constant integer := 20000;
  v_this_month constant date := date_trunc('month', clock_timestamp() at time zone 'UTC');
  v_missing constant date[] := array(
    select s.month::date from generate_series(v_this_month, v_this_month + make_interval(months => p_ahead), interval '1 month') as s (month)
    except select m.month from private.ledger_months() as m
    order by 1);
  v_month date;
  v_from timestamptz;
  v_until timestamptz;
  v_created integer := 0;
begin
  if cardinality(v_missing) = 0 or not private.maintains_ledger() or not private.lock_ledger() then
    return 0;
  end if;
  foreach v_month in array v_missing loop
    v_from := v_month::timestamp at time zone 'UTC';
    v_until := (v_month + interval '1 month') at time zone 'UTC';
    -- Another session may have created it before the lock.
    continue when exists (select from private.ledger_months() as m where m.month = v_month)
      or exists (
        select from private.writeback_ledger_default as l
        where l.step = 'requested' and l.at >= v_from and l.at < v_until
        offset c_moved_requests);
    perform private.attach_ledger_partition(
      'writeback_ledger_' || to_char(v_month, 'YYYY_MM'), v_from, v_until,
      format('Steps of the ledger in %s (UTC).', to_char(v_month, 'YYYY-MM')));
    v_created := v_created + 1;
  end loop;
  return v_created;
end $function$;

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
  with kept as (
    update private.moves as v
    set decision = 'kept', reason = 'search_abandoned', at = clock_timestamp()
    where v.meeting_id = any (v_ids) and v.decision = 'searching'
    returning v.meeting_id
  )
  -- A meeting that was to move has its time, and keeps it.
  select array(select unnest(v_ids) except select k.meeting_id from kept as k) into v_ids;
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

CREATE OR REPLACE FUNCTION private.failed_rows(p_kinds text[], p_reason text, p_user_id uuid, p_since timestamp with time zone, p_before timestamp with time zone)
 RETURNS SETOF private.failed_work
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select f.*
from private.failed_work as f
where f.kind = any (p_kinds)
  and (p_reason is null or f.reason = p_reason)
  and (p_user_id is null or f.owner_id = p_user_id)
  and (p_since is null or f.failed_at >= p_since)
  and (p_before is null or f.failed_at < p_before);
$function$;

CREATE OR REPLACE FUNCTION private.fan_out_announcements(p_limit integer)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids uuid[];
  v_organizer_ids uuid[];
  v_made integer[];
begin
  -- One worker at a time, as for the claim that follows in the same transaction.
  perform pg_advisory_xact_lock(hashtextextended('convene.claim_work.notification', 0));
  v_ids := array(select c.id::uuid from private.choose_work('announcement', p_limit) as c (id));
  if cardinality(v_ids) = 0 then
    return;
  end if;
  perform private.take_turns('announcement', array(
    select a.organizer_user_id from private.announcements as a where a.announcement_id = any (v_ids)));
  -- The rows are claimed by this worker, or by the next: they wake none.
  perform set_config('convene.is_fanning_out', 'true', true);
  with organizers as materialized (
    select o.id, least(private.notification_room(o.id, p_limit), private.budget_left(o.id, 'notifications_per_hour')) as room
    from (select distinct a.organizer_user_id as id from private.announcements as a where a.announcement_id = any (v_ids)) as o
  ), due as (
    select a.*, t.target_id, t.kind, t.owner_user_id, o.room,
      row_number() over (partition by a.organizer_user_id order by a.created_at, a.announcement_id, t.target_id) as place
    from private.announcements as a
    join organizers as o on o.id is not distinct from a.organizer_user_id
    cross join lateral private.subscribers(a.event, a.organizer_user_id, a.created_at, a.last_target_id, p_limit) as t
    where a.announcement_id = any (v_ids)
  ), made as (
    insert into public.notifications
      (event, transition_key, meeting_id, organizer_user_id, kind, target_id, owner_user_id, payload, created_at)
    select d.event, d.transition_key, d.meeting_id, d.organizer_user_id, d.kind, d.target_id, d.owner_user_id, d.payload, d.created_at
    from due as d
    where d.place <= d.room
    order by d.place
    on conflict do nothing
  ), moved as (
    update private.announcements as a
    set last_target_id = reached.target_id
    from (
      select distinct on (d.announcement_id) d.announcement_id, d.target_id
      from due as d
      where d.place <= d.room
      order by d.announcement_id, d.target_id desc
    ) as reached
    where a.announcement_id = reached.announcement_id
  )
  select array_agg(counted.id), array_agg(counted.made) into v_organizer_ids, v_made
  from (
    select d.organizer_user_id as id, count(*)::integer as made from due as d where d.place <= d.room group by d.organizer_user_id
  ) as counted;
  if v_made is not null then
    perform private.add_spending('notifications_per_hour', v_organizer_ids, v_made);
  end if;
  perform set_config('convene.is_fanning_out', 'false', true);

  with finished as (
    delete from private.announcements as a
    where a.announcement_id = any (v_ids)
      and not exists (select from private.subscribers(a.event, a.organizer_user_id, a.created_at, a.last_target_id, 1))
    returning a.announcement_id
  )
  delete from private.work as w
  using finished as f
  where w.kind = 'announcement' and w.subject_id = f.announcement_id::text;
end $function$;

CREATE OR REPLACE FUNCTION private.fields_named_by(p_changes jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select coalesce(
  array_agg(distinct case
    when key in ('starts_at', 'ends_at') then 'time'
    -- They change only the text of the event.
    when key in ('description_details', 'locale') then 'description'
    when key = 'timezone' then case when p_changes ? 'starts_at' then 'time' else 'zone' end
    else key
  end),
  '{}')
from jsonb_object_keys(p_changes) as key
-- Guests are named one by one, and the others are no fields of the event.
where key not in (
  'participants', 'constraints', 'weights', 'allow_concessions', 'target_calendar_id', 'auto_reschedule', 'on_conflict');
$function$;

CREATE OR REPLACE FUNCTION private.fields_problem(p_object jsonb, p_shape jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_field jsonb;
  v_path text;
  v_problem jsonb;
  v_unknown text;
begin
  for v_field in select value from jsonb_array_elements(p_shape -> 'fields') loop
    v_path := p_path || '.' || (v_field ->> 'name');
    if p_object ? (v_field ->> 'name') then
      v_problem := private.shape_problem(p_object -> (v_field ->> 'name'), v_field, v_path);
    elsif not v_field ? 'optional' then
      v_problem := private.problem(v_path, v_field ->> 'expected');
    end if;
    if v_problem is not null then
      return v_problem;
    end if;
  end loop;
  select key into v_unknown
  from jsonb_object_keys(p_object - array(select jsonb_array_elements_text(p_shape -> 'names'))) as key
  limit 1;
  return case when v_unknown is not null then
    private.problem(p_path || '.' || v_unknown, private.unknown_field_message(p_shape -> 'names'))
  end;
end $function$;

CREATE OR REPLACE FUNCTION private.fields_that_differ(p_before public.meetings, p_after public.meetings)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select array_remove(
  array[
    case when p_after.title is distinct from p_before.title then 'title' end,
    case when p_after.description is distinct from p_before.description then 'description' end,
    case when p_after.location is distinct from p_before.location then 'location' end,
    case when (p_after.starts_at, p_after.ends_at) is distinct from (p_before.starts_at, p_before.ends_at) then 'time' end,
    case when p_after.timezone is distinct from p_before.timezone then 'zone' end,
    case when p_after.recurrence is distinct from p_before.recurrence then 'recurrence' end,
    case when p_after.conference is distinct from p_before.conference then 'conference' end,
    case when p_after.reminders is distinct from p_before.reminders then 'reminders' end,
    case when p_after.guests_can_modify is distinct from p_before.guests_can_modify then 'guests_can_modify' end,
    case when p_after.guests_can_invite_others is distinct from p_before.guests_can_invite_others then 'guests_can_invite_others' end,
    case when p_after.guests_can_see_other_guests is distinct from p_before.guests_can_see_other_guests then 'guests_can_see_other_guests' end
  ],
  null);
$function$;

CREATE OR REPLACE FUNCTION private.find_full_owners(p_kind text, p_subject_ids text[])
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_limit constant integer := floor(private.setting('open_meetings'));
begin
  if p_kind not in ('search', 'write') then
    return false;
  end if;
  insert into private.budget_spending as s (user_id, budget, period_start, spent)
  select owners.id, 'open_meetings', clock_timestamp(), v_limit
  from (
    select distinct w.owner_id as id
    from private.work as w
    where w.kind = p_kind and w.subject_id = any (p_subject_ids) and w.owner_id is not null
      and private.takes_open_meeting(p_kind, w.priority)
      and not exists (select from private.full_owners as f where f.user_id = w.owner_id)
  ) as owners
  where private.has_open_meetings(owners.id, v_limit)
  order by owners.id
  on conflict (user_id, budget) do update set period_start = excluded.period_start, spent = excluded.spent;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION private.first_of_overlapping(p_meeting_ids text[])
 RETURNS text[]
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with ended as materialized (
  select h.meeting_id, h.participant_email, h.held, i.place
  from unnest(p_meeting_ids) with ordinality as i (id, place)
  join private.slot_holds as h on h.meeting_id = i.id and h.state = 'ended'
)
select array(
  select i.id from unnest(p_meeting_ids) as i (id)
  except
  select later.meeting_id
  from ended as later
  join ended as earlier
    on earlier.participant_email = later.participant_email and earlier.place < later.place and earlier.held && later.held);
$function$;

CREATE OR REPLACE FUNCTION private.forget_availability_reads()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
delete from public.availability_reads as r
where r.read_id in (
  select o.read_id
  from public.availability_reads as o
  where o.read_at < now() - make_interval(days => private.setting('availability_read_days')::integer)
  order by o.read_at
  limit 10000
);
$function$;

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
  limit 20000
);
$function$;

CREATE OR REPLACE FUNCTION private.forget_spending()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
delete from private.budget_spending as s
where (s.user_id, s.budget) in (
  select o.user_id, o.budget
  from private.budget_spending as o
  join private.budgets as b on b.budget = o.budget
  where o.period_start + b.period < now()
  for update of o skip locked
);
$function$;

CREATE OR REPLACE FUNCTION private.forget_turns()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
delete from private.work_turns as t
where (t.kind, t.owner_id) in (
  select o.kind, o.owner_id from private.work_turns as o where o.taken_at < now() - interval '1 day' for update skip locked
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

CREATE OR REPLACE FUNCTION private.give_up_move(p_meeting_id text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  m public.meetings;
  v_state private.event_state;
  v_move private.moves;
begin
  select f.* into m from public.meetings as f
  where f.meeting_id = p_meeting_id and f.google_event_id is not null and f.cancelled_at is null
    and f.written_version = f.desired_version - 1 and split_part(f.writeback_error, ':', 1) in ('not_organizer', 'event_missing')
    and not exists (select from private.work as w where w.kind = 'write' and w.subject_id = f.meeting_id);
  update private.moves as v
  set
    decision = 'kept', at = clock_timestamp(),
    reason = case split_part(m.writeback_error, ':', 1) when 'not_organizer' then 'not_organizer' else 'cancelled' end
  where v.meeting_id = m.meeting_id and v.decision = 'moved' and v.accepted_starts_at is null and v.desired_version = m.desired_version
  returning v.* into v_move;
  if v_move.meeting_id is null then
    return;
  end if;
  perform set_config('convene.is_storing', 'true', true);
  update public.meetings as u
  set
    starts_at = v_move.from_starts_at, ends_at = v_move.from_ends_at, score = null, reasoning = null, candidates = '[]',
    writeback_error = null, writeback_retry_count = 0, written_version = u.desired_version
  where u.meeting_id = p_meeting_id;
  perform set_config('convene.is_storing', 'false', true);
  -- What people changed meanwhile waited for the write.
  select es.* into v_state from private.event_state as es where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  if v_state.seen_event ->> 'status' <> 'cancelled' then
    perform private.adopt_seen_meeting(p_meeting_id, v_state.seen_event, false);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.google_connections_announce()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_key constant text := concat_ws(':', 'needs_reauth', new.user_id, extract(epoch from new.connected_at));
  v_payload constant jsonb := jsonb_build_object('user_id', new.user_id, 'email', new.email, 'reason', new.status_reason);
begin
  insert into public.notifications (event, transition_key, organizer_user_id, kind, payload)
  values ('needs_reauth', v_key, new.user_id, 'log', v_payload)
  on conflict do nothing;
  insert into private.announcements (event, transition_key, organizer_user_id, payload)
  select 'needs_reauth', v_key, new.user_id, v_payload
  where exists (select from private.subscribers('needs_reauth', new.user_id, 'infinity', null, 1))
  on conflict do nothing;
  return null;
exception
  when others then
    raise log 'convene could not announce the connection of %: %', new.user_id, sqlerrm;
    return null;
end $function$;

CREATE OR REPLACE FUNCTION private.group_count(p_group jsonb)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN CASE WHEN (jsonb_typeof((p_group -> 'count'::text)) = 'number'::text) THEN (LEAST(GREATEST(floor(((p_group ->> 'count'::text))::numeric), (0)::numeric), (1000)::numeric))::integer ELSE 1 END;

CREATE OR REPLACE FUNCTION private.group_problem(p_group jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  (
    select private.problem(
      format('%s.any_of[%s].type', p_path, member.place - 1),
      'Expected members that are all people or all rooms; name the type of the group on the group')
    from jsonb_array_elements(p_group -> 'any_of') with ordinality as member (item, place)
    where jsonb_typeof(member.item) = 'object'
      and coalesce(member.item ->> 'type', case member.item -> 'is_required' when 'false' then 'optional' when 'true' then 'required' end)
        <> private.group_type(p_group)
    order by member.place limit 1
  ),
  case when private.group_count(p_group) > jsonb_array_length(p_group -> 'any_of') then
    private.problem(p_path || '.count', format('Expected at most the number of members, %s', jsonb_array_length(p_group -> 'any_of')))
  end,
  case when p_group ? 'chosen' then private.chosen_problem(p_group, p_path) end)
$function$;

CREATE OR REPLACE FUNCTION private.group_turns(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(jsonb_object_agg(turn.email, turn.count), '{}')
from (
  select email, count(*)
  from (
    select m.participants
    from public.meetings as m
    where jsonb_path_exists(p_meeting.participants, '$[*].any_of')
      and m.organizer_user_id = p_meeting.organizer_user_id and m.meeting_id is distinct from p_meeting.meeting_id
      and m.created_at > now() - make_interval(days => private.setting('group_turns_days')::integer) and m.starts_at is not null and m.cancelled_at is null
    order by m.created_at desc, m.meeting_id
    limit private.setting('group_turns_meetings')::integer
  ) as recent
  cross join lateral jsonb_array_elements(case jsonb_typeof(recent.participants) when 'array' then recent.participants else '[]' end) as item
  cross join lateral private.chosen_emails(item) as email
  where private.is_group(item)
  group by email
) as turn
where turn.email in (select private.item_email(named) from private.named_people(p_meeting.participants) as named);
$function$;

CREATE OR REPLACE FUNCTION private.group_type(p_group jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select coalesce(p_group ->> 'type', case when bool_and(coalesce(
  case jsonb_typeof(member) when 'object' then member ->> 'type' end = 'resource', false)) then 'resource' else 'required' end)
from jsonb_array_elements(p_group -> 'any_of') as member;
$function$;

CREATE OR REPLACE FUNCTION private.groups_problem(p_participants jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when not jsonb_path_exists(p_participants, '$[*].any_of') then null
  when (select sum(case when private.is_group(item) then private.group_count(item) else 1 end) from jsonb_array_elements(p_participants) as item)
    > private.limit('participants') then
    jsonb_build_object('path', 'participants', 'message', format('Expected at most %s participants', private.limit('participants')))
  when (select count(*) from private.named_people(p_participants)) > private.limit('searched_people') then
    jsonb_build_object(
      'path', 'participants',
      'message', format('Expected at most %s participants and members of groups', private.limit('searched_people')))
  else (
    select jsonb_build_object(
      'path', format('participants[%s].any_of[%s]', named.entry - 1, named.member - 1),
      'message', 'Expected an address that participants name once')
    from (
      select
        entry.place as entry, member.place as member, private.is_group(entry.item) as is_member,
        row_number() over (
          partition by private.item_email(coalesce(member.item, entry.item))
          order by private.is_group(entry.item), entry.place, member.place) as mention
      from jsonb_array_elements(p_participants) with ordinality as entry (item, place)
      left join lateral jsonb_array_elements(case when private.is_group(entry.item) then entry.item -> 'any_of' else '[]' end)
        with ordinality as member (item, place) on true
    ) as named
    where named.mention > 1 and named.is_member
    order by named.entry, named.member
    limit 1
  )
end
$function$;

CREATE OR REPLACE FUNCTION private.guest_changes(p_before jsonb, p_after jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
with listed as (
  select
    list.name, lower(case jsonb_typeof(item.value) when 'string' then item.value #>> '{}' else item.value ->> 'email' end) as email,
    jsonb_build_array(
      case when jsonb_typeof(item.value) = 'object' then item.value ->> 'name' end,
      coalesce(case when jsonb_typeof(item.value) = 'object' then item.value ->> 'type' end, 'required')) as description
  from (values ('before', p_before), ('after', p_after)) as list (name, items)
  cross join lateral jsonb_array_elements(private.meeting_people(list.items)) as item
), guests as (
  select
    l.email,
    min(l.description::text) filter (where l.name = 'before') as before,
    min(l.description::text) filter (where l.name = 'after') as after
  from listed as l
  where l.email is not null
  group by l.email
)
select jsonb_object_agg(
  g.email, case when g.before is null then 'added' when g.after is null then 'removed' else 'changed' end)
from guests as g
where g.before is distinct from g.after;
$function$;

CREATE OR REPLACE FUNCTION private.guests_to_invite(p_meeting_id text, p_attendees jsonb DEFAULT NULL::jsonb, p_has_event boolean DEFAULT false)
 RETURNS integer
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select count(*)::integer
from public.meetings as m
cross join lateral (select coalesce(p_attendees, m.attendees) as attendees) as shown
cross join lateral (
  select private.participant_emails(m.participants)
  except select lower(a.value ->> 'email') from jsonb_array_elements(case jsonb_typeof(shown.attendees) when 'array' then shown.attendees else '[]' end) as a
  except select lower(c.email) from private.google_connections as c where c.user_id = m.organizer_user_id
) as guest (email)
where m.meeting_id = p_meeting_id
  -- A participant whom people removed from the event stays away until a change adds them.
  and (not p_has_event or exists (
    select from private.event_state as es
    where es.kind = 'meeting' and es.subject_id = m.meeting_id
      and es.named_fields #>> array['guests', guest.email, 'change'] = 'added'
      and (es.named_fields #>> array['guests', guest.email, 'version'])::integer > m.written_version));
$function$;

CREATE OR REPLACE FUNCTION private.has_open_meetings(p_user_id uuid, p_count integer)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select count(*) >= p_count
from (
  -- Two conditions, each of which an index answers without reading what is over.
  select
  from public.meetings as m
  where m.organizer_user_id = p_user_id and m.google_event_id is not null and m.cancelled_at is null and m.ends_at > now()
  union all
  select
  from public.meetings as m
  where m.organizer_user_id = p_user_id and m.google_event_id is not null and m.cancelled_at is null
    and m.recurrence is not null and m.ends_at <= now()
  limit p_count
) as open;
$function$;

CREATE OR REPLACE FUNCTION private.health_of_connections()
 RETURNS SETOF private.health_check
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select
  'connections', c.status, c.status_reason, case when c.status_reason = 'token_unreadable' then 'degraded' else 'ok' end, count(*),
  min(case when c.status = 'healthy' then null else c.updated_at end), '{}'::jsonb, a.what_to_do
from private.google_connections as c
left join private.error_advice as a on a.code = c.status_reason
group by c.status, c.status_reason, a.what_to_do
union all
select 'paused', 'users', null, 'ok', count(*), null, '{}', null
from private.google_connections as c
where private.paused_until(c, true) > clock_timestamp()
union all
(
  select
    'paused', c.user_id::text,
    case when c.paused_until > clock_timestamp() then 'rate_limited' else 'invitation_limit' end,
    'ok', null, null,
    jsonb_build_object(
      'until', case when c.paused_until > clock_timestamp() then c.paused_until end,
      'writes_until', case when c.writes_paused_until > clock_timestamp() then c.writes_paused_until end),
    'Nothing: the work continues after the pause. To end it earlier see "Rate limits of Google" in docs/operations.md.'
  from private.google_connections as c
  where private.paused_until(c, true) > clock_timestamp()
  order by private.paused_until(c, true) desc
  limit 50
)
union all
select
  'channels', 'push', null, 'ok',
  (select count(distinct h.sync_id) from private.channels as h where h.expires_at > clock_timestamp()), null,
  jsonb_build_object('calendars', count(*), 'refused', count(s.channel_error)),
  case when count(s.channel_error) > 0 then 'Push needs the address of the functions over HTTPS (docs/sync.md); until then calendars are read by time.' end
from private.sync_calendars as s;
$function$;

CREATE OR REPLACE FUNCTION private.health_of_failures()
 RETURNS SETOF private.health_check
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select
  'failed', f.kind, f.reason,
  -- A refusal concerns one row; what could have succeeded concerns the system, for a day.
  case when a.verdict not in ('reject', 'reconnect') and f.latest > clock_timestamp() - interval '1 day' then 'degraded' else 'ok' end,
  f.rows, f.oldest, jsonb_build_object('latest', f.latest), a.what_to_do
from (
  select w.kind, w.reason, count(*) as rows, min(w.failed_at) as oldest, max(w.failed_at) as latest
  from private.failed_work as w
  group by w.kind, w.reason
) as f
left join private.error_advice as a on a.code = f.reason
order by f.rows desc, f.kind, f.reason;
$function$;

CREATE OR REPLACE FUNCTION private.health_of_jobs()
 RETURNS SETOF private.health_check
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if to_regclass('cron.job') is null then
    return query select
      'jobs', 'pg_cron', 'extension_missing', 'failing', null::bigint, null::timestamptz, '{}'::jsonb,
      'create extension pg_cron with schema pg_catalog; then execute the last migration again.';
    return;
  end if;
  return query execute $query$
    with expected as (
      -- Of type name in older versions of pg_cron.
      select j.jobname::text, j.jobid, j.active from cron.job as j where j.jobname like 'convene-%'
      union
      select e.name, null, null
      from unnest(array['convene-sweep', 'convene-sync']) as e (name)
      where not exists (select from cron.job as j where j.jobname = e.name)
    ), judged as (
      select
        e.jobname,
        e.jobname in ('convene-sweep', 'convene-sync') as is_needed,
        d.start_time,
        d.return_message,
        case
          when e.jobid is null then 'job_missing'
          when not e.active then 'job_paused'
          when d.status = 'failed' then 'job_failed'
          -- Other jobs have a quarter of an hour, and where pg_cron keeps no log nothing is known.
          when e.jobname in ('convene-sweep', 'convene-sync')
            and coalesce(current_setting('cron.log_run', true), 'on') = 'on'
            and coalesce(d.start_time, '-infinity') < clock_timestamp() - interval '5 minutes' then 'job_not_running'
        end as reason
      from expected as e
      left join lateral (
        select r.status, r.start_time, r.return_message
        from cron.job_run_details as r
        where r.jobid = e.jobid and r.status in ('succeeded', 'failed')
        order by r.runid desc
        limit 1
      ) as d on true
    )
    select
      'jobs', j.jobname, j.reason,
      case when j.reason is null then 'ok' when j.is_needed then 'failing' else 'degraded' end,
      null::bigint, j.start_time,
      case when j.reason = 'job_failed' then jsonb_build_object('message', j.return_message) else '{}' end,
      case j.reason
        when 'job_missing' then 'Execute the last migration again: it creates the jobs.'
        when 'job_paused' then format('select cron.alter_job(jobid, active := true) from cron.job where jobname = %L;', j.jobname)
        when 'job_failed' then 'details.message has the error; the next run repeats the work.'
        when 'job_not_running' then 'pg_cron has not run the job for five minutes: check that its worker runs and that cron.database_name is this database.'
      end
    from judged as j
    order by j.jobname
  $query$;
end $function$;

CREATE OR REPLACE FUNCTION private.health_of_pauses()
 RETURNS SETOF private.health_check
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select
  'paused', concat_ws(' of ', coalesce(p.kind, 'everything'), p.user_id), 'processing_paused', 'degraded', null::bigint, p.paused_at,
  jsonb_build_object('kind', p.kind, 'user_id', p.user_id, 'paused_by', p.paused_by, 'why', p.reason, 'until', p.until),
  format('When the reason is over: select resume_work(%s);', concat_ws(
    ', ', 'p_kind => ' || quote_literal(p.kind), 'p_user_id => ' || quote_literal(p.user_id)))
from private.live_pauses as p
order by p.kind nulls first, p.user_id nulls first
limit 50;
$function$;

CREATE OR REPLACE FUNCTION private.health_of_queue()
 RETURNS SETOF private.health_check
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select
  'queue', k.kind, case when judged.status <> 'ok' then 'queue_delayed' end, judged.status, coalesce(due.rows, 0), due.oldest,
  jsonb_build_object(
    'leased', coalesce(all_rows.leased, 0),
    'waiting', coalesce(all_rows.waiting, 0),
    'blocked', coalesce(all_rows.ready, 0) - coalesce(all_rows.paused, 0) - coalesce(due.rows, 0),
    'paused', coalesce(all_rows.paused, 0)),
  case when judged.status <> 'ok' then
    'See the areas vault, wake_ups and jobs. If they are ok, the queue is longer than Google''s quotas allow at once; it continues.'
  end
from private.work_kinds as k
left join (
  select
    w.kind,
    count(*) filter (where w.leased_until > clock_timestamp()) as leased,
    count(*) filter (where w.due_at > clock_timestamp() and w.due_at < 'infinity' and w.lease_token is null) as waiting,
    count(*) filter (where w.due_at <= clock_timestamp() and coalesce(w.leased_until <= clock_timestamp(), true)) as ready,
    count(*) filter (where w.due_at <= clock_timestamp() and coalesce(w.leased_until <= clock_timestamp(), true)
      and exists (select from private.live_pauses as p where private.concerns(p, w.kind, w.owner_id))) as paused
  from private.work as w
  group by w.kind
) as all_rows on all_rows.kind = k.kind
left join (
  select d.kind, count(*) as rows, min(d.due_at) as oldest from private.due_work as d group by d.kind
) as due on due.kind = k.kind
cross join lateral (
  select case
    when due.oldest < clock_timestamp() - interval '1 hour' then 'failing'
    when due.oldest < clock_timestamp() - interval '5 minutes' then 'degraded'
    else 'ok'
  end as status
) as judged
order by k.kind;
$function$;

CREATE OR REPLACE FUNCTION private.health_of_storage()
 RETURNS SETOF private.health_check
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select
  'storage', t.name, case when t.is_month_missing then 'ledger_month_missing' end, case when t.is_month_missing then 'degraded' else 'ok' end,
  size.rows,
  case when t.name = 'public.writeback_ledger' then (select l.at from public.writeback_ledger as l order by l.ledger_id limit 1) end,
  jsonb_build_object('bytes', size.bytes),
  case when t.is_month_missing then 'Let the job convene-ledger-retention run, or: select private.extend_ledger();' end
from (
  select
    named.name,
    named.name = 'public.writeback_ledger' and not exists (
      select from private.ledger_months() as m
      where m.month = date_trunc('month', clock_timestamp() at time zone 'UTC')::date) as is_month_missing
  from (values
    ('public.meetings'), ('public.writeback_ledger'), ('public.attendee_responses'), ('public.notifications'), ('private.work'),
    ('cron.job_run_details'), ('net._http_response')
  ) as named (name)
) as t
cross join lateral (
  select sum(greatest(c.reltuples, 0))::bigint as rows, sum(pg_total_relation_size(c.oid)) as bytes
  from pg_class as c
  where c.oid = to_regclass(t.name) or c.oid in (select part.relid from pg_partition_tree(to_regclass(t.name)) as part)
) as size
where to_regclass(t.name) is not null;
$function$;

CREATE OR REPLACE FUNCTION private.health_of_wake_ups()
 RETURNS SETOF private.health_check
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return query
  select
    'vault', e.name, case when e.value is null then 'entry_missing' end, case when e.value is null then 'failing' else 'ok' end,
    null::bigint, null::timestamptz, '{}'::jsonb, e.what_to_do
  from private.vault_entries() as e;

  if to_regclass('net._http_response') is null or to_regclass('net.http_request_queue') is null then
    return query select
      'wake_ups', 'pg_net', 'extension_missing', 'failing', null::bigint, null::timestamptz, '{}'::jsonb,
      'create extension pg_net with schema extensions;';
    return;
  end if;
  return query execute $query$
    with posted as (
      select
        p.wakes,
        p.posted_at,
        q.id is not null as is_queued,
        case
          when r.id is null then null
          when r.timed_out then 'timeout'
          when r.status_code is null then 'unreachable'
          else r.status_code::text
        end as response,
        -- A function that answers about a meeting is there.
        case
          when r.timed_out then 'timeout'
          when r.status_code in (401, 403) then 'key_refused'
          when r.status_code = 404 and r.content not like '%"error":"%\_not\_found"%' then 'function_missing'
          when r.status_code >= 500 then 'function_failed'
          when r.id is not null and r.status_code is null then 'unreachable'
        end as problem
      from private.posted_wake_ups as p
      -- After a crash or a new installation of pg_net its ids begin again.
      left join net._http_response as r on r.id = p.request_id and r.created > p.posted_at - interval '1 minute'
      left join net.http_request_queue as q on q.id = p.request_id
      where p.posted_at > clock_timestamp() - interval '15 minutes'
    ), called as (
      select
        p.wakes,
        count(*) as calls,
        max(p.posted_at) as last_posted_at,
        (array_agg(p.problem order by p.posted_at desc) filter (where p.response is not null))[1] as last_problem,
        bool_or(p.is_queued and p.posted_at < clock_timestamp() - interval '1 minute') as is_stuck
      from posted as p
      group by p.wakes
    ), judged as (
      select
        c.*,
        case when c.is_stuck then 'pg_net_stopped' else c.last_problem end as reason,
        (
          select coalesce(jsonb_object_agg(n.response, n.calls), '{}')
          from (select p.response, count(*) as calls from posted as p where p.wakes = c.wakes and p.response is not null group by 1) as n
        ) as responses
      from called as c
    )
    select
      'wake_ups', j.wakes, j.reason,
      case when j.reason is null then 'ok' when j.reason in ('timeout', 'function_failed') then 'degraded' else 'failing' end,
      j.calls, j.last_posted_at, jsonb_build_object('responses', j.responses),
      case j.reason
        when 'pg_net_stopped' then 'Start the worker of pg_net again: select net.worker_restart();'
        when 'key_refused' then
          'select vault.update_secret(id, ''<the secret key named automations>'') from vault.secrets where name = ''convene_automations_key'';'
        when 'function_missing' then 'Deploy the function, and compare the Vault entry convene_functions_url with the address of the project.'
        when 'unreachable' then 'Compare the Vault entry convene_functions_url with the address of the project.'
        when 'function_failed' then 'Read the log of the function.'
        when 'timeout' then 'Read the log of the function; it took more than five seconds to answer.'
      end
    from judged as j
    order by j.wakes
  $query$;
end $function$;

CREATE OR REPLACE FUNCTION private.hides_details(p_seen jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select not p_seen ? 'organizer';
$function$;

CREATE OR REPLACE FUNCTION private.hold_again(p_meeting_ids text[], p_until timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
update private.slot_holds as h
set state = 'active', expires_at = p_until, created_at = clock_timestamp()
where h.meeting_id = any (p_meeting_ids)
  and h.state = 'ended'
  and not (h.is_given and exists (
    select from private.slot_holds as other
    where other.participant_email = h.participant_email and other.held && h.held and other.state in ('active', 'written')));
$function$;

CREATE OR REPLACE FUNCTION private.hold_changed_times(p_meeting public.meetings, p_people text[], p_occurrences jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_id constant text := p_meeting.meeting_id;
  v_all tstzrange[] := array(select private.apart(p_occurrences));
  v_added tstzrange[];
  v_own_email constant text := private.account_email(p_meeting.organizer_user_id);
  v_at_limit text[];
  v_is_held boolean := private.may_hold(p_meeting.organizer_user_id)
    and exists (select from private.work as w where w.kind = 'write' and w.subject_id = v_id);
begin
  perform private.lock_people(p_people || p_meeting.organizer_user_id::text);
  perform private.end_expired_holds(p_people);
  delete from private.slot_holds as h where h.meeting_id = v_id and h.held <> all (v_all);
  -- Of a time that stays, the search has said who can come.
  v_added := array(
    select t from unnest(v_all) as t
    where not exists (select from private.slot_holds as h where h.meeting_id = v_id and h.held = t));
  v_is_held := v_is_held
    and cardinality(v_all) + private.times_held(p_meeting.organizer_user_id, v_id) <= private.setting('holds_per_organizer');
  v_at_limit := private.people_at_limit(
    array(select e from unnest(p_people) as e where e is distinct from v_own_email), cardinality(v_all), v_id);

  insert into private.slot_holds (
    meeting_id, participant_email, organizer_user_id, held, slot, expires_at, by_consent, is_own, is_given)
  select
    v_id, person.email, p_meeting.organizer_user_id, t, tstzrange(p_meeting.starts_at, p_meeting.ends_at),
    clock_timestamp() + make_interval(mins => private.setting('hold_minutes')::integer),
    person.email = any (private.sharing_emails(p_people, p_meeting.organizer_user_id)),
    coalesce(person.email = v_own_email, false), true
  from unnest(v_added) as t
  cross join unnest(p_people) as person (email)
  where v_is_held and person.email <> all (v_at_limit)
    -- A transaction that deletes such a hold may wait for these people, so the constraint must not wait for it.
    and not exists (
      select from private.slot_holds as other
      where other.participant_email = person.email and other.held && t and other.state in ('active', 'written'))
  on conflict do nothing;

  -- What could not be reserved is reserved by the claim of the write, if it is free then; otherwise the write says so.
  insert into private.slot_holds (
    meeting_id, participant_email, organizer_user_id, held, slot, state, expires_at, by_consent, is_own, is_given)
  select
    v_id, person.email, p_meeting.organizer_user_id, t, tstzrange(p_meeting.starts_at, p_meeting.ends_at), 'ended', clock_timestamp(),
    person.email = any (private.sharing_emails(p_people, p_meeting.organizer_user_id)),
    coalesce(person.email = v_own_email, false), true
  from unnest(v_added) as t
  cross join unnest(p_people) as person (email)
  on conflict on constraint slot_holds_one_row_a_time do nothing;
end $function$;

CREATE OR REPLACE FUNCTION private.hold_first_free(p_meeting_id text, p_task_event_id uuid, p_organizer_user_id uuid, p_held text[], p_candidates jsonb, p_occurrences jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_held constant text[] := array_remove(p_held, private.unverified_email(p_organizer_user_id));
  v_index integer := -1;
  v_candidate jsonb;
  v_is_free boolean := false;
  v_may_hold constant boolean := private.may_hold(p_organizer_user_id);
  v_limit constant integer := private.setting('holds_per_organizer');
  v_times integer;
  v_own_email text := private.account_email(p_organizer_user_id);
  v_at_limit text[];
begin
  -- The organizer too: concurrent searches must not pass the limit together.
  perform private.lock_people(v_held || p_organizer_user_id::text);
  perform private.end_expired_holds(v_held);

  -- The first is nearly always free, so the others are not read.
  foreach v_candidate in array array(select c from jsonb_array_elements(p_candidates) as c) loop
    v_index := v_index + 1;
    v_is_free := not exists (
      select
      from private.promises_of(v_candidate, v_held, p_occurrences -> v_index) as p
      join private.slot_holds as h on h.participant_email = p.email and h.held && p.held
      where h.state in ('active', 'written') and (h.meeting_id, h.task_event_id) is distinct from (p_meeting_id, p_task_event_id)
    ) and not exists (
      -- While a connection is paused, its meetings hold nothing, and still keep out of each other's time.
      select
      from private.promises_of(v_candidate, v_held, p_occurrences -> v_index) as p
      join private.slot_holds as h on h.participant_email = p.email and h.held && p.held
      join private.work as w on w.kind = 'write' and w.subject_id = h.meeting_id
      where h.state = 'ended' and h.meeting_id is distinct from p_meeting_id and h.organizer_user_id = p_organizer_user_id
    );
    exit when v_is_free;
  end loop;
  if not v_is_free then
    return jsonb_build_object('decision', 'taken');
  end if;

  v_times := (select count(distinct p.held) from private.promises_of(v_candidate, v_held, p_occurrences -> v_index) as p);
  if v_may_hold and v_times > 0 and v_times + private.times_held(p_organizer_user_id, p_meeting_id) > v_limit then
    return jsonb_build_object('decision', 'too_many_holds', 'limit', v_limit);
  end if;
  v_at_limit := private.people_at_limit(array(select e from unnest(v_held) as e where e is distinct from v_own_email), v_times, p_meeting_id);

  delete from private.slot_holds as h where h.meeting_id = p_meeting_id or h.task_event_id = p_task_event_id;
  insert into private.slot_holds (meeting_id, task_event_id, participant_email, organizer_user_id, held, slot, expires_at, by_consent, is_own)
  select
    p_meeting_id, p_task_event_id, p.email, p_organizer_user_id, p.held,
    tstzrange((v_candidate ->> 'start_time')::timestamptz, (v_candidate ->> 'end_time')::timestamptz),
    clock_timestamp() + make_interval(mins => private.setting('hold_minutes')::integer),
    p.email = any (private.sharing_emails(v_held, p_organizer_user_id)),
    coalesce(p.email = v_own_email, false)
  from private.promises_of(v_candidate, v_held, p_occurrences -> v_index) as p
  -- Of a task nothing is held later.
  where p_task_event_id is null or v_may_hold and p.email <> all (v_at_limit)
  -- Occurrences of one series may overlap: 24 hours every day, on the day of a clock change.
  on conflict do nothing;
  update private.slot_holds as h
  set state = 'ended', expires_at = clock_timestamp()
  where h.meeting_id = p_meeting_id and (not v_may_hold or h.participant_email = any (v_at_limit));
  return jsonb_build_object('decision', 'settled', 'candidate', v_index);
end $function$;

CREATE OR REPLACE FUNCTION private.hold_for_task(p_event_id uuid, p_user_id uuid, p_slots jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if p_slots is null then
    -- A time that the caller gave takes the place of one that was found before.
    delete from private.slot_holds as h where h.task_event_id = p_event_id;
    return jsonb_build_object('decision', 'settled', 'wanted', jsonb_build_object());
  end if;
  return held.result || jsonb_build_object('wanted', p_slots -> 'choices' -> (held.result ->> 'candidate')::integer)
  from private.hold_first_free(
    null, p_event_id, p_user_id, array(select distinct lower(email) from jsonb_array_elements_text(p_slots -> 'held') as email),
    p_slots -> 'candidates', p_slots -> 'occurrences') as held (result);
end $function$;

CREATE OR REPLACE FUNCTION private.hold_for_writes(p_work private.work[])
 RETURNS private.work[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_until timestamptz;
  v_waiting text[];
  v_ready text[] := array[]::text[];
  v_taken text[] := array[]::text[];
  v_unknown text[] := array[]::text[];
  v_rechecked text[];
  v_named jsonb;
  v_work private.work;
begin
  if coalesce(cardinality(p_work), 0) = 0 then
    return p_work;
  end if;
  v_rechecked := private.request_rechecks(p_work);
  v_until := (select max(w.leased_until) from unnest(p_work) as w)
    + make_interval(mins => private.setting('written_hold_minutes')::integer);
  -- A claim soon after the search finds every hold long enough, and reads no more than this.
  v_waiting := array(
    select w.subject_id
    from unnest(p_work) with ordinality as w
    where w.subject_id <> all (v_rechecked)
      and exists (
        select from private.slot_holds as h
        where h.meeting_id = w.subject_id and (h.state = 'ended' or h.state = 'active' and h.expires_at < v_until))
      and w.owner_id in (select o.owner_id from (select distinct owner_id from unnest(p_work)) as o where private.may_hold(o.owner_id))
    order by w.ordinality);

  if cardinality(v_waiting) > 0 then
    v_ready := private.renew_holds(v_waiting, v_until);
    v_taken := private.unheld_meetings(v_ready);
    v_ready := private.first_of_overlapping(array(
      select i.id from unnest(v_waiting) with ordinality as i (id, place)
      where i.id = any (v_ready) and i.id <> all (v_taken) order by i.place));
    perform private.hold_again(v_ready, v_until);
    -- The event of a meeting whose outcome is unknown may exist: it is verified, and never searched again before that.
    v_unknown := array(
      select w.subject_id
      from unnest(p_work) as w
      left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id
      where w.subject_id = any (v_waiting) and w.subject_id <> all (v_ready)
        and (w.crashes > 0 or es.outcome_unknown_since is not null));
    for v_work in
      select w.* from unnest(p_work) as w
      where w.subject_id = any (v_waiting) and w.subject_id <> all (v_ready) and w.subject_id <> all (v_unknown)
    loop
      if v_work.subject_id = any (v_taken) then
        perform private.search_taken_time(v_work);
      else
        perform private.release_write(v_work);
      end if;
    end loop;
  end if;

  v_named := (
    select coalesce(jsonb_object_agg(t.meeting_id, jsonb_build_object('people', t.people, 'is_searched', false)), '{}')
    from private.named_times_taken(array(
      select w.subject_id
      from unnest(p_work) as w
      join public.meetings as m on m.meeting_id = w.subject_id
      left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id
      where m.cancelled_at is null
        and (
          m.google_event_id is null
          or greatest(
            (es.named_fields ->> 'time')::integer, (es.named_fields ->> 'recurrence')::integer, (es.named_fields ->> 'zone')::integer
          ) > m.written_version)
        and (
          not exists (select from private.slot_holds as h where h.meeting_id = w.subject_id and not h.is_given)
          or exists (select from private.slot_holds as h where h.meeting_id = w.subject_id and h.is_given and h.state = 'ended'))
    )) as t);
  if v_waiting = '{}' and v_rechecked = '{}' and v_named = '{}' and not exists (select from unnest(p_work) as w where w.time_taken is not null) then
    return p_work;
  end if;
  update private.work as w
  set time_taken = case
    when w.subject_id = any (v_unknown) then '{"people": [], "is_searched": true}'
    else v_named -> w.subject_id
  end
  from unnest(p_work) as p
  where w.kind = 'write' and w.subject_id = p.subject_id and w.lease_token = p.lease_token;
  return array(
    select w
    from unnest(p_work) with ordinality as p
    join private.work as w on w.kind = 'write' and w.subject_id = p.subject_id and w.lease_token = p.lease_token
    order by p.ordinality);
end $function$;

CREATE OR REPLACE FUNCTION private.hold_slot_again(p_meeting public.meetings)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids constant text[] := array[p_meeting.meeting_id];
  v_people text[] := array(
    select distinct h.participant_email from private.slot_holds as h where h.meeting_id = p_meeting.meeting_id and h.state = 'ended');
begin
  -- Before any row of a hold is locked: other transactions lock rows of holds after the people.
  perform private.lock_people(v_people);
  perform private.end_expired_holds(v_people);
  perform private.end_revoked_holds(v_ids);
  if private.unheld_meetings(v_ids) <> '{}'
    or not exists (select from private.slot_holds as h where h.meeting_id = p_meeting.meeting_id and not h.is_given)
      and exists (select from private.named_times_taken(v_ids))
  then
    return false;
  end if;
  if private.may_hold(p_meeting.organizer_user_id) then
    perform private.hold_again(v_ids, clock_timestamp() + make_interval(mins => private.setting('hold_minutes')::integer));
  end if;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION private.hours_problem(p_hours jsonb, p_path text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select case
  when jsonb_typeof(p_hours) <> 'object' then 'an object in ' || p_path
  when coalesce(p_hours ->> 'start' !~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', true) then 'a time of day in ' || p_path || '.start, e.g. 09:30'
  when coalesce(p_hours ->> 'end' !~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', true) then 'a time of day in ' || p_path || '.end, e.g. 09:30'
  when p_hours ->> 'start' >= p_hours ->> 'end' then 'an end after the start in ' || p_path || '.end'
end
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
    meeting_id, organizer_user_id, title, description, location, description_details, locale, participants, constraints, recurrence, weights,
    allow_concessions, auto_reschedule, on_conflict, conference, reminders, guests_can_modify, guests_can_invite_others, guests_can_see_other_guests,
    target_calendar_id
  )
  select
    p_meeting_id, coalesce(p_user_id, given.organizer_user_id), given.title, given.description, given.location,
    given.description_details, given.locale, given.participants, coalesce(given.constraints, '{}'), given.recurrence, given.weights,
    coalesce(given.allow_concessions, false), given.auto_reschedule, coalesce(given.on_conflict, 'warn'), coalesce(given.conference, 'meet'), given.reminders,
    coalesce(given.guests_can_modify, false), coalesce(given.guests_can_invite_others, true),
    coalesce(given.guests_can_see_other_guests, true), coalesce(given.target_calendar_id, 'primary')
  from jsonb_populate_record(null::public.meetings, p_meeting) as given
  on conflict (meeting_id) do nothing
  returning *
), leased as (
  -- Leased in the same statement: a row that is due without a lease would wake a worker.
  insert into private.work (kind, subject_id, owner_id, due_at, lease_token, leased_at, leased_until, request_id)
  select
    'search', i.meeting_id, i.organizer_user_id, clock_timestamp(), gen_random_uuid(), clock_timestamp(),
    clock_timestamp() + private.lease_length('search', p_lease_seconds), private.request_id()
  from inserted as i
)
select * from inserted;
$function$;

CREATE OR REPLACE FUNCTION private.insert_task_event(p_task public.tasks, p_wanted jsonb, p_slots jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_id constant uuid := gen_random_uuid();
  v_key constant uuid := gen_random_uuid();
  v_guests constant integer := private.invited_by_task(p_wanted);
  v_hold jsonb;
begin
  if v_guests > 0 and not private.spend(p_task.user_id, 'guests_invited_per_day', v_guests) then
    return private.search_refusal(p_task.user_id, 'guests_invited_per_day');
  end if;
  v_hold := private.hold_for_task(v_id, p_task.user_id, p_slots);
  if v_hold ->> 'decision' <> 'settled' then
    -- Rolls back what was spent: budgets are locked before people, so the holds cannot come first.
    raise exception using errcode = 'CV010', message = 'not_held';
  end if;
  insert into public.task_calendar_events (
    id, user_id, task_id, calendar_id, calendar_event_id, event_key, organizer_self, sync_status)
  values (
    v_id, p_task.user_id, p_task.id, coalesce(p_wanted ->> 'calendar_id', 'primary'),
    'convene' || replace(v_key::text, '-', '') || 'g1', v_key, null, 'pending');
  perform private.store_task_event_state(v_id::text, jsonb_build_object('wanted', p_wanted || (v_hold -> 'wanted')));
  return v_hold || jsonb_build_object('id', v_id);
exception
  when sqlstate 'CV010' then
    return v_hold;
end $function$;

CREATE OR REPLACE FUNCTION private.invited_by_task(p_wanted jsonb, p_before jsonb DEFAULT NULL::jsonb)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select count(*)::integer
from (
  select lower(a.value ->> 'email')
  from jsonb_array_elements(case jsonb_typeof(p_wanted -> 'assignees') when 'array' then p_wanted -> 'assignees' else '[]' end) as a
  except
  select lower(a.value ->> 'email')
  from jsonb_array_elements(case jsonb_typeof(p_before -> 'assignees') when 'array' then p_before -> 'assignees' else '[]' end) as a
) as guest
$function$;

CREATE OR REPLACE FUNCTION private.is_adopted(p_table text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select exists (select from private.adopted_tables as a where a.table_name = p_table);
$function$;

CREATE OR REPLACE FUNCTION private.is_awaited(p_hold private.slot_holds)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select exists (
  select from private.slot_holds as h
  join private.work as w on w.kind = 'write' and w.subject_id = h.meeting_id
  where h.participant_email = p_hold.participant_email and h.state = 'ended' and h.held && p_hold.held and h.meeting_id is distinct from p_hold.meeting_id)
$function$;

CREATE OR REPLACE FUNCTION private.is_conflict_known(p_meeting public.meetings, p_email text, p_from timestamp with time zone, p_to timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select exists (
  select
  from private.moves as v
  cross join lateral jsonb_to_recordset(v.conflicts) as c (email text, is_certain boolean, busy jsonb)
  cross join lateral jsonb_to_recordset(c.busy) as b (start_time timestamptz, end_time timestamptz)
  where v.meeting_id = p_meeting.meeting_id and v.trigger = 'conflict' and v.decision = 'kept'
    and v.from_starts_at = p_meeting.starts_at and v.from_ends_at = p_meeting.ends_at
    and c.email = p_email and c.is_certain and b.start_time <= p_from and b.end_time >= p_to);
$function$;

CREATE OR REPLACE FUNCTION private.is_date(p_value text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN COALESCE(CASE WHEN ((p_value ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'::text) AND ("left"(p_value, 4) <> '0000'::text)) THEN (("right"(p_value, 2))::integer <= CASE WHEN (substr(p_value, 6, 2) = ANY (ARRAY['04'::text, '06'::text, '09'::text, '11'::text])) THEN 30 WHEN (substr(p_value, 6, 2) <> '02'::text) THEN 31 WHEN (((("left"(p_value, 4))::integer % 4) = 0) AND (((("left"(p_value, 4))::integer % 100) <> 0) OR ((("left"(p_value, 4))::integer % 400) = 0))) THEN 29 ELSE 28 END) ELSE NULL::boolean END, false);

CREATE OR REPLACE FUNCTION private.is_day(p_value text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN CASE WHEN private.is_date(p_value) THEN ((("left"(p_value, 4))::integer >= private."limit"('first_year'::text)) AND (("left"(p_value, 4))::integer <= private."limit"('last_year'::text))) ELSE false END;

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
RETURN COALESCE(CASE WHEN (length(p_value) <= private."limit"('email_characters'::text)) THEN (regexp_replace(p_value, '[^\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff<>()\[\]\\,;:@".]+'::text, 'a'::text, 'g'::text) ~ '^a(\.a)*@a(\.a)+$'::text) ELSE NULL::boolean END, false);

CREATE OR REPLACE FUNCTION private.is_grantee(p_sharing public.availability_sharing, p_organizer private.google_connections)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select (p_sharing.expires_at is null or p_sharing.expires_at > now())
  and case p_sharing.grantee_kind
    when 'everybody' then true
    when 'person' then p_organizer.email_verified and p_sharing.grantee = lower(p_organizer.email)
    else p_sharing.grantee = p_organizer.hosted_domain
  end;
$function$;

CREATE OR REPLACE FUNCTION private.is_group(p_item jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN COALESCE((jsonb_typeof((p_item -> 'any_of'::text)) = 'array'::text), false);

CREATE OR REPLACE FUNCTION private.is_home(p_seen jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select coalesce(p_seen ->> 'status' <> 'cancelled' and (p_seen #>> '{organizer,self}')::boolean, false);
$function$;

CREATE OR REPLACE FUNCTION private.is_in_years(p_value timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN ((p_value >= make_timestamptz(private."limit"('first_year'::text), 1, 1, 0, 0, (0)::double precision, 'UTC'::text)) AND (p_value < make_timestamptz((private."limit"('last_year'::text) + 1), 1, 1, 0, 0, (0)::double precision, 'UTC'::text)));

CREATE OR REPLACE FUNCTION private.is_instant(p_value text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN COALESCE(CASE WHEN ((length(p_value) <= 40) AND (p_value ~ '^.{10}[Tt](([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?|24:00(:00(\.0{1,3})?)?)([Zz]|[+-](0[0-9]|1[0-5]):[0-5][0-9])$'::text) AND private.is_day("left"(p_value, 10))) THEN private.is_in_years((regexp_replace(p_value, '\.[0-9]+'::text, ''::text))::timestamp with time zone) ELSE NULL::boolean END, false);

CREATE OR REPLACE FUNCTION private.is_locale(p_value text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN COALESCE((p_value ~* '^(de|en)(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?$'::text), false);

CREATE OR REPLACE FUNCTION private.is_older_event(p_seen jsonb, p_than jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  p_seen ->> 'id' is not distinct from coalesce(p_than ->> 'id', p_seen ->> 'id')
  and (coalesce((p_seen ->> 'sequence')::integer, 0), coalesce((p_seen ->> 'updated')::timestamptz, '-infinity'))
    < (coalesce((p_than ->> 'sequence')::integer, 0), coalesce((p_than ->> 'updated')::timestamptz, '-infinity')),
  false);
$function$;

CREATE OR REPLACE FUNCTION private.is_pending_field(p_meeting public.meetings, p_named jsonb, p_fields text[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select p_meeting.written_version < p_meeting.desired_version and (
  exists (
    select from jsonb_each(p_named) as n
    where n.key = any (p_fields) and jsonb_typeof(n.value) = 'number' and (n.value #>> '{}')::integer > p_meeting.written_version)
  -- The version names no field: then all of them.
  or not exists (
    select from jsonb_each(p_named) as n
    where jsonb_typeof(n.value) = 'number' and (n.value #>> '{}')::integer > p_meeting.written_version
      or n.key = 'guests' and exists (
        select from jsonb_each(case jsonb_typeof(n.value) when 'object' then n.value else '{}' end) as g
        where (g.value ->> 'version')::integer > p_meeting.written_version)));
$function$;

CREATE OR REPLACE FUNCTION private.is_required_conflict(p_conflicts jsonb, p_is_certain boolean)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select exists (
  select from jsonb_to_recordset(p_conflicts) as c (type text, is_certain boolean)
  where c.type <> 'optional' and (c.is_certain or not p_is_certain));
$function$;

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

CREATE OR REPLACE FUNCTION private.is_stamp(p_value text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN ((p_value ~ '^[0-9]{8}(T([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9]|60)Z?)?$'::text) AND private.is_date(concat_ws('-'::text, "left"(p_value, 4), substr(p_value, 5, 2), substr(p_value, 7, 2))));

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
  if length(p_value) > private.limit('timezone_characters') then
    return false;
  elsif p_value = any (string_to_array(
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

CREATE OR REPLACE FUNCTION private.item_email(p_item jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN lower(CASE jsonb_typeof(p_item) WHEN 'string'::text THEN (p_item #>> '{}'::text[]) WHEN 'object'::text THEN (p_item ->> 'email'::text) ELSE NULL::text END);

CREATE OR REPLACE FUNCTION private.json_size_problem(p_value jsonb, p_path text, p_bytes text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_build_object('path', p_path, 'limit', l.name)
from (
  select case
    when octet_length(p_value::text) > private.limit(p_bytes) then p_bytes
    when jsonb_path_exists(p_value, format(
      'strict $.**{%s to last} ? (@.type() == "array" || @.type() == "object")',
      private.limit('nesting_depth'))::jsonpath) then 'nesting_depth'
    when jsonb_path_exists(p_value, format(
      'strict $.** ? (@.type() == "array" && @.size() > %s)', private.limit('list_items'))::jsonpath) then 'list_items'
  end as name
) as l
where l.name is not null
$function$;

CREATE OR REPLACE FUNCTION private.keep_choices(p_participants jsonb, p_before jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when jsonb_typeof(p_participants) is distinct from 'array' or not jsonb_path_exists(p_participants, '$[*].any_of') then p_participants
  else (
    select jsonb_agg(
      case
        when private.is_group(entry.item) and not entry.item ? 'chosen' and kept.chosen is not null
        then entry.item || jsonb_build_object('chosen', kept.chosen)
        else entry.item
      end
      order by entry.place)
    from jsonb_array_elements(p_participants) with ordinality as entry (item, place)
    cross join lateral (
      select jsonb_agg(found.email order by found.place) as chosen
      from (
        select case jsonb_typeof(member.item) when 'object' then member.item ->> 'email' else member.item #>> '{}' end as email, member.place
        from jsonb_array_elements(case when private.is_group(entry.item) then entry.item -> 'any_of' else '[]' end)
          with ordinality as member (item, place)
        where private.item_email(member.item) in (select private.participant_emails(p_before))
        order by member.place
        limit private.group_count(entry.item)
      ) as found
    ) as kept)
end
$function$;

CREATE OR REPLACE FUNCTION private.keep_time(p_move private.moves, p_reason text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
update private.moves as v
set decision = 'kept', reason = p_reason, at = clock_timestamp()
where v.meeting_id = p_move.meeting_id and v.version = p_move.version;
$function$;

CREATE OR REPLACE FUNCTION private.kinds_that_fail()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select array['meet_link', 'notification', 'search', 'sync', 'task_event', 'write'] $function$;

CREATE OR REPLACE FUNCTION private.last_move_json(p_meeting_id text)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'trigger', v.trigger,
  'decision', case when v.decision = 'proposed' and v.expires_at <= clock_timestamp() then 'kept' else v.decision end,
  'reason', case when v.decision = 'proposed' and v.expires_at <= clock_timestamp() then 'expired' else v.reason end,
  'at', v.at,
  'from', jsonb_build_object('start_time', v.from_starts_at, 'end_time', v.from_ends_at),
  'to', case when v.to_starts_at is not null then jsonb_build_object('start_time', v.to_starts_at, 'end_time', v.to_ends_at) end,
  'alternatives', coalesce(v.alternatives, '[]'),
  'conflicts', coalesce(v.conflicts, '[]'),
  'expires_at', v.expires_at,
  'timezone', (select me.timezone from public.meetings as me where me.meeting_id = p_meeting_id),
  'moves', (select count(*) from private.moves as m where m.meeting_id = p_meeting_id and m.decision = 'moved'))
from private.moves as v
where v.meeting_id = p_meeting_id
order by v.at desc, v.version
limit 1;
$function$;

CREATE OR REPLACE FUNCTION private.last_moved_at(p_meeting_id text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select max(v.at) from private.moves as v where v.meeting_id = p_meeting_id and v.decision = 'moved';
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
  -- A read, a write, and two reads that follow a moved event.
  insert into private.work (kind, subject_id, owner_id, requests, due_at)
  values ('task_event', p_id, p_owner_id, 4, 'infinity')
  on conflict (kind, subject_id) do nothing;
  select * into v_work from private.lease_work('task_event', array[p_id], p_lease_seconds);
  perform private.store_task_event_state(p_id, jsonb_build_object(
    'google_account_id', coalesce(
      (select es.google_account_id from private.event_state as es where es.kind = 'task_event' and es.subject_id = p_id),
      (select c.google_account_id from private.google_connections as c where c.user_id = p_owner_id))));
  return v_work;
end $function$;

CREATE OR REPLACE FUNCTION private.lease_wait(p_operation text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'is_leased', true, 'operation', p_operation, 'wait_seconds', private.setting('lease_wait_seconds'));
$function$;

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
  spends = 0,
  request_id = private.request_id(),
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
    'participants', private.as_guests(m.participants),
    'constraints', case when pg_column_size(m.constraints) < 2000 then m.constraints else '{}' end,
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
    'time_taken', w.time_taken,
    'named_fields', coalesce(es.named_fields, '{}'),
    'written_fields', es.written_fields,
    'moved_from', (
      select jsonb_build_object('starts_at', v.from_starts_at, 'ends_at', v.from_ends_at)
      from private.moves as v
      where v.meeting_id = m.meeting_id and v.decision = 'moved' and v.accepted_starts_at is null
        and v.desired_version > m.written_version and v.desired_version = (es.named_fields ->> 'time')::integer),
    'deletion_sent', m.cancelled_at is not null and exists (
      select from public.writeback_ledger as l
      where l.meeting_id = m.meeting_id and l.step = 'requested' and l.request ->> 'method' = 'delete'
        and l.request ->> 'event_id' = m.google_event_id))
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
 SET search_path TO ''
AS $function$
select private.meeting_json(p_meeting) || jsonb_build_object(
  'lease_token', p_work.lease_token, 'attempts', p_work.attempts, 'max_attempts', private.setting('max_attempts'),
  'lease_seconds', extract(epoch from p_work.leased_until - p_work.leased_at),
  'named_fields', coalesce(es.named_fields, '{}'),
  'google_account_id', coalesce(es.google_account_id, w.google_account_id))
from (select 1) as one
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id
left join private.work as w on w.kind = 'write' and w.subject_id = p_meeting.meeting_id;
$function$;

CREATE OR REPLACE FUNCTION private.leased_sync_json(p_sync_id text, p_push boolean)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_calendar private.sync_calendars;
  v_connection private.google_connections;
  v_work private.work;
  v_channel_id text;
begin
  select * into strict v_calendar from private.sync_calendars as s where s.sync_id = p_sync_id for update;
  select * into v_connection from private.google_connections as c where c.user_id = v_calendar.user_id;
  select * into strict v_work from private.work as w where w.kind = 'sync' and w.subject_id = p_sync_id;
  if v_calendar.cursor is null and v_calendar.page_token is null then
    perform private.begin_full_read(v_calendar);
  end if;
  if p_push and coalesce(v_calendar.channel_retry_at <= clock_timestamp(), true) and not exists (
    select from private.channels as ch
    where ch.sync_id = p_sync_id
      -- Google may end channels sooner than asked: one that lives shorter than the overlap is replaced in its second half.
      and coalesce(
        ch.expires_at - least(
          make_interval(hours => private.setting('channel_overlap_hours')::integer), (ch.expires_at - ch.opened_at) / 2)
          > clock_timestamp(),
        -- Requested, and not answered yet.
        ch.opened_at > clock_timestamp() - interval '5 minutes'))
  then
    insert into private.channels (channel_id, sync_id) values (gen_random_uuid()::text, p_sync_id)
    returning channel_id into v_channel_id;
  end if;
  return jsonb_build_object(
    'sync_id', p_sync_id, 'lease_token', v_work.lease_token, 'calendar_id', v_calendar.calendar_id, 'cursor', v_calendar.cursor,
    'page_token', v_calendar.page_token, 'unverified', v_calendar.unverified, 'new_channel_id', v_channel_id,
    'connection', to_jsonb(v_connection));
end $function$;

CREATE OR REPLACE FUNCTION private.ledger_months()
 RETURNS TABLE(name text, month date)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select c.relname::text, to_date(right(c.relname, 7), 'YYYY_MM')
from pg_catalog.pg_inherits as i
join pg_catalog.pg_class as c on c.oid = i.inhrelid
where i.inhparent = to_regclass('public.writeback_ledger') and c.relname ~ '^writeback_ledger_\d{4}_\d{2}$'
order by 2;
$function$;

CREATE OR REPLACE FUNCTION private.limit_reached(p_user_id uuid, p_budget text)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'limit', p_budget,
  'allowed', floor(private.setting(p_budget)),
  'until', coalesce(ends.at, clock_timestamp() + b.period),
  'retry_after_seconds', ceil(extract(epoch from coalesce(ends.at - clock_timestamp(), b.period))))
from private.budgets as b
cross join lateral (select private.budget_ends(p_user_id, p_budget) as at) as ends
where b.budget = p_budget;
$function$;

CREATE OR REPLACE FUNCTION private.limits()
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN '{"ids": 1000, "busy": 5000, "tasks": 200, "values": 220000, "exdates": 366, "weekdays": 7, "attendees": 200, "last_year": 2200, "reminders": 5, "timezones": 64, "body_bytes": 262144, "candidates": 100, "first_year": 1970, "list_items": 5000, "open_hours": 50, "group_count": 100, "object_keys": 200, "occurrences": 60, "calendar_ids": 10, "participants": 200, "search_steps": 1250000, "group_members": 200, "holiday_dates": 366, "nesting_depth": 16, "page_meetings": 100, "target_events": 20, "busy_intervals": 40000, "key_characters": 200, "name_characters": 200, "searched_people": 400, "audited_meetings": 100, "email_characters": 254, "event_categories": 50, "recurrence_lines": 20, "title_characters": 1000, "answer_characters": 1250000, "cursor_characters": 2000, "domain_characters": 253, "string_characters": 100000, "participants_bytes": 9437184, "peak_meeting_hours": 24, "task_id_characters": 200, "category_characters": 100, "event_id_characters": 1024, "location_characters": 1000, "schedule_body_bytes": 8388608, "timezone_characters": 64, "meeting_id_characters": 200, "return_url_characters": 2048, "calendar_id_characters": 300, "description_characters": 8192, "search_text_characters": 200, "signing_secret_characters": 100, "target_address_characters": 2048, "recurrence_line_characters": 1000, "authorization_code_characters": 200, "task_recurrence_line_characters": 4000}'::jsonb;

CREATE OR REPLACE FUNCTION private.list_problem(p_list jsonb, p_shape jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_item jsonb;
  v_index integer := 0;
  v_problem jsonb;
begin
  if jsonb_array_length(p_list) > (p_shape ->> 'most')::integer then
    return private.problem(p_path, p_shape ->> 'too_many');
  end if;
  for v_item in select value from jsonb_array_elements(p_list) loop
    v_problem := private.shape_problem(v_item, p_shape -> 'each', format('%s[%s]', p_path, v_index));
    if v_problem is not null then
      return v_problem;
    end if;
    v_index := v_index + 1;
  end loop;
  return case when v_index < (p_shape ->> 'least')::integer then private.problem(p_path, p_shape ->> 'too_few') end;
end $function$;

CREATE OR REPLACE FUNCTION private.local_midnight(p_day date, p_timezone text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN CASE WHEN (((((p_day)::timestamp without time zone AT TIME ZONE p_timezone) - '01:00:00'::interval) AT TIME ZONE p_timezone) = (p_day)::timestamp without time zone) THEN (((p_day)::timestamp without time zone AT TIME ZONE p_timezone) - '01:00:00'::interval) ELSE ((p_day)::timestamp without time zone AT TIME ZONE p_timezone) END;

CREATE OR REPLACE FUNCTION private.lock_ledger()
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
 SET lock_timeout TO '1s'
AS $function$
begin
  lock table only public.writeback_ledger in access exclusive mode;
  return true;
exception when lock_not_available then
  return false;
end $function$;

CREATE OR REPLACE FUNCTION private.lock_people(p_emails text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_lock integer;
begin
  for v_lock in select l from private.people_locks(p_emails) as l loop
    -- The first number separates these locks from advisory locks of the application.
    perform pg_advisory_xact_lock(1668246898, v_lock);
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

CREATE OR REPLACE FUNCTION private.maintains_ledger()
 RETURNS boolean
 LANGUAGE sql
 SET search_path TO ''
AS $function$ select pg_try_advisory_xact_lock(1668246898, 1000) $function$;

CREATE OR REPLACE FUNCTION private.may_hold(p_organizer_user_id uuid)
 RETURNS boolean
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select exists (
  select from private.google_connections as c
  where c.user_id = p_organizer_user_id
    and c.status = 'healthy'
    and coalesce(private.paused_until(c, true), '-infinity') <= clock_timestamp()
);
$function$;

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
 SET search_path TO ''
AS $function$
select to_jsonb(p_meeting) || (select to_jsonb(s) from private.meeting_state(p_meeting) as s) || jsonb_build_object(
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
    from jsonb_array_elements(private.meeting_people(p_meeting.participants)) as p
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

CREATE OR REPLACE FUNCTION private.meeting_of_event(p_user_id uuid, p_event_id text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select m.meeting_id
-- The id of an occurrence is the id of its series and a stamp.
from (select regexp_replace(p_event_id, '_R?\d{8}(T\d{6}Z?)?$', '') as event_id) as series
join public.meetings as m
  on m.google_event_id = series.event_id
  or m.event_key = case when series.event_id ~ '^convene[0-9a-f]{32}g\d+$' then substr(series.event_id, 8, 32)::uuid end
where m.organizer_user_id = p_user_id
limit 1;
$function$;

CREATE OR REPLACE FUNCTION private.meeting_people(p_participants jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when jsonb_typeof(p_participants) is distinct from 'array' then '[]'
  when not jsonb_path_exists(p_participants, '$[*].any_of') then p_participants
  else (
    select coalesce(jsonb_agg(person.item order by entry.place, person.place), '[]')
    from jsonb_array_elements(p_participants) with ordinality as entry (item, place)
    cross join lateral (
      select entry.item, 0::bigint
      where not private.is_group(entry.item)
      union all
      select
        case jsonb_typeof(member.item) when 'object' then member.item else jsonb_build_object('email', member.item) end
          || jsonb_build_object('type', private.group_type(entry.item)),
        member.place
      from jsonb_array_elements(case when private.is_group(entry.item) then entry.item -> 'any_of' else '[]' end)
        with ordinality as member (item, place)
      where private.item_email(member.item) in (select private.chosen_emails(entry.item))
    ) as person (item, place))
end
$function$;

CREATE OR REPLACE FUNCTION private.meeting_problem(p_meeting public.meetings, p_before public.meetings DEFAULT NULL::public.meetings)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_column text;
  v_value jsonb;
  v_problem jsonb;
begin
  for v_column, v_value in
    select given.name, given.value
    from (values
      ('participants', p_meeting.participants, p_meeting.participants is distinct from p_before.participants),
      ('constraints', p_meeting.constraints, p_meeting.constraints is distinct from p_before.constraints),
      ('recurrence', to_jsonb(p_meeting.recurrence), p_meeting.recurrence is distinct from p_before.recurrence),
      ('weights', nullif(p_meeting.weights, 'null'), p_meeting.weights is distinct from p_before.weights),
      (
        'auto_reschedule', nullif(p_meeting.auto_reschedule, 'null'), p_meeting.auto_reschedule is distinct from p_before.auto_reschedule),
      ('on_conflict', to_jsonb(p_meeting.on_conflict), p_meeting.on_conflict is distinct from p_before.on_conflict),
      ('title', to_jsonb(p_meeting.title), p_meeting.title is distinct from p_before.title),
      ('description', to_jsonb(p_meeting.description), p_meeting.description is distinct from p_before.description),
      ('location', to_jsonb(p_meeting.location), p_meeting.location is distinct from p_before.location),
      (
        'description_details', to_jsonb(p_meeting.description_details),
        p_meeting.description_details is distinct from p_before.description_details),
      ('locale', to_jsonb(p_meeting.locale), p_meeting.locale is distinct from p_before.locale),
      ('conference', to_jsonb(p_meeting.conference), p_meeting.conference is distinct from p_before.conference),
      ('reminders', nullif(p_meeting.reminders, 'null'), p_meeting.reminders is distinct from p_before.reminders)
    ) as given (name, value, is_changed)
    where given.is_changed and given.value is not null
  loop
    v_problem := private.shape_problem(v_value, private.meeting_shapes() -> v_column, v_column);
    if v_problem is not null then
      return v_problem;
    end if;
  end loop;
  return case
    when p_meeting.meeting_id is distinct from p_before.meeting_id
      and length(p_meeting.meeting_id) not between 1 and private.limit('meeting_id_characters')
    then private.problem('meeting_id', format('Expected 1 to %s characters', private.limit('meeting_id_characters')))
    when p_meeting.target_calendar_id is distinct from p_before.target_calendar_id
      and (length(p_meeting.target_calendar_id) not between 1 and private.limit('calendar_id_characters')
        or p_meeting.target_calendar_id in ('.', '..'))
    then private.problem('target_calendar_id', 'Expected the id of a calendar, or primary')
    else coalesce(
      case when (p_meeting.starts_at, p_meeting.ends_at, p_meeting.timezone) is distinct from (p_before.starts_at, p_before.ends_at, p_before.timezone) then
        private.slot_problem(p_meeting)
      end,
      case when p_meeting.starts_at is not null
        and (p_meeting.participants, p_meeting.starts_at) is distinct from (p_before.participants, p_before.starts_at)
      then private.choice_problem(p_meeting.participants) end)
  end;
end $function$;

CREATE OR REPLACE FUNCTION private.meeting_shapes()
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN '{"title": {"most": 1000, "type": "text", "least": 0, "expected": "Expected at most 1000 characters", "optional": true}, "locale": {"type": "locale", "expected": "Expected a BCP 47 locale in English or German, e.g. en, en-GB or de", "optional": true}, "weights": {"type": "object", "names": ["availability", "preference", "conflict_proximity", "fragmentation", "optimization"], "whole": "weights", "fields": [{"most": 100, "name": "availability", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected points from 0 to 100"}, {"most": 100, "name": "preference", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected points from 0 to 100"}, {"most": 100, "name": "conflict_proximity", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected points from 0 to 100"}, {"most": 100, "name": "fragmentation", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected points from 0 to 100"}, {"most": 100, "name": "optimization", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected points from 0 to 100"}], "expected": "Expected an object", "optional": true, "expected_value": "Expected points that add up to 100"}, "location": {"most": 1000, "type": "text", "least": 0, "expected": "Expected at most 1000 characters", "optional": true}, "reminders": {"each": {"type": "object", "names": ["method", "minutes"], "fields": [{"name": "method", "type": "enum", "values": ["email", "popup"], "expected": "Expected email or popup"}, {"most": 40320, "name": "minutes", "type": "whole_number", "least": 0, "expected": "Expected whole minutes from 0 to 40320"}], "expected": "Expected an object"}, "most": 5, "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 5 reminders"}, "conference": {"type": "enum", "values": ["meet", "none"], "expected": "Expected meet or none", "optional": true}, "recurrence": {"each": {"type": "recurrence_line", "expected": "Expected text"}, "most": 20, "type": "array", "least": 1, "whole": "recurrence", "too_few": "Expected at least one line", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 20 lines", "expected_value": "Expected exactly one RRULE, e.g. RRULE:FREQ=WEEKLY;COUNT=10"}, "constraints": {"type": "object", "names": ["duration_minutes", "earliest_date", "latest_date", "working_hours_start", "working_hours_end", "allowed_days", "buffer_minutes", "timezone", "max_candidates", "holiday_dates", "event_category", "interval_minutes", "minimum_notice_minutes", "tentative_as_busy", "minimum_attendee_percentage", "on_unknown", "priority", "lunch", "recurrence_horizon"], "whole": "constraints", "fields": [{"most": 1440, "name": "duration_minutes", "type": "whole_number", "least": 5, "expected": "Expected whole minutes from 5 to 1440", "optional": true}, {"name": "earliest_date", "type": "day_or_instant", "expected": "Expected text", "optional": true, "expected_value": "Expected a date (2030-01-07) or a date-time with an offset (2030-01-07T09:00:00+01:00), from 1970 to 2200"}, {"name": "latest_date", "type": "day_or_instant", "expected": "Expected text", "optional": true, "expected_value": "Expected a date (2030-01-07) or a date-time with an offset (2030-01-07T09:00:00+01:00), from 1970 to 2200"}, {"most": 24, "name": "working_hours_start", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"most": 24, "name": "working_hours_end", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"each": {"type": "weekday", "expected": "Expected a weekday, e.g. monday"}, "most": 7, "name": "allowed_days", "type": "array", "least": 1, "too_few": "Expected at least one weekday", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 7 weekdays"}, {"most": 480, "name": "buffer_minutes", "type": "whole_number", "least": 0, "expected": "Expected whole minutes from 0 to 480", "optional": true}, {"name": "timezone", "type": "timezone", "expected": "Expected an IANA time zone, e.g. Europe/Paris", "optional": true}, {"most": 100, "name": "max_candidates", "type": "whole_number", "least": 1, "expected": "Expected a whole number from 1 to 100", "optional": true}, {"most": 366, "name": "holiday_dates", "type": "days", "expected": "Expected a list of dates", "optional": true, "expected_item": "Expected a date, e.g. 2030-01-07, from 1970 to 2200"}, {"most": 100, "name": "event_category", "type": "text", "least": 0, "expected": "Expected at most 100 characters", "optional": true}, {"most": 240, "name": "interval_minutes", "type": "whole_number", "least": 5, "whole": "divides_day", "expected": "Expected whole minutes from 5 to 240", "optional": true}, {"most": 525600, "name": "minimum_notice_minutes", "type": "whole_number", "least": 0, "expected": "Expected whole minutes from 0 to 525600", "optional": true}, {"name": "tentative_as_busy", "type": "boolean", "expected": "Expected true or false", "optional": true}, {"most": 100, "name": "minimum_attendee_percentage", "type": "number", "least": 0, "expected": "Expected a percentage from 0 to 100", "optional": true}, {"name": "on_unknown", "type": "enum", "values": ["refuse", "ignore_optional", "ignore"], "expected": "Expected refuse, ignore_optional or ignore", "optional": true}, {"name": "priority", "type": "enum", "values": ["balanced", "soonest", "comfort", "focus"], "expected": "Expected balanced, soonest, comfort or focus", "optional": true}, {"name": "lunch", "type": "object", "names": ["start", "end"], "whole": "hours", "fields": [{"name": "start", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}, {"name": "end", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}], "expected": "Expected an object", "nullable": true, "optional": true, "expected_value": "Expected an end after the start"}, {"most": 60, "name": "recurrence_horizon", "type": "whole_number", "least": 1, "expected": "Expected a whole number of occurrences from 1 to 60", "optional": true}], "expected": "Expected an object", "optional": true}, "description": {"type": "description", "expected": "Expected a text", "optional": true, "expected_value": "Expected at most 8192 characters, with & counting as 5, < and > as 4, an emoji as 2"}, "on_conflict": {"type": "enum", "values": ["warn", "reschedule", "ignore"], "expected": "Expected warn, reschedule or ignore", "optional": true}, "participants": {"each": {"type": "entry", "group": {"type": "object", "names": ["any_of", "count", "name", "type", "chosen"], "whole": "group", "fields": [{"each": {"type": "participant", "object": {"type": "object", "names": ["email", "name", "type", "timezone", "calendar_ids", "open_hours", "buffer", "busy", "exdates", "lunch", "preferences", "calendar_summary", "is_required", "user_id"], "fields": [{"name": "email", "type": "email", "expected": "Expected an e-mail address"}, {"most": 200, "name": "name", "type": "text", "least": 0, "expected": "Expected at most 200 characters", "optional": true}, {"name": "type", "type": "enum", "values": ["required", "optional", "resource"], "expected": "Expected required, optional or resource", "optional": true}, {"name": "timezone", "type": "timezone", "expected": "Expected an IANA time zone, e.g. Europe/Paris", "optional": true}, {"each": {"most": 300, "type": "text", "least": 1, "expected": "Expected the id of a calendar"}, "most": 10, "name": "calendar_ids", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 10 calendars"}, {"each": {"type": "object", "names": ["days", "start", "end", "timezone"], "fields": [{"each": {"type": "weekday", "expected": "Expected a weekday, e.g. monday"}, "most": 7, "name": "days", "type": "array", "expected": "Expected a list", "too_many": "Expected at most 7 weekdays"}, {"name": "start", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}, {"name": "end", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}, {"name": "timezone", "type": "timezone", "expected": "Expected an IANA time zone, e.g. Europe/Paris", "optional": true}], "expected": "Expected an object"}, "most": 50, "name": "open_hours", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 50 open hours"}, {"name": "buffer", "type": "object", "names": ["before", "after"], "fields": [{"most": 1440, "name": "before", "type": "whole_number", "least": 0, "expected": "Expected whole minutes from 0 to 1440"}, {"most": 1440, "name": "after", "type": "whole_number", "least": 0, "expected": "Expected whole minutes from 0 to 1440"}], "expected": "Expected an object", "optional": true}, {"name": "busy", "type": "busy", "expected": "Expected a list of {start, end}", "optional": true}, {"most": 366, "name": "exdates", "type": "days", "expected": "Expected a list of dates", "optional": true, "expected_item": "Expected a date, e.g. 2030-01-07, from 1970 to 2200"}, {"name": "lunch", "type": "object", "names": ["start", "end"], "whole": "hours", "fields": [{"name": "start", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}, {"name": "end", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}], "expected": "Expected an object", "nullable": true, "optional": true, "expected_value": "Expected an end after the start"}, {"name": "preferences", "type": "object", "names": ["preferred_days", "preferred_hours_start", "preferred_hours_end", "avoid_back_to_back", "morning_person_score", "event_categories"], "fields": [{"each": {"type": "weekday", "expected": "Expected a weekday, e.g. monday"}, "most": 7, "name": "preferred_days", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 7 weekdays"}, {"most": 24, "name": "preferred_hours_start", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"most": 24, "name": "preferred_hours_end", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"name": "avoid_back_to_back", "type": "boolean", "expected": "Expected true or false", "optional": true}, {"most": 1, "name": "morning_person_score", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected a number from 0 to 1"}, {"key": {"most": 100, "type": "text", "least": 0, "expected": "Expected at most 100 characters"}, "each": {"type": "object", "names": ["preferred_days", "preferred_hours_start", "preferred_hours_end"], "fields": [{"each": {"type": "weekday", "expected": "Expected a weekday, e.g. monday"}, "most": 7, "name": "preferred_days", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 7 weekdays"}, {"most": 24, "name": "preferred_hours_start", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"most": 24, "name": "preferred_hours_end", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}], "expected": "Expected an object"}, "most": 50, "name": "event_categories", "type": "record", "expected": "Expected an object", "optional": true, "expected_value": "Expected at most 50 categories"}], "expected": "Expected an object", "optional": true}, {"name": "calendar_summary", "type": "object", "names": ["user_id", "timezone", "busy_slots", "preference_patterns", "weekly_meeting_count", "peak_meeting_hours", "data_compressed", "compression_period_days"], "fields": [{"most": 200, "name": "user_id", "type": "text", "least": 0, "expected": "Expected at most 200 characters", "optional": true}, {"name": "timezone", "type": "timezone", "expected": "Expected an IANA time zone, e.g. Europe/Paris", "optional": true}, {"name": "busy_slots", "type": "busy", "expected": "Expected a list of {start, end}", "optional": true}, {"name": "preference_patterns", "type": "object", "names": ["preferred_days", "preferred_hours_start", "preferred_hours_end", "avg_meeting_duration_minutes", "buffer_minutes", "avoids_back_to_back", "morning_person_score"], "fields": [{"each": {"type": "weekday", "expected": "Expected a weekday, e.g. monday"}, "most": 7, "name": "preferred_days", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 7 weekdays"}, {"most": 24, "name": "preferred_hours_start", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"most": 24, "name": "preferred_hours_end", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"name": "avg_meeting_duration_minutes", "type": "number", "expected": "Expected a number", "optional": true}, {"name": "buffer_minutes", "type": "number", "expected": "Expected a number", "optional": true}, {"name": "avoids_back_to_back", "type": "boolean", "expected": "Expected true or false", "optional": true}, {"most": 1, "name": "morning_person_score", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected a number from 0 to 1"}], "expected": "Expected an object", "optional": true}, {"name": "weekly_meeting_count", "type": "number", "expected": "Expected a number", "optional": true}, {"each": {"most": 24, "type": "number", "least": 0, "expected": "Expected a number", "expected_value": "Expected an hour from 0 to 24"}, "most": 24, "name": "peak_meeting_hours", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 24 hours"}, {"name": "data_compressed", "type": "boolean", "expected": "Expected true or false", "optional": true}, {"name": "compression_period_days", "type": "number", "expected": "Expected a number", "optional": true}], "expected": "Expected an object", "optional": true}, {"name": "is_required", "type": "boolean", "expected": "Expected true or false", "optional": true}, {"most": 200, "name": "user_id", "type": "text", "least": 0, "expected": "Expected at most 200 characters", "optional": true}], "expected": "Expected an object"}, "expected": "Expected an e-mail address or {email, name, ...}"}, "most": 200, "name": "any_of", "type": "array", "least": 1, "too_few": "Expected at least one member", "expected": "Expected a list", "too_many": "Expected at most 200 members"}, {"most": 100, "name": "count", "type": "whole_number", "least": 1, "expected": "Expected a whole number from 1 to 100", "optional": true}, {"most": 200, "name": "name", "type": "text", "least": 0, "expected": "Expected at most 200 characters", "optional": true}, {"name": "type", "type": "enum", "values": ["required", "optional", "resource"], "expected": "Expected required, optional or resource", "optional": true}, {"each": {"type": "email", "expected": "Expected an e-mail address"}, "most": 100, "name": "chosen", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 100 members"}], "expected": "Expected an object"}, "person": {"type": "participant", "object": {"type": "object", "names": ["email", "name", "type", "timezone", "calendar_ids", "open_hours", "buffer", "busy", "exdates", "lunch", "preferences", "calendar_summary", "is_required", "user_id"], "fields": [{"name": "email", "type": "email", "expected": "Expected an e-mail address"}, {"most": 200, "name": "name", "type": "text", "least": 0, "expected": "Expected at most 200 characters", "optional": true}, {"name": "type", "type": "enum", "values": ["required", "optional", "resource"], "expected": "Expected required, optional or resource", "optional": true}, {"name": "timezone", "type": "timezone", "expected": "Expected an IANA time zone, e.g. Europe/Paris", "optional": true}, {"each": {"most": 300, "type": "text", "least": 1, "expected": "Expected the id of a calendar"}, "most": 10, "name": "calendar_ids", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 10 calendars"}, {"each": {"type": "object", "names": ["days", "start", "end", "timezone"], "fields": [{"each": {"type": "weekday", "expected": "Expected a weekday, e.g. monday"}, "most": 7, "name": "days", "type": "array", "expected": "Expected a list", "too_many": "Expected at most 7 weekdays"}, {"name": "start", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}, {"name": "end", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}, {"name": "timezone", "type": "timezone", "expected": "Expected an IANA time zone, e.g. Europe/Paris", "optional": true}], "expected": "Expected an object"}, "most": 50, "name": "open_hours", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 50 open hours"}, {"name": "buffer", "type": "object", "names": ["before", "after"], "fields": [{"most": 1440, "name": "before", "type": "whole_number", "least": 0, "expected": "Expected whole minutes from 0 to 1440"}, {"most": 1440, "name": "after", "type": "whole_number", "least": 0, "expected": "Expected whole minutes from 0 to 1440"}], "expected": "Expected an object", "optional": true}, {"name": "busy", "type": "busy", "expected": "Expected a list of {start, end}", "optional": true}, {"most": 366, "name": "exdates", "type": "days", "expected": "Expected a list of dates", "optional": true, "expected_item": "Expected a date, e.g. 2030-01-07, from 1970 to 2200"}, {"name": "lunch", "type": "object", "names": ["start", "end"], "whole": "hours", "fields": [{"name": "start", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}, {"name": "end", "type": "time_of_day", "expected": "Expected a time of day, e.g. 09:30"}], "expected": "Expected an object", "nullable": true, "optional": true, "expected_value": "Expected an end after the start"}, {"name": "preferences", "type": "object", "names": ["preferred_days", "preferred_hours_start", "preferred_hours_end", "avoid_back_to_back", "morning_person_score", "event_categories"], "fields": [{"each": {"type": "weekday", "expected": "Expected a weekday, e.g. monday"}, "most": 7, "name": "preferred_days", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 7 weekdays"}, {"most": 24, "name": "preferred_hours_start", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"most": 24, "name": "preferred_hours_end", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"name": "avoid_back_to_back", "type": "boolean", "expected": "Expected true or false", "optional": true}, {"most": 1, "name": "morning_person_score", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected a number from 0 to 1"}, {"key": {"most": 100, "type": "text", "least": 0, "expected": "Expected at most 100 characters"}, "each": {"type": "object", "names": ["preferred_days", "preferred_hours_start", "preferred_hours_end"], "fields": [{"each": {"type": "weekday", "expected": "Expected a weekday, e.g. monday"}, "most": 7, "name": "preferred_days", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 7 weekdays"}, {"most": 24, "name": "preferred_hours_start", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"most": 24, "name": "preferred_hours_end", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}], "expected": "Expected an object"}, "most": 50, "name": "event_categories", "type": "record", "expected": "Expected an object", "optional": true, "expected_value": "Expected at most 50 categories"}], "expected": "Expected an object", "optional": true}, {"name": "calendar_summary", "type": "object", "names": ["user_id", "timezone", "busy_slots", "preference_patterns", "weekly_meeting_count", "peak_meeting_hours", "data_compressed", "compression_period_days"], "fields": [{"most": 200, "name": "user_id", "type": "text", "least": 0, "expected": "Expected at most 200 characters", "optional": true}, {"name": "timezone", "type": "timezone", "expected": "Expected an IANA time zone, e.g. Europe/Paris", "optional": true}, {"name": "busy_slots", "type": "busy", "expected": "Expected a list of {start, end}", "optional": true}, {"name": "preference_patterns", "type": "object", "names": ["preferred_days", "preferred_hours_start", "preferred_hours_end", "avg_meeting_duration_minutes", "buffer_minutes", "avoids_back_to_back", "morning_person_score"], "fields": [{"each": {"type": "weekday", "expected": "Expected a weekday, e.g. monday"}, "most": 7, "name": "preferred_days", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 7 weekdays"}, {"most": 24, "name": "preferred_hours_start", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"most": 24, "name": "preferred_hours_end", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected an hour from 0 to 24"}, {"name": "avg_meeting_duration_minutes", "type": "number", "expected": "Expected a number", "optional": true}, {"name": "buffer_minutes", "type": "number", "expected": "Expected a number", "optional": true}, {"name": "avoids_back_to_back", "type": "boolean", "expected": "Expected true or false", "optional": true}, {"most": 1, "name": "morning_person_score", "type": "number", "least": 0, "expected": "Expected a number", "optional": true, "expected_value": "Expected a number from 0 to 1"}], "expected": "Expected an object", "optional": true}, {"name": "weekly_meeting_count", "type": "number", "expected": "Expected a number", "optional": true}, {"each": {"most": 24, "type": "number", "least": 0, "expected": "Expected a number", "expected_value": "Expected an hour from 0 to 24"}, "most": 24, "name": "peak_meeting_hours", "type": "array", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 24 hours"}, {"name": "data_compressed", "type": "boolean", "expected": "Expected true or false", "optional": true}, {"name": "compression_period_days", "type": "number", "expected": "Expected a number", "optional": true}], "expected": "Expected an object", "optional": true}, {"name": "is_required", "type": "boolean", "expected": "Expected true or false", "optional": true}, {"most": 200, "name": "user_id", "type": "text", "least": 0, "expected": "Expected at most 200 characters", "optional": true}], "expected": "Expected an object"}, "expected": "Expected an e-mail address or {email, name, ...}"}, "expected": "Expected an e-mail address or {email, name, ...}"}, "most": 200, "type": "array", "least": 1, "whole": "participants", "too_few": "Expected at least one participant", "expected": "Expected a list", "optional": true, "too_many": "Expected at most 200 participants", "expected_value": "Expected at most 40000 busy intervals of all participants together"}, "auto_reschedule": {"type": "auto_reschedule", "expected": "Expected false or an object with on", "nullable": true, "optional": true}, "description_details": {"type": "enum", "values": ["summary", "none", "full"], "expected": "Expected summary, none or full", "optional": true}}'::jsonb;

CREATE OR REPLACE FUNCTION private.meeting_state(p_meeting public.meetings, OUT state text, OUT stage text, OUT reason text, OUT until timestamp with time zone)
 RETURNS record
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
with queue as (
  select
    w.kind,
    w.attempts,
    case when w.lease_token is null then private.work_limit(w) end as budget,
    -- A paused connection postpones the work without changing its row.
    case when t.at > clock_timestamp() and coalesce(w.leased_until <= clock_timestamp(), true) then t.at end as earliest_at,
    t.paused_until > greatest(w.due_at, clock_timestamp()) as is_paused,
    case when coalesce(w.leased_until <= clock_timestamp(), true) then private.pause_end(w.kind, w.owner_id) end as pause_end
  from private.work as w
  left join private.google_connections as c on c.user_id = w.owner_id
  cross join lateral (
    select
      greatest(c.paused_until, case when w.kind = 'write' then c.writes_paused_until end) as paused_until,
      greatest(w.due_at, c.paused_until, case when w.kind = 'write' then c.writes_paused_until end) as at
  ) as t
  where w.kind in ('search', 'write')
    and w.subject_id = p_meeting.meeting_id
    and w.owner_id is not distinct from p_meeting.organizer_user_id
    and w.due_at < 'infinity'
    -- A user could call the function with a made-up row.
    and (auth.uid() is null or w.owner_id = auth.uid())
),
due as (
  select
    s.kind is not null as is_search_due,
    s.attempts as search_attempts,
    s.earliest_at as search_at,
    s.is_paused as is_search_paused,
    s.budget as search_budget,
    s.pause_end as search_pause_end,
    w.kind is not null as is_write_due,
    w.attempts as write_attempts,
    w.earliest_at as write_at,
    w.is_paused as is_write_paused,
    w.budget as write_budget,
    w.pause_end as write_pause_end,
    nullif(split_part(p_meeting.writeback_error, ':', 1), '') as write_error,
    coalesce(substring(p_meeting.scheduling_details ->> 'reason' from '^[a-z_]+$'), p_meeting.scheduling_error) as search_error,
    p_meeting.cancelled_at is not null as is_cancelled,
    p_meeting.cancelled_in_google_at is not null as is_cancelled_in_google,
    p_meeting.google_event_id is not null as has_event
  from (select) as one
  left join queue as s on s.kind = 'search'
  left join queue as w on w.kind = 'write'
),
decided as (
  select
    d.*,
    case
      when d.is_cancelled and d.is_write_due then 'cancelling'
      when d.is_cancelled and d.write_error is not null then 'failed'
      when d.is_cancelled then 'cancelled'
      when d.is_search_due then case
        when d.search_attempts > 0 then 'retrying'
        when d.search_pause_end is not null or d.search_budget is not null or d.search_at is not null then 'waiting'
        else 'searching'
      end
      when d.is_write_due and d.has_event then 'changing'
      when d.is_write_due then case
        when d.write_attempts > 0 then 'retrying'
        when d.write_pause_end is not null or d.write_budget is not null or d.write_at is not null then 'waiting'
        else 'pending'
      end
      when d.has_event then case
        when d.write_error is not null then 'failed'
        when d.is_cancelled_in_google then 'cancelled'
        else 'created'
      end
      when 'failed' in (p_meeting.writeback_status, p_meeting.scheduling_status) then 'failed'
      else coalesce(p_meeting.writeback_status, 'pending')
    end as state,
    case
      when d.is_search_due and not d.is_cancelled then 'search'
      when d.is_write_due or d.write_error is not null then 'write'
      when p_meeting.writeback_status is null and not d.is_cancelled then 'search'
      when p_meeting.writeback_status is distinct from 'created' and not d.is_cancelled then 'write'
    end as stage
  from due as d
)
select
  d.state,
  d.stage,
  case
    when d.state = 'cancelled' and not d.is_cancelled then 'cancelled_in_google'
    when d.state in ('created', 'cancelled') then null
    when d.stage = 'search' then case
      when d.search_pause_end is not null then 'processing_paused'
      when d.is_search_paused then 'connection_paused'
      when d.search_budget is not null then 'limit_reached'
      else d.search_error
    end
    when d.write_pause_end is not null then 'processing_paused'
    when d.is_write_paused then 'connection_paused'
    when d.write_budget is not null then 'limit_reached'
    else d.write_error
  end,
  case d.stage
    -- A pause without an end has no time.
    when 'search' then greatest(nullif(d.search_pause_end, 'infinity'), d.search_at, (d.search_budget ->> 'until')::timestamptz)
    else greatest(nullif(d.write_pause_end, 'infinity'), d.write_at, (d.write_budget ->> 'until')::timestamptz)
  end
from decided as d;
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
declare
  v_meeting_ids text[];
begin
  if not exists (select from public.notification_targets as t where t.enabled) then
    return null;
  end if;
  select array_agg(n.meeting_id) into v_meeting_ids from new_meetings as n where n.scheduling_status = 'failed';
  if v_meeting_ids is not null then
    perform private.announce_meetings(v_meeting_ids, array_fill('failed'::text, array[cardinality(v_meeting_ids)]));
  end if;
  return null;
exception
  when others then
    raise log 'convene could not announce meetings: %', sqlerrm;
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
  -- A meeting has moved automatically once its event has the new time.
  perform private.announce_seen(n, 'rescheduled', v.version, jsonb_build_object('moved_from', jsonb_build_object(
    'start_time', v.from_starts_at, 'end_time', v.from_ends_at, 'timezone', n.timezone)))
  from new_meetings as n
  join old_meetings as o on o.meeting_id = n.meeting_id
  join private.moves as v on v.meeting_id = n.meeting_id and v.decision = 'moved' and v.desired_version <= n.written_version
  where n.written_version > o.written_version and v.desired_version > o.written_version and n.cancelled_at is null;
  return null;
exception
  when others then
    raise log 'convene could not announce meetings: %', sqlerrm;
    return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_check_id()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if auth.uid() is not null and exists (
    select from public.meetings as m
    where m.meeting_id = new.meeting_id and m.organizer_user_id is distinct from new.organizer_user_id)
  then
    raise exception 'meeting_id_taken: Another user has a meeting with this meeting_id.'
      using errcode = '23505', hint = 'Choose another meeting_id, or leave it out: the database then chooses one.';
  end if;
  return new;
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

CREATE OR REPLACE FUNCTION private.meetings_check_size()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_problem jsonb;
begin
  if tg_op = 'INSERT' or new.participants is distinct from old.participants then
    v_problem := private.json_size_problem(jsonb_build_array(new.participants), 'participants', 'participants_bytes');
  end if;
  if v_problem is null then
    -- Each column is as deep as in a request: inside one object.
    v_problem := private.json_size_problem(
      jsonb_build_array(
        new.title, new.description, new.location, new.constraints, new.recurrence, new.weights, new.reminders, new.auto_reschedule, new.timezone,
        new.target_calendar_id),
      'body', 'body_bytes');
  end if;
  if octet_length(new.meeting_id) > 4 * private.limit('meeting_id_characters') then
    v_problem := jsonb_build_object('path', 'meeting_id', 'limit', 'meeting_id_characters');
  end if;
  if v_problem is not null then
    perform private.refuse_size(v_problem);
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_check_values()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_problem jsonb;
  v_row integer;
begin
  if tg_op = 'INSERT' then
    v_row := coalesce(nullif(current_setting('convene.inserted_rows', true), '')::integer, 0) + 1;
    perform set_config('convene.inserted_rows', v_row::text, true);
    v_problem := private.meeting_problem(new);
  elsif current_setting('convene.is_storing', true) is distinct from 'true' then
    -- What Convene stores comes from Google, where people may do more than a request.
    v_problem := private.meeting_problem(new, old);
  end if;
  if v_problem is not null then
    perform private.refuse_value(
      v_problem, jsonb_strip_nulls(jsonb_build_object('meeting_id', new.meeting_id, 'row', v_row)));
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_close_moves()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if not exists (
    select from new_meetings as n
    join private.moves as v on v.meeting_id = n.meeting_id and v.decision in ('searching', 'proposed')
    where (n.starts_at, n.ends_at) is distinct from (v.from_starts_at, v.from_ends_at)
      or n.cancelled_at is not null or n.cancelled_in_google_at is not null)
  then
    return null;
  end if;
  with stale as materialized (
    select v.meeting_id, v.version, v.decision,
      n.cancelled_at is not null or n.cancelled_in_google_at is not null as is_cancelled
    from new_meetings as n
    join private.moves as v on v.meeting_id = n.meeting_id and v.decision in ('searching', 'proposed')
    where (n.starts_at, n.ends_at) is distinct from (v.from_starts_at, v.from_ends_at)
      or n.cancelled_at is not null or n.cancelled_in_google_at is not null
    order by v.meeting_id, v.version
    for update of v
  ), closed as (
    update private.moves as v
    set decision = 'kept', reason = case when s.is_cancelled then 'cancelled' else 'time_changed' end, at = clock_timestamp()
    from stale as s
    where v.meeting_id = s.meeting_id and v.version = s.version
  )
  -- Without its move the search would look for any time of a meeting that has one.
  delete from private.work as w
  using stale as s
  where s.decision = 'searching' and w.kind = 'search' and w.subject_id = s.meeting_id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_count_rows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform set_config('convene.inserted_rows', '0', true);
  return null;
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
  where w.kind in ('search', 'conflict_check', 'meet_link') and w.subject_id = new.meeting_id and coalesce(w.leased_until <= clock_timestamp(), true);
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
  insert into private.work (kind, subject_id, owner_id, priority, requests, due_at, spends)
  select
    case when n.writeback_status = 'pending' then 'write' else 'search' end, n.meeting_id, n.organizer_user_id,
    0, 1, clock_timestamp(), case when n.writeback_status = 'pending' then private.guests_to_invite(n.meeting_id) else 0 end
  from new_meetings as n
  where n.writeback_status in ('pending', 'retrying')
    or n.writeback_status is null and n.starts_at is null and n.scheduling_status in ('pending', 'retrying')
  order by n.meeting_id
  on conflict (kind, subject_id) do nothing;
  -- One statement for all rows: each wakes a function.
  insert into private.work (kind, subject_id, owner_id, due_at, cause)
  select 'conflict_check', n.meeting_id, n.organizer_user_id, clock_timestamp(), 'named'
  from new_meetings as n
  where n.writeback_status = 'pending' and n.on_conflict <> 'ignore' and n.ends_at > clock_timestamp() and n.organizer_user_id is not null
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
      -- The write has stored that the calendar allows none.
      and coalesce(n.meet_link_error not like 'conference_refused:%', true)
      and (
        o.google_event_id is null
        -- A change has named the conference.
        or (es.named_fields ->> 'conference')::integer > o.written_version and n.written_version >= (es.named_fields ->> 'conference')::integer
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

CREATE OR REPLACE FUNCTION private.meetings_expect_sync()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.expect_sync((
    select coalesce(jsonb_agg(to_jsonb(calendars)), '[]')
    from (
      select distinct
        n.organizer_user_id as user_id, coalesce(es.google_account_id, c.google_account_id) as google_account_id, n.google_calendar_id as calendar_id
      from new_rows as n
      left join private.event_state as es on es.kind = 'meeting' and es.subject_id = n.meeting_id
      left join private.google_connections as c on c.user_id = n.organizer_user_id
      where n.google_event_id is not null and n.cancelled_at is null
    ) as calendars));
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
    delete from private.work as w where w.kind in ('search', 'conflict_check', 'write', 'meet_link');
    delete from private.event_state as es where es.kind = 'meeting';
    return null;
  end if;
  delete from private.work as w
  using old_meetings as o
  where w.kind in ('search', 'conflict_check', 'write', 'meet_link') and w.subject_id = o.meeting_id;
  delete from private.event_state as es
  using old_meetings as o
  where es.kind = 'meeting' and es.subject_id = o.meeting_id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_keep_calendar()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if old.google_event_id is not null and new.target_calendar_id <> old.google_calendar_id then
    raise exception 'meeting % has its event on calendar %', old.meeting_id, old.google_calendar_id
      using errcode = '23503', hint = 'The calendar of an event cannot be changed here. Move the event on Google Calendar, or cancel the meeting and schedule a new one.';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_keep_choices()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  new.participants := private.keep_choices(new.participants, old.participants);
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
      case
        when n.participants is distinct from o.participants then
          array(select private.participant_emails(o.participants) except select private.participant_emails(n.participants))
        else '{}'
      end as removed,
      n.cancelled_at is not null as is_cancelled,
      coalesce(n.writeback_status = 'created' and n.written_version >= n.desired_version, false) as is_written,
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
        c.is_cancelled
        or (lower(h.slot), upper(h.slot)) is distinct from (c.starts_at, c.ends_at)
        -- A removed participant is free again immediately.
        or h.participant_email = any (c.removed)
      )
  )
  update private.slot_holds as h
  set
    -- A meeting that failed keeps its rows, so that a requeue can reserve the same time of the same people. A written
    -- event may be one of an earlier attempt, which was adopted while the time was not reserved.
    state = case when c.is_written and h.state = 'ended' then 'past' when c.is_written then 'written' else 'ended' end,
    -- A search in progress may have read the calendar before the event was written.
    expires_at = clock_timestamp() + case
      when c.is_written then make_interval(mins => private.setting('written_hold_minutes')::integer)
      else interval '0'
    end
  from changed as c
  where h.meeting_id = c.meeting_id
    and (h.state = 'active' or h.state = 'ended' and c.is_written)
    and not c.is_due
    and not c.is_cancelled
    and (lower(h.slot), upper(h.slot)) is not distinct from (c.starts_at, c.ends_at)
    and h.participant_email <> all (c.removed);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_name_fields()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- Convene's own updates name their fields themselves, or bring what people changed on Google.
  if current_setting('convene.is_storing', true) = 'true' then
    return null;
  end if;
  insert into private.event_state as es (kind, subject_id, named_fields)
  select 'meeting', c.meeting_id, private.with_named_fields(coalesce(known.named_fields, '{}'), c.fields, c.guests, c.version, c.written_version)
  from (
    select
      n.meeting_id, n.written_version, greatest(n.desired_version, o.desired_version + 1) as version,
      private.fields_that_differ(o, n) as fields,
      case when n.participants is distinct from o.participants then private.guest_changes(o.participants, n.participants) end as guests
    from new_meetings as n
    join old_meetings as o on o.meeting_id = n.meeting_id
    -- Without a slot nothing is written, and an insert writes every field.
    where o.starts_at is not null
  ) as c
  left join private.event_state as known on known.kind = 'meeting' and known.subject_id = c.meeting_id
  where c.fields <> '{}' or c.guests is not null
  order by c.meeting_id
  on conflict (kind, subject_id) do update
  set named_fields = excluded.named_fields;
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

CREATE OR REPLACE FUNCTION private.meetings_of_one_claim(p_meeting_ids text[])
 RETURNS text[]
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select array(
  select c.id
  from (
    select u.id, u.place, min(u.place) filter (where private.are_large(m.participants)) over () as first_large
    from unnest(p_meeting_ids) with ordinality as u (id, place)
    left join public.meetings as m on m.meeting_id = u.id
  ) as c
  where c.place = 1 or c.first_large is null or c.place < c.first_large
  order by c.place);
$function$;

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
    raise exception 'meeting % has an event on Google Calendar, or may have one; cancel it first', old.meeting_id
      -- PostgREST answers 409 to this code, 500 to the codes of class 55.
      using errcode = '23503', hint = 'DELETE meetings or public.cancel_meeting cancels it; delete the row once nothing is due.';
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
  if new.writeback_status = 'pending' and new.on_conflict <> 'ignore' and (new.starts_at, new.ends_at) is distinct from (old.starts_at, old.ends_at) then
    perform private.request_check(new.meeting_id, new.organizer_user_id, 'named');
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.meetings_shared_at(p_calendar private.sync_calendars, p_events jsonb)
 RETURNS text[]
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select private.meetings_shared_with(p_calendar.user_id, private.owner_email(p_calendar), min(e.starts_at), max(e.ends_at))
from private.event_spans(p_events) as e
-- Events of other calendars take no time of their owner's.
having p_calendar.calendar_id = 'primary' and count(*) > 0;
$function$;

CREATE OR REPLACE FUNCTION private.meetings_shared_with(p_user_id uuid, p_email text, p_from timestamp with time zone, p_to timestamp with time zone)
 RETURNS text[]
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select array(
  select m.meeting_id
  from private.sharing_organizers(p_user_id) as o (user_id)
  join public.meetings as m
    on m.organizer_user_id = o.user_id and m.google_event_id is not null and m.cancelled_at is null
    and m.ends_at > greatest(clock_timestamp(), p_from) and m.starts_at < p_to
  where p_email = any (private.participants_of_type(m.participants, array['required']))
    and exists (select from private.sharing_users(array[p_email], m.organizer_user_id) as s where s.user_id = p_user_id));
$function$;

CREATE OR REPLACE FUNCTION private.meetings_take_in()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_problem jsonb;
begin
  -- Google keeps whole seconds; a row with more would differ from its event as if people had moved it.
  new.starts_at := date_trunc('second', new.starts_at);
  new.ends_at := date_trunc('second', new.ends_at);
  if private.is_adopted('meetings') then
    v_problem := private.meeting_problem(new);
  end if;
  new.description_details := coalesce(new.description_details, private.text_setting('description_details'));
  new.locale := coalesce(new.locale, 'en');
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

CREATE OR REPLACE FUNCTION private.move_defaults()
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select jsonb '{"max_moves": 2, "freeze_hours": 20, "cooldown_minutes": 30, "approve": false, "window_days": 14}';
$function$;

CREATE OR REPLACE FUNCTION private.move_rules(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_given jsonb := nullif(p_meeting.auto_reschedule, 'null');
begin
  if v_given is null then
    select nullif(p.auto_reschedule, 'null') into v_given
    from public.scheduling_preferences as p where p.owner_user_id = p_meeting.organizer_user_id;
  end if;
  if v_given is null or v_given = 'false' then
    if p_meeting.on_conflict <> 'reschedule' then
      return null;
    end if;
    v_given := jsonb '{"on": "conflict"}';
  end if;
  return private.move_defaults()
    || jsonb_build_object('quorum', coalesce(nullif((
      select case when jsonb_typeof(c.value) = 'number' then c.value end
      from (select p_meeting.constraints -> 'minimum_attendee_percentage' as value) as c), '0'), '100'))
    || case jsonb_typeof(v_given) when 'object' then v_given else '{}' end
    || jsonb_build_object('is_valid', v_given ->> 'on' = 'conflict' or private.auto_reschedule_problem(v_given) is null);
end $function$;

CREATE OR REPLACE FUNCTION private.move_search_json(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_move private.moves;
  v_rules jsonb;
  v_length interval;
begin
  select * into v_move from private.moves as v where v.meeting_id = p_meeting.meeting_id and v.decision = 'searching';
  if not found then
    return null;
  end if;
  v_rules := private.move_rules(p_meeting);
  v_length := v_move.from_ends_at - v_move.from_starts_at;
  return jsonb_build_object(
    'reason', private.reason_to_stop(p_meeting, v_move, v_rules, clock_timestamp()),
    'starts_at', v_move.from_starts_at,
    'ends_at', v_move.from_ends_at,
    'accepted_starts_at', v_move.accepted_starts_at,
    'freeze_hours', v_rules -> 'freeze_hours',
    'window_days', v_rules -> 'window_days',
    'excluded', (
      -- A time that was declined once is never offered again, nor are its neighbours.
      select jsonb_agg(jsonb_build_object('start', d.starts_at - v_length, 'end', d.ends_at + v_length))
      from (
        select v.from_starts_at as starts_at, v.from_ends_at as ends_at
        from private.moves as v
        where v.meeting_id = p_meeting.meeting_id and v.decision in ('searching', 'moved')
      ) as d));
end $function$;

CREATE OR REPLACE FUNCTION private.move_trigger(p_meeting public.meetings, p_rules jsonb)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case p_rules ->> 'on'
  when 'required_declined' then
    case when d.declined && private.participants_of_type(p_meeting.participants, '{required,resource}') then 'required_declined' end
  when 'quorum_lost' then
    case when (cardinality(d.asked) - cardinality(d.lost)) * 100 < (p_rules ->> 'quorum')::numeric * cardinality(d.asked) then 'quorum_lost' end
end
from (
  select
    private.declined_people(p_meeting) as declined, asked.emails as asked,
    array(select unnest(asked.emails) intersect select unnest(private.declined_people(p_meeting))) as lost
  from (
    select array(
      select e from unnest(private.participants_of_type(p_meeting.participants, '{required}')) as e
      where e is distinct from lower(p_meeting.organizer_email) and e is distinct from private.account_email(p_meeting.organizer_user_id)
        -- People whom others removed from the event are not asked any more.
        and exists (
          select from jsonb_array_elements(case jsonb_typeof(p_meeting.attendees) when 'array' then p_meeting.attendees else '[]' end) as a
          where lower(a.value ->> 'email') = e)) as emails
  ) as asked
) as d;
$function$;

CREATE OR REPLACE FUNCTION private.name_fields(p_meeting public.meetings, p_fields text[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into private.event_state as es (kind, subject_id, named_fields)
values (
  'meeting', p_meeting.meeting_id,
  private.with_named_fields('{}', p_fields, null, p_meeting.desired_version + 1, p_meeting.written_version))
on conflict (kind, subject_id) do update
set named_fields = es.named_fields || excluded.named_fields;
$function$;

CREATE OR REPLACE FUNCTION private.named_kinds(p_kind text, p_kinds text[])
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  if p_kind is null then
    return p_kinds;
  elsif p_kind = any (p_kinds) then
    return array[p_kind];
  end if;
  raise exception 'p_kind is %', array_to_string(p_kinds, ' or ') using errcode = '22023';
end $function$;

CREATE OR REPLACE FUNCTION private.named_people(p_participants jsonb)
 RETURNS SETOF jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select named.item
from jsonb_array_elements(case when jsonb_typeof(p_participants) = 'array' then p_participants else '[]' end) as entry
cross join lateral (
  select entry where not private.is_group(entry)
  union all
  select member from jsonb_array_elements(case when private.is_group(entry) then entry -> 'any_of' else '[]' end) as member
) as named (item)
$function$;

CREATE OR REPLACE FUNCTION private.named_times_taken(p_meeting_ids text[])
 RETURNS TABLE(meeting_id text, people text[])
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select named.meeting_id, array_agg(distinct h.participant_email order by h.participant_email)
from (
  select m.meeting_id, m.organizer_user_id, person.email, tstzrange(m.starts_at, m.ends_at) as held
  from public.meetings as m
  join private.google_connections as c on c.user_id = m.organizer_user_id
  cross join lateral (
    select e from private.participant_emails(m.participants) as e
    union
    select lower(c.email)
  ) as person (email)
  where m.meeting_id = any (p_meeting_ids)
    and not exists (select from private.slot_holds as own where own.meeting_id = m.meeting_id and not own.is_given)
  union
  select own.meeting_id, own.organizer_user_id, own.participant_email, own.held
  from private.slot_holds as own
  where own.meeting_id = any (p_meeting_ids) and own.is_given and own.state = 'ended'
) as named
join private.slot_holds as h
  on h.participant_email = named.email
  and h.held && named.held
  and h.state in ('active', 'written')
  and h.expires_at > clock_timestamp()
  and h.meeting_id is distinct from named.meeting_id
-- Without a search no calendar was read, so only consent allows to say that a person has no time.
where h.participant_email = any (private.sharing_emails(array[h.participant_email], named.organizer_user_id))
group by named.meeting_id;
$function$;

CREATE OR REPLACE FUNCTION private.needs_verification(p_seen jsonb, p_organizer_email text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select p_seen ->> 'status' = 'cancelled'
  or p_seen #>> '{organizer,email}' is not null
    and not coalesce((p_seen #>> '{organizer,self}')::boolean, false)
    and lower(p_seen #>> '{organizer,email}') is distinct from lower(p_organizer_email);
$function$;

CREATE OR REPLACE FUNCTION private.new_meeting(p_user_id uuid, p_meeting jsonb)
 RETURNS public.meetings
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_populate_record(
  null::public.meetings,
  p_meeting || jsonb_build_object('organizer_user_id', coalesce(p_user_id::text, p_meeting ->> 'organizer_user_id')))
$function$;

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
      s.shown := coalesce(p_event -> 'event', '{}')
        || jsonb_strip_nulls(jsonb_build_object(
          'seen', p_event -> 'seen', 'written_fields', p_event -> 'written_fields', 'is_unacknowledged', p_event -> 'is_unacknowledged'));
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
          s.status := case when s.is_cancelled then s.status else 'pending' end;
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
      elsif v_is_idle or split_part(s.error, ':', 1) = 'slot_taken' then
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
      else
        s.work.spends := null;
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

    when 'restored' then
      s.error := left(p_event ->> 'error', 2000);
      s.retry_count := 0;
      if s.error is null then
        s := private.due_write(s, v_now, true);
      end if;

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
      if v_event_exists then
        -- The event keeps its time until the search has found another one, and longer if there is none.
        s.error := p_event ->> 'error';
        s.work := private.next_work(w, 'defer', 3 * private.setting('search_lease_seconds')::double precision);
        return s;
      end if;
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

CREATE OR REPLACE FUNCTION private.note_availability_reads(p_read jsonb, p_from timestamp with time zone, p_to timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
insert into public.availability_reads (owner_user_id, reader_email, window_start, window_end)
select o.id::uuid, coalesce(c.email, u.email), p_from, p_to
from jsonb_array_elements_text(p_read -> 'owner_user_ids') as o (id)
join auth.users as u on u.id = (p_read ->> 'organizer_user_id')::uuid
left join private.google_connections as c on c.user_id = u.id
where exists (select from auth.users as owner where owner.id = o.id::uuid)
order by o.id;
$function$;

CREATE OR REPLACE FUNCTION private.notification_room(p_organizer_user_id uuid, p_limit integer)
 RETURNS integer
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select p_limit - count(*)::integer
from (
  select
  from public.notifications as n
  join private.work as w on w.kind = 'notification' and w.subject_id = n.notification_id::text
  where n.organizer_user_id is not distinct from p_organizer_user_id
    and n.status in ('pending', 'retrying')
    and w.due_at <= clock_timestamp()
  limit p_limit
) as waiting;
$function$;

CREATE OR REPLACE FUNCTION private.notification_targets_check_limits()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_problem jsonb := coalesce(
    private.text_problem(new.address, 'address', 'target_address_characters'),
    private.text_problem(new.signing_secret, 'signing_secret', 'signing_secret_characters'),
    case
      when array_ndims(new.events) > 1 then jsonb_build_object('path', 'events', 'message', 'Expected a list of event types')
      when cardinality(new.events) > private.limit('target_events') then
        jsonb_build_object('path', 'events', 'message', format('Expected at most %s items', private.limit('target_events')))
    end);
begin
  if v_problem is not null then
    perform private.refuse_value(v_problem);
  end if;
  return new;
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
  -- A user's targets are one owner, so that more targets get no more turns; a target of all users is its own owner.
  select 'notification', n.notification_id::text, coalesce(n.owner_user_id, n.target_id), clock_timestamp()
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

CREATE OR REPLACE FUNCTION private.number_fits(p_value jsonb, p_least numeric, p_most numeric)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN ((((p_value #>> '{}'::text[]))::numeric >= COALESCE(p_least, '-179769313486231570000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)) AND (((p_value #>> '{}'::text[]))::numeric <= COALESCE(p_most, '179769313486231570000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)));

CREATE OR REPLACE FUNCTION private.open_hours_problem(p_open_hours jsonb)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_item jsonb;
  v_path text;
  v_index integer := 0;
  v_problem text;
begin
  if p_open_hours is null then
    return null;
  elsif jsonb_typeof(p_open_hours) <> 'array' or jsonb_array_length(p_open_hours) > 50 then
    return 'a list of at most 50 entries in open_hours';
  end if;
  for v_item in select value from jsonb_array_elements(p_open_hours) loop
    v_path := format('open_hours[%s]', v_index);
    v_index := v_index + 1;
    v_problem := private.hours_problem(v_item, v_path);
    if v_problem is not null then
      return v_problem;
    elsif jsonb_typeof(v_item -> 'days') is distinct from 'array'
      or jsonb_array_length(v_item -> 'days') not between 1 and 7
      or private.weekdays_problem(array(select jsonb_array_elements_text(v_item -> 'days')), v_path) is not null
    then
      return format('1 to 7 weekdays in %s.days, e.g. monday', v_path);
    elsif v_item ? 'timezone' and not coalesce(private.is_timezone(v_item ->> 'timezone'), false) then
      return format('an IANA time zone in %s.timezone, e.g. Europe/Paris', v_path);
    elsif exists (select from jsonb_object_keys(v_item) as key where key not in ('days', 'start', 'end', 'timezone')) then
      return format('only days, start, end and timezone in %s', v_path);
    end if;
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.open_move(p_meeting_id text, p_decision text)
 RETURNS private.moves
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select v from private.moves as v where v.meeting_id = p_meeting_id and v.decision = p_decision order by v.at desc limit 1 for update;
$function$;

CREATE OR REPLACE FUNCTION private.open_owners(p_kind text)
 RETURNS TABLE(owner_id uuid, account text, requests_left integer, budget_left integer, is_full boolean)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
declare
  v_rules private.work_kinds;
  v_quota constant integer := private.quota('google_requests_per_minute_per_user');
  v_allowed integer;
  v_period interval;
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  if v_rules.budget is not null then
    v_allowed := floor(private.setting(v_rules.budget));
    select b.period into strict v_period from private.budgets as b where b.budget = v_rules.budget;
  end if;
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
    case when v_rules.uses_google then v_quota - coalesce(s.requests, 0)::integer else 2147483647 end,
    case
      when v_rules.budget is null then 2147483647
      when b.user_id is null then v_allowed
      else greatest(0, v_allowed - b.spent)
    end,
    f.user_id is not null
  from waiting as o
  left join private.budget_spending as b
    on b.user_id = o.owner_id and b.budget = v_rules.budget and b.period_start + v_period > clock_timestamp()
  left join private.full_owners as f on f.user_id = o.owner_id
  left join private.google_connections as c on c.user_id = o.owner_id
  left join spent as s on s.account = coalesce(c.google_account_id, o.owner_id::text)
  where o.owner_id is not null
    and (
      not v_rules.uses_google
      or c.user_id is null and not v_rules.requires_connection
      or c.status = 'healthy' and coalesce(private.paused_until(c, v_rules.is_write), '-infinity') <= clock_timestamp()
    )
    and not exists (select from private.live_pauses as p where private.concerns(p, p_kind, o.owner_id))
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
      'may_read_events', own.level = 'habits',
      'profile', case when own.level = 'habits' then p.profile end,
      'profile_is_due',
      own.level = 'habits'
        and (p.learned_at is null or p.learned_at < now() - interval '1 day')
        and (p.reading_since is null or p.reading_since < now() - interval '10 minutes'))),
  '[]')
from (
  select distinct on (lower(c.email)) c.*, sharing.level
  from private.sharing_users(
    array(select private.item_email(named) from private.named_people(p_participants) as named), p_organizer_user_id
  ) as sharing
  join private.google_connections as c on c.user_id = sharing.user_id
  where c.status = 'healthy' and (c.paused_until is null or c.paused_until <= now())
  -- If two users have the same Google account, the organizer is used, otherwise the first.
  order by lower(c.email), c.user_id is distinct from p_organizer_user_id, c.connected_at, c.user_id
) as own
left join private.calendar_profiles as p
  on p.user_id = own.user_id and p.google_account_id = own.google_account_id;
$function$;

CREATE OR REPLACE FUNCTION private.own_email(p_user_id uuid)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
select private.account_email(p_user_id) where coalesce(auth.uid(), p_user_id) = p_user_id;
$function$;

CREATE OR REPLACE FUNCTION private.owner_email(p_calendar private.sync_calendars)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select lower(c.email)
from private.google_connections as c where c.user_id = p_calendar.user_id and c.google_account_id = p_calendar.google_account_id;
$function$;

CREATE OR REPLACE FUNCTION private.participant_emails(p_participants jsonb)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select private.item_email(item)
from jsonb_array_elements(private.meeting_people(p_participants)) as item
where jsonb_typeof(item) in ('string', 'object')
$function$;

CREATE OR REPLACE FUNCTION private.participants_of_type(p_participants jsonb, p_types text[])
 RETURNS text[]
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(array_agg(distinct private.item_email(item)), array[]::text[])
from jsonb_array_elements(private.meeting_people(p_participants)) as item
where coalesce(case jsonb_typeof(item) when 'object' then item ->> 'type' end, 'required') = any (p_types);
$function$;

CREATE OR REPLACE FUNCTION private.participants_problem(p_participants jsonb, p_too_busy text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  case when private.busy_intervals(p_participants) > private.limit('busy_intervals') then private.problem('participants', p_too_busy) end,
  private.groups_problem(p_participants))
$function$;

CREATE OR REPLACE FUNCTION private.pause_end(p_kind text, p_owner_id uuid)
 RETURNS timestamp with time zone
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select max(coalesce(p.until, 'infinity')) from private.live_pauses as p where private.concerns(p, p_kind, p_owner_id);
$function$;

CREATE OR REPLACE FUNCTION private.pause_refusal(p_kind text, p_owner_id uuid)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select jsonb_build_object('decision', 'processing_paused')
  || case
    when e.at < 'infinity' then jsonb_build_object(
      'paused_until', e.at,
      'retry_after_seconds', ceil(extract(epoch from least(e.at, clock_timestamp() + interval '1 day') - clock_timestamp())))
    else '{}'
  end
from private.pause_end(p_kind, p_owner_id) as e (at)
where e.at is not null;
$function$;

CREATE OR REPLACE FUNCTION private.paused_until(p_connection private.google_connections, p_is_write boolean)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select case when p_is_write then greatest(p_connection.paused_until, p_connection.writes_paused_until) else p_connection.paused_until end
$function$;

CREATE OR REPLACE FUNCTION private.pauses_json()
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select coalesce(jsonb_agg(to_jsonb(p) order by p.kind nulls first, p.user_id nulls first), '[]')
from private.live_pauses as p;
$function$;

CREATE OR REPLACE FUNCTION private.people_at_limit(p_emails text[], p_added integer, p_except_meeting_id text)
 RETURNS text[]
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select coalesce(array_agg(person.email), '{}')
from unnest(p_emails) as person (email)
where p_added + (
  select count(*)
  from private.slot_holds as h
  where h.participant_email = person.email
    and h.state = 'active'
    and not h.is_own
    and h.expires_at > clock_timestamp()
    and (h.meeting_id is null or h.meeting_id is distinct from p_except_meeting_id)
) > private.setting('holds_per_person');
$function$;

CREATE OR REPLACE FUNCTION private.people_locks(p_names text[])
 RETURNS SETOF integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
select distinct abs(hashtext(name) % 32) as lock from unnest(p_names) as name order by lock
$function$;

CREATE OR REPLACE FUNCTION private.people_to_hold(p_meeting public.meetings)
 RETURNS text[]
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
with people as (
  select array(
    select private.participant_emails(p_meeting.participants)
    union
    select email from private.account_email(p_meeting.organizer_user_id) as email where email is not null) as emails
)
select array(
  select person.email
  from people, unnest(people.emails) as person (email)
  where person.email = any (private.sharing_emails(people.emails, p_meeting.organizer_user_id))
    -- The search that found the former time was allowed to read this person's calendar.
    or exists (
      select from private.slot_holds as h
      where h.meeting_id = p_meeting.meeting_id and h.participant_email = person.email and not h.by_consent))
$function$;

CREATE OR REPLACE FUNCTION private.poll_interval()
 RETURNS interval
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select make_interval(secs => private.setting('sync_poll_minutes')::double precision * 60 * (0.75 + random() / 2));
$function$;

CREATE OR REPLACE FUNCTION private.post_wake_up(p_function text, p_body jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_entries jsonb;
  v_missing text;
begin
  select jsonb_object_agg(e.name, e.value), string_agg(e.what_to_do, ' ') into v_entries, v_missing from private.vault_entries() as e;
  if v_missing is not null then
    raise exception 'the functions cannot be called: Vault entries are missing or empty' using errcode = '55000', hint = v_missing;
  end if;
  insert into private.posted_wake_ups as p (request_id, wakes)
  select
    net.http_post(
      url := (v_entries ->> 'convene_functions_url') || '/' || p_function,
      body := p_body,
      headers := jsonb_build_object('Content-Type', 'application/json', 'apikey', v_entries ->> 'convene_automations_key'),
      timeout_milliseconds := 5000),
    p_function
  on conflict (request_id) do update set wakes = excluded.wakes, posted_at = excluded.posted_at;
end $function$;

CREATE OR REPLACE FUNCTION private.preferences_check()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_problem text := private.preferences_problem(new);
  v_calendar private.holiday_calendars;
begin
  if v_problem is not null then
    raise exception 'Expected %', v_problem
      using errcode = '22023', hint = 'The fields of scheduling_preferences are described in docs/preferences.md.';
  end if;
  new.updated_at := now();
  if new.holiday_calendar is not null then
    v_calendar := private.expect_holidays(new.holiday_calendar);
  end if;
  new.holidays_known_until := v_calendar.known_until;
  new.holidays_error := v_calendar.error;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.preferences_forget_calendar()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  -- A statement that has locked the calendar names it now.
  perform from private.holiday_calendars as c where c.calendar = old.holiday_calendar and c.known_until is null for update skip locked;
  if found and not exists (select from public.scheduling_preferences as p where p.holiday_calendar = old.holiday_calendar) then
    delete from private.holiday_calendars as c where c.calendar = old.holiday_calendar;
    delete from private.work as w where w.kind = 'holidays' and w.subject_id = old.holiday_calendar and w.lease_token is null;
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.preferences_problem(p_row public.scheduling_preferences)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  case
    when p_row.timezone is not null and not private.is_timezone(p_row.timezone) then 'an IANA time zone in timezone, e.g. Europe/Paris'
    when p_row.buffer_before_minutes not between 0 and 1440 then '0 to 1440 in buffer_before_minutes'
    when p_row.buffer_after_minutes not between 0 and 1440 then '0 to 1440 in buffer_after_minutes'
    when p_row.minimum_notice_minutes not between 0 and 525600 then '0 to 525600 in minimum_notice_minutes'
    when p_row.preferred_hours_start not between 0 and 24 then 'an hour from 0 to 24 in preferred_hours_start'
    when p_row.preferred_hours_end not between 0 and 24 then 'an hour from 0 to 24 in preferred_hours_end'
    when coalesce(p_row.preferred_hours_start, 0) >= coalesce(p_row.preferred_hours_end, 24) then
      'an hour after preferred_hours_start in preferred_hours_end'
    when p_row.holiday_calendar !~ '^[A-Z]{2}(-[A-Z0-9]{1,3}){0,2}$' then
      'a country, perhaps with its part, in holiday_calendar, e.g. US or DE-BY'
  end,
  private.open_hours_problem(p_row.open_hours),
  case when p_row.lunch is not null then private.hours_problem(p_row.lunch, 'lunch') end,
  case
    when exists (
      select from jsonb_object_keys(case jsonb_typeof(p_row.lunch) when 'object' then p_row.lunch else '{}' end) as key
      where key not in ('start', 'end'))
    then 'only start and end in lunch'
  end,
  (
    select format('%s in %s', lower(left(substr(p.problem ->> 'message', 10), 1)) || substr(p.problem ->> 'message', 11), p.problem ->> 'path')
    from (select private.auto_reschedule_problem(p_row.auto_reschedule) as problem) as p
    where p.problem is not null
  ),
  private.weekdays_problem(p_row.preferred_days, 'preferred_days'),
  private.days_problem(p_row.holiday_dates, 'holiday_dates'),
  private.days_problem(p_row.out_of_office_days, 'out_of_office_days'))
$function$;

CREATE OR REPLACE FUNCTION private.problem(p_path text, p_message text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN jsonb_build_object('path', p_path, 'message', p_message);

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
  -- Members of a group who are not chosen take part nowhere.
  and person.email in (select lower(a.value ->> 'email') from jsonb_array_elements(p_candidate -> 'participant_availability') as a)
$function$;

CREATE OR REPLACE FUNCTION private.propose_time(p_move private.moves, p_rules jsonb, p_candidates jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_move private.moves;
begin
  update private.moves as v
  set
    decision = 'proposed',
    at = clock_timestamp(),
    to_starts_at = (p_candidates -> 0 ->> 'start_time')::timestamptz,
    to_ends_at = (p_candidates -> 0 ->> 'end_time')::timestamptz,
    alternatives = private.best_times(p_candidates),
    expires_at = least(
      clock_timestamp() + make_interval(hours => private.setting('proposal_hours')::integer),
      v.from_starts_at - make_interval(hours => (p_rules ->> 'freeze_hours')::integer))
  where v.meeting_id = p_move.meeting_id and v.version = p_move.version
  returning * into v_move;
  select * into strict v_meeting from public.meetings as m where m.meeting_id = p_move.meeting_id;
  perform private.announce_seen(v_meeting, 'proposed', md5(v_move.version), jsonb_build_object('proposal', jsonb_build_object(
    'trigger', v_move.trigger, 'start_time', v_move.to_starts_at, 'end_time', v_move.to_ends_at,
    'alternatives', v_move.alternatives, 'expires_at', v_move.expires_at)));
end $function$;

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

CREATE OR REPLACE FUNCTION private.reason_not_to_move(p_meeting public.meetings, p_rules jsonb, p_version text, p_now timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when not (p_rules ->> 'is_valid')::boolean then 'invalid_settings'
  when p_meeting.cancelled_at is not null or p_meeting.cancelled_in_google_at is not null then 'cancelled'
  -- An organizer whom Google has not named is unknown, and is left alone.
  when p_meeting.organizer_self is not true then 'not_organizer'
  when p_meeting.recurrence is not null then 'recurring'
  when private.is_pending_field(p_meeting, coalesce(es.named_fields, '{}'), '{time,zone}') then 'time_changing'
  when p_meeting.starts_at <= p_now + make_interval(hours => (p_rules ->> 'freeze_hours')::integer) then 'freeze'
  when (select count(*) from private.moves as v where v.meeting_id = p_meeting.meeting_id and v.decision = 'moved')
    >= (p_rules ->> 'max_moves')::integer then 'max_moves'
  when exists (
    select from private.moves as v
    where v.meeting_id = p_meeting.meeting_id and v.version <> p_version
      and (v.decision = 'searching' or v.decision = 'proposed' and v.expires_at > p_now)) then 'under_way'
end
from (select 1) as one
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id;
$function$;

CREATE OR REPLACE FUNCTION private.reason_not_to_write(p_meeting public.meetings)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when p_meeting.google_event_id is null then null
  when exists (
    select from private.event_state as es
    join private.google_connections as c on c.user_id = p_meeting.organizer_user_id
    where es.kind = 'meeting' and es.subject_id = p_meeting.meeting_id and es.google_account_id <> c.google_account_id
  ) then 'wrong_account'
  -- A secondary calendar may be one of the organizer's own: the write finds out.
  when not p_meeting.organizer_self and p_meeting.organizer_email not like '%@group.calendar.google.com' then 'not_organizer'
end;
$function$;

CREATE OR REPLACE FUNCTION private.reason_to_stop(p_meeting public.meetings, p_move private.moves, p_rules jsonb, p_now timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when p_rules is null then 'off'
  when p_move.trigger <> 'conflict' and p_move.accepted_starts_at is null and private.move_trigger(p_meeting, p_rules) is null then 'reply_changed'
  else private.reason_not_to_move(p_meeting, p_rules, p_move.version, p_now)
end;
$function$;

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
    w.owner_id is null and private.pause_end(p_kind, null) is null
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
    || case when w.time_taken is not null then jsonb_build_object('time_taken', w.time_taken) else '{}' end
from unnest(p_work) as w
join public.meetings as m on m.meeting_id = w.subject_id
left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id;
$function$;

CREATE OR REPLACE FUNCTION private.record_problem(p_object jsonb, p_shape jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_key text;
  v_value jsonb;
  v_message text;
  v_problem jsonb;
begin
  for v_key, v_value in select key, value from jsonb_each(p_object) loop
    v_message := private.scalar_problem(to_jsonb(v_key), p_shape -> 'key');
    v_problem := case
      when v_message is not null then private.problem(p_path || '.' || v_key, v_message)
      else private.shape_problem(v_value, p_shape -> 'each', p_path || '.' || v_key)
    end;
    if v_problem is not null then
      return v_problem;
    end if;
  end loop;
  return case when (select count(*) from jsonb_object_keys(p_object)) > (p_shape ->> 'most')::integer then
    private.problem(p_path, p_shape ->> 'expected_value')
  end;
end $function$;

CREATE OR REPLACE FUNCTION private.record_responses(p_kind text, p_subject_id text, p_user_id uuid, p_seen jsonb)
 RETURNS SETOF public.attendee_responses
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into public.attendee_responses (
  kind, subject_id, email, event_etag, organizer_user_id, response_status, comment, additional_guests, responded_at)
select
  p_kind, p_subject_id, lower(a.email), coalesce(p_seen ->> 'etag', p_seen ->> 'updated', ''), p_user_id,
  coalesce(a."responseStatus", 'needsAction'), a.comment, coalesce(a."additionalGuests", 0),
  coalesce((p_seen ->> 'updated')::timestamptz, clock_timestamp())
from jsonb_to_recordset(case jsonb_typeof(p_seen -> 'attendees') when 'array' then p_seen -> 'attendees' else '[]' end)
  as a (email text, "responseStatus" text, comment text, "additionalGuests" integer, organizer boolean, self boolean)
left join lateral (
  select r.response_status, r.comment, r.additional_guests
  from public.attendee_responses as r
  where r.kind = p_kind and r.subject_id = p_subject_id and r.email = lower(a.email)
  order by r.recorded_at desc, r.responded_at desc
  limit 1
) as last on true
-- The organizer's own answer is no reply, also under an alias of the account, which Google marks as self only, and on a
-- secondary calendar, where it marks neither.
where a.email is not null and not coalesce(a.organizer, false)
  and not (
    coalesce((p_seen #>> '{organizer,self}')::boolean, false)
    and (coalesce(a.self, false) or lower(a.email) is not distinct from private.account_email(p_user_id)))
  and (coalesce(a."responseStatus", 'needsAction'), a.comment, coalesce(a."additionalGuests", 0))
    is distinct from (coalesce(last.response_status, 'needsAction'), last.comment, coalesce(last.additional_guests, 0))
on conflict do nothing
returning *;
$function$;

CREATE OR REPLACE FUNCTION private.record_seen_event(p_kind text, p_subject_id text, p_seen jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into private.event_state as es (kind, subject_id, seen_event)
  values (p_kind, p_subject_id, p_seen)
  on conflict (kind, subject_id) do update set seen_event = excluded.seen_event
  where es.seen_event is null or not private.is_older_event(excluded.seen_event, es.seen_event);
  return found;
end $function$;

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

CREATE OR REPLACE FUNCTION private.recurrence_line_problem(p_line text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_line constant text := private.with_rule_name(p_line);
  v_parts text[];
begin
  if length(v_line) + regexp_count(v_line, '[\U00010000-\U0010FFFF]') > private.limit('recurrence_line_characters') then
    return format('Expected at most %s characters', private.limit('recurrence_line_characters'));
  elsif exists (
    select from regexp_matches(v_line, '(?<![0-9])([0-9]{4})[0-9]{4}(?![0-9])', 'g') as dates (parts)
    where dates.parts[1]::integer not between private.limit('first_year') and private.limit('last_year'))
  then
    return format('Expected dates from %s to %s', private.limit('first_year'), private.limit('last_year'));
  elsif v_line !~ '^(RRULE|RDATE|EXDATE)[;:]' then
    return 'Expected a line that begins with RRULE:, EXDATE or RDATE, e.g. RRULE:FREQ=WEEKLY; start and end come from the event';
  end if;
  -- White space at the end as trim() of JavaScript removes it.
  v_parts := regexp_match(
    regexp_replace(v_line, '[\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+$', ''),
    '^(RRULE|RDATE|EXDATE)((?:;[^:]*)?):([^\n\r\u2028\u2029]+)$');
  return case
    when v_parts is null then format('Expected RRULE:, EXRULE:, RDATE: or EXDATE: instead of "%s"', v_line)
    when v_parts[1] <> 'RRULE' then private.dates_problem(v_parts[1], v_parts[2], v_parts[3])
    when v_parts[2] <> '' then 'Expected RRULE: and the rule'
    else private.rule_problem(v_parts[3])
  end;
end $function$;

CREATE OR REPLACE FUNCTION private.refuse_anonymous_users()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'is_anonymous' = 'true'
    and not public.anonymous_users_allowed()
  then
    raise exception 'Users who signed in anonymously may not schedule or invite'
      using errcode = '42501', hint = 'Sign in with an account, or set anonymous_users_allowed in private.settings to 1.';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if current_user in ('anon', 'authenticated') then
    raise exception 'forbidden: A user may not % rows of %.', lower(tg_op), tg_table_name
      using errcode = '42501', hint = tg_argv[0];
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.refuse_ledger_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  raise exception 'writeback_ledger is append-only'
    using errcode = '55000', hint = 'Insert a new row instead.';
end $function$;

CREATE OR REPLACE FUNCTION private.refuse_over_limit(p_limit text, p_retry_after_seconds numeric, p_message text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  -- PostgREST makes HTTP status 429 of it.
  raise exception 'limit_reached: %', p_message using
    errcode = 'PT429',
    detail = jsonb_build_object('limit', p_limit, 'allowed', private.setting(p_limit), 'retry_after_seconds', p_retry_after_seconds)::text,
    hint = concat(
      case when p_retry_after_seconds is not null then format('Try again after %s seconds. ', p_retry_after_seconds) end,
      format('An operator can raise the setting %s.', p_limit));
end $function$;

CREATE OR REPLACE FUNCTION private.refuse_size(p_problem jsonb)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  raise exception 'too_large: %: at most % (%)',
    p_problem ->> 'path', private.limit(p_problem ->> 'limit'), replace(p_problem ->> 'limit', '_', ' ')
    using errcode = 'PT413', hint = 'docs/limits.md lists all limits.';
end $function$;

CREATE OR REPLACE FUNCTION private.refuse_value(p_problem jsonb, p_row jsonb DEFAULT jsonb_build_object())
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  raise exception 'invalid_request: %: %', p_problem ->> 'path', p_problem ->> 'message' using
    errcode = '22023',
    detail = (jsonb_build_object('path', p_problem -> 'path') || p_row)::text,
    hint = format(
      'Correct %s%s and repeat the statement: nothing of it was stored. %s',
      p_problem ->> 'path', ' in row ' || (p_row ->> 'row'),
      case when p_row ? 'meeting_id' then 'docs/schedule.md lists what each field accepts.' else 'docs/limits.md lists all limits.' end);
end $function$;

CREATE OR REPLACE FUNCTION private.release_write(p_work private.work)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
update private.work as w
set lease_token = null, leased_at = null, leased_until = null, leased_version = null, google_account_id = null, google_calendar_id = null
where w.kind = 'write' and w.subject_id = p_work.subject_id and w.crashes = 0;
$function$;

CREATE OR REPLACE FUNCTION private.remembered_preferences(p_participants jsonb, p_organizer_user_id uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
with shared as (
  select distinct on (lower(c.email)) lower(c.email) as email, sharing.level = 'habits' as has_habits, p.*
  from private.sharing_users(
    array(select private.item_email(named) from private.named_people(p_participants) as named), p_organizer_user_id
  ) as sharing
  join private.google_connections as c on c.user_id = sharing.user_id
  join public.scheduling_preferences as p on p.owner_user_id = c.user_id
  -- If two users have the same Google account, the organizer is used, otherwise the first.
  order by lower(c.email), c.user_id is distinct from p_organizer_user_id, c.connected_at, c.user_id
)
select jsonb_build_object(
  'people', coalesce((
    select jsonb_object_agg(s.email, jsonb_strip_nulls(jsonb_build_object(
      'timezone', s.timezone, 'open_hours', s.open_hours, 'lunch', s.lunch, 'has_lunch', s.has_lunch,
      'buffer_before_minutes', s.buffer_before_minutes, 'buffer_after_minutes', s.buffer_after_minutes,
      'minimum_notice_minutes', s.minimum_notice_minutes, 'holiday_calendar', s.holiday_calendar,
      'days_off', s.holiday_dates || s.out_of_office_days,
      'preferred_days', case when s.has_habits then s.preferred_days end,
      'preferred_hours_start', case when s.has_habits then s.preferred_hours_start end,
      'preferred_hours_end', case when s.has_habits then s.preferred_hours_end end)))
    from shared as s), '{}'),
  'holidays', coalesce((
    select jsonb_object_agg(dates.calendar, dates.days)
    from (
      select h.calendar, jsonb_agg(h.day order by h.day) as days
      from private.holidays as h
      where h.calendar in (select s.holiday_calendar from shared as s)
      group by h.calendar
    ) as dates), '{}'));
$function$;

CREATE OR REPLACE FUNCTION private.renew_holds(p_meeting_ids text[], p_until timestamp with time zone)
 RETURNS text[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[];
  v_people text[];
  v_locked_people text[];
begin
  -- A meeting with a row that another transaction changes is left to the next claim.
  v_ids := array(
    select l.meeting_id
    from (
      select h.meeting_id, h.participant_email, h.held
      from private.slot_holds as h
      where h.meeting_id = any (p_meeting_ids)
      order by h.meeting_id, h.participant_email, h.held
      for update skip locked
    ) as l
    group by l.meeting_id
    having count(*) = (select count(*) from private.slot_holds as every where every.meeting_id = l.meeting_id));

  -- No other meeting was given the time of an active row, even if it has expired.
  update private.slot_holds as h
  set expires_at = p_until
  where h.meeting_id = any (v_ids) and h.state = 'active' and h.expires_at < p_until;

  v_people := array(select distinct h.participant_email from private.slot_holds as h where h.meeting_id = any (v_ids) and h.state = 'ended');
  if cardinality(v_people) = 0 then
    return v_ids;
  end if;
  v_locked_people := array(select unnest(v_people) except select unnest(private.try_lock_people(v_people)));
  v_ids := array(
    select i.id from unnest(v_ids) as i (id)
    where not exists (
      select from private.slot_holds as h
      where h.meeting_id = i.id and h.state = 'ended' and h.participant_email <> all (v_locked_people)));
  perform private.end_expired_holds(v_locked_people);
  perform private.end_revoked_holds(v_ids);
  return v_ids;
end $function$;

CREATE OR REPLACE FUNCTION private.request_check(p_meeting_id text, p_owner_id uuid, p_cause text, p_due_at timestamp with time zone DEFAULT clock_timestamp())
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into private.work as w (kind, subject_id, owner_id, due_at, cause)
select 'conflict_check', p_meeting_id, p_owner_id, p_due_at, p_cause
where p_owner_id is not null
on conflict (kind, subject_id) do update
set
  due_at = case when w.lease_token is null then least(w.due_at, excluded.due_at) else excluded.due_at end,
  cause = case when 'named' in (w.cause, excluded.cause) then 'named' else excluded.cause end;
$function$;

CREATE OR REPLACE FUNCTION private.request_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select substring(
  nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-convene-request-id'
  from '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')::uuid;
$function$;

CREATE OR REPLACE FUNCTION private.request_move(p_meeting public.meetings, p_rules jsonb, p_version text, p_trigger text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_now constant timestamptz := clock_timestamp();
  v_reason constant text := private.reason_not_to_move(p_meeting, p_rules, p_version, v_now);
begin
  insert into private.moves (meeting_id, version, trigger, decision, reason, at, from_starts_at, from_ends_at)
  values (
    p_meeting.meeting_id, p_version, p_trigger, case when v_reason is null then 'searching' else 'kept' end, v_reason, v_now,
    p_meeting.starts_at, p_meeting.ends_at)
  on conflict do nothing;
  if found and v_reason is null then
    perform private.enqueue(
      'search', p_meeting.meeting_id, p_meeting.organizer_user_id,
      greatest(
        v_now,
        -- Replies that come together become one move.
        private.last_moved_at(p_meeting.meeting_id) + make_interval(mins => (p_rules ->> 'cooldown_minutes')::integer)));
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.request_rechecks(p_work private.work[])
 RETURNS text[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[];
begin
  v_ids := array(
    select w.subject_id
    from unnest(p_work) as w
    join public.meetings as m on m.meeting_id = w.subject_id
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = w.subject_id
    where m.on_conflict = 'reschedule' and m.google_event_id is null and m.cancelled_at is null and m.writeback_status = 'pending'
      -- Only a search gives a score; a time that the caller named is never replaced.
      and m.score is not null
      and w.crashes = 0 and w.attempts = 0 and w.owner_id is not null and es.outcome_unknown_since is null
      and greatest(m.scheduled_at, es.rechecked_at) <= clock_timestamp() - make_interval(mins => private.setting('hold_minutes')::integer)
    order by w.subject_id);
  if cardinality(v_ids) = 0 then
    return v_ids;
  end if;
  insert into private.event_state as es (kind, subject_id, rechecked_at)
  select 'meeting', i.id, clock_timestamp() from unnest(v_ids) as i (id)
  on conflict (kind, subject_id) do update set rechecked_at = excluded.rechecked_at;
  -- The check makes the write due; without its result the time is written as it is.
  update private.work as w
  set lease_token = null, leased_at = null, leased_until = null, leased_version = null, google_account_id = null, google_calendar_id = null,
    due_at = clock_timestamp() + make_interval(mins => private.setting('written_hold_minutes')::integer)
  where w.kind = 'write' and w.subject_id = any (v_ids);
  perform private.request_check(w.subject_id, w.owner_id, 'unwritten') from unnest(p_work) as w where w.subject_id = any (v_ids);
  return v_ids;
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

CREATE OR REPLACE FUNCTION private.requeue_meet_link(p_meeting_id text)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if v_meeting.meeting_id is null then
    return 'not_found';
  elsif v_meeting.cancelled_at is not null then
    return 'cancelled';
  elsif v_meeting.meet_link_error is null or v_meeting.meet_link is not null or v_meeting.google_event_id is null then
    return 'not_failed';
  elsif v_meeting.meet_link_error like 'conference_refused:%' then
    -- The event has no conference that could get a link; only a change adds one.
    return 'conference_refused';
  end if;
  insert into private.work as w (kind, subject_id, owner_id, due_at)
  values ('meet_link', p_meeting_id, v_meeting.organizer_user_id, clock_timestamp())
  on conflict (kind, subject_id) do update
  set due_at = excluded.due_at, attempts = 0, crashes = 0, deferrals = 0;
  update public.meetings as m set meet_link_error = null where m.meeting_id = p_meeting_id;
  return 'requeued';
end $function$;

CREATE OR REPLACE FUNCTION private.requeue_notification(p_notification_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_notification public.notifications;
begin
  select * into v_notification from public.notifications as n where n.notification_id = p_notification_id for update;
  if v_notification.notification_id is null then
    return 'not_found';
  elsif v_notification.status <> 'failed' then
    return v_notification.status;
  elsif v_notification.kind <> 'log' and not exists (
    select from public.notification_targets as t where t.target_id = v_notification.target_id and t.enabled)
  then
    return 'target_gone';
  end if;
  update public.notifications as n
  -- A target that asks to wait is given up a day after queued_at.
  set status = 'pending', error = null, attempts = 0, queued_at = clock_timestamp()
  where n.notification_id = p_notification_id;
  perform private.enqueue(
    'notification', p_notification_id::text, coalesce(v_notification.owner_user_id, v_notification.target_id));
  return 'requeued';
end $function$;

CREATE OR REPLACE FUNCTION private.requeue_rows(p_kinds text[], p_reason text, p_user_id uuid, p_since timestamp with time zone, p_before timestamp with time zone, p_limit integer, p_after text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_ids text[];
  v_kinds text[];
  v_page text[];
  v_decision text;
  v_decisions jsonb := jsonb_build_object();
begin
  if num_nonnulls(p_reason, p_user_id, p_since, p_before) = 0 and cardinality(p_kinds) > 1 then
    raise exception 'requeueing needs a reason, a user, a time or a kind'
      using errcode = '22023', hint = 'Everything that failed: p_since => ''-infinity''.';
  end if;
  -- All rows of one subject are in one page, so the last subject says where the next page begins.
  v_page := array(
    select distinct f.subject_id
    from private.failed_rows(p_kinds, p_reason, p_user_id, p_since, p_before) as f
    where p_after is null or f.subject_id > p_after
    order by f.subject_id
    limit p_limit);
  select coalesce(array_agg(f.kind order by f.subject_id, f.kind), array[]::text[]), array_agg(f.subject_id order by f.subject_id, f.kind)
  into v_kinds, v_ids
  from private.failed_rows(p_kinds, p_reason, p_user_id, p_since, p_before) as f
  where f.subject_id = any (v_page);
  perform from public.meetings as m where m.meeting_id = any (v_ids) order by m.meeting_id for update;
  -- All rows are locked first, then all people: locking one meeting after the other could deadlock.
  perform private.lock_people(array(
    select distinct h.participant_email from private.slot_holds as h where h.meeting_id = any (v_ids) and h.state = 'ended'));
  for v_place in 1 .. cardinality(v_kinds) loop
    v_decision := public.requeue_work(v_kinds[v_place], v_ids[v_place]);
    v_decisions := v_decisions || jsonb_build_object(v_decision, coalesce((v_decisions ->> v_decision)::integer, 0) + 1);
  end loop;
  return jsonb_build_object(
    'requeued', coalesce((v_decisions ->> 'requeued')::integer, 0),
    'not_requeued', v_decisions - 'requeued',
    'next_after', case when cardinality(v_page) = p_limit then v_page[p_limit] end);
end $function$;

CREATE OR REPLACE FUNCTION private.requeue_sync(p_sync_id text)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_calendar private.sync_calendars;
  v_status text;
begin
  select * into v_calendar from private.sync_calendars as s where s.sync_id = p_sync_id;
  if v_calendar.sync_id is null then
    return 'not_found';
  elsif v_calendar.error is null then
    return 'not_failed';
  end if;
  select c.status into v_status from private.google_connections as c
  where c.user_id = v_calendar.user_id and c.google_account_id = v_calendar.google_account_id;
  if v_status is distinct from 'healthy' then
    return 'needs_reauth';
  end if;
  perform private.enqueue('sync', p_sync_id, v_calendar.user_id);
  return 'requeued';
end $function$;

CREATE OR REPLACE FUNCTION private.responses_forget()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if tg_table_name = 'meetings' then
    delete from public.attendee_responses as r
    using old_rows as o
    where r.kind = 'meeting' and r.subject_id = to_jsonb(o) ->> 'meeting_id';
  else
    delete from public.attendee_responses as r
    using old_rows as o
    where r.kind = 'task_event' and r.subject_id = to_jsonb(o) ->> 'id';
  end if;
  return null;
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
    select distinct h.participant_email from private.slot_holds as h where h.meeting_id = any (v_ids) and h.state = 'ended'));

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

CREATE OR REPLACE FUNCTION private.resume_change(p_meeting public.meetings, p_named jsonb, p_seen jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_code constant text := coalesce(split_part(p_meeting.writeback_error, ':', 1), '');
  v_is_ours_again constant boolean :=
    p_meeting.organizer_self is not true and coalesce((p_seen #>> '{organizer,self}')::boolean, false);
begin
  if p_meeting.cancelled_at is not null
    or p_meeting.written_version >= p_meeting.desired_version
    or not (v_code = 'event_missing' or v_code = 'not_organizer' and v_is_ours_again)
    or exists (select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting.meeting_id)
  then
    return false;
  end if;
  perform private.apply_write_event(p_meeting.meeting_id, jsonb_build_object(
    'type', 'restored',
    'error', case
      -- Now it would move the event into the past.
      when p_meeting.recurrence is null and p_meeting.starts_at <= clock_timestamp() and private.is_pending_field(p_meeting, p_named, '{time}') then
        'slot_expired: The time that a change named has passed while its event could not be changed. Change the time.'
    end));
  return true;
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

CREATE OR REPLACE FUNCTION private.rule_part_fits(p_name text, p_text text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when p_name = 'FREQ' then p_text in ('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY')
  when p_name = 'UNTIL' then private.is_stamp(p_text) and (length(p_text) = 8 or right(p_text, 1) = 'Z')
  when p_name = 'WKST' then p_text in ('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')
  when p_name = 'BYDAY' then p_text <> '' and not exists (
    select from unnest(string_to_array(p_text, ',')) as day
    where day !~ '^([+-]?([1-9]|0[1-9]|[1-4][0-9]|5[0-3]))?(MO|TU|WE|TH|FR|SA|SU)$')
  else p_text <> '' and not exists (
    select from unnest(case when (part -> 'list') is null then array[p_text] else string_to_array(p_text, ',') end) as item
    cross join lateral (select case when (part -> 'signed') is null then item else regexp_replace(item, '^[+-]', '') end as digits) as unsigned
    where case when digits ~ '^[0-9]{1,4}$' then digits::integer not between (part ->> 'least')::integer and (part ->> 'most')::integer else true end)
end
from (select private.rule_parts() -> p_name as part) as known;
$function$;

CREATE OR REPLACE FUNCTION private.rule_parts()
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN '{"FREQ": {"expected": "DAILY, WEEKLY, MONTHLY or YEARLY"}, "WKST": {"expected": "a weekday such as MO"}, "BYDAY": {"expected": "weekdays such as MO, or 2MO for the second and -1MO for the last one (1 to 53)"}, "COUNT": {"most": 9999, "least": 1, "expected": "a whole number from 1 to 9999"}, "UNTIL": {"expected": "a date such as 20301231, or an instant in UTC such as 20301231T235959Z"}, "BYHOUR": {"list": true, "most": 23, "least": 0, "expected": "whole numbers from 0 to 23"}, "BYMONTH": {"list": true, "most": 12, "least": 1, "expected": "whole numbers from 1 to 12"}, "BYMINUTE": {"list": true, "most": 59, "least": 0, "expected": "whole numbers from 0 to 59"}, "BYSECOND": {"list": true, "most": 60, "least": 0, "expected": "whole numbers from 0 to 60"}, "BYSETPOS": {"list": true, "most": 366, "least": 1, "signed": true, "expected": "whole numbers from 1 to 366, or from -1 to -366"}, "BYWEEKNO": {"list": true, "most": 53, "least": 1, "signed": true, "expected": "whole numbers from 1 to 53, or from -1 to -53"}, "INTERVAL": {"most": 9999, "least": 1, "expected": "a whole number from 1 to 9999"}, "BYYEARDAY": {"list": true, "most": 366, "least": 1, "signed": true, "expected": "whole numbers from 1 to 366, or from -1 to -366"}, "BYMONTHDAY": {"list": true, "most": 31, "least": 1, "signed": true, "expected": "whole numbers from 1 to 31, or from -1 to -31"}}'::jsonb;

CREATE OR REPLACE FUNCTION private.rule_problem(p_rule text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_part text;
  v_name text;
  v_text text;
  v_parts jsonb := jsonb_build_object();
  v_by_number text[];
begin
  foreach v_part in array string_to_array(p_rule, ';') loop
    v_name := split_part(v_part, '=', 1);
    v_text := case when strpos(v_part, '=') = 0 then '' else substr(v_part, strpos(v_part, '=') + 1) end;
    if not private.rule_parts() ? v_name then
      return format('%s is no part of an RRULE', coalesce(nullif(v_name, ''), '=' || v_text));
    elsif v_parts ? v_name then
      return format('%s is given twice', v_name);
    elsif not private.rule_part_fits(v_name, v_text) then
      return format('%s=%s cannot be used. Expected %s', v_name, v_text, private.rule_parts() -> v_name ->> 'expected');
    end if;
    v_parts := v_parts || jsonb_build_object(v_name, v_text);
  end loop;
  v_by_number := array(select day from unnest(string_to_array(v_parts ->> 'BYDAY', ',')) as day where length(day) > 2);
  return case
    when not v_parts ? 'FREQ' then 'An RRULE needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY'
    when v_parts ?& array['COUNT', 'UNTIL'] then 'An RRULE has COUNT or UNTIL, not both'
    when cardinality(v_by_number) > 0 and v_parts ->> 'FREQ' not in ('MONTHLY', 'YEARLY') then
      format('BYDAY has plain weekdays such as MO with FREQ=%s', v_parts ->> 'FREQ')
    when cardinality(v_by_number) > 0 and v_parts ? 'BYWEEKNO' then 'BYDAY has plain weekdays such as MO with BYWEEKNO'
    when v_parts ->> 'FREQ' = 'MONTHLY' and exists (
      select from unnest(v_by_number) as day where abs(left(day, -2)::integer) > 5)
    then 'BYDAY has at most the fifth weekday of a month, such as 5MO'
    when v_parts ? 'BYMONTHDAY' and v_parts ->> 'FREQ' = 'WEEKLY' then 'BYMONTHDAY cannot be used with FREQ=WEEKLY'
    when v_parts ? 'BYYEARDAY' and v_parts ->> 'FREQ' <> 'YEARLY' then 'BYYEARDAY needs FREQ=YEARLY'
    when v_parts ? 'BYWEEKNO' and v_parts ->> 'FREQ' <> 'YEARLY' then 'BYWEEKNO needs FREQ=YEARLY'
    when v_parts ? 'BYSETPOS' and not exists (select from jsonb_object_keys(v_parts) as name where name like 'BY%' and name <> 'BYSETPOS') then
      'BYSETPOS needs another BY part, such as BYDAY'
    -- What Google accepts and no search expands.
    when v_parts ? 'BYSECOND' then 'BYSECOND is not supported, because the search chooses the time of day'
    when v_parts ? 'BYMINUTE' then 'BYMINUTE is not supported, because the search chooses the time of day'
    when v_parts ? 'BYHOUR' then 'BYHOUR is not supported, because the search chooses the time of day'
    when v_parts ? 'BYYEARDAY' then 'BYYEARDAY is not supported. Use BYMONTH, BYMONTHDAY and BYDAY'
    when v_parts ? 'BYWEEKNO' then 'BYWEEKNO is not supported. Use BYMONTH, BYMONTHDAY and BYDAY'
  end;
end $function$;

CREATE OR REPLACE FUNCTION private.scalar_problem(p_value jsonb, p_shape jsonb)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_type constant text := p_shape ->> 'type';
  v_text constant text := p_value #>> '{}';
  v_is_valid boolean;
begin
  if jsonb_typeof(p_value) <> (case v_type when 'boolean' then 'boolean' when 'number' then 'number' when 'whole_number' then 'number' else 'string' end)
    or v_type = 'number' and not private.number_fits(p_value, null, null)
  then
    return p_shape ->> 'expected';
  end if;
  v_is_valid := case v_type
    when 'boolean' then true
    when 'number' then private.number_fits(p_value, (p_shape ->> 'least')::numeric, (p_shape ->> 'most')::numeric)
    when 'whole_number' then
      private.number_fits(p_value, (p_shape ->> 'least')::numeric, (p_shape ->> 'most')::numeric) and v_text::numeric % 1 = 0
    when 'text' then length(v_text) between (p_shape ->> 'least')::integer and (p_shape ->> 'most')::integer
    when 'enum' then p_shape -> 'values' ? v_text
    when 'email' then private.is_email(v_text)
    when 'timezone' then private.is_timezone(v_text)
    when 'locale' then private.is_locale(v_text)
    when 'description' then private.escaped_length(v_text) <= private.limit('description_characters')
    when 'instant' then private.is_instant(v_text)
    when 'day_or_instant' then private.is_day(v_text) or private.is_instant(v_text)
    when 'time_of_day' then v_text ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'
    when 'weekday' then
      lower(v_text) in ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
  end;
  if v_is_valid is null then
    raise exception 'private.scalar_problem does not know the type % of a shape', v_type;
  end if;
  return case when not v_is_valid then coalesce(p_shape ->> 'expected_value', p_shape ->> 'expected') end;
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
  'preferences', private.remembered_preferences(p_meeting.participants, p_meeting.organizer_user_id),
  'burdens', private.burdens_of(p_meeting.organizer_user_id, array(
    select distinct private.item_email(named) from private.named_people(p_meeting.participants) as named
    union
    select lower(c.email) from private.google_connections as c where c.user_id = p_meeting.organizer_user_id
  )),
  'turns', private.group_turns(p_meeting)
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

CREATE OR REPLACE FUNCTION private.search_conflicting_time(p_meeting public.meetings, p_lease_token uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if p_meeting.google_event_id is not null or p_meeting.writeback_status is distinct from 'pending' or p_meeting.score is null then
    return;
  end if;
  insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, reason, decision)
  values (p_meeting.meeting_id, p_meeting.organizer_user_id, p_lease_token, 'settled', 'conflict', 'search_again');
  perform private.search_again(p_meeting.meeting_id);
  update public.meetings as m
  set scheduling_reason = 'Another event took the time before the meeting was written. Another time is searched.'
  where m.meeting_id = p_meeting.meeting_id;
end $function$;

CREATE OR REPLACE FUNCTION private.search_context(p_meeting public.meetings, p_is_new_search boolean, p_opens_meeting boolean DEFAULT false)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_organizer constant uuid := p_meeting.organizer_user_id;
  v_context jsonb;
begin
  if p_opens_meeting and private.has_open_meetings(v_organizer, floor(private.setting('open_meetings'))::integer) then
    return private.search_refusal(v_organizer, 'open_meetings');
  elsif p_is_new_search and not private.spend(v_organizer, 'searches_per_minute', 1) then
    return private.search_refusal(v_organizer, 'searches_per_minute');
  end if;
  v_context := private.scheduling_context(p_meeting);
  if not private.spend(v_organizer, 'google_reads_for_others_per_hour', (
    -- The busy time; beside an event of the meeting also the list that tells it from others; and a year of events where habits are learned.
    select count(*)::integer * case when p_meeting.google_event_id is null then 1 else 2 end
      + count(*) filter (where own @> '{"profile_is_due": true}')::integer
    from jsonb_array_elements(v_context -> 'own_connections') as own
    where own ->> 'user_id' is distinct from v_organizer::text))
  then
    return private.search_refusal(v_organizer, 'google_reads_for_others_per_hour');
  end if;
  return v_context;
end $function$;

CREATE OR REPLACE FUNCTION private.search_refusal(p_organizer_user_id uuid, p_budget text)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select jsonb_build_object('decision', 'limit_reached') || private.limit_reached(p_organizer_user_id, p_budget);
$function$;

CREATE OR REPLACE FUNCTION private.search_taken_time(p_work private.work)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_error constant text := 'slot_taken: Another meeting has been given the time. Change the time, or schedule the meeting again.';
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_work.subject_id for update skip locked;
  if not found then
    perform private.release_write(p_work);
    return false;
  end if;
  insert into public.writeback_ledger (meeting_id, organizer_user_id, lease_token, step, reason, decision, request)
  values
    (p_work.subject_id, p_work.owner_id, p_work.lease_token, 'claimed', null, null, jsonb_build_object(
      'operation', private.write_operation(v_meeting), 'generation', v_meeting.event_generation,
      'attempt', p_work.attempts + 1, 'outcome_unknown', false)),
    (p_work.subject_id, p_work.owner_id, p_work.lease_token, 'settled', 'slot_taken', 'search_again', null);

  if v_meeting.google_event_id is null then
    perform private.search_again(p_work.subject_id);
    update public.meetings as m
    set scheduling_reason = 'Another meeting was given the time before the event was written. Another time is searched.'
    where m.meeting_id = p_work.subject_id;
  elsif split_part(v_meeting.writeback_error, ':', 1) = 'slot_taken' then
    -- The search has found no other time, so the event keeps the time that it has.
    perform private.apply_write_event(
      p_work.subject_id, jsonb_build_object('type', 'failed', 'verdict', 'reject', 'spends_attempt', false, 'error', v_error));
  else
    perform private.apply_write_event(p_work.subject_id, jsonb_build_object('type', 'search_again', 'error', v_error));
    perform private.enqueue('search', p_work.subject_id, p_work.owner_id);
  end if;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION private.search_wait(p_meeting_id text)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select private.lease_wait('create')
  || jsonb_build_object('stage', 'search', 'retry_after_seconds', ceil(extract(epoch from greatest(s.ends_at, clock_timestamp() + interval '1 second') - clock_timestamp())))
  -- Waiting for a search that is repeated later would only hold the caller up.
  || case when s.ends_at > clock_timestamp() + make_interval(secs => private.setting('lease_wait_seconds')) and not s.is_leased
    then jsonb_build_object('wait_seconds', 0) else '{}' end
from (
  select
    coalesce(w.leased_until >= clock_timestamp(), false) as is_leased,
    case when w.leased_until >= clock_timestamp() then w.leased_until else w.due_at end as ends_at
  from private.work as w
  where w.kind = 'search' and w.subject_id = p_meeting_id
) as s
-- Leased but not due is the search of a call; if its worker died, no other one repeats it.
where s.is_leased or s.ends_at < 'infinity'
$function$;

CREATE OR REPLACE FUNCTION private.seconds_to_quota(p_kind text)
 RETURNS double precision
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with slice as (
  select private.setting('slice_rows')::integer as rows
), blocked as (
  select o.account, least(slice.rows, private.quota('google_requests_per_minute_per_user')) - o.requests_left as missing
  from private.open_owners(p_kind) as o, slice
  where o.requests_left < slice.rows
    and exists (
      select from private.work as w
      where w.kind = p_kind and w.owner_id = o.owner_id and w.due_at <= clock_timestamp() and w.lease_token is null
    )
  union all
  select
    null,
    least(slice.rows, private.quota('google_requests_per_minute'))
      - (private.quota('google_requests_per_minute') - (select coalesce(sum(s.requests), 0)::integer from private.requests_spent() as s))
  from slice
  where exists (select from private.due_work as d where d.kind = p_kind)
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

CREATE OR REPLACE FUNCTION private.series_of(p_meeting public.meetings)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'starts_at', p_meeting.starts_at, 'ends_at', p_meeting.ends_at, 'timezone', coalesce(p_meeting.timezone, 'UTC'),
  'recurrence', p_meeting.recurrence, 'recurrence_horizon', p_meeting.constraints -> 'recurrence_horizon')
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

CREATE OR REPLACE FUNCTION private.shape_problem(p_value jsonb, p_shape jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_type constant text := p_shape ->> 'type';
  v_json constant text := jsonb_typeof(p_value);
  v_message text;
  v_problem jsonb;
begin
  if v_json = 'null' and p_shape ? 'nullable' then
    return null;
  end if;
  case v_type
    when 'entry' then
      return private.shape_problem(p_value, p_shape -> case when v_json = 'object' and p_value ? 'any_of' then 'group' else 'person' end, p_path);
    when 'participant' then
      return case
        when v_json = 'object' then private.shape_problem(p_value, p_shape -> 'object', p_path)
        when v_json <> 'string' then private.problem(p_path, p_shape ->> 'expected')
        when not private.is_email(p_value #>> '{}') then private.problem(p_path, 'Expected an e-mail address')
      end;
    when 'busy' then
      return private.busy_problem(p_value, p_path);
    when 'days' then
      return private.days_list_problem(p_value, p_shape, p_path);
    when 'auto_reschedule' then
      return private.auto_reschedule_problem(p_value);
    when 'recurrence_line' then
      v_message := case when v_json <> 'string' then p_shape ->> 'expected' else private.recurrence_line_problem(p_value #>> '{}') end;
    when 'array' then
      if v_json <> 'array' then
        v_message := p_shape ->> 'expected';
      else
        v_problem := private.list_problem(p_value, p_shape, p_path);
      end if;
    when 'object' then
      if v_json <> 'object' then
        v_message := p_shape ->> 'expected';
      else
        v_problem := private.fields_problem(p_value, p_shape, p_path);
      end if;
    when 'record' then
      if v_json <> 'object' then
        v_message := p_shape ->> 'expected';
      else
        v_problem := private.record_problem(p_value, p_shape, p_path);
      end if;
    else
      v_message := private.scalar_problem(p_value, p_shape);
  end case;
  return case
    when v_message is not null then private.problem(p_path, v_message)
    when v_problem is not null then v_problem
    when p_shape ? 'whole' then private.whole_problem(p_value, p_shape, p_path)
  end;
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

CREATE OR REPLACE FUNCTION private.sharing_emails(p_emails text[], p_organizer_user_id uuid, p_level text DEFAULT 'busy'::text)
 RETURNS text[]
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(array_agg(distinct lower(c.email)), '{}')
from private.sharing_users(p_emails, p_organizer_user_id) as sharing
join private.google_connections as c on c.user_id = sharing.user_id
where lower(c.email) = any (p_emails) and c.email_verified and sharing.level in ('habits', p_level);
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
    and h.state in ('active', 'ended')
    and c.user_id not in (
      select u.user_id from private.sharing_users(array[h.participant_email], h.organizer_user_id) as u
    );
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.sharing_organizers(p_user_id uuid)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select o.user_id
from (
  -- Permissions and connections are many, so each kind is joined by what it names.
  select s as sharing, o.user_id
  from public.availability_sharing as s
  join private.google_connections as o on lower(o.email) = s.grantee
  where s.owner_user_id = p_user_id and s.grantee_kind = 'person'
  union all
  select s, o.user_id
  from public.availability_sharing as s
  join private.google_connections as o on o.hosted_domain = s.grantee
  where s.owner_user_id = p_user_id and s.grantee_kind = 'domain'
  union all
  select s, o.user_id
  from public.availability_sharing as s
  cross join private.google_connections as o
  where s.owner_user_id = p_user_id and s.grantee_kind = 'everybody'
) as named
join private.google_connections as o on o.user_id = named.user_id
where o.user_id <> p_user_id and private.is_grantee(named.sharing, o)
  and exists (select from private.google_connections as c where c.user_id = p_user_id and c.email_verified)
group by o.user_id;
$function$;

CREATE OR REPLACE FUNCTION private.sharing_users(p_emails text[], p_organizer_user_id uuid)
 RETURNS TABLE(user_id uuid, level text)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select c.user_id, case when c.user_id = p_organizer_user_id then 'habits' else allowed.level end
from private.google_connections as c
left join private.google_connections as o on o.user_id = p_organizer_user_id
cross join lateral (
  select case when bool_or(s.level = 'habits') then 'habits' when count(*) > 0 then 'busy' end as level
  from public.availability_sharing as s
  where s.owner_user_id = c.user_id
    and private.is_grantee(s, o)
) as allowed
where c.user_id = p_organizer_user_id
  -- A user who may not own the address does not answer for the person who does.
  or (lower(c.email) = any (p_emails) and c.email_verified and allowed.level is not null);
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
  when not private.is_in_years(p_meeting.starts_at) then
    jsonb_build_object('path', 'starts_at', 'message', private.expected_years())
  when not private.is_in_years(p_meeting.ends_at) then
    jsonb_build_object('path', 'ends_at', 'message', private.expected_years())
  when date_trunc('second', p_meeting.ends_at) <= date_trunc('second', p_meeting.starts_at) then
    jsonb_build_object('path', 'ends_at', 'message', 'Expected an end after the start')
  when p_meeting.timezone is not null and not private.is_timezone(p_meeting.timezone) then
    jsonb_build_object('path', 'timezone', 'message', 'Expected an IANA time zone, e.g. Europe/Paris')
end
$function$;

CREATE OR REPLACE FUNCTION private.spend(p_user_id uuid, p_budget text, p_amount integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_limit constant numeric := private.setting(p_budget);
  v_period interval;
begin
  if p_user_id is null or p_amount <= 0 then
    return true;
  elsif p_amount > v_limit then
    return false;
  end if;
  select b.period into strict v_period from private.budgets as b where b.budget = p_budget;
  -- The row stays locked until the statement commits; a rollback takes the spending back with everything else.
  insert into private.budget_spending as s (user_id, budget, period_start, spent)
  values (p_user_id, p_budget, clock_timestamp(), p_amount)
  on conflict (user_id, budget) do update
  set
    period_start = case when s.period_start + v_period > clock_timestamp() then s.period_start else excluded.period_start end,
    spent = case when s.period_start + v_period > clock_timestamp() then s.spent else 0 end + excluded.spent
  where s.period_start + v_period <= clock_timestamp() or s.spent + excluded.spent <= v_limit;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION private.spend_for_work(p_kind text, p_subject_ids text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_rules private.work_kinds;
  v_user_ids uuid[];
  v_amounts integer[];
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  if v_rules.budget is null then
    return;
  end if;
  select array_agg(owners.id), array_agg(owners.cost) into v_user_ids, v_amounts
  from (
    select w.owner_id as id, sum(least(v_rules.spends + w.spends, floor(private.setting(v_rules.budget))))::integer as cost
    from private.work as w
    where w.kind = p_kind and w.subject_id = any (p_subject_ids) and v_rules.spends + w.spends > 0
    group by w.owner_id
  ) as owners;
  if v_user_ids is not null then
    perform private.add_spending(v_rules.budget, v_user_ids, v_amounts);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.store_conflicts(p_meeting public.meetings, p_check jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_alternatives constant jsonb := coalesce(private.best_times(p_check -> 'alternatives'), '[]');
  v_conflicts constant jsonb := p_check -> 'conflicts';
  v_version constant text := concat_ws(' ', 'check', extract(epoch from p_meeting.starts_at), md5(v_conflicts::text));
  v_is_new boolean;
begin
  if not private.is_required_conflict(v_conflicts, false) then
    return;
  end if;
  -- What sync has seen, and no check has read yet.
  update private.moves as v
  set conflicts = v_conflicts, alternatives = v_alternatives
  where v.meeting_id = p_meeting.meeting_id and v.trigger = 'conflict' and v.decision = 'kept' and v.reason = 'conflict'
    and v.from_starts_at = p_meeting.starts_at and v.from_ends_at = p_meeting.ends_at and v.alternatives is null;
  v_is_new := found;
  if not v_is_new then
    insert into private.moves (meeting_id, version, trigger, decision, reason, from_starts_at, from_ends_at, conflicts, alternatives)
    values (
      p_meeting.meeting_id, v_version, 'conflict', 'kept', 'conflict', p_meeting.starts_at, p_meeting.ends_at, v_conflicts, v_alternatives)
    on conflict do nothing;
    v_is_new := found;
  end if;
  if v_is_new and private.is_required_conflict(v_conflicts, true) then
    perform private.announce_seen(p_meeting, 'conflict', md5(v_version), jsonb_build_object('conflict', jsonb_build_object(
      'conflicts', v_conflicts, 'alternatives', v_alternatives)));
  end if;
end $function$;

CREATE OR REPLACE FUNCTION private.store_task_event_state(p_id text, p_state jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into private.event_state as es (kind, subject_id, wanted, pending_change, google_account_id, outcome_unknown_since, is_unacknowledged)
values (
  'task_event', p_id, nullif(p_state -> 'wanted', 'null'), nullif(p_state -> 'pending_change', 'null'), p_state ->> 'google_account_id',
  case when (p_state ->> 'outcome_unknown')::boolean then clock_timestamp() end, (p_state ->> 'is_unacknowledged')::boolean)
on conflict (kind, subject_id) do update
set
  wanted = case when p_state ? 'wanted' then excluded.wanted else es.wanted end,
  pending_change = case when p_state ? 'pending_change' then excluded.pending_change else es.pending_change end,
  google_account_id = case when p_state ? 'google_account_id' then excluded.google_account_id else es.google_account_id end,
  outcome_unknown_since = case
    when not p_state ? 'outcome_unknown' then es.outcome_unknown_since
    when excluded.outcome_unknown_since is not null then coalesce(es.outcome_unknown_since, excluded.outcome_unknown_since)
  end,
  is_unacknowledged = coalesce(excluded.is_unacknowledged, es.is_unacknowledged);
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
    lease_token, leased_at, leased_until, leased_version, google_account_id, google_calendar_id, spends)
  select
    'write', (s.work).subject_id, (s.work).owner_id, (s.work).priority,
    -- A first insert is one request; everything else reads the event before it writes, and a change or deletion may have to
    -- follow it to the calendar that it was moved to, in two requests more.
    case
      when s.event_id is not null or s.is_cancelled then 4
      when s.outcome_unknown then 2
      else 1
    end,
    (s.work).due_at, (s.work).attempts, (s.work).crashes, (s.work).deferrals,
    (s.work).lease_token, (s.work).leased_at, (s.work).leased_until, (s.work).leased_version,
    (s.work).google_account_id, (s.work).google_calendar_id,
    case when s.is_cancelled then 0 else coalesce((s.work).spends, private.guests_to_invite(s.meeting_id, s.shown -> 'attendees', s.event_id is not null)) end
  from unnest(p_states) as s
  where (s.work).due_at is not null
  on conflict (kind, subject_id) do update
  set
    owner_id = excluded.owner_id, priority = excluded.priority, requests = excluded.requests, due_at = excluded.due_at,
    attempts = excluded.attempts, crashes = excluded.crashes, deferrals = excluded.deferrals,
    lease_token = excluded.lease_token, leased_at = excluded.leased_at, leased_until = excluded.leased_until,
    leased_version = excluded.leased_version, google_account_id = excluded.google_account_id,
    google_calendar_id = excluded.google_calendar_id, spends = excluded.spends;

  insert into private.event_state as es (
    kind, subject_id, google_account_id, google_calendar_id, outcome_unknown_since, removed_participants, named_fields, written_fields,
    seen_event, is_unacknowledged)
  select
    'meeting', s.meeting_id, s.google_account_id, s.google_calendar_id,
    case when s.outcome_unknown then clock_timestamp() end, s.removed_participants,
    case when s.slot is not null then jsonb_build_object('time', s.desired_version) else '{}' end,
    s.shown -> 'written_fields', s.shown -> 'seen', (s.shown ->> 'is_unacknowledged')::boolean
  from unnest(p_states) as s
  where s.google_account_id is not null
    or s.outcome_unknown
    -- A slot that replaces another one names the time.
    or s.slot is not null and s.desired_version > 1
    or exists (select from private.event_state as known where known.kind = 'meeting' and known.subject_id = s.meeting_id)
  on conflict (kind, subject_id) do update
  set
    google_account_id = excluded.google_account_id,
    google_calendar_id = excluded.google_calendar_id,
    outcome_unknown_since = case
      when excluded.outcome_unknown_since is not null then coalesce(es.outcome_unknown_since, excluded.outcome_unknown_since)
    end,
    removed_participants = excluded.removed_participants,
    named_fields = es.named_fields || excluded.named_fields,
    written_fields = coalesce(excluded.written_fields, es.written_fields),
    seen_event = case
      when excluded.seen_event is null or private.is_older_event(excluded.seen_event, es.seen_event) then es.seen_event
      else excluded.seen_event
    end,
    is_unacknowledged = coalesce(excluded.is_unacknowledged, es.is_unacknowledged);

  if exists (select from unnest(p_states) as s where s.shown ? 'forget') then
    update private.event_state as es
    set written_fields = null, seen_event = null
    from unnest(p_states) as s
    where es.kind = 'meeting' and es.subject_id = s.meeting_id and s.shown ? 'forget';
  end if;

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
    -- What people deleted is forgotten with the event: a requeued meeting gets another one.
    cancelled_in_google_at = case when given.shown ? 'forget' then null else m.cancelled_in_google_at end,
    google_event_link = case
      when given.shown ? 'google_event_link' then given.shown ->> 'google_event_link'
      when given.shown ? 'forget' then null
      else m.google_event_link
    end,
    meet_link = case
      when given.shown ? 'forget' or m.conference = 'none' then null
      when given.shown ? 'meet_link' then given.shown ->> 'meet_link'
      else m.meet_link
    end,
    meet_link_error = case
      -- Also where a newer version of the event is known: it does not say why it has no link.
      when s.shown ? 'meet_link_error' then s.shown ->> 'meet_link_error'
      when given.shown ->> 'meet_link' is not null then null
      else m.meet_link_error
    end,
    organizer_email = coalesce(given.shown ->> 'organizer_email', m.organizer_email),
    organizer_display_name = coalesce(given.shown ->> 'organizer_display_name', m.organizer_display_name),
    organizer_self = coalesce((given.shown ->> 'organizer_self')::boolean, m.organizer_self),
    attendees = case when given.shown ? 'forget' then '[]' else coalesce(given.shown -> 'attendees', m.attendees) end
  from unnest(p_states) as s
  left join private.event_state as es on es.kind = 'meeting' and es.subject_id = s.meeting_id
  -- A sync may have stored a newer version of the event since the worker read it. Offset 0: asked once for each row, and not
  -- for each column.
  cross join lateral (
    select case when not private.is_older_event(s.shown -> 'seen', es.seen_event) then s.shown end offset 0) as given (shown)
  where m.meeting_id = s.meeting_id;
  perform set_config('convene.is_storing', 'false', true);
end $function$;

CREATE OR REPLACE FUNCTION private.subscribers(p_event text, p_organizer_user_id uuid, p_until timestamp with time zone, p_after uuid, p_limit integer)
 RETURNS SETOF public.notification_targets
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return query
  select t.*
  from public.notification_targets as t
  where (t.owner_user_id = p_organizer_user_id or t.owner_user_id is null)
    and t.enabled
    and p_event = any (t.events)
    and t.created_at <= p_until
    and (p_after is null or t.target_id > p_after)
  order by t.target_id
  limit p_limit;
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
  perform private.post_wake_up(due.wakes, '{"batch": true, "background": true}')
  from (
    select distinct k.wakes
    from private.work_kinds as k
    where exists (select from private.due_work as d where d.kind = k.kind)
  ) as due;
end $function$;

CREATE OR REPLACE FUNCTION private.take_turns(p_kind text, p_owner_ids uuid[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
insert into private.work_turns as t (kind, owner_id, taken_at)
select p_kind, owner.id, clock_timestamp()
from (select distinct private.turn_owner(id) as id from unnest(p_owner_ids) as id) as owner
order by owner.id
on conflict (kind, owner_id) do update set taken_at = excluded.taken_at;
$function$;

CREATE OR REPLACE FUNCTION private.takes_open_meeting(p_kind text, p_priority smallint)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select p_kind = 'search' or p_kind = 'write' and p_priority = 0 $function$;

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

CREATE OR REPLACE FUNCTION private.task_events_expect_sync()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.expect_sync((
    select coalesce(jsonb_agg(to_jsonb(calendars)), '[]')
    from (
      select distinct n.user_id, coalesce(es.google_account_id, c.google_account_id) as google_account_id, n.calendar_id
      from new_rows as n
      left join private.event_state as es on es.kind = 'task_event' and es.subject_id = n.id::text
      left join private.google_connections as c on c.user_id = n.user_id
      where n.sync_status::text = 'synced' and n.deleted_at is null
    ) as calendars));
  return null;
end $function$;

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
  delete from private.slot_holds as h
  using old_events as o
  where h.task_event_id = o.id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.task_events_keep_holds()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if private.is_deleted(new) or new.sync_status::text = 'failed' or old.event_start is not null and new.event_start is distinct from old.event_start then
    delete from private.slot_holds as h where h.task_event_id = new.id;
  elsif new.sync_status::text = 'synced' and old.sync_status::text <> 'synced' then
    -- A search in progress may have read the calendar before the event was written.
    update private.slot_holds as h
    set state = 'written', expires_at = clock_timestamp() + make_interval(mins => private.setting('written_hold_minutes')::integer)
    where h.task_event_id = new.id and h.state = 'active';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.tasks_check_id()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if auth.uid() is not null and exists (
    select from public.tasks as t where t.id = new.id and t.user_id is distinct from new.user_id)
  then
    raise exception 'task_id_taken: Another user has a task with this id.'
      using errcode = '23505', hint = 'Choose another id, or leave it out: the database then chooses one.';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION private.tasks_check_limits()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_problem jsonb := coalesce(
    case
      when length(new.id) not between 1 and private.limit('task_id_characters') then
        jsonb_build_object('path', 'id', 'message', format('Expected 1 to %s characters', private.limit('task_id_characters')))
      when not private.is_in_years(new.start_date) then
        jsonb_build_object('path', 'start_date', 'message', private.expected_years())
      when not private.is_in_years(new.recurrence_ends::timestamp at time zone 'UTC') then
        jsonb_build_object('path', 'recurrence_ends', 'message', private.expected_years())
      when not private.is_in_years(new.deleted_at) then
        jsonb_build_object('path', 'deleted_at', 'message', private.expected_years())
    end,
    private.text_problem(new.title, 'title', 'title_characters'),
    private.description_problem(new.description),
    private.assignees_problem(new.assignees));
begin
  if v_problem is not null then
    perform private.refuse_value(v_problem);
  end if;
  return new;
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

CREATE OR REPLACE FUNCTION private.text_problem(p_text text, p_path text, p_limit text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
RETURN CASE WHEN (length(p_text) > private."limit"(p_limit)) THEN jsonb_build_object('path', p_path, 'message', format('Expected at most %s characters'::text, private."limit"(p_limit))) ELSE NULL::jsonb END;

CREATE OR REPLACE FUNCTION private.text_setting(p_name text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
declare
  v_value text;
begin
  select s.text_value into v_value from private.settings as s where s.name = p_name;
  if v_value is null then
    raise exception 'private.settings has no "%"', p_name
      using errcode = '55000', hint = 'Insert the row again; the migration that made the table has the usual values.';
  end if;
  return v_value;
end $function$;

CREATE OR REPLACE FUNCTION private.times_held(p_organizer_user_id uuid, p_except_meeting_id text)
 RETURNS bigint
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select count(*)
from (
  select distinct h.meeting_id, h.task_event_id, h.held
  from private.slot_holds as h
  where h.organizer_user_id = p_organizer_user_id
    and h.state = 'active'
    and h.expires_at > clock_timestamp()
    and (h.meeting_id is null or h.meeting_id is distinct from p_except_meeting_id)
) as held;
$function$;

CREATE OR REPLACE FUNCTION private.touched_meetings(p_user_id uuid, p_shared text[], p_events jsonb)
 RETURNS TABLE(meeting_id text, organizer_user_id uuid, meeting_starts_at timestamp with time zone, event_id text, starts_at timestamp with time zone, ends_at timestamp with time zone, is_exact boolean)
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select m.meeting_id, m.organizer_user_id, m.starts_at, e.event_id, e.starts_at, e.ends_at, e.is_exact
from private.event_spans(p_events) as e
join public.meetings as m
  on m.organizer_user_id = p_user_id and m.google_event_id is not null and m.cancelled_at is null
  and m.ends_at > greatest(clock_timestamp(), e.starts_at) and m.starts_at < e.ends_at
where m.google_event_id <> e.event_id and m.cancelled_in_google_at is null and m.recurrence is null and m.on_conflict <> 'ignore'
union all
select m.meeting_id, m.organizer_user_id, m.starts_at, e.event_id, e.starts_at, e.ends_at, e.is_exact
from public.meetings as m
join private.event_spans(p_events) as e on m.ends_at > greatest(clock_timestamp(), e.starts_at) and m.starts_at < e.ends_at
where m.meeting_id = any (p_shared)
  and m.google_event_id <> e.event_id and m.cancelled_in_google_at is null and m.recurrence is null and m.on_conflict <> 'ignore';
$function$;

CREATE OR REPLACE FUNCTION private.trim_ledger(p_rows integer DEFAULT 20000)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_before timestamptz;
  v_old text[];
  v_name text;
  v_deleted integer;
begin
  select now() - make_interval(days => s.value::integer) into v_before from private.settings as s where s.name = 'ledger_retention_days';
  if v_before is null or not private.maintains_ledger() then
    return 0;
  end if;
  v_old := array(
    select m.name from private.ledger_months() as m where (m.month + interval '1 month') at time zone 'UTC' <= v_before);
  if cardinality(v_old) > 0 and private.lock_ledger() then
    foreach v_name in array v_old loop
      execute format('drop table private.%I', v_name);
    end loop;
  end if;
  -- In the order of the primary key, so that no further index is needed, and a limited number of rows at a time, so that
  -- a run after a long break does not block other statements.
  delete from private.writeback_ledger_default as l
  where l.ledger_id in (
    select oldest.ledger_id
    from (select o.ledger_id, o.at from private.writeback_ledger_default as o order by o.ledger_id limit p_rows) as oldest
    where oldest.at < v_before
  );
  get diagnostics v_deleted = row_count;
  return v_deleted;
end $function$;

CREATE OR REPLACE FUNCTION private.trim_logs()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  v_jobs_before constant timestamptz := clock_timestamp() - make_interval(days => private.setting('job_log_retention_days')::integer);
  v_posted_before constant timestamptz := clock_timestamp() - make_interval(hours => private.setting('wake_up_log_retention_hours')::integer);
begin
  -- Only rows of Convene: other applications use the same tables. A role that may not delete leaves them to their owner.
  if coalesce(has_table_privilege(to_regclass('cron.job_run_details'), 'delete'), false) then
    execute $query$
      delete from cron.job_run_details as d
      using cron.job as j
      where j.jobid = d.jobid and j.jobname like 'convene-%' and d.start_time < $1
    $query$ using v_jobs_before;
  end if;
  if coalesce(has_table_privilege(to_regclass('net._http_response'), 'delete'), false) then
    execute $query$
      delete from net._http_response as r
      using private.posted_wake_ups as p
      where r.id = p.request_id and p.posted_at < $1 and r.created < $1
    $query$ using v_posted_before;
  end if;
  delete from private.posted_wake_ups as p where p.posted_at < v_posted_before;
end $function$;

CREATE OR REPLACE FUNCTION private.try_lock_people(p_emails text[])
 RETURNS text[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_lock integer;
  v_locks integer[] := array[]::integer[];
begin
  for v_lock in select l from private.people_locks(p_emails) as l loop
    if pg_try_advisory_xact_lock(1668246898, v_lock) then
      v_locks := v_locks || v_lock;
    end if;
  end loop;
  return array(
    select e from unnest(p_emails) as e
    where not exists (select from private.people_locks(array[e]) as l where l = any (v_locks)));
end $function$;

CREATE OR REPLACE FUNCTION private.turn_owner(p_owner_id uuid)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$ select coalesce(p_owner_id, '00000000-0000-0000-0000-000000000000') $function$;

CREATE OR REPLACE FUNCTION private.unheld_meetings(p_meeting_ids text[])
 RETURNS text[]
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select array(
  select mine.meeting_id
  from private.slot_holds as mine
  join private.slot_holds as other on other.participant_email = mine.participant_email and other.held && mine.held
  where mine.meeting_id = any (p_meeting_ids)
    and mine.state = 'ended'
    and not mine.is_given
    and other.state in ('active', 'written')
    and other.meeting_id is distinct from mine.meeting_id
  union
  select mine.meeting_id
  from private.slot_holds as mine
  join private.slot_holds as other on other.participant_email = mine.participant_email and other.held && mine.held
  where mine.meeting_id = any (p_meeting_ids)
    and mine.state = 'ended'
    and not mine.is_given
    and other.state = 'past'
    and other.meeting_id is distinct from mine.meeting_id
  union
  -- The event of a meeting whose outcome is unknown may exist. A search would see it on the calendar; a claim reads no calendar.
  select mine.meeting_id
  from private.slot_holds as mine
  join private.slot_holds as other on other.participant_email = mine.participant_email and other.held && mine.held
  join private.work as w on w.kind = 'write' and w.subject_id = other.meeting_id
  left join private.event_state as es on es.kind = 'meeting' and es.subject_id = other.meeting_id
  where mine.meeting_id = any (p_meeting_ids)
    and mine.state = 'ended'
    and not mine.is_given
    and other.state = 'ended'
    and other.meeting_id <> mine.meeting_id
    -- Leases of this transaction have sent no request.
    and (es.outcome_unknown_since is not null or w.crashes > 0 or w.leased_at < now()));
$function$;

CREATE OR REPLACE FUNCTION private.unknown_field_message(p_names jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN ('Unknown field. Expected one of '::text || (SELECT string_agg(known.name, ', '::text ORDER BY known.place) AS string_agg FROM jsonb_array_elements_text(unknown_field_message.p_names) WITH ORDINALITY known(name, place)));

CREATE OR REPLACE FUNCTION private.unverified_email(p_user_id uuid)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select lower(c.email) from private.google_connections as c where c.user_id = p_user_id and not c.email_verified;
$function$;

CREATE OR REPLACE FUNCTION private.vault_entries()
 RETURNS TABLE(name text, value text, what_to_do text)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select
  e.name,
  v.value,
  case
    when v.value is not null then null
    when s.id is null then format('select vault.create_secret(%L, %L);', e.example, e.name)
    else format('select vault.update_secret(%L, %L);', s.id, e.example)
  end
from (
  values
    ('convene_functions_url', 'https://<project ref>.supabase.co/functions/v1'),
    ('convene_automations_key', '<the secret key named automations>')
) as e (name, example)
left join vault.decrypted_secrets as s on s.name = e.name
cross join lateral (select nullif(btrim(s.decrypted_secret), '')) as v (value);
$function$;

CREATE OR REPLACE FUNCTION private.wake(p_function text, p_body jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform private.post_wake_up(p_function, p_body);
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
    and coalesce(p_meeting.writeback_attempted_at, '-infinity') < clock_timestamp() - make_interval(mins => private.setting('written_hold_minutes')::integer)
  then
    return 'search';
  elsif private.hold_slot_again(p_meeting) then
    return 'write';
  elsif v_is_chosen and p_meeting.writeback_status = 'failed' then
    return 'search';
  end if;
  return 'taken';
end $function$;

CREATE OR REPLACE FUNCTION private.weekdays_problem(p_days text[], p_path text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  -- Postgres keeps no dimensions with a type: a list of lists would reach searches.
  when array_ndims(p_days) > 1 or cardinality(p_days) > 7
    or not coalesce(p_days <@ array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'], true)
  then format('at most 7 weekdays in %s, e.g. monday', p_path)
end
$function$;

CREATE OR REPLACE FUNCTION private.weights_problem(p_weights jsonb, p_path text, p_expected text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when count(*) = 5 and abs(sum(value::numeric) - 100) >= 1e-6 then private.problem(p_path, p_expected)
  when count(*) < 5 and sum(value::numeric) >= 100 + 1e-6 then private.problem(p_path, 'Expected points that add up to at most 100')
end
from jsonb_each_text(p_weights)
$function$;

CREATE OR REPLACE FUNCTION private.whole_number_problem(p_object jsonb, p_key text, p_least integer, p_most integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select case
  when p_object -> p_key is null then null
  when jsonb_typeof(p_object -> p_key) <> 'number'
    or (p_object ->> p_key)::numeric not between p_least and p_most
    or (p_object ->> p_key)::numeric % 1 <> 0
  then jsonb_build_object('path', p_key, 'message', format('Expected a whole number from %s to %s', p_least, p_most))
end;
$function$;

CREATE OR REPLACE FUNCTION private.whole_problem(p_value jsonb, p_shape jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  case p_shape ->> 'whole'
    when 'hours' then
      return case when (p_value ->> 'start') collate "C" >= p_value ->> 'end' then private.problem(p_path || '.end', p_shape ->> 'expected_value') end;
    when 'divides_day' then
      return case when 1440 % (p_value #>> '{}')::numeric <> 0 then
        private.problem(p_path, 'Expected minutes that divide a day, e.g. 15 or 30')
      end;
    when 'weights' then
      return private.weights_problem(p_value, p_path, p_shape ->> 'expected_value');
    when 'constraints' then
      return coalesce(
        private.window_problem(p_value, p_path),
        case when coalesce((p_value ->> 'working_hours_start')::numeric, 9) >= coalesce((p_value ->> 'working_hours_end')::numeric, 17) then
          private.problem(p_path || '.working_hours_end', 'Expected an end after the start (working_hours_start)')
        end);
    when 'recurrence' then
      return case when (select count(*) from jsonb_array_elements_text(p_value) as line where private.with_rule_name(line) like 'RRULE:%') <> 1 then
        private.problem(p_path, p_shape ->> 'expected_value')
      end;
    when 'group' then
      return private.group_problem(p_value, p_path);
    when 'participants' then
      return private.participants_problem(p_value, p_shape ->> 'expected_value');
  end case;
  raise exception 'private.whole_problem does not return for %', p_shape ->> 'whole';
end $function$;

CREATE OR REPLACE FUNCTION private.window_problem(p_constraints jsonb, p_path text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(
  private.edge_problem(given.earliest, p_path || '.earliest_date'),
  private.edge_problem(given.latest, p_path || '.latest_date'),
  (
    select case
      when edges.until <= edges.since then private.problem(p_path || '.latest_date', format(
        'Name a time after earliest_date: %s is not later than %s', given.latest, given.earliest))
      -- By the wall clock: a year from summer into winter is an hour longer.
      when edges.until - edges.since > interval '8784 hours'
        and ((edges.until - interval '1 minute') at time zone given.timezone) + interval '1 minute'
          - (edges.since at time zone given.timezone) > interval '366 days'
      then private.problem(p_path || '.latest_date', 'Send a time window of at most 366 days')
    end
    from (
      select
        -- Seconds round inwards.
        case when private.is_date(given.earliest) then private.local_midnight(given.earliest::date, given.timezone)
          else date_bin('1 minute', given.earliest::timestamptz + interval '59.999999 seconds', 'epoch') end as since,
        case when private.is_date(given.latest) then private.local_midnight(given.latest::date + 1, given.timezone)
          else date_bin('1 minute', given.latest::timestamptz, 'epoch') end as until
      where private.edge_problem(given.earliest, '') is null and private.edge_problem(given.latest, '') is null
    ) as edges
  ))
from (
  select p_constraints ->> 'earliest_date' as earliest, p_constraints ->> 'latest_date' as latest, coalesce(p_constraints ->> 'timezone', 'UTC') as timezone
) as given
where given.earliest is not null and given.latest is not null;
$function$;

CREATE OR REPLACE FUNCTION private.with_choices(p_participants jsonb, p_choices jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_agg(
  case
    when choice.item is null then entry.item
    else entry.item || jsonb_build_object('chosen', choice.item -> 'chosen')
  end
  order by entry.place)
from (
  select
    listed.item, listed.place,
    case when private.is_group(listed.item) then count(*) filter (where private.is_group(listed.item)) over (order by listed.place) - 1 end as index
  from jsonb_array_elements(p_participants) with ordinality as listed (item, place)
) as entry
left join lateral (
  select c.item from jsonb_array_elements(p_choices) as c (item) where (c.item ->> 'index')::integer = entry.index
) as choice on true
$function$;

CREATE OR REPLACE FUNCTION private.with_named_fields(p_known jsonb, p_fields text[], p_guests jsonb, p_version integer, p_written_version integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select p_known
  || coalesce((select jsonb_object_agg(field, p_version) from unnest(p_fields) as field), '{}')
  || case
    when p_guests is null then '{}'
    else jsonb_build_object(
      'guests',
      coalesce(
        (
          select jsonb_object_agg(known.key, known.value)
          from jsonb_each(p_known -> 'guests') as known
          where (known.value ->> 'version')::integer > p_written_version
        ),
        '{}')
      || (
        select jsonb_object_agg(
          guest.key,
          jsonb_build_object(
            'version', p_version,
            'change', case
              -- The invitation is not written yet.
              when guest.value = 'changed' and p_known #>> array['guests', guest.key, 'change'] = 'added'
                and (p_known #>> array['guests', guest.key, 'version'])::integer > p_written_version
              then 'added'
              else guest.value
            end))
        from jsonb_each_text(p_guests) as guest
      ))
  end;
$function$;

CREATE OR REPLACE FUNCTION private.with_rule_name(p_line text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN CASE WHEN (p_line ~~ 'FREQ=%'::text) THEN ('RRULE:'::text || p_line) ELSE p_line END;

CREATE OR REPLACE FUNCTION private.withdraw_move(p_meeting_id text, p_written_version integer)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_move private.moves;
begin
  update private.moves as v
  set decision = 'kept', reason = 'time_changed', at = clock_timestamp()
  from public.meetings as m
  where m.meeting_id = p_meeting_id and v.meeting_id = m.meeting_id and v.decision = 'moved' and v.accepted_starts_at is null
    and v.desired_version > m.written_version and v.desired_version <= p_written_version
  returning v.* into v_move;
  if v_move.meeting_id is null or not exists (
    select from private.event_state as es
    where es.kind = 'meeting' and es.subject_id = p_meeting_id and (es.named_fields ->> 'time')::integer = v_move.desired_version)
  then
    return;
  end if;
  -- From this time people moved the event.
  perform set_config('convene.is_storing', 'true', true);
  update public.meetings as m
  set starts_at = v_move.from_starts_at, ends_at = v_move.from_ends_at, score = null, reasoning = null, candidates = '[]'
  where m.meeting_id = p_meeting_id;
  perform set_config('convene.is_storing', 'false', true);
end $function$;

CREATE OR REPLACE FUNCTION private.without_availability(p_item jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
RETURN CASE jsonb_typeof(p_item) WHEN 'object'::text THEN (p_item - ARRAY['busy'::text, 'calendar_summary'::text, 'open_hours'::text, 'exdates'::text, 'preferences'::text, 'calendar_ids'::text]) ELSE p_item END;

CREATE OR REPLACE FUNCTION private.work_limit(p_work private.work)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_rules private.work_kinds;
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_work.kind;
  if v_rules.budget is not null
    and least(v_rules.spends + p_work.spends, floor(private.setting(v_rules.budget))) > private.budget_left(p_work.owner_id, v_rules.budget)
  then
    return private.limit_reached(p_work.owner_id, v_rules.budget);
  elsif private.takes_open_meeting(p_work.kind, p_work.priority)
    and exists (select from private.full_owners as f where f.user_id = p_work.owner_id)
  then
    return private.limit_reached(p_work.owner_id, 'open_meetings');
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.work_wake_inserted()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if current_setting('convene.is_fanning_out', true) = 'true' then
    return null;
  end if;
  perform private.wake_worker(due.kind, due.rows, due.subject_id)
  from (
    select w.kind, count(*) as rows, min(w.subject_id) as subject_id
    from new_work as w
    where w.lease_token is null and w.due_at <= clock_timestamp()
      and not exists (select from private.live_pauses as p where private.concerns(p, w.kind, w.owner_id))
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
      and not exists (select from private.live_pauses as p where private.concerns(p, w.kind, w.owner_id))
    group by w.kind
  ) as due;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION private.write_checked(p_meeting public.meetings)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
update private.work as w set due_at = clock_timestamp()
where w.kind = 'write' and w.subject_id = p_meeting.meeting_id and w.lease_token is null and w.due_at > clock_timestamp();
$function$;

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

CREATE OR REPLACE FUNCTION public.adopt_google_event(p_kind text, p_subject_id text, p_event jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_is_gone constant boolean := p_event ->> 'status' = 'cancelled';
begin
  -- The worker that processes the row will store a newer response of Google.
  if exists (
    select from private.work as w
    where w.kind = case p_kind when 'meeting' then 'write' else p_kind end and w.subject_id = p_subject_id
      and (w.lease_token is not null or w.due_at < 'infinity'))
  then
    return false;
  elsif p_kind = 'meeting' then
    perform from public.meetings as m where m.meeting_id = p_subject_id and m.google_event_id = p_event ->> 'id' for update;
    return found and private.adopt_seen_meeting(p_subject_id, p_event, v_is_gone);
  end if;
  perform from public.task_calendar_events as e where e.id = p_subject_id::uuid and e.calendar_event_id = p_event ->> 'id' for update;
  return found and private.adopt_seen_task_event(p_subject_id::uuid, p_event, v_is_gone);
end $function$;

CREATE OR REPLACE FUNCTION public.allow_availability(p_user_id uuid, p_grantee_kind text, p_grantee text, p_level text, p_expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_row public.availability_sharing;
begin
  insert into public.availability_sharing as s (owner_user_id, grantee_kind, grantee, level, expires_at)
  values (p_user_id, p_grantee_kind, p_grantee, p_level, p_expires_at)
  on conflict on constraint availability_sharing_one_row_a_grantee do update
  set level = excluded.level, expires_at = excluded.expires_at
  returning s.* into strict v_row;
  return to_jsonb(v_row);
exception
  when sqlstate 'PT429' then
    return jsonb_build_object('limit', 'availability_permissions', 'allowed', private.setting('availability_permissions'));
end $function$;

CREATE OR REPLACE FUNCTION public.anonymous_users_allowed()
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select private.setting('anonymous_users_allowed') = 1;
$function$;

CREATE OR REPLACE FUNCTION public.assignee_emails(p_user_id uuid, p_assignee_ids uuid[])
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select coalesce(jsonb_object_agg(c.user_id, c.email), '{}')
from private.sharing_users(
  array(select lower(c.email) from private.google_connections as c where c.user_id = any (p_assignee_ids)), p_user_id
) as sharing
join private.google_connections as c on c.user_id = sharing.user_id
where c.user_id = any (p_assignee_ids);
$function$;

CREATE OR REPLACE FUNCTION public.begin_event_change(p_user_id uuid, p_calendar_id text, p_calendar_event_id text, p_lease_seconds integer DEFAULT NULL::integer, p_invites integer DEFAULT 0)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_event public.task_calendar_events;
  v_work private.work;
  v_pause constant jsonb := private.pause_refusal('task_event', p_user_id);
begin
  if v_pause is not null then
    return v_pause;
  end if;
  insert into public.task_calendar_events (user_id, calendar_id, calendar_event_id, organizer_self, sync_source, sync_status)
  values (p_user_id, p_calendar_id, p_calendar_event_id, null, 'google', 'synced')
  on conflict (user_id, calendar_id, calendar_event_id) do nothing;
  select * into strict v_event
  from public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = p_calendar_event_id
  for update;
  select * into v_work from private.work as w where w.kind = 'task_event' and w.subject_id = v_event.id::text for update;
  if v_work.leased_until > clock_timestamp() then
    return private.task_event_response('in_progress', v_event, p_user_id) || private.lease_wait('update');
  elsif private.is_unwritten(v_event) then
    return private.task_event_response('unwritten', v_event, p_user_id);
  elsif private.is_deleted(v_event) then
    return private.task_event_response('deleted', v_event, p_user_id);
  elsif not private.spend(p_user_id, 'guests_invited_per_day', p_invites) then
    return private.search_refusal(p_user_id, 'guests_invited_per_day');
  end if;
  perform private.lease_task_event(v_event.id::text, p_user_id, p_lease_seconds);
  return private.task_event_response('claimed', v_event, p_user_id);
end $function$;

CREATE OR REPLACE FUNCTION public.begin_google_authorization(p_user_id uuid, p_state_hash text, p_code_verifier_encrypted text, p_return_url text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_open_until timestamptz[];
begin
  delete from private.google_authorizations as a where a.expires_at < now() - interval '1 day';
  -- Two requests of one user would not see each other's rows.
  perform pg_advisory_xact_lock(hashtextextended('convene.open_authorizations.' || p_user_id, 0));
  v_open_until := array(
    select a.expires_at from private.google_authorizations as a
    where a.user_id = p_user_id and a.expires_at > clock_timestamp() order by a.expires_at);
  if cardinality(v_open_until) >= private.setting('open_authorizations') then
    return jsonb_build_object(
      'limit', 'open_authorizations', 'allowed', private.setting('open_authorizations'),
      'retry_after_seconds', ceil(extract(epoch from v_open_until[1] - clock_timestamp())));
  end if;
  insert into private.google_authorizations
    (state_hash, user_id, code_verifier_encrypted, return_url, expires_at)
  values
    (p_state_hash, p_user_id, p_code_verifier_encrypted, p_return_url, now() + interval '10 minutes');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.begin_scheduling(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_meeting jsonb DEFAULT NULL::jsonb, p_reschedule boolean DEFAULT false, p_lease_seconds integer DEFAULT NULL::integer, p_is_waiting boolean DEFAULT false)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_work private.work;
  v_context jsonb;
  v_pause jsonb;
  -- Megabytes that the caller has sent need not be read again.
  v_is_sent boolean;
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
    v_pause := private.pause_refusal('search', coalesce(p_user_id, (p_meeting ->> 'organizer_user_id')::uuid));
    if v_pause is not null then
      return v_pause;
    end if;
    v_context := private.search_context(private.new_meeting(p_user_id, p_meeting), true, true);
    if v_context ->> 'decision' = 'limit_reached' then
      return v_context;
    end if;
    begin
      select * into v_meeting from private.insert_leased_meeting(p_meeting_id, p_user_id, p_meeting, p_lease_seconds);
    exception
      when foreign_key_violation then
        return jsonb_build_object('decision', 'incomplete', 'path', 'organizer_user_id');
    end;
    if v_meeting.meeting_id is null then
      -- The same id was inserted between the first read and the insert.
      return private.lease_wait('search') || jsonb_build_object('decision', 'in_progress', 'retry_after_seconds', 1);
    end if;
    select * into v_work from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  elsif p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
    return case
      -- With participants it is a new meeting whose id the caller chose.
      when p_meeting ? 'participants' then jsonb_build_object('decision', 'taken', 'path', 'meeting_id')
      else jsonb_build_object('decision', 'not_found')
    end;
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled', 'meeting', private.meeting_json(v_meeting));
  else
    select * into v_work from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id for update;
    if v_work.leased_until > clock_timestamp() then
      return private.lease_wait('search') || jsonb_build_object(
        'decision', 'in_progress', 'meeting', private.meeting_json(v_meeting),
        'retry_after_seconds', ceil(extract(epoch from v_work.leased_until - clock_timestamp())));
    elsif p_is_waiting and v_meeting.scheduling_status in ('failed', 'retrying') and v_work.lease_token is null then
      return jsonb_build_object(
        'decision', v_meeting.scheduling_status, 'meeting', private.meeting_json(v_meeting),
        'retry_after_seconds', ceil(extract(epoch from v_work.due_at - clock_timestamp())));
    elsif v_meeting.scheduling_status = 'scheduled' and not p_reschedule then
      v_is_sent := private.are_large(v_meeting.participants) and p_meeting -> 'participants' = v_meeting.participants;
      if v_is_sent then
        v_meeting.participants := private.as_guests(v_meeting.participants);
      end if;
      return jsonb_build_object(
        'decision', 'scheduled', 'has_availability', v_is_sent is not true, 'meeting', private.meeting_json(v_meeting));
    elsif private.frozen_calendar_differs(v_meeting, p_meeting) then
      return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id', 'meeting', private.meeting_json(v_meeting));
    end if;
    v_pause := private.pause_refusal('search', v_meeting.organizer_user_id);
    if v_pause is not null then
      return v_pause || jsonb_build_object('meeting', private.meeting_json(v_meeting));
    end if;
    v_context := private.search_context(
      jsonb_populate_record(v_meeting, coalesce(p_meeting, '{}') - 'organizer_user_id'), true, v_meeting.google_event_id is null);
    if v_context ->> 'decision' = 'limit_reached' then
      return v_context || jsonb_build_object('meeting', private.meeting_json(v_meeting));
    end if;
    -- The caller searches another time now, under the meeting's own constraints.
    perform private.keep_time(private.open_move(p_meeting_id, 'searching'), 'search_requested');
    perform private.keep_time(private.open_move(p_meeting_id, 'proposed'), 'search_requested');
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
  v_is_sent := p_meeting ? 'participants' and private.are_large(v_meeting.participants);
  if v_is_sent then
    v_meeting.participants := private.as_guests(v_meeting.participants);
  end if;
  return jsonb_build_object('decision', 'claimed', 'has_availability', v_is_sent is not true)
    || v_context
    || jsonb_build_object('meeting', private.leased_search_json(v_meeting, v_work));
end $function$;

CREATE OR REPLACE FUNCTION public.begin_task_event(p_task_id text, p_user_id uuid, p_wanted jsonb, p_lease_seconds integer DEFAULT NULL::integer, p_is_waiting boolean DEFAULT false, p_slots jsonb DEFAULT NULL::jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_task public.tasks;
  v_event public.task_calendar_events;
  v_work private.work;
  v_is_unknown boolean;
  v_guests integer;
  v_hold jsonb := jsonb_build_object();
  v_pause jsonb;
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
  if not found or private.is_unwritten(v_event) then
    v_pause := private.pause_refusal('task_event', v_task.user_id);
    if v_pause is not null then
      return v_pause;
    end if;
  end if;
  if v_event.id is null then
    v_hold := private.insert_task_event(v_task, p_wanted, p_slots);
    if v_hold ->> 'id' is null then
      return v_hold;
    end if;
    select * into strict v_event from public.task_calendar_events as e where e.id = (v_hold ->> 'id')::uuid;
  elsif not private.is_unwritten(v_event) then
    return private.task_event_response('exists', v_event, v_task.user_id)
      || case when p_is_waiting then jsonb_build_object('already_exists', not private.acknowledge_event('task_event', v_event.id::text)) else '{}' end;
  else
    select * into v_work from private.work as w where w.kind = 'task_event' and w.subject_id = v_event.id::text for update;
    v_is_unknown := exists (
      select from private.event_state as es
      where es.kind = 'task_event' and es.subject_id = v_event.id::text and es.outcome_unknown_since is not null);
    if v_work.leased_until > clock_timestamp() then
      return private.task_event_response('in_progress', v_event, v_task.user_id) || private.lease_wait('create');
    elsif p_is_waiting and v_event.sync_error is not null and v_work.lease_token is null then
      -- Many callers may have waited for the attempt that failed: if each made another one, Google would be asked by all of them at once.
      return private.task_event_response('failed', v_event, v_task.user_id) || jsonb_build_object(
        'retry_after_seconds', case when v_work.due_at < 'infinity' then greatest(1, ceil(extract(epoch from v_work.due_at - clock_timestamp()))) end);
    elsif v_work.lease_token is null and not v_is_unknown then
      -- The former request cannot have taken effect, so the new one replaces it.
      v_guests := private.invited_by_task(
        p_wanted, (select es.wanted from private.event_state as es where es.kind = 'task_event' and es.subject_id = v_event.id::text));
      begin
        if not private.spend(v_task.user_id, 'guests_invited_per_day', v_guests) then
          return private.search_refusal(v_task.user_id, 'guests_invited_per_day');
        end if;
        v_hold := private.hold_for_task(v_event.id, v_task.user_id, p_slots);
        if v_hold ->> 'decision' <> 'settled' then
          raise exception using errcode = 'CV010', message = 'not_held';
        end if;
      exception
        -- What was spent is rolled back, as in private.insert_task_event.
        when sqlstate 'CV010' then
          return v_hold;
      end;
      update public.task_calendar_events as e
      set calendar_id = coalesce(p_wanted ->> 'calendar_id', 'primary'), sync_status = 'pending', sync_error = null
      where e.id = v_event.id
      returning * into v_event;
      perform private.store_task_event_state(
        v_event.id::text, jsonb_build_object('wanted', p_wanted || (v_hold -> 'wanted'), 'google_account_id', null));
    end if;
  end if;
  perform private.lease_task_event(v_event.id::text, v_task.user_id, p_lease_seconds);
  update private.work as w set due_at = w.leased_at where w.kind = 'task_event' and w.subject_id = v_event.id::text;
  return private.task_event_response('claimed', v_event, v_task.user_id) || jsonb_build_object('candidate', v_hold -> 'candidate');
end $function$;

CREATE OR REPLACE FUNCTION public.begin_writeback(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_lease_seconds integer DEFAULT NULL::integer, p_waited_for text DEFAULT NULL::text)
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
  v_limit jsonb;
  v_pause jsonb;
  v_more jsonb := jsonb_build_object();
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
    v_more := private.search_wait(p_meeting_id);
    v_decision := case when v_more is null then 'no_slot' else 'in_progress' end;
    v_more := coalesce(v_more, '{}');
  elsif (v_state.work).leased_until > clock_timestamp() then
    v_decision := 'in_progress';
    v_retry_at := (v_state.work).leased_until;
    v_more := private.lease_wait(private.write_operation(v_meeting));
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
    if v_decision = 'created' and p_waited_for = 'create' then
      v_more := jsonb_build_object('already_exists', not private.acknowledge_event('meeting', p_meeting_id));
    end if;
  elsif v_state.outcome_unknown
    and (v_state.work).due_at > clock_timestamp()
    and ((v_state.work).attempts >= private.setting('max_attempts') or v_state.is_cancelled and v_state.event_id is null)
  then
    -- The next verification decides whether the meeting failed or has an event to delete, so it waits until the last
    -- request can have taken effect.
    v_decision := 'in_progress';
    v_retry_at := (v_state.work).due_at;
    v_more := jsonb_build_object('verified_at', v_retry_at);
  elsif private.paused_until(v_connection, true) > clock_timestamp()
    and private.pause_end('write', v_meeting.organizer_user_id) is null
  then
    v_decision := 'paused';
    v_retry_at := private.paused_until(v_connection, true);
  elsif p_waited_for is not null and v_state.error is not null and (v_state.work).lease_token is null then
    -- Many callers may have waited for the attempt that failed: if each made another one, the retry budget would be used up at once.
    v_decision := 'retrying';
    v_retry_at := (v_state.work).due_at;
  end if;

  if v_decision is null then
    v_pause := private.pause_refusal('write', v_meeting.organizer_user_id);
    v_decision := v_pause ->> 'decision';
    v_more := coalesce(v_pause, v_more);
  end if;
  if v_decision is null then
    perform private.find_full_owners('write', array[p_meeting_id]);
    select private.work_limit(w) into v_limit from private.work as w
    where w.kind = 'write' and w.subject_id = p_meeting_id and w.lease_token is null;
    v_decision := case when v_limit is not null then 'limit_reached' end;
  end if;
  if v_decision is not null then
    v_meeting.candidates := '[]';
    return jsonb_build_object('decision', v_decision, 'meeting', private.meeting_json(v_meeting)) || coalesce(v_limit, '{}') || v_more
      || case
        when v_retry_at is not null then
          jsonb_build_object('retry_after_seconds', ceil(extract(epoch from least(v_retry_at, clock_timestamp() + interval '1 day') - clock_timestamp())))
        else '{}'
      end;
  end if;

  -- A call with a meeting_id ignores the backoff; write_due_at is the due time that it would have had.
  v_due_at := (select w.due_at from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id);
  perform private.spend_for_work('write', array[p_meeting_id]);
  perform private.lock_people(array(
    select distinct h.participant_email from private.slot_holds as h where h.meeting_id = p_meeting_id and h.state = 'ended'));
  v_work := private.hold_for_writes(array(select w from private.lease_work('write', array[p_meeting_id], p_lease_seconds) as w));
  if cardinality(v_work) = 0 then
    select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
    v_meeting.candidates := '[]';
    return jsonb_build_object('decision', 'in_progress', 'meeting', private.meeting_json(v_meeting), 'retry_after_seconds', 2)
      || coalesce(case when v_meeting.starts_at is null then private.search_wait(p_meeting_id) end, '{}');
  end if;
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
  elsif private.reason_not_to_write(v_meeting) is not null then
    return jsonb_build_object('decision', private.reason_not_to_write(v_meeting), 'meeting', private.meeting_json(v_meeting));
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
  select count(*) filter (where c.decided ->> 'decision' = 'cancelled') into v_cancelled
  from (
    select public.cancel_meeting(m.meeting_id) as decided
    from public.meetings as m
    where m.organizer_user_id = p_user_id and m.cancelled_at is null and coalesce(m.ends_at > now(), true)
  ) as c;
  return jsonb_build_object(
    'cancelled', v_cancelled,
    'waiting', (
      select count(*)
      from public.meetings as m
      where m.organizer_user_id = p_user_id and m.cancelled_at is not null
        and exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id)
    ));
end $function$;

CREATE OR REPLACE FUNCTION public.change_meeting(p_meeting_id text, p_user_id uuid, p_changes jsonb, p_expected_version integer DEFAULT NULL::integer, p_series jsonb DEFAULT NULL::jsonb, p_check jsonb DEFAULT NULL::jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_changed public.meetings;
  v_problem jsonb := private.change_problem(p_changes);
  v_named constant text[] := private.fields_named_by(p_changes);
  v_is_moved boolean;
  v_is_changed boolean;
  v_is_due boolean;
  v_is_other_search boolean;
  v_series jsonb;
  v_is_rearranged boolean;
  v_people text[];
  v_occurrences jsonb;
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
    v_changed.participants := private.keep_choices(v_changed.participants, v_meeting.participants);
    if p_changes ? 'starts_at' then
      v_changed.starts_at := date_trunc('second', v_changed.starts_at);
      v_changed.ends_at := date_trunc('second', v_changed.ends_at);
      -- A given time is no candidate of a search, so no later search replaces it.
      v_changed.candidates := '[]';
    end if;
    v_problem := private.meeting_problem(v_changed, v_meeting);
    if v_problem is null and (
      private.frozen_calendar_differs(v_meeting, p_changes)
      or v_meeting.google_event_id is not null and v_changed.target_calendar_id <> v_meeting.target_calendar_id)
    then
      v_problem := private.problem(
        'target_calendar_id', 'The event cannot move to another calendar. Leave this field out, or cancel the meeting and schedule a new one');
    end if;
  end if;
  if v_problem is not null then
    return jsonb_build_object('decision', 'invalid', 'meeting', private.meeting_json(v_meeting)) || v_problem;
  end if;

  v_is_moved := (v_changed.starts_at, v_changed.ends_at) is distinct from (v_meeting.starts_at, v_meeting.ends_at);
  v_is_changed := v_changed is distinct from v_meeting;
  -- What is named wins over what people have set on the event, also where the row has the value already.
  v_is_due := v_named <> '{}' and (v_is_changed or v_meeting.google_event_id is not null)
    or v_changed.participants <> v_meeting.participants;
  if not v_is_changed and not v_is_due then
    return jsonb_build_object('decision', 'unchanged', 'meeting', private.meeting_json(v_meeting));
  elsif v_is_moved and v_changed.starts_at <= clock_timestamp() then
    return jsonb_build_object('decision', 'slot_expired', 'meeting', private.meeting_json(v_meeting));
  elsif v_is_due and private.reason_not_to_write(v_meeting) is not null then
    return jsonb_build_object('decision', private.reason_not_to_write(v_meeting), 'meeting', private.meeting_json(v_meeting));
  end if;

  v_is_other_search := v_meeting.starts_at is null and not v_is_moved
    and (v_changed.participants, v_changed.constraints, v_changed.recurrence, v_changed.weights, v_changed.allow_concessions)
      is distinct from (v_meeting.participants, v_meeting.constraints, v_meeting.recurrence, v_meeting.weights, v_meeting.allow_concessions);
  v_series := private.series_of(v_changed);
  v_is_rearranged := v_changed.starts_at is not null
    and v_series - 'recurrence_horizon' is distinct from private.series_of(v_meeting) - 'recurrence_horizon';
  if v_is_rearranged then
    if v_changed.recurrence is not null and p_series is not null and p_series -> 'of' is distinct from v_series then
      return jsonb_build_object('decision', 'expand', 'series', v_series);
    end if;
    v_occurrences := coalesce(
      case when v_changed.recurrence is not null then p_series -> 'occurrences' end,
      jsonb_build_array(jsonb_build_object('start_time', v_changed.starts_at, 'end_time', v_changed.ends_at)));
    -- Before the update: a trigger deletes the holds of a former slot.
    v_people := private.people_to_hold(v_changed);
  end if;

  if v_is_moved then
    -- A given time replaces the result of a search in progress.
    delete from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id;
  elsif v_is_other_search then
    -- A search in progress has the old request: it loses its lease and starts again.
    update private.work as w
    set due_at = clock_timestamp(), lease_token = null, leased_at = null, leased_until = null
    where w.kind = 'search' and w.subject_id = p_meeting_id and w.lease_token is not null;
  end if;
  update public.meetings as m
  set
    title = v_changed.title,
    description = v_changed.description,
    location = v_changed.location,
    description_details = v_changed.description_details,
    locale = v_changed.locale,
    participants = v_changed.participants,
    constraints = v_changed.constraints,
    recurrence = v_changed.recurrence,
    weights = v_changed.weights,
    allow_concessions = v_changed.allow_concessions,
    target_calendar_id = v_changed.target_calendar_id,
    conference = v_changed.conference,
    reminders = v_changed.reminders,
    auto_reschedule = v_changed.auto_reschedule,
    on_conflict = v_changed.on_conflict,
    guests_can_modify = v_changed.guests_can_modify,
    guests_can_invite_others = v_changed.guests_can_invite_others,
    guests_can_see_other_guests = v_changed.guests_can_see_other_guests,
    -- A meeting without conference has no link, even while its event still shows one.
    meet_link = case when v_changed.conference <> 'none' then m.meet_link end,
    starts_at = v_changed.starts_at,
    ends_at = v_changed.ends_at,
    timezone = case when v_changed.starts_at is null then v_changed.timezone else coalesce(v_changed.timezone, 'UTC') end,
    -- A given time has no score.
    score = case when not v_is_moved then m.score end,
    reasoning = case when not v_is_moved then m.reasoning end,
    candidates = v_changed.candidates,
    scheduled_at = case when v_is_moved then clock_timestamp() else m.scheduled_at end,
    scheduling_status = case when v_is_moved then 'scheduled' else m.scheduling_status end,
    scheduling_error = case when not v_is_moved then m.scheduling_error end,
    scheduling_reason = case when not v_is_moved then m.scheduling_reason end,
    scheduling_details = case when not v_is_moved then m.scheduling_details end
  where m.meeting_id = p_meeting_id;
  if v_is_due then
    if v_named <> '{}' and v_meeting.starts_at is not null then
      perform private.name_fields(v_meeting, v_named);
    end if;
    v_meeting := private.apply_write_event(p_meeting_id, jsonb_build_object('type', 'changed', 'is_moved', v_is_moved));
  else
    select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  end if;
  if v_is_rearranged then
    perform private.hold_changed_times(v_meeting, v_people, v_occurrences);
  end if;
  if v_is_moved and v_meeting.on_conflict <> 'ignore' then
    if p_check is null then
      perform private.request_check(p_meeting_id, v_meeting.organizer_user_id, 'named');
    else
      delete from private.work as w where w.kind = 'conflict_check' and w.subject_id = p_meeting_id;
      perform private.store_conflicts(v_meeting, p_check);
    end if;
  end if;
  -- What failed may succeed with the change, which is why people make it.
  if v_is_other_search and v_meeting.scheduling_status = 'failed' and v_meeting.organizer_user_id is not null then
    v_meeting := private.search_again(p_meeting_id);
  end if;
  return jsonb_build_object(
    'decision', case when v_is_changed then 'changed' else 'unchanged' end, 'meeting', private.meeting_json(v_meeting));
end $function$;

CREATE OR REPLACE FUNCTION public.claim_conflict_checks(p_limit integer DEFAULT 10, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS SETOF jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[];
  v_one private.work;
begin
  -- A check that crashes its workers is given up; the meeting keeps its time, and is written, without it.
  delete from private.work as w
  where w.kind = 'conflict_check' and w.lease_token is not null and w.leased_until <= clock_timestamp()
    and w.crashes + 1 >= private.setting('max_attempts');
  v_work := array(select w from private.claim_work('conflict_check', p_limit, p_lease_seconds) as w);
  for v_one in
    select w.* from unnest(v_work) as w
    where exists (
      select from private.work as write
      where write.kind = 'write' and write.subject_id = w.subject_id and write.leased_until > clock_timestamp())
  loop
    -- The event may appear on the calendars while they are read.
    perform private.store_work(private.next_work(v_one, 'defer', 5));
    v_work := array(select w from unnest(v_work) as w where w.subject_id <> v_one.subject_id);
  end loop;
  return query
  select jsonb_build_object(
    'meeting_id', w.subject_id, 'organizer_user_id', w.owner_id, 'lease_token', w.lease_token, 'attempts', w.attempts,
    'max_attempts', private.setting('max_attempts'), 'lease_seconds', extract(epoch from w.leased_until - w.leased_at),
    'is_large', private.are_large(m.participants))
  from unnest(v_work) as w
  left join public.meetings as m on m.meeting_id = w.subject_id
  order by w.due_at, w.subject_id;
end $function$;

CREATE OR REPLACE FUNCTION public.claim_holidays(p_limit integer DEFAULT 20, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[] := array(select w from private.claim_work('holidays', p_limit, p_lease_seconds) as w);
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('calendar', w.subject_id, 'lease_token', w.lease_token) order by w.subject_id), '[]')
    from unnest(v_work) as w);
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
        'candidates', '[]'::jsonb, 'participants', private.as_guests(m.participants),
        'lease_token', w.lease_token, 'reads', w.deferrals + w.crashes + 1, 'google_account_id', es.google_account_id),
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
  perform private.fan_out_announcements(p_limit);
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
  select jsonb_build_object(
    'meeting_id', m.meeting_id, 'organizer_user_id', m.organizer_user_id, 'lease_token', w.lease_token, 'attempts', w.attempts,
    'max_attempts', private.setting('max_attempts'), 'lease_seconds', extract(epoch from w.leased_until - w.leased_at),
    'is_large', private.are_large(m.participants))
  from unnest(v_work) as w
  join public.meetings as m on m.meeting_id = w.subject_id
  order by w.due_at, w.subject_id;
end $function$;

CREATE OR REPLACE FUNCTION public.claim_syncs(p_limit integer DEFAULT 10, p_push boolean DEFAULT false, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work[];
begin
  -- A calendar that crashed its workers is read again when it is due the next time.
  delete from private.work as w
  where w.kind = 'sync' and w.crashes >= private.setting('max_attempts') and w.leased_until <= clock_timestamp();
  -- Another account was connected, or the user was deleted, since the work became due.
  delete from private.work as w
  where w.kind = 'sync' and coalesce(w.leased_until <= clock_timestamp(), true) and not exists (
    select from private.sync_calendars as s
    join private.google_connections as c on c.user_id = s.user_id and c.google_account_id = s.google_account_id
    where s.sync_id = w.subject_id);
  v_work := array(select w from private.claim_work('sync', p_limit, p_lease_seconds) as w);
  return (
    select coalesce(jsonb_agg(private.leased_sync_json(w.subject_id, p_push) order by w.due_at, w.subject_id), '[]')
    from unnest(v_work) as w);
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
    'quota_seconds', case when v_is_more and coalesce(cardinality(v_work), 0) < p_limit then private.seconds_to_quota('write') end,
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

CREATE OR REPLACE FUNCTION public.convene_health()
 RETURNS TABLE(area text, name text, reason text, status text, count bigint, since timestamp with time zone, details jsonb, what_to_do text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
#variable_conflict use_column
declare
  v_checks private.health_check[];
begin
  v_checks := array(
    select c from private.health_of_wake_ups() as c
    union all select c from private.health_of_jobs() as c
    union all select c from private.health_of_queue() as c
    union all select c from private.health_of_failures() as c
    union all select c from private.health_of_connections() as c
    union all select c from private.health_of_pauses() as c
    union all select c from private.health_of_storage() as c);
  return query
  select
    'overall', 'convene', null::text,
    case when bool_or(c.status = 'failing') then 'failing' when bool_or(c.status = 'degraded') then 'degraded' else 'ok' end,
    count(*) filter (where c.status <> 'ok'), null::timestamptz, '{}'::jsonb, null::text
  from unnest(v_checks) as c;
  return query select c.* from unnest(v_checks) as c;
end $function$;

CREATE OR REPLACE FUNCTION public.count_failed_work(p_reason text DEFAULT NULL::text, p_user_id uuid DEFAULT NULL::uuid, p_since timestamp with time zone DEFAULT NULL::timestamp with time zone, p_before timestamp with time zone DEFAULT NULL::timestamp with time zone, p_kind text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select coalesce(jsonb_agg(to_jsonb(c) order by c.rows desc, c.kind, c.reason), '[]')
from (
  select f.kind, f.reason, count(*) as rows
  from private.failed_rows(private.named_kinds(p_kind, private.kinds_that_fail()), p_reason, p_user_id, p_since, p_before) as f
  group by f.kind, f.reason
) as c;
$function$;

CREATE OR REPLACE FUNCTION public.decide_move(p_meeting_id text, p_user_id uuid, p_decision text, p_starts_at timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_move private.moves;
  v_starts_at timestamptz;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  if not found or (p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  elsif v_meeting.cancelled_at is not null then
    return jsonb_build_object('decision', 'cancelled');
  end if;
  v_move := private.open_move(p_meeting_id, 'proposed');
  if v_move.meeting_id is null or v_move.expires_at <= clock_timestamp() then
    if v_move.meeting_id is not null then
      perform private.keep_time(v_move, 'expired');
    end if;
    return jsonb_build_object('decision', 'no_proposal', 'move', private.last_move_json(p_meeting_id));
  end if;
  v_starts_at := coalesce(p_starts_at, v_move.to_starts_at);
  if p_decision = 'accept' and not exists (
    select from jsonb_array_elements(v_move.alternatives) as a where (a.value ->> 'start_time')::timestamptz = v_starts_at)
  then
    return jsonb_build_object('decision', 'not_offered', 'move', private.last_move_json(p_meeting_id));
  end if;
  if p_decision = 'accept' then
    update private.moves as v
    set decision = 'searching', accepted_starts_at = v_starts_at, at = clock_timestamp()
    where v.meeting_id = p_meeting_id and v.version = v_move.version;
    perform private.enqueue('search', p_meeting_id, v_meeting.organizer_user_id);
  else
    update private.moves as v
    set decision = 'rejected', at = clock_timestamp()
    where v.meeting_id = p_meeting_id and v.version = v_move.version;
    delete from private.slot_holds as h where h.meeting_id = p_meeting_id and lower(h.slot) is distinct from v_meeting.starts_at;
  end if;
  return jsonb_build_object('decision', p_decision || 'ed', 'move', private.last_move_json(p_meeting_id));
end $function$;

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
select m.event_key from public.meetings as m where m.event_key = any (p_event_keys)
union
select e.event_key from public.task_calendar_events as e where e.event_key = any (p_event_keys);
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

CREATE OR REPLACE FUNCTION public.find_task_event(p_user_id uuid, p_id text, p_calendar_id text, p_calendar_event_id text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'event', found.event,
  'meeting_id', private.meeting_of_event(p_user_id, coalesce(p_calendar_event_id, found.event ->> 'calendar_event_id')))
from (select 1) as one
left join lateral (
  select private.task_event_json(e) as event
  from public.task_calendar_events as e
  where e.user_id = p_user_id
    and case
      when p_id is not null then e.id::text = p_id
      else e.calendar_event_id = p_calendar_event_id and (p_calendar_id is null or e.calendar_id = p_calendar_id)
    end
  order by private.is_deleted(e), e.calendar_id <> 'primary', e.created_at
  limit 1
) as found on true;
$function$;

CREATE OR REPLACE FUNCTION public.finish_batch(p_kind text, p_wake boolean DEFAULT false)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_rules private.work_kinds;
  v_remaining integer;
begin
  select * into strict v_rules from private.work_kinds as k where k.kind = p_kind;
  -- Announcements and notifications are one queue to their worker.
  select count(*) into v_remaining
  from private.due_work as d
  join private.work_kinds as k on k.kind = d.kind
  where k.wakes = v_rules.wakes;
  if p_wake and v_remaining > 0 then
    perform private.wake_for_rest(p_kind);
  end if;
  return jsonb_build_object(
    'remaining', v_remaining,
    'quota_seconds', case when v_remaining > 0 and v_rules.uses_google then private.seconds_to_quota(p_kind) end);
end $function$;

CREATE OR REPLACE FUNCTION public.follow_task_event(p_user_id uuid, p_calendar_event_id text, p_from text, p_to text, p_lease_token uuid DEFAULT NULL::uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform from public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_from and e.calendar_event_id = p_calendar_event_id
  for update;
  if not found then
    return true;
  end if;
  if exists (
    select
    from public.task_calendar_events as e
    join private.work as w on w.kind = 'task_event' and w.subject_id = e.id::text
    where e.user_id = p_user_id and e.calendar_id in (p_from, p_to) and e.calendar_event_id = p_calendar_event_id
      and w.leased_until > clock_timestamp() and w.lease_token is distinct from p_lease_token)
  then
    return false;
  end if;
  -- A row that stands there already was inserted for an event whose task was not known.
  delete from public.task_calendar_events as there
  using public.task_calendar_events as e
  where e.user_id = p_user_id and e.calendar_id = p_from
    and (e.calendar_event_id = p_calendar_event_id or e.recurrence_master_id = p_calendar_event_id)
    and there.user_id = e.user_id and there.calendar_id = p_to and there.calendar_event_id = e.calendar_event_id;
  update public.task_calendar_events as e
  set calendar_id = p_to, updated_at = now()
  where e.user_id = p_user_id and e.calendar_id = p_from
    and (e.calendar_event_id = p_calendar_event_id or e.recurrence_master_id = p_calendar_event_id);
  return true;
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
  union
  select nullif(e.calendar_id, c.email)
  from public.task_calendar_events as e
  join private.event_state as es on es.kind = 'task_event' and es.subject_id = e.id::text
  where e.user_id = c.user_id and es.google_account_id = c.google_account_id
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
select to_jsonb(m) || jsonb_build_object(
  'candidates', '[]'::jsonb, 'participants', private.as_guests(m.participants),
  'google_account_id', es.google_account_id, 'outcome_unknown', es.outcome_unknown_since is not null)
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

CREATE OR REPLACE FUNCTION public.list_auditable_task_events(p_limit integer DEFAULT 50, p_after text DEFAULT NULL::text, p_ids text[] DEFAULT NULL::text[])
 RETURNS SETOF jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select private.task_event_json(e)
from public.task_calendar_events as e
-- Without an account no request was sent to Google for the row.
join private.event_state as es on es.kind = 'task_event' and es.subject_id = e.id::text and es.google_account_id is not null
where not coalesce(e.is_exception, false)
  and not private.is_unwritten(e)
  and not exists (
    select from private.work as w
    where w.kind = 'task_event' and w.subject_id = e.id::text and (w.lease_token is not null or w.due_at < 'infinity'))
  and case
    when p_ids is not null then e.id::text = any (p_ids)
    -- Of a deleted event only a recent deletion can have missed its event.
    when private.is_deleted(e) then e.updated_at > now() - interval '30 days'
    else coalesce(e.is_master_event, false) or e.event_end > now() - interval '30 days'
  end
  and (p_after is null or e.id::text > p_after)
order by e.id::text
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

CREATE OR REPLACE FUNCTION public.list_failed_searches(p_limit integer DEFAULT 50)
 RETURNS SETOF jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'meeting_id', m.meeting_id, 'title', m.title, 'scheduling_error', m.scheduling_error, 'scheduling_reason', m.scheduling_reason)
from public.meetings as m
where m.scheduling_status = 'failed' and m.cancelled_at is null and m.writeback_status is null
order by m.meeting_id
limit p_limit;
$function$;

CREATE OR REPLACE FUNCTION public.list_meetings(p_user_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 50, p_before timestamp with time zone DEFAULT NULL::timestamp with time zone, p_before_meeting_id text DEFAULT NULL::text, p_state text DEFAULT NULL::text, p_reason text DEFAULT NULL::text, p_since timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select jsonb_build_object(
  'meetings',
  coalesce((
    select jsonb_agg(
      to_jsonb(page)
        - array['candidates', 'scheduling_details', 'participants', 'constraints', 'attendees', 'description', 'reasoning']
        -- The title of an event without one names its participants.
        || jsonb_build_object('participants', case when coalesce(trim(page.title), '') = '' then page.participants else '[]' end)
      order by page.created_at desc, page.meeting_id desc)
    from (
      select m.*, s.state, s.stage, s.reason, s.until
      from public.meetings as m
      cross join private.meeting_state(m) as s
      where (p_user_id is null or m.organizer_user_id = p_user_id)
        and (p_before is null or (m.created_at, m.meeting_id) < (p_before, coalesce(p_before_meeting_id, '')))
        and (p_since is null or m.created_at >= p_since)
        and (p_state is null or s.state = p_state)
        and (p_reason is null or s.reason = p_reason)
      order by m.created_at desc, m.meeting_id desc
      limit p_limit
    ) as page
  ), '[]'),
  'counts',
  (
    select coalesce(jsonb_object_agg(counted.state, counted.meetings), '{}')
    from (
      select s.state, count(*) as meetings
      from public.meetings as m
      cross join private.meeting_state(m) as s
      where (p_user_id is null or m.organizer_user_id = p_user_id)
        and (p_since is null or m.created_at >= p_since)
      group by s.state
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

CREATE OR REPLACE FUNCTION public.pause_work(p_reason text, p_kind text DEFAULT NULL::text, p_user_id uuid DEFAULT NULL::uuid, p_until timestamp with time zone DEFAULT NULL::timestamp with time zone, p_paused_by text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if p_kind = 'announcement' or not exists (select from private.work_kinds as k where k.kind = coalesce(p_kind, k.kind)) then
    raise exception 'p_kind: there is no kind of work %', p_kind using
      errcode = '22023',
      hint = 'One of ' || (select string_agg(k.kind, ', ' order by k.kind) from private.work_kinds as k where k.kind <> 'announcement') || '.';
  elsif p_until <= clock_timestamp() then
    raise exception 'p_until: % has passed', p_until using errcode = '22023', hint = 'Name a later time, or none.';
  end if;
  insert into private.pauses as p (kind, user_id, reason, paused_by, until)
  values (p_kind, p_user_id, p_reason, coalesce(p_paused_by, current_user), p_until)
  on conflict (kind, user_id) do update
  set reason = excluded.reason, paused_by = excluded.paused_by, paused_at = excluded.paused_at, until = excluded.until;
  return private.pauses_json();
end $function$;

CREATE OR REPLACE FUNCTION public.preview_change(p_meeting_id text, p_user_id uuid, p_changes jsonb, p_expected_version integer DEFAULT NULL::integer, p_series jsonb DEFAULT NULL::jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_before jsonb;
  v_decided jsonb;
begin
  select private.meeting_json(m) || jsonb_build_object('organizer_email', coalesce(m.organizer_email, c.email)) into v_before
  from public.meetings as m
  left join private.google_connections as c on c.user_id = m.organizer_user_id
  where m.meeting_id = p_meeting_id and (p_user_id is null or m.organizer_user_id = p_user_id);
  begin
    v_decided := case
      when p_changes is null then public.cancel_meeting(p_meeting_id, p_user_id, p_expected_version)
      else public.change_meeting(p_meeting_id, p_user_id, p_changes, p_expected_version, p_series)
    end;
    raise exception using errcode = 'CV004', message = 'The preview is complete.';
  exception
    when sqlstate 'CV004' then null;
  end;
  return v_decided || jsonb_build_object('before', v_before);
end $function$;

CREATE OR REPLACE FUNCTION public.read_conflict_context(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_changes jsonb DEFAULT NULL::jsonb, p_is_claimed boolean DEFAULT false)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_stored public.meetings;
  v_meeting public.meetings;
  v_seen jsonb;
  v_context jsonb;
begin
  select * into v_stored from public.meetings as m where m.meeting_id = p_meeting_id;
  if not found or (p_user_id is not null and v_stored.organizer_user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  v_meeting := jsonb_populate_record(v_stored, coalesce(p_changes, '{}'));
  if v_stored.cancelled_at is not null or v_stored.cancelled_in_google_at is not null or v_meeting.on_conflict = 'ignore'
    or v_meeting.starts_at is null or v_meeting.starts_at >= v_meeting.ends_at or v_meeting.starts_at <= clock_timestamp()
    or p_changes is not null and (v_meeting.starts_at, v_meeting.ends_at) is not distinct from (v_stored.starts_at, v_stored.ends_at)
  then
    return jsonb_build_object('decision', 'not_needed');
  end if;
  if p_changes is not null then
    v_meeting.participants := private.keep_choices(v_meeting.participants, v_stored.participants);
    v_meeting.desired_version := v_meeting.desired_version + 1;
  end if;
  if not p_is_claimed and not private.spend(v_meeting.organizer_user_id, 'conflict_checks_per_minute', 1) then
    return private.search_refusal(v_meeting.organizer_user_id, 'conflict_checks_per_minute');
  end if;
  v_context := private.search_context(v_meeting, false);
  if v_context ->> 'decision' = 'limit_reached' then
    return v_context;
  end if;
  select es.seen_event into v_seen from private.event_state as es where es.kind = 'meeting' and es.subject_id = p_meeting_id;
  return jsonb_build_object('decision', 'stored') || v_context || jsonb_build_object(
    'meeting', private.leased_search_json(v_meeting, null),
    'event_time', case
      when v_stored.google_event_id is null then null
      when v_seen #>> '{start,dateTime}' is not null then
        jsonb_build_object('start', v_seen #>> '{start,dateTime}', 'end', v_seen #>> '{end,dateTime}')
      else jsonb_build_object('start', v_stored.starts_at, 'end', v_stored.ends_at)
    end || jsonb_build_object('recurrence', v_stored.recurrence, 'timezone', v_stored.timezone));
end $function$;

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
 SET search_path TO ''
AS $function$
select private.meeting_json(m) || jsonb_build_object(
  'waits_for', (
    select private.work_limit(w) from private.work as w
    where w.kind in ('search', 'write') and w.subject_id = m.meeting_id and w.lease_token is null and w.due_at < 'infinity'
    order by w.kind desc
    limit 1),
  'move', private.last_move_json(m.meeting_id),
  'to_invite', (
    select coalesce(jsonb_agg(g.key order by g.key), '[]')
    from private.event_state as es
    cross join jsonb_each(es.named_fields -> 'guests') as g
    where es.kind = 'meeting' and es.subject_id = m.meeting_id
      and g.value ->> 'change' = 'added' and (g.value ->> 'version')::integer > m.written_version),
  'account_email', private.account_email(m.organizer_user_id),
  'is_stuck', (
    select not private.can_wake()
    from private.work as w
    where w.kind in ('search', 'write') and w.subject_id = m.meeting_id and w.due_at < 'infinity'
    limit 1) is true) || case
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

CREATE OR REPLACE FUNCTION public.read_scheduling_context(p_meeting_id text, p_user_id uuid DEFAULT NULL::uuid, p_meeting jsonb DEFAULT NULL::jsonb, p_is_new_search boolean DEFAULT true)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_context jsonb;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  if found then
    if p_user_id is not null and v_meeting.organizer_user_id is distinct from p_user_id then
      return jsonb_build_object('decision', case when p_meeting ? 'participants' then 'taken' else 'not_found' end);
    elsif private.frozen_calendar_differs(v_meeting, p_meeting) then
      return jsonb_build_object('decision', 'frozen', 'path', 'google_calendar_id');
    end if;
    v_context := private.search_context(
      jsonb_populate_record(v_meeting, coalesce(p_meeting, '{}') - 'organizer_user_id'), p_is_new_search);
    return jsonb_build_object('decision', 'stored')
      || v_context
      || jsonb_build_object(
        'meeting', private.leased_search_json(v_meeting, null) || jsonb_build_object('move', private.move_search_json(v_meeting)));
  end if;
  if p_meeting is null then
    return jsonb_build_object('decision', 'not_found');
  end if;
  return jsonb_build_object('decision', 'new', 'description_details', private.text_setting('description_details'))
    || (private.search_context(private.new_meeting(p_user_id, p_meeting), p_is_new_search) - 'meeting');
end $function$;

CREATE OR REPLACE FUNCTION public.read_slot_holds(p_emails text[], p_from timestamp with time zone, p_to timestamp with time zone, p_meeting_id text DEFAULT NULL::text, p_organizer_user_id uuid DEFAULT NULL::uuid, p_read jsonb DEFAULT NULL::jsonb, p_task_event_id uuid DEFAULT NULL::uuid)
 RETURNS TABLE(participant_email text, starts_at timestamp with time zone, ends_at timestamp with time zone)
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select private.note_availability_reads(p_read, p_from, p_to);
select h.participant_email, lower(h.held), upper(h.held)
from private.slot_holds as h
where h.participant_email in (
    select lower(email) from unnest(p_emails) as email
    except select private.unverified_email(p_organizer_user_id))
  and h.held && tstzrange(p_from, p_to)
  and (h.meeting_id is null or h.meeting_id is distinct from p_meeting_id)
  and (h.task_event_id is null or h.task_event_id is distinct from p_task_event_id)
  and h.state in ('active', 'written')
  and h.expires_at > clock_timestamp()
union all
select h.participant_email, lower(h.held), upper(h.held)
from private.slot_holds as h
join private.work as w on w.kind = 'write' and w.subject_id = h.meeting_id
where h.participant_email in (select lower(email) from unnest(p_emails) as email)
  and h.held && tstzrange(p_from, p_to)
  and h.meeting_id is distinct from p_meeting_id
  and h.organizer_user_id = p_organizer_user_id
  and (h.state = 'ended' or h.state = 'active' and h.expires_at <= clock_timestamp());
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

CREATE OR REPLACE FUNCTION public.receive_push(p_channel_id text, p_resource_id text, p_is_first boolean, p_push boolean DEFAULT true, p_lease_seconds integer DEFAULT NULL::integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_calendar private.sync_calendars;
  v_work private.work;
begin
  select s.* into v_calendar
  from private.channels as ch
  join private.sync_calendars as s on s.sync_id = ch.sync_id
  join private.google_connections as c on c.user_id = s.user_id and c.google_account_id = s.google_account_id
  where ch.channel_id = p_channel_id and c.status = 'healthy';
  if not found then
    return jsonb_build_object('received', 'unknown');
  end if;
  if p_is_first then
    update private.channels as ch set resource_id = coalesce(ch.resource_id, p_resource_id) where ch.channel_id = p_channel_id;
    return jsonb_build_object('received', 'first');
  end if;
  -- A sync that ends meanwhile deletes the row that the insert found.
  loop
    -- Leased in the same statement, so no worker is woken for the inserted row.
    insert into private.work (kind, subject_id, owner_id, priority, requests, due_at)
    values ('sync', v_calendar.sync_id, v_calendar.user_id, 0, 1, 'infinity')
    on conflict (kind, subject_id) do nothing;
    select * into v_work from private.work as w where w.kind = 'sync' and w.subject_id = v_calendar.sync_id for update;
    exit when found;
  end loop;
  if v_work.leased_until > clock_timestamp()
    or private.pause_end('sync', v_calendar.user_id) is not null
    or private.paused_until((select c from private.google_connections as c where c.user_id = v_calendar.user_id), false) > clock_timestamp()
  then
    update private.work as w
    set due_at = case when w.due_at = 'infinity' or w.lease_token is not null then clock_timestamp() else w.due_at end
    where w.kind = 'sync' and w.subject_id = v_calendar.sync_id;
    return jsonb_build_object('received', 'remembered');
  end if;
  perform private.lease_work('sync', array[v_calendar.sync_id], p_lease_seconds);
  update private.work as w set due_at = w.leased_at where w.kind = 'sync' and w.subject_id = v_calendar.sync_id;
  return jsonb_build_object('received', 'claimed', 'sync', private.leased_sync_json(v_calendar.sync_id, p_push));
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

CREATE OR REPLACE FUNCTION public.requeue_failed_work(p_reason text DEFAULT NULL::text, p_user_id uuid DEFAULT NULL::uuid, p_since timestamp with time zone DEFAULT NULL::timestamp with time zone, p_before timestamp with time zone DEFAULT NULL::timestamp with time zone, p_kind text DEFAULT NULL::text, p_limit integer DEFAULT 500, p_after text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select private.requeue_rows(
  private.named_kinds(p_kind, private.kinds_that_fail()), p_reason, p_user_id, p_since, p_before, p_limit, p_after);
$function$;

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
  if v_meeting.scheduling_status = 'failed' and v_meeting.starts_at is null and v_meeting.cancelled_at is null
    and v_meeting.organizer_user_id is not null
    and not exists (select from private.work as w where w.kind = 'search' and w.subject_id = p_meeting_id)
  then
    return jsonb_build_object('decision', 'requeued', 'meeting', private.meeting_json(private.search_again(p_meeting_id)));
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
    and (v_state.event_id is null or split_part(v_state.error, ':', 1) in ('event_missing', 'slot_expired'))
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

CREATE OR REPLACE FUNCTION public.requeue_meetings(p_reason text DEFAULT NULL::text, p_user_id uuid DEFAULT NULL::uuid, p_since timestamp with time zone DEFAULT NULL::timestamp with time zone, p_before timestamp with time zone DEFAULT NULL::timestamp with time zone, p_kind text DEFAULT NULL::text, p_limit integer DEFAULT 500, p_after text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE sql
 SET search_path TO ''
AS $function$
select private.requeue_rows(
  private.named_kinds(p_kind, array['search', 'write']), p_reason, p_user_id, p_since, p_before, p_limit, p_after);
$function$;

CREATE OR REPLACE FUNCTION public.requeue_task_event(p_id uuid, p_user_id uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_event public.task_calendar_events;
  v_work private.work;
  v_state private.event_state;
  v_decision text;
begin
  select * into v_event from public.task_calendar_events as e where e.id = p_id for update;
  if v_event.id is null or (p_user_id is not null and v_event.user_id is distinct from p_user_id) then
    return jsonb_build_object('decision', 'not_found');
  end if;
  select * into v_work from private.work as w where w.kind = 'task_event' and w.subject_id = p_id::text for update;
  select * into v_state from private.event_state as es where es.kind = 'task_event' and es.subject_id = p_id::text;
  v_decision := case
    when private.is_deleted(v_event) then 'cancelled'
    when v_work.leased_until > clock_timestamp() or v_work.due_at < 'infinity' then 'pending'
    when private.is_unwritten(v_event) and not exists (
      select from public.tasks as t where t.id = v_event.task_id and t.deleted_at is null) then 'task_not_found'
    when private.is_unwritten(v_event) or v_state.pending_change is not null then 'requeued'
    -- An application has stored the failure: of Convene nothing is left to do.
    else 'not_failed'
  end;
  if v_decision = 'requeued' then
    insert into private.work as w (kind, subject_id, owner_id, priority, requests, due_at)
    values ('task_event', p_id::text, v_event.user_id, 1, 4, clock_timestamp())
    on conflict (kind, subject_id) do update
    set due_at = excluded.due_at, attempts = 0, deferrals = 0, crashes = 0, lease_token = null, leased_at = null, leased_until = null;
    update public.task_calendar_events as e
    set sync_status = case when private.is_unwritten(e) then 'pending' else e.sync_status end, sync_error = null, updated_at = now()
    where e.id = p_id
    returning * into v_event;
  end if;
  return jsonb_build_object('decision', v_decision, 'event', private.task_event_json(v_event));
end $function$;

CREATE OR REPLACE FUNCTION public.requeue_work(p_kind text, p_subject_id text)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return case p_kind
    when 'search' then public.requeue_meeting(p_subject_id) ->> 'decision'
    when 'write' then public.requeue_meeting(p_subject_id) ->> 'decision'
    when 'meet_link' then private.requeue_meet_link(p_subject_id)
    when 'task_event' then public.requeue_task_event(p_subject_id::uuid) ->> 'decision'
    when 'notification' then private.requeue_notification(p_subject_id::uuid)
    when 'sync' then private.requeue_sync(p_subject_id)
  end;
exception
  when invalid_text_representation then
    return 'not_found';
end $function$;

CREATE OR REPLACE FUNCTION public.restart_sync(p_sync_id text, p_lease_token uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_calendar private.sync_calendars;
begin
  perform from private.work as w
  where w.kind = 'sync' and w.subject_id = p_sync_id and w.lease_token = p_lease_token for update;
  if not found then
    return false;
  end if;
  select * into strict v_calendar from private.sync_calendars as s where s.sync_id = p_sync_id for update;
  perform private.begin_full_read(v_calendar);
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.resume_work(p_kind text DEFAULT NULL::text, p_user_id uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_resumed integer;
begin
  delete from private.pauses as p
  where (p_kind is null or p.kind = p_kind) and (p_user_id is null or p.user_id = p_user_id);
  get diagnostics v_resumed = row_count;
  perform private.wake_for_rest(due.kind)
  from (select distinct on (k.wakes) d.kind from private.due_work as d join private.work_kinds as k on k.kind = d.kind) as due
  where v_resumed > 0;
  return jsonb_build_object('resumed', v_resumed, 'pauses', private.pauses_json());
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

CREATE OR REPLACE FUNCTION public.save_channel(p_channel_id text, p_resource_id text, p_expires_at timestamp with time zone, p_error text DEFAULT NULL::text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if p_error is null then
    update private.channels as ch
    set resource_id = coalesce(p_resource_id, ch.resource_id), expires_at = p_expires_at
    where ch.channel_id = p_channel_id;
    if not found then
      return false;
    end if;
  end if;
  update private.sync_calendars as s
  set
    channel_error = left(p_error, 500),
    channel_retry_at = case
      when p_error is not null then clock_timestamp() + make_interval(hours => private.setting('channel_retry_hours')::integer)
    end
  where s.sync_id = (select ch.sync_id from private.channels as ch where ch.channel_id = p_channel_id);
  if p_error is not null then
    delete from private.channels as ch where ch.channel_id = p_channel_id;
  end if;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.save_google_access_token(p_user_id uuid, p_refresh_token_encrypted text, p_access_token_encrypted text, p_access_token_expires_at timestamp with time zone, p_new_refresh_token_encrypted text DEFAULT NULL::text, p_email text DEFAULT NULL::text, p_email_verified boolean DEFAULT NULL::boolean, p_hosted_domain text DEFAULT NULL::text)
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
         email = coalesce(p_email, c.email),
         email_verified = case when p_email is null then c.email_verified else coalesce(p_email_verified, false) end,
         hosted_domain = case when p_email is null then c.hosted_domain else lower(p_hosted_domain) end,
         -- Google gave an access token, so the refresh token could be opened.
         status = case when c.status_reason = 'token_unreadable' then 'healthy' else c.status end,
         status_reason = nullif(c.status_reason, 'token_unreadable'),
         last_refreshed_at = now(),
         updated_at = now()
   where c.user_id = p_user_id
     and c.refresh_token_encrypted = p_refresh_token_encrypted;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.settle_conflict_check(p_meeting_id text, p_lease_token uuid, p_check jsonb DEFAULT NULL::jsonb, p_verdict text DEFAULT 'done'::text, p_not_before_seconds double precision DEFAULT NULL::double precision)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_meeting public.meetings;
  v_work private.work;
begin
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id for update;
  select * into v_work from private.work as w
  where w.kind = 'conflict_check' and w.subject_id = p_meeting_id and w.lease_token = p_lease_token for update;
  if v_work.subject_id is null then
    return 'lease_lost';
  elsif v_meeting.meeting_id is null then
    delete from private.work as w where w.kind = 'conflict_check' and w.subject_id = p_meeting_id;
    return 'settled';
  end if;
  if p_verdict = 'done' and p_check is not null and (
    v_meeting.google_event_id is distinct from p_check ->> 'google_event_id'
    or v_meeting.written_version <> (p_check ->> 'written_version')::integer
    or exists (
      select from private.work as w where w.kind = 'write' and w.subject_id = p_meeting_id and w.lease_token is not null))
  then
    -- The event may have appeared on calendars before they were read.
    perform private.store_work(private.next_work(v_work, 'defer', 5));
    return 'deferred';
  end if;
  v_work := private.next_work(v_work, p_verdict, p_not_before_seconds);
  perform private.store_work(v_work);
  if v_work.due_at is not null or v_meeting.cancelled_at is not null then
    return 'settled';
  elsif p_check is null or (v_meeting.starts_at, v_meeting.ends_at) is distinct from
    ((p_check ->> 'starts_at')::timestamptz, (p_check ->> 'ends_at')::timestamptz)
  then
    perform private.announce_unchecked(v_meeting);
    if v_work.cause = 'unwritten' then
      perform private.write_checked(v_meeting);
    end if;
    return 'settled';
  end if;
  case v_work.cause
    when 'unwritten' then
      if private.is_required_conflict(p_check -> 'conflicts', true) then
        perform private.search_conflicting_time(v_meeting, p_lease_token);
      else
        perform private.write_checked(v_meeting);
      end if;
    when 'seen' then
      if v_meeting.on_conflict = 'reschedule' and private.is_required_conflict(p_check -> 'conflicts', true) then
        perform private.request_move(
          v_meeting, private.move_rules(v_meeting),
          concat_ws(' ', 'check', extract(epoch from v_meeting.starts_at), md5((p_check -> 'conflicts')::text)), 'conflict');
      else
        perform private.store_conflicts(v_meeting, p_check);
      end if;
    else
      -- Who named the time is warned, and decides.
      perform private.store_conflicts(v_meeting, p_check);
  end case;
  return 'settled';
end $function$;

CREATE OR REPLACE FUNCTION public.settle_holidays(p_calendar text, p_lease_token uuid, p_days jsonb, p_known_until date, p_error text DEFAULT NULL::text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work;
begin
  -- In the order in which a change of preferences locks them.
  perform from public.scheduling_preferences as p where p.holiday_calendar = p_calendar order by p.owner_user_id for update;
  perform from private.holiday_calendars as c where c.calendar = p_calendar for update;
  select * into v_work from private.work as w
  where w.kind = 'holidays' and w.subject_id = p_calendar and w.lease_token = p_lease_token
  for update;
  if not found then
    return false;
  end if;
  v_work := private.next_work(v_work, case when p_error is null then 'done' else 'reject' end, null);
  if not exists (select from public.scheduling_preferences as p where p.holiday_calendar = p_calendar) then
    delete from private.holiday_calendars as c where c.calendar = p_calendar;
    v_work.due_at := null;
  elsif p_error is null then
    insert into private.holiday_calendars as c (calendar, known_until) values (p_calendar, p_known_until)
    on conflict (calendar) do update set known_until = excluded.known_until, error = null;
    delete from private.holidays as h where h.calendar = p_calendar;
    insert into private.holidays (calendar, day, name)
    select distinct on (given.day) p_calendar, given.day, given.name
    from jsonb_to_recordset(p_days) as given (day date, name text)
    order by given.day, given.name;
    v_work.due_at := coalesce(
      v_work.due_at, clock_timestamp() + make_interval(days => private.setting('holidays_refresh_days')::integer));
  else
    insert into private.holiday_calendars as c (calendar, error) values (p_calendar, p_error)
    on conflict (calendar) do update set error = excluded.error;
  end if;
  perform private.store_work(v_work);
  update public.scheduling_preferences as p
  set holidays_known_until = c.known_until, holidays_error = c.error
  from private.holiday_calendars as c
  where c.calendar = p_calendar and p.holiday_calendar = p_calendar;
  return true;
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
      when p_outcome <> 'retry' or v_notification.queued_at <= now() - interval '1 day' then 'reject'
      when p_spends_attempt then 'retry'
      else 'defer'
    end,
    p_not_before_seconds);
  perform private.store_work(v_work);
  update public.notifications as n
  set
    status = case when p_outcome = 'sent' then 'sent' when v_work.due_at is not null then 'retrying' else 'failed' end,
    attempts = v_work.attempts + case when p_outcome = 'sent' or p_outcome = 'reject' then 1 else 0 end,
    request_id = private.request_id(),
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
  v_move private.moves;
  v_rules jsonb;
  v_reason text;
  v_hold jsonb;
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
  v_move := private.open_move(p_meeting_id, 'searching');

  if p_slot is null then
    v_work := private.next_work(
      v_work,
      case
        -- A meeting keeps its slot when a new search finds none, unless another meeting was given it and this search may still find one.
        when v_meeting.starts_at is not null
          and not (
            p_verdict in ('retry', 'defer')
            and (v_move.meeting_id is not null or coalesce(split_part(v_meeting.writeback_error, ':', 1) = 'slot_taken', false))) then 'done'
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
    if v_move.meeting_id is not null then
      -- What the search for another time came to says nothing about the time that the meeting has.
      if v_work.due_at is null then
        perform private.keep_time(v_move, coalesce(p_details ->> 'move', p_details ->> 'reason', p_error));
      end if;
      return jsonb_build_object(
        'decision', 'settled', 'retry_after_seconds', ceil(extract(epoch from v_work.due_at - clock_timestamp())));
    end if;
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
  end if;
  if v_move.meeting_id is not null then
    v_rules := private.move_rules(v_meeting);
    v_reason := private.reason_to_stop(v_meeting, v_move, v_rules, clock_timestamp());
    if v_reason is null and exists (
      select from jsonb_array_elements(p_candidates) as c
      where (c.value ->> 'start_time')::timestamptz <= clock_timestamp() + make_interval(hours => (v_rules ->> 'freeze_hours')::integer))
    then
      v_reason := 'freeze';
    end if;
    if v_reason is not null then
      perform private.keep_time(v_move, v_reason);
      v_work.due_at := null;
      perform private.store_work(v_work);
      return jsonb_build_object('decision', 'kept', 'reason', v_reason);
    end if;
  end if;
  v_hold := private.hold_first_free(
    p_meeting_id, null, v_meeting.organizer_user_id, array(select distinct lower(email) from jsonb_array_elements_text(p_slot -> 'held') as email), p_candidates,
    p_slot -> 'occurrences');
  if v_hold ->> 'decision' <> 'settled' then
    return v_hold;
  end if;

  v_index := (v_hold ->> 'candidate')::integer;
  v_chosen := p_candidates -> v_index;
  v_work.due_at := null;
  perform private.store_work(v_work);
  if v_move.meeting_id is not null and (v_rules ->> 'approve')::boolean and v_move.accepted_starts_at is null then
    perform private.propose_time(v_move, v_rules, (
      select jsonb_agg(c.value order by c.ordinality)
      from jsonb_array_elements(p_candidates) with ordinality as c where c.ordinality > v_index));
    return jsonb_build_object('decision', 'proposed', 'candidate', v_index);
  elsif v_move.meeting_id is not null then
    update private.moves as v
    set
      decision = 'moved', at = clock_timestamp(), desired_version = v_meeting.desired_version + 1,
      to_starts_at = (v_chosen ->> 'start_time')::timestamptz, to_ends_at = (v_chosen ->> 'end_time')::timestamptz
    where v.meeting_id = p_meeting_id and v.version = v_move.version;
  end if;
  perform private.accept_search_request(p_meeting_id, p_slot -> 'choices' -> v_index);
  perform private.apply_write_event(p_meeting_id, jsonb_build_object(
    'type', 'slot_found',
    'slot', jsonb_build_object(
      'starts_at', v_chosen -> 'start_time', 'ends_at', v_chosen -> 'end_time',
      -- A moved event stays in its zone, also where people chose it.
      'timezone', case when v_move.meeting_id is not null then coalesce(v_meeting.timezone, p_slot ->> 'timezone') else p_slot ->> 'timezone' end)));
  update public.meetings as m
  set
    score = (v_chosen ->> 'score')::numeric,
    reasoning = v_chosen ->> 'reasoning',
    candidates = (
      select jsonb_agg(c.value - 'event_reasoning' order by c.ordinality)
      from jsonb_array_elements(p_candidates) with ordinality as c
      where c.ordinality > v_index and c.ordinality <= v_index + (p_slot ->> 'max_candidates')::integer
    ),
    scheduled_at = clock_timestamp(),
    scheduling_status = 'scheduled',
    scheduling_error = null,
    scheduling_reason = null,
    -- What guests may read of the reasons stays beside them; an event is composed of the row.
    scheduling_details = coalesce(p_details, '{}') || jsonb_build_object('event_reasoning', v_chosen -> 'event_reasoning')
  where m.meeting_id = p_meeting_id;
  return jsonb_build_object('decision', 'settled', 'candidate', v_index);
end $function$;

CREATE OR REPLACE FUNCTION public.settle_sync(p_sync_id text, p_lease_token uuid, p_verdict text, p_error text DEFAULT NULL::text, p_not_before_seconds double precision DEFAULT NULL::double precision, p_is_unreadable boolean DEFAULT false)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_work private.work;
begin
  select * into v_work from private.work as w
  where w.kind = 'sync' and w.subject_id = p_sync_id and w.lease_token = p_lease_token for update;
  if v_work.subject_id is null then
    return false;
  end if;
  perform private.store_work(private.next_work(v_work, p_verdict, p_not_before_seconds));
  update private.sync_calendars as s
  set
    error = left(p_error, 500),
    next_sync_at = clock_timestamp() + case
      when p_is_unreadable then make_interval(mins => private.setting('sync_unreadable_minutes')::integer)
      else private.poll_interval()
    end
  where s.sync_id = p_sync_id;
  return true;
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
  v_meeting_id text;
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
  perform private.withdraw_move(s.meeting_id, (g ->> 'written_version')::integer)
  from unnest(v_given) as g
  join unnest(v_states) as s on s.meeting_id = g ->> 'meeting_id' and (s.work).lease_token = (g ->> 'lease_token')::uuid
  where g ->> 'outcome' = 'written' and (g ->> 'is_move_withdrawn')::boolean
  order by s.meeting_id;

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

  -- Until now the row kept what the change named, also where people have set something else since it was written. An event
  -- that this attempt inserted is as the row has it, unless a sync has seen it changed since; and where it replaces one that
  -- people deleted, its guests have not replied yet.
  for v_meeting_id in
    select g ->> 'meeting_id'
    from unnest(v_given) as g
    join jsonb_array_elements(v_results) as r (value) on r.value ->> 'meeting_id' = g ->> 'meeting_id'
    where (r.value ->> 'settled')::boolean and g ->> 'outcome' = 'written' and g ->> 'operation' <> 'cancel'
      and (
        g ->> 'operation' = 'update'
        or coalesce(jsonb_typeof(g -> 'written_fields'), 'null') = 'null'
        or (g ->> 'event_generation')::integer > 1
        or exists (
          select from private.event_state as es
          where es.kind = 'meeting' and es.subject_id = g ->> 'meeting_id' and es.seen_event ->> 'etag' <> g #>> '{seen,etag}'))
    order by 1
  loop
    perform private.adopt_seen_meeting(v_meeting_id, es.seen_event, false)
    from private.event_state as es
    where es.kind = 'meeting' and es.subject_id = v_meeting_id and es.seen_event ->> 'status' <> 'cancelled';
  end loop;
  for v_meeting_id in
    select r.value ->> 'meeting_id'
    from unnest(v_given) as g
    join jsonb_array_elements(v_results) as r (value) on r.value ->> 'meeting_id' = g ->> 'meeting_id'
    where (r.value ->> 'settled')::boolean and split_part(g ->> 'error', ':', 1) in ('not_organizer', 'event_missing')
    order by 1
  loop
    perform private.give_up_move(v_meeting_id);
  end loop;
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
    attendees jsonb, etag text, sequence integer, updated timestamptz)
), known as (
  select
    e.id, g.calendar_event_id, g.etag, shown.*,
    (e.organizer_email, e.organizer_display_name, e.organizer_self, e.attendees)
      is distinct from (shown.organizer_email, shown.organizer_display_name, shown.organizer_self, shown.attendees) as changes,
    exists (select from private.work as w where w.kind = 'task_event' and w.subject_id = e.id::text and w.lease_token is not null)
      or coalesce(e.last_synced_at > p_read_at, false) as is_newer
  from given as g
  join public.task_calendar_events as e
    on e.user_id = p_user_id and e.calendar_id = p_calendar_id and e.calendar_event_id = g.calendar_event_id
  -- What Google does not show stays.
  cross join lateral (
    select
      coalesce(g.attendees, e.attendees) as attendees,
      case when g.organizer_email is null then e.organizer_email else g.organizer_email end as organizer_email,
      case when g.organizer_email is null then e.organizer_display_name else g.organizer_display_name end as organizer_display_name,
      case when g.organizer_email is null then e.organizer_self else g.organizer_self end as organizer_self) as shown
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
    m.meeting_id, g.calendar_event_id, shown.*,
    (m.organizer_email, m.organizer_display_name, m.organizer_self, m.attendees)
      is distinct from (shown.organizer_email, shown.organizer_display_name, shown.organizer_self, shown.attendees) as changes,
    exists (select from private.work as w where w.kind = 'write' and w.subject_id = m.meeting_id and w.lease_token is not null)
      or coalesce(m.writeback_succeeded_at > p_read_at, false)
      -- A sync has seen a later version.
      or g.updated is not null and exists (
        select from private.event_state as es
        where es.kind = 'meeting' and es.subject_id = m.meeting_id
          and private.is_older_event(
            jsonb_build_object('id', g.calendar_event_id, 'sequence', g.sequence, 'updated', g.updated), es.seen_event)) as is_newer
  from given as g
  join public.meetings as m
    on m.organizer_user_id = p_user_id and m.google_calendar_id = p_calendar_id and m.google_event_id = g.calendar_event_id
  cross join lateral (
    select
      coalesce(g.attendees, m.attendees) as attendees,
      case when g.organizer_email is null then m.organizer_email else g.organizer_email end as organizer_email,
      case when g.organizer_email is null then m.organizer_display_name else g.organizer_display_name end as organizer_display_name,
      case when g.organizer_email is null then m.organizer_self else g.organizer_self end as organizer_self) as shown
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

CREATE OR REPLACE FUNCTION public.store_sync_page(p_sync_id text, p_lease_token uuid, p_events jsonb, p_next jsonb DEFAULT '{}'::jsonb, p_verified text[] DEFAULT '{}'::text[])
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
declare
  v_calendar private.sync_calendars;
  v_work private.work;
  v_row record;
  v_unverified text[];
  v_shared text[];
  v_changed integer := 0;
begin
  select * into v_work from private.work as w
  where w.kind = 'sync' and w.subject_id = p_sync_id and w.lease_token = p_lease_token for update;
  if v_work.subject_id is null then
    return jsonb_build_object('stored', false);
  end if;
  select * into strict v_calendar from private.sync_calendars as s where s.sync_id = p_sync_id for update;
  v_unverified := array(select unnest(v_calendar.unverified) except select unnest(p_verified));
  v_shared := private.meetings_shared_at(v_calendar, p_events);
  -- Those of the page and those at the times of its events at once, in the order of everything that locks meetings: one after the other
  -- they would be locked in two orders.
  perform from public.meetings as m
  where m.meeting_id = any (
    array(
      select own.meeting_id
      from jsonb_array_elements(p_events) as g
      join public.meetings as own on own.google_event_id = g.value ->> 'id' and own.organizer_user_id = v_calendar.user_id
      union all
      select own.meeting_id
      from jsonb_array_elements(p_events) as g
      join public.meetings as own
        on own.event_key = private.event_key_of(g.value ->> 'id') and own.google_event_id is null and own.organizer_user_id = v_calendar.user_id
      union all
      select t.meeting_id
      from private.touched_meetings(v_calendar.user_id, v_shared, p_events) as t
      where v_shared is not null and t.is_exact))
  order by m.meeting_id
  for update;
  for v_row in
    select
      f.event_id, f.seen, m.meeting_id, m.organizer_email, m.google_event_id is null as is_unsettled,
      m.cancelled_at is not null and f.seen ->> 'status' = 'cancelled' as is_over
    from (
      select g.event_id, g.seen, m.meeting_id
      from (select g.value ->> 'id' as event_id, g.value as seen from jsonb_array_elements(p_events) as g) as g
      join public.meetings as m on m.google_event_id = g.event_id
      union all
      select g.event_id, g.seen, m.meeting_id
      from (select g.value ->> 'id' as event_id, g.value as seen from jsonb_array_elements(p_events) as g) as g
      join public.meetings as m on m.event_key = private.event_key_of(g.event_id) and m.google_event_id is null
    ) as f
    join public.meetings as m on m.meeting_id = f.meeting_id
    left join private.event_state as es on es.kind = 'meeting' and es.subject_id = m.meeting_id
    where m.organizer_user_id = v_calendar.user_id
      and coalesce(m.google_event_id, f.event_id) = f.event_id
      and (m.google_calendar_id = v_calendar.calendar_id or private.is_home(f.seen))
      and coalesce(es.google_account_id, v_calendar.google_account_id) = v_calendar.google_account_id
    order by m.meeting_id
    for update of m
  loop
    if v_row.is_unsettled then
      -- Without a lease the next attempt reads the event after this page; until then its row does not name it.
      continue when not exists (
        select from private.work as w
        where w.kind = 'write' and w.subject_id = v_row.meeting_id and w.leased_until > clock_timestamp());
      -- The worker that has just inserted it settles what Google returned to it, or this if it is newer.
      if private.needs_verification(v_row.seen, v_row.organizer_email) then
        v_unverified := v_unverified || v_row.event_id;
      else
        perform private.record_seen_event('meeting', v_row.meeting_id, v_row.seen);
      end if;
    -- A deletion that Convene wants, and perhaps made itself, needs no read.
    elsif not v_row.is_over and v_row.event_id <> all (p_verified) and private.needs_verification(v_row.seen, v_row.organizer_email) then
      v_unverified := v_unverified || v_row.event_id;
    else
      -- Also a version that a write has stored already: its replies may not be in the history yet.
      v_changed := v_changed + private.adopt_seen_meeting(
        v_row.meeting_id, v_row.seen, v_row.seen ->> 'status' = 'cancelled')::integer;
    end if;
  end loop;
  perform private.consider_conflicts(v_calendar, p_events, v_shared);
  for v_row in
    select f.event_id, f.seen, e.id, e.organizer_email,
      coalesce(w.leased_until > clock_timestamp(), false) or private.is_unwritten(e) or es.pending_change is not null as is_busy,
      w.due_at = 'infinity' and w.leased_until <= clock_timestamp() as is_left, private.is_deleted(e) and f.seen ->> 'status' = 'cancelled' as is_over
    from (select g.value ->> 'id' as event_id, g.value as seen from jsonb_array_elements(p_events) as g) as f
    join public.task_calendar_events as e
      on e.calendar_event_id = f.event_id and e.user_id = v_calendar.user_id
      and (e.calendar_id = v_calendar.calendar_id or private.is_home(f.seen))
    left join private.event_state as es on es.kind = 'task_event' and es.subject_id = e.id::text
    left join private.work as w on w.kind = 'task_event' and w.subject_id = e.id::text
    where coalesce(es.google_account_id, v_calendar.google_account_id) = v_calendar.google_account_id
    order by e.id
    for update of e
  loop
    if v_row.is_left then
      -- Its worker died over a change that leaves nothing to be finished, and would settle what is older than this page.
      delete from private.work as w
      where w.kind = 'task_event' and w.subject_id = v_row.id::text and w.due_at = 'infinity' and w.leased_until <= clock_timestamp();
    end if;
    if v_row.is_busy then
      -- A change is in progress and stores its own result; the event is read again after it.
      v_unverified := v_unverified || v_row.event_id;
    elsif not v_row.is_over and v_row.event_id <> all (p_verified) and private.needs_verification(v_row.seen, v_row.organizer_email) then
      v_unverified := v_unverified || v_row.event_id;
    else
      v_changed := v_changed + private.adopt_seen_task_event(v_row.id, v_row.seen, v_row.seen ->> 'status' = 'cancelled')::integer;
    end if;
  end loop;

  delete from private.full_read_events as f
  using jsonb_array_elements(p_events) as g
  where f.sync_id = p_sync_id and f.event_id = g.value ->> 'id';
  if p_next ? 'sync_token' then
    with vanished as (delete from private.full_read_events as f where f.sync_id = p_sync_id returning f.event_id)
    select v_unverified || coalesce(array_agg(v.event_id), '{}') into v_unverified from vanished as v;
  end if;
  v_unverified := array(select distinct u from unnest(v_unverified) as u order by u);
  update private.sync_calendars as s
  set
    cursor = case when p_next ? 'sync_token' then p_next ->> 'sync_token' else s.cursor end,
    page_token = case when p_next = '{}' then s.page_token else p_next ->> 'page_token' end,
    unverified = v_unverified,
    synced_at = case when p_next ? 'sync_token' then clock_timestamp() else s.synced_at end,
    error = case when p_next ? 'sync_token' then null else s.error end,
    next_sync_at = clock_timestamp() + private.poll_interval()
  where s.sync_id = p_sync_id
  returning * into v_calendar;
  if v_calendar.page_token is null and cardinality(v_unverified) = 0 then
    perform private.store_work(private.next_work(v_work, 'done'));
  else
    update private.work as w set leased_until = clock_timestamp() + private.lease_length('sync', null)
    where w.kind = 'sync' and w.subject_id = p_sync_id;
  end if;
  return jsonb_build_object(
    'stored', true, 'changed', v_changed, 'unverified', v_unverified,
    'is_over', v_calendar.page_token is null and cardinality(v_unverified) = 0);
end $function$;

CREATE OR REPLACE FUNCTION public.take_channels(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  v_channels jsonb;
begin
  delete from private.work as w
  using private.sync_calendars as s
  where w.kind = 'sync' and w.subject_id = s.sync_id and s.user_id = p_user_id;
  with taken as (
    delete from private.channels as ch
    using private.sync_calendars as s
    where s.sync_id = ch.sync_id and s.user_id = p_user_id
    returning ch.channel_id, ch.resource_id
  )
  select coalesce(jsonb_agg(jsonb_build_object('channel_id', t.channel_id, 'resource_id', t.resource_id)), '[]')
  into v_channels from taken as t;
  return v_channels;
end $function$;

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

CREATE TRIGGER announcements_enqueue AFTER INSERT ON private.announcements REFERENCING NEW TABLE AS new_announcements FOR EACH STATEMENT EXECUTE FUNCTION private.announcements_enqueue();
CREATE TRIGGER connections_expect_sync AFTER INSERT OR UPDATE OF google_account_id, connected_at ON private.google_connections FOR EACH ROW EXECUTE FUNCTION private.connections_expect_sync();
CREATE TRIGGER google_connections_announce_inserted AFTER INSERT ON private.google_connections FOR EACH ROW WHEN ((new.status = 'needs_reauth'::text)) EXECUTE FUNCTION private.google_connections_announce();
CREATE TRIGGER google_connections_announce_updated AFTER UPDATE OF status ON private.google_connections FOR EACH ROW WHEN (((new.status = 'needs_reauth'::text) AND (old.status IS DISTINCT FROM 'needs_reauth'::text))) EXECUTE FUNCTION private.google_connections_announce();
CREATE TRIGGER google_connections_resume AFTER INSERT OR UPDATE OF status ON private.google_connections FOR EACH ROW WHEN ((new.status = 'healthy'::text)) EXECUTE FUNCTION private.resume_after_reconnect();
CREATE TRIGGER work_wake_inserted AFTER INSERT ON private.work REFERENCING NEW TABLE AS new_work FOR EACH STATEMENT EXECUTE FUNCTION private.work_wake_inserted();
CREATE TRIGGER work_wake_updated AFTER UPDATE ON private.work REFERENCING OLD TABLE AS old_work NEW TABLE AS new_work FOR EACH STATEMENT EXECUTE FUNCTION private.work_wake_updated();
CREATE TRIGGER availability_sharing_admit_permissions AFTER INSERT ON public.availability_sharing REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.admit_permissions();
CREATE TRIGGER availability_sharing_admit_rows AFTER INSERT ON public.availability_sharing REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.admit_rows();
CREATE TRIGGER availability_sharing_check_limits BEFORE INSERT OR UPDATE ON public.availability_sharing FOR EACH ROW EXECUTE FUNCTION private.availability_sharing_check_limits();
CREATE TRIGGER sharing_check BEFORE INSERT OR UPDATE ON public.availability_sharing FOR EACH ROW EXECUTE FUNCTION private.sharing_check();
CREATE TRIGGER sharing_ends_holds AFTER DELETE OR UPDATE ON public.availability_sharing FOR EACH ROW EXECUTE FUNCTION private.sharing_ends_holds();
CREATE TRIGGER meetings_admit_rows AFTER INSERT ON public.meetings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.admit_rows();
CREATE TRIGGER meetings_announce_inserted AFTER INSERT ON public.meetings REFERENCING NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_announce_inserted();
CREATE TRIGGER meetings_announce_updated AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_announce_updated();
CREATE TRIGGER meetings_check_id BEFORE INSERT ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_check_id();
CREATE TRIGGER meetings_check_pending BEFORE UPDATE OF writeback_status ON public.meetings FOR EACH ROW WHEN (((new.writeback_status = 'pending'::text) AND (old.writeback_status IS DISTINCT FROM 'pending'::text))) EXECUTE FUNCTION private.meetings_check_pending();
CREATE TRIGGER meetings_check_size BEFORE INSERT ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_check_size();
CREATE TRIGGER meetings_check_size_of_change BEFORE UPDATE OF title, description, location, participants, constraints, recurrence, weights, reminders, auto_reschedule, timezone, target_calendar_id ON public.meetings FOR EACH ROW WHEN ((((((((((((old.title IS DISTINCT FROM new.title) OR (old.description IS DISTINCT FROM new.description)) OR (old.location IS DISTINCT FROM new.location)) OR (old.participants IS DISTINCT FROM new.participants)) OR (old.constraints IS DISTINCT FROM new.constraints)) OR (old.recurrence IS DISTINCT FROM new.recurrence)) OR (old.weights IS DISTINCT FROM new.weights)) OR (old.reminders IS DISTINCT FROM new.reminders)) OR (old.auto_reschedule IS DISTINCT FROM new.auto_reschedule)) OR (old.timezone IS DISTINCT FROM new.timezone)) OR (old.target_calendar_id IS DISTINCT FROM new.target_calendar_id))) EXECUTE FUNCTION private.meetings_check_size();
CREATE TRIGGER meetings_check_values BEFORE INSERT OR UPDATE OF participants, constraints, recurrence, weights, auto_reschedule, on_conflict, title, description, location, description_details, locale, conference, reminders, target_calendar_id, starts_at, ends_at, timezone ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_check_values();
CREATE TRIGGER meetings_close_moves AFTER UPDATE ON public.meetings REFERENCING NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_close_moves();
CREATE TRIGGER meetings_count_rows BEFORE INSERT ON public.meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_count_rows();
CREATE TRIGGER meetings_detach AFTER UPDATE OF organizer_user_id ON public.meetings FOR EACH ROW WHEN (((old.organizer_user_id IS NOT NULL) AND (new.organizer_user_id IS NULL))) EXECUTE FUNCTION private.meetings_detach();
CREATE TRIGGER meetings_enqueue AFTER INSERT ON public.meetings REFERENCING NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_enqueue();
CREATE TRIGGER meetings_expect_meet_link AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_expect_meet_link();
CREATE TRIGGER meetings_expect_sync_inserted AFTER INSERT ON public.meetings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_expect_sync();
CREATE TRIGGER meetings_expect_sync_updated AFTER UPDATE ON public.meetings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_expect_sync();
CREATE TRIGGER meetings_forget AFTER DELETE ON public.meetings REFERENCING OLD TABLE AS old_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_forget();
CREATE TRIGGER meetings_forget_all AFTER TRUNCATE ON public.meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_forget();
CREATE TRIGGER meetings_forget_responses AFTER DELETE ON public.meetings REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION private.responses_forget();
CREATE TRIGGER meetings_keep_calendar BEFORE UPDATE OF target_calendar_id ON public.meetings FOR EACH ROW WHEN ((new.target_calendar_id IS DISTINCT FROM old.target_calendar_id)) EXECUTE FUNCTION private.meetings_keep_calendar();
CREATE TRIGGER meetings_keep_choices BEFORE UPDATE OF participants ON public.meetings FOR EACH ROW WHEN ((new.participants IS DISTINCT FROM old.participants)) EXECUTE FUNCTION private.meetings_keep_choices();
CREATE TRIGGER meetings_keep_holds AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_keep_holds();
CREATE TRIGGER meetings_name_fields AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_name_fields();
CREATE TRIGGER meetings_note_burden AFTER UPDATE ON public.meetings FOR EACH ROW WHEN ((((new.writeback_status = 'created'::text) OR (old.writeback_status = 'created'::text)) AND ((new.candidates <> '[]'::jsonb) OR (old.candidates <> '[]'::jsonb)) AND (((((new.writeback_status IS DISTINCT FROM old.writeback_status) OR (new.cancelled_at IS DISTINCT FROM old.cancelled_at)) OR (new.starts_at IS DISTINCT FROM old.starts_at)) OR (new.ends_at IS DISTINCT FROM old.ends_at)) OR (new.scheduled_at IS DISTINCT FROM old.scheduled_at)))) EXECUTE FUNCTION private.meetings_note_burden();
CREATE TRIGGER meetings_refuse_anonymous_users BEFORE INSERT ON public.meetings FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_anonymous_users();
CREATE TRIGGER meetings_refuse_delete BEFORE DELETE ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_refuse_delete();
CREATE TRIGGER meetings_refuse_update BEFORE UPDATE ON public.meetings FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change('Send PATCH meetings with meeting_id and what is to change, or POST schedule for another time: docs/operations.md.');
CREATE TRIGGER meetings_refuse_user_delete BEFORE DELETE ON public.meetings FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change('Send DELETE meetings with meeting_id: it cancels the meeting and deletes its event. docs/operations.md.');
CREATE TRIGGER meetings_remove_participants AFTER UPDATE ON public.meetings REFERENCING OLD TABLE AS old_meetings NEW TABLE AS new_meetings FOR EACH STATEMENT EXECUTE FUNCTION private.meetings_remove_participants();
CREATE TRIGGER meetings_set_failed AFTER UPDATE OF writeback_status ON public.meetings FOR EACH ROW WHEN (((new.writeback_status = 'failed'::text) AND (old.writeback_status IS DISTINCT FROM 'failed'::text))) EXECUTE FUNCTION private.meetings_set_status();
CREATE TRIGGER meetings_set_pending AFTER UPDATE OF writeback_status ON public.meetings FOR EACH ROW WHEN ((new.writeback_status = 'pending'::text)) EXECUTE FUNCTION private.meetings_set_status();
CREATE TRIGGER meetings_take_in BEFORE INSERT ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_take_in();
CREATE TRIGGER meetings_touch BEFORE UPDATE ON public.meetings FOR EACH ROW EXECUTE FUNCTION private.meetings_touch();
CREATE TRIGGER notification_targets_admit_rows AFTER INSERT ON public.notification_targets REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.admit_rows();
CREATE TRIGGER notification_targets_admit_targets AFTER INSERT ON public.notification_targets REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.admit_targets();
CREATE TRIGGER notification_targets_check_limits BEFORE INSERT OR UPDATE ON public.notification_targets FOR EACH ROW EXECUTE FUNCTION private.notification_targets_check_limits();
CREATE TRIGGER notification_targets_keep_secret BEFORE INSERT OR UPDATE ON public.notification_targets FOR EACH ROW EXECUTE FUNCTION private.notification_targets_keep_secret();
CREATE TRIGGER notifications_enqueue AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS new_notifications FOR EACH STATEMENT EXECUTE FUNCTION private.notifications_enqueue();
CREATE TRIGGER notifications_forget AFTER DELETE ON public.notifications REFERENCING OLD TABLE AS old_notifications FOR EACH STATEMENT EXECUTE FUNCTION private.notifications_forget();
CREATE TRIGGER preferences_check BEFORE INSERT OR UPDATE ON public.scheduling_preferences FOR EACH ROW EXECUTE FUNCTION private.preferences_check();
CREATE TRIGGER preferences_forget_calendar AFTER DELETE OR UPDATE OF holiday_calendar ON public.scheduling_preferences FOR EACH ROW WHEN ((old.holiday_calendar IS NOT NULL)) EXECUTE FUNCTION private.preferences_forget_calendar();
CREATE TRIGGER task_calendar_events_refuse_delete BEFORE DELETE ON public.task_calendar_events FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change('Send DELETE task-events with event_id: docs/task-events.md.');
CREATE TRIGGER task_calendar_events_refuse_update BEFORE UPDATE ON public.task_calendar_events FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change('Send PATCH task-events with event_id and what is to change: docs/task-events.md.');
CREATE TRIGGER task_events_expect_sync_inserted AFTER INSERT ON public.task_calendar_events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.task_events_expect_sync();
CREATE TRIGGER task_events_expect_sync_updated AFTER UPDATE ON public.task_calendar_events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.task_events_expect_sync();
CREATE TRIGGER task_events_forget AFTER DELETE ON public.task_calendar_events REFERENCING OLD TABLE AS old_events FOR EACH STATEMENT EXECUTE FUNCTION private.task_events_forget();
CREATE TRIGGER task_events_forget_responses AFTER DELETE ON public.task_calendar_events REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION private.responses_forget();
CREATE TRIGGER task_events_keep_holds AFTER UPDATE ON public.task_calendar_events FOR EACH ROW EXECUTE FUNCTION private.task_events_keep_holds();
CREATE TRIGGER tasks_admit_rows AFTER INSERT ON public.tasks REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.admit_rows();
CREATE TRIGGER tasks_check_id BEFORE INSERT ON public.tasks FOR EACH ROW EXECUTE FUNCTION private.tasks_check_id();
CREATE TRIGGER tasks_check_limits BEFORE INSERT OR UPDATE ON public.tasks FOR EACH ROW EXECUTE FUNCTION private.tasks_check_limits();
CREATE TRIGGER tasks_touch BEFORE UPDATE ON public.tasks FOR EACH ROW EXECUTE FUNCTION private.tasks_touch();
CREATE TRIGGER writeback_ledger_append_only BEFORE UPDATE ON public.writeback_ledger FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_ledger_update();

create policy "organizers read the replies to their events" on public.attendee_responses
  as permissive for select to authenticated
  using (organizer_user_id = ( SELECT auth.uid() AS uid));

create policy "owners read who read their availability" on public.availability_reads
  as permissive for select to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid));

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

create policy "owners change their preferences" on public.scheduling_preferences
  as permissive for update to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid))
  with check (owner_user_id = ( SELECT auth.uid() AS uid));

create policy "owners delete their preferences" on public.scheduling_preferences
  as permissive for delete to authenticated
  using (owner_user_id = ( SELECT auth.uid() AS uid));

create policy "owners insert their preferences" on public.scheduling_preferences
  as permissive for insert to authenticated
  with check (owner_user_id = ( SELECT auth.uid() AS uid));

create policy "owners read their preferences" on public.scheduling_preferences
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
grant delete, insert, select, update on private.announcements to service_role;
grant delete, insert, select, update on private.budget_spending to service_role;
grant select on private.budgets to service_role;
grant delete, insert, select, update on private.calendar_profiles to service_role;
grant delete, insert, select, update on private.channels to service_role;
grant select on private.due_work to service_role;
grant delete, insert, select, update on private.event_state to service_role;
grant select on private.failed_work to service_role;
grant delete, insert, select, update on private.fairness_ledger to service_role;
grant select on private.full_owners to service_role;
grant delete, insert, select, update on private.full_read_events to service_role;
grant delete, insert, select, update on private.google_authorizations to service_role;
grant delete, insert, select, update on private.google_connections to service_role;
grant delete, insert, select, update on private.holiday_calendars to service_role;
grant delete, insert, select, update on private.holidays to service_role;
grant select on private.live_pauses to service_role;
grant delete, insert, select, update on private.moves to service_role;
grant delete, insert, select, update on private.noted_burdens to service_role;
grant select on private.notification_secrets to service_role;
grant delete, insert, select, update on private.pauses to service_role;
grant insert, select, update on private.settings to service_role;
grant delete, insert, select, update on private.slot_holds to service_role;
grant delete, insert, select, update on private.sync_calendars to service_role;
grant delete, insert, select, update on private.work to service_role;
grant select on private.work_kinds to service_role;
grant delete, insert, select, update on private.work_turns to service_role;
grant select on public.attendee_responses to authenticated;
grant delete, insert, select on public.attendee_responses to service_role;
grant select on public.availability_reads to authenticated;
grant delete, insert, select, update on public.availability_reads to service_role;
grant delete, select on public.availability_sharing to authenticated;
grant delete, insert, select, update on public.availability_sharing to service_role;
grant delete, select, update on public.meetings to authenticated;
grant delete, insert, select, update on public.meetings to service_role;
grant delete, select on public.notification_targets to authenticated;
grant delete, insert, select, update on public.notification_targets to service_role;
grant select on public.notifications to authenticated;
grant delete, insert, select, update on public.notifications to service_role;
grant delete, select on public.scheduling_preferences to authenticated;
grant delete, insert, select, update on public.scheduling_preferences to service_role;
grant delete, select, update on public.task_calendar_events to authenticated;
grant delete, insert, select, update on public.task_calendar_events to service_role;
grant delete, select on public.tasks to authenticated;
grant delete, insert, select, update on public.tasks to service_role;
grant select on public.v_calendar_events to authenticated;
grant select on public.v_calendar_events to service_role;
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
grant insert (allow_concessions, auto_reschedule, conference, constraints, description, description_details, ends_at, guests_can_invite_others, guests_can_modify, guests_can_see_other_guests, locale, location, meeting_id, on_conflict, organizer_user_id, participants, recurrence, reminders, starts_at, target_calendar_id, timezone, title, weights) on public.meetings to authenticated;
grant insert (address, enabled, events, kind, owner_user_id, signing_secret), update (address, enabled, events, signing_secret) on public.notification_targets to authenticated;
grant insert (auto_reschedule, buffer_after_minutes, buffer_before_minutes, has_lunch, holiday_calendar, holiday_dates, lunch, minimum_notice_minutes, open_hours, out_of_office_days, owner_user_id, preferred_days, preferred_hours_end, preferred_hours_start, timezone), update (auto_reschedule, buffer_after_minutes, buffer_before_minutes, has_lunch, holiday_calendar, holiday_dates, lunch, minimum_notice_minutes, open_hours, out_of_office_days, owner_user_id, preferred_days, preferred_hours_end, preferred_hours_start, timezone) on public.scheduling_preferences to authenticated;
grant insert (assignees, description, duration_minutes, id, recurrence_ends, recurrence_pattern, start_date, status, task_type, title, user_id), update (assignees, deleted_at, description, duration_minutes, recurrence_ends, recurrence_pattern, start_date, status, task_type, title) on public.tasks to authenticated;
grant execute on function private."limit"(text) to service_role;
grant execute on function private.accept_search_request(text,jsonb) to service_role;
grant execute on function private.account_email(uuid) to service_role;
grant execute on function private.acknowledge_event(text,text) to service_role;
grant execute on function private.add_spending(text,uuid[],integer[]) to service_role;
grant execute on function private.adopt_seen_meeting(text,jsonb,boolean) to service_role;
grant execute on function private.adopt_seen_task_event(uuid,jsonb,boolean) to service_role;
grant execute on function private.announce_seen(public.meetings,text,text,jsonb) to service_role;
grant execute on function private.announce_unchecked(public.meetings) to service_role;
grant execute on function private.apart(jsonb) to service_role;
grant execute on function private.apply_write_event(text,jsonb) to service_role;
grant execute on function private.are_days_of(jsonb,timestamp with time zone,timestamp with time zone) to service_role;
grant execute on function private.are_large(jsonb) to service_role;
grant execute on function private.as_guests(jsonb) to service_role;
grant execute on function private.as_requested(public.meetings) to service_role;
grant execute on function private.auto_reschedule_problem(jsonb) to service_role;
grant execute on function private.backoff(integer) to service_role;
grant execute on function private.begin_full_read(private.sync_calendars) to service_role;
grant execute on function private.best_times(jsonb) to service_role;
grant execute on function private.budget_ends(uuid,text) to service_role;
grant execute on function private.budget_left(uuid,text) to service_role;
grant execute on function private.burdens_of(uuid,text[]) to service_role;
grant execute on function private.busy_instant(text) to service_role;
grant execute on function private.busy_interval_problem(jsonb,text) to service_role;
grant execute on function private.busy_intervals(jsonb) to service_role;
grant execute on function private.busy_problem(jsonb,text) to service_role;
grant execute on function private.can_wake() to service_role;
grant execute on function private.change_problem(jsonb) to service_role;
grant execute on function private.changeable_columns() to service_role;
grant execute on function private.choice_problem(jsonb) to service_role;
grant execute on function private.choose_work(text,integer) to service_role;
grant execute on function private.chosen_candidate(public.meetings) to service_role;
grant execute on function private.chosen_emails(jsonb) to service_role;
grant execute on function private.chosen_problem(jsonb,text) to service_role;
grant execute on function private.claim_work(text,integer,integer,boolean) to service_role;
grant execute on function private.claim_writes(integer,integer,boolean) to service_role;
grant execute on function private.concerns(private.live_pauses,text,uuid) to service_role;
grant execute on function private.connection_failures() to service_role;
grant execute on function private.consider_conflicts(private.sync_calendars,jsonb,text[]) to service_role;
grant execute on function private.consider_replies(public.meetings,text,text[]) to service_role;
grant execute on function private.dates_problem(text,text,text) to service_role;
grant execute on function private.days_list_problem(jsonb,jsonb,text) to service_role;
grant execute on function private.declined_people(public.meetings) to service_role;
grant execute on function private.description_problem(text) to service_role;
grant execute on function private.due_write(private.write_state,timestamp with time zone,boolean) to service_role;
grant execute on function private.edge_problem(text,text) to service_role;
grant execute on function private.end_expired_holds(text[]) to service_role;
grant execute on function private.end_revoked_holds(text[]) to service_role;
grant execute on function private.enqueue(text,text,uuid,timestamp with time zone) to service_role;
grant execute on function private.error_of_deleted_event(text) to service_role;
grant execute on function private.escaped_length(text) to service_role;
grant execute on function private.event_instant(jsonb,text) to service_role;
grant execute on function private.event_key_of(text) to service_role;
grant execute on function private.event_spans(jsonb) to service_role;
grant execute on function private.expected_instant() to service_role;
grant execute on function private.expected_years() to service_role;
grant execute on function private.faded(numeric,timestamp with time zone) to service_role;
grant execute on function private.fail_poison_notifications() to service_role;
grant execute on function private.fail_poison_searches() to service_role;
grant execute on function private.fail_poison_task_events() to service_role;
grant execute on function private.failed_rows(text[],text,uuid,timestamp with time zone,timestamp with time zone) to service_role;
grant execute on function private.fan_out_announcements(integer) to service_role;
grant execute on function private.fields_named_by(jsonb) to service_role;
grant execute on function private.fields_problem(jsonb,jsonb,text) to service_role;
grant execute on function private.find_full_owners(text,text[]) to service_role;
grant execute on function private.first_of_overlapping(text[]) to service_role;
grant execute on function private.frozen_calendar_differs(public.meetings,jsonb) to service_role;
grant execute on function private.give_up_move(text) to service_role;
grant execute on function private.group_count(jsonb) to service_role;
grant execute on function private.group_problem(jsonb,text) to service_role;
grant execute on function private.group_turns(public.meetings) to service_role;
grant execute on function private.group_type(jsonb) to service_role;
grant execute on function private.groups_problem(jsonb) to service_role;
grant execute on function private.guests_to_invite(text,jsonb,boolean) to service_role;
grant execute on function private.has_open_meetings(uuid,integer) to service_role;
grant execute on function private.hides_details(jsonb) to service_role;
grant execute on function private.hold_again(text[],timestamp with time zone) to service_role;
grant execute on function private.hold_changed_times(public.meetings,text[],jsonb) to service_role;
grant execute on function private.hold_first_free(text,uuid,uuid,text[],jsonb,jsonb) to service_role;
grant execute on function private.hold_for_task(uuid,uuid,jsonb) to service_role;
grant execute on function private.hold_for_writes(private.work[]) to service_role;
grant execute on function private.hold_slot_again(public.meetings) to service_role;
grant execute on function private.insert_leased_meeting(text,uuid,jsonb,integer) to service_role;
grant execute on function private.insert_task_event(public.tasks,jsonb,jsonb) to service_role;
grant execute on function private.invited_by_task(jsonb,jsonb) to service_role;
grant execute on function private.is_awaited(private.slot_holds) to service_role;
grant execute on function private.is_conflict_known(public.meetings,text,timestamp with time zone,timestamp with time zone) to service_role;
grant execute on function private.is_date(text) to service_role;
grant execute on function private.is_day(text) to service_role;
grant execute on function private.is_deleted(public.task_calendar_events) to service_role;
grant execute on function private.is_email(text) to service_role;
grant execute on function private.is_grantee(public.availability_sharing,private.google_connections) to service_role;
grant execute on function private.is_group(jsonb) to service_role;
grant execute on function private.is_home(jsonb) to service_role;
grant execute on function private.is_in_years(timestamp with time zone) to service_role;
grant execute on function private.is_instant(text) to service_role;
grant execute on function private.is_locale(text) to service_role;
grant execute on function private.is_older_event(jsonb,jsonb) to service_role;
grant execute on function private.is_pending_field(public.meetings,jsonb,text[]) to service_role;
grant execute on function private.is_required_conflict(jsonb,boolean) to service_role;
grant execute on function private.is_stamp(text) to service_role;
grant execute on function private.is_timezone(text) to service_role;
grant execute on function private.is_unwritten(public.task_calendar_events) to service_role;
grant execute on function private.item_email(jsonb) to service_role;
grant execute on function private.keep_choices(jsonb,jsonb) to service_role;
grant execute on function private.keep_time(private.moves,text) to service_role;
grant execute on function private.kinds_that_fail() to service_role;
grant execute on function private.last_move_json(text) to service_role;
grant execute on function private.last_moved_at(text) to service_role;
grant execute on function private.lease_length(text,integer) to service_role;
grant execute on function private.lease_task_event(text,uuid,integer) to service_role;
grant execute on function private.lease_wait(text) to service_role;
grant execute on function private.lease_work(text,text[],integer) to service_role;
grant execute on function private.leased_meetings(private.work[]) to service_role;
grant execute on function private.leased_search_json(public.meetings,private.work) to service_role;
grant execute on function private.leased_sync_json(text,boolean) to service_role;
grant execute on function private.limit_reached(uuid,text) to service_role;
grant execute on function private.limits() to service_role;
grant execute on function private.list_problem(jsonb,jsonb,text) to service_role;
grant execute on function private.local_midnight(date,text) to service_role;
grant execute on function private.lock_people(text[]) to service_role;
grant execute on function private.lock_write_states(text[]) to service_role;
grant execute on function private.may_hold(uuid) to service_role;
grant execute on function private.meeting_json(public.meetings) to service_role;
grant execute on function private.meeting_of_event(uuid,text) to service_role;
grant execute on function private.meeting_people(jsonb) to service_role;
grant execute on function private.meeting_problem(public.meetings,public.meetings) to service_role;
grant execute on function private.meeting_shapes() to service_role;
grant execute on function private.meeting_state(public.meetings) to authenticated;
grant execute on function private.meeting_state(public.meetings) to service_role;
grant execute on function private.meetings_of_one_claim(text[]) to service_role;
grant execute on function private.meetings_shared_at(private.sync_calendars,jsonb) to service_role;
grant execute on function private.meetings_shared_with(uuid,text,timestamp with time zone,timestamp with time zone) to service_role;
grant execute on function private.move_defaults() to service_role;
grant execute on function private.move_rules(public.meetings) to service_role;
grant execute on function private.move_search_json(public.meetings) to service_role;
grant execute on function private.move_trigger(public.meetings,jsonb) to service_role;
grant execute on function private.name_fields(public.meetings,text[]) to service_role;
grant execute on function private.named_kinds(text,text[]) to service_role;
grant execute on function private.named_people(jsonb) to service_role;
grant execute on function private.named_times_taken(text[]) to service_role;
grant execute on function private.needs_verification(jsonb,text) to service_role;
grant execute on function private.new_meeting(uuid,jsonb) to service_role;
grant execute on function private.next_work(private.work,text,double precision) to service_role;
grant execute on function private.next_write_state(private.write_state,jsonb) to service_role;
grant execute on function private.note_availability_reads(jsonb,timestamp with time zone,timestamp with time zone) to service_role;
grant execute on function private.notification_room(uuid,integer) to service_role;
grant execute on function private.number_fits(jsonb,numeric,numeric) to service_role;
grant execute on function private.open_move(text,text) to service_role;
grant execute on function private.open_owners(text) to service_role;
grant execute on function private.own_connections(jsonb,uuid) to service_role;
grant execute on function private.own_email(uuid) to authenticated;
grant execute on function private.own_email(uuid) to service_role;
grant execute on function private.owner_email(private.sync_calendars) to service_role;
grant execute on function private.participant_emails(jsonb) to service_role;
grant execute on function private.participants_of_type(jsonb,text[]) to service_role;
grant execute on function private.participants_problem(jsonb,text) to service_role;
grant execute on function private.pause_end(text,uuid) to service_role;
grant execute on function private.pause_refusal(text,uuid) to service_role;
grant execute on function private.paused_until(private.google_connections,boolean) to service_role;
grant execute on function private.pauses_json() to service_role;
grant execute on function private.people_at_limit(text[],integer,text) to service_role;
grant execute on function private.people_locks(text[]) to service_role;
grant execute on function private.people_to_hold(public.meetings) to service_role;
grant execute on function private.poll_interval() to service_role;
grant execute on function private.problem(text,text) to service_role;
grant execute on function private.promises_of(jsonb,text[],jsonb) to service_role;
grant execute on function private.propose_time(private.moves,jsonb,jsonb) to service_role;
grant execute on function private.put_task_event(jsonb) to service_role;
grant execute on function private.quota(text) to service_role;
grant execute on function private.quota_window() to service_role;
grant execute on function private.reason_not_to_move(public.meetings,jsonb,text,timestamp with time zone) to service_role;
grant execute on function private.reason_not_to_write(public.meetings) to service_role;
grant execute on function private.reason_to_stop(public.meetings,private.moves,jsonb,timestamp with time zone) to service_role;
grant execute on function private.reclaim_work(text) to service_role;
grant execute on function private.record_claims(private.work[]) to service_role;
grant execute on function private.record_problem(jsonb,jsonb,text) to service_role;
grant execute on function private.record_responses(text,text,uuid,jsonb) to service_role;
grant execute on function private.record_seen_event(text,text,jsonb) to service_role;
grant execute on function private.record_steps(public.meetings,uuid,jsonb) to service_role;
grant execute on function private.recurrence_line_problem(text) to service_role;
grant execute on function private.release_write(private.work) to service_role;
grant execute on function private.remembered_preferences(jsonb,uuid) to service_role;
grant execute on function private.renew_holds(text[],timestamp with time zone) to service_role;
grant execute on function private.request_check(text,uuid,text,timestamp with time zone) to service_role;
grant execute on function private.request_id() to service_role;
grant execute on function private.request_move(public.meetings,jsonb,text,text) to service_role;
grant execute on function private.request_rechecks(private.work[]) to service_role;
grant execute on function private.requests_spent() to service_role;
grant execute on function private.requeue_meet_link(text) to service_role;
grant execute on function private.requeue_notification(uuid) to service_role;
grant execute on function private.requeue_rows(text[],text,uuid,timestamp with time zone,timestamp with time zone,integer,text) to service_role;
grant execute on function private.requeue_sync(text) to service_role;
grant execute on function private.resume_change(public.meetings,jsonb,jsonb) to service_role;
grant execute on function private.rule_part_fits(text,text) to service_role;
grant execute on function private.rule_parts() to service_role;
grant execute on function private.rule_problem(text) to service_role;
grant execute on function private.scalar_problem(jsonb,jsonb) to service_role;
grant execute on function private.scheduling_context(public.meetings) to service_role;
grant execute on function private.search_again(text) to service_role;
grant execute on function private.search_conflicting_time(public.meetings,uuid) to service_role;
grant execute on function private.search_context(public.meetings,boolean,boolean) to service_role;
grant execute on function private.search_refusal(uuid,text) to service_role;
grant execute on function private.search_taken_time(private.work) to service_role;
grant execute on function private.search_wait(text) to service_role;
grant execute on function private.seconds_to_quota(text) to service_role;
grant execute on function private.series_of(public.meetings) to service_role;
grant execute on function private.setting(text) to service_role;
grant execute on function private.shape_problem(jsonb,jsonb,text) to service_role;
grant execute on function private.sharing_emails(text[],uuid,text) to service_role;
grant execute on function private.sharing_organizers(uuid) to service_role;
grant execute on function private.sharing_users(text[],uuid) to service_role;
grant execute on function private.slot_problem(public.meetings) to service_role;
grant execute on function private.spend(uuid,text,integer) to service_role;
grant execute on function private.spend_for_work(text,text[]) to service_role;
grant execute on function private.store_conflicts(public.meetings,jsonb) to service_role;
grant execute on function private.store_task_event_state(text,jsonb) to service_role;
grant execute on function private.store_work(private.work) to service_role;
grant execute on function private.store_write_states(private.write_state[]) to service_role;
grant execute on function private.subscribers(text,uuid,timestamp with time zone,uuid,integer) to service_role;
grant execute on function private.take_turns(text,uuid[]) to service_role;
grant execute on function private.takes_open_meeting(text,smallint) to service_role;
grant execute on function private.task_event_json(public.task_calendar_events) to service_role;
grant execute on function private.task_event_response(text,public.task_calendar_events,uuid) to service_role;
grant execute on function private.text_problem(text,text,text) to service_role;
grant execute on function private.text_setting(text) to service_role;
grant execute on function private.times_held(uuid,text) to service_role;
grant execute on function private.touched_meetings(uuid,text[],jsonb) to service_role;
grant execute on function private.try_lock_people(text[]) to service_role;
grant execute on function private.turn_owner(uuid) to service_role;
grant execute on function private.unheld_meetings(text[]) to service_role;
grant execute on function private.unknown_field_message(jsonb) to service_role;
grant execute on function private.unverified_email(uuid) to service_role;
grant execute on function private.wake_for_rest(text) to service_role;
grant execute on function private.way_back(public.meetings,boolean) to service_role;
grant execute on function private.weights_problem(jsonb,text,text) to service_role;
grant execute on function private.whole_number_problem(jsonb,text,integer,integer) to service_role;
grant execute on function private.whole_problem(jsonb,jsonb,text) to service_role;
grant execute on function private.window_problem(jsonb,text) to service_role;
grant execute on function private.with_choices(jsonb,jsonb) to service_role;
grant execute on function private.with_named_fields(jsonb,text[],jsonb,integer,integer) to service_role;
grant execute on function private.with_rule_name(text) to service_role;
grant execute on function private.withdraw_move(text,integer) to service_role;
grant execute on function private.without_availability(jsonb) to service_role;
grant execute on function private.work_limit(private.work) to service_role;
grant execute on function private.write_checked(public.meetings) to service_role;
grant execute on function private.write_event_of(jsonb,text) to service_role;
grant execute on function private.write_operation(public.meetings) to service_role;
grant execute on function public.adopt_google_event(text,text,jsonb) to service_role;
grant execute on function public.allow_availability(uuid,text,text,text,timestamp with time zone) to service_role;
grant execute on function public.anonymous_users_allowed() to service_role;
grant execute on function public.assignee_emails(uuid,uuid[]) to service_role;
grant execute on function public.begin_event_change(uuid,text,text,integer,integer) to service_role;
grant execute on function public.begin_google_authorization(uuid,text,text,text) to service_role;
grant execute on function public.begin_scheduling(text,uuid,jsonb,boolean,integer,boolean) to service_role;
grant execute on function public.begin_task_event(text,uuid,jsonb,integer,boolean,jsonb) to service_role;
grant execute on function public.begin_writeback(text,uuid,integer,text) to service_role;
grant execute on function public.cancel_meeting(text,uuid,integer) to service_role;
grant execute on function public.cancel_meetings_of_user(uuid) to service_role;
grant execute on function public.change_meeting(text,uuid,jsonb,integer,jsonb,jsonb) to service_role;
grant execute on function public.claim_conflict_checks(integer,integer) to service_role;
grant execute on function public.claim_holidays(integer,integer) to service_role;
grant execute on function public.claim_meet_links(integer,integer) to service_role;
grant execute on function public.claim_notifications(integer,integer) to service_role;
grant execute on function public.claim_profile_readings(uuid[]) to service_role;
grant execute on function public.claim_schedulings(integer,integer) to service_role;
grant execute on function public.claim_syncs(integer,boolean,integer) to service_role;
grant execute on function public.claim_task_events(integer,integer) to service_role;
grant execute on function public.claim_writeback_slice(integer,integer,boolean) to service_role;
grant execute on function public.claim_writebacks(integer,integer) to service_role;
grant execute on function public.connect_google(uuid,text,text,boolean,text,text,text,text[],text,text,timestamp with time zone) to service_role;
grant execute on function public.convene_health() to service_role;
grant execute on function public.count_failed_work(text,uuid,timestamp with time zone,timestamp with time zone,text) to service_role;
grant execute on function public.decide_move(text,uuid,text,timestamp with time zone) to service_role;
grant execute on function public.discard_task_event(uuid,text,text) to service_role;
grant execute on function public.find_event_keys(uuid[]) to service_role;
grant execute on function public.find_google_authorization(text) to service_role;
grant execute on function public.find_task_event(uuid,text,text,text) to service_role;
grant execute on function public.finish_batch(text,boolean) to service_role;
grant execute on function public.follow_task_event(uuid,text,text,text,uuid) to service_role;
grant execute on function public.forget_google_connection(uuid) to service_role;
grant execute on function public.get_pending_writebacks(integer) to service_role;
grant execute on function public.list_auditable_calendars(integer) to service_role;
grant execute on function public.list_auditable_meetings(integer,text,text[]) to service_role;
grant execute on function public.list_auditable_task_events(integer,text,text[]) to service_role;
grant execute on function public.list_availability_sharing(uuid) to service_role;
grant execute on function public.list_failed_searches(integer) to service_role;
grant execute on function public.list_meetings(uuid,integer,timestamp with time zone,text,text,text,timestamp with time zone) to service_role;
grant execute on function public.list_unsynced_events(uuid,text[],text[],text,integer) to service_role;
grant execute on function public.mark_google_needs_reauth(uuid,text,text) to service_role;
grant execute on function public.mark_writeback_failure(text,text,boolean,uuid,boolean,boolean,double precision,integer,jsonb) to service_role;
grant execute on function public.mark_writeback_success(text,text,text,text,uuid,jsonb,integer,integer,jsonb) to service_role;
grant execute on function public.pause_all_google_connections(timestamp with time zone) to service_role;
grant execute on function public.pause_google_connection(uuid,timestamp with time zone,boolean) to service_role;
grant execute on function public.pause_work(text,text,uuid,timestamp with time zone,text) to service_role;
grant execute on function public.preview_change(text,uuid,jsonb,integer,jsonb) to service_role;
grant execute on function public.read_conflict_context(text,uuid,jsonb,boolean) to service_role;
grant execute on function public.read_google_connection(uuid) to service_role;
grant execute on function public.read_meeting(text,uuid,boolean) to service_role;
grant execute on function public.read_queue(text[]) to authenticated;
grant execute on function public.read_scheduling_context(text,uuid,jsonb,boolean) to service_role;
grant execute on function public.read_slot_holds(text[],timestamp with time zone,timestamp with time zone,text,uuid,jsonb,uuid) to service_role;
grant execute on function public.read_task_event(uuid,text,text) to service_role;
grant execute on function public.read_task_events(uuid,text[]) to service_role;
grant execute on function public.receive_google_code(text,text,text) to service_role;
grant execute on function public.receive_push(text,text,boolean,boolean,integer) to service_role;
grant execute on function public.refresh_written_event(text,text,text,jsonb) to service_role;
grant execute on function public.requeue_failed_work(text,uuid,timestamp with time zone,timestamp with time zone,text,integer,text) to service_role;
grant execute on function public.requeue_meeting(text,uuid) to service_role;
grant execute on function public.requeue_meetings(text,uuid,timestamp with time zone,timestamp with time zone,text,integer,text) to service_role;
grant execute on function public.requeue_task_event(uuid,uuid) to service_role;
grant execute on function public.requeue_work(text,text) to service_role;
grant execute on function public.restart_sync(text,uuid) to service_role;
grant execute on function public.resume_work(text,uuid) to service_role;
grant execute on function public.revoke_availability(uuid,uuid) to service_role;
grant execute on function public.save_calendar_profile(uuid,text,text,integer) to service_role;
grant execute on function public.save_channel(text,text,timestamp with time zone,text) to service_role;
grant execute on function public.save_google_access_token(uuid,text,text,timestamp with time zone,text,text,boolean,text) to service_role;
grant execute on function public.settle_conflict_check(text,uuid,jsonb,text,double precision) to service_role;
grant execute on function public.settle_holidays(text,uuid,jsonb,date,text) to service_role;
grant execute on function public.settle_meet_links(jsonb) to service_role;
grant execute on function public.settle_notification(uuid,uuid,text,text,boolean,double precision) to service_role;
grant execute on function public.settle_scheduling(text,uuid,jsonb,jsonb,text,text,jsonb,text,double precision) to service_role;
grant execute on function public.settle_sync(text,uuid,text,text,double precision,boolean) to service_role;
grant execute on function public.settle_task_event(uuid,uuid,jsonb,jsonb,boolean,text,double precision,text[]) to service_role;
grant execute on function public.settle_writebacks(jsonb) to service_role;
grant execute on function public.store_event_people(uuid,text,jsonb,text[],timestamp with time zone) to service_role;
grant execute on function public.store_sync_page(text,uuid,jsonb,jsonb,text[]) to service_role;
grant execute on function public.take_channels(uuid) to service_role;
grant execute on function public.use_google_authorization(text,uuid) to service_role;

-- setting anonymous_users_allowed = 0
-- setting availability_permissions = 500
-- setting availability_read_days = 30
-- setting backoff_factor = 4
-- setting backoff_first_seconds = 60
-- setting backoff_max_seconds = 3600
-- setting channel_overlap_hours = 24
-- setting channel_retry_hours = 6
-- setting conflict_check_lease_seconds = 90
-- setting conflict_checks_per_minute = 60
-- setting conflict_checks_per_page = 20
-- setting description_details = 
-- setting google_reads_for_others_per_hour = 1000
-- setting google_requests_per_minute = 10000
-- setting google_requests_per_minute_per_user = 600
-- setting group_turns_days = 90
-- setting group_turns_meetings = 200
-- setting guests_invited_per_day = 2000
-- setting hold_minutes = 15
-- setting holds_per_organizer = 250
-- setting holds_per_person = 150
-- setting holidays_lease_seconds = 60
-- setting holidays_refresh_days = 30
-- setting job_log_retention_days = 7
-- setting landing_seconds = 30
-- setting lease_wait_seconds = 5
-- setting ledger_retention_days = 90
-- setting max_attempts = 3
-- setting meet_link_lease_seconds = 120
-- setting notification_lease_seconds = 60
-- setting notification_retention_days = 90
-- setting notification_targets = 10
-- setting notifications_per_hour = 2000
-- setting open_authorizations = 5
-- setting open_meetings = 5000
-- setting proposal_hours = 24
-- setting rows_inserted_per_minute = 2000
-- setting search_lease_seconds = 90
-- setting searches_per_minute = 60
-- setting series_check_minutes = 10
-- setting slice_rows = 18
-- setting sync_first_seconds = 120
-- setting sync_lease_seconds = 120
-- setting sync_poll_minutes = 15
-- setting sync_unreadable_minutes = 360
-- setting task_event_lease_seconds = 120
-- setting wake_up_log_retention_hours = 24
-- setting wake_up_seconds = 0.5
-- setting write_lease_seconds = 120
-- setting written_hold_minutes = 5

select cron.schedule('convene-availability-read-retention', '*/15 * * * *', 'select private.forget_availability_reads()');
select cron.schedule('convene-hold-expiry', '*/5 * * * *', 'select private.expire_slot_holds()');
select cron.schedule('convene-ledger-retention', '*/15 * * * *', 'select private.forget_turns(), private.forget_spending(), private.extend_ledger(), private.trim_ledger()');
select cron.schedule('convene-log-retention', '*/15 * * * *', 'select private.trim_logs()');
select cron.schedule('convene-notification-retention', '*/15 * * * *', 'select private.forget_notifications()');
select cron.schedule('convene-sweep', '* * * * *', 'select private.sweep()');
select cron.schedule('convene-sync', '* * * * *', 'select private.enqueue_syncs()');
