-- Runs before anything is created. Refuses a database in which another object has a name that Convene needs, or in which
-- a table of the application cannot be adopted (docs/adopting.md). A database with private.installation was checked
-- before. "deno task db:preflight" writes the lists from a migrated database.
do $preflight$
declare
  c_relations constant text[] := regexp_split_to_array(btrim('
    private.adopted_tables private.announcements private.budget_spending private.budgets private.calendar_profiles
    private.channels private.due_work private.error_advice private.event_state private.failed_work
    private.fairness_ledger private.full_owners private.full_read_events private.google_authorizations
    private.google_connections private.holiday_calendars private.holidays private.idx_channels_sync
    private.idx_event_state_pending_change private.idx_google_authorizations_user
    private.idx_google_connections_account private.idx_google_connections_email private.idx_moves_open
    private.idx_slot_holds_ended private.idx_slot_holds_expiry private.idx_slot_holds_organizer
    private.idx_slot_holds_past private.idx_slot_holds_task_event private.idx_sync_calendars_due
    private.idx_work_queue private.idx_work_turns_taken private.installation private.live_pauses private.moves
    private.noted_burdens private.notification_secrets private.pauses private.pauses_pause_id_seq
    private.posted_wake_ups private.settings private.slot_holds private.slot_holds_id_seq private.sync_calendars
    private.wake_ups private.work private.work_kinds private.work_turns public.attendee_responses
    public.availability_reads public.availability_reads_read_id_seq public.availability_sharing
    public.idx_attendee_responses_organizer public.idx_availability_reads_age public.idx_availability_reads_owner
    public.idx_meetings_failed public.idx_meetings_google_event_id public.idx_meetings_open
    public.idx_meetings_open_series public.idx_meetings_organizer public.idx_meetings_writeback_status
    public.idx_notification_targets_owner public.idx_notifications_finished public.idx_notifications_meeting
    public.idx_notifications_owner public.idx_notifications_waiting
    public.idx_scheduling_preferences_holiday_calendar public.idx_task_calendar_events_attendees
    public.idx_task_calendar_events_event public.idx_task_calendar_events_organizer_self
    public.idx_task_calendar_events_task public.idx_task_calendar_events_unknown public.idx_tasks_user
    public.idx_writeback_ledger_meeting public.idx_writeback_ledger_requests public.meetings
    public.notification_targets public.notifications public.scheduling_preferences public.task_calendar_events
    public.tasks public.v_calendar_events public.v_events_with_declined_guests public.v_frequent_collaborators
    public.v_organizing_by_month public.v_writeback_status public.writeback_ledger
    public.writeback_ledger_ledger_id_seq', E' \n'), '\s+');
  c_functions constant text[] := regexp_split_to_array(btrim('
    private.accept_search_request private.account_email private.acknowledge_event private.add_spending
    private.admit_permissions private.admit_rows private.admit_targets private.adopt_seen_meeting
    private.adopt_seen_task_event private.announce_meetings private.announce_seen private.announce_unchecked
    private.announcements_enqueue private.apart private.apply_write_event private.are_days_of private.are_large
    private.as_guests private.as_requested private.assignees_problem private.attach_ledger_partition
    private.auto_reschedule_problem private.availability_sharing_check_limits private.backoff
    private.begin_full_read private.best_times private.budget_ends private.budget_left private.burdens_of
    private.busy_instant private.busy_interval_problem private.busy_intervals private.busy_problem private.can_wake
    private.change_problem private.changeable_columns private.choice_problem private.choose_work
    private.chosen_candidate private.chosen_emails private.chosen_problem private.claim_work private.claim_writes
    private.complete_adopted private.concerns private.connection_failures private.connections_expect_sync
    private.consider_conflicts private.consider_replies private.costs_of private.dates_problem
    private.days_list_problem private.days_problem private.declined_people private.description_problem
    private.due_write private.edge_problem private.end_expired_holds private.end_revoked_holds private.enqueue
    private.enqueue_syncs private.error_of_deleted_event private.escaped_length private.event_instant
    private.event_key_of private.event_spans private.expect_holidays private.expect_sync private.expected_instant
    private.expected_years private.expire_slot_holds private.extend_ledger private.faded
    private.fail_poison_notifications private.fail_poison_searches private.fail_poison_task_events
    private.failed_rows private.fan_out_announcements private.fields_named_by private.fields_problem
    private.fields_that_differ private.find_full_owners private.first_of_overlapping
    private.forget_availability_reads private.forget_notifications private.forget_spending private.forget_turns
    private.frozen_calendar_differs private.give_up_move private.google_connections_announce private.group_count
    private.group_problem private.group_turns private.group_type private.groups_problem private.guest_changes
    private.guests_to_invite private.has_open_meetings private.health_of_connections private.health_of_failures
    private.health_of_jobs private.health_of_pauses private.health_of_queue private.health_of_storage
    private.health_of_wake_ups private.hides_details private.hold_again private.hold_changed_times
    private.hold_first_free private.hold_for_task private.hold_for_writes private.hold_slot_again
    private.hours_problem private.index_as_text private.insert_leased_meeting private.insert_task_event
    private.invited_by_task private.is_adopted private.is_awaited private.is_conflict_known private.is_date
    private.is_day private.is_deleted private.is_email private.is_grantee private.is_group private.is_home
    private.is_in_years private.is_instant private.is_locale private.is_older_event private.is_pending_field
    private.is_required_conflict private.is_signing_secret private.is_stamp private.is_time_to_wake
    private.is_timezone private.is_unwritten private.item_email private.json_size_problem private.keep_choices
    private.keep_time private.kinds_that_fail private.last_move_json private.last_moved_at private.lease_length
    private.lease_task_event private.lease_wait private.lease_work private.leased_meetings
    private.leased_search_json private.leased_sync_json private.ledger_months private.limit private.limit_reached
    private.limits private.list_problem private.local_midnight private.lock_ledger private.lock_people
    private.lock_write_states private.maintains_ledger private.may_hold private.meeting_event private.meeting_json
    private.meeting_notice private.meeting_of_event private.meeting_people private.meeting_problem
    private.meeting_shapes private.meeting_state private.meeting_transition_key private.meetings_announce_inserted
    private.meetings_announce_updated private.meetings_check_id private.meetings_check_pending
    private.meetings_check_size private.meetings_check_values private.meetings_close_moves
    private.meetings_count_rows private.meetings_detach private.meetings_enqueue private.meetings_expect_meet_link
    private.meetings_expect_sync private.meetings_forget private.meetings_keep_calendar
    private.meetings_keep_choices private.meetings_keep_holds private.meetings_name_fields
    private.meetings_note_burden private.meetings_of_one_claim private.meetings_refuse_delete
    private.meetings_remove_participants private.meetings_set_status private.meetings_shared_at
    private.meetings_shared_with private.meetings_take_in private.meetings_touch private.move_defaults
    private.move_rules private.move_search_json private.move_trigger private.name_fields private.named_kinds
    private.named_people private.named_times_taken private.needs_verification private.new_meeting private.next_work
    private.next_write_state private.note_availability_reads private.notification_room
    private.notification_targets_check_limits private.notification_targets_keep_secret private.notifications_enqueue
    private.notifications_forget private.number_fits private.open_hours_problem private.open_move
    private.open_owners private.own_connections private.own_email private.owner_email private.participant_emails
    private.participants_of_type private.participants_problem private.pause_end private.pause_refusal
    private.paused_until private.pauses_json private.people_at_limit private.people_locks private.people_to_hold
    private.poll_interval private.post_wake_up private.preferences_check private.preferences_forget_calendar
    private.preferences_problem private.problem private.promises_of private.propose_time private.put_task_event
    private.quota private.quota_window private.reason_not_to_move private.reason_not_to_write private.reason_to_stop
    private.reclaim_work private.record_claims private.record_problem private.record_responses
    private.record_seen_event private.record_steps private.recurrence_line_problem private.refuse_anonymous_users
    private.refuse_change private.refuse_ledger_update private.refuse_over_limit private.refuse_size
    private.refuse_value private.release_write private.remembered_preferences private.renew_holds
    private.request_check private.request_id private.request_move private.request_rechecks private.requests_spent
    private.requeue_meet_link private.requeue_notification private.requeue_rows private.requeue_sync
    private.responses_forget private.resume_after_reconnect private.resume_change private.return_burden
    private.rule_part_fits private.rule_parts private.rule_problem private.scalar_problem private.scheduling_context
    private.search_again private.search_conflicting_time private.search_context private.search_refusal
    private.search_taken_time private.search_wait private.seconds_to_quota private.series_of private.set_aside
    private.setting private.shape_problem private.sharing_check private.sharing_emails private.sharing_ends_holds
    private.sharing_organizers private.sharing_users private.slot_problem private.spend private.spend_for_work
    private.store_conflicts private.store_task_event_state private.store_work private.store_write_states
    private.subscribers private.sweep private.take_turns private.takes_open_meeting private.task_event_json
    private.task_event_response private.task_events_expect_sync private.task_events_forget
    private.task_events_keep_holds private.tasks_check_id private.tasks_check_limits private.tasks_touch
    private.text_problem private.text_setting private.times_held private.touched_meetings private.trim_ledger
    private.trim_logs private.try_lock_people private.turn_owner private.unheld_meetings
    private.unknown_field_message private.unverified_email private.vault_entries private.wake private.wake_for_rest
    private.wake_worker private.way_back private.weekdays_problem private.weights_problem
    private.whole_number_problem private.whole_problem private.window_problem private.with_choices
    private.with_named_fields private.with_rule_name private.withdraw_move private.without_availability
    private.work_limit private.work_wake_inserted private.work_wake_updated private.write_checked
    private.write_event_of private.write_operation public.adopt_google_event public.allow_availability
    public.anonymous_users_allowed public.assignee_emails public.begin_event_change
    public.begin_google_authorization public.begin_scheduling public.begin_task_event public.begin_writeback
    public.cancel_meeting public.cancel_meetings_of_user public.change_meeting public.claim_conflict_checks
    public.claim_holidays public.claim_meet_links public.claim_notifications public.claim_profile_readings
    public.claim_schedulings public.claim_syncs public.claim_task_events public.claim_writeback_slice
    public.claim_writebacks public.connect_google public.convene_health public.count_failed_work public.decide_move
    public.discard_task_event public.find_event_keys public.find_google_authorization public.find_task_event
    public.finish_batch public.follow_task_event public.forget_google_connection public.get_pending_writebacks
    public.list_auditable_calendars public.list_auditable_meetings public.list_auditable_task_events
    public.list_availability_sharing public.list_failed_searches public.list_meetings public.list_unsynced_events
    public.mark_google_needs_reauth public.mark_writeback_failure public.mark_writeback_success
    public.pause_all_google_connections public.pause_google_connection public.pause_work public.preview_change
    public.read_conflict_context public.read_google_connection public.read_meeting public.read_queue
    public.read_scheduling_context public.read_slot_holds public.read_task_event public.read_task_events
    public.receive_google_code public.receive_push public.refresh_written_event public.requeue_failed_work
    public.requeue_meeting public.requeue_meetings public.requeue_task_event public.requeue_work public.restart_sync
    public.resume_work public.revoke_availability public.save_calendar_profile public.save_channel
    public.save_google_access_token public.settle_conflict_check public.settle_holidays public.settle_meet_links
    public.settle_notification public.settle_scheduling public.settle_sync public.settle_task_event
    public.settle_writebacks public.store_event_people public.store_sync_page public.take_channels
    public.use_google_authorization', E' \n'), '\s+');
  -- Of triggers on the tables that can be adopted.
  c_triggers constant text[] := regexp_split_to_array(btrim('
    meetings_admit_rows meetings_announce_inserted meetings_announce_updated meetings_check_id
    meetings_check_pending meetings_check_size meetings_check_size_of_change meetings_check_values
    meetings_close_moves meetings_count_rows meetings_detach meetings_enqueue meetings_expect_meet_link
    meetings_expect_sync_inserted meetings_expect_sync_updated meetings_forget meetings_forget_all
    meetings_forget_responses meetings_keep_calendar meetings_keep_choices meetings_keep_holds meetings_name_fields
    meetings_note_burden meetings_refuse_anonymous_users meetings_refuse_delete meetings_refuse_update
    meetings_refuse_user_delete meetings_remove_participants meetings_set_failed meetings_set_pending
    meetings_take_in meetings_touch task_calendar_events_refuse_delete task_calendar_events_refuse_update
    task_events_expect_sync_inserted task_events_expect_sync_updated task_events_forget task_events_forget_responses
    task_events_keep_holds tasks_admit_rows tasks_check_id tasks_check_limits tasks_touch', E' \n'), '\s+');
  -- Of each table that can be adopted, the documented columns and their types as pg_type names them.
  c_documented constant jsonb := '
    {"meetings": {"meeting_id": "text", "organizer_user_id": "uuid", "title": "text", "description": "text",
    "location": "text", "description_details": "text", "locale": "text", "participants": "jsonb", "constraints":
    "jsonb", "recurrence": "_text", "weights": "jsonb", "allow_concessions": "bool", "auto_reschedule": "jsonb",
    "on_conflict": "text", "conference": "text", "reminders": "jsonb", "guests_can_modify": "bool",
    "guests_can_invite_others": "bool", "guests_can_see_other_guests": "bool", "target_calendar_id": "text",
    "starts_at": "timestamptz", "ends_at": "timestamptz", "timezone": "text", "score": "numeric", "reasoning":
    "text", "candidates": "jsonb", "scheduled_at": "timestamptz", "scheduling_status": "text", "scheduling_error":
    "text", "scheduling_reason": "text", "scheduling_details": "jsonb", "google_event_id": "text",
    "google_calendar_id": "text", "writeback_status": "text", "writeback_error": "text", "writeback_attempted_at":
    "timestamptz", "writeback_succeeded_at": "timestamptz", "writeback_retry_count": "int4", "google_event_link":
    "text", "desired_version": "int4", "written_version": "int4", "event_key": "uuid", "event_generation": "int4",
    "meet_link": "text", "meet_link_error": "text", "cancelled_at": "timestamptz", "cancelled_in_google_at":
    "timestamptz", "organizer_email": "text", "organizer_display_name": "text", "organizer_self": "bool",
    "attendees": "jsonb", "created_at": "timestamptz", "updated_at": "timestamptz"}, "tasks": {"id": "text",
    "user_id": "uuid", "title": "text", "description": "text", "start_date": "timestamptz", "duration_minutes":
    "int4", "task_type": "text", "recurrence_pattern": "text", "recurrence_ends": "date", "assignees": "jsonb",
    "status": "text", "deleted_at": "timestamptz", "created_at": "timestamptz", "updated_at": "timestamptz"},
    "task_calendar_events": {"id": "uuid", "user_id": "uuid", "task_id": "text", "calendar_id": "text",
    "calendar_event_id": "text", "created_at": "timestamptz", "event_link": "text", "event_start": "timestamptz",
    "event_end": "timestamptz", "event_title": "text", "timezone": "text", "is_all_day": "bool", "organizer_email":
    "text", "organizer_display_name": "text", "organizer_self": "bool", "attendees": "jsonb", "recurrence_rule":
    "text", "is_master_event": "bool", "recurrence_master_id": "text", "recurrence_instance_date": "date",
    "original_start_time": "text", "is_exception": "bool", "exception_type": "text", "series_update_scope": "text",
    "sync_status": "text", "sync_source": "text", "sync_error": "text", "last_synced_at": "timestamptz", "etag":
    "text", "deleted_at": "timestamptz", "updated_at": "timestamptz", "event_key": "uuid", "event_generation":
    "int4"}}';
  -- Columns that Convene cannot add: only the application knows their values.
  c_required constant jsonb := '{
    "meetings": ["meeting_id"],
    "tasks": ["id", "user_id", "title"],
    "task_calendar_events": ["id", "user_id", "task_id", "calendar_event_id"]}';
  -- Convene reads and compares them as text, so their type does not matter.
  c_any_type constant text[] := array[
    'tasks.id', 'tasks.status', 'tasks.task_type', 'tasks.recurrence_pattern', 'task_calendar_events.task_id',
    'task_calendar_events.sync_status'];
  c_statuses constant text[] := array['pending', 'synced', 'failed', 'cancelled'];
  c_hint constant text := 'Nothing was created. See docs/adopting.md.';
  v_adopted text[] := '{}';
  v_table text;
  v_class oid;
  v_found text;
  v_is_true boolean;
begin
  if to_regclass('private.installation') is not null then
    return;
  end if;
  if to_regclass('private.google_connections') is not null
    and to_regclass('supabase_migrations.schema_migrations') is not null
  then
    execute $$select exists (select from supabase_migrations.schema_migrations where version = '20261120100100')$$
    into v_is_true;
    if v_is_true then
      raise exception 'This database was made by an unreleased version of Convene and cannot be upgraded: use an empty database.'
        using errcode = 'CV001', hint = 'Link a new project, or start with another --data directory; nothing was changed.';
    end if;
  end if;
  if to_regclass('private.adopted_tables') is not null then
    execute 'select array(select table_name from private.adopted_tables order by table_name)' into v_adopted;
  end if;

  select string_agg(name, ', ' order by name) into v_found
  from (
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    left join pg_index as i on i.indexrelid = c.oid
    where format('%s.%s', n.nspname, c.relname) = any (c_relations)
      and c.oid <> coalesce(to_regclass('private.adopted_tables'), 0)
      and not (n.nspname = 'public' and c.relname = any (v_adopted))
      -- An adopted table may already have an index that Convene would create.
      and not coalesce(i.indrelid = any (array(select to_regclass('public.' || quote_ident(t)) from unnest(v_adopted) as t)), false)
    union
    select format('%I.%I()', n.nspname, p.proname)
    from pg_proc as p
    join pg_namespace as n on n.oid = p.pronamespace
    where format('%s.%s', n.nspname, p.proname) = any (c_functions)
  ) as taken;
  if v_found is not null then
    raise exception 'Convene cannot be installed, because this database has objects of the same names that are not Convene''s: %', v_found
      using errcode = 'CV002', hint = 'Rename them; public.meetings, public.tasks and public.task_calendar_events can be adopted instead. ' || c_hint;
  end if;

  if 'task_calendar_events' = any (v_adopted) and not 'tasks' = any (v_adopted) then
    raise exception 'Convene cannot adopt public.task_calendar_events without public.tasks'
      using errcode = 'CV003', hint = c_hint;
  end if;
  foreach v_table in array v_adopted loop
    if not c_documented ? v_table then
      raise exception 'Convene cannot adopt public.%: only meetings, tasks and task_calendar_events can be adopted', v_table
        using errcode = 'CV003', hint = c_hint;
    end if;
    v_class := to_regclass('public.' || quote_ident(v_table));
    select case
      when c.oid is null then 'it does not exist'
      when c.relkind not in ('r', 'p') then 'it is not a table'
      when not pg_has_role(c.relowner, 'usage') then format('it belongs to the role %I', c.relowner::regrole)
      when to_regclass('private.' || quote_ident(v_table)) is not null then format('the name private.%I is needed and taken', v_table)
    end into v_found
    from (select v_class as oid) as given left join pg_class as c on c.oid = given.oid;

    if v_found is null then
      select format('it lacks the column %s', string_agg(r.name, ', ')) into v_found
      from jsonb_array_elements_text(c_required -> v_table) as r (name)
      where not exists (
        select from pg_attribute as a where a.attrelid = v_class and a.attnum > 0 and not a.attisdropped and a.attname = r.name)
      having count(*) > 0;
    end if;
    if v_found is null then
      select format('column %s has the type %s instead of %s', a.attname, format_type(a.atttypid, a.atttypmod), d.value) into v_found
      from jsonb_each_text(c_documented -> v_table) as d
      join pg_attribute as a on a.attrelid = v_class and a.attname = d.key and a.attnum > 0 and not a.attisdropped
      join pg_type as t on t.oid = a.atttypid
      where not format('%s.%s', v_table, d.key) = any (c_any_type)
        and t.typname <> d.value
        and not (d.value = 'text' and t.typname = 'varchar')
      order by a.attnum
      limit 1;
    end if;
    if v_found is null and not exists (
      select
      from pg_index as i
      join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indrelid = v_class and i.indisunique and i.indnkeyatts = 1 and i.indpred is null
        and a.attname = c_required -> v_table ->> 0
    ) then
      v_found := format('column %s is neither its primary key nor unique', c_required -> v_table ->> 0);
    end if;
    if v_found is null then
      select format('it has a trigger %I', t.tgname) into v_found
      from pg_trigger as t
      where t.tgrelid = v_class and not t.tgisinternal and t.tgname = any (c_triggers)
      limit 1;
    end if;
    if v_found is null and v_table = 'task_calendar_events' then
      select format('the type of sync_status has no value %s', s.value) into v_found
      from unnest(c_statuses) as s (value)
      join pg_attribute as a on a.attrelid = v_class and a.attname = 'sync_status'
      join pg_type as t on t.oid = a.atttypid and t.typtype = 'e'
      where not exists (select from pg_enum as e where e.enumtypid = t.oid and e.enumlabel = s.value)
      limit 1;
      if v_found is null then
        select format('column %s is NOT NULL without a default, and Convene inserts rows without it', a.attname) into v_found
        from pg_attribute as a
        where a.attrelid = v_class and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef
          and a.attidentity = '' and a.attname not in ('user_id', 'task_id', 'calendar_id', 'calendar_event_id')
        order by a.attnum
        limit 1;
      end if;
      if v_found is null then
        execute format(
          'select exists (select from public.task_calendar_events group by user_id, %s, calendar_event_id having count(*) > 1)',
          case when exists (select from pg_attribute where attrelid = v_class and attname = 'calendar_id' and not attisdropped)
            then 'calendar_id' else 'null::text' end)
        into v_is_true;
        if v_is_true then
          v_found := 'it has several rows of one event (user_id, calendar_id, calendar_event_id)';
        end if;
      end if;
    end if;
    if v_found is not null then
      raise exception 'Convene cannot adopt public.%: %', v_table, v_found using errcode = 'CV003', hint = c_hint;
    end if;
  end loop;
end $preflight$;
