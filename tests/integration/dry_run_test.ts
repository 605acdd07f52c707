import assert from "node:assert/strict";
import { insertMeeting, MONDAY, rowOf, WEEK } from "../support/meetings.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";

/** A body as the origin's clients send it: calendars summed up by the caller. */
const SEED_BODY = {
  meeting_id: "seed-1",
  participants: [
    origin("ana@south.example", "Ana", [[9, 12]], { morning_person_score: 0.9 }),
    origin("ben@south.example", "Ben", [[13, 15]], { avoids_back_to_back: true }),
    { ...origin("cleo@south.example", "Cleo", [[9, 17]], {}), is_required: false },
  ],
  constraints: {
    duration_minutes: 30,
    earliest_date: `${MONDAY}T00:00:00Z`,
    latest_date: `${MONDAY}T23:59:00Z`,
    working_hours_start: 9,
    working_hours_end: 17,
    allowed_days: ["monday", "tuesday", "wednesday", "thursday", "friday"],
    buffer_minutes: 0,
    timezone: "UTC",
    max_candidates: 10,
    holiday_dates: [],
    event_category: "meeting",
  },
};

promise("dry run", {
  "a dry run returns everything, stores nothing and holds no time": async (stack) => {
    const organizer = await stack.organizer({
      busy: [[`${MONDAY}T09:00:00Z`, `${MONDAY}T10:00:00Z`]],
    });
    const guest = await stack.guest();
    const before = await stored(stack);
    const meeting_id = crypto.randomUUID();
    const body = { meeting_id, participants: [organizer.email, guest], constraints: WEEK };
    const answer = await organizer.call("schedule", { body: { ...body, dry_run: true } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.dry_run, true);
    assert.deepEqual(answer.body.mail_recipients, [guest]);
    assert.deepEqual(await stored(stack), before);

    const real = await organizer.call("schedule", { body });
    for (const member of ["selected_slot", "candidates", "analytics", "unknown", "message"]) {
      assert.deepEqual(answer.body[member], real.body[member], member);
    }
  },

  "the request of a dry run is the one that write-back sends": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email, { email: guest, name: "Guest <1>" }],
      constraints: WEEK,
      title: "Plan & review",
      description: "a < b",
    });
    const answer = await organizer.call("schedule", { body: { meeting_id, dry_run: true } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal((await rowOf(stack, meeting_id)).starts_at, null);

    await organizer.call("schedule", { body: { meeting_id } });
    await organizer.call("write-back", { body: { meeting_id } });
    const { method, path, query, body } = answer.body.google_request;
    const [sent] = (await stack.google.requests({ method, path })).slice(-1);
    assert.ok(sent, `nothing was sent to ${path}`);
    assert.deepEqual(body, sent.body);
    const sent_query = Object.entries(sent.query).map(([name, values]) => [name, values.join()]);
    assert.deepEqual(query, Object.fromEntries(sent_query));
  },

  "the origin's body is taken as it is, with neither Google nor a connection": async (stack) => {
    const asked = (await stack.google.requests({})).length;
    const before = await stored(stack);
    const answer = await callFunction(stack.platform, "schedule", {
      apikey: stack.platform.secret_key,
      body: { ...SEED_BODY, dry_run: true },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const { selected_slot, candidates, analytics, negotiation_rounds } = answer.body;
    const starts = candidates.map(({ start_time }: { start_time: string }) => start_time);
    const possible = ["12:00", "12:15", "12:30", "15:00", "15:15", "15:30", "15:45", "16:00"]
      .concat("16:15", "16:30").map((clock) => `${MONDAY}T${clock}:00Z`);
    assert.deepEqual(starts.toSorted(), possible);
    assert.equal(selected_slot.start_time, starts[0]);
    assert.equal(analytics.participants, 3);
    assert.equal(negotiation_rounds, 0);
    assert.deepEqual(answer.body.mail_recipients, SEED_BODY.participants.map((p) => p.email));
    assert.equal((await stack.google.requests({})).length, asked);
    assert.deepEqual(await stored(stack), before);
  },

  "the organizer takes part in a dry run as in a real one, also where all hand in busy time":
    async (
      stack,
    ) => {
      const organizer = await stack.organizer({
        busy: [[`${MONDAY}T00:00:00Z`, "2035-01-12T00:00:00Z"]],
      });
      const body = {
        participants: [{ email: "eva@south.example", busy: [] }],
        constraints: WEEK,
      };
      const dry = await organizer.call("schedule", { body: { ...body, dry_run: true } });
      assert.equal(dry.status, 200, JSON.stringify(dry.body));
      assert.ok(dry.body.selected_slot.start_time.startsWith("2035-01-12"));
      const real = await organizer.call("schedule", { body });
      assert.deepEqual(dry.body.selected_slot, real.body.selected_slot);
    },

  "priority, lunch and some weights choose the slot, in requests and in rows": async (stack) => {
    const organizer = await stack.organizer();
    const eva = {
      email: "eva@south.example",
      name: "Eva",
      busy: [
        { start: `${MONDAY}T09:00:00Z`, end: `${MONDAY}T12:00:00Z` },
        { start: `${MONDAY}T14:00:00Z`, end: `${MONDAY}T17:00:00Z` },
      ],
    };
    const selected = async (body: Record<string, unknown>, constraints: object) => {
      const answer = await organizer.call("schedule", {
        body: {
          participants: [eva],
          dry_run: true,
          ...body,
          constraints: { ...WEEK, latest_date: MONDAY, ...constraints },
        },
      });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body.selected_slot;
    };
    const start = async (body: Record<string, unknown>, constraints: object) =>
      (await selected(body, constraints)).start_time.slice(11, 16);
    assert.equal(await start({}, {}), "13:00");
    const soonest = await selected({}, { priority: "soonest" });
    assert.equal(soonest.start_time, `${MONDAY}T12:00:00Z`);
    assert.equal(soonest.score, 100);
    assert.match(soonest.reasoning, /lunch/);
    assert.equal(await start({ weights: { optimization: 95 } }, { priority: "focus" }), "12:00");
    assert.equal(await start({}, { lunch: null }), "12:45");
    const late = { start: "13:00", end: "14:00" };
    assert.equal(await start({}, { lunch: late }), "12:30");
    assert.equal(
      await start({ participants: [{ ...eva, lunch: late }] }, { lunch: null }),
      "12:30",
    );

    const meeting_id = await insertMeeting(organizer, {
      participants: [eva],
      constraints: { ...WEEK, latest_date: MONDAY, priority: "soonest", lunch: null },
    });
    const stored = await organizer.call("schedule", { body: { meeting_id, dry_run: true } });
    assert.equal(stored.body.selected_slot.start_time, `${MONDAY}T12:00:00Z`);
    const some = await insertMeeting(organizer, {
      participants: [eva],
      constraints: { ...WEEK, latest_date: MONDAY },
      weights: { optimization: 95 },
    });
    await organizer.call("schedule", { body: { meeting_id: some } });
    const { starts_at } = await rowOf(stack, some);
    assert.equal(new Date(starts_at).toISOString(), `${MONDAY}T12:00:00.000Z`);
  },

  "a dry run that finds nothing refuses as the real one would": async (stack) => {
    const answer = await callFunction(stack.platform, "schedule", {
      apikey: stack.platform.secret_key,
      body: {
        dry_run: true,
        participants: [{
          email: "ana@south.example",
          busy: [{ start: `${MONDAY}T00:00:00Z`, end: `${MONDAY}T23:00:00Z` }],
        }],
        constraints: { ...WEEK, latest_date: MONDAY },
      },
    });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.error, "no_common_slot");
    assert.equal(answer.body.dry_run, true);
    assert.equal(answer.body.blocking[0].email, "ana@south.example");
  },

  "a dry run over calendars needs the organizer's connection, and a meeting its owner": async (
    stack,
  ) => {
    const [unconnected, owner] = [
      await stack.organizer({ connected: false }),
      await stack.organizer(),
    ];
    const guest = await stack.guest();
    const refused = await unconnected.call("schedule", {
      body: { participants: [guest], constraints: WEEK, dry_run: true },
    });
    assert.equal(refused.body.error, "needs_reauth");
    const meeting_id = await insertMeeting(owner, { participants: [guest], constraints: WEEK });
    const stranger = await unconnected.call("schedule", { body: { meeting_id, dry_run: true } });
    assert.equal(stranger.body.error, "meeting_not_found");
  },

  "invalid busy time, preferences, weights and recurrence are named by their path": async (
    stack,
  ) => {
    const [ana] = SEED_BODY.participants;
    const with_summary = (change: object) => ({
      ...SEED_BODY,
      participants: [{ ...ana, calendar_summary: { ...ana?.calendar_summary, ...change } }],
    });
    const busy = { start: `${MONDAY}T09:00:00Z`, end: `${MONDAY}T10:00:00Z` };
    const at = "participants[0].calendar_summary";
    const wrong: [object, string][] = [
      [
        with_summary({ busy_slots: [busy, { ...busy, start: "soon" }] }),
        `${at}.busy_slots[1].start`,
      ],
      [
        with_summary({ busy_slots: [{ ...busy, end: "2035-01-08T08:00:00Z" }] }),
        `${at}.busy_slots[0].end`,
      ],
      [with_summary({ busy_slots: [{ ...busy, colour: 1 }] }), `${at}.busy_slots[0].colour`],
      [
        with_summary({ preference_patterns: { morning_person_score: 2 } }),
        `${at}.preference_patterns.morning_person_score`,
      ],
      [with_summary({ timezone: "Mars/Base" }), `${at}.timezone`],
      [{ ...SEED_BODY, weights: weights(30) }, "weights"],
      [{ ...SEED_BODY, weights: { availability: 60, preference: 50 } }, "weights"],
      [{ ...SEED_BODY, weights: { speed: 5 } }, "weights.speed"],
      [
        { ...SEED_BODY, constraints: { ...SEED_BODY.constraints, priority: "fastest" } },
        "constraints.priority",
      ],
      [
        {
          ...SEED_BODY,
          constraints: { ...SEED_BODY.constraints, lunch: { start: "13:00", end: "12:00" } },
        },
        "constraints.lunch.end",
      ],
      [
        { ...SEED_BODY, participants: [{ ...ana, lunch: { start: "noon", end: "13:00" } }] },
        "participants[0].lunch.start",
      ],
      [{ ...SEED_BODY, recurrence: ["RRULE:FREQ=HOURLY"] }, "recurrence[0]"],
      [{ ...SEED_BODY, recurrence: ["EXDATE:20350108T090000Z"] }, "recurrence"],
    ];
    for (const [body, path] of wrong) {
      const answer = await callFunction(stack.platform, "schedule", {
        apikey: stack.platform.secret_key,
        body: { ...body, dry_run: true },
      });
      assert.equal(answer.status, 422, path);
      assert.equal(answer.body.details.path, path);
    }
  },

  "recurrence, weights and concessions are stored and belong to the question": async (stack) => {
    const organizer = await stack.organizer();
    const body = {
      meeting_id: crypto.randomUUID(),
      participants: [organizer.email],
      constraints: WEEK,
      recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
      weights: weights(35),
      allow_concessions: true,
    };
    const first = await organizer.call("schedule", { body });
    assert.equal(first.status, 200, JSON.stringify(first.body));
    const row = await rowOf(stack, body.meeting_id);
    assert.deepEqual(row.recurrence, body.recurrence);
    assert.equal(row.allow_concessions, true);
    assert.equal((await organizer.call("schedule", { body })).status, 200);
    const other = { ...body, recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] };
    assert.equal(
      (await organizer.call("schedule", { body: other })).body.error,
      "already_scheduled",
    );
    await organizer.call("write-back", { body: { meeting_id: body.meeting_id } });
    const [event] = await stack.google.events({ calendar_id: organizer.email, status: "live" });
    assert.deepEqual(event?.recurrence, body.recurrence);
  },
}, { databases: "both" });

