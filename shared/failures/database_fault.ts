/** The database refused or could not be reached. `message` is for the log, never for a caller. */
export class DatabaseFault extends Error {
  override readonly name = "DatabaseFault";

  constructor(readonly helper: string, readonly sqlstate: string, message: string) {
    super(`${helper}: ${sqlstate} ${message}`);
  }

  /** Worth trying again: no answer, connection trouble (08), rolled back (40), out of resources (53), locked (55), stopped (57). */
  get is_temporary(): boolean {
    return this.sqlstate === "" || /^(08|40|53|55|57)/.test(this.sqlstate) ||
      /^PGRST00[0-3]$/.test(this.sqlstate);
  }
}
