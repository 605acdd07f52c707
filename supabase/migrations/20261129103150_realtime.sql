-- Realtime: changes of meetings and replies reach the clients that may read the rows (row level security decides).
-- Supabase creates the publication; a database without Realtime has none.
do $$
declare
  v_table text;
begin
  if not exists (
    select from pg_publication as p
    where p.pubname = 'supabase_realtime' and not p.puballtables and pg_has_role(p.pubowner, 'USAGE'))
  then
    return;
  end if;
  foreach v_table in array array['meetings', 'attendee_responses'] loop
    -- The application decides about an adopted table.
    if not private.is_adopted(v_table) and not exists (
      select from pg_publication_tables as t
      where t.pubname = 'supabase_realtime' and t.schemaname = 'public' and t.tablename = v_table)
    then
      execute format('alter publication supabase_realtime add table public.%I', v_table);
    end if;
  end loop;
end $$;
