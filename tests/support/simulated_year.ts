import assert from "node:assert/strict";
import type { Random } from "../chaos/random.ts";
import { insertMeeting, type Row } from "./meetings.ts";
import { searchesDue } from "./moves.ts";
import { claimSlice, settle, WRITTEN } from "./queue.ts";
import type { Organizer, Stack } from "./stack.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const QUARTER = 15 * MINUTE;

/** Meetings that are ahead at any time. */
const MEETINGS = 4;

type Span = [start: number, end: number];

export interface Rules {
  on: "required_declined" | "quorum_lost";
  quorum: number;
  max_moves: number;
  freeze_hours: number;
  cooldown_minutes: number;
  approve: boolean;
  window_days: number;
}

interface SimulatedMeeting {
  meeting_id: string;
  event_id: string;
  rules: Rules;
  /** Replies as Google shows them, by address. */
  replies: Map<string, string>;
  is_over: boolean;
}

/** A move as it was decided, on the clock of the database. */
export interface ObservedMove {
  meeting: SimulatedMeeting;
  at: number;
  from: Span;
  to: Span;
}

/**
 * Meetings, replies and a clock that moves: everything that rows remember moves into the past
 * instead. Busy time is handed in with the participants, so that no calendar is read.
 */
export class SimulatedYear {
  readonly moves: ObservedMove[] = [];
  readonly kept = new Map<string, number>();
  readonly meetings: SimulatedMeeting[] = [];
  #passed = 0;
  #etag = 0;
  readonly #busy = new Map<string, Span[]>();
  readonly #seen = new Set<string>();

  constructor(
    readonly stack: Stack,
    readonly organizer: Organizer,
    readonly random: Random,
  ) {
    const start = Math.floor(Date.now() / DAY) * DAY;
    const guests = ["one", "two", "three"].map((name) => `${name}@north.example`);
    for (const email of [organizer.email, ...guests]) {
      this.#busy.set(email, this.#busyYear(start));
    }
  }

  /** The people of every meeting, the organizer first; the last one is optional. */
  get people(): string[] {
    return [...this.#busy.keys()];
  }

  get requiredPeople(): string[] {
    return this.people.slice(0, -1);
  }

  /** Busy time of a person on the present clock. */
  busyOf(email: string): Span[] {
    return (this.#busy.get(email) ?? []).map(([start, end]) => [
      start - this.#passed,
      end - this.#passed,
    ]);
  }

  /** New meetings for those that are over, each at a time at which everyone is free. */
  async beginMeetings(): Promise<void> {
    const live = this.meetings.filter(({ is_over }) => !is_over).length;
    for (let missing = MEETINGS - live; missing > 0; missing--) {
      const meeting: SimulatedMeeting = {
        meeting_id: crypto.randomUUID(),
        event_id: `conveneyear${this.meetings.length}`,
        rules: this.#someRules(),
        replies: new Map(this.people.map((email) => [email, "needsAction"])),
        is_over: false,
      };
      const [start, end] = this.#freeTime();
      await insertMeeting(this.organizer, {
        meeting_id: meeting.meeting_id,
        participants: this.#participants(),
        constraints: {
          working_hours_start: 0,
          working_hours_end: 24,
          allowed_days: EVERY_DAY,
          interval_minutes: 30,
          max_candidates: 3,
        },
        starts_at: new Date(start).toISOString(),
        ends_at: new Date(end).toISOString(),
        timezone: "UTC",
        auto_reschedule: meeting.rules,
      });
      this.meetings.push(meeting);
    }
    await this.#write();
  }

