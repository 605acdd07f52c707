-- Every job of pg_cron, in the last file: pg_cron lives in one database of a cluster only.
do $$
begin
  if to_regnamespace('cron') is null then
    create extension if not exists pg_cron with schema pg_catalog;
  end if;
end $$;

-- Sweeps: they wake a function when rows are due.
select cron.schedule('convene-sweep', '* * * * *', 'select private.sweep()');
select cron.schedule('convene-lease-takeover', '* * * * *', 'select private.take_over_leases()');
select cron.schedule('convene-meet-links', '* * * * *', 'select private.sweep_meet_links()');
select cron.schedule('convene-notify', '* * * * *', 'select private.sweep_notifications()');
select cron.schedule('convene-sweep-task-events', '* * * * *', 'select private.sweep_task_events()');

-- Maintenance: they delete expired rows.
select cron.schedule('convene-hold-expiry', '*/5 * * * *', 'select private.expire_slot_holds()');
select cron.schedule('convene-ledger-retention', '*/15 * * * *', 'select private.trim_ledger()');
