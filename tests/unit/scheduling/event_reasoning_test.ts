import assert from "node:assert/strict";
import { eventReasoning } from "@shared/scheduling/explaining/event_reasoning.ts";
import type { Reason } from "@shared/scheduling/explaining/reason.ts";
import { textsOf } from "@shared/texts/texts.ts";

const RUNNER_UP: Reason = {
  code: "runner_up",
  args: {
    start_time: "2030-01-07T10:00:00Z",
    time: "10:00",
    factor: "preference",
    reason: { code: "other_part_of_day_preferred", args: { preferred: "morning", names: ["Ana"] } },
  },
};
const REASONS: Reason[] = [
  { code: "everyone_free", args: { count: 3 } },
  { code: "back_to_back", args: { side: "before", name: "Ana" } },
  { code: "usually_declines", args: { name: "Ana", percentage: 80 } },
  { code: "lunch", args: { names: ["Ben"] } },
  { code: "comfortable_for_everyone", args: { count: 3 } },
  RUNNER_UP,
];

Deno.test("a summary keeps facts about everybody and no fact about a person or another time", () => {
  const { summary } = eventReasoning(textsOf("en"), REASONS);
  assert.equal(summary, "Everyone is free. The hour is comfortable for everyone who is coming.");
  assert.equal(
    eventReasoning(textsOf("de"), REASONS).summary,
    "Alle haben Zeit. Die Uhrzeit ist für alle, die kommen, angenehm.",
  );
});

Deno.test("the full text names people, but nothing that they prefer, answered or were cost", () => {
  assert.equal(
    eventReasoning(textsOf("en"), REASONS).full,
    "Everyone is free. It begins when Ana's previous meeting ends. It falls in the lunch break of Ben. " +
      "The runner-up is 10:00: it is less convenient.",
  );
});

Deno.test("there is no summary where every reason names a person, and no full text where all are personal", () => {
  const lunch: Reason = { code: "lunch", args: { names: ["Ben"] } };
  assert.deepEqual(eventReasoning(textsOf("en"), [lunch]), {
    summary: null,
    full: "It falls in the lunch break of Ben.",
  });
  const accepts: Reason = { code: "usually_accepts", args: { names: ["Ben"] } };
  assert.deepEqual(eventReasoning(textsOf("en"), [accepts]), { summary: null, full: null });
});
