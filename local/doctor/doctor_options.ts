import { parseArgs } from "node:util";

export interface DoctorOptions {
  help: boolean;
  json: boolean;
  repair: boolean;
  /** Ends in /functions/v1, without a slash. */
  functions_url: string;
  key: string;
  /** Meetings to look at; null: all. */
  limit: number | null;
}

export const DOCTOR_HELP =
  `Compares meetings with Google Calendar: missing, moved, cancelled, duplicated and orphaned events, changes
and cancellations that were given up, and rows that say something old. Looks at meetings that are not a
month past, and writes nothing.

Usage: deno task doctor [options]

  --url URL     address of the project's API (default: SUPABASE_URL)
  --key KEY     a secret key of the project (default: CONVENE_AUTOMATIONS_KEY, else SUPABASE_SECRET_KEY)
  --limit N     look at N meetings at most (default: all)
  --repair      say what will be repaired, then do it: rows are made to say what Google says of their
                events, and changes and cancellations that were given up are put back into the queue,
                which writes them, and Google notifies the guests
  --json        print one JSON object and nothing else on standard output
  --help        this text

Exit code: 0 nothing is wrong any more, 1 something is left to decide, 2 the audit could not be made.`;

/** Reads the command line and the environment. Throws a sentence naming what is wrong. */
export function parseDoctorOptions(
  args: string[],
  environment: Record<string, string>,
): DoctorOptions {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: "string" },
      key: { type: "string" },
      limit: { type: "string" },
      repair: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { help, json, repair } = values;
  if (help) return { help, json, repair, functions_url: "", key: "", limit: null };
  const url = values.url ?? environment.SUPABASE_URL;
  const key = values.key ?? environment.CONVENE_AUTOMATIONS_KEY ?? environment.SUPABASE_SECRET_KEY;
  if (!url) throw new Error("Which project? Give --url, or set SUPABASE_URL");
  if (!URL.canParse(url)) throw new Error(`--url is no URL: ${url}`);
  if (!key) throw new Error("Give --key, or set CONVENE_AUTOMATIONS_KEY or SUPABASE_SECRET_KEY");
  return {
    help,
    json,
    repair,
    functions_url: `${url.replace(/\/+$/, "").replace(/\/functions\/v1$/, "")}/functions/v1`,
    key,
    limit: values.limit === undefined ? null : wholeNumber(values.limit),
  };
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--limit is not a number of meetings: ${text}`);
}
