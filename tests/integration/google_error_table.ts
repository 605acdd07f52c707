import { cellsOf } from "./google_error_facts.ts";

/**
 * Google's errors (google_error_facts.ts) and all that follows from each.
 * A line can be checked alone:
 *
 * - `is a`: what shared/google makes of the answer to this request (`defer connection`: this
 *   user has to slow down, `defer writes`: this user's writes, `defer everybody`: all users).
 * - `asked for`: the request that is answered so: the insert of a new meeting's event, the patch of a
 *   changed one's, the delete of a cancelled one's, the get of the look before a patch, freeBusy while
 *   a slot is searched, list while the audit compares. Twice: the next such request is too.
 * - `spent`, `next attempt`, `row`, `its error`: the row afterwards. A change or cancellation leaves
 *   the row `created`: done, due or given up.
 * - `caller`: HTTP status and code; a finding for the audit.
 * - `in all`: every request of the kind that Google saw, the first one included.
 */
const LINES = `
| Google answers                  | is a             | asked for     | spent | next attempt | row      | its error                | caller                  | in all                 |
| ------------------------------- | ---------------- | ------------- | ----- | ------------ | -------- | ------------------------ | ----------------------- | ---------------------- |
| 400 timeRangeEmpty              | reject           | freeBusy      |       |              |          |                          | 422 calendar_unreadable | POST                   |
| 400 timeRangeEmpty              | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 400 invalid                     | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 400 invalid                     | reject           | patch         | 1     | none         | given up | google_rejected          | 422 google_rejected     | GET PATCH              |
| 400 required                    | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 400 badRequest                  | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 400 parseError                  | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 400 timeRangeTooLong            | reject           | freeBusy      |       |              |          |                          | 422 calendar_unreadable | POST                   |
| 401 authError                   | reconnect        | insert        | 0     | none         | created  |                          | 200                     | POST POST              |
| 401 authError                   | reconnect        | insert, twice | 1     | none         | failed   | invalid_credentials      | 409 needs_reauth        | POST POST              |
| 401 authError                   | reconnect        | delete, twice | 1     | none         | given up | invalid_credentials      | 409 needs_reauth        | GET DELETE DELETE      |
| 401 required                    | reconnect        | insert, twice | 1     | none         | failed   | invalid_credentials      | 409 needs_reauth        | POST POST              |
| 403 userRateLimitExceeded       | defer connection | insert        | 0     | 30 s         | retrying | rate_limited             | 429 rate_limited        | POST                   |
| 403 userRateLimitExceeded       | defer connection | patch         | 0     | 30 s         | due      | rate_limited             | 429 rate_limited        | GET PATCH              |
| 403 rateLimitExceeded           | defer connection | insert        | 0     | 30 s         | retrying | rate_limited             | 429 rate_limited        | POST                   |
| 429 rateLimitExceeded           | defer connection | insert        | 0     | 30 s         | retrying | rate_limited             | 429 rate_limited        | POST                   |
| 429 rateLimitExceeded           | defer connection | delete        | 0     | 30 s         | due      | rate_limited             | 429 rate_limited        | GET DELETE             |
| 403 quotaExceeded               | defer writes     | insert        | 0     | 6 h          | retrying | rate_limited             | 429 rate_limited        | POST                   |
| 403 dailyLimitExceeded          | defer everybody  | insert        | 0     | next day     | retrying | rate_limited             | 429 rate_limited        | POST                   |
| 403 forbiddenForNonOrganizer    | reject           | patch         | 1     | none         | given up | not_organizer            | 409 not_organizer       | GET PATCH              |
| 403 requiredAccessLevel         | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 403 insufficientPermissions     | reconnect        | insert        | 1     | none         | failed   | insufficient_permissions | 409 needs_reauth        | POST                   |
| 403 accessNotConfigured         | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 403 forbidden                   | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 403 forbidden                   | reject           | delete        | 1     | none         | given up | google_rejected          | 422 google_rejected     | GET DELETE             |
| 403 forbidden                   | reject           | list          |       |              |          |                          | unreadable              | GET                    |
| 403 forbiddenForServiceAccounts | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 404 notFound                    | reject           | insert        | 1     | none         | failed   | google_rejected          | 422 google_rejected     | POST                   |
| 404 notFound                    | reject           | get           | 1     | none         | given up | event_missing            | 422 google_rejected     | GET                    |
| 404 notFound                    | reject           | delete        | 0     | none         | done     |                          | 200                     | GET DELETE GET         |
| 409 duplicate                   | reject           | insert        | 0     | none         | created  |                          | 200                     | POST GET POST          |
| 409 conflict                    | retry            | insert        | 1     | 0-60 s       | retrying | google_unavailable       | 502 google_unavailable  | POST                   |
| 409 conflict                    | retry            | patch         | 1     | 0-60 s       | due      | google_unavailable       | 502 google_unavailable  | GET PATCH              |
| 410 fullSyncRequired            | reject           | list          |       |              |          |                          | unreadable              | GET                    |
| 410 updatedMinTooLongAgo        | reject           | list          |       |              |          |                          | unreadable              | GET                    |
| 410 deleted                     | reject           | get           | 1     | none         | given up | event_missing            | 422 google_rejected     | GET                    |
| 410 deleted                     | reject           | delete        | 0     | none         | done     |                          | 200                     | GET DELETE GET         |
| 412 conditionNotMet             | reject           | patch         | 0     | none         | done     |                          | 200                     | GET PATCH GET PATCH    |
| 500 backendError                | unknown          | insert        | 1     | 30-60 s      | unknown  | google_unavailable       | 502 google_unavailable  | POST                   |
| 500 backendError                | unknown          | patch         | 1     | 30-60 s      | unknown  | google_unavailable       | 502 google_unavailable  | GET PATCH              |
| 500 backendError                | retry            | get           | 0     | 0-60 s       | due      | google_unavailable       | 502 google_unavailable  | GET                    |
| 503 backendError                | unknown          | insert        | 1     | 30-60 s      | unknown  | google_unavailable       | 502 google_unavailable  | POST                   |
| 503 backendError                | unknown          | delete        | 1     | 30-60 s      | unknown  | google_unavailable       | 502 google_unavailable  | GET DELETE             |
`;

/** A meeting's write, or a read that no meeting's row tells of. */
export type Asked = "insert" | "patch" | "delete" | "get" | "freeBusy" | "list";

export interface ErrorLine {
  /** As the table has it, for the name of its test. */
  name: string;
  status: number;
  reason: string;
  verdict: string;
  asked: Asked;
  times: 1 | 2;
  spent: number;
  next_attempt: string;
  row: string;
  /** The code in writeback_error; empty without an error. */
  code: string;
  caller: string;
  requests: string[];
}

export const ERROR_LINES: readonly ErrorLine[] = cellsOf(LINES).slice(2).map(asLine);

function asLine(cells: string[]): ErrorLine {
  const [error = "", verdict = "", asked = "", spent = "", next_attempt = "", row = ""] = cells;
  const [code = "", caller = "", requests = ""] = cells.slice(6);
  const [status, reason = ""] = error.split(" ");
  const [request, again] = asked.split(", ");
  return {
    name: `${error} to ${asked}: ${[row, caller].filter((text) => text !== "").join(", ")}`,
    status: Number(status),
    reason,
    verdict,
    asked: request as Asked,
    times: again === "twice" ? 2 : 1,
    spent: Number(spent),
    next_attempt,
    row,
    code,
    caller,
    requests: requests === "" ? [] : requests.split(" "),
  };
}
