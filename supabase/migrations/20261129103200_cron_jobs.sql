-- All jobs of pg_cron. In the last file, because pg_cron exists in only one database of a cluster.
do $$
begin
  if to_regnamespace('cron') is null then
    create extension if not exists pg_cron with schema pg_catalog;
  end if;
end $$;

select cron.schedule('convene-sweep', '* * * * *', 'select private.sweep()');
select cron.schedule('convene-sync', '* * * * *', 'select private.enqueue_syncs()');

-- Maintenance: these delete data that is no longer needed.
select cron.schedule('convene-hold-expiry', '*/5 * * * *', 'select private.expire_slot_holds()');
select cron.schedule('convene-availability-read-retention', '*/15 * * * *', 'select private.forget_availability_reads()');
-- The ledger last: its partitions are locked until the job ends.
select cron.schedule(
  'convene-ledger-retention', '*/15 * * * *',
  'select private.forget_turns(), private.forget_spending(), private.extend_ledger(), private.trim_ledger()');
select cron.schedule('convene-log-retention', '*/15 * * * *', 'select private.trim_logs()');
select cron.schedule('convene-notification-retention', '*/15 * * * *', 'select private.forget_notifications()');
