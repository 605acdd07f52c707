-- What a change of a meeting means for its event, stated once for everybody who changes rows: the
-- functions of the next files, a second slot search, and whoever settles a lease.

alter table public.meetings add column removed_participants text[] not null default '{}';
comment on column public.meetings.removed_participants is
  'Addresses that a change took off the list while the event may still show them. Other guests of the event who are not participants were added by people, and stay.';

create function private.participant_emails(p_participants jsonb) returns setof text
language sql immutable set search_path = '' as $$
select lower(case jsonb_typeof(item) when 'string' then item #>> '{}' else item ->> 'email' end)
from jsonb_array_elements(case when jsonb_typeof(p_participants) = 'array' then p_participants else '[]' end) as item
where jsonb_typeof(item) in ('string', 'object')
$$;

create function private.meetings_follow_changes() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_released boolean := old.writeback_lease_token is not null and new.writeback_lease_token is null;
  v_idle boolean := old.writeback_lease_token is null and old.writeback_next_attempt_at is null;
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

  -- A change has its own three attempts, whatever the event took to be written.
  if new.writeback_status = 'created' and new.desired_version > old.desired_version and v_idle then
    new.writeback_retry_count := 0;
    new.writeback_attempts := 0;
    new.writeback_error := null;
  end if;

  if v_released and new.writeback_status = 'created' then
    if new.written_version >= new.desired_version then
      new.removed_participants := '{}';
      if new.cancelled_at is not null and new.google_event_id is null then
        -- Cancelled before any event existed: nothing was ever created.
        new.writeback_status := null;
        new.writeback_succeeded_at := null;
      end if;
    elsif new.writeback_next_attempt_at is null
      and (new.writeback_outcome_unknown
        or new.writeback_retry_count < 3
          and split_part(new.writeback_error, ':', 1) in ('google_unavailable', 'rate_limited', 'out_of_time'))
    then
      -- The event stays created whatever becomes of its change, but the change is not given up so soon.
      new.writeback_next_attempt_at := clock_timestamp() + private.writeback_backoff(new.writeback_retry_count);
    end if;
  end if;
  return new;
end $$;

create trigger meetings_follow_changes
  before update on public.meetings
  for each row execute function private.meetings_follow_changes();

-- A doorbell for operations on events that exist; new meetings have theirs.
create trigger meetings_wake_write_back_changed
  after update on public.meetings
  for each row
  when (
    new.writeback_operation <> 'create'
    and new.writeback_lease_token is null
    and new.writeback_next_attempt_at <= clock_timestamp()
    and (
      old.writeback_next_attempt_at is null
      or old.writeback_lease_token is not null
      or new.desired_version > old.desired_version
    )
    and (new.writeback_status is distinct from 'pending' or old.writeback_status = 'pending')
  )
  execute function private.meetings_wake('write-back');

revoke all on function private.participant_emails(jsonb), private.meetings_follow_changes()
from public, anon, authenticated, service_role;
grant execute on function private.participant_emails(jsonb) to service_role;
