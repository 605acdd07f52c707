-- What was given up.

create view private.failed_work with (security_invoker = true) as
select
  'search' as kind,
  m.meeting_id as subject_id,
  m.organizer_user_id as owner_id,
  coalesce(substring(m.scheduling_details ->> 'reason' from '^[a-z_]+$'), m.scheduling_error) as reason,
  m.updated_at as failed_at
from public.meetings as m
where m.scheduling_status = 'failed'
  and m.writeback_status is null
  and m.cancelled_at is null
  and not exists (select from private.work as w where w.kind = 'search' and w.subject_id = m.meeting_id and w.due_at < 'infinity')
union all
select 'write', m.meeting_id, m.organizer_user_id, split_part(m.writeback_error, ':', 1), coalesce(m.writeback_attempted_at, m.updated_at)
from public.meetings as m
where (m.writeback_error is not null or m.writeback_status = 'failed' and m.cancelled_at is null)
  and not exists (
    select from private.work as w where w.kind in ('search', 'write') and w.subject_id = m.meeting_id and w.due_at < 'infinity')
union all
select 'meet_link', m.meeting_id, m.organizer_user_id, split_part(m.meet_link_error, ':', 1), coalesce(m.writeback_succeeded_at, m.updated_at)
from public.meetings as m
where m.meet_link_error is not null and m.meet_link is null and m.cancelled_at is null
  and not exists (select from private.work as w where w.kind = 'meet_link' and w.subject_id = m.meeting_id)
union all
select 'task_event', e.id::text, e.user_id, split_part(e.sync_error, ':', 1), coalesce(e.updated_at, e.created_at)
from public.task_calendar_events as e
where e.sync_status = 'failed' and e.deleted_at is null
  and not exists (select from private.work as w where w.kind = 'task_event' and w.subject_id = e.id::text and w.due_at < 'infinity')
union all
-- A change whose processing crashed: the event is as it was, or half changed.
select 'task_event', e.id::text, e.user_id, split_part(e.sync_error, ':', 1), coalesce(e.updated_at, e.created_at)
from private.event_state as es
join public.task_calendar_events as e on e.id = es.subject_id::uuid
where es.kind = 'task_event' and es.pending_change is not null
  and e.sync_status is distinct from 'failed' and e.deleted_at is null
  and not exists (select from private.work as w where w.kind = 'task_event' and w.subject_id = es.subject_id and w.due_at < 'infinity')
union all
-- The HTTP status of the target follows the code.
select 'notification', n.notification_id::text, n.owner_user_id, regexp_replace(split_part(n.error, ':', 1), '_\d+$', ''), n.queued_at
from public.notifications as n
where n.status = 'failed'
union all
select 'sync', s.sync_id, s.user_id, split_part(s.error, ':', 1), s.next_sync_at
from private.sync_calendars as s
where s.error is not null
  and not exists (select from private.work as w where w.kind = 'sync' and w.subject_id = s.sync_id);
comment on view private.failed_work is
  'What was given up and waits for a person: failed searches and writes (also changes and cancellations), Meet links, task events, '
  'notifications, and calendars that cannot be read.';
comment on column private.failed_work.kind is 'As private.work_kinds.';
comment on column private.failed_work.subject_id is 'Key of the meeting, task event, notification or calendar, as text.';
comment on column private.failed_work.owner_id is 'The organizer or user; null where there is none.';
comment on column private.failed_work.reason is 'Code of docs/errors.md; null where an application has stored the failure without one.';
comment on column private.failed_work.failed_at is 'When it failed; of a calendar, when it is read again.';

revoke all on private.failed_work from public, anon, authenticated, service_role;
