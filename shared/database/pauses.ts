import { call } from "./call.ts";
import type { Database } from "./call.ts";
import { shownInstant } from "@shared/time/shown_time.ts";

/** A pause by an operator. Instants are RFC 3339. */
export interface Pause {
  /** Null: every kind of work. */
  kind: string | null;
  /** Null: all users. */
  user_id: string | null;
  reason: string;
  paused_by: string;
  paused_at: string;
  /** Null: until it is resumed. */
  until: string | null;
}

/** The same as responses show it. */
export function shownPause(pause: Pause): Pause {
  return {
    ...pause,
    paused_at: shownInstant(pause.paused_at),
    until: shownInstant(pause.until),
  };
}

/** Pauses everything, a kind, a user or a kind of a user; returns all pauses in force. Throws `DatabaseFault`. */
export function pauseWork(
  database: Database,
  pause: {
    kind?: string | undefined;
    user_id?: string | undefined;
    reason: string;
    until?: string | undefined;
    paused_by: string;
  },
): Promise<Pause[]> {
  return call(database, "pause_work", {
    p_kind: pause.kind ?? null,
    p_user_id: pause.user_id ?? null,
    p_reason: pause.reason,
    p_until: pause.until ?? null,
    p_paused_by: pause.paused_by,
  });
}

/** Ends the pauses of a kind, of a user, or (without both) all; returns how many, and those that are still in force. */
export function resumeWork(
  database: Database,
  { kind, user_id }: { kind?: string | undefined; user_id?: string | undefined },
): Promise<{ resumed: number; pauses: Pause[] }> {
  return call(database, "resume_work", { p_kind: kind ?? null, p_user_id: user_id ?? null });
}
