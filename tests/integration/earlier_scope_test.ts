import assert from "node:assert/strict";
import { connectGoogle } from "../../local/connect_google.ts";
import { MONDAY } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

const CALENDAR = "https://www.googleapis.com/auth/calendar";

promise("connections with the scope that was asked for before", {
  "they stay healthy, and what Google lets them read decides whom they find time for": async (
    stack,
  ) => {
    const busy: [string, string][] = [[`${MONDAY}T09:00:00Z`, `${MONDAY}T10:00:00Z`]];
    const organizer = await stack.organizer({ connected: false, busy });
    const guest = await stack.guest({ busy: [[`${MONDAY}T10:00:00Z`, `${MONDAY}T11:00:00Z`]] });
    await connectAsBefore(stack, organizer);
    const { body } = await organizer.call("google-auth", { query: { check: "true" } });
    assert.deepEqual([body.status, body.missing_scopes], ["healthy", []]);
    assert.ok(body.granted_scopes.includes(`${CALENDAR}.freebusy`));
    assert.ok(!body.granted_scopes.includes(`${CALENDAR}.events.freebusy`));

    const alone = await search(organizer, []);
    assert.deepEqual(alone, [200, ["10:00", "11:00"]]);
    assert.deepEqual(await search(organizer, [guest]), [422, [guest]]);

    await stack.google.undocumented({ freebusy_scope: "accessible" });
    try {
      const read = await search(organizer, [guest]);
      assert.deepEqual(read, [200, ["11:00"]]);
    } finally {
      await stack.google.undocumented({ freebusy_scope: "own" });
    }

    await connectGoogle(stack.platform.functions_url, organizer.access_token, stack.google, {
      email: organizer.email,
    });
    const now = await search(organizer, [guest]);
    assert.deepEqual(now, [200, ["11:00"]]);
  },
});

/** The consent that an earlier version of Convene asked for. */
async function connectAsBefore({ platform, google }: Stack, organizer: Organizer): Promise<void> {
  const asked_before: typeof google = {
    ...google,
    approve: ({ authorization_url, ...consent }) =>
      google.approve({
        ...consent,
        authorization_url: authorization_url.replace(
          "calendar.events.freebusy",
          "calendar.freebusy",
        ),
      }),
  };
  await connectGoogle(platform.functions_url, organizer.access_token, asked_before, {
    email: organizer.email,
  });
}

/** The status, and the starts of all possible times between nine and noon, or whose calendar could not be read. */
async function search(organizer: Organizer, guests: string[]): Promise<[number, string[]]> {
  const { status, body } = await organizer.call("schedule", {
    body: {
      meeting_id: crypto.randomUUID(),
      participants: [organizer.email, ...guests],
      constraints: {
        duration_minutes: 60,
        interval_minutes: 60,
        earliest_date: `${MONDAY}T09:00:00Z`,
        latest_date: `${MONDAY}T12:00:00Z`,
        timezone: "UTC",
      },
      dry_run: true,
    },
  });
  if (status !== 200) return [status, body.unknown];
  const starts = body.candidates.map(({ start_time }: { start_time: string }) =>
    new Date(start_time).toISOString().slice(11, 16)
  );
  return [status, starts.sort()];
}