  /** The clock moves on. */
  async pass(ms: number): Promise<void> {
    this.#passed += ms;
    const { platform } = this.stack;
    const minutes = ms / MINUTE;
    await platform.sql(
      `update private.moves
       set at = at - make_interval(mins => $1), from_starts_at = from_starts_at - make_interval(mins => $1),
         from_ends_at = from_ends_at - make_interval(mins => $1), to_starts_at = to_starts_at - make_interval(mins => $1),
         to_ends_at = to_ends_at - make_interval(mins => $1), expires_at = expires_at - make_interval(mins => $1),
         alternatives = (
           select jsonb_agg(jsonb_build_object('start_time', (a ->> 'start_time')::timestamptz - make_interval(mins => $1)))
           from jsonb_array_elements(alternatives) as a)`,
      [minutes],
    );
    await platform.sql(
      "update public.attendee_responses set recorded_at = recorded_at - make_interval(mins => $1)",
      [minutes],
    );
    await platform.sql(
      `update private.work set due_at = due_at - make_interval(mins => $1)
       where kind = 'search' and due_at < 'infinity'`,
      [minutes],
    );
    // One statement: moves are compared with the time of their meeting when it is updated.
    await platform.sql(
      `with quiet as (select set_config('convene.is_storing', 'true', true))
       update public.meetings as m
       set starts_at = m.starts_at - make_interval(mins => $1), ends_at = m.ends_at - make_interval(mins => $1),
         participants = $2::jsonb
       from quiet
       where m.meeting_id = any ($3::text[])`,
      [minutes, JSON.stringify(this.#participants()), this.#liveIds()],
    );
    for (const row of await this.#rows()) {
      const meeting = this.meetings.find(({ meeting_id }) => meeting_id === row.meeting_id);
      if (meeting !== undefined) meeting.is_over = Date.parse(row.starts_at) <= Date.now();
    }
  }

  /** Guests answer at random, and two pages of changes bring it to the rows. */
  async reply(): Promise<void> {
    const first: object[] = [];
    const second: object[] = [];
    for (const row of await this.#rows()) {
      const meeting = this.meetings.find(({ meeting_id }) => meeting_id === row.meeting_id);
      if (meeting === undefined || this.random.chance(0.55)) continue;
      const guest = this.random.pick(this.people.slice(1));
      const declines = this.random.chance(0.8);
      // A guest who has declined answers otherwise first: the same reply again is none.
      const changes_mind = declines === (meeting.replies.get(guest) === "declined");
      if (changes_mind) {
        meeting.replies.set(guest, declines ? "accepted" : "declined");
        first.push(this.#event(row, meeting));
      }
      meeting.replies.set(guest, declines ? "declined" : "accepted");
      second.push(this.#event(row, meeting));
    }
    for (const page of [first, second]) {
      if (page.length > 0) await this.#storePage(page);
    }
  }

  async #storePage(events: object[]): Promise<void> {
    const { platform } = this.stack;
    await platform.sql(
      // With a cursor: a first read would expect every event on its pages.
      "update private.sync_calendars set next_sync_at = clock_timestamp(), cursor = 'known' where user_id = $1",
      [this.organizer.user_id],
    );
    await platform.sql("select private.enqueue_syncs()");
    const [claimed] = await platform.sql<{ syncs: Row[] }>("select public.claim_syncs(1) as syncs");
    const [sync] = claimed?.syncs ?? [];
    assert.ok(sync, "the calendar is due");
    const [stored] = await platform.sql<{ page: Row }>(
      `select public.store_sync_page($1, $2, $3::jsonb, '{"sync_token": "next"}') as page`,
      [sync.sync_id, sync.lease_token, JSON.stringify(events)],
    );
    assert.equal(stored?.page.stored, true);
  }

  /** Searches that are due, the organizer's answers to proposals, and writes. */
  async work(): Promise<void> {
    await searchesDue(this.stack);
    const proposed = await this.stack.platform.sql<{ meeting_id: string }>(
      "select meeting_id from private.moves where decision = 'proposed' and expires_at > clock_timestamp()",
    );
    for (const { meeting_id } of proposed) {
      if (this.random.chance(0.3)) continue;
      const decision = this.random.chance(0.7) ? "accept" : "reject";
      const answer = await this.organizer.call("meetings/moves", {
        method: "POST",
        body: { meeting_id, decision },
      });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
    }
    if (proposed.length > 0) await searchesDue(this.stack);
    await this.#write();
    await this.#observe();
  }

  async #write(): Promise<void> {
    const rows = (await claimSlice(this.stack, 50)).meetings;
    if (rows.length === 0) return;
    await settle(
      this.stack,
      rows.map(({ meeting_id, lease_token, operation, desired_version }) => {
        const meeting = this.meetings.find((one) => one.meeting_id === meeting_id);
        assert.ok(meeting);
        return {
          ...WRITTEN,
          meeting_id,
          lease_token,
          steps: [],
          operation,
          google_event_id: meeting.event_id,
          event: {
            organizer_email: this.organizer.email,
            organizer_self: true,
            attendees: this.#attendees(meeting),
          },
          written_version: desired_version,
        };
      }),
    );
  }

  async #observe(): Promise<void> {
    const rows = await this.stack.platform.sql(
      "select * from private.moves where decision in ('moved', 'kept', 'rejected')",
    );
    for (const row of rows) {
      const key = `${row.meeting_id} ${row.version} ${row.decision}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      if (row.decision !== "moved") {
        const reason = String(row.reason ?? row.decision);
        this.kept.set(reason, (this.kept.get(reason) ?? 0) + 1);
        continue;
      }
      const meeting = this.meetings.find(({ meeting_id }) => meeting_id === row.meeting_id);
      assert.ok(meeting);
      const span = (start: unknown, end: unknown): Span => [
        new Date(String(start)).valueOf(),
        new Date(String(end)).valueOf(),
      ];
      this.moves.push({
        meeting,
        at: new Date(String(row.at)).valueOf(),
        from: span(row.from_starts_at, row.from_ends_at),
        to: span(row.to_starts_at, row.to_ends_at),
      });
    }
  }

  #rows(): Promise<Row[]> {
    return this.stack.platform.sql<Row>(
      `select meeting_id, to_jsonb(starts_at) #>> '{}' as starts_at, to_jsonb(ends_at) #>> '{}' as ends_at, written_version
       from public.meetings where meeting_id = any ($1::text[]) order by meeting_id`,
      [this.#liveIds()],
    );
  }

  #liveIds(): string {
    const live = this.meetings.filter(({ is_over }) => !is_over);
    return `{${live.map(({ meeting_id }) => meeting_id).join(",")}}`;
  }

  #event(row: Row, meeting: SimulatedMeeting) {
    this.#etag++;
    return {
      id: meeting.event_id,
      calendar_id: "primary",
      etag: `"${this.#etag}"`,
      sequence: this.#etag,
      updated: new Date().toISOString(),
      status: "confirmed",
      organizer: { email: this.organizer.email, self: true },
      summary: "Weekly",
      start: { dateTime: row.starts_at, timeZone: "UTC" },
      end: { dateTime: row.ends_at, timeZone: "UTC" },
      attendees: this.#attendees(meeting),
      convene_version: row.written_version,
    };
  }

  #attendees({ replies }: SimulatedMeeting) {
    return [...replies].map(([email, responseStatus]) => ({
      email,
      responseStatus,
      ...(email === this.organizer.email ? { organizer: true, self: true } : {}),
    }));
  }

  #participants() {
    const [from, to] = [Date.now() - DAY, Date.now() + 32 * DAY];
    return this.people.map((email, i) => ({
      email,
      type: i === this.people.length - 1 ? "optional" : "required",
      busy: this.busyOf(email).filter(([start, end]) => end > from && start < to)
        .map(([start, end]) => ({
          start: new Date(start).toISOString(),
          end: new Date(end).toISOString(),
        })),
    }));
  }

  #someRules(): Rules {
    const { random } = this;
    return {
      on: random.pick(["required_declined", "quorum_lost"]),
      quorum: random.pick([50, 75, 100]),
      max_moves: random.pick([1, 2, 3]),
      freeze_hours: random.pick([0, 20, 72]),
      cooldown_minutes: random.pick([0, 30, 2880]),
      approve: random.chance(0.25),
      window_days: random.pick([3, 7]),
    };
  }

  #freeTime(): Span {
    while (true) {
      const days = 1 + this.random.below(23);
      const start = Math.ceil(Date.now() / QUARTER) * QUARTER + days * DAY +
        this.random.below(96) * QUARTER;
      const span: Span = [start, start + 2 * QUARTER];
      if (this.requiredPeople.every((email) => !overlapsAny(span, this.busyOf(email)))) return span;
    }
  }

  /** Blocks of four hours; about every third one is taken. */
  #busyYear(start: number): Span[] {
    return Array.from({ length: 410 * 6 }, (_, i): Span => [
      start + i * 4 * HOUR,
      start + (i + 1) * 4 * HOUR,
    ]).filter(() => this.random.chance(0.35));
  }
}

const EVERY_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

export function overlapsAny([start, end]: Span, spans: readonly Span[]): boolean {
  return spans.some(([from, to]) => from < end && to > start);
}