function weights(availability: number) {
  return {
    availability,
    preference: 25,
    conflict_proximity: 20,
    fragmentation: 15,
    optimization: 5,
  };
}

function origin(email: string, name: string, busy: [number, number][], patterns: object) {
  const clock = (hour: number) => `${MONDAY}T${String(hour).padStart(2, "0")}:00:00Z`;
  return {
    user_id: `user-${name}`,
    email,
    name,
    is_required: true,
    calendar_summary: {
      user_id: `user-${name}`,
      timezone: "UTC",
      busy_slots: busy.map(([start, end]) => ({
        start: clock(start),
        end: clock(end),
        timezone: "UTC",
      })),
      weekly_meeting_count: 7,
      peak_meeting_hours: [10, 14],
      preference_patterns: {
        preferred_days: ["monday", "friday"],
        preferred_hours_start: 9,
        preferred_hours_end: 17,
        avg_meeting_duration_minutes: 45,
        buffer_minutes: 15,
        avoids_back_to_back: false,
        morning_person_score: 0.5,
        ...patterns,
      },
      data_compressed: true,
      compression_period_days: 365,
    },
  };
}

/** Everything that a search could leave behind. */
function stored(stack: Stack) {
  return stack.platform.sql(`
    select (select count(*) from public.meetings) as meetings,
           (select count(*) from private.slot_holds) as holds,
           (select count(*) from private.work) as work,
           (select count(*) from private.event_state) as states,
           (select count(*) from net.http_request_queue) as calls`);
}
