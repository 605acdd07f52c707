/** Advice for codes that are retried automatically. */
export const RETRIED = "Nothing: it is retried automatically.";

/**
 * Decides about the next attempt after a failure:
 * - `retry`: nothing took effect; it is retried and an attempt is spent.
 * - `unknown`: a write may have taken effect; an attempt is spent, and Google is read before the next one.
 * - `unverified`: an earlier write may have taken effect and Google could not be read; no attempt is spent.
 * - `defer`: nothing was tried, or a limit was reached; it is retried later and no attempt is spent.
 * - `reconnect`: it continues once the organizer has connected Google again.
 * - `reject`: a further attempt would fail again.
 * - `exhausted`: every attempt is spent, and no new one was made.
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
  /** The usual verdict; a failure with this code may have another one. */
  verdict: Verdict;
  /** The default message. */
  message: string;
  /** What a person can do; absent: the message contains it. */
  what_to_do?: string;
  /** The same once there is no automatic retry. */
  what_to_do_at_last?: string;
}
