import type { RequestKind } from "@shared/failures/google_reply.ts";

/** One kind of error response of the Calendar API, and what it has to mean for a request. */
export interface GoogleErrorFact {
  status: number;
  reason: string;
  domain: string;
  /** `defer connection`: this user has to slow down; `defer writes`: this user's writes; `defer everybody`: all users. */
  verdicts: Record<RequestKind, string>;
}

/**
 * Documented: Google's guides to errors, quotas and synchronization. Observed: third parties have
 * published such responses. A status of 500 or more leaves the outcome of a write unknown.
 */
const FACTS = `
| status | reason                      | domain      | a read           | a write          | known from |
| ------ | --------------------------- | ----------- | ---------------- | ---------------- | ---------- |
| 400    | timeRangeEmpty              | calendar    | reject           | reject           | documented |
| 400    | timeRangeTooLong            | calendar    | reject           | reject           | observed   |
| 400    | invalid                     | global      | reject           | reject           | observed   |
| 400    | required                    | global      | reject           | reject           | observed   |
| 400    | badRequest                  | global      | reject           | reject           | observed   |
| 400    | parseError                  | global      | reject           | reject           | observed   |
| 401    | authError                   | global      | reconnect        | reconnect        | documented |
| 401    | required                    | global      | reconnect        | reconnect        | observed   |
| 403    | userRateLimitExceeded       | usageLimits | defer connection | defer connection | documented |
| 403    | rateLimitExceeded           | usageLimits | defer connection | defer connection | documented |
| 429    | rateLimitExceeded           | usageLimits | defer connection | defer connection | documented |
| 403    | quotaExceeded               | usageLimits | defer connection | defer writes     | documented |
| 403    | dailyLimitExceeded          | usageLimits | defer everybody  | defer everybody  | observed   |
| 403    | accessNotConfigured         | usageLimits | reject           | reject           | observed   |
| 403    | forbiddenForNonOrganizer    | calendar    | reject           | reject           | documented |
| 403    | forbiddenForServiceAccounts | calendar    | reject           | reject           | observed   |
| 403    | requiredAccessLevel         | calendar    | reject           | reject           | observed   |
| 403    | insufficientPermissions     | global      | reconnect        | reconnect        | observed   |
| 403    | forbidden                   | global      | reject           | reject           | observed   |
| 404    | notFound                    | global      | reject           | reject           | documented |
| 409    | duplicate                   | global      | reject           | reject           | documented |
| 409    | conflict                    | global      | retry            | retry            | documented |
| 410    | fullSyncRequired            | calendar    | reject           | reject           | documented |
| 410    | updatedMinTooLongAgo        | calendar    | reject           | reject           | documented |
| 410    | deleted                     | global      | reject           | reject           | documented |
| 412    | conditionNotMet             | global      | reject           | reject           | documented |
| 500    | backendError                | global      | retry            | unknown          | documented |
| 503    | backendError                | global      | retry            | unknown          | observed   |
`;

export const GOOGLE_ERROR_FACTS: readonly GoogleErrorFact[] = cellsOf(FACTS).slice(2).map(
  ([status, reason = "", domain = "", read = "", write = ""]) => ({
    status: Number(status),
    reason,
    domain,
    verdicts: { read, write },
  }),
);

/** The cells of a Markdown table, its head and ruler included. */
export function cellsOf(text: string): string[][] {
  return text.split("\n").filter((line) => line.startsWith("|")).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
}
