import * as z from "zod/mini";
import { MEETING_STATES } from "@shared/database/meetings.ts";
import { ERROR_CODE, idOf, INSTANT } from "@shared/schemas/fields.ts";
import { withJsonSchema } from "@shared/schemas/json_schema.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";

export const NO_QUERY = z.strictObject({});

const PAGE_LIMIT = withJsonSchema(
  z.string().check(
    z.refine(
      (text) => /^[1-9]\d{0,3}$/.test(text) && Number(text) <= LIMITS.page_meetings,
      `Expected 1 to ${LIMITS.page_meetings}`,
    ),
  ),
  { type: "integer", minimum: 1, maximum: LIMITS.page_meetings },
);

/** The query of GET. */
export const STATUS_QUERY = z.strictObject({
  meeting_id: z.optional(MEETING_ID),
  attempts: z.optional(z.enum(["true", "false"])),
  candidates: z.optional(z.enum(["true", "false"])),
  status: z.optional(z.enum(MEETING_STATES)),
  reason: z.optional(ERROR_CODE),
  since: z.optional(INSTANT),
  limit: z.optional(PAGE_LIMIT),
  cursor: z.optional(idOf(LIMITS.cursor_characters)),
});
