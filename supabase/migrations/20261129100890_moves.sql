-- Moves: a meeting whose required people declined is moved to another time automatically, where its organizer wants that.
-- Sync decides whether a reply asks for a move and makes a search due; the search finds the time; the write moves the event.

insert into private.settings (name, value, meaning) values
  ('proposal_hours', 24, 'How long an organizer has to answer a proposed time; never longer than until the freeze of the meeting begins');

create table private.moves (
  meeting_id text not null references public.meetings (meeting_id) on delete cascade,
  version text not null,
  trigger text not null check (trigger in ('required_declined', 'quorum_lost', 'conflict')),
  decision text not null check (decision in ('searching', 'proposed', 'moved', 'kept', 'rejected')),
  reason text,
  at timestamptz not null default clock_timestamp(),
  from_starts_at timestamptz not null,
  from_ends_at timestamptz not null,
  to_starts_at timestamptz,
  to_ends_at timestamptz,
  alternatives jsonb,
  conflicts jsonb,
  expires_at timestamptz,
  accepted_starts_at timestamptz,
  desired_version integer,
  primary key (meeting_id, version),
  check ((decision = 'kept') = (reason is not null)),
  check (decision not in ('proposed', 'moved') or to_starts_at is not null)
);
comment on table private.moves is
  'Decisions to move a meeting automatically, or not to: one for each version of the event whose replies asked for it. max_moves and cooldown_minutes count its rows.';
comment on column private.moves.meeting_id is 'The meeting.';
comment on column private.moves.version is 'The etag of the event that first showed the reply; of a conflict a key of the event or of the check that found it.';
comment on column private.moves.trigger is 'Why the meeting should move: required_declined, quorum_lost or conflict.';
comment on column private.moves.decision is
  'searching: a search is due; proposed: a time waits for the organizer; moved; kept: the meeting keeps its time (reason); rejected: the organizer wants no move.';
comment on column private.moves.reason is 'Code of why the meeting keeps its time: a guard rail, or why the search found no time.';
comment on column private.moves.at is 'When the decision was made.';
comment on column private.moves.from_starts_at is 'Start of the declined time.';
comment on column private.moves.from_ends_at is 'End of the declined time.';
comment on column private.moves.to_starts_at is 'Start of the new or proposed time.';
comment on column private.moves.to_ends_at is 'End of the new or proposed time.';
comment on column private.moves.alternatives is
  'Of a proposal: the times that may be accepted, best first, as [{start_time, end_time, score, reasoning}]. Of a conflict: times at which everybody is free; null: not searched yet.';
comment on column private.moves.conflicts is
  'Of a conflict: who has something else then, as far as the organizer may know: [{email, type, is_certain, busy: [{start_time, end_time}]}]. is_certain false: it may be the '
  'event itself, with another one directly before or after it.';
comment on column private.moves.expires_at is 'Of a proposal: until when it can be answered.';
comment on column private.moves.accepted_starts_at is 'The time that the organizer accepted; the search verifies it.';
comment on column private.moves.desired_version is 'The version of the meeting that has the new time.';
create index idx_moves_open on private.moves (meeting_id) where decision in ('searching', 'proposed');

alter table private.moves enable row level security;
revoke all on private.moves from public, anon, authenticated, service_role;

create function private.last_move_json(p_meeting_id text) returns jsonb
language sql volatile set search_path = '' as $$
select jsonb_build_object(
  'trigger', v.trigger,
  'decision', case when v.decision = 'proposed' and v.expires_at <= clock_timestamp() then 'kept' else v.decision end,
  'reason', case when v.decision = 'proposed' and v.expires_at <= clock_timestamp() then 'expired' else v.reason end,
  'at', v.at,
  'from', jsonb_build_object('start_time', v.from_starts_at, 'end_time', v.from_ends_at),
  'to', case when v.to_starts_at is not null then jsonb_build_object('start_time', v.to_starts_at, 'end_time', v.to_ends_at) end,
  'alternatives', coalesce(v.alternatives, '[]'),
  'conflicts', coalesce(v.conflicts, '[]'),
  'expires_at', v.expires_at,
  'timezone', (select me.timezone from public.meetings as me where me.meeting_id = p_meeting_id),
  'moves', (select count(*) from private.moves as m where m.meeting_id = p_meeting_id and m.decision = 'moved'))
from private.moves as v
where v.meeting_id = p_meeting_id
order by v.at desc, v.version
limit 1;
$$;
comment on function private.last_move_json(text) is
  'The last decision to move a meeting, or not to, as status shows it: {trigger, decision, reason, at, from, to, alternatives, conflicts, expires_at, timezone, moves}; timezone: of the meeting; moves: how often it has moved. Null: there was none.';

revoke all on function private.last_move_json from public, anon, authenticated, service_role;
