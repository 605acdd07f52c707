import assert from "node:assert/strict";
import { pushMessageOf } from "@shared/sync/receive_push.ts";

Deno.test("pushMessageOf() reads Google's headers, and takes nothing else for a message", () => {
  const headers = {
    "X-Goog-Channel-ID": "c1",
    "X-Goog-Channel-Token": "t",
    "X-Goog-Resource-State": "sync",
  };
  assert.deepEqual(pushMessageOf(new Headers(headers)), {
    channel_id: "c1",
    token: "t",
    resource_id: null,
    resource_state: "sync",
  });
  const { resource_id } = pushMessageOf(new Headers({ ...headers, "X-Goog-Resource-ID": "r" }))!;
  assert.equal(resource_id, "r");
  for (const name of Object.keys(headers)) {
    const without = new Headers(headers);
    without.delete(name);
    assert.equal(pushMessageOf(without), null, name);
  }
  const long = { ...headers, "X-Goog-Channel-ID": "c".repeat(65) };
  assert.equal(pushMessageOf(new Headers(long)), null);
});
