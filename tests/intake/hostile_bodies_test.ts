import assert from "node:assert/strict";
import * as z from "zod/mini";
import { HttpFault } from "@shared/http/fault.ts";
import { readBody, validate } from "@shared/http/request.ts";
import { AVAILABILITY_SHARING } from "@shared/schemas/availability_sharing.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { BATCH, MEETING_WEBHOOK } from "@shared/schemas/webhook.ts";
import { WANTED_EVENT } from "@shared/task_events/plan/compose_task_event.ts";
import { DELETION_REQUEST, EVENT_CHANGE } from "@shared/task_events/plan/change_request.ts";
import { SYNC_ORGANIZER_REQUEST } from "@shared/task_events/sync_organizer_request.ts";
import { CHANGE_REQUEST } from "../../supabase/functions/meetings/change_request.ts";
import {
  ALTERNATIVES_REQUEST,
  SCHEDULE_REQUEST,
} from "../../supabase/functions/schedule/request.ts";
import { seededRandom } from "../chaos/random.ts";
import { fuzzedRequests } from "../support/fuzzing/fuzzed_requests.ts";
import { hostileBody } from "../support/fuzzing/hostile_body.ts";

const SCHEMAS: readonly z.ZodMiniType<unknown>[] = [
  SCHEDULE_REQUEST,
  ALTERNATIVES_REQUEST,
  CHANGE_REQUEST,
  EVENT_CHANGE,
  DELETION_REQUEST,
  WANTED_EVENT,
  SYNC_ORGANIZER_REQUEST,
  AVAILABILITY_SHARING,
  BATCH,
  MEETING_WEBHOOK,
];

const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 20261130);

Deno.test("hostile bodies are read and accepted, or refused with a path; what is accepted can be stored", async () => {
  const random = seededRandom(SEED);
  const known = {
    user_id: "u",
    email: "ana@north.example",
    meeting_id: "m",
    task_id: "t",
    event_id: "e",
    target_id: "n",
    sharing_id: "s",
  };
  const templates = fuzzedRequests({ ...known, victim: known }).map(({ template }) => template);
  let accepted = 0;
  for (let number = 0; number < 500; number++) {
    const text = hostileBody(random, random.pick(templates));
    for (const schema of SCHEMAS) {
      const label = `body ${number} of seed ${SEED}: ${text.slice(0, 300)}`;
      try {
        const request = new Request("http://localhost/", { method: "POST", body: text });
        const body = await readBody(request, { max_bytes: LIMITS.schedule_body_bytes });
        const stored = JSON.stringify(validate(body, schema));
        assert.ok(!/\\u0000|\\ud[89a-f]/.test(stored.replaceAll("\\\\", "")), label);
        accepted++;
      } catch (thrown) {
        if (!(thrown instanceof HttpFault)) throw new Error(label, { cause: thrown });
        assert.ok(thrown.status === 422 || thrown.status === 413, label);
        assert.ok(thrown.message.length < 1000, label);
      }
    }
  }
  assert.ok(accepted > 50, `only ${accepted} were accepted`);
});
