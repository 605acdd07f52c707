import { readOptions } from "../command_line.ts";
import { ADDRESS_HELP, ADDRESS_OPTIONS, projectAddress } from "../project_address.ts";
import type { ProjectAddress } from "../project_address.ts";

export interface DoctorOptions extends ProjectAddress {
  help: boolean;
  json: boolean;
  repair: boolean;
  /** Delete orphaned events on Google Calendar. */
  delete_orphaned: boolean;
  /** Meetings to look at; null: all. */
  limit: number | null;
}

export const DOCTOR_HELP =
  `Compares meetings and the events of tasks with Google Calendar: missing, moved, cancelled, duplicated and
orphaned events, changes and cancellations that were given up, searches that failed, and rows that say
something old. Compares what is not a month past, and writes nothing.

Usage: deno task doctor [options]

${ADDRESS_HELP}
  --limit N     compare N meetings and N events of tasks at most (default: all)
  --repair      say what will be repaired, then do it: rows are made to say what Google says of their
                events, also another time or that they were deleted; changes and cancellations that were
                given up are put back into the queue, which writes them, and Google notifies the guests
  --delete-orphaned
                say which events no meeting and no task has, then delete them on Google Calendar, which
                notifies their guests; not where another installation of Convene uses the same calendars
  --json        print one JSON object and nothing else on standard output
  --help        this text

Exit code: 0 nothing is wrong any more, 1 something is left to decide, 2 the audit could not be made.`;

/** Reads the command line and the environment. Throws a sentence naming what is wrong. */
export function parseDoctorOptions(
  args: string[],
  environment: Record<string, string>,
): DoctorOptions {
  const values = readOptions(args, {
    ...ADDRESS_OPTIONS,
    limit: { type: "string" },
    repair: { type: "boolean", default: false },
    "delete-orphaned": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  const { help, json, repair, "delete-orphaned": delete_orphaned } = values;
  if (help) return { help, json, repair, delete_orphaned, functions_url: "", key: "", limit: null };
  return {
    help,
    json,
    repair,
    delete_orphaned,
    ...projectAddress(values, environment),
    limit: values.limit === undefined ? null : wholeNumber(values.limit),
  };
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--limit is not a number of meetings: ${text}`);
}
