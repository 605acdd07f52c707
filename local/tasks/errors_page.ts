import { CODES } from "@shared/failures/codes.ts";
import type { Code } from "@shared/failures/codes.ts";
import type { Verdict } from "@shared/failures/entry.ts";
import { OTHER_CODES, REASONS } from "@shared/failures/reasons.ts";
import { RESPONSE_CODES } from "@shared/failures/response_codes.ts";

const INTRODUCTION = `# Error codes

Written by \`deno task docs:errors\` from \`shared/failures/\`; a test compares both.

An error response is \`{error, message, status, details?}\`: \`error\` is a code of the first table, and
\`status\` its HTTP status. \`details.reason\`, if present, is a code of the second or third table,
or Google's own reason. In a batch every element has its own \`error\` and \`message\`. Stored errors
(\`writeback_error\`, \`sync_error\`, \`meet_link_error\`) are a code, a colon and a sentence. Codes are added,
never renamed.

The verdict of a failure decides about the next attempt:

| verdict      | retried automatically         | spends an attempt | continues after reconnecting |
| ------------ | ----------------------------- | ----------------- | ---------------------------- |
| \`retry\`      | yes                           | yes               | no                           |
| \`unknown\`    | yes, after Google was read    | yes               | no                           |
| \`unverified\` | yes, after Google was read    | no                | no                           |
| \`defer\`      | yes                           | no                | no                           |
| \`reconnect\`  | after the organizer connected | yes               | yes                          |
| \`reject\`     | no                            | yes               | no                           |
| \`exhausted\`  | no: no attempt is left        | no                | no                           |

The tables show the usual verdict of a code. \`google_unavailable\` is \`unknown\` if a write may have taken effect.
Every failure is \`unknown\` or \`unverified\` while an earlier write may have taken effect. A failure of the
third attempt is \`reject\`.`;

const RESPONSES = `## Error responses`;

const REASON_TABLE = `## Reasons

\`details.reason\` of an error response, \`results[].error\` of a write-back, and the code of stored errors.`;

const OTHERS = `## Other codes

For requests to Google without a usable response (\`details.reason\`), Meet links (\`meet_link_error\`),
notifications (\`target_answered\` is followed by the HTTP status), and \`?convene_error=\` of the address to which the
browser returns from Google.`;

/** The page about every error code, as Markdown. */
export function errorsPage(): string {
  return [
    INTRODUCTION,
    RESPONSES,
    table(["code", "HTTP"], RESPONSE_CODES, ({ status }) => String(status)),
    REASON_TABLE,
    table(["code", "error response"], REASONS, ({ response }) => `\`${response}\``),
    OTHERS,
    table(["code"], OTHER_CODES, () => undefined),
  ].join("\n\n") + "\n";
}

function table(
  head: readonly string[],
  codes: object,
  second: (entry: { status?: number; response?: string }) => string | undefined,
): string {
  const rows = (Object.keys(codes) as Code[]).map((code) => {
    const { status, response, verdict, message, what_to_do, what_to_do_at_last } = CODES[code];
    const cell = second({
      ...(status === undefined ? {} : { status }),
      ...(response === undefined ? {} : { response }),
    });
    const advice = [what_to_do, what_to_do_at_last].filter((text) => text !== undefined);
    return [
      `\`${code}\``,
      ...(cell === undefined ? [] : [cell]),
      `\`${verdict satisfies Verdict}\``,
      message,
      advice.join(" After the last attempt: "),
    ];
  });
  const titles = [...head, "verdict", "what happened", "what to do"];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}
