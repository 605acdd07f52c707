/** For whom rows are read and changed: a user, limited to their own rows, or the system with all rows. */
export type Actor =
  | { kind: "user"; user_id: string }
  | { kind: "system" };

/** A worker, a sweep, a webhook or a secret key. */
export const SYSTEM: Actor = { kind: "system" };

/** An actor as parameter `p_user_id` of SQL functions: null means the rows of all users. */
export function userIdOf(actor: Actor): string | null {
  return actor.kind === "user" ? actor.user_id : null;
}
