import assert from "node:assert/strict";
import { EVENTS } from "../support/changes.ts";
import { eventsOf, insertMeeting, mailsBy, MONDAY, WEEK } from "../support/meetings.ts";
import { promise } from "../support/stack.ts";
import type { Organizer, Stack } from "../support/stack.ts";

const ORGANIZERS = 10;
const RUNS_EACH = 10;
const SLOW_MS = 300;

promise("the README's sequence, with real wake-ups and a slow Google", {
  "schedule or insert, then write-back: 200 in 100 of 100 runs, one event and one mail each":
    async (stack) => {
      await stack.google.fault({ path: "/calendar/v3/freeBusy", delay_ms: SLOW_MS });
      await stack.google.fault({ method: "POST", path_pattern: EVENTS, delay_ms: SLOW_MS });
      const people = await Promise.all(
        Array.from({ length: ORGANIZERS }, async () => ({
          organizer: await stack.organizer(),
          guest: await stack.guest(),
        })),
      );
      const ended = await Promise.all(people.map(async ({ organizer, guest }) => {
        const statuses: number[] = [];
        const event_ids: string[] = [];
        for (let run = 0; run < RUNS_EACH; run++) {
          const meeting_id = run % 3 === 0
            ? await scheduled(organizer, guest)
            : await inserted(organizer, guest, run % 3 === 1 ? slotOf(run) : { constraints: WEEK });
          const { status, body } = await written(organizer, meeting_id, run % 3 === 2);
          statuses.push(status);
          event_ids.push(body.results?.[0].google_event_id ?? JSON.stringify(body));
        }
        const events = (await eventsOf(stack, organizer)).map(({ id }) => id);
        assert.deepEqual(events.toSorted(), event_ids.toSorted());
        assert.deepEqual(await mailsBy(stack, [guest]), [Array(RUNS_EACH).fill("invitation")]);
        return statuses;
      }));
      assert.deepEqual(ended.flat(), Array(ORGANIZERS * RUNS_EACH).fill(200));
      assert.ok(await wakeUpsOf(stack) > 0, "no run met a wake-up");
    },
}, { databases: "both", background: { net: true, cron: false } });

/** With ten organizers at once, a search and a write may take longer than a call waits; that is 202, and never a refusal. */
async function written(organizer: Organizer, meeting_id: string, is_searched: boolean) {
  for (;;) {
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    if (!is_searched || answer.status !== 202) return answer;
  }
}

async function scheduled(organizer: Organizer, guest: string): Promise<string> {
  const { status, body } = await organizer.call("schedule", {
    body: { participant_emails: [guest], constraints: WEEK },
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body.meeting_id;
}

function inserted(
  organizer: Organizer,
  guest: string,
  columns: Record<string, unknown>,
): Promise<string> {
  return insertMeeting(organizer, { participants: [guest], ...columns });
}

function slotOf(run: number) {
  const hour = String(run).padStart(2, "0");
  return {
    starts_at: `${MONDAY}T${hour}:00:00+12:00`,
    ends_at: `${MONDAY}T${hour}:30:00+12:00`,
    timezone: "UTC",
  };
}

/** Wake-ups of write-back that pg_net has delivered. */
async function wakeUpsOf(stack: Stack): Promise<number> {
  const [row] = await stack.platform.sql<{ count: number }>(
    "select count(*)::int as count from net._http_response where status_code = 202",
  );
  return row?.count ?? 0;
}
