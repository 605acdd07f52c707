-- The history of replies: a row for each reply that Google showed, never changed.

create table public.attendee_responses (
  kind text not null check (kind in ('meeting', 'task_event')),
  subject_id text not null,
  email text not null check (email = lower(email)),
  event_etag text not null,
  organizer_user_id uuid not null references auth.users (id) on delete cascade,
  response_status text not null check (response_status in ('needsAction', 'declined', 'tentative', 'accepted')),
  comment text,
  additional_guests integer not null default 0,
  responded_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (kind, subject_id, email, event_etag)
);

comment on table public.attendee_responses is
  'Replies of guests as Google showed them, one row for each reply. Rows are only inserted, and deleted with their meeting or task event.';
comment on column public.attendee_responses.kind is 'meeting (public.meetings) or task_event (public.task_calendar_events).';
comment on column public.attendee_responses.subject_id is 'meeting_id, or the id of the task event.';
comment on column public.attendee_responses.email is 'The guest, in lower case.';
comment on column public.attendee_responses.event_etag is 'Version of the event that first showed the reply.';
comment on column public.attendee_responses.organizer_user_id is 'The user whose event it is, who alone may read the row.';
comment on column public.attendee_responses.response_status is
  'accepted, declined or tentative; needsAction after a reply was reset, as Google does when a guest is invited again.';
comment on column public.attendee_responses.comment is 'What the guest wrote with the reply.';
comment on column public.attendee_responses.additional_guests is 'How many guests the guest brings.';
comment on column public.attendee_responses.responded_at is
  'When the event last changed in the version that first showed the reply; Google gives no time of a reply.';
comment on column public.attendee_responses.recorded_at is 'When Convene stored the row.';

create index idx_attendee_responses_organizer on public.attendee_responses (organizer_user_id, recorded_at desc);

alter table public.attendee_responses enable row level security;

create policy "organizers read the replies to their events" on public.attendee_responses
  for select to authenticated
  using (organizer_user_id = (select auth.uid()));

create function private.record_responses(p_kind text, p_subject_id text, p_user_id uuid, p_seen jsonb)
returns setof public.attendee_responses
language sql volatile set search_path = '' as $$
insert into public.attendee_responses (
  kind, subject_id, email, event_etag, organizer_user_id, response_status, comment, additional_guests, responded_at)
select
  p_kind, p_subject_id, lower(a.email), coalesce(p_seen ->> 'etag', p_seen ->> 'updated', ''), p_user_id,
  coalesce(a."responseStatus", 'needsAction'), a.comment, coalesce(a."additionalGuests", 0),
  coalesce((p_seen ->> 'updated')::timestamptz, clock_timestamp())
from jsonb_to_recordset(case jsonb_typeof(p_seen -> 'attendees') when 'array' then p_seen -> 'attendees' else '[]' end)
  as a (email text, "responseStatus" text, comment text, "additionalGuests" integer, organizer boolean, self boolean)
left join lateral (
  select r.response_status, r.comment, r.additional_guests
  from public.attendee_responses as r
  where r.kind = p_kind and r.subject_id = p_subject_id and r.email = lower(a.email)
  order by r.recorded_at desc, r.responded_at desc
  limit 1
) as last on true
-- The organizer's own answer is no reply, also under an alias of the account, which Google marks as self only, and on a
-- secondary calendar, where it marks neither.
where a.email is not null and not coalesce(a.organizer, false)
  and not (
    coalesce((p_seen #>> '{organizer,self}')::boolean, false)
    and (coalesce(a.self, false) or lower(a.email) is not distinct from private.account_email(p_user_id)))
  and (coalesce(a."responseStatus", 'needsAction'), a.comment, coalesce(a."additionalGuests", 0))
    is distinct from (coalesce(last.response_status, 'needsAction'), last.comment, coalesce(last.additional_guests, 0))
on conflict do nothing
returning *;
$$;
comment on function private.record_responses(text, text, uuid, jsonb) is
  'Stores the replies of an event as Google showed it that differ from the last ones stored, and returns them.';

create function private.responses_forget() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_table_name = 'meetings' then
    delete from public.attendee_responses as r
    using old_rows as o
    where r.kind = 'meeting' and r.subject_id = to_jsonb(o) ->> 'meeting_id';
  else
    delete from public.attendee_responses as r
    using old_rows as o
    where r.kind = 'task_event' and r.subject_id = to_jsonb(o) ->> 'id';
  end if;
  return null;
end $$;
comment on function private.responses_forget() is 'Trigger: deletes the replies of deleted meetings and task events.';

create trigger meetings_forget_responses
  after delete on public.meetings
  referencing old table as old_rows
  for each statement execute function private.responses_forget();

create trigger task_events_forget_responses
  after delete on public.task_calendar_events
  referencing old table as old_rows
  for each statement execute function private.responses_forget();

revoke all on public.attendee_responses from public, anon, authenticated, service_role;
revoke all on function private.record_responses(text, text, uuid, jsonb), private.responses_forget()
from public, anon, authenticated, service_role;
