/** What Google's limits alone allow: nothing but its answers and the waits for quota takes time. */
export const GOOGLE_MILLISECONDS = 200;
const AT_ONCE = 3;
const USER_QUOTA = 600;
const PROJECT_QUOTA = 10_000;
const MINUTE_SECONDS = 60;

/**
 * Seconds for `meetings` dealt out to `users`: each calendar three requests at a time, at most 600 a
 * user and 10,000 a project in any minute.
 */
export function idealSeconds(meetings: number, users: number): number {
  const each = Math.ceil(meetings / users);
  const full_minutes = Math.max(
    Math.ceil(each / USER_QUOTA),
    Math.ceil(meetings / PROJECT_QUOTA),
  ) - 1;
  const last = Math.min(each, each - full_minutes * USER_QUOTA);
  const burst = Math.ceil(last / AT_ONCE) * GOOGLE_MILLISECONDS / 1000;
  return full_minutes * MINUTE_SECONDS + burst;
}
