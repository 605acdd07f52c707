import assert from "node:assert/strict";
import { runDemo } from "./run_demo.ts";

Deno.test("demo --json shows one event, one mail a guest, and nothing twice", async () => {
  const { code, report } = await runDemo();
  assert.equal(code, 0, JSON.stringify(report.problems));
  assert.equal(report.writeback_status, "created");
  assert.ok(report.google_event_id && report.google_event_link);
  assert.match(report.meet_link ?? "", /^https:\/\/meet\.google\.com\//);
  assert.ok(report.score !== null && report.score > 0 && report.score <= 100);
  assert.ok(report.candidates.length > 1);
  assert.equal(report.events_on_calendar, 1);
  assert.equal(report.invitations_sent, 2);
  assert.equal(report.second_call_already_exists, true);
  assert.equal(report.recovered_after_lost_reply, true);
  assert.equal(report.negotiated, true);
  assert.equal(report.refused_by_name, true);
  assert.equal(report.answered_with_permission, true);
  assert.equal(report.room_chosen, true);
  assert.equal(report.lunch_kept, true);
  assert.ok(report.elapsed_ms > 0);
  assert.equal(report.moved_automatically, true);
  assert.equal(report.same_event_after_move, true);
  assert.deepEqual(report.mails_per_guest, [1, 1]);
  assert.notEqual(Date.parse(report.moved_to ?? ""), Date.parse(report.start_time ?? ""));
  const length = Date.parse(report.end_time ?? "") - Date.parse(report.start_time ?? "");
  assert.equal(length, 30 * 60_000);
});

Deno.test("a first act that writes no event ends the demo with exit code 1", async () => {
  // It is a Saturday, on which none of them works.
  const { code, report } = await runDemo("--from", "2030-01-05", "--to", "2030-01-05");
  assert.equal(code, 1);
  assert.equal(report.google_event_id, null);
  assert.match(report.problems?.join() ?? "", /no_common_slot/);
});

Deno.test("demo refuses an option it does not know with a sentence and exit code 1", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "local/demo/demo.ts", "--colour", "red"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  assert.equal(code, 1);
  assert.match(new TextDecoder().decode(stderr), /--colour/);
});
