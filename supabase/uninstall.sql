-- Removes Convene from a database (docs/deploy.md). Tables of the application that Convene adopted stay with their rows and
-- columns; tables of Convene are dropped with theirs. Stops and changes nothing if something of the application would be
-- lost with it, such as a view that reads a table of Convene. "deno task db:preflight" writes the lists.
do $uninstall$
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
  c_versions constant text[] := regexp_split_to_array(btrim('
    20261129095900 20261129100000 20261129100050 20261129100100 20261129100150 20261129100155 20261129100160
    20261129100170 20261129100200 20261129100300 20261129100360 20261129100370 20261129100380 20261129100385
    20261129100390 20261129100400 20261129100490 20261129100500 20261129100600 20261129100650 20261129100660
    20261129100690 20261129100695 20261129100700 20261129100710 20261129100720 20261129100800 20261129100850
    20261129100860 20261129100880 20261129100890 20261129100900 20261129100950 20261129100980 20261129101000
    20261129101050 20261129101060 20261129101100 20261129101110 20261129101120 20261129101200 20261129101300
    20261129101340 20261129101350 20261129101400 20261129101500 20261129101600 20261129101650 20261129101700
    20261129101800 20261129101900 20261129101950 20261129102000 20261129102100 20261129102200 20261129102250
    20261129102300 20261129102500 20261129102600 20261129102700 20261129102750 20261129102800 20261129102900
    20261129102940 20261129102950 20261129102955 20261129102960 20261129102970 20261129102975 20261129102976
    20261129102981 20261129102983 20261129102984 20261129102985 20261129103000 20261129103010 20261129103015
    20261129103017 20261129103020 20261129103030 20261129103100 20261129103150 20261129103200', E' \n'), '\s+');
  -- Everything of the application that depends on nothing, or on something of Convene. Statements in a text, because the
  -- catalog is read twice.
  c_foreign constant text := $query$
    select coalesce(array_agg(pg_describe_object(o.classid, o.objid, 0) order by 1), '{}')
    from (
      select 'pg_class'::regclass as classid, c.oid as objid from pg_class as c
      where c.relkind in ('r', 'v', 'm', 'p') and not c.oid::regclass::text = any ($1)
        and not format('%s.%s', c.relnamespace::regnamespace, c.relname) = any ($1)
      union all
      select 'pg_proc'::regclass, p.oid from pg_proc as p
      where not format('%s.%s', p.pronamespace::regnamespace, p.proname) = any ($2)
      union all
      select 'pg_constraint'::regclass, k.oid from pg_constraint as k join pg_class as c on c.oid = k.conrelid
      where not format('%s.%s', c.relnamespace::regnamespace, c.relname) = any ($1)
      union all
      select 'pg_trigger'::regclass, t.oid from pg_trigger as t join pg_class as c on c.oid = t.tgrelid
      where not t.tgisinternal and not format('%s.%s', c.relnamespace::regnamespace, c.relname) = any ($1)
      union all
      select 'pg_policy'::regclass, l.oid from pg_policy as l join pg_class as c on c.oid = l.polrelid
      where not format('%s.%s', c.relnamespace::regnamespace, c.relname) = any ($1)
      union all
      select 'pg_attrdef'::regclass, d.oid from pg_attrdef as d join pg_class as c on c.oid = d.adrelid
      where not format('%s.%s', c.relnamespace::regnamespace, c.relname) = any ($1)
    ) as o
    -- System catalogs and what extensions brought along cannot depend on Convene.
    where not exists (select from pg_depend as d where d.classid = o.classid and d.objid = o.objid and d.deptype = 'e')
      and o.objid >= 16384
  $query$;
  v_adopted text[];
  v_relations text[];
  v_before text[];
  v_after text[];
  v_lost text;
  v_item text;
begin
  if to_regclass('private.installation') is null then
    raise exception 'Convene is not installed in this database.';
  end if;
  -- The months of the ledger go with it.
  v_relations := c_relations || array(
    select format('%s.%s', c.relnamespace::regnamespace, c.relname)
    from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
    where i.inhparent = to_regclass('public.writeback_ledger'));
  execute c_foreign into v_before using v_relations, c_functions;
  v_adopted := array(select 'public.' || a.table_name from private.adopted_tables as a);

  perform cron.unschedule(j.jobname::text) from cron.job as j where j.jobname like 'convene-%';
  delete from vault.secrets where name in ('convene_functions_url', 'convene_automations_key');

  for v_item in
    select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
    from pg_trigger as t where t.tgname = any (c_triggers) and t.tgrelid = any (v_adopted::regclass[])
    union all
    select format('drop index %s', i.indexrelid::regclass)
    from pg_index as i join pg_class as c on c.oid = i.indexrelid
    where i.indrelid = any (v_adopted::regclass[]) and format('%s.%s', c.relnamespace::regnamespace, c.relname) = any (c_relations)
  loop
    execute v_item;
  end loop;
  for v_item in
    -- By name: what an earlier statement dropped as well has no other.
    select format(
      'drop %s if exists %I.%I cascade', case c.relkind when 'v' then 'view' else 'table' end, n.nspname, c.relname)
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('v', 'r', 'p') and format('%s.%s', c.relnamespace::regnamespace, c.relname) = any (c_relations)
      and not format('%s.%s', c.relnamespace::regnamespace, c.relname) = any (v_adopted)
    order by c.relkind desc
  loop
    execute v_item;
  end loop;
  -- Functions with a row of a dropped table among their arguments are gone already.
  loop
    select format('drop routine %s cascade', p.oid::regprocedure) into v_item
    from pg_proc as p
    where format('%s.%s', p.pronamespace::regnamespace, p.proname) = any (c_functions)
      and not exists (select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    limit 1;
    exit when not found;
    execute v_item;
  end loop;
  drop type if exists private.health_check, private.write_state;
  delete from supabase_migrations.schema_migrations where version = any (c_versions);

  execute c_foreign into v_after using v_relations, c_functions;
  select string_agg(b.object, ', ') into v_lost from unnest(v_before) as b (object) where not b.object = any (v_after);
  if v_lost is not null then
    raise exception 'Nothing was removed, because something of the application depends on Convene: %', v_lost
      using hint = 'Drop or change it first.';
  end if;

  -- The schema was the application's if Convene did not comment on it, or if something else is in it.
  if obj_description(to_regnamespace('private'), 'pg_namespace') like 'Convene:%'
    and not exists (select from pg_class as c where c.relnamespace = to_regnamespace('private'))
    and not exists (select from pg_proc as p where p.pronamespace = to_regnamespace('private'))
  then
    drop schema private;
  end if;
end $uninstall$;
select 'Convene is removed from this database.' as result;
