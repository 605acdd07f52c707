-- All grants, in one file. The earlier files have revoked the default grants of their objects, so a role has only the
-- rights that are granted here. `anon` has none: every request needs a user or a secret key.

-- Users, limited to their own rows by the policies.

-- The application decides about the grants of an adopted table.
do $$
begin
  if not private.is_adopted('meetings') then
    grant select on public.meetings to authenticated;
    grant insert (
      meeting_id, organizer_user_id, title, description, location, participants, constraints, recurrence, weights,
      allow_concessions, conference, reminders, guests_can_modify, guests_can_invite_others, guests_can_see_other_guests,
      target_calendar_id, starts_at, ends_at, timezone
    ) on public.meetings to authenticated;
  end if;
  if not private.is_adopted('tasks') then
    grant select, delete on public.tasks to authenticated;
    grant insert (
      id, user_id, title, description, start_date, duration_minutes, task_type, recurrence_pattern, recurrence_ends, status
    ) on public.tasks to authenticated;
    grant update (
      title, description, start_date, duration_minutes, task_type, recurrence_pattern, recurrence_ends, status, deleted_at
    ) on public.tasks to authenticated;
  end if;
  if not private.is_adopted('task_calendar_events') then
    grant select on public.task_calendar_events to authenticated;
  end if;
end $$;

grant select on public.writeback_ledger, public.v_writeback_status, public.notifications to authenticated;

grant select, delete on public.notification_targets to authenticated;
-- Without target_id: an upsert must not reach the secret of another user's target.
grant insert (owner_user_id, kind, address, signing_secret, events, enabled)
  on public.notification_targets to authenticated;
grant update (address, signing_secret, events, enabled) on public.notification_targets to authenticated;

grant select on
  public.v_events_with_declined_guests,
  public.v_organizing_by_month,
  public.v_frequent_collaborators
to authenticated;

grant select, delete on public.availability_sharing to authenticated;
grant insert (owner_user_id, grantee_kind, grantee, level, expires_at) on public.availability_sharing to authenticated;
grant update (level, expires_at) on public.availability_sharing to authenticated;

grant execute on function public.read_queue to authenticated;

-- The edge functions.

grant usage on schema private to service_role;

grant select, insert, update, delete on
  private.google_connections,
  private.google_authorizations,
  private.event_state,
  private.work,
  public.meetings,
  private.slot_holds,
  private.fairness_ledger,
  private.noted_burdens,
  private.calendar_profiles,
  public.availability_sharing,
  public.notification_targets,
  public.notifications,
  public.tasks,
  public.task_calendar_events
to service_role;
grant select, insert, update on private.settings to service_role;
grant select, insert, delete on public.writeback_ledger to service_role;
grant select on
  private.work_kinds,
  private.due_work,
  private.notification_secrets,
  public.v_writeback_status,
  public.v_events_with_declined_guests,
  public.v_organizing_by_month,
  public.v_frequent_collaborators
to service_role;

-- Functions that are not listed are called only by triggers and cron jobs.
grant execute on function
  -- settings
  private.setting,
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
  private.participant_emails,
  -- meeting validation
  private.is_email,
  private.is_timezone,
  private.participants_problem,
  private.reminders_problem,
  private.slot_problem,
  private.meeting_problem,
  -- writeback ledger
  private.record_steps,
  -- work queue
  private.backoff,
  private.next_work,
  private.store_work,
  private.enqueue,
  private.lease_length,
  private.lease_work,
  private.quota_window,
  private.quota,
  private.requests_spent,
  private.paused_until,
  private.open_owners,
  private.choose_work,
  private.reclaim_work,
  private.claim_work,
  -- transitions
  private.connection_failures,
  private.write_operation,
  private.lock_write_states,
  private.due_write,
  private.next_write_state,
  private.store_write_states,
  private.apply_write_event,
  -- writeback claim
  private.meeting_json,
  private.leased_meetings,
  private.record_claims,
  private.claim_writes,
  private.seconds_to_quota,
  public.claim_writeback_slice,
  public.begin_writeback,
  -- writeback settle
  private.write_event_of,
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
  public.claim_schedulings,
  private.insert_leased_meeting,
  public.begin_scheduling,
  public.settle_scheduling,
  -- availability sharing
  private.sharing_level,
  private.sharing_emails,
  public.allow_availability,
  public.revoke_availability,
  public.list_availability_sharing,
  -- slot holds
  private.lock_people,
  private.promises_of,
  private.hold_first_free,
  private.holds_too_many,
  public.read_slot_holds,
  -- fairness
  private.faded,
  private.burdens_of,
  -- calendar profiles
  public.claim_profile_readings,
  public.save_calendar_profile,
  -- scheduling context
  private.own_connections,
  private.scheduling_context,
  public.read_scheduling_context,
  -- change meeting
  private.change_problem,
  public.change_meeting,
  -- cancel meeting
  public.cancel_meeting,
  public.cancel_meetings_of_user,
  -- requeue meeting
  private.chosen_candidate,
  private.occurrences_of,
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
  -- notification queue
  private.fail_poison_notifications,
  public.claim_notifications,
  public.settle_notification,
  -- audit
  public.list_auditable_meetings,
  public.list_auditable_calendars,
  public.find_event_keys,
  public.refresh_written_event,
  -- task calendar events
  private.is_unwritten,
  private.is_deleted,
  -- task events
  private.lease_task_event,
  private.task_event_json,
  private.store_task_event_state,
  private.fail_poison_task_events,
  private.task_event_response,
  public.begin_task_event,
  public.begin_event_change,
  private.put_task_event,
  public.settle_task_event,
  public.claim_task_events,
  public.discard_task_event,
  public.read_task_events,
  public.read_task_event,
  -- task event people
  public.list_unsynced_events,
  public.store_event_people,
  -- wake ups
  private.wake_for_rest,
  public.finish_batch
to service_role;
