/** A limit of private.settings that a user has reached, as the SQL helpers return it. */
export interface ReachedLimit {
  /** Name of the setting. */
  limit: string;
  /** Its value. */
  allowed: number;
  /** When it is over; RFC 3339. */
  until?: string;
  retry_after_seconds: number;
}

/** What is wrong and what to do, for the `limit_reached` of a response or a row. */
export function limitMessage({ limit, allowed }: Pick<ReachedLimit, "limit" | "allowed">): string {
  return `The limit ${limit} (${allowed}) is reached. Repeat the request after Retry-After seconds, ` +
    "or ask the operator to raise the setting.";
}
