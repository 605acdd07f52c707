import { DatabaseFault } from "@shared/failures/database_fault.ts";
import type { Database } from "@shared/database/call.ts";
import { settleWritebacks } from "@shared/database/writebacks.ts";
import type { Settlement } from "@shared/database/writebacks.ts";

/** A group is sent after this time or with this many rows: a crash leaves no more results unstored. */
const GROUP_MS = 1000;
const GROUP_ROWS = 50;

export interface GroupSettler {
  /** Resolves when the row is settled: false when its lease was lost. Rejects on a database fault. */
  settle(settlement: Settlement): Promise<boolean>;
  /** Sends what is waiting now. Those who ask meanwhile share one statement. */
  flush(): Promise<void>;
}

interface Waiting {
  settlement: Settlement;
  resolve(is_settled: boolean): void;
  reject(thrown: unknown): void;
}

/** Settles leases in groups, one statement at a time. */
export function groupSettler(database: Database): GroupSettler {
  let waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<void> | undefined;

  function settle(settlement: Settlement): Promise<boolean> {
    return new Promise((resolve, reject) => {
      waiting.push({ settlement, resolve, reject });
      if (waiting.length >= GROUP_ROWS) void flush();
      else timer ??= setTimeout(() => void flush(), GROUP_MS);
    });
  }

  async function flush(): Promise<void> {
    if (sending !== undefined) await sending;
    // Of several who waited for the former statement, the first one takes everything.
    if (sending === undefined && waiting.length > 0) {
      clearTimeout(timer);
      timer = undefined;
      const group = waiting;
      waiting = [];
      sending = send(group).finally(() => sending = undefined);
    }
    await sending;
  }

  async function send(group: readonly Waiting[]): Promise<void> {
    try {
      const { lost } = await settleTwice(group.map(({ settlement }) => settlement));
      for (const { settlement, resolve } of group) resolve(!lost.has(settlement.meeting_id));
    } catch (thrown) {
      // What the database refuses about one row must not leave its neighbours unsettled.
      const is_divisible = group.length > 1 && !isTemporary(thrown);
      if (is_divisible) { for (const one of group) await send([one]); }
      else for (const { reject } of group) reject(thrown);
    }
  }

  async function settleTwice(settlements: readonly Settlement[]) {
    try {
      return await settleWritebacks(database, settlements);
    } catch (thrown) {
      if (!isTemporary(thrown)) throw thrown;
      return await settleWritebacks(database, settlements);
    }
  }

  return { settle, flush };
}

function isTemporary(thrown: unknown): boolean {
  return thrown instanceof DatabaseFault && thrown.is_temporary;
}
