-- Budgets: what one user may use of what all users share. A limit is a row of private.settings with the name of its
-- budget; what is spent is one row for each user and budget, changed by one upsert in a statement that runs anyway.

create table private.budgets (
  budget text primary key,
  period interval not null
);

comment on table private.budgets is 'The budgets that are counted by time. The setting with the name of a budget is its limit.';
comment on column private.budgets.budget is 'Name of the budget and of its setting.';
comment on column private.budgets.period is
  'Time after which a used-up budget is whole again; of open_meetings: after which they are counted again.';

insert into private.budgets (budget, period) values
  ('searches_per_minute', '1 minute'),
  ('conflict_checks_per_minute', '1 minute'),
  ('google_reads_for_others_per_hour', '1 hour'),
  ('open_meetings', '1 minute'),
  ('guests_invited_per_day', '1 day'),
  ('rows_inserted_per_minute', '1 minute'),
  ('notifications_per_hour', '1 hour');

create table private.budget_spending (
  user_id uuid not null,
  budget text not null references private.budgets (budget),
  period_start timestamptz not null,
  spent integer not null,
  primary key (user_id, budget)
) with (fillfactor = 70);

comment on table private.budget_spending is 'What each user has spent of each budget since the period began.';
comment on column private.budget_spending.user_id is 'The user; of work of a meeting its organizer, also if another user or a secret key caused it.';
comment on column private.budget_spending.budget is 'The budget.';
comment on column private.budget_spending.period_start is 'When the first of it was spent; the budget is whole again one period later.';
comment on column private.budget_spending.spent is 'How much has been spent since then.';

alter table private.budgets enable row level security;
alter table private.budget_spending enable row level security;
revoke all on private.budgets, private.budget_spending from public, anon, authenticated, service_role;

create function private.budget_ends(p_user_id uuid, p_budget text) returns timestamptz
language sql volatile set search_path = '' as $$
select s.period_start + b.period
from private.budget_spending as s
join private.budgets as b on b.budget = s.budget
where s.user_id = p_user_id and s.budget = p_budget and s.period_start + b.period > clock_timestamp();
$$;
comment on function private.budget_ends(uuid, text) is 'When a budget is whole again; null: nothing of it is spent.';

create function private.budget_left(p_user_id uuid, p_budget text) returns integer
language sql volatile set search_path = '' as $$
select greatest(0, floor(private.setting(p_budget))::integer - coalesce((
  select s.spent
  from private.budget_spending as s
  join private.budgets as b on b.budget = s.budget
  where s.user_id = p_user_id and s.budget = p_budget and s.period_start + b.period > clock_timestamp()
), 0));
$$;
comment on function private.budget_left(uuid, text) is 'How much of a budget a user may still spend now. Without a user: all of it.';

create function private.spend(p_user_id uuid, p_budget text, p_amount integer) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_limit constant numeric := private.setting(p_budget);
  v_period interval;
begin
  if p_user_id is null or p_amount <= 0 then
    return true;
  elsif p_amount > v_limit then
    return false;
  end if;
  select b.period into strict v_period from private.budgets as b where b.budget = p_budget;
  -- The row stays locked until the statement commits; a rollback takes the spending back with everything else.
  insert into private.budget_spending as s (user_id, budget, period_start, spent)
  values (p_user_id, p_budget, clock_timestamp(), p_amount)
  on conflict (user_id, budget) do update
  set
    period_start = case when s.period_start + v_period > clock_timestamp() then s.period_start else excluded.period_start end,
    spent = case when s.period_start + v_period > clock_timestamp() then s.spent else 0 end + excluded.spent
  where s.period_start + v_period <= clock_timestamp() or s.spent + excluded.spent <= v_limit;
  return found;
end $$;
comment on function private.spend(uuid, text, integer) is
  'Spends p_amount of a user''s budget. False: it is more than is left, and nothing was spent.';

create function private.add_spending(p_budget text, p_user_ids uuid[], p_amounts integer[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_period interval;
begin
  select b.period into strict v_period from private.budgets as b where b.budget = p_budget;
  insert into private.budget_spending as s (user_id, budget, period_start, spent)
  select added.user_id, p_budget, clock_timestamp(), added.amount
  from unnest(p_user_ids, p_amounts) as added (user_id, amount)
  where added.user_id is not null and added.amount > 0
  order by added.user_id
  on conflict (user_id, budget) do update
  set
    period_start = case when s.period_start + v_period > clock_timestamp() then s.period_start else excluded.period_start end,
    spent = case when s.period_start + v_period > clock_timestamp() then s.spent else 0 end + excluded.spent;
end $$;
comment on function private.add_spending(text, uuid[], integer[]) is
  'Spends amounts of several users'' budgets (each user once) that the caller has compared with what is left.';

create function private.limit_reached(p_user_id uuid, p_budget text) returns jsonb
language sql volatile set search_path = '' as $$
select jsonb_build_object(
  'limit', p_budget,
  'allowed', floor(private.setting(p_budget)),
  'until', coalesce(ends.at, clock_timestamp() + b.period),
  'retry_after_seconds', ceil(extract(epoch from coalesce(ends.at - clock_timestamp(), b.period))))
from private.budgets as b
cross join lateral (select private.budget_ends(p_user_id, p_budget) as at) as ends
where b.budget = p_budget;
$$;
comment on function private.limit_reached(uuid, text) is
  'What a caller is shown of a used-up budget: {limit: its setting, allowed, until, retry_after_seconds}.';

create function private.refuse_over_limit(p_limit text, p_retry_after_seconds numeric, p_message text) returns void
language plpgsql volatile set search_path = '' as $$
begin
  -- PostgREST makes HTTP status 429 of it.
  raise exception 'limit_reached: %', p_message using
    errcode = 'PT429',
    detail = jsonb_build_object('limit', p_limit, 'allowed', private.setting(p_limit), 'retry_after_seconds', p_retry_after_seconds)::text,
    hint = concat(
      case when p_retry_after_seconds is not null then format('Try again after %s seconds. ', p_retry_after_seconds) end,
      format('An operator can raise the setting %s.', p_limit));
end $$;
comment on function private.refuse_over_limit(text, numeric, text) is 'Refuses a statement beyond a limit: limit_reached, with a hint.';

create function private.forget_spending() returns void
language sql volatile security definer set search_path = '' as $$
delete from private.budget_spending as s
where (s.user_id, s.budget) in (
  select o.user_id, o.budget
  from private.budget_spending as o
  join private.budgets as b on b.budget = o.budget
  where o.period_start + b.period < now()
  for update of o skip locked
);
$$;
comment on function private.forget_spending() is 'Deletes what was spent of budgets that are whole again.';

revoke all on function
  private.budget_ends, private.budget_left, private.spend, private.add_spending, private.limit_reached, private.refuse_over_limit, private.forget_spending
from public, anon, authenticated, service_role;
