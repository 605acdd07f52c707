-- What a change or a cancellation would decide, by the functions that decide it, in a transaction of its own that is
-- rolled back. A variable keeps its value; rows, queue and wake-ups do not.
create function public.preview_change(
  p_meeting_id text,
  p_user_id uuid,
  p_changes jsonb,
  p_expected_version integer default null,
  p_series jsonb default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_before jsonb;
  v_decided jsonb;
begin
  select private.meeting_json(m) || jsonb_build_object('organizer_email', coalesce(m.organizer_email, c.email)) into v_before
  from public.meetings as m
  left join private.google_connections as c on c.user_id = m.organizer_user_id
  where m.meeting_id = p_meeting_id and (p_user_id is null or m.organizer_user_id = p_user_id);
  begin
    v_decided := case
      when p_changes is null then public.cancel_meeting(p_meeting_id, p_user_id, p_expected_version)
      else public.change_meeting(p_meeting_id, p_user_id, p_changes, p_expected_version, p_series)
    end;
    raise exception using errcode = 'CV004', message = 'The preview is complete.';
  exception
    when sqlstate 'CV004' then null;
  end;
  return v_decided || jsonb_build_object('before', v_before);
end $$;
comment on function public.preview_change(text, uuid, jsonb, integer, jsonb) is
  'What change_meeting (p_changes), or cancel_meeting (p_changes null), would return; nothing is stored and nothing becomes '
  'due. `meeting` is the meeting as it would be, `before` as it is, organizer_email never null where a Google account is '
  'connected (null: there is none, or another user''s).';

revoke all on function public.preview_change from public, anon, authenticated, service_role;
