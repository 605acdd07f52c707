import type { Connections } from "@shared/connections/connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import type { RequestKind } from "@shared/failures/google_reply.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import type { Recorder } from "./recorder.ts";

/** On whose behalf a request is made, and where it is noted. */
export interface Asking {
  row: Pick<MeetingRow, "google_calendar_id">;
  connection: StoredConnection;
  connections: Connections;
  recorder: Recorder;
}

/** One request with the organizer's connection, noted for the ledger. */
export function askGoogle<T>(
  asking: Asking,
  method: "get" | "insert" | "patch" | "delete",
  event_id: string,
  request: (access_token: string) => Promise<GoogleOutcome<T>>,
): Promise<GoogleOutcome<T>> {
  const asked = { method, event_id, calendar_id: asking.row.google_calendar_id };
  const kind: RequestKind = method === "get" ? "read" : "write";
  return asking.connections.call(
    asking.connection,
    kind,
    (access_token) => asking.recorder.record(asked, () => request(access_token)),
  );
}
