import type { Stack } from "./stack.ts";

/**
 * Every call that the database asks pg_net for, with the time at which it was allowed: between that and the insert into
 * pg_net's queue lie some milliseconds, on a busy machine more.
 */
export async function recordCalls(stack: Stack): Promise<void> {
  await stack.platform.sql(`
    create table public.recorded_calls (url text not null, at timestamptz not null)`);
  await stack.platform.sql(`
    create function public.record_call() returns trigger language plpgsql as $$
    begin
      insert into public.recorded_calls (url, at)
      select new.url, w.called_at from private.wake_ups as w where new.url like '%/' || w.wakes;
      return null;
    end $$`);
  await stack.platform.sql(`
    create trigger record_call after insert on net.http_request_queue
    for each row execute function public.record_call()`);
}

/** The recorded calls of each function, oldest first. */
export async function recordedCalls(stack: Stack) {
  return Map.groupBy(
    await stack.platform.sql<{ url: string; at_ms: number }>(
      "select url, extract(epoch from at)::float8 * 1000 as at_ms from public.recorded_calls order by at",
    ),
    ({ url }) => url.split("/").at(-1) ?? "",
  );
}
