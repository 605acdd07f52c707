import assert from "node:assert/strict";
import type { Connections } from "@shared/connections/connections.ts";
import { attemptOn } from "./attempts.ts";

/** What is thrown may keep us from hearing an answer, or come before anything was asked. */
function throwing(after_request: boolean): Connections {
  return {
    async call(_connection, _kind, request) {
      if (after_request) await request("token");
      throw new Error("ours");
    },
  };
}

Deno.test("attemptWriteback() knows that an event may exist when something of ours breaks after a write", async () => {
  for (const after_request of [true, false]) {
    const { settlement } = await attemptOn({}, () => Response.json({ id: "convene1" }), {
      connections: throwing(after_request),
    });
    assert.ok(settlement.outcome === "failed");
    assert.equal(settlement.failure.verdict, after_request ? "unknown" : "retry");
  }
});
