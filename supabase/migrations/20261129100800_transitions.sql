-- The state machine of a meeting's write-back: one function decides every transition, and two others load and store the
-- state.

create type private.write_state as (
  meeting_id text,
  organizer_user_id uuid,
  status text,
  error text,
  retry_count integer,
  attempted_at timestamptz,
  succeeded_at timestamptz,
  event_id text,
  event_generation integer,
  desired_version integer,
  written_version integer,
  has_slot boolean,
  is_cancelled boolean,
  google_account_id text,
  google_calendar_id text,
  outcome_unknown boolean,
  removed_participants text[],
  slot jsonb,
  shown jsonb,
  work private.work
);
comment on type private.write_state is
  'A meeting''s write-back as one value: the public columns, the event state and the work row (work.subject_id null: nothing is due). '
  'slot: {starts_at, ends_at, timezone} to be stored, or null. shown: what Google last showed of the event, to be stored; null changes nothing, {"forget": true} clears it.';

create function private.connection_failures() returns text[]
language sql immutable set search_path = '' as $$
select array['invalid_grant', 'invalid_credentials', 'insufficient_permissions', 'token_unreadable', 'not_connected', 'wrong_account'];
$$;
comment on function private.connection_failures() is 'Codes of writeback_error that are resolved by connecting Google again.';

create function private.error_of_deleted_event(p_error text) returns text
language sql immutable set search_path = '' as $$
select case
  -- Whether the event can be reached is decided first: where it cannot, a requeue must not write another one.
  when split_part(p_error, ':', 1) = any (private.connection_failures() || '{not_organizer,event_unreachable}') then p_error
  when p_error is not null then 'event_missing: The event was deleted on Google Calendar. Requeue the meeting to write a new one.'
end;
$$;
comment on function private.error_of_deleted_event(text) is
  'The writeback_error of a change that was given up with p_error, when its event is known to be deleted.';

create function private.write_operation(p_meeting public.meetings) returns text
language sql immutable set search_path = '' as $$
select case
  when p_meeting.cancelled_at is not null then 'cancel'
  when p_meeting.google_event_id is not null then 'update'
  else 'create'
end
$$;
comment on function private.write_operation(public.meetings) is 'Operation of the next write of the meeting: create, update or cancel.';

create function private.lock_write_states(p_meeting_ids text[]) returns private.write_state[]
language plpgsql volatile set search_path = '' as $$
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
end $$;
comment on function private.lock_write_states(text[]) is
  'Locks meetings and their work, in the order of their ids, and returns their states. Ids that do not exist are left out.';

create function private.guests_to_invite(p_meeting_id text, p_attendees jsonb default null, p_has_event boolean default false) returns integer
language sql stable set search_path = '' as $$
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
$$;
comment on function private.guests_to_invite(text, jsonb, boolean) is
  'How many guests the next write of a meeting invites: the participants, without the organizer, that its event did not show when it was '
  'last seen (p_attendees: seen just now). p_has_event: it changes an event, which invites only those whom a change has added.';

create function private.due_write(p_state private.write_state, p_due_at timestamptz, p_restarts boolean) returns private.write_state
language plpgsql volatile set search_path = '' as $$
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
end $$;
comment on function private.due_write(private.write_state, timestamptz, boolean) is
  'The state with its write due at p_due_at. p_restarts: with a new retry budget. A live lease stays valid; the write is due again after it.';

create function private.next_write_state(p_state private.write_state, p_event jsonb) returns private.write_state
language plpgsql volatile set search_path = '' as $$
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
end $$;
comment on function private.next_write_state(private.write_state, jsonb) is
  'Every transition of a meeting''s write-back. p_event.type: written {operation, google_event_id, google_calendar_id, google_event_link, event, '
  'written_version, event_generation, is_unacknowledged}; failed {verdict, error, not_before_seconds, event_generation, spends_attempt, healthy_account_id}; released; '
  'slot_found {slot}; changed {is_moved}; cancelled; requeued; restored {error: why its change stays given up}; set_pending {former}; set_failed; organizer_deleted; search_again {error}.';

create function private.store_write_states(p_states private.write_state[]) returns void
language plpgsql volatile set search_path = '' as $$
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
end $$;
comment on function private.store_write_states(private.write_state[]) is
  'Stores states in the three places that hold them: work row, event state, public row. The caller holds the locks of private.lock_write_states.';

create function private.apply_write_event(p_meeting_id text, p_event jsonb) returns public.meetings
language plpgsql volatile set search_path = '' as $$
declare
  v_state private.write_state;
  v_meeting public.meetings;
begin
  foreach v_state in array private.lock_write_states(array[p_meeting_id]) loop
    perform private.store_write_states(array[private.next_write_state(v_state, p_event)]);
  end loop;
  select * into v_meeting from public.meetings as m where m.meeting_id = p_meeting_id;
  return v_meeting;
end $$;
comment on function private.apply_write_event(text, jsonb) is 'Locks a meeting, makes one transition (private.next_write_state) and stores it; returns the row.';

revoke all on type private.write_state from public;
revoke all on function
  private.connection_failures,
  private.error_of_deleted_event,
  private.write_operation,
  private.lock_write_states,
  private.guests_to_invite,
  private.due_write,
  private.next_write_state,
  private.store_write_states,
  private.apply_write_event
from public, anon, authenticated, service_role;
