-- A page of a list tells of no candidates: with 190 people they alone are a hundred kilobytes a meeting.
create or replace function public.list_meetings(
  p_user_id uuid default null,
  p_limit integer default 50,
  p_before timestamptz default null,
  p_before_meeting_id text default null
) returns jsonb
language sql stable set search_path = '' as $$
select jsonb_build_object(
  'meetings',
  coalesce((
    select jsonb_agg(
      to_jsonb(page) - array['candidates', 'scheduling_details', 'scheduling_proposal', 'participants', 'constraints', 'attendees', 'description', 'reasoning']
      order by page.created_at desc, page.meeting_id desc)
    from (
      select m.*
      from public.meetings as m
      where (p_user_id is null or m.organizer_user_id = p_user_id)
        and (p_before is null or (m.created_at, m.meeting_id) < (p_before, coalesce(p_before_meeting_id, '')))
      order by m.created_at desc, m.meeting_id desc
      limit p_limit
    ) as page
  ), '[]'),
  'counts',
  (
    select coalesce(jsonb_object_agg(counted.status, counted.meetings), '{}')
    from (
      select coalesce(m.writeback_status, m.scheduling_status) as status, count(*) as meetings
      from public.meetings as m
      where p_user_id is null or m.organizer_user_id = p_user_id
      group by 1
    ) as counted
  )
);
$$;
comment on function public.list_meetings(uuid, integer, timestamptz, text) is
  '{meetings: newest first, without what only one meeting''s answer tells (candidates, participants, attendees and the like), counts: '
  '{status: number}}; the page after (p_before, p_before_meeting_id). p_user_id null: of everybody.';
