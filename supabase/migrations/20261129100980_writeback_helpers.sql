create function public.get_pending_writebacks(p_limit integer default 10) returns setof public.meetings
language sql volatile set search_path = '' as $$
select m.*
from private.due_work as due
join public.meetings as m on m.meeting_id = due.subject_id
where due.kind = 'write'
order by due.priority, due.due_at, due.subject_id
limit p_limit;
$$;
comment on function public.get_pending_writebacks(integer) is
  'Meetings whose write-back is due, new ones before retries, oldest first. Read-only; claim_writebacks leases the '
  'same rows.';

create function public.claim_writebacks(p_limit integer default 10, p_lease_seconds integer default null)
returns table (
  meeting_id text, lease_token uuid, leased_until timestamptz, operation text, attempts integer, outcome_unknown boolean,
  google_account_id text, google_calendar_id text, meeting jsonb
)
language plpgsql volatile set search_path = '' as $$
declare
  v_work private.work[] := private.claim_writes(p_limit, p_lease_seconds, true);
begin
  return query
  select
    w.subject_id, w.lease_token, w.leased_until, claimed.row ->> 'operation', w.attempts,
    (claimed.row ->> 'outcome_unknown')::boolean, w.google_account_id, w.google_calendar_id, claimed.row
  from unnest(v_work) as w
  join public.meetings as m on m.meeting_id = w.subject_id
  cross join lateral (select private.leased_meeting_json(m, w, w.due_at) as row) as claimed
  order by w.priority, w.due_at, w.subject_id;
end $$;
comment on function public.claim_writebacks(integer, integer) is
  'Leases rows of get_pending_writebacks: as many as Google''s quotas allow, at most a slice of each organizer, and none of an organizer with a live '
  'lease; or one row alone whose lease expired. Settle each with its lease_token before leased_until. operation: create, update or cancel. '
  'outcome_unknown: verify before writing. meeting: the columns of its row with the state of its write-back.';

create function public.mark_writeback_success(
  p_meeting_id text,
  p_google_event_id text,
  p_google_calendar_id text,
  p_google_event_link text,
  p_lease_token uuid default null,
  p_event jsonb default '{}',
  p_written_version integer default null,
  p_event_generation integer default null,
  p_steps jsonb default '[]'
) returns boolean
language sql set search_path = '' as $$
select (public.settle_writebacks(jsonb_build_array(jsonb_build_object(
  'meeting_id', p_meeting_id, 'lease_token', p_lease_token, 'outcome', 'written', 'google_event_id', p_google_event_id,
  'google_calendar_id', p_google_calendar_id, 'google_event_link', p_google_event_link, 'event', p_event,
  'written_version', p_written_version, 'event_generation', p_event_generation, 'steps', p_steps
))) #>> '{0,settled}')::boolean;
$$;
comment on function public.mark_writeback_success(text, text, text, text, uuid, jsonb, integer, integer, jsonb) is
  'The event exists. p_lease_token: from the claim; a lost lease changes nothing and returns false. p_event: '
  '{meet_link, organizer_email, organizer_display_name, organizer_self, attendees}. p_steps: ledger rows of this '
  'lease.';

create function public.mark_writeback_failure(
  p_meeting_id text,
  p_error_message text,
  p_should_retry boolean default true,
  p_lease_token uuid default null,
  p_outcome_unknown boolean default false,
  p_spends_attempt boolean default true,
  p_not_before_seconds double precision default null,
  p_event_generation integer default null,
  p_steps jsonb default '[]'
) returns boolean
language sql set search_path = '' as $$
select (public.settle_writebacks(jsonb_build_array(jsonb_build_object(
  'meeting_id', p_meeting_id, 'lease_token', p_lease_token, 'outcome', 'failed', 'error', p_error_message,
  'should_retry', p_should_retry, 'outcome_unknown', p_outcome_unknown, 'spends_attempt', p_spends_attempt,
  'not_before_seconds', p_not_before_seconds, 'event_generation', p_event_generation, 'steps', p_steps
))) #>> '{0,settled}')::boolean;
$$;
comment on function public.mark_writeback_failure(text, text, boolean, uuid, boolean, boolean, double precision, integer, jsonb) is
  'The attempt failed. After three failed attempts, or the first with p_should_retry false, the row is failed. '
  'p_outcome_unknown: the request may have taken effect (the row never becomes failed). p_spends_attempt false: rate '
  'limits and verification reads.';

revoke all on function
  public.get_pending_writebacks,
  public.claim_writebacks,
  public.mark_writeback_success,
  public.mark_writeback_failure
from public, anon, authenticated, service_role;
