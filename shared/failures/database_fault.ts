/** The database returned an error or could not be reached. `message` is for the log, never for a caller. */
export class DatabaseFault extends Error {
  override readonly name = "DatabaseFault";

  constructor(readonly helper: string, readonly sqlstate: string, message: string) {
    super(`${helper}: ${sqlstate} ${message}`);
  }

  /** Whether a retry may work: no response, or SQLSTATE class 08 (connection), 40 (rollback), 53 (resources), 55 (lock), 57 (shutdown). */
  get is_temporary(): boolean {
    return this.sqlstate === "" || /^(08|40|53|55|57)/.test(this.sqlstate) ||
      /^PGRST00[0-3]$/.test(this.sqlstate);
  }
}
