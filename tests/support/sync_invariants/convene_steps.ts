import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { EVENT } from "../changes.ts";
import { rowOf } from "../meetings.ts";
import { callFunction, type Organizer } from "../stack.ts";
import { syncNow } from "../sync.ts";
import { until } from "../until.ts";
import { wantedTime, weekly } from "./expected_event.ts";
import { eventOf, type MeetingWorld, participantsOf, versionOf } from "./meeting_world.ts";
import { doByPeople } from "./people_steps.ts";
import type { ChangeRequest, Step, SyncFault, WriteFault } from "./steps.ts";

/** Does one step; steps that are impossible now do nothing. */
export async function take(world: MeetingWorld, step: Step): Promise<void> {
  const { google } = world.stack;
  switch (step.do) {
    case "push":
      return await google.pushMode(step.mode);
    case "release":
      return void await google.releasePushMessages({ order: step.order });
    case "change":
      return await ask(world, step.change);
    case "cancel":
      return await cancel(world);
    case "write":
      return await writeWith(world, step.fault);
    case "sync":
      return void await syncWith(world, step.fault);
    default:
      return await doByPeople(world, step);
  }
}

async function ask(world: MeetingWorld, named: ChangeRequest): Promise<void> {
  const { organizer, guests, meeting_id, model } = world;
  const { title, place, text, hour, zone, weeks } = named;
  const listed = named.guests === undefined
    ? undefined
    : guests.filter((_, number) => named.guests?.includes(number));
  const time = hour === undefined ? null : wantedTime(hour, zone ?? "UTC");
  const changes = {
    meeting_id,
    ...(title === undefined ? {} : { title }),
    ...(place === undefined ? {} : { location: place }),
    ...(text === undefined ? {} : { description: text }),
    ...(zone === undefined ? {} : { timezone: zone }),
    ...(time === null ? {} : { start_time: time.start, end_time: time.end }),
    ...(weeks === undefined ? {} : { recurrence: weeks === 0 ? null : weekly(weeks) }),
    ...(listed === undefined ? {} : { participants: participantsOf(world, listed) }),
  };
  const refusal = await refusalOf(world);
  const answer = await organizer.call("meetings", { method: "PATCH", body: changes });
  const expected = refusal ?? (world.cancellation === "none" ? null : "cancelled");
  assert.equal(errorOf(answer), expected, JSON.stringify(answer.body));
  if (expected === null) model.name(answer.body.version, named, listed);
}

async function cancel(world: MeetingWorld): Promise<void> {
  const { organizer, meeting_id, model } = world;
  const refusal = world.cancellation === "none" ? await refusalOf(world) : null;
  const answer = await organizer.call("meetings", { method: "DELETE", query: { meeting_id } });
  assert.equal(errorOf(answer), refusal, JSON.stringify(answer.body));
  if (refusal !== null || world.cancellation !== "none") return;
  world.cancellation = "asked";
  model.forgetPending();
}

function errorOf({ status, body }: Awaited<ReturnType<Organizer["call"]>>): string | null {
  return status === 200 ? null : body.error;
}

/** A row that knows of the colleague refuses at once what cannot be written. */
async function refusalOf(world: MeetingWorld): Promise<"not_organizer" | null> {
  if (world.cancellation !== "none") return null;
  const { organizer_self, organizer_email } = await rowOf(world.stack, world.meeting_id);
  if (organizer_self || organizer_email !== world.colleague) return null;
  assert.ok(world.was_handed_over, "the event was never handed over");
  return "not_organizer";
}

/** Workers that died are gone for as long as a lease lasts. */
export async function expireLeases({ stack, organizer }: MeetingWorld): Promise<void> {
  await stack.platform.sql(
    `update private.work
     set leased_until = least(leased_until, clock_timestamp()),
       due_at = case when due_at < 'infinity' then least(due_at, clock_timestamp()) else due_at end
     where owner_id = $1 and kind in ('write', 'sync')`,
    [organizer.user_id],
  );
}

