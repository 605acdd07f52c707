import assert from "node:assert/strict";
import { pendingMeeting } from "../support/meetings.ts";
import { callWithKey, forgetOperations, healthOf } from "../support/operations.ts";
import { promise } from "../support/stack.ts";

/** A sample of Prometheus' text format. */
const SAMPLE = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?[\d.e+]+)$/;

promise("metrics", {
  "metrics are Prometheus' text format and say what health says": async (stack) => {
    await forgetOperations(stack);
    const refused = await pendingMeeting(stack);
    await stack.google.revokeGrant(refused.organizer.email);
    await refused.organizer.call("write-back", { body: { meeting_id: refused.meeting_id } });
    const { organizer } = await pendingMeeting(stack);
    await stack.platform.sql("delete from net.http_request_queue");
    const answer = await callWithKey(stack, "status/metrics");
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const text: string = answer.body;

    const samples = new Map<string, number>();
    const described = new Set<string>();
    for (const line of text.trimEnd().split("\n")) {
      const [, name] = /^# TYPE ([a-z_]+) gauge$/.exec(line) ?? [];
      if (name !== undefined) described.add(name);
      if (line.startsWith("# ")) continue;
      const [, metric, labels, value] = SAMPLE.exec(line) ?? [];
      assert.ok(metric !== undefined && described.has(metric), line);
      assert.ok(!samples.has(`${metric}{${labels}}`), `twice: ${line}`);
      samples.set(`${metric}{${labels}}`, Number(value));
    }
    assert.equal(samples.get('convene_health{status="failing"}'), 1, "no job has run");
    assert.equal(samples.get('convene_health{status="ok"}'), 0);
    assert.equal(
      samples.get(
        'convene_problem{area="jobs",name="convene-sweep",reason="job_not_running",status="failing"}',
      ),
      1,
    );
    assert.equal(samples.get('convene_queue_rows{kind="write",state="due"}'), 1);
    assert.equal(samples.get('convene_failed_rows{kind="write",reason="invalid_grant"}'), 1);
    const since = (await healthOf(stack)).find(({ area, name }) =>
      area === "queue" && name === "write"
    )?.since;
    const oldest = samples.get('convene_queue_oldest_due_timestamp_seconds{kind="write"}') ?? 0;
    assert.ok(Math.abs(oldest - new Date(since ?? "").getTime() / 1000) < 0.01);
    assert.ok(!text.includes(organizer.user_id) && !text.includes(organizer.email));
  },

  "a path that status does not have, and a field, are refused": async (stack) => {
    assert.equal((await callWithKey(stack, "status/nothing")).status, 404);
    assert.equal((await callWithKey(stack, "status/health?limit=1")).status, 422);
    assert.equal((await callWithKey(stack, "status/metrics", {})).status, 405);
  },
}, { databases: "both" });
