/** A lease ends with the response of Google, which takes hundreds of milliseconds. */
const POLL_MS = 250;

/** What the database says of a row that another worker may have leased. */
export interface LeasedElsewhere {
  is_leased?: boolean;
  wait_seconds?: number;
  /** What is awaited, where several leases follow each other; each may take `wait_seconds`. */
  stage?: string;
}

/**
 * What `begun` becomes when the other worker's lease has ended, asked for with `again`; unchanged if
 * it lasts longer than the setting `lease_wait_seconds`. The write that follows a search is waited for
 * as long again. Waits only where the database says that the row is leased.
 */
export async function afterLease<Waited extends LeasedElsewhere, Other extends object>(
  begun: Waited,
  again: () => Promise<Waited | Other>,
): Promise<Waited | Other> {
  let stage: string | undefined;
  let until_ms: number | undefined;
  let latest: Waited | Other = begun;
  while (isLeased(latest)) {
    if (until_ms === undefined || latest.stage !== stage) {
      until_ms = performance.now() + (latest.wait_seconds ?? 0) * 1000;
      stage = latest.stage;
    }
    if (performance.now() + POLL_MS > until_ms) return latest;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    latest = await again();
  }
  return latest;
}

function isLeased(begun: object): begun is LeasedElsewhere {
  return "is_leased" in begun && begun.is_leased === true;
}
