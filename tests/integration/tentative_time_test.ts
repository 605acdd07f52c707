import assert from "node:assert/strict";
import { MONDAY, rowOf, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

/** All of Monday but 10:00 to 11:00 and 14:00 to 15:00. */
const BUSY: [string, string][] = [["09:00", "10:00"], ["11:00", "14:00"], ["15:00", "17:00"]];
const MAYBE: [string, string] = ["14:00", "15:00"];

const ONLY_MONDAY = {
  ...WEEK,
  latest_date: MONDAY,
  duration_minutes: 60,
  interval_minutes: 60,
  tentative_as_busy: false,
};

promise("tentative time", {
  "the organizer's tentative time can be used, and freeBusy's joined times hide nothing": async (
    stack,
  ) => {
    const organizer = await withMaybes(stack, await stack.organizer());
    const found = await slots(organizer, [], ONLY_MONDAY);
    assert.deepEqual(found.starts, ["10:00", "14:00"]);
    assert.deepEqual(found.warnings, undefined);
    const strict = await slots(organizer, [], { ...ONLY_MONDAY, tentative_as_busy: true });
    assert.deepEqual(strict.starts, ["10:00"]);
    const maybe = found.candidates.find((one) => one.start_time.includes("T14:00"));
    assert.equal(maybe?.participant_availability[0]?.status, "tentative");
    assert.match(maybe.reasoning, /tentative/);
  },

  "time that a certain event takes as well is busy, and a declined or free event takes none":
    async (
      stack,
    ) => {
      const organizer = await withMaybes(stack, await stack.organizer());
      await stack.google.addEvents(organizer.email, [
        { summary: "Certain", ...span("14:30", "14:45") },
        {
          summary: "Free",
          ...span("10:00", "11:00"),
          status: "tentative",
          transparency: "transparent",
        },
      ]);
      assert.deepEqual((await slots(organizer, [], ONLY_MONDAY)).starts, ["10:00"]);
    },

  "a whole tentative day is a day of the calendar's zone": async (stack) => {
    const organizer = await stack.organizer({ timezone: "Pacific/Auckland" });
    await stack.google.addEvents(organizer.email, [{
      summary: "Perhaps away",
      status: "tentative",
      start: { date: "2035-01-09" },
      end: { date: "2035-01-10" },
    }]);
    // In Auckland the 9th begins at 11:00 UTC of the 8th.
    const strict = await slots(organizer, [], { ...ONLY_MONDAY, tentative_as_busy: true });
    assert.deepEqual(strict.starts, ["09:00", "10:00"]);
    const found = await slots(organizer, [], ONLY_MONDAY);
    const statuses = found.candidates.map((one) =>
      `${one.start_time.slice(11, 16)} ${one.participant_availability[0]?.status}`
    ).toSorted();
    assert.deepEqual(
      statuses.slice(0, 4),
      ["09:00 free", "10:00 free"].concat(
        ["11:00 tentative", "12:00 tentative"],
      ),
    );
  },

  "a participant who shares habits is honoured; of one who shares less free/busy cannot tell":
    async (
      stack,
    ) => {
      const organizer = await stack.organizer();
      const open = await withMaybes(stack, await stack.organizer({ shares: "habits" }));
      const told = await slots(organizer, [open.email], ONLY_MONDAY);
      assert.deepEqual(told.starts, ["10:00", "14:00"]);
      assert.equal(told.warnings, undefined);

      for (const shares of ["busy", undefined] as const) {
        const closed = await withMaybes(
          stack,
          await stack.organizer(shares === undefined ? {} : { shares }),
        );
        const { starts, warnings } = await slots(organizer, [closed.email], ONLY_MONDAY);
        assert.deepEqual(starts, ["10:00"], "nothing is taken for tentative that may be certain");
        assert.deepEqual(warnings, [{
          code: "tentative_unknown",
          message: `Free/busy does not show which busy times of ${closed.email} are tentative, ` +
            "so all of them count as busy.",
          participants: [closed.email],
        }]);
        const lists = (await stack.google.requests({ method: "GET" }))
          .filter(({ user, path }) => user === closed.email && path.endsWith("/events"));
        assert.deepEqual(lists, [], "no event of theirs was read");
        const asked = await slots(organizer, [closed.email], {
          ...ONLY_MONDAY,
          tentative_as_busy: true,
        });
        assert.equal(asked.warnings, undefined, "only who asks for it is told");
      }
    },

  "a refusal and the stored row say it too, in the language of the meeting": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest({ busy: [["2035-01-08T00:00:00Z", "2035-01-09T00:00:00Z"]] });
    const ask = (body: object) =>
      organizer.call("schedule", { body: { participants: [guest], ...body } });
    const refused = await ask({ constraints: ONLY_MONDAY, locale: "de", dry_run: true });
    assert.equal(refused.status, 422);
    assert.match(refused.body.warnings[0].message, /^Frei\/Gebucht zeigt nicht/);
    const stored = await ask({ constraints: { ...ONLY_MONDAY, latest_date: "2035-01-09" } });
    assert.equal(stored.status, 200, JSON.stringify(stored.body));
    const { scheduling_details } = await rowOf(stack, stored.body.meeting_id);
    assert.deepEqual(scheduling_details.warnings, stored.body.warnings);
    assert.equal(stored.body.warnings[0].participants[0], guest);
  },

  "a calendar whose events cannot be listed stays busy, and the response says so": async (
    stack,
  ) => {
    const organizer = await withMaybes(stack, await stack.organizer());
    await stack.google.fault({
      method: "GET",
      path_pattern: `/calendars/${organizer.email}/events$`,
      status: 403,
      reason: "forbidden",
    });
    const { starts, warnings } = await slots(organizer, [], ONLY_MONDAY);
    assert.deepEqual(starts, ["10:00"]);
    assert.deepEqual(warnings?.[0]?.participants, [organizer.email]);
  },
});

interface Slot {
  start_time: string;
  reasoning: string;
  participant_availability: { status: string }[];
}

async function slots(organizer: Organizer, participants: string[], constraints: object) {
  const answer = await organizer.call("schedule", {
    body: {
      dry_run: true,
      participants: participants.length === 0 ? [organizer.email] : participants,
      constraints: { lunch: null, ...constraints },
    },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const candidates: Slot[] = answer.body.candidates;
  const starts = candidates.map(({ start_time }) => start_time.slice(11, 16)).toSorted();
  return {
    candidates,
    starts,
    warnings: answer.body.warnings as { participants: string[] }[] | undefined,
  };
}

/** Busy all day but from ten to eleven, and tentatively from two to three, so that freeBusy joins both. */
async function withMaybes(stack: Stack, organizer: Organizer): Promise<Organizer> {
  await stack.google.addEvents(organizer.email, [
    ...BUSY.map(([from, to]) => ({ summary: "Taken", ...span(from, to) })),
    { summary: "Perhaps", status: "tentative" as const, ...span(...MAYBE) },
  ]);
  return organizer;
}

function span(from: string, to: string) {
  return {
    start: { dateTime: `${MONDAY}T${from}:00Z` },
    end: { dateTime: `${MONDAY}T${to}:00Z` },
  };
}
