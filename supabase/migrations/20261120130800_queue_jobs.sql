-- In a file of its own: pg_cron lives in one database of a cluster.
select cron.schedule('convene-lease-takeover', '* * * * *', 'select private.take_over_leases()');
select cron.schedule('convene-ledger-retention', '*/15 * * * *', 'select private.trim_ledger()');
