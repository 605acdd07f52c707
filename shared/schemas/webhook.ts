import * as z from "zod/mini";
import { idOf } from "./fields.ts";
import { LIMITS } from "./limits.ts";

/** What a Supabase database webhook posts; only the key of the record is used, and the row is read again. */
export const MEETING_WEBHOOK = z.object({
  type: z.enum(["INSERT", "UPDATE"]),
  table: z.literal("meetings"),
  schema: z.literal("public"),
  record: z.object({ meeting_id: idOf(LIMITS.meeting_id_characters) }),
});

/** A sweep: work on what is due, `limit` at most; `background` responds 202 immediately. */
export function batchOf(most: number) {
  const expected = `Expected 1 to ${most}`;
  return z.strictObject({
    batch: z.literal(true),
    limit: z.optional(
      z.int("Expected a whole number").check(z.gte(1, expected), z.lte(most, expected)),
    ),
    background: z.optional(z.boolean()),
  });
}

export const BATCH = batchOf(100);

export const MEETING_ID = idOf(LIMITS.meeting_id_characters);