async function writeWith(world: MeetingWorld, fault: WriteFault): Promise<void> {
  const { stack, lines, organizer, meeting_id, model } = world;
  await expireLeases(world);
  const call = () => organizer.call("write-back", { body: { meeting_id } });
  const method = world.cancellation === "none" ? "PATCH" : "DELETE";
  const of_write = { method, path_pattern: EVENT, times: 1 };
  switch (fault.kind) {
    case "none":
      await call();
      break;
    case "lost":
      await stack.google.fault({ ...of_write, drop: fault.drop });
      await call();
      break;
    case "unavailable":
      await stack.google.fault({ ...of_write, status: 503, reason: "backendError" });
      await call();
      break;
    case "dies":
      await lines.dyingAfter(fault.cut, call);
      break;
    case "overtaken": {
      const { fault_id } = await stack.google.fault({ ...of_write, hold: true });
      let is_over = false;
      const calling = call().finally(() => is_over = true);
      const is_held = async () => (await stack.google.faults())[0]?.hits === 1;
      await until("the request to be held", async () => is_over || await is_held());
      if (!is_over) {
        await doByPeople(world, fault.by);
        world.found = await eventOf(world);
      }
      await stack.google.clearFaults(fault_id);
      await calling;
      break;
    }
    case "answered_late": {
      const before = await eventOf(world);
      await stack.google.fault({ ...of_write, answer_delay_ms: 400 });
      let is_over = false;
      const calling = call().finally(() => is_over = true);
      await until(
        "the event to be changed",
        async () => is_over || hasChanged(before, await eventOf(world)),
      );
      model.written(versionOf(await eventOf(world)));
      if (world.cancellation === "none") {
        await doByPeople(world, {
          do: "reply",
          guest: fault.guest,
          answer: "declined",
          comment: null,
        });
      }
      await syncNow(stack, organizer);
      await calling;
    }
  }
  await stack.google.clearFaults();
}

function hasChanged(before: calendar_v3.Schema$Event, after: calendar_v3.Schema$Event): boolean {
  return after.status !== before.status || versionOf(after) !== versionOf(before);
}

/** Whether the calendars were read without a fault. */
export async function syncWith(world: MeetingWorld, fault: SyncFault): Promise<boolean> {
  const { stack, lines, organizer } = world;
  await expireLeases(world);
  const is_expired = fault.kind === "expired" || fault.kind === "dies" && fault.is_expired;
  if (is_expired) await stack.google.expireSyncTokens();
  if (fault.kind === "lost" || fault.kind === "unavailable") {
    await stack.google.fault({
      method: "GET",
      path_pattern: "/events(/[^/]+)?$",
      skip: 1,
      times: 1,
      ...(fault.kind === "lost" ? { drop: "after" as const } : { status: 503 }),
    });
  }
  if (fault.kind === "dies") {
    await makeSyncsDue(world);
    await lines.dyingAfter(
      fault.cut,
      () =>
        callFunction(stack.platform, "google-webhook/sync", {
          apikey: stack.platform.automations_key,
          body: { batch: true, limit: 100 },
        }),
    );
    return false;
  }
  const { results } = await syncNow(stack, organizer);
  await stack.google.clearFaults();
  const is_clean = fault.kind === "none" || fault.kind === "expired";
  if (is_clean) {
    const own = await stack.platform.sql<{ sync_id: string }>(
      "select sync_id from private.sync_calendars where user_id = $1 and calendar_id = 'primary'",
      [organizer.user_id],
    );
    for (const { sync_id, status } of results as { sync_id: string; status: string }[]) {
      // The colleague's calendar may be shared no longer; the organizer's own is always readable.
      const is_own = own.some((one) => one.sync_id === sync_id);
      const expected = is_own ? ["synced", "lost"] : ["synced", "lost", "unreadable"];
      assert.ok(expected.includes(status), JSON.stringify(results));
    }
  }
  return is_clean;
}

async function makeSyncsDue({ stack, organizer }: MeetingWorld): Promise<void> {
  await stack.platform.sql(
    "update private.sync_calendars set next_sync_at = clock_timestamp() where user_id = $1",
    [organizer.user_id],
  );
  await stack.platform.sql("select private.enqueue_syncs()");
}
