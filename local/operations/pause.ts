// The program behind `deno task pause`.
import * as z from "zod/mini";
import { readOptions } from "../command_line.ts";
import { printLine } from "../output.ts";
import {
  ADDRESS_HELP,
  ADDRESS_OPTIONS,
  postToProject,
  projectAddress,
} from "../project_address.ts";
import { instantOption } from "./instant.ts";
import { PAUSES, pausesTable } from "./pauses_table.ts";
import { runTask } from "./run_task.ts";

const HELP =
  `Pauses work. What is being processed is completed; everything else stays in the queue as it is, and
continues after \`deno task resume\`.

Usage: deno task pause --reason TEXT [options]

  --reason TEXT why, for other operators (health shows it)
  --kind KIND   only search, write, meet_link, task_event, notification, sync, conflict_check or
                holidays
  --user ID     only the work of this user
  --until TIME  2030-01-07T09:00:00Z, or 30m, 2h, 7d from now (default: until it is resumed)
  --by NAME     who pauses it (default: the name of the key)
${ADDRESS_HELP}
  --json        print one JSON object and nothing else on standard output
  --help        this text

Without --kind and --user everything is paused. Exit code: 0 it is paused, 2 it could not be done.`;

const RESPONSE = z.object({ pauses: PAUSES });

if (import.meta.main) await runTask(pause);

async function pause(args: string[], environment: Record<string, string>): Promise<number> {
  const values = readOptions(args, {
    ...ADDRESS_OPTIONS,
    reason: { type: "string" },
    kind: { type: "string" },
    user: { type: "string" },
    until: { type: "string" },
    by: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  if (values.help) {
    printLine(HELP);
    return 0;
  }
  const address = projectAddress(values, environment);
  const { reason, kind, user, until, by, json } = values;
  if (reason === undefined) throw new Error("Give --reason: health shows it to other operators");
  const text = await postToProject(address, "operations/pause", {
    reason,
    ...(kind === undefined ? {} : { kind }),
    ...(user === undefined ? {} : { user_id: user }),
    ...(until === undefined ? {} : { until: instantOption("--until", until, 1) }),
    ...(by === undefined ? {} : { paused_by: by }),
  });
  const { pauses } = RESPONSE.parse(JSON.parse(text));
  printLine(json ? JSON.stringify({ pauses }) : pausesTable(pauses));
  return 0;
}
