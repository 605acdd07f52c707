-- In a file of its own: pg_cron lives in one database of a cluster.
select cron.schedule('convene-hold-expiry', '*/5 * * * *', 'select private.expire_slot_holds()');
