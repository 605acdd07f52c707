import assert from "node:assert/strict";
import { guestReasoning } from "@shared/scheduling/explaining/guest_reasoning.ts";

Deno.test("guestReasoning() keeps facts about everybody and no fact about a person or another time", () => {
  const text = guestReasoning([
    { code: "everyone_free", args: { count: 3 } },
    { code: "back_to_back", args: { side: "before", name: "Ana" } },
    { code: "lunch", args: { names: ["Ben"] } },
    { code: "usually_declines", args: { name: "Ana", percentage: 80 } },
    { code: "comfortable_for_everyone", args: { count: 3 } },
    {
      code: "runner_up",
      args: { start_time: "2030-01-07T10:00:00Z", time: "10:00", factor: "preference" },
    },
  ]);
  assert.equal(text, "Everyone is free. It is within comfortable hours for all who come.");
});

Deno.test("guestReasoning() is null where every reason names a person", () => {
  assert.equal(guestReasoning([{ code: "lunch", args: { names: ["Ben"] } }]), null);
});
