import * as z from "zod/mini";
import type { Audit, TaskAudit } from "../../shared/audit/audit.ts";
import { FINDING_KINDS } from "../../shared/audit/finding.ts";
import type { Finding } from "../../shared/audit/finding.ts";
import { postToProject } from "../project_address.ts";
import type { ProjectAddress } from "../project_address.ts";

/** The most that one call looks at. */
const PAGE = 100;

const FINDINGS = z.array(z.object({
  finding: z.enum(FINDING_KINDS),
  meeting_id: z.nullable(z.string()),
  task_event_id: z.exactOptional(z.string()),
  title: z.nullable(z.string()),
  google_calendar_id: z.string(),
  event_ids: z.array(z.string()),
  message: z.string(),
  repair: z.nullable(z.string()),
  what_to_do: z.nullable(z.string()),
  repaired: z.exactOptional(z.boolean()),
}));

const PAGE_OF_TASKS = z.object({
  findings: FINDINGS,
  task_events_checked: z.number(),
  next_after: z.nullable(z.string()),
});

const PAGE_OF_AUDIT = z.object({
  findings: FINDINGS,
  meetings_checked: z.number(),
  next_after: z.nullable(z.string()),
  calendars: z.nullable(z.object({ checked: z.number(), of: z.number() })),
});

export interface Examination {
  findings: Finding[];
  meetings_checked: number;
  task_events_checked: number;
  calendars: { checked: number; of: number };
}

/**
 * All pages of an audit, at most `limit` meetings and `limit` events of tasks. Throws a sentence when the
 * function refuses.
 */
export async function examine(address: ProjectAddress, limit: number | null): Promise<Examination> {
  const examination: Examination = {
    findings: [],
    meetings_checked: 0,
    task_events_checked: 0,
    calendars: { checked: 0, of: 0 },
  };
  let after: string | null = null;
  do {
    const left: number = (limit ?? Infinity) - examination.meetings_checked;
    const page: Audit = await ask(address, PAGE_OF_AUDIT, {
      limit: Math.min(PAGE, left),
      ...(after === null ? {} : { after }),
    });
    examination.findings.push(...page.findings);
    examination.meetings_checked += page.meetings_checked;
    examination.calendars = page.calendars ?? examination.calendars;
    after = page.next_after;
  } while (after !== null && examination.meetings_checked < (limit ?? Infinity));
  do {
    const left: number = (limit ?? Infinity) - examination.task_events_checked;
    const page: TaskAudit = await ask(address, PAGE_OF_TASKS, {
      subject: "task_events",
      limit: Math.min(PAGE, left),
      ...(after === null ? {} : { after }),
    });
    examination.findings.push(...page.findings);
    examination.task_events_checked += page.task_events_checked;
    after = page.next_after;
  } while (after !== null && examination.task_events_checked < (limit ?? Infinity));
  return examination;
}

/** Repairs what is safe about these rows; the findings say what was repaired and what is left. */
export async function repair(
  address: ProjectAddress,
  { meeting_ids, task_event_ids }: {
    meeting_ids: readonly string[];
    task_event_ids: readonly string[];
  },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let first = 0; first < task_event_ids.length; first += PAGE) {
    const page = await ask(address, PAGE_OF_TASKS, {
      subject: "task_events",
      task_event_ids: task_event_ids.slice(first, first + PAGE),
      repair: true,
    });
    findings.push(...page.findings);
  }
  for (let first = 0; first < meeting_ids.length; first += PAGE) {
    const page = await ask(address, PAGE_OF_AUDIT, {
      meeting_ids: meeting_ids.slice(first, first + PAGE),
      repair: true,
    });
    findings.push(...page.findings);
  }
  return findings;
}

/** Deletes these events on Google Calendar where they are still orphaned; returns their findings. */
export async function deleteOrphaned(
  address: ProjectAddress,
  event_ids: readonly string[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let first = 0; first < event_ids.length; first += PAGE) {
    const named = event_ids.slice(first, first + PAGE);
    const page = await ask(address, PAGE_OF_AUDIT, { limit: PAGE, delete_orphaned: named });
    findings.push(...page.findings.filter((finding) => isOrphanOf(finding, named)));
  }
  return findings;
}

/** An orphaned event that no row names, as `delete_orphaned` deletes. */
export function isOrphan({ finding, meeting_id, task_event_id }: Finding): boolean {
  return finding === "orphaned" && meeting_id === null && task_event_id === undefined;
}

function isOrphanOf(finding: Finding, event_ids: readonly string[]): boolean {
  return isOrphan(finding) && finding.event_ids.some((id) => event_ids.includes(id));
}

async function ask<T>(
  address: ProjectAddress,
  schema: z.ZodMiniType<T>,
  body: object,
): Promise<T> {
  const text = await postToProject(address, "write-back", { audit: true, ...body });
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(
    `${address.functions_url}/write-back answered something else than an audit. Deploy the functions again`,
  );
}
