import { currentRequestId } from "@shared/std/current_request.ts";

/**
 * One line of JSON a fact, which is how Supabase's log explorer can filter it, with the id of the request. Never pass tokens,
 * bodies, addresses or titles.
 */
export function log(
  level: "info" | "warning" | "error",
  event: string,
  facts: Record<string, unknown> = {},
): void {
  const line = JSON.stringify({ level, event, request_id: currentRequestId(), ...facts });
  // deno-lint-ignore no-console -- the edge runtime's only log is the console; this is its one caller
  (level === "error" ? console.error : console.log)(line);
}
