create function public.get_pending_writebacks(p_limit integer default 10) returns setof public.meetings
language sql stable set search_path = '' as $$
select m.*
from private.due_writebacks as due
join public.meetings as m on m.meeting_id = due.meeting_id
order by due.is_retry, due.due_at, due.created_at
limit p_limit;
$$;
comment on function public.get_pending_writebacks is
  'Meetings whose write-back is due, new ones before retries, oldest first. Read-only; claim_writebacks leases the '
  'same rows.';

create function public.claim_writebacks(p_limit integer default 10, p_lease_seconds integer default 120)
returns setof public.meetings
language plpgsql set search_path = '' as $$
begin
  return query select l.* from private.lease_writebacks(private.lock_writebacks(p_limit, true), p_lease_seconds) as l;
end $$;
comment on function public.claim_writebacks is
  'Leases as many of the rows of get_pending_writebacks as Google''s quotas leave room for, at most 20 of an '
  'organizer who has none leased; or one row alone whose worker died. Each row carries its writeback_lease_token; '
  'settle with it before the lease ends.';

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
comment on function public.mark_writeback_success is
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
comment on function public.mark_writeback_failure is
  'The attempt failed. Three failed attempts in all make the row failed; p_should_retry false does so at once. '
  'p_outcome_unknown: the request may have taken effect (the row never becomes failed). p_spends_attempt false: rate '
  'limits and verification reads.';

revoke all on function
  public.get_pending_writebacks,
  public.claim_writebacks,
  public.mark_writeback_success,
  public.mark_writeback_failure
from public, anon, authenticated, service_role;
