-- In a file of its own: pg_cron lives in one database of a cluster.
do $$
begin
  if to_regnamespace('cron') is null then
    create extension if not exists pg_cron with schema pg_catalog;
  end if;
end $$;

select cron.schedule('convene-sweep', '* * * * *', 'select private.sweep()');
