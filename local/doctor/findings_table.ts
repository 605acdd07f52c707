import type { Finding } from "../../shared/audit/finding.ts";

const HEADS = ["FINDING", "MEETING", "TITLE", "CALENDAR", "EVENTS"];
const WIDEST = 44;

/** The findings as a table, each with its sentence and what to do below its line. */
export function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map((finding) =>
    [
      finding.finding,
      finding.meeting_id ??
        (finding.task_event_id === undefined ? "-" : `task ${finding.task_event_id}`),
      finding.title ?? "-",
      finding.google_calendar_id,
      finding.event_ids.length === 0 ? "-" : finding.event_ids.join(" "),
    ].map(cell)
  );
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length))
  );
  const line = (cells: readonly string[]) =>
    cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ").trimEnd();
  return [
    line(HEADS),
    ...findings.flatMap((finding, index) => [
      line(rows[index] ?? []),
      `    ${finding.message}`,
      `    ${advice(finding)}`,
    ]),
  ].join("\n");
}

function advice({ repair, what_to_do, repaired }: Finding): string {
  if (repair === null) return `To do: ${what_to_do ?? "-"}`;
  if (repaired === true) return `Repaired: ${repair}`;
  return repaired === false
    ? "Not repaired: a worker is processing the row. Run the doctor again."
    : `Repair (--repair): ${repair}`;
}

/** One line that a terminal cannot be made to misread, whatever a title holds. */
export function cell(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
  return line.length <= WIDEST ? line : `${line.slice(0, WIDEST - 1)}…`;
}
