-- All grants, in one file. The earlier files have revoked the default grants of their objects, so a role has only the
-- rights that are granted here. `anon` has none: every request needs a user or a secret key.

-- Users, limited to their own rows by the policies.

-- The application decides about the grants of an adopted table.
do $$
begin
  if not private.is_adopted('meetings') then
    -- update and delete only to be refused with a hint (refused_changes.sql); no policy lets them reach a row.
    grant select, update, delete on public.meetings to authenticated;
    grant insert (
      meeting_id, organizer_user_id, title, description, location, description_details, locale, participants, constraints, recurrence, weights,
      allow_concessions, auto_reschedule, on_conflict, conference, reminders, guests_can_modify, guests_can_invite_others, guests_can_see_other_guests,
      target_calendar_id, starts_at, ends_at, timezone
    ) on public.meetings to authenticated;
  end if;
  if not private.is_adopted('tasks') then
    grant select, delete on public.tasks to authenticated;
    grant insert (
      id, user_id, title, description, start_date, duration_minutes, task_type, recurrence_pattern, recurrence_ends, assignees, status
    ) on public.tasks to authenticated;
    grant update (
      title, description, start_date, duration_minutes, task_type, recurrence_pattern, recurrence_ends, assignees, status, deleted_at
    ) on public.tasks to authenticated;
  end if;
  if not private.is_adopted('task_calendar_events') then
    grant select, update, delete on public.task_calendar_events to authenticated;
  end if;
end $$;

grant select on public.writeback_ledger, public.v_writeback_status, public.notifications, public.availability_reads, public.attendee_responses
to authenticated;

grant select, delete on public.notification_targets to authenticated;
-- Without target_id: an upsert must not reach the secret of another user's target.
grant insert (owner_user_id, kind, address, signing_secret, events, enabled)
  on public.notification_targets to authenticated;
grant update (address, signing_secret, events, enabled) on public.notification_targets to authenticated;

grant select on
  public.v_calendar_events,
  public.v_events_with_declined_guests,
  public.v_organizing_by_month,
  public.v_frequent_collaborators
to authenticated;
-- For these views, which users read with their own rights.
grant execute on function private.own_email to authenticated, service_role;

grant select, delete on public.availability_sharing to authenticated;
grant insert (owner_user_id, grantee_kind, grantee, level, expires_at) on public.availability_sharing to authenticated;
grant update (level, expires_at) on public.availability_sharing to authenticated;

grant select, delete on public.scheduling_preferences to authenticated;
grant insert (
  owner_user_id, timezone, open_hours, lunch, has_lunch, buffer_before_minutes, buffer_after_minutes, minimum_notice_minutes, auto_reschedule,
  preferred_days, preferred_hours_start, preferred_hours_end, holiday_calendar, holiday_dates, out_of_office_days
) on public.scheduling_preferences to authenticated;
-- An upsert names the owner among the changed columns; the policy keeps it the caller.
grant update (
  owner_user_id, timezone, open_hours, lunch, has_lunch, buffer_before_minutes, buffer_after_minutes, minimum_notice_minutes, auto_reschedule,
  preferred_days, preferred_hours_start, preferred_hours_end, holiday_calendar, holiday_dates, out_of_office_days
) on public.scheduling_preferences to authenticated;

grant execute on function public.read_queue to authenticated;
-- Only through public.v_writeback_status: users have no usage of the schema.
grant execute on function private.meeting_state to authenticated;

-- The edge functions.

grant usage on schema private to service_role;

grant select, insert, update, delete on
  private.google_connections,
  private.google_authorizations,
  private.event_state,
  private.moves,
  private.sync_calendars,
  private.full_read_events,
  private.channels,
  private.pauses,
  private.work,
  private.work_turns,
  private.budget_spending,
  private.announcements,
  public.meetings,
  private.slot_holds,
  private.fairness_ledger,
  private.noted_burdens,
  private.calendar_profiles,
  private.holiday_calendars,
  private.holidays,
  public.scheduling_preferences,
  public.availability_sharing,
  public.availability_reads,
  public.notification_targets,
  public.notifications,
  public.tasks,
  public.task_calendar_events
to service_role;
grant select, insert, update on private.settings to service_role;
grant select, insert, delete on public.writeback_ledger, public.attendee_responses to service_role;
grant select on
  private.work_kinds,
  private.live_pauses,
  private.due_work,
  private.failed_work,
  private.full_owners,
  private.budgets,
  private.notification_secrets,
  public.v_writeback_status,
  public.v_calendar_events,
  public.v_events_with_declined_guests,
  public.v_organizing_by_month,
  public.v_frequent_collaborators
to service_role;

