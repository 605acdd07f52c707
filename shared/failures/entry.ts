/**
 * What becomes of something that failed:
 * - `retry`: nothing took effect; it is tried again and an attempt is spent.
 * - `unknown`: a write may have taken effect; an attempt is spent, and Google is read before the next one.
 * - `unverified`: an earlier write may have taken effect and Google could not be read; no attempt is spent.
 * - `defer`: nothing was tried, or a limit was met; it is tried again later and no attempt is spent.
 * - `reconnect`: it goes on once the organizer has connected Google again.
 * - `reject`: no further attempt would change it.
 * - `exhausted`: every attempt is spent, and no new one was begun.
 */
export type Verdict =
  | "retry"
  | "unknown"
  | "unverified"
  | "defer"
  | "reconnect"
  | "reject"
  | "exhausted";

/** The facts of one error code. */
export interface CodeEntry {
  /** HTTP status of an error response with this code. */
  status?: number;
  /** The error response that has this code in `details.reason`; a code has this or a status, or neither. */
  response?: string;
  /** The verdict, unless a failure with this code says another one. */
  verdict: Verdict;
  /** What happened, for people, where nothing more precise is known. */
  message: string;
  /** What a person can do; absent: the message says it. */
  what_to_do?: string;
  /** The same once nothing is tried again by itself. */
  what_to_do_at_last?: string;
}
