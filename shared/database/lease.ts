/**
 * How long after its claim a row may still be begun, in milliseconds: half of its lease, whose length
 * `<kind>_lease_seconds` of `private.settings` sets. The rest outlives the longest request (20 s to
 * Google, before which there may be a refreshed token) and the settlement.
 */
export function beginWithinMs({ lease_seconds }: { lease_seconds: number | null }): number {
  return (lease_seconds ?? 0) * 1000 / 2;
}
