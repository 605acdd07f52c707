/** One line of JSON a fact, which is how Supabase's log explorer can filter it. Never pass tokens or bodies. */
export function log(
  level: "info" | "warning" | "error",
  event: string,
  facts: Record<string, unknown> = {},
): void {
  const line = JSON.stringify({ level, event, ...facts });
  // deno-lint-ignore no-console -- the edge runtime's only log is the console; this is its one caller
  (level === "error" ? console.error : console.log)(line);
}
