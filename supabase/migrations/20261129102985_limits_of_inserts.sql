-- Limits of what users insert over REST. Work that would go beyond a budget waits in the queue instead (private.work_limit).

-- Security definer: the role that inserts has no rights in this schema.
create function private.admit_rows() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  -- Null for secret keys and for SQL: what an operator inserts is not counted.
  v_user_id constant uuid := auth.uid();
  v_rows integer;
begin
  if v_user_id is null then
    return null;
  end if;
  select count(*) into v_rows from new_rows;
  if not private.spend(v_user_id, 'rows_inserted_per_minute', v_rows) then
    perform private.refuse_over_limit(
      'rows_inserted_per_minute',
      (private.limit_reached(v_user_id, 'rows_inserted_per_minute') ->> 'retry_after_seconds')::numeric,
      format('A user may insert %s rows a minute, and no statement may insert more. No row was inserted.', private.setting('rows_inserted_per_minute')));
  end if;
  return null;
end $$;
comment on function private.admit_rows() is 'Trigger: counts the rows that a signed-in user inserts, and refuses a statement beyond the limit.';

create trigger availability_sharing_admit_rows
  after insert on public.availability_sharing
  referencing new table as new_rows
  for each statement execute function private.admit_rows();

create trigger meetings_admit_rows
  after insert on public.meetings
  referencing new table as new_rows
  for each statement execute function private.admit_rows();

create trigger notification_targets_admit_rows
  after insert on public.notification_targets
  referencing new table as new_rows
  for each statement execute function private.admit_rows();

create trigger tasks_admit_rows
  after insert on public.tasks
  referencing new table as new_rows
  for each statement execute function private.admit_rows();

create function private.admit_targets() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_limit constant numeric := private.setting('notification_targets');
  v_owner_id uuid;
begin
  for v_owner_id in select distinct n.owner_user_id from new_rows as n where n.owner_user_id is not null order by 1 loop
    -- Two statements of one user would not see each other's rows.
    perform pg_advisory_xact_lock(hashtextextended('convene.notification_targets.' || v_owner_id, 0));
    if (select count(*) from public.notification_targets as t where t.owner_user_id = v_owner_id) > v_limit then
      perform private.refuse_over_limit(
        'notification_targets', null, format('A user may have %s notification targets. Delete one that is no longer needed.', v_limit));
    end if;
  end loop;
  return null;
end $$;
comment on function private.admit_targets() is 'Trigger: refuses targets of a user beyond the limit; targets without an owner are not counted.';

create trigger notification_targets_admit_targets
  after insert on public.notification_targets
  referencing new table as new_rows
  for each statement execute function private.admit_targets();

create function private.admit_permissions() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_limit constant numeric := private.setting('availability_permissions');
  v_owner_id uuid;
begin
  for v_owner_id in select distinct n.owner_user_id from new_rows as n order by 1 loop
    -- Two statements of one user would not see each other's rows.
    perform pg_advisory_xact_lock(hashtextextended('convene.availability_permissions.' || v_owner_id, 0));
    if (select count(*) from public.availability_sharing as s where s.owner_user_id = v_owner_id) > v_limit then
      perform private.refuse_over_limit(
        'availability_permissions', null,
        format('A user may give %s permissions. Delete one that is no longer needed, or name a domain.', v_limit));
    end if;
  end loop;
  return null;
end $$;
comment on function private.admit_permissions() is
  'Trigger: refuses permissions of a user beyond the limit: every search that names the user, and every page of the user''s calendar, reads all of them.';

create trigger availability_sharing_admit_permissions
  after insert on public.availability_sharing
  referencing new table as new_rows
  for each statement execute function private.admit_permissions();

revoke all on function
  private.admit_rows,
  private.admit_targets,
  private.admit_permissions
from public, anon, authenticated, service_role;
