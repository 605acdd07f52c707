import assert from "node:assert/strict";
import type { Database } from "@shared/database/call.ts";
import type { Settlement } from "@shared/database/writebacks.ts";
import { calendarGate } from "@shared/writeback/calendar_gate.ts";
import { groupSettler } from "@shared/writeback/group_settler.ts";

/** A database that notes the groups it is given, loses the lease of "lost" and refuses "refused". */
function notingDatabase(): { database: Database; groups: string[][] } {
  const groups: string[][] = [];
  const rpc = (_helper: string, { p_settlements }: { p_settlements: Settlement[] }) => {
    const ids = p_settlements.map(({ meeting_id }) => meeting_id);
    groups.push(ids);
    if (ids.includes("refused")) {
      return Promise.resolve({ data: null, error: { code: "22P05", message: "refused" } });
    }
    const data = ids.map((meeting_id) => ({ meeting_id, settled: meeting_id !== "lost" }));
    return Promise.resolve({ data, error: null });
  };
  return { database: { rpc } as unknown as Database, groups };
}

function released(meeting_id: string): Settlement {
  return { meeting_id, lease_token: "token", outcome: "released", steps: [] };
}

Deno.test("groupSettler() sends fifty at once, and those who flush at once share one statement", async () => {
  const { database, groups } = notingDatabase();
  const settler = groupSettler(database);
  const ids = Array.from({ length: 57 }, (_, index) => `m${index}`);
  const settled = ids.map((id) => settler.settle(released(id)));
  await Promise.all([settler.flush(), settler.flush(), settler.flush()]);
  assert.deepEqual(await Promise.all(settled), ids.map(() => true));
  assert.deepEqual(groups.map(({ length }) => length), [50, 7]);
});

Deno.test("groupSettler() reports whose lease was lost", async () => {
  const settler = groupSettler(notingDatabase().database);
  const settled = [settler.settle(released("kept")), settler.settle(released("lost"))];
  await settler.flush();
  assert.deepEqual(await Promise.all(settled), [true, false]);
});

Deno.test("groupSettler() settles the neighbours of a row that the database refuses", async () => {
  const settler = groupSettler(notingDatabase().database);
  const settled = ["one", "refused", "two"].map((id) => settler.settle(released(id)));
  const ends = Promise.allSettled(settled);
  await settler.flush();
  assert.deepEqual((await ends).map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
});

Deno.test("calendarGate() lets no more than its width into a calendar, and calendars pass side by side", async () => {
  const gate = calendarGate();
  const inside = new Map<string, number>();
  const most = new Map<string, number>();
  const work = (calendar: string) => async () => {
    inside.set(calendar, (inside.get(calendar) ?? 0) + 1);
    most.set(calendar, Math.max(most.get(calendar) ?? 0, inside.get(calendar) ?? 0));
    await Promise.resolve();
    inside.set(calendar, (inside.get(calendar) ?? 1) - 1);
    return calendar;
  };
  const wide = Array.from({ length: 20 }, () => gate.pass("wide", 3, work("wide")));
  const narrow = Array.from({ length: 20 }, () => gate.pass("narrow", 1, work("narrow")));
  assert.equal((await Promise.all([...wide, ...narrow])).length, 40);
  assert.deepEqual([most.get("wide"), most.get("narrow")], [3, 1]);
});
