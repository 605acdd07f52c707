/** A part of the write path taken away from a worker, to show that the laws need it. */
export type Handicap = "own_id" | "look_before_write";

/** What the warden wants of one worker; the worker asks for it once. */
export interface WorkerPlan {
  /** How long it waits for Google, in real milliseconds. */
  timeout_ms: number;
  /** So many times as fast as ours its clock for waiting runs: pauses, polls and its own deadlines. */
  haste: number;
  /** It reports to the warden at its nth point, a point being before or after a request; null: never. */
  stop_at_point: number | null;
  /** It also reports at every point of these names, for example "before insert". */
  stop_at: readonly string[];
  handicap: Handicap | null;
}

/** A worker's report that it stands still at a point until it is answered, or killed. */
export interface Stop {
  pid: number;
  point: string;
  /** The point's place among all that the worker has passed, from 1. */
  nth: number;
  /** The path of the request. */
  path: string;
}
