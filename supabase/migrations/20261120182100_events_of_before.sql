-- The rows of a table of before say nothing about write-back: their events are on Google already. As "pending" they
-- would be written a second time. Whatever is scheduled here has recorded what was wanted.
update public.task_calendar_events as e
set sync_status = 'synced', sync_source = 'google'
where e.sync_status = 'pending' and e.wanted is null and e.attempts = 0 and e.lease_token is null and e.deleted_at is null;
