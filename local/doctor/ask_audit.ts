import * as z from "zod/mini";
import type { Audit } from "../../shared/audit/audit.ts";
import { FINDING_KINDS } from "../../shared/audit/finding.ts";
import type { Finding } from "../../shared/audit/finding.ts";

/** The most that one call looks at. */
const PAGE = 100;

const PAGE_OF_AUDIT = z.object({
  findings: z.array(z.object({
    finding: z.enum(FINDING_KINDS),
    meeting_id: z.nullable(z.string()),
    title: z.nullable(z.string()),
    google_calendar_id: z.string(),
    event_ids: z.array(z.string()),
    message: z.string(),
    repair: z.nullable(z.string()),
    what_to_do: z.nullable(z.string()),
    repaired: z.exactOptional(z.boolean()),
  })),
  meetings_checked: z.number(),
  next_after: z.nullable(z.string()),
  calendars: z.nullable(z.object({ checked: z.number(), of: z.number() })),
});

export interface AuditAddress {
  functions_url: string;
  key: string;
}

export interface Examination {
  findings: Finding[];
  meetings_checked: number;
  calendars: { checked: number; of: number };
}

/** All pages of an audit, at most `limit` meetings. Throws a sentence when the function refuses. */
export async function examine(address: AuditAddress, limit: number | null): Promise<Examination> {
  const examination: Examination = {
    findings: [],
    meetings_checked: 0,
    calendars: { checked: 0, of: 0 },
  };
  let after: string | null = null;
  do {
    const left: number = (limit ?? Infinity) - examination.meetings_checked;
    const page: Audit = await ask(address, {
      limit: Math.min(PAGE, left),
      ...(after === null ? {} : { after }),
    });
    examination.findings.push(...page.findings);
    examination.meetings_checked += page.meetings_checked;
    examination.calendars = page.calendars ?? examination.calendars;
    after = page.next_after;
  } while (after !== null && examination.meetings_checked < (limit ?? Infinity));
  return examination;
}

/** Repairs what is safe about these meetings; the findings say what was repaired and what is left. */
export async function repair(
  address: AuditAddress,
  meeting_ids: readonly string[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let first = 0; first < meeting_ids.length; first += PAGE) {
    const page = await ask(address, {
      meeting_ids: meeting_ids.slice(first, first + PAGE),
      repair: true,
    });
    findings.push(...page.findings);
  }
  return findings;
}

async function ask({ functions_url, key }: AuditAddress, body: object): Promise<Audit> {
  const url = `${functions_url}/write-back`;
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", apikey: key },
      body: JSON.stringify({ audit: true, ...body }),
    });
  } catch (error) {
    throw new Error(`There is no server at ${url}`, { cause: error });
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  const parsed = PAGE_OF_AUDIT.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${url} answered something else than an audit. Deploy the functions again`);
}
