import type { GoogleOutcome } from "@shared/google/outcome.ts";
import type { Writing } from "./write_event.ts";

/** One request with the organizer's connection, noted for the ledger. */
export function askGoogle<T>(
  writing: Writing,
  method: string,
  event_id: string,
  request: (access_token: string) => Promise<GoogleOutcome<T>>,
): Promise<GoogleOutcome<T>> {
  const asked = { method, event_id, calendar_id: writing.row.google_calendar_id };
  return writing.connections.call(
    writing.connection,
    (access_token) => writing.recorder.record(asked, () => request(access_token)),
  );
}
