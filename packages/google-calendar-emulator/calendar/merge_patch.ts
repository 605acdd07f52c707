import type { EventBody } from "./event_types.ts";

/** JSON merge of a patch body into an event: objects merge, null deletes, lists are replaced
 * whole; `reminders` is replaced as a whole too, which is what the one live probe of it saw. */
export function mergePatch(current: EventBody, patch: EventBody): EventBody {
  return {
    ...merged(current, patch),
    ...("reminders" in patch ? { reminders: patch.reminders } : {}),
  };
}

function merged<T extends object>(current: T, patch: T): T {
  const result: Record<string, unknown> = Object.fromEntries(Object.entries(current));
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (value === null) delete result[key];
    else if (isObject(value) && isObject(before)) result[key] = merged(before, value);
    else result[key] = value;
  }
  // The keys come from two values of T.
  return result as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
