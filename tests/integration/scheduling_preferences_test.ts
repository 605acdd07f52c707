import assert from "node:assert/strict";
import { MONDAY, WEEK } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const TUESDAY = "2035-01-09";

/** From 10 to 12 on the clock of Berlin, which is 9 to 11 in UTC; never on the Monday. */
const PREFERENCES = {
  timezone: "Europe/Berlin",
  open_hours: [{
    days: ["monday", "tuesday", "wednesday", "thursday", "friday"],
    start: "10:00",
    end: "12:00",
  }],
  buffer_after_minutes: 30,
  out_of_office_days: [MONDAY],
  preferred_hours_start: 11,
  preferred_hours_end: 12,
};

promise("scheduling preferences", {
  "each user has one row, which only they read and write": async (stack) => {
    const owner = await stack.organizer();
    const stranger = await stack.organizer();
    await remember(owner, { timezone: "Europe/Berlin" });
    await remember(owner, { timezone: "Europe/Paris", has_lunch: false });
    const own = await table(owner).select("owner_user_id, timezone, has_lunch");
    assert.deepEqual(own.data, [
      { owner_user_id: owner.user_id, timezone: "Europe/Paris", has_lunch: false },
    ]);
    assert.deepEqual((await table(stranger).select()).data, []);
    const gift = await table(stranger).insert({ owner_user_id: owner.user_id });
    assert.equal(gift.error?.code, "42501");
    await table(stranger).update({ timezone: "UTC" }).eq("owner_user_id", owner.user_id);
    await table(stranger).delete().eq("owner_user_id", owner.user_id);
    assert.equal((await table(owner).select()).data?.[0]?.timezone, "Europe/Paris");
    const state = await table(owner).update({ holidays_known_until: "2040-01-01" })
      .eq("owner_user_id", owner.user_id);
    assert.equal(state.error?.code, "42501", "what the system keeps is not the owner's to write");
    await table(owner).delete().eq("owner_user_id", owner.user_id);
    assert.deepEqual((await table(owner).select()).data, []);
  },

  "a value that a search could not read is refused, and the error names the field": async (
    stack,
  ) => {
    const owner = await stack.organizer();
    const hours = { days: ["monday"], start: "09:00", end: "17:00" };
    const day = MONDAY;
    const wrong: [Record<string, unknown>, string][] = [
      [{ timezone: "Mars/Olympus" }, "timezone"],
      [{ open_hours: {} }, "open_hours"],
      [{ open_hours: Array(51).fill(hours) }, "open_hours"],
      [{ open_hours: [hours, { ...hours, end: "09:00" }] }, "open_hours[1].end"],
      [{ open_hours: [{ ...hours, start: "9" }] }, "open_hours[0].start"],
      [{ open_hours: [{ ...hours, days: ["someday"] }] }, "open_hours[0].days"],
      [{ open_hours: [{ ...hours, timezone: "Nowhere" }] }, "open_hours[0].timezone"],
      [{ open_hours: [{ ...hours, note: "x" }] }, "open_hours[0]"],
      [{ lunch: { from: "12:00" } }, "lunch.start"],
      [{ lunch: { start: "13:00", end: "12:00" } }, "lunch.end"],
      [{ buffer_before_minutes: -1 }, "buffer_before_minutes"],
      [{ buffer_after_minutes: 1441 }, "buffer_after_minutes"],
      [{ minimum_notice_minutes: 525_601 }, "minimum_notice_minutes"],
      [{ preferred_days: ["Monday"] }, "preferred_days"],
      [{ preferred_hours_start: 25 }, "preferred_hours_start"],
      [{ preferred_hours_start: 12, preferred_hours_end: 11 }, "preferred_hours_end"],
      [{ holiday_calendar: "Germany" }, "holiday_calendar"],
      [{ holiday_dates: Array(367).fill(day) }, "holiday_dates"],
      [{ out_of_office_days: ["1969-12-31"] }, "out_of_office_days"],
    ];
    for (const [row, path] of wrong) {
      const { error } = await table(owner).insert(row);
      assert.match(error?.message ?? "", /^Expected /, JSON.stringify(row));
      assert.ok(error?.message.includes(` in ${path}`), `${path}: ${error?.message}`);
      assert.match(error?.hint ?? "", /docs\/preferences\.md/);
    }
    assert.deepEqual((await table(owner).select()).data, []);
    const whole_day = { ...hours, start: "00:00", end: "24:00", timezone: "Asia/Tokyo" };
    await remember(owner, {
      open_hours: [hours, whole_day],
      lunch: { start: "12:30", end: "13:00" },
    });
  },

  "who shares is met within hours, buffers and days off; preferred hours need the level habits":
    async (
      stack,
    ) => {
      const owner = await sharer(stack, "busy");
      const organizer = await stack.organizer();
      const { candidates } = await dryRun(organizer, owner.email);
      assert.ok(candidates.length > 5);
      for (const { start_time, end_time } of candidates) {
        const [from, to] = [start_time, end_time].map((time) => time.slice(11, 16)) as [
          string,
          string,
        ];
        assert.ok(from >= "09:00" && to <= "11:00", start_time);
        assert.notEqual(start_time.slice(0, 10), MONDAY);
        if (start_time.startsWith(TUESDAY)) assert.ok(to <= "09:30", "the buffer before 10:00");
      }
      assert.equal(localStart(candidates[0], owner.email).slice(19), "+01:00");
      assert.deepEqual(preferenceReasons(candidates, owner.email), []);

      await allow(owner, { grantee_kind: "person", grantee: organizer.email, level: "habits" });
      const known = await dryRun(organizer, owner.email);
      assert.equal(known.candidates[0]?.start_time.slice(11, 16), "10:00", "11:00 in Berlin");
      assert.deepEqual(preferenceReasons(known.candidates.slice(0, 1), owner.email), [
        "meets_wishes",
      ]);
    },

  "what the request says of a person goes before what the person has said": async (stack) => {
    const owner = await sharer(stack, "busy");
    const organizer = await stack.organizer();
    const { candidates } = await dryRun(organizer, {
      email: owner.email,
      timezone: "UTC",
      open_hours: [{ days: ["monday"], start: "14:00", end: "15:00" }],
      exdates: [],
    });
    assert.deepEqual(
      candidates.map(({ start_time }) => start_time).toSorted(),
      ["14:00", "14:15", "14:30"].map((time) => `${MONDAY}T${time}:00Z`),
    );
    assert.equal(localStart(candidates[0], owner.email).slice(19), "Z");
  },

  "who does not share is like an address that Convene does not know": async (stack) => {
    const stranger = await stack.organizer();
    for (const freebusy of ["public", "private"] as const) {
      // Sentences name people in the order of their addresses, so both stand at the same place in it.
      const user = await stack.organizer({
        freebusy,
        email: `guest-${crypto.randomUUID().slice(0, 8)}@north.example`,
      });
      await remember(user, { ...PREFERENCES, minimum_notice_minutes: 525_600 });
      const guest = await stack.guest({ freebusy });
      const [of_user, of_guest] = await Promise.all([user.email, guest].map(async (email) => {
        const body = { participants: [email], constraints: WEEK, dry_run: true };
        const answer = await stranger.call("schedule", { body });
        return JSON.parse(
          JSON.stringify({ ...answer.body, processing_time_ms: 0, google_request: null })
            .replaceAll(String(answer.body.meeting_id), "id").replaceAll(email, "x@north.example"),
        );
      }));
      assert.deepEqual(of_user, of_guest);
    }
  },

  "the organizer's own preferences count in a dry run, a real one and alternatives, and so does the notice":
    async (
      stack,
    ) => {
      const organizer = await stack.organizer();
      await remember(organizer, { ...PREFERENCES, minimum_notice_minutes: 7 * 1440 });
      const guest = await stack.guest();
      const body = { participants: [guest], constraints: WEEK };
      const dry = await organizer.call("schedule", { body: { ...body, dry_run: true } });
      const real = await organizer.call("schedule", { body });
      assert.equal(real.body.selected_slot.start_time, `${TUESDAY}T10:00:00Z`, "11:00 in Berlin");
      assert.equal(dry.body.selected_slot.start_time, real.body.selected_slot.start_time);
      const again = await organizer.call("schedule/alternatives", {
        body: { meeting_id: real.body.meeting_id },
      });
      assert.ok(again.body.candidates.every(
        ({ start_time }: Candidate) => start_time.slice(11, 16) >= "09:00" && start_time > TUESDAY,
      ));

      const week = 7 * 24 * 60 * 60 * 1000;
      const first = async (constraints: Record<string, unknown>) => {
        const answer = await organizer.call("schedule", {
          body: {
            participants: [guest],
            dry_run: true,
            constraints: { max_candidates: 100, ...constraints },
          },
        });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        const starts = answer.body.candidates.map(({ start_time }: Candidate) =>
          Date.parse(start_time)
        );
        return Math.min(...starts) - Date.now();
      };
      assert.ok(await first({}) > week - 60_000, "a week of notice");
      assert.ok(await first({ minimum_notice_minutes: 0 }) < week, "the request names none");
    },

  "no meeting is on a holiday of the calendar that the preferences name": async (stack) => {
    const organizer = await stack.organizer();
    await remember(organizer, { timezone: "Europe/Berlin", holiday_calendar: "DE-BY" });
    const { holidays_known_until } = await computed(stack, organizer);
    assert.match(holidays_known_until, /^\d{4}-12-31$/);
    const day = christmasOnWorkday();
    const on = async (participant: Record<string, unknown>) =>
      await organizer.call("schedule", {
        body: {
          dry_run: true,
          participants: [{ email: organizer.email, ...participant }],
          constraints: { earliest_date: day, latest_date: day, timezone: "Europe/Berlin" },
        },
      });
    const refused = await on({});
    assert.equal(refused.body.error, "no_common_slot", JSON.stringify(refused.body));
    assert.equal((await on({ exdates: [] })).status, 200);

    await table(organizer).update({ holiday_calendar: "XX" }).eq(
      "owner_user_id",
      organizer.user_id,
    );
    const { holidays_error } = await computed(stack, organizer);
    assert.match(holidays_error, /^No holidays are known of XX\./);
    assert.equal((await on({})).status, 200);
  },
}, { databases: "both" });

