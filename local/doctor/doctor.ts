// The program behind `deno task doctor`.
import type { Finding } from "../../shared/audit/finding.ts";
import { printError, printLine } from "../output.ts";
import { deleteOrphaned, examine, isOrphan, repair } from "./ask_audit.ts";
import type { Examination } from "./ask_audit.ts";
import { DOCTOR_HELP, type DoctorOptions, parseDoctorOptions } from "./doctor_options.ts";
import { cell, findingsTable } from "./findings_table.ts";

if (import.meta.main) {
  try {
    Deno.exitCode = await doctor(parseDoctorOptions(Deno.args, Deno.env.toObject()));
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 2;
  }
}

async function doctor(options: DoctorOptions): Promise<number> {
  if (options.help) {
    printLine(DOCTOR_HELP);
    return 0;
  }
  // With --json standard output is one object; progress goes to standard error.
  const say = options.json ? printError : printLine;
  const examination = await examine(options, options.limit);
  const repairable = examination.findings.filter((finding) => finding.repair !== null);
  if (!options.json) printLine(report(examination));

  const repaired = options.repair && repairable.length > 0
    ? await repairAfterSaying(options, examination.findings, repairable, say)
    : examination.findings;
  const findings = options.delete_orphaned && repaired.some(isOrphan)
    ? await deleteAfterSaying(options, repaired, say)
    : repaired;
  if (options.json) printLine(JSON.stringify({ ...examination, findings }));
  return findings.every(({ repaired }) => repaired === true) ? 0 : 1;
}

/** Announces every repair, makes them, and returns all findings as they are afterwards. */
async function repairAfterSaying(
  options: DoctorOptions,
  findings: readonly Finding[],
  repairable: readonly Finding[],
  say: (text: string) => void,
): Promise<Finding[]> {
  say(`\nWill repair ${count(repairable.length, "row")}:`);
  for (const finding of repairable) {
    say(`  ${finding.meeting_id ?? `task ${finding.task_event_id}`}: ${finding.repair}`);
  }
  const meeting_ids = new Set(repairable.flatMap(({ meeting_id }) => meeting_id ?? []));
  const task_event_ids = new Set(repairable.flatMap(({ task_event_id }) => task_event_id ?? []));
  const after = await repair(options, {
    meeting_ids: [...meeting_ids],
    task_event_ids: [...task_event_ids],
  });
  const others = findings.filter(({ meeting_id, task_event_id }) =>
    !meeting_ids.has(meeting_id ?? "") && !task_event_ids.has(task_event_id ?? "")
  );
  const done = after.filter(({ repaired }) => repaired === true);
  say(`Repaired ${count(done.length, "row")}.`);
  const left = after.filter((finding) => finding.repair !== null && finding.repaired !== true);
  if (left.length > 0) say(findingsTable(left));
  return [...others, ...after];
}

/** Announces every deletion, makes them, and returns all findings as they are afterwards. */
async function deleteAfterSaying(
  options: DoctorOptions,
  findings: readonly Finding[],
  say: (text: string) => void,
): Promise<Finding[]> {
  const orphans = findings.filter(isOrphan);
  const event_ids = orphans.flatMap((finding) => finding.event_ids);
  say(`\nWill delete ${count(event_ids.length, "event")} on Google Calendar:`);
  for (const { google_calendar_id, event_ids, title } of orphans) {
    say(`  ${google_calendar_id}: ${event_ids.join(" ")} ${cell(title ?? "")}`);
  }
  const after = await deleteOrphaned(options, event_ids);
  const done = after.filter(({ repaired }) => repaired === true);
  say(`Deleted ${count(done.length, "event")}.`);
  return [...findings.filter((finding) => !isOrphan(finding)), ...after];
}

function report(examination: Examination): string {
  const { findings, meetings_checked, task_events_checked, calendars } = examination;
  const looked = `Compared ${count(meetings_checked, "meeting")}, ${
    count(task_events_checked, "task event")
  } and ${count(calendars.checked, "calendar")}.`;
  const partly = calendars.checked < calendars.of
    ? ` There are ${calendars.of} calendars; the others were not searched for orphaned events.`
    : "";
  return findings.length === 0
    ? `${looked}${partly} Nothing is wrong.`
    : `${looked}${partly}\n\n${findingsTable(findings)}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
