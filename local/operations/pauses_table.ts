import * as z from "zod/mini";

export const PAUSES = z.array(z.object({
  kind: z.nullable(z.string()),
  user_id: z.nullable(z.string()),
  reason: z.string(),
  paused_by: z.string(),
  paused_at: z.string(),
  until: z.nullable(z.string()),
}));

/** The pauses in force, one a line. */
export function pausesTable(pauses: z.output<typeof PAUSES>): string {
  if (pauses.length === 0) return "Nothing is paused.";
  return ["Paused:", ...pauses.map((pause) => `  ${lineOf(pause)}`)].join("\n");
}

function lineOf(
  { kind, user_id, reason, paused_by, paused_at, until }: z.output<typeof PAUSES>[number],
) {
  const what = `${kind ?? "everything"} of ${user_id === null ? "all users" : `user ${user_id}`}`;
  const end = until === null ? "until it is resumed" : `until ${until}`;
  return `${what}, ${end}: ${reason} (${paused_by}, ${paused_at})`;
}
