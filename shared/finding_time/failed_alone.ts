import { DatabaseFault } from "@shared/failures/database_fault.ts";

export interface FaultLog {
  log: (level: "error", event: string, facts: Record<string, unknown>) => void;
}

/**
 * What one row of a batch has thrown ends that row's work and no other's: its lease expires as if its worker had died, so that
 * it is claimed alone, and given up in the end. Throws what would stop every row: a database that cannot be reached.
 */
export function logUnlessTemporary(
  { log }: FaultLog,
  thrown: unknown,
  event: string,
  meeting_id: string,
): void {
  if (thrown instanceof DatabaseFault && thrown.is_temporary) throw thrown;
  log("error", event, { meeting_id, error: String(thrown) });
}
