-- The event as Google last showed it. Every reader and writer of an event stores it here, in any order: the newest stays.

create function private.is_older_event(p_seen jsonb, p_than jsonb) returns boolean
language sql stable set search_path = '' as $$
select coalesce(
  p_seen ->> 'id' is not distinct from coalesce(p_than ->> 'id', p_seen ->> 'id')
  and (coalesce((p_seen ->> 'sequence')::integer, 0), coalesce((p_seen ->> 'updated')::timestamptz, '-infinity'))
    < (coalesce((p_than ->> 'sequence')::integer, 0), coalesce((p_than ->> 'updated')::timestamptz, '-infinity')),
  false);
$$;
comment on function private.is_older_event(jsonb, jsonb) is
  'Whether p_seen is an earlier version of the event p_than, by Google''s sequence and then updated. Versions of another event id (a new generation) are not earlier.';

create function private.record_seen_event(p_kind text, p_subject_id text, p_seen jsonb) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  insert into private.event_state as es (kind, subject_id, seen_event)
  values (p_kind, p_subject_id, p_seen)
  on conflict (kind, subject_id) do update set seen_event = excluded.seen_event
  where es.seen_event is null or not private.is_older_event(excluded.seen_event, es.seen_event);
  return found;
end $$;
comment on function private.record_seen_event(text, text, jsonb) is
  'Stores an event as Google showed it (private.event_state.seen_event); false when a newer version is stored already, which stays.';

revoke all on function private.is_older_event(jsonb, jsonb), private.record_seen_event(text, text, jsonb)
from public, anon, authenticated, service_role;
