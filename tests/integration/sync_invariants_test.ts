import assert from "node:assert/strict";
import * as fc from "../unit/fast_check.ts";
import { TOKEN_KEYS } from "../support/connected_organizer.ts";
import { startCutLines } from "../support/cut_lines.ts";
import { randomRuns } from "../support/random_runs.ts";
import { promise } from "../support/stack.ts";
import { checkMeetingSync } from "../support/sync_invariants/check_meeting_sync.ts";
import { scenes } from "../support/sync_invariants/random_steps.ts";
import type { Scene, Step } from "../support/sync_invariants/steps.ts";
import { inWords } from "../support/sync_invariants/steps_in_words.ts";

const MOST_STEPS = 14;
const SIZE = randomRuns({ runs: 30, seed: 20261130, most_ms: 60_000 });

const WRITE: Step = { do: "write", fault: { kind: "none" } };
const SYNC: Step = { do: "sync", fault: { kind: "none" } };
const TITLE: Step = { do: "change", change: { title: "Budget" } };
const MOVE: Step = { do: "move" };

/** What once went wrong. */
const EXAMPLES: Record<string, Step[]> = {
  "a field that people set after a write whose response was lost": [
    TITLE,
    { do: "write", fault: { kind: "lost", drop: "after" } },
    { do: "edit", by: "organizer", field: "title", text: "Plan" },
    SYNC,
  ],
  "a reply that was read before the write was settled": [
    TITLE,
    { do: "write", fault: { kind: "answered_late", guest: 0 } },
  ],
  "an event that came back to a calendar where it had an earlier mark": [
    TITLE,
    MOVE,
    WRITE,
    MOVE,
    MOVE,
    { do: "reply", guest: 0, answer: "accepted", comment: null },
  ],
  "an event that was handed over to a calendar which the organizer may only read": [
    { do: "hand_over", access: "reader" },
    { do: "reschedule", by: "organizer", hour: 8, zone: "Europe/Rome", is_whole_day: false },
  ],
  "an event that came back from a calendar which can no longer be read": [
    { do: "hand_over", access: "writer" },
    SYNC,
    { do: "hand_back", access: "none" },
  ],
  "a guest who declined after the event was moved to a calendar on which Google marks no guest": [
    MOVE,
    { do: "reply", guest: 0, answer: "declined", comment: null },
  ],
  "a deletion whose response was lost, and people who restored the event": [
    { do: "cancel" },
    { do: "write", fault: { kind: "lost", drop: "after" } },
    { do: "restore" },
    WRITE,
    { do: "restore" },
  ],
  "a change that failed because people had deleted the event, which they restored": [
    TITLE,
    { do: "delete" },
    WRITE,
    SYNC,
    { do: "restore" },
    SYNC,
    { do: "edit", by: "organizer", field: "place", text: "Garden" },
    SYNC,
  ],
  "a guest whom people removed before a change that the colleague's event cannot get": [
    { do: "change", change: { guests: [0, 1, 2] } },
    { do: "hand_over", access: "reader" },
    { do: "invite", by: "organizer", present: [1] },
    WRITE,
  ],
  "a change and a cancellation of an event that the colleague has, and gives back": [
    TITLE,
    { do: "hand_over", access: "none" },
    WRITE,
    { do: "cancel" },
    WRITE,
    { do: "hand_back", access: "none" },
  ],
  "an event that came back to the organizer's own calendar, found by a write": [
    MOVE,
    SYNC,
    MOVE,
    TITLE,
    WRITE,
  ],
};

const lines = startCutLines();
const PERCENTAGE = 60;

promise("the invariants of sync", {
  "whatever people and Convene change, and whatever is lost, doubled or killed: row and event are equal, people's changes stay, and every guest has one mail a change":
    async (stack) => {
      lines.passTo({ database: stack.platform.api_url, google: stack.platform.google_url });
      const result = await fc.check(
        fc.asyncProperty(
          scenes(MOST_STEPS),
          (scene) => checkMeetingSync(stack, lines, scene),
        ),
        {
          ...SIZE,
          examples: Object.values(EXAMPLES).map((
            steps,
          ): [Scene] => [{ percentage: PERCENTAGE, steps }]),
        },
      );
      if (!result.failed) return;
      assert.ok(
        result.counterexample !== null,
        `only ${result.numRuns} runs were possible in time`,
      );
      const [scene] = result.counterexample;
      assert.fail(
        `These steps violate the invariants:\n${inWords(scene)}\n${result.errorInstance}`,
      );
    },
}, {
  background: { push: true },
  environment: {
    SUPABASE_URL: lines.database_url,
    GOOGLE_CALENDAR_URL: `${lines.google_url}/calendar/v3`,
    CONVENE_TOKEN_KEYS: TOKEN_KEYS,
  },
});
