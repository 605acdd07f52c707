import { scheduledTask } from "./tasks.ts";
import type { Stack } from "./stack.ts";

/** The starts of `mondays` before and after the change to summer time, as instants in UTC. */
export const WINTER = [
  "2035-03-05T09:00:00Z",
  "2035-03-12T09:00:00Z",
  "2035-03-19T09:00:00Z",
] as const;
export const SUMMER = [
  "2035-03-26T08:00:00Z",
  "2035-04-02T08:00:00Z",
  "2035-04-09T08:00:00Z",
] as const;

/** A task on every Monday at ten in Paris, from before the change to summer time until after it. */
export async function mondays(stack: Stack, guests = 0) {
  return await scheduledTask(stack, {
    guests,
    columns: {
      task_type: "recurring",
      recurrence_pattern: "weekly",
      start_date: WINTER[0],
      recurrence_ends: "2035-04-09",
    },
  });
}
