import assert from "node:assert/strict";
import { fetchFunction } from "../support/contract/fetch_function.ts";
import { pendingMeeting } from "../support/meetings.ts";
import { callFunction, promise } from "../support/stack.ts";

promise("the edges of HTTP", {
  "a body without meeting and people gets an error that names what is missing": async (stack) => {
    const organizer = await stack.organizer();
    for (const body of [{}, { title: "Budget" }, { dry_run: true }]) {
      const answer = await organizer.call("schedule", { body });
      assert.equal(answer.status, 422, JSON.stringify(answer.body));
      assert.equal(answer.body.error, "invalid_request");
      assert.equal(answer.body.details.path, "participants");
    }
    const unknown = await organizer.call("schedule", {
      body: { meeting_id: crypto.randomUUID() },
    });
    assert.equal(unknown.status, 404);
    const alternatives = await organizer.call("schedule/alternatives", { body: {} });
    assert.equal(alternatives.body.details.path, "meeting_id");
  },

  "a path that a function does not have does nothing": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    for (
      const [name, init] of [
        ["schedule/x", { body: { meeting_id } }],
        ["schedule/x/alternatives", { body: { meeting_id } }],
        ["write-back/audit", { body: { meeting_id } }],
        ["write-back/x", { query: { meeting_id } }],
        ["status/x", { query: { meeting_id } }],
        ["meetings/x", { body: { meeting_id } }],
        ["notify/x", { body: { batch: true } }],
      ] as const
    ) {
      const answer = name.startsWith("notify")
        ? await callFunction(stack.platform, name, {
          ...init,
          apikey: stack.platform.automations_key,
        })
        : await organizer.call(name, init);
      assert.equal(answer.status, 404, name);
      assert.equal(answer.body.error, "not_found", name);
    }
    const [slash] = [await organizer.call("status/", { query: { meeting_id } })];
    assert.equal(slash?.status, 200);
  },

  "the scheme of a token is read whatever its case": async (stack) => {
    const organizer = await stack.organizer();
    for (const scheme of ["Bearer", "bearer", "BEARER"]) {
      const response = await fetchFunction(`${stack.platform.functions_url}/status`, {
        headers: { authorization: `${scheme} ${organizer.access_token}` },
      });
      await response.body?.cancel();
      assert.equal(response.status, 200, scheme);
    }
    const basic = await fetchFunction(`${stack.platform.functions_url}/status`, {
      headers: { authorization: `Basic ${organizer.access_token}` },
    });
    await basic.body?.cancel();
    assert.equal(basic.status, 401);
  },
});
