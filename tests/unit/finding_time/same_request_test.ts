import assert from "node:assert/strict";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { PARTICIPANTS } from "@shared/schemas/participants.ts";
import { requestsTheSame } from "@shared/finding_time/same_request.ts";

const STORED = {
  participants: ["ana@north.example", { type: "optional", email: "ben@north.example" }],
  constraints: { timezone: "Europe/Paris", duration_minutes: 30 },
} as unknown as MeetingRow;

Deno.test("requestsTheSame() sees through spelling and order of members", () => {
  assert.ok(requestsTheSame(STORED, {
    participants: PARTICIPANTS.parse([
      { email: "ana@north.example", type: "required" },
      { email: "ben@north.example", is_required: false },
    ]),
    constraints: { duration_minutes: 30, timezone: "Europe/Paris" },
  }));
});

Deno.test("requestsTheSame() takes what is not named as unchanged", () => {
  assert.ok(requestsTheSame(STORED, { title: "Another title" }));
});

Deno.test("requestsTheSame() notices another constraint and another participant", () => {
  assert.ok(!requestsTheSame(STORED, { constraints: { duration_minutes: 45 } }));
  assert.ok(
    !requestsTheSame(STORED, { participants: PARTICIPANTS.parse(["ana@north.example"]) }),
  );
});
