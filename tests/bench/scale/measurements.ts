import type postgres from "postgres";
import { median, sessionMilliseconds, timed } from "../writeback/measure.ts";
import { insertSteps, type LedgerDatabase, meetingId } from "./ledgers.ts";

const ROUNDS = 9;
const MEETINGS_A_ROUND = 250;

/** Medians of the rounds: processor time of the session, WAL, and pages that were not in shared_buffers. */
export interface Cost {
  cpu_ms: number;
  wal_kb: number;
  pages_read: number;
}

/**
 * Both databases in turn, a round of one after a round of the other, so that what else the machine
 * does meets both. Each round begins after a checkpoint, so that the first change of a page is
 * written to WAL whole, as on a server that is busy all day.
 */
export async function compare(
  ledgers: readonly LedgerDatabase[],
  work: (ledger: LedgerDatabase, round: number) => Promise<void>,
): Promise<Cost[]> {
  const costs = ledgers.map(() => [] as Cost[]);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [index, ledger] of ledgers.entries()) {
      await ledger.sql.unsafe("checkpoint");
      const cost = await costOf(ledger, () => work(ledger, round));
      // The first round plans the statements and fills the caches.
      if (round >= 0) costs[index]?.push(cost);
    }
  }
  return costs.map((of) => ({
    cpu_ms: median(of.map(({ cpu_ms }) => cpu_ms)),
    wal_kb: median(of.map(({ wal_kb }) => wal_kb)),
    pages_read: median(of.map(({ pages_read }) => pages_read)),
  }));
}

/** What `work` costs once. */
export async function costOf(
  { sql, pid }: LedgerDatabase,
  work: () => Promise<void>,
): Promise<Cost & { elapsed_ms: number }> {
  const read = await pagesRead(sql);
  const wal = await walPosition(sql);
  const cpu = await sessionMilliseconds(pid);
  const elapsed_ms = await timed(work);
  const cpu_ms = await sessionMilliseconds(pid) - cpu;
  return {
    cpu_ms,
    wal_kb: (await walPosition(sql) - wal) / 1024,
    pages_read: await pagesRead(sql) - read,
    elapsed_ms,
  };
}

/** The steps of 250 write-backs, 1,000 rows, in one statement. */
export async function storeSteps({ sql }: LedgerDatabase, round: number): Promise<void> {
  await sql.unsafe(insertSteps(MEETINGS_A_ROUND, 1_000_000_000 + round * MEETINGS_A_ROUND));
}

/** The attempts of 200 meetings, from all months, as `GET status?attempts=true` reads them. */
export function readSteps(meetings: number) {
  return async ({ sql }: LedgerDatabase, round: number): Promise<void> => {
    for (let n = 0; n < 200; n++) {
      const nth = Math.floor(meetings * ((n + (round + 1) * 0.07) % 200) / 200) % meetings;
      await sql.unsafe(
        `select jsonb_agg(to_jsonb(l) - 'organizer_user_id' order by l.ledger_id)
         from public.writeback_ledger as l where l.meeting_id = ${meetingId(nth)}`,
      );
    }
  };
}

/** A claim of 100 due writes, which counts the requests of the last minute and appends its steps; it is undone. */
export async function claimDue({ sql }: LedgerDatabase): Promise<void> {
  await sql.unsafe("begin; select public.claim_writeback_slice(100, 120); rollback");
}

async function walPosition(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ bytes: string }[]>`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as bytes`;
  return Number(row?.bytes);
}

async function pagesRead(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ pages: string }[]>`
    select pg_stat_get_db_blocks_fetched(d.oid) - pg_stat_get_db_blocks_hit(d.oid) as pages
    from pg_database as d where d.datname = current_database()`;
  return Number(row?.pages);
}
