import type { RecordedRequest } from "../../local/google/control.ts";
import type { Evidence, LedgerRow } from "./snapshot.ts";

interface Asked {
  meeting_id: string;
  /** "insert convene0123g1": the method and the event it is about. */
  what: string;
  at: number;
}

/**
 * Every request for an event that Google saw is in the ledger, or was sent under a lease that the
 * ledger shows as claimed and never settled (its worker died or was overtaken); and every request in
 * the ledger was seen by Google, unless no answer came to it.
 */
export function ledgerViolations(evidence: Evidence): string[] {
  const noted = notedRequests(evidence.ledger).sort((one, other) => one.at - other.at);
  const found: string[] = [];
  for (const call of seenCalls(evidence)) {
    // A request is noted just before it goes out; one that was given up before may never have gone.
    const index = noted.findLastIndex(({ what, at }) => what === call.what && at <= call.at);
    if (index !== -1) noted.splice(index, 1);
    else if (!unsettledClaim(evidence.ledger, call)) {
      found.push(`the ledger does not explain "${call.what}" of ${call.meeting_id}`);
    }
  }
  const invented = noted.filter(({ is_answered }) => is_answered);
  return [
    ...found,
    ...invented.map(({ what, meeting_id }) => `Google never saw "${what}" of ${meeting_id}`),
    ...doubleSettled(evidence.ledger),
  ];
}

function seenCalls({ requests, meetings }: Evidence): Asked[] {
  const byKey = new Map(
    meetings.map(({ event_key, meeting_id }) => [event_key.replaceAll("-", ""), meeting_id]),
  );
  return requests.flatMap((request) => {
    const call = methodAndEvent(request);
    const meeting_id = byKey.get(call?.event_id.slice(7, 39) ?? "");
    if (call === null || meeting_id === undefined) return [];
    return [{
      meeting_id,
      what: `${call.method} ${call.event_id}`,
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

function notedRequests(ledger: readonly LedgerRow[]): (Asked & { is_answered: boolean })[] {
  // Leases that are settled together come in turns; each one's own steps are in their order.
  const byLease = Map.groupBy(ledger, ({ lease_token }) => lease_token);
  return [...byLease.values()].flatMap((steps) =>
    steps.flatMap((row, index) => {
      if (row.step !== "requested") return [];
      const { method, event_id } = row.request as { method: string; event_id: string };
      const answer = steps[index + 1];
      return [{
        meeting_id: row.meeting_id,
        what: `${method} ${event_id}`,
        at: Date.parse(row.at),
        is_answered: answer?.step === "answered" && answer.status !== null,
      }];
    })
  );
}

function unsettledClaim(ledger: readonly LedgerRow[], call: Asked): boolean {
  const settled = new Set(
    ledger.filter(({ step }) => step === "settled").map(({ lease_token }) => lease_token),
  );
  return ledger.some((row) =>
    row.step === "claimed" && row.meeting_id === call.meeting_id &&
    Date.parse(row.at) <= call.at && !settled.has(row.lease_token)
  );
}

function doubleSettled(ledger: readonly LedgerRow[]): string[] {
  const settled = ledger.filter(({ step }) => step === "settled");
  const tokens = new Set(settled.map(({ lease_token }) => lease_token));
  return settled.length === tokens.size ? [] : ["some lease was settled twice"];
}
