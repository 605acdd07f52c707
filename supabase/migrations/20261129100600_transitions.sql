-- What a change of a row means for its event, whoever makes it: functions, a plain UPDATE, a deleted user.

-- Exponential with full jitter: after the first failure up to a minute, then up to four, and so on to an hour.
create function private.writeback_backoff(p_failures integer) returns interval
language sql volatile set search_path = ''
return make_interval(secs => random() * least(3600, 60 * 4 ^ least(greatest(p_failures - 1, 0), 10)));
comment on function private.writeback_backoff is
  'Delay before the next attempt after p_failures failures: exponential with full jitter, up to one hour.';

create function private.connection_failures() returns text[]
language sql immutable set search_path = ''
return array['invalid_grant', 'invalid_credentials', 'insufficient_permissions', 'not_connected', 'wrong_account'];
comment on function private.connection_failures is 'Codes of writeback_error that another Google connection cures.';

-- Whether a connection reaches the event: one that exists, or may, only with the account it was begun with.
create function private.can_write_with(p_meeting public.meetings, p_google_account_id text) returns boolean
language sql immutable set search_path = '' as $$
select p_meeting.google_account_id is null
  or p_meeting.google_account_id = p_google_account_id
  or p_meeting.writeback_status = 'failed' and not p_meeting.writeback_outcome_unknown
$$;
comment on function private.can_write_with is
  'Whether a Google account reaches the meeting''s event: one that exists, or may exist, only with the account that '
  'began it.';

create function private.meetings_follow_changes() returns trigger
language plpgsql set search_path = '' as $$
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
end $$;
comment on function private.meetings_follow_changes is
  'Trigger: what a change of a row means for its event: removed participants, retry budget, and what becomes due.';

create trigger meetings_follow_changes
  before update on public.meetings
  for each row execute function private.meetings_follow_changes();

-- auth.users is deleted without asking us: its meetings stay, detached, and what they waited for ends with
-- a reason. A worker that is at it may still finish and says so by its lease.
create function private.meetings_detach() returns trigger
language plpgsql set search_path = '' as $$
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
end $$;
comment on function private.meetings_detach is
  'Trigger: when the organizer''s user is deleted, the meetings stay without organizer and what was due fails with '
  'organizer_deleted.';

create trigger meetings_detach
  before update of organizer_user_id on public.meetings
  for each row
  when (old.organizer_user_id is not null and new.organizer_user_id is null)
  execute function private.meetings_detach();

revoke all on function
  private.writeback_backoff,
  private.connection_failures,
  private.can_write_with,
  private.meetings_follow_changes,
  private.meetings_detach
from public, anon, authenticated, service_role;
