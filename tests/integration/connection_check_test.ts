import assert from "node:assert/strict";
import { promise } from "../support/stack.ts";

promise("checking a connection", {
  "a check asks Google: healthy, dead, silent": async (stack) => {
    const organizer = await stack.organizer();
    const check = async () => {
      const { body } = await organizer.call("google-auth", { query: { check: "true" } });
      return [body.connected, body.status, body.checked];
    };
    assert.deepEqual(await check(), [true, "healthy", true]);
    await stack.google.fault({ path_pattern: "/events$", status: 503, times: 1 });
    assert.deepEqual(await check(), [true, "healthy", false]);
    await stack.google.revokeGrant(organizer.email);
    const { body: stored } = await organizer.call("google-auth");
    assert.equal(stored.connected, true);
    assert.deepEqual(await check(), [false, "needs_reauth", true]);
    const unconnected = await stack.organizer({ connected: false });
    const { body } = await unconnected.call("google-auth", { query: { check: "true" } });
    assert.equal(body.status, "disconnected");
  },
});
