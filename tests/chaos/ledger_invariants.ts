import type { RecordedRequest } from "../../packages/google-calendar-emulator/control.ts";
import type { LedgerRow, Snapshot } from "./snapshot.ts";

interface EventRequest {
  meeting_id: string;
  /** Method and event id: "insert convene0123g1". */
  call: string;
  at: number;
}

/**
 * Every request that changes an event and that Google received is in the ledger, or was sent under a lease that
 * the ledger has as claimed and never settled (its worker died or its row was reclaimed); a sync reads events, too. Google
 * received every request in the ledger that got a response.
 */
export function ledgerViolations(snapshot: Snapshot): string[] {
  const recorded = recordedRequests(snapshot.ledger).sort((one, other) => one.at - other.at);
  const found: string[] = [];
  for (const request of receivedRequests(snapshot)) {
    // A request is recorded just before it is sent; an aborted one may never have been sent.
    const index = recorded.findLastIndex(({ call, at }) =>
      call === request.call && at <= request.at
    );
    if (index !== -1) recorded.splice(index, 1);
    else if (!request.call.startsWith("get ") && !isUnderUnsettledLease(snapshot.ledger, request)) {
      found.push(`the ledger does not explain "${request.call}" of ${request.meeting_id}`);
    }
  }
  const never_received = recorded.filter(({ has_response }) => has_response);
  return [
    ...found,
    ...never_received.map(({ call, meeting_id }) =>
      `Google never received "${call}" of ${meeting_id}`
    ),
    ...doubleSettled(snapshot.ledger),
  ];
}

function receivedRequests({ requests, meetings }: Snapshot): EventRequest[] {
  const byKey = new Map(
    meetings.map(({ event_key, meeting_id }) => [event_key.replaceAll("-", ""), meeting_id]),
  );
  return requests.flatMap((request) => {
    const call = methodAndEvent(request);
    const meeting_id = byKey.get(call?.event_id.slice(7, 39) ?? "");
    if (call === null || meeting_id === undefined) return [];
    return [{
      meeting_id,
      call: `${call.method} ${call.event_id}`,
      at: Date.parse(request.at),
    }];
  });
}

function methodAndEvent(request: RecordedRequest): { method: string; event_id: string } | null {
  const match = /\/events(?:\/([^/]+))?$/.exec(request.path);
  if (match === null) return null;
  const event_id = match[1] ?? (request.body as { id?: string } | null)?.id ?? "";
  return { method: match[1] === undefined ? "insert" : request.method.toLowerCase(), event_id };
}

function recordedRequests(
  ledger: readonly LedgerRow[],
): (EventRequest & { has_response: boolean })[] {
  // The steps of leases that are settled together are interleaved; those of one lease are in order.
  const byLease = Map.groupBy(ledger, ({ lease_token }) => lease_token);
  return [...byLease.values()].flatMap((steps) =>
    steps.flatMap((row, index) => {
      if (row.step !== "requested") return [];
      const { method, event_id } = row.request as { method: string; event_id: string };
      // Of the calendar itself, not of an event.
      if (method === "list") return [];
      const response = steps[index + 1];
      return [{
        meeting_id: row.meeting_id,
        call: `${method} ${event_id}`,
        at: Date.parse(row.at),
        has_response: response?.step === "answered" && response.status !== null,
      }];
    })
  );
}

function isUnderUnsettledLease(ledger: readonly LedgerRow[], request: EventRequest): boolean {
  const settled = new Set(
    ledger.filter(({ step }) => step === "settled").map(({ lease_token }) => lease_token),
  );
  return ledger.some((row) =>
    row.step === "claimed" && row.meeting_id === request.meeting_id &&
    Date.parse(row.at) <= request.at && !settled.has(row.lease_token)
  );
}

function doubleSettled(ledger: readonly LedgerRow[]): string[] {
  const settled = ledger.filter(({ step }) => step === "settled");
  const tokens = new Set(settled.map(({ lease_token }) => lease_token));
  return settled.length === tokens.size ? [] : ["a lease was settled twice"];
}