-- Functions that are not listed are called only by triggers and cron jobs.
grant execute on function
  -- settings
  private.setting,
  -- limits
  private.limits,
  private.limit,
  private.is_in_years,
  private.expected_years,
  private.text_problem,
  private.escaped_length,
  private.description_problem,
  private.expected_instant,
  -- budgets
  private.budget_ends,
  private.budget_left,
  private.spend,
  private.add_spending,
  private.limit_reached,
  private.text_setting,
  -- google connections
  public.begin_google_authorization,
  public.find_google_authorization,
  public.receive_google_code,
  public.use_google_authorization,
  public.connect_google,
  public.read_google_connection,
  public.save_google_access_token,
  public.mark_google_needs_reauth,
  public.pause_google_connection,
  public.pause_all_google_connections,
  public.forget_google_connection,
  -- meetings
  private.is_group,
  private.item_email,
  private.group_type,
  private.group_count,
  private.chosen_emails,
  private.meeting_people,
  private.named_people,
  private.keep_choices,
  private.with_choices,
  private.participant_emails,
  private.meeting_state,
  private.has_open_meetings,
  -- anonymous users
  public.anonymous_users_allowed,
  -- field kinds
  private.is_email,
  private.is_timezone,
  private.is_locale,
  private.is_date,
  private.is_day,
  private.is_instant,
  private.busy_instant,
  -- recurrence lines
  private.is_stamp,
  private.rule_parts,
  private.rule_part_fits,
  private.rule_problem,
  private.dates_problem,
  private.with_rule_name,
  private.recurrence_line_problem,
  -- shapes
  private.meeting_shapes,
  private.problem,
  private.unknown_field_message,
  private.number_fits,
  private.scalar_problem,
  private.busy_interval_problem,
  private.busy_problem,
  private.days_list_problem,
  private.list_problem,
  private.fields_problem,
  private.record_problem,
  private.shape_problem,
  private.local_midnight,
  private.edge_problem,
  private.window_problem,
  private.weights_problem,
  private.whole_problem,
  -- meeting validation
  private.busy_intervals,
  private.group_problem,
  private.chosen_problem,
  private.groups_problem,
  private.choice_problem,
  private.participants_problem,
  private.slot_problem,
  private.meeting_problem,
  -- writeback ledger
  private.request_id,
  private.record_steps,
  -- pauses
  private.concerns,
  private.pause_end,
  private.pause_refusal,
  private.pauses_json,
  public.pause_work,
  public.resume_work,
  -- work queue
  private.backoff,
  private.next_work,
  private.store_work,
  private.enqueue,
  private.lease_length,
  private.lease_wait,
  private.search_wait,
  private.lease_work,
  private.quota_window,
  private.quota,
  private.requests_spent,
  private.paused_until,
  private.open_owners,
  private.takes_open_meeting,
  private.find_full_owners,
  private.spend_for_work,
  private.work_limit,
  private.turn_owner,
  private.take_turns,
  private.choose_work,
  private.reclaim_work,
  private.claim_work,
  -- transitions
  private.connection_failures,
  private.error_of_deleted_event,
  private.write_operation,
  private.lock_write_states,
  private.guests_to_invite,
  private.due_write,
  private.next_write_state,
  private.store_write_states,
  private.apply_write_event,
  -- writeback claim
  private.meeting_json,
  private.without_availability,
  private.as_guests,
  private.leased_meetings,
  private.record_claims,
  private.claim_writes,
  private.seconds_to_quota,
  public.claim_writeback_slice,
  public.begin_writeback,
  -- writeback settle
  private.write_event_of,
  private.withdraw_move,
  private.give_up_move,
  public.settle_writebacks,
  -- writeback helpers
  public.get_pending_writebacks,
  public.claim_writebacks,
  public.mark_writeback_success,
  public.mark_writeback_failure,
  -- scheduling
  private.frozen_calendar_differs,
  private.as_requested,
  private.accept_search_request,
  private.leased_search_json,
  private.fail_poison_searches,
  private.are_large,
  private.meetings_of_one_claim,
  public.claim_schedulings,
  private.insert_leased_meeting,
  public.begin_scheduling,
  public.settle_scheduling,
  -- availability sharing
  private.is_grantee,
  private.sharing_users,
  private.sharing_organizers,
  private.sharing_emails,
  public.allow_availability,
  public.revoke_availability,
  public.list_availability_sharing,
  -- availability reads
  private.note_availability_reads,
  -- preferences
  private.remembered_preferences,
  public.claim_holidays,
  public.settle_holidays,
  -- event state
  private.acknowledge_event,
  -- slot holds
  private.people_locks,
  private.lock_people,
  private.is_awaited,
  private.end_expired_holds,
  private.may_hold,
  private.promises_of,
  private.times_held,
  private.people_at_limit,
  private.account_email,
  private.unverified_email,
  private.series_of,
  private.people_to_hold,
  private.apart,
  private.hold_changed_times,
  private.hold_first_free,
  public.read_slot_holds,
  -- write holds
  private.try_lock_people,
  private.unheld_meetings,
  private.hold_again,
  private.end_revoked_holds,
  private.renew_holds,
  private.first_of_overlapping,
  private.named_times_taken,
  private.release_write,
  private.search_taken_time,
  private.request_rechecks,
  private.hold_for_writes,
  -- fairness
  private.faded,
  private.burdens_of,
  -- calendar profiles
  public.claim_profile_readings,
  public.save_calendar_profile,
  -- scheduling context
  private.group_turns,
  private.own_connections,
  private.scheduling_context,
  private.new_meeting,
  private.search_context,
  private.search_refusal,
  public.read_scheduling_context,
  -- seen event and named fields
  private.is_older_event,
  private.record_seen_event,
  private.with_named_fields,
  private.name_fields,
  -- change meeting
  private.changeable_columns,
  private.change_problem,
  private.fields_named_by,
  private.account_email,
  private.reason_not_to_write,
  public.change_meeting,
  -- cancel meeting
  public.cancel_meeting,
  public.cancel_meetings_of_user,
  -- change preview
  public.preview_change,
  -- requeue meeting
  private.chosen_candidate,
  private.hold_slot_again,
  private.way_back,
  private.search_again,
  public.requeue_meeting,
  -- meet links
  public.claim_meet_links,
  public.settle_meet_links,
  -- meeting status
  public.read_meeting,
  public.list_meetings,
  -- announcements
  private.subscribers,
  private.notification_room,
  private.fan_out_announcements,
  -- notification queue
  private.fail_poison_notifications,
  public.claim_notifications,
  public.settle_notification,
  -- audit
  public.adopt_google_event,
  public.list_auditable_meetings,
  public.list_auditable_calendars,
  public.find_event_keys,
  public.list_auditable_task_events,
  public.list_failed_searches,
  public.refresh_written_event,
  -- task calendar events
  private.is_unwritten,
  private.is_deleted,
  -- task events
  private.lease_task_event,
  private.hold_for_task,
  private.invited_by_task,
  private.insert_task_event,
  private.task_event_json,
  private.store_task_event_state,
  private.fail_poison_task_events,
  private.task_event_response,
  public.assignee_emails,
  public.begin_task_event,
  public.begin_event_change,
  private.put_task_event,
  public.settle_task_event,
  public.claim_task_events,
  public.discard_task_event,
  public.read_task_events,
  public.read_task_event,
  -- task event places
  private.meeting_of_event,
  public.find_task_event,
  public.follow_task_event,
  -- task event people
  public.list_unsynced_events,
  public.store_event_people,
  -- seen event
  private.is_older_event,
  private.record_seen_event,
  -- attendee responses
  private.record_responses,
  -- moves
  private.move_defaults,
  private.whole_number_problem,
  private.auto_reschedule_problem,
  private.participants_of_type,
  private.last_move_json,
  private.move_rules,
  private.last_moved_at,
  private.declined_people,
  private.move_trigger,
  private.reason_not_to_move,
  private.reason_to_stop,
  private.request_move,
  private.consider_replies,
  private.request_check,
  private.event_spans,
  private.meetings_shared_with,
  private.owner_email,
  private.meetings_shared_at,
  private.touched_meetings,
  private.is_conflict_known,
  private.consider_conflicts,
  private.is_required_conflict,
  private.store_conflicts,
  private.announce_unchecked,
  private.write_checked,
  private.search_conflicting_time,
  public.claim_conflict_checks,
  public.read_conflict_context,
  public.settle_conflict_check,
  private.open_move,
  private.move_search_json,
  private.keep_time,
  private.best_times,
  private.propose_time,
  public.decide_move,
  -- sync claim
  private.begin_full_read,
  private.leased_sync_json,
  public.claim_syncs,
  public.receive_push,
  public.save_channel,
  public.take_channels,
  -- sync pages
  private.is_pending_field,
  private.event_instant,
  private.are_days_of,
  private.hides_details,
  private.announce_seen,
  private.resume_change,
  private.adopt_seen_meeting,
  private.needs_verification,
  private.is_home,
  private.event_key_of,
  private.adopt_seen_task_event,
  private.poll_interval,
  public.store_sync_page,
  public.restart_sync,
  public.settle_sync,
  -- wake ups
  private.can_wake,
  private.wake_for_rest,
  public.finish_batch,
  -- requeue work
  private.requeue_meet_link,
  public.requeue_task_event,
  private.requeue_notification,
  private.requeue_sync,
  public.requeue_work,
  private.failed_rows,
  private.requeue_rows,
  private.kinds_that_fail,
  private.named_kinds,
  public.requeue_meetings,
  public.requeue_failed_work,
  public.count_failed_work,
  -- health
  public.convene_health
to service_role;
