/** Meetings of one call by a wake-up: CPU time bounds them. One with megabytes of busy time counts for as many. */
export const CALL_ROWS = 40;

/** What leased meetings count for in the limit of a call. */
export function callRowsOf(leases: readonly { is_large: boolean }[]): number {
  return leases.reduce((rows, { is_large }) => rows + (is_large ? CALL_ROWS : 1), 0);
}
