/** A safeguard of the write path that a test disables in a worker, to show that it is needed. */
export type Safeguard = "own_id" | "verification";

/** How one worker behaves; the worker reads its plan from the supervisor once. */
export interface WorkerPlan {
  /** Deadline of its requests to Google, in real milliseconds. */
  timeout_ms: number;
  /** Factor by which the delays of its timers are shortened: backoffs, polls and its own deadlines. */
  wait_speedup: number;
  /** It pauses at its nth point, where a point is before or after a request; null: never. */
  pause_at_nth_point: number | null;
  /** It also pauses at every point with one of these names, for example "before insert". */
  pause_at: readonly string[];
  disabled_safeguard: Safeguard | null;
}

/** A worker's report that it is paused at a point until it gets a response, or is killed. */
export interface Pause {
  pid: number;
  point: string;
  /** The number of the point among all that the worker has reached, from 1. */
  nth: number;
  /** The path of the request. */
  path: string;
}
