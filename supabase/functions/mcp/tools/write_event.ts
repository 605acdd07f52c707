import type { WrittenBack } from "@shared/contract/types.ts";
import { HttpFault } from "@shared/http/fault.ts";
import type { FunctionCalls } from "../function_calls.ts";

/** What became of the event: written now, or still to be written by the queue. */
export interface WrittenEvent {
  is_written: boolean;
  /** Whether an earlier call has created the event; of a deletion always false. */
  already_exists: boolean;
  /** Why it is not written yet, and when it is tried again. */
  waits_for: { error: string; message: string; retry_after_seconds: number | null } | null;
}

/**
 * Writes the event of a meeting whose row is stored. A temporary refusal is no failure of the call: the queue writes the
 * event without it. Throws `HttpFault` for any other refusal.
 */
export async function writeEvent(calls: FunctionCalls, meeting_id: string): Promise<WrittenEvent> {
  try {
    const { results: [result] }: WrittenBack = await calls.send("POST write-back", {
      body: { meeting_id },
    });
    const already_exists = "already_exists" in result && result.already_exists;
    return { is_written: true, already_exists, waits_for: null };
  } catch (thrown) {
    const waits_for = temporary(thrown);
    if (waits_for === null) throw thrown;
    return { is_written: false, already_exists: false, waits_for };
  }
}

/** A line about an event that is not written yet. */
export function waitLines({ waits_for }: WrittenEvent): string[] {
  if (waits_for === null) return [];
  return [
    `Google Calendar does not show it yet (${waits_for.message}) It is tried again automatically; ask meeting_status later.`,
  ];
}

function temporary(thrown: unknown): WrittenEvent["waits_for"] {
  if (!(thrown instanceof HttpFault) || thrown.retry_after_seconds === undefined) return null;
  const { code, message, retry_after_seconds } = thrown;
  return { error: code, message, retry_after_seconds };
}
