import assert from "node:assert/strict";
import type { CutLines } from "../cut_lines.ts";
import { rowOf } from "../meetings.ts";
import type { Stack } from "../stack.ts";
import { responsesOf, syncDue } from "../sync.ts";
import { witnessed } from "./check_event.ts";
import { checkRow } from "./check_row.ts";
import { expireLeases, syncWith, take } from "./convene_steps.ts";
import { inOneWord } from "./expected_event.ts";
import { beginWorld, canRead, canWrite, type MeetingWorld, nameOf } from "./meeting_world.ts";
import type { Scene } from "./steps.ts";

const DRAIN_ROUNDS = 8;

/**
 * Plays the scene; then the writes that are due, one sweep, and what is due after it. Throws where the event, the
 * row, `status`, the history of replies or the mails are not what they must be.
 */
export async function checkMeetingSync(
  stack: Stack,
  lines: CutLines,
  { percentage, steps }: Scene,
): Promise<void> {
  const world = await beginWorld(stack, lines, percentage);
  const seen = new Map<string, string[]>();
  for (const step of steps) {
    await witnessed(world, step.do === "write", () => take(world, step));
    if (step.do === "sync" && (step.fault.kind === "none" || step.fault.kind === "expired")) {
      noteReplies(world, seen);
    }
  }
  await stack.google.pushMode("lost");
  await witnessed(world, true, () => drainWrites(world));
  await witnessed(world, false, async () => {
    await expireLeases(world);
    await syncWith(world, { kind: "none" });
    for (let round = 0; round < DRAIN_ROUNDS && await isDue(world); round++) {
      await expireLeases(world);
      await syncDue(stack);
    }
  });
  noteReplies(world, seen);
  assert.equal(await isDue(world), false, "something is still due");
  await checkRow(world);
  await checkHistory(world, seen);
}

/** A change that was given up is asked for again; one of a deleted event would make it again. */
async function drainWrites(world: MeetingWorld): Promise<void> {
  const { organizer, meeting_id, cancellation } = world;
  for (let round = 0; round < DRAIN_ROUNDS; round++) {
    await expireLeases(world);
    await organizer.call("write-back", { body: { meeting_id } });
    const row = await rowOf(world.stack, meeting_id);
    if (row.write_due_at !== null) continue;
    if (row.written_version === row.desired_version) return;
    if (cancellation === "none" && world.is_deleted) return;
    if (!canWrite(world) && round > 0) return;
    await organizer.call("meetings/requeue", { body: { meeting_id } });
  }
}

async function isDue({ stack, organizer }: MeetingWorld): Promise<boolean> {
  const rows = await stack.platform.sql(
    "select from private.work where owner_id = $1 and kind in ('write', 'sync')",
    [organizer.user_id],
  );
  return rows.length > 0;
}

/** What a read of all calendars must have found: the reply that each guest had then. */
function noteReplies(world: MeetingWorld, seen: Map<string, string[]>): void {
  const { model, is_deleted, cancellation } = world;
  if (is_deleted || cancellation !== "none" || !canRead(world)) return;
  for (const [email, reply] of model.event.replies) {
    const states = seen.get(email) ?? ["needsAction"];
    if (states.at(-1) !== inOneWord(reply)) states.push(inOneWord(reply));
    seen.set(email, states);
  }
}

/** The history has every reply that a read found, and none that was never given, in their order. */
async function checkHistory(world: MeetingWorld, seen: Map<string, string[]>): Promise<void> {
  const lines = await responsesOf(world.organizer, world.meeting_id);
  for (const email of world.guests) {
    const history = lines.filter((line) => line.startsWith(`${email} `))
      .map((line) => line.slice(email.length + 1));
    const given = (world.model.replies.get(email) ?? []).map(inOneWord);
    const found = (seen.get(email) ?? []).slice(1);
    const name = `${nameOf(world, email)}: history ${history}, given ${given}, read ${found}`;
    assert.ok(isSubsequence(found, history), `${name}: a reply is missing`);
    assert.ok(isSubsequence(history, given), `${name}: a reply that was not given`);
  }
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let place = 0;
  for (const item of whole) if (item === part[place]) place++;
  return place === part.length;
}
