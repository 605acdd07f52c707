// The program behind `deno task resume`.
import * as z from "zod/mini";
import { readOptions } from "../command_line.ts";
import { printLine } from "../output.ts";
import {
  ADDRESS_HELP,
  ADDRESS_OPTIONS,
  postToProject,
  projectAddress,
} from "../project_address.ts";
import { PAUSES, pausesTable } from "./pauses_table.ts";
import { runTask } from "./run_task.ts";

const HELP = `Ends pauses (\`deno task pause\`). What was due is processed at once.

Usage: deno task resume [options]

  --kind KIND   only the pauses of this kind of work
  --user ID     only the pauses of this user
${ADDRESS_HELP}
  --json        print one JSON object and nothing else on standard output
  --help        this text

Without --kind and --user every pause ends. Exit code: 0 a pause ended, 1 there was none, 2 it could not be done.`;

const RESPONSE = z.object({ resumed: z.number(), pauses: PAUSES });

if (import.meta.main) await runTask(resume);

async function resume(args: string[], environment: Record<string, string>): Promise<number> {
  const values = readOptions(args, {
    ...ADDRESS_OPTIONS,
    kind: { type: "string" },
    user: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  if (values.help) {
    printLine(HELP);
    return 0;
  }
  const address = projectAddress(values, environment);
  const { kind, user, json } = values;
  const text = await postToProject(address, "operations/resume", {
    ...(kind === undefined ? {} : { kind }),
    ...(user === undefined ? {} : { user_id: user }),
  });
  const { resumed, pauses } = RESPONSE.parse(JSON.parse(text));
  if (json) printLine(JSON.stringify({ resumed, pauses }));
  else printLine(`${resumed} pause${resumed === 1 ? "" : "s"} ended. ${pausesTable(pauses)}`);
  return resumed > 0 ? 0 : 1;
}
