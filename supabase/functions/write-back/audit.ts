import * as z from "zod/mini";
import { validate } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import { audit } from "@shared/audit/audit.ts";
import { FINDING_KINDS } from "@shared/audit/finding.ts";
import type { AuditDependencies } from "@shared/audit/look.ts";

/** About one Google call each; a function has 150 s. */
const MOST = 100;
const DEFAULT_LIMIT = 50;

const AUDIT = z.strictObject({
  audit: z.literal(true),
  limit: z.optional(
    z.int("Expected a whole number").check(
      z.gte(1, `Expected 1 to ${MOST}`),
      z.lte(MOST, `Expected 1 to ${MOST}`),
    ),
  ),
  after: z.optional(MEETING_ID),
  meeting_ids: z.optional(
    z.array(MEETING_ID).check(
      z.minLength(1, `Expected 1 to ${MOST} meeting ids`),
      z.maxLength(MOST, `Expected 1 to ${MOST} meeting ids`),
    ),
  ),
  repair: z.optional(z.boolean()),
});

/** POST {audit, limit?, after?, meeting_ids?, repair?}: what Google Calendar and the rows disagree about. */
export async function answerAudit(
  dependencies: AuditDependencies,
  body: unknown,
): Promise<Response> {
  const { limit, after, meeting_ids, repair } = validate(body, AUDIT);
  const found = await audit(dependencies, {
    limit: meeting_ids === undefined ? limit ?? DEFAULT_LIMIT : MOST,
    after: after ?? null,
    meeting_ids: meeting_ids ?? null,
    repair: repair === true,
  });
  const count = (kind: string) => found.findings.filter(({ finding }) => finding === kind).length;
  return json({
    success: true,
    ...found,
    counts: Object.fromEntries(FINDING_KINDS.map((kind) => [kind, count(kind)])),
  });
}
