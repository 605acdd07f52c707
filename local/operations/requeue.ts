// The program behind `deno task requeue`.
import * as z from "zod/mini";
import { CODES, isCode } from "@shared/failures/codes.ts";
import { closestOf } from "@shared/std/closest.ts";
import { LIMITS } from "../../shared/schemas/limits.ts";
import { readOptions } from "../command_line.ts";
import { printError, printLine } from "../output.ts";
import {
  ADDRESS_HELP,
  ADDRESS_OPTIONS,
  postToProject,
  projectAddress,
} from "../project_address.ts";
import type { ProjectAddress } from "../project_address.ts";
import { instantOption } from "./instant.ts";
import { runTask } from "./run_task.ts";

const HELP =
  `Gives what failed new attempts: searches, writes (also changes and cancellations), Meet links, events of
tasks, notifications and calendars that could not be read.

Usage: deno task requeue [options]

  --reason CODE what failed for this reason (a code of docs/errors.md)
  --kind KIND   search, write, meet_link, task_event, notification or sync
  --user ID     what belongs to this user
  --since TIME  what failed then or later: 2030-01-07T09:00:00Z, or 30m, 2h, 7d for so long ago
  --before TIME what failed earlier
  --all         everything that failed, instead of these
  --id ID       one row, with --kind: a meeting, an event of a task (the id of its row), a notification or a calendar
  --dry-run     show what would be requeued, by kind and reason, and change nothing
${ADDRESS_HELP}
  --json        print one JSON object and nothing else on standard output
  --help        this text

Without an option that names rows it shows what failed, like --all --dry-run.

Exit code: 0 everything that was named is in the queue again (or nothing failed), 1 something was left as it
is (the output says why) or, with --dry-run, something failed, 2 it could not be done.`;

const COUNTED = z.object({
  failed: z.array(z.object({
    kind: z.string(),
    reason: z.nullable(z.string()),
    rows: z.number(),
  })),
});
const ONE = z.object({ decision: z.string(), requeued: z.boolean() });
const PAGE = z.object({
  requeued: z.number(),
  not_requeued: z.record(z.string(), z.number()),
  next_after: z.nullable(z.string()),
});

/** Since the first year that the functions accept. */
const EVERYTHING = { since: `${LIMITS.first_year}-01-01T00:00:00Z` };

if (import.meta.main) await runTask(requeue);

async function requeue(args: string[], environment: Record<string, string>): Promise<number> {
  const values = readOptions(args, {
    ...ADDRESS_OPTIONS,
    reason: { type: "string" },
    kind: { type: "string" },
    user: { type: "string" },
    since: { type: "string" },
    before: { type: "string" },
    id: { type: "string" },
    all: { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  if (values.help) {
    printLine(HELP);
    return 0;
  }
  const address = projectAddress(values, environment);
  const { reason, kind, user: user_id, since, before, id, all, json } = values;
  const named = {
    ...(reason === undefined ? {} : { reason }),
    ...(user_id === undefined ? {} : { user_id }),
    ...(since === undefined ? {} : { since: instantOption("--since", since, -1) }),
    ...(before === undefined ? {} : { before: instantOption("--before", before, -1) }),
    ...(kind === undefined ? {} : { kind }),
  };
  if (id !== undefined) return await requeueOne(address, { kind, id }, json);
  const names_rows = Object.keys(named).length > 0;
  if (all && names_rows) throw new Error("Give either --all, or what the rows have in common");
  const filter = names_rows ? named : EVERYTHING;
  const only_shows = values["dry-run"] || !all && !names_rows;
  const { code, rows } = only_shows
    ? await showFailed(address, filter, json)
    : await requeueFilter(address, filter, json);
  if (rows === 0 && reason !== undefined && !isCode(reason)) printError(unknownReason(reason));
  return code;
}

async function requeueOne(
  address: ProjectAddress,
  named: { kind: string | undefined; id: string },
  json: boolean,
): Promise<number> {
  if (named.kind === undefined) throw new Error("--id needs --kind: what is it the id of?");
  const one = await ask(address, ONE, named);
  if (json) printLine(JSON.stringify(one));
  else printLine(one.requeued ? "Requeued 1 row." : `Not requeued: ${one.decision}.`);
  return one.requeued ? 0 : 1;
}

/** No error: rows also have Google's own reasons and those of applications, and today none may have failed for one. */
function unknownReason(reason: string): string {
  const closest = closestOf(reason, Object.keys(CODES));
  return `No row has the reason "${reason}", and it is no code of docs/errors.md.` +
    (closest === undefined ? "" : ` Did you mean ${closest}?`);
}

/** The exit code, and how many rows the filter names. */
interface Outcome {
  code: number;
  rows: number;
}

async function showFailed(
  address: ProjectAddress,
  filter: object,
  json: boolean,
): Promise<Outcome> {
  const { failed } = await ask(address, COUNTED, { filter, dry_run: true });
  if (json) printLine(JSON.stringify({ failed }));
  else if (failed.length === 0) printLine("Nothing that failed matches.");
  else {
    printLine("  ROWS  KIND          REASON");
    for (const { kind, reason, rows } of failed) {
      printLine(`${String(rows).padStart(6)}  ${kind.padEnd(12)}  ${reason ?? "-"}`);
    }
  }
  return { code: failed.length === 0 ? 0 : 1, rows: failed.length };
}

async function requeueFilter(
  address: ProjectAddress,
  filter: object,
  json: boolean,
): Promise<Outcome> {
  let requeued = 0;
  const not_requeued: Record<string, number> = {};
  let after: string | null = null;
  do {
    const page: z.output<typeof PAGE> = await ask(address, PAGE, {
      filter,
      ...(after === null ? {} : { after }),
    });
    requeued += page.requeued;
    for (const [decision, rows] of Object.entries(page.not_requeued)) {
      not_requeued[decision] = (not_requeued[decision] ?? 0) + rows;
    }
    after = page.next_after;
  } while (after !== null);
  const left = Object.entries(not_requeued);
  if (json) printLine(JSON.stringify({ requeued, not_requeued }));
  else {
    printLine(`Requeued ${requeued} row${requeued === 1 ? "" : "s"}.`);
    for (const [decision, rows] of left) printLine(`Not requeued: ${rows} (${decision}).`);
  }
  return { code: left.length === 0 ? 0 : 1, rows: requeued + left.length };
}

async function ask<T>(
  address: ProjectAddress,
  schema: z.ZodMiniType<T>,
  body: object,
): Promise<T> {
  return schema.parse(JSON.parse(await postToProject(address, "operations/requeue", body)));
}
