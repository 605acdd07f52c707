import assert from "node:assert/strict";
import { pendingMeeting } from "../support/meetings.ts";
import { loseWakeUps } from "../support/many_meetings.ts";
import { addTarget, outbox } from "../support/notifications.ts";
import { callWithKey } from "../support/operations.ts";
import { promise, type Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const output: string[] = [];

promise("request ids", {
  "the id of a response is in one line of the log and in each step of the ledger": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 200);
    const id = answer.headers.get("x-request-id") ?? "";
    assert.match(id, UUID);
    const steps = await stepsOf(stack, meeting_id);
    assert.deepEqual(steps.map(({ step }) => step), [
      "claimed",
      "requested",
      "answered",
      "settled",
    ]);
    assert.deepEqual([...new Set(steps.map(({ request_id }) => request_id))], [id]);
    const lines = await linesOf(id);
    assert.equal(lines.length, 1);
    const { duration_ms, ...line } = lines[0] ?? {};
    assert.deepEqual(line, {
      level: "info",
      event: "request",
      request_id: id,
      method: "POST",
      path: "/write-back",
      status: 200,
      caller: "user",
      user_id: organizer.user_id,
    });
    assert.ok(Number.isInteger(duration_ms));
    const { body } = await organizer.call("status", { query: { meeting_id, attempts: "true" } });
    assert.equal(body.attempts[0].request_id, id);
    const sent = JSON.stringify(await stack.google.requests({ user: organizer.email }));
    assert.ok(!sent.includes(id), "Google learns nothing of it");
  },

  "an error response has its id, and the line of the log its code": async (stack) => {
    const answer = await callWithKey(stack, "write-back", { meeting_id: "unknown" });
    assert.equal(answer.status, 404);
    const [line] = await linesOf(answer.headers.get("x-request-id") ?? "");
    assert.deepEqual(
      [line?.status, line?.code, line?.caller, line?.key],
      [404, "meeting_not_found", "key", "automations"],
    );
    const refused = await fetch(`${stack.platform.functions_url}/status`);
    await refused.body?.cancel();
    const [unknown] = await linesOf(refused.headers.get("x-request-id") ?? "");
    assert.deepEqual([unknown?.status, unknown?.code], [401, "unauthenticated"]);
  },

  "a well-formed id that a request brings is kept, the gateway's first; any other is replaced and written nowhere":
    async (stack) => {
      const given = "0198C0DE-0000-7000-8000-00000000ABCD";
      const gateway = "0198c0de-0000-7000-8000-000000000001";
      const idFor = async (headers: Record<string, string>) => {
        const response = await fetch(`${stack.platform.functions_url}/status`, { headers });
        await response.body?.cancel();
        return response.headers.get("x-request-id") ?? "";
      };
      assert.equal(await idFor({ "x-request-id": given }), given.toLowerCase());
      assert.equal(await idFor({ "x-request-id": given, "sb-request-id": gateway }), gateway);
      for (const strange of ["maya@north.example", "x".repeat(5000), `${given}, ${given}`]) {
        const id = await idFor({ "x-request-id": strange });
        assert.match(id, UUID);
        assert.equal((await linesOf(id)).length, 1);
        assert.ok(!output.join("").includes(strange), strange.slice(0, 40));
      }
    },

  "a page of another origin may send an id and read the response's": async (stack) => {
    const url = `${stack.platform.functions_url}/status`;
    const preflight = await fetch(url, { method: "OPTIONS" });
    const listed = (name: string) =>
      preflight.headers.get(`access-control-${name}`)?.split(/, */) ?? [];
    assert.ok(listed("allow-headers").includes("x-request-id"));
    assert.deepEqual(listed("expose-headers"), ["retry-after", "x-request-id"]);
  },

  "what a wake-up begins in the background has the id of its call, in the log and in the ledger":
    async (stack) => {
      const { meeting_id } = await pendingMeeting(stack);
      await loseWakeUps(stack);
      const answer = await callWithKey(stack, "write-back", { batch: true, background: true });
      assert.equal(answer.status, 202);
      const id = answer.headers.get("x-request-id") ?? "";
      await until(
        "the event is written",
        async () => (await stepsOf(stack, meeting_id)).some(({ step }) => step === "settled"),
      );
      const steps = await stepsOf(stack, meeting_id);
      assert.deepEqual([...new Set(steps.map(({ request_id }) => request_id))], [id]);
      const lines = await until("both lines", async () => {
        const found = await linesOf(id);
        return found.length >= 2 ? found : null;
      });
      assert.deepEqual(lines.map(({ event }) => event), ["request", "background_work_done"]);
    },

  "requests that run at the same time keep their own ids": async (stack) => {
    const meetings = [];
    for (let n = 0; n < 4; n++) meetings.push(await pendingMeeting(stack));
    const answers = await Promise.all(
      meetings.map(({ organizer, meeting_id }) =>
        organizer.call("write-back", { body: { meeting_id } })
      ),
    );
    const ids = answers.map(({ headers }) => headers.get("x-request-id"));
    assert.equal(new Set(ids).size, 4);
    for (const [index, { meeting_id }] of meetings.entries()) {
      const steps = await stepsOf(stack, meeting_id);
      assert.deepEqual([...new Set(steps.map(({ request_id }) => request_id))], [ids[index]]);
    }
  },

  "a notification names the request of its last attempt": async (stack) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, receiver, "webhook");
    await organizer.call("write-back", { body: { meeting_id } });
    const answer = await callWithKey(stack, "notify", { batch: true });
    const [row] = await outbox(stack, meeting_id);
    assert.equal(row?.status, "sent");
    assert.equal(row?.request_id, answer.headers.get("x-request-id"));
  },
}, { onFunctionsOutput: (text) => void output.push(text) });

function stepsOf(stack: Stack, meeting_id: string) {
  return stack.platform.sql<{ step: string; request_id: string | null }>(
    "select step, request_id::text from public.writeback_ledger where meeting_id = $1 order by ledger_id",
    [meeting_id],
  );
}

/** The lines of the log with an id; they arrive a little after the response. */
async function linesOf(id: string): Promise<Record<string, unknown>[]> {
  return await until(`a line with ${id}`, () => {
    const lines = output.join("").split("\n").filter((line) =>
      line.startsWith("{") && line.includes(id)
    );
    return Promise.resolve(lines.length > 0 ? lines.map((line) => JSON.parse(line)) : null);
  });
}
