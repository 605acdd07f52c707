-- Pauses by operators: of everything, of one user, of one kind of work, or of one kind of one user. A paused row stays in
-- the queue as it is: it is not claimed, so it spends no attempt, and it continues where it was.
create table private.pauses (
  pause_id bigint generated always as identity primary key,
  kind text references private.work_kinds (kind),
  user_id uuid references auth.users (id) on delete cascade,
  reason text not null check (char_length(reason) between 1 and 500),
  paused_by text not null,
  paused_at timestamptz not null default clock_timestamp(),
  until timestamptz,
  constraint pauses_once unique nulls not distinct (kind, user_id)
);

comment on table private.pauses is 'What operators have paused; a row whose until has passed pauses nothing.';
comment on column private.pauses.pause_id is 'Id of the pause.';
comment on column private.pauses.kind is 'The kind of work; null: every kind.';
comment on column private.pauses.user_id is 'The owner of the work; null: all owners.';
comment on column private.pauses.reason is 'Why, in the words of the operator; shown to operators only.';
comment on column private.pauses.paused_by is 'Who: as named by the caller, otherwise the name of the secret key or the database role.';
comment on column private.pauses.paused_at is 'When it began.';
comment on column private.pauses.until is 'When it ends without a call; null: when it is resumed.';

alter table private.pauses enable row level security;
revoke all on private.pauses from public, anon, authenticated, service_role;
revoke all on sequence private.pauses_pause_id_seq from public, anon, authenticated, service_role;

create view private.live_pauses with (security_invoker = true) as
select p.kind, p.user_id, p.reason, p.paused_by, p.paused_at, p.until
from private.pauses as p
where p.until is null or p.until > clock_timestamp();
comment on view private.live_pauses is 'The pauses that are in force.';
comment on column private.live_pauses.kind is 'As private.pauses.';
comment on column private.live_pauses.user_id is 'As private.pauses.';
comment on column private.live_pauses.reason is 'As private.pauses.';
comment on column private.live_pauses.paused_by is 'As private.pauses.';
comment on column private.live_pauses.paused_at is 'As private.pauses.';
comment on column private.live_pauses.until is 'As private.pauses.';
revoke all on private.live_pauses from public, anon, authenticated, service_role;

-- The one rule of what a pause is for. Announcements and notifications are one queue to their worker.
create function private.concerns(p_pause private.live_pauses, p_kind text, p_owner_id uuid) returns boolean
language sql immutable set search_path = '' as $$
select (p_pause.kind is null or p_pause.kind = case p_kind when 'announcement' then 'notification' else p_kind end)
  and (p_pause.user_id is null or p_pause.user_id = p_owner_id);
$$;
comment on function private.concerns(private.live_pauses, text, uuid) is 'Whether a pause is for work of this kind and owner.';

create function private.pause_end(p_kind text, p_owner_id uuid) returns timestamptz
language sql volatile set search_path = '' as $$
select max(coalesce(p.until, 'infinity')) from private.live_pauses as p where private.concerns(p, p_kind, p_owner_id);
$$;
comment on function private.pause_end(text, uuid) is
  'When the pause of a kind of work and an owner ends; infinity: when it is resumed; null: it is not paused.';

create function private.pause_refusal(p_kind text, p_owner_id uuid) returns jsonb
language sql volatile set search_path = '' as $$
select jsonb_build_object('decision', 'processing_paused')
  || case
    when e.at < 'infinity' then jsonb_build_object(
      'paused_until', e.at,
      'retry_after_seconds', ceil(extract(epoch from least(e.at, clock_timestamp() + interval '1 day') - clock_timestamp())))
    else '{}'
  end
from private.pause_end(p_kind, p_owner_id) as e (at)
where e.at is not null;
$$;
comment on function private.pause_refusal(text, uuid) is
  'What a call is told whose work an operator has paused: {decision: processing_paused, paused_until, retry_after_seconds}, the last two of a '
  'pause with an end. Null: it is not paused.';

create function private.pauses_json() returns jsonb
language sql volatile set search_path = '' as $$
select coalesce(jsonb_agg(to_jsonb(p) order by p.kind nulls first, p.user_id nulls first), '[]')
from private.live_pauses as p;
$$;
comment on function private.pauses_json() is 'The pauses in force: [{kind, user_id, reason, paused_by, paused_at, until}].';

revoke all on function
  private.pauses_json(), private.concerns(private.live_pauses, text, uuid), private.pause_end(text, uuid), private.pause_refusal(text, uuid)
from public, anon, authenticated, service_role;