interface Candidate {
  start_time: string;
  end_time: string;
  reasons: { code: string; args: { name?: string; names?: string[] } }[];
  participant_availability: { email: string; local_start: string }[];
}

/** A user with PREFERENCES who is busy on Tuesday at 10:00 UTC and lets everybody know so much. */
async function sharer(stack: Stack, level: "busy" | "habits"): Promise<Organizer> {
  const owner = await stack.organizer({
    busy: [[`${TUESDAY}T10:00:00Z`, `${TUESDAY}T11:00:00Z`]],
  });
  await allow(owner, { grantee_kind: "everybody", level });
  await remember(owner, PREFERENCES);
  return owner;
}

async function dryRun(
  organizer: Organizer,
  participant: unknown,
): Promise<{ candidates: Candidate[] }> {
  const answer = await organizer.call("schedule", {
    body: {
      participants: [participant],
      constraints: { ...WEEK, max_candidates: 100 },
      dry_run: true,
    },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

function localStart(candidate: Candidate | undefined, email: string): string {
  const person = candidate?.participant_availability.find((one) => one.email === email);
  return person?.local_start ?? "";
}

/** The reasons that only preferred days and hours can have given. */
function preferenceReasons(candidates: readonly Candidate[], email: string): string[] {
  return candidates.flatMap(({ reasons }) => reasons)
    .filter(({ code, args }) =>
      ["meets_wishes", "other_day_preferred"].includes(code) && args.names?.includes(email)
    )
    .map(({ code }) => code);
}

function table({ client }: Organizer) {
  // deno-lint-ignore no-explicit-any -- the client is not typed by our tables
  return client.from("scheduling_preferences") as any;
}

async function remember(owner: Organizer, row: Record<string, unknown>): Promise<void> {
  const { error } = await table(owner).upsert({ owner_user_id: owner.user_id, ...row });
  assert.equal(error, null, JSON.stringify(error));
}

async function allow(owner: Organizer, body: Record<string, unknown>): Promise<void> {
  const answer = await owner.call("google-auth/sharing", { body });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

/** The wake-up that the row caused may be computing already; this call does what is left. */
async function computed(stack: Stack, owner: Organizer) {
  const answer = await callFunction(stack.platform, "holidays", {
    apikey: stack.platform.automations_key,
    body: { batch: true },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return await until("the dates of the calendar", async () => {
    const { data } = await table(owner).select("holidays_known_until, holidays_error").single();
    return data.holidays_known_until !== null || data.holidays_error !== null ? data : null;
  });
}

/** A Christmas Day from next year on that is no day of a weekend. */
function christmasOnWorkday(): string {
  for (let year = new Date().getUTCFullYear() + 1;; year++) {
    const day = new Date(Date.UTC(year, 11, 25));
    if (day.getUTCDay() % 6 !== 0) return day.toISOString().slice(0, 10);
  }
}
