import type { LocalDatabase } from "../database/local_database.ts";
import { isDue } from "./cron_schedule.ts";

const MINUTE_MS = 60_000;

interface Job {
  active: boolean;
  jobid: number;
  jobname: string | null;
  schedule: string;
  command: string;
  username: string;
}

/** Plays pg_cron's scheduler for the stand-in, and runs jobs on demand for both. */
export interface CronRunner {
  /** Runs the due jobs at every full minute from now on. */
  start(): void;
  /**
   * Runs every job once, now, in the order of their ids, also those that are not active. Throws
   * after the last when any of them failed.
   */
  runAll(): Promise<string[]>;
  stop(): Promise<void>;
}

export function cronRunner(
  database: LocalDatabase,
  options: { keep_details: boolean; onError: (message: string) => void },
): CronRunner {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();

  const run = async (isWanted: (job: Job) => boolean) => {
    const names: string[] = [];
    const failures: Error[] = [];
    for (const job of (await jobs(database)).filter(isWanted)) {
      if (stopped) break;
      const name = job.jobname ?? String(job.jobid);
      names.push(name);
      try {
        await runJob(database, job, options.keep_details);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failures.push(new Error(`Cron job ${name} failed: ${reason}`, { cause: error }));
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.map((failure) => failure.message).join("; "));
    }
    return names;
  };

  const waitForMinuteAfter = (last: number) => {
    const now = Date.now();
    // A timer may fire a little early; no minute comes twice.
    const minute = Math.max(last, Math.floor(now / MINUTE_MS) * MINUTE_MS) + MINUTE_MS;
    timer = setTimeout(() => {
      running = run((job) => job.active && isDue(job.schedule, new Date(minute)))
        .catch((error) => options.onError(error instanceof Error ? error.message : String(error)))
        .then(() => {
          if (!stopped) waitForMinuteAfter(minute);
        });
    }, minute - now);
  };

  return {
    start: () => waitForMinuteAfter(0),
    runAll: () => run(() => true),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

function jobs(database: LocalDatabase): Promise<Job[]> {
  return database.query<Job>(
    `select jobid, jobname, schedule, command, username, active from cron.job
     where database = pg_catalog.current_database() order by jobid`,
  );
}

async function runJob(database: LocalDatabase, job: Job, keep_details: boolean): Promise<void> {
  const started = new Date().toISOString();
  let failure: unknown;
  try {
    await database.transaction(async (session) => {
      // set_config with a third argument of true ends with the transaction, and so does the role.
      await session.query("select pg_catalog.set_config('role', $1, true)", [job.username]);
      await session.execute(job.command);
    });
  } catch (error) {
    failure = error;
  }
  if (keep_details) {
    await database.query(
      `insert into cron.job_run_details
         (jobid, database, username, command, status, return_message, start_time, end_time)
       values ($1, pg_catalog.current_database(), $2, $3, $4, $5, $6, pg_catalog.clock_timestamp())`,
      [
        job.jobid,
        job.username,
        job.command,
        failure === undefined ? "succeeded" : "failed",
        failure === undefined ? "" : failure instanceof Error ? failure.message : String(failure),
        started,
      ],
    );
  }
  if (failure !== undefined) throw failure;
}
