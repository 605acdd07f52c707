import type { HttpFault } from "./fault.ts";

/** A JSON response; `headers` are added to the content type. */
export function json(data: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(data), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** An error response: the fault's body and, where waiting helps, `Retry-After` (RFC 9110, 10.2.3). */
export function errorResponse(fault: HttpFault, more: Record<string, unknown> = {}): Response {
  const headers: Record<string, string> = fault.retry_after_seconds === undefined
    ? {}
    : { "retry-after": String(Math.max(1, Math.ceil(fault.retry_after_seconds))) };
  return json({ ...fault.body(), ...more }, fault.status, headers);
}

/** Responds 202: another worker is processing it. `Retry-After` says when to repeat the request. */
export function pending(
  retry_after_seconds: number,
  message: string,
  more: Record<string, unknown>,
): Response {
  const wait = Math.max(1, Math.ceil(retry_after_seconds));
  return json(
    { success: false, status: "pending", message, retry_after_seconds: wait, ...more },
    202,
    { "retry-after": String(wait) },
  );
}

/** Responds 202 immediately; `work` continues after the response. */
export function accept(
  inBackground: (work: Promise<unknown>) => void,
  work: Promise<unknown>,
): Response {
  inBackground(work);
  return json({ success: true, message: "Accepted" }, 202);
}
