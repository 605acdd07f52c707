import * as z from "zod/mini";
import { validate } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { idOf, listOf } from "@shared/schemas/fields.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import { audit, auditTasks } from "@shared/audit/audit.ts";
import { FINDING_KINDS } from "@shared/audit/finding.ts";
import type { Audit, TaskAudit } from "@shared/audit/audit.ts";
import type { AuditDependencies } from "@shared/audit/look.ts";

/** About one Google call each; a function has 150 s. */
const MOST = LIMITS.audited_meetings;
const DEFAULT_LIMIT = 50;

/** The body of POST with `audit`. */
export const AUDIT_REQUEST = z.strictObject({
  audit: z.literal(true),
  limit: z.optional(
    z.int("Expected a whole number").check(
      z.gte(1, `Expected 1 to ${MOST}`),
      z.lte(MOST, `Expected 1 to ${MOST}`),
    ),
  ),
  subject: z.optional(z.enum(["meetings", "task_events"], "Expected meetings or task_events")),
  after: z.optional(MEETING_ID),
  meeting_ids: z.optional(
    z.array(MEETING_ID).check(
      z.minLength(1, `Expected 1 to ${MOST} meeting ids`),
      z.maxLength(MOST, `Expected 1 to ${MOST} meeting ids`),
    ),
  ),
  task_event_ids: z.optional(
    z.array(z.uuid("Expected the id of a row of task_calendar_events")).check(
      z.minLength(1, `Expected 1 to ${MOST} ids`),
      z.maxLength(MOST, `Expected 1 to ${MOST} ids`),
    ),
  ),
  repair: z.optional(z.boolean()),
  delete_orphaned: z.optional(listOf(idOf(LIMITS.event_id_characters), MOST, "event ids")),
});

/** POST {audit, subject?, limit?, after?, meeting_ids? or task_event_ids?, repair?, delete_orphaned?}: what Google Calendar and the rows disagree about. */
export async function answerAudit(
  dependencies: AuditDependencies,
  body: unknown,
): Promise<Response> {
  const { subject, limit, after, meeting_ids, task_event_ids, repair, delete_orphaned } = validate(
    body,
    AUDIT_REQUEST,
  );
  if (subject === "task_events") {
    return answer(
      await auditTasks(dependencies, {
        limit: task_event_ids === undefined ? limit ?? DEFAULT_LIMIT : MOST,
        after: after ?? null,
        ids: task_event_ids ?? null,
        repair: repair === true,
      }),
    );
  }
  return answer(
    await audit(dependencies, {
      limit: meeting_ids === undefined ? limit ?? DEFAULT_LIMIT : MOST,
      after: after ?? null,
      meeting_ids: meeting_ids ?? null,
      repair: repair === true,
      delete_orphaned: delete_orphaned ?? [],
    }),
  );
}

function answer(found: Audit | TaskAudit): Response {
  const count = (kind: string) => found.findings.filter(({ finding }) => finding === kind).length;
  return json({
    success: true,
    ...found,
    counts: Object.fromEntries(FINDING_KINDS.map((kind) => [kind, count(kind)])),
  });
}
