import assert from "node:assert/strict";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { PARTICIPANTS } from "@shared/schemas/participants.ts";
import { asksTheSame } from "@shared/finding_time/same_request.ts";

const STORED = {
  participants: ["ana@north.example", { type: "optional", email: "ben@north.example" }],
  constraints: { timezone: "Europe/Paris", duration_minutes: 30 },
} as unknown as MeetingRow;

Deno.test("asksTheSame() sees through spelling and order of members", () => {
  assert.ok(asksTheSame(STORED, {
    participants: PARTICIPANTS.parse([
      { email: "ana@north.example", type: "required" },
      { email: "ben@north.example", is_required: false },
    ]),
    constraints: { duration_minutes: 30, timezone: "Europe/Paris" },
  }));
});

Deno.test("asksTheSame() takes what is not named as unchanged", () => {
  assert.ok(asksTheSame(STORED, { title: "Another title" }));
});

Deno.test("asksTheSame() notices another constraint and another participant", () => {
  assert.ok(!asksTheSame(STORED, { constraints: { duration_minutes: 45 } }));
  assert.ok(
    !asksTheSame(STORED, { participants: PARTICIPANTS.parse(["ana@north.example"]) }),
  );
});
