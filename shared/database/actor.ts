/** On whose behalf rows are read and changed: a user, whose own rows these are, or the system, which reaches everybody's. */
export type Actor =
  | { kind: "user"; user_id: string }
  | { kind: "system" };

/** A worker, a sweep, a webhook or a secret key. */
export const SYSTEM: Actor = { kind: "system" };

/** An actor as SQL helpers take it in `p_user_id`: there, null means everybody's rows. */
export function userIdOf(actor: Actor): string | null {
  return actor.kind === "user" ? actor.user_id : null;
}
