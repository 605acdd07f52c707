import * as z from "zod/mini";

/** What a Supabase database webhook posts; of the record only the key is believed, the row is read afresh. */
export const MEETING_WEBHOOK = z.object({
  type: z.enum(["INSERT", "UPDATE"]),
  table: z.literal("meetings"),
  schema: z.literal("public"),
  record: z.object({ meeting_id: z.string() }),
});

/** A sweep: work on what is due; `background` answers 202 at once. */
export const BATCH = z.strictObject({
  batch: z.literal(true),
  limit: z.optional(
    z.int("Expected a whole number").check(
      z.gte(1, "Expected 1 to 100"),
      z.lte(100, "Expected 1 to 100"),
    ),
  ),
  background: z.optional(z.boolean()),
});

export const MEETING_ID = z.string().check(
  z.minLength(1, "Expected 1 to 200 characters"),
  z.maxLength(200, "Expected 1 to 200 characters"),
);
