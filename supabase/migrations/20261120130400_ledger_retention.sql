-- Oldest first by the key, which needs no index of its own; a bounded bite each time, so that no run holds up
-- others however long the job has not run.
create function private.trim_ledger(p_rows integer default 20000) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_before timestamptz := now() - make_interval(days => private.setting('ledger_retention_days')::integer);
  v_deleted integer;
begin
  delete from public.writeback_ledger as l
  where l.ledger_id in (
    select oldest.ledger_id
    from (select o.ledger_id, o.at from public.writeback_ledger as o order by o.ledger_id limit p_rows) as oldest
    where oldest.at < v_before
  );
  get diagnostics v_deleted = row_count;
  return v_deleted;
end $$;
comment on function private.trim_ledger(integer) is
  'Deletes steps older than ledger_retention_days (private.settings), at most p_rows of them; returns how many.';
revoke all on function private.trim_ledger(integer) from public, anon, authenticated, service_role;
