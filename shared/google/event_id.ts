const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The id of a meeting's event, decided before Google is asked: "convene" + 32 hex digits + "g" +
 * generation. Google accepts a-v and 0-9, 5 to 1024 characters; the id of a deleted event stays
 * taken, so a deliberate re-creation needs the next generation (from 1).
 */
export function eventId(event_key: string, generation: number): string {
  return `convene${digits(event_key)}g${counter("generation", generation)}`;
}

/**
 * The idempotency key of a Meet link. Google ignores a `requestId` that the event has seen before,
 * so asking again after a failed creation needs the next `request` (from 1).
 */
export function meetRequestId(event_key: string, generation: number, request = 1): string {
  return `meet${digits(event_key)}g${counter("generation", generation)}r${
    counter("request", request)
  }`;
}

function digits(event_key: string): string {
  const lower = event_key.toLowerCase();
  if (!UUID.test(lower)) throw new TypeError(`Cannot make an event id: "${event_key}" is no UUID`);
  return lower.replaceAll("-", "");
}

function counter(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot make an event id: ${name} must be a whole number from 1: ${value}`,
    );
  }
  return value;
}
